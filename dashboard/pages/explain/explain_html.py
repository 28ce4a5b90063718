"""The page on which one decision is explained, as HTML."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.elements import Html, el, facts, join, link, table
from boussole.dashboard.markup.words.addresses import evidence_href, explain_href
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.pages.explain.forms import TAKE, confirming, issuing, opening
from boussole.dashboard.server.access.permissions import Action, Role, allowed
from boussole.dashboard.server.access.person import Person, role_title
from boussole.dashboard.server.access.sheet_requests import SheetRequest
from boussole.dashboard.server.forms.forms_html import folded_form, form_html
from boussole.dashboard.server.forms.model import Problem
from boussole.dashboard.views.explained.sheet import Sheet
from boussole.dashboard.views.paper_blocks import Block

Query = dict[str, str]


def head(say: Say, *, local: bool) -> Html:
    """The title, and how one decision comes to be seen."""
    steps = [
        say("A steward asks to see one decision, and says why."),
        say(
            "A case handler, who is somebody else, agrees (role: {role}). Only then is the decision read.",
            role=role_title(Role.AGENT, say),
        ),
        say("Both see the sheet for eight hours. It says how the decision was made, to the person concerned."),
        say("It is handed out as the answer to the person’s request: on that day the clock of one month stops."),
    ]
    mode = say("In local mode nobody proves who they are: one person could play both parts. It is noted as such.")
    return el(
        "header",
        el("h1", say("Explain a decision")),
        el("p", say("How a tool took part in a decision, for the one person it is about."), class_="subtitle"),
        el("ol", *[el("li", step) for step in steps], class_="steps"),
        el("p", say("Each look is noted in the access log, with its reason."), class_="told"),
        el("p", mode, class_="warning") if local else None,
    )


def done(query: Query, say: Say) -> Html:
    """What came of a form that was just sent; nothing where none was."""
    told = {
        "asked": say("Your request waits for the agreement of a case handler. Nothing has been read."),
        "declined": say("The request was turned down: nothing was read."),
    }
    found = next((text for name, text in told.items() if query.get(name) == "1"), "")
    return el("p", found, class_="done", role="status") if found else Html("")


def requests(
    found: Sequence[SheetRequest], me: Person, workspace: Workspace, say: Say, *, query: Query, problem: Problem | None
) -> Html:
    """What waits, what is open, and the form to ask."""
    waiting = [each for each in found if not each.confirmed]
    agreed = [each for each in found if each.confirmed]
    asking = opening(workspace, say) if allowed(me.role, Action.OPEN_SHEET) else None
    return join(
        [
            el(
                "section",
                el("h2", say("What waits for a case handler"), id="waiting"),
                *[_waiting(each, me, workspace, say, query=query, problem=problem) for each in waiting],
                None if waiting else el("p", say("No request waits.")),
                class_="house-of",
            ),
            el(
                "section",
                el("h2", say("Sheets that are open"), id="agreed"),
                el("ul", *[_agreed(each, workspace, say, query=query) for each in agreed]) if agreed else None,
                None if agreed else el("p", say("No sheet is open to you.")),
                class_="house-of",
            ),
            folded_form(say("Ask to see a decision"), asking, say, query=query, problem=problem) if asking else None,
        ]
    )


def _about(each: SheetRequest, workspace: Workspace, say: Say) -> list[tuple[str, str]]:
    known = workspace.systems.get(each.system)
    return [
        (say("System"), say.text(known.title) if known else each.system),
        (say("Decision"), ", ".join(each.decision)),
        (say("Request that it answers"), each.request or say("none")),
        (say("Why"), each.reason),
        (say("Asked on"), say.moment(each.opened_at)),
        (say("Can be seen until") if each.confirmed else say("Waits until"), say.moment(each.expires_at)),
    ]


def _waiting(
    each: SheetRequest, me: Person, workspace: Workspace, say: Say, *, query: Query, problem: Problem | None
) -> Html:
    mine = me.authenticated and each.opened_by == me.subject
    may = allowed(me.role, Action.CONFIRM_SHEET) and not mine
    answer = form_html(confirming(each, say), say, query=query, problem=problem) if may else None
    return el("article", facts(_about(each, workspace, say)), answer, class_="incident")


def _agreed(each: SheetRequest, workspace: Workspace, say: Say, *, query: Query) -> Html:
    known = workspace.systems.get(each.system)
    name = say(
        "{system}, decision {decision}",
        system=say.text(known.title) if known else each.system,
        decision=", ".join(each.decision),
    )
    return el(
        "li",
        link(name, explain_href(query=query, sheet=each.id)),
        " ",
        el("span", say("until {moment}", moment=say.moment(each.expires_at)), class_="told"),
    )


def sheet_page(
    found: SheetRequest, made: Sheet, me: Person, say: Say, *, query: Query, problem: Problem | None
) -> Html:
    """The sheet as the person will read it, and what can be done with it."""
    back = el("p", link(say("All requests"), explain_href(query=query)), class_="jumps")
    until = say("You can see this sheet until {moment}.", moment=say.moment(found.expires_at))
    return join(
        [
            el("header", back, el("h1", made.title), el("p", made.subtitle, class_="subtitle")),
            el("p", until, class_="told"),
            _handing(found, me, say, query=query, problem=problem),
            el("div", *[_block(each) for each in made.blocks], class_="house-of explained"),
        ]
    )


def _handing(found: SheetRequest, me: Person, say: Say, *, query: Query, problem: Problem | None) -> Html:
    """The answer that was given, with the file to take; or the form to give it."""
    take = f"{TAKE}/{found.id}?lang={say.lang}"
    if found.entry is not None and found.issued_on is not None:
        entry = str(found.entry)
        told = say("The request {number} was answered on {date}.", number=found.request, date=say.date(found.issued_on))
        return el(
            "div",
            el("p", el("strong", told), " ", link(say("entry {n}", n=entry), evidence_href(query=query, entry=entry))),
            el("p", el("a", say("Take the sheet as PDF"), href=take, class_="take", download=""), class_="takes"),
            el("p", say("Boussole keeps no copy: take it now, and give it to the person."), class_="told"),
            class_="lead lead-kept",
            id="take",
        )
    draft = el("p", el("a", say("Take a draft as PDF"), href=take, class_="take", download=""), class_="takes")
    if not found.request or not allowed(me.role, Action.ENTER_APPEAL):
        return draft
    return join([draft, form_html(issuing(found, say), say, query=query, problem=problem)])


def _block(block: Block) -> Html:
    """One block of a sheet."""
    kind = block["kind"]
    if kind == "heading":
        return el("h2", block["text"])
    if kind == "list":
        return el("ul", *[el("li", item) for item in block["items"]])
    if kind == "facts":
        return facts([(name, value) for name, value in block["pairs"]])
    if kind == "table":
        rows = [[cell["text"] for cell in row] for row in block["rows"]]
        return table(block["header"], rows, caption=block["header"][0], class_="data", hidden_caption=True)
    if kind == "note":
        return el("p", block["text"], class_="note")
    return el("p", el("strong", block["text"]) if kind == "strong" else block["text"])
