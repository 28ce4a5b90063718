"""The page on which one decision is explained, as data: what waits for whom, what is open, one sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.words.addresses import evidence_href, explain_href
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.pages.explain.forms import TAKE, confirming, issuing, opening, request_words
from boussole.dashboard.server.access.log import SheetRequest
from boussole.dashboard.server.access.permissions import Action, Role, allowed
from boussole.dashboard.server.access.person import Person, role_title
from boussole.dashboard.server.forms import Form
from boussole.dashboard.views.explained.explanation import request_at
from boussole.dashboard.views.explained.sheet import Sheet

Query = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A request that nobody has agreed to. `form`: for whoever may."""

    facts: Sequence[tuple[str, str]]
    form: Form | None


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """A sheet that is open to the reader."""

    link: tuple[str, str]
    until: str


@dataclass(frozen=True, kw_only=True)
class RequestsPage:
    """What waits and what is open. `handler`: who agrees; `local`: nobody proves who they are; `asking`: the form to
    ask, for whoever may."""

    handler: str
    local: bool
    done: str
    waiting: Sequence[Waiting]
    agreed: Sequence[Agreed]
    asking: Form | None


@dataclass(frozen=True, kw_only=True)
class SheetPage:
    """A sheet as the person will read it. `take`: where its PDF is; `issued`: that it was handed out, and the entry;
    `issuing`: the form to hand it out, for whoever may."""

    sheet: Sheet
    back: str
    until: str
    take: str
    issued: tuple[str, tuple[str, str]] | None
    issuing: Form | None


def requests_page(
    found: Sequence[SheetRequest], me: Person, workspace: Workspace, asked: Query, say: Say, *, query: Query
) -> RequestsPage:
    """What waits, what is open, and the form to ask; `asked`: the address, which says what came of a form."""
    return RequestsPage(
        handler=role_title(Role.AGENT, say),
        local=not me.authenticated,
        done=_done(asked, say),
        waiting=[_waiting(each, me, workspace, say) for each in found if not each.confirmed],
        agreed=[_agreed(each, workspace, say, query=query) for each in found if each.confirmed],
        asking=opening(workspace, say) if allowed(me.role, Action.OPEN_SHEET) else None,
    )


def _done(asked: Query, say: Say) -> str:
    """What came of a form that was just sent; nothing where none was."""
    told = {
        "asked": say("Your request waits for the agreement of a case handler. Nothing has been read."),
        "declined": say("The request was turned down: nothing was read."),
    }
    return told.get(asked.get("done", ""), "")


def _waiting(each: SheetRequest, me: Person, workspace: Workspace, say: Say) -> Waiting:
    mine = me.authenticated and each.opened_by == me.subject
    may = allowed(me.role, Action.CONFIRM_SHEET) and not mine
    facts = [
        (say("System"), _system(each, workspace, say)),
        (say("Decision"), ", ".join(each.decision)),
        (say("Request that it answers"), _request(each, workspace, say)),
        (say("Why"), each.reason),
        (say("Asked on"), say.moment(each.opened_at)),
        (say("Waits until"), say.moment(each.expires_at)),
    ]
    return Waiting(facts=facts, form=confirming(each, say) if may else None)


def _agreed(each: SheetRequest, workspace: Workspace, say: Say, *, query: Query) -> Agreed:
    name = say("{system}, decision {decision}", system=_system(each, workspace, say), decision=", ".join(each.decision))
    until = say("until {moment}", moment=say.moment(each.expires_at))
    return Agreed(link=(name, explain_href(query=query, sheet=each.id)), until=until)


def _request(each: SheetRequest, workspace: Workspace, say: Say) -> str:
    """Which request a sheet is to answer, and by when, so that whoever agrees need not look it up."""
    found = request_at(workspace, each.request) if each.request else None
    return request_words(found, say) if found else each.request or say("none")


def _system(each: SheetRequest, workspace: Workspace, say: Say) -> str:
    known = workspace.systems.get(each.system)
    return say.text(known.title) if known else each.system


def sheet_page(found: SheetRequest, made: Sheet, me: Person, say: Say, *, query: Query) -> SheetPage:
    """The sheet of a request, and what can be done with it."""
    issued = None
    if found.entry is not None and found.issued_on is not None:
        entry = str(found.entry)
        told = say("The request {number} was answered on {date}.", number=found.request, date=say.date(found.issued_on))
        issued = told, (say("entry {n}", n=entry), evidence_href(query=query, entry=entry))
    may = issued is None and bool(found.request) and allowed(me.role, Action.ENTER_APPEAL)
    return SheetPage(
        sheet=made,
        back=explain_href(query=query),
        until=say.moment(found.expires_at),
        take=f"{TAKE}/{found.id}?lang={say.lang}",
        issued=issued,
        issuing=issuing(found, say) if may else None,
    )
