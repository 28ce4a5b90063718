"""The session page as HTML: what, when, where; the agenda and its decisions; who is there; questions; minutes."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.dashboard.markup.elements import Child, Html, details, el, join, link, stacked
from boussole.dashboard.markup.glossary import explained
from boussole.dashboard.pages.session.ballot_html import announced, running
from boussole.dashboard.pages.session.items_view import Decision, DissentNote, ItemView, OpinionText
from boussole.dashboard.pages.session.minutes_view import MinutesView
from boussole.dashboard.pages.session.paper_forms import PaperView
from boussole.dashboard.pages.session.paper_html import paper
from boussole.dashboard.pages.session.session_view import AskedRow, PresenceRow, SessionPage
from boussole.dashboard.records.acts.acting_html import NOBODY, SessionActions
from boussole.dashboard.records.acts.offering import HEAD, MINUTES, PRESENCE, QUESTIONS, item_part
from boussole.dashboard.words.say import Say


def head(page: SessionPage, say: Say, acting: SessionActions = NOBODY) -> Html:
    """The title, where it stands, what is special about it, and the calendar file."""
    crumbs = el(
        "nav",
        el("ol", el("li", link(*page.committee)), el("li", page.title)),
        class_="crumbs",
        aria_label=say("Where you are"),
    )
    others = [el("li", link(*each)) for each in (page.before, page.after) if each]
    return el(
        "header",
        crumbs,
        el("h1", page.title),
        el("p", page.subtitle, class_="subtitle"),
        announced(page.votes, say),
        el(
            "div",
            el("p", el("strong", page.headline), " ", join(page.told, " ")),
            el("ul", *others) if others else None,
            class_=f"lead lead-{page.tone}",
        ),
        el("p", el("strong", page.warning), " ", link(say("Freeze it first"), "#pack"), class_="warning")
        if page.warning
        else None,
        el("ul", *[el("li", note) for note in page.notes], class_="notes"),
        el("p", el("a", say("Put it in your calendar"), href=page.calendar, class_="take", download="")),
        acting.at(HEAD),
    )


def agenda(page: SessionPage, say: Say, acting: SessionActions = NOBODY) -> Html:
    """The agenda, with what was done under each item."""
    return el(
        "section",
        el("h2", say("What is dealt with?"), id="agenda"),
        el("ol", *[_item(item, say, acting) for item in page.items], class_="items"),
        _between(page, say),
        class_="house-of",
    )


def presence(page: SessionPage, say: Say, acting: SessionActions = NOBODY) -> Html:
    """Who is there."""
    columns = [say("Member"), say("College"), say("Presence")]
    return el(
        "section",
        el("h2", say("Who is there?"), id="presence"),
        stacked(
            columns,
            [_present(row) for row in page.members],
            caption=say("Presence"),
            class_="house",
            hidden_caption=True,
        )
        if page.members
        else el("p", say("Nobody sits on this committee on that day.")),
        acting.at(PRESENCE),
        class_="house-of",
    )


def questions(page: SessionPage, say: Say, acting: SessionActions = NOBODY) -> Html:
    """The questions that were asked in the session."""
    asked = el("ul", *[_asked(row) for row in page.questions], class_="lines")
    return el(
        "section",
        el("h2", say("Which questions were asked?"), id="questions"),
        asked if page.questions else el("p", say("None so far.")),
        acting.at(QUESTIONS),
        class_="house-of",
    )


def minutes(page: SessionPage, say: Say, acting: SessionActions = NOBODY, files: PaperView | None = None) -> Html:
    """The minutes: how far they are, where to take them."""
    shown, named = page.minutes, {"fr": say("Minutes in French"), "en": say("Minutes in English")}
    takes = [
        el(
            "a",
            named[lang],
            href=href,
            hreflang=lang,
            class_="take",
            download="",
        )
        for lang, href in shown.downloads
    ]
    return el(
        "section",
        el("h2", say("The minutes"), id="minutes"),
        el("p", shown.told),
        el("p", el("strong", shown.changed), class_="warning") if shown.changed else None,
        el("p", *takes, el("a", say("As data"), href=shown.data, class_="take", download=""), class_="takes"),
        paper(files, say("The minutes as sealed files"), say),
        acting.at(MINUTES),
        details(say("How can they be checked?"), _checked(shown, say)),
        class_="house-of",
    )


def unknown(entry: str, say: Say, *, committee: str) -> Html:
    """There is no such session."""
    lead = el(
        "p",
        el("strong", say("There is no session “{entry}”.", entry=entry) if entry else say("No session is named.")),
    )
    return join(
        [el("h1", say("One session")), el("div", lead, el("p", link(say("All sessions"), committee)), class_="lead")]
    )


def _between(page: SessionPage, say: Say) -> Html | None:
    """The questions that members asked between sessions."""
    if not page.between:
        return None
    rows = [
        el(
            "li",
            el("p", link(*each.text)),
            el("p", each.told, " · ", el("strong", each.state) if each.late else each.state, class_="place"),
        )
        for each in page.between
    ]
    title = el("h3", say("Asked by members between sessions"), id="between")
    return el("div", title, el("ul", *rows, class_="lines"), class_="between")


def _links(item: ItemView) -> list[Html]:
    return [
        el(
            "p",
            each.name,
            " · ",
            join([link(*place) if place[1] else place[0] for place in each.places], ", "),
            class_="place",
        )
        for each in item.links
    ]


def _item(item: ItemView, say: Say, acting: SessionActions) -> Html:
    about = [el("span", item.kind), link(*item.system) if item.system else None]
    return el(
        "li",
        el("h3", el("span", item.number, class_="order"), item.title),
        el("p", join([each for each in about if each], " · "), class_="place"),
        *_links(item),
        *[el("p", line) for line in item.matter],
        *[_noted(each) for each in item.hearings],
        el("div", el("p", el("strong", say("Note"))), *[el("p", each) for each in item.note], class_="noted")
        if item.note
        else None,
        el("p", item.aside, class_="aside") if item.aside else None,
        *[_decision(each, say, acting) for each in item.decisions],
        *[el("p", text, class_="told") for text in item.annulled],
        *[running(each, say) for each in item.running],
        acting.at(item_part(item.id)),
        class_="item",
        id=item_part(item.id),
    )


def _decision(decision: Decision, say: Say, acting: SessionActions) -> Html:
    result = el("strong", decision.result, class_="adopted" if decision.adopted else "rejected")
    return el(
        "div",
        el("p", result, " — ", decision.title, " ", link(*decision.entry, class_="place")),
        el("p", decision.how, class_="told"),
        explained(decision.votes, say),
        el("p", decision.voters, class_="told") if decision.voters else None,
        *[_noted(each) for each in decision.noted],
        *[_opinion(each, say, acting) for each in decision.opinions],
        acting.at(str(decision.number)),
        class_="decision",
        id=f"decision-{decision.number}",
    )


def _noted(noted: DissentNote) -> Html:
    return el("div", el("p", el("strong", noted.head)), el("p", noted.text) if noted.text else None, class_="noted")


def _opinion(words: OpinionText, say: Say, acting: SessionActions) -> Html:
    reservations = (
        [
            el("p", el("strong", say("Reservations"))),
            el("ul", *[el("li", each) for each in words.reservations], class_="notes"),
        ]
        if words.reservations
        else []
    )
    return el(
        "blockquote",
        el("p", link(*words.title), " (", words.sense, ")"),
        *[el("p", paragraph) for paragraph in words.paragraphs],
        *reservations,
        el("p", words.publication, class_="told"),
        acting.at(str(words.number)),
        class_="opinion",
    )


def _present(row: PresenceRow) -> list[Child]:
    return [row.name, row.college, el("strong", row.presence) if row.here else row.presence]


def _asked(row: AskedRow) -> Html:
    return el("li", el("p", link(*row.text)), el("p", join([row.told, link(*row.entry)], " · "), class_="place"))


def _checked(shown: MinutesView, say: Say) -> Html:
    told = say(
        "The fingerprint is computed from the minutes as data, without any name in them. The ledger seals it; the "
        "committee approves the minutes by a decision on it."
    )
    pairs: Sequence[tuple[str, Child]] = [
        (say("Fingerprint"), el("code", shown.fingerprint)),
        (say("Sealed"), link(*shown.entry) if shown.entry else say("not yet")),
        (say("Approved"), link(*shown.approved) if shown.approved else say("not yet")),
    ]
    return el("div", el("p", told), explained(pairs, say))
