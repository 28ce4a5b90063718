"""The session page as HTML: what, when, where; the agenda, its votes and decisions; who is there; its evidence."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.dashboard.markup.elements import Child, Html, badge, details, el, join, link, stacked, table
from boussole.dashboard.markup.glossary import explained
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.pages.session.agenda_view import AnswerChangeLine, Differences, PackColumn, PackView
from boussole.dashboard.pages.session.files import PaperView
from boussole.dashboard.pages.session.items_view import (
    BallotText,
    Decision,
    DissentNote,
    ItemView,
    OpinionText,
    Running,
)
from boussole.dashboard.pages.session.view import AskedRow, MinutesView, PresenceRow, SessionPage
from boussole.dashboard.views.records.offering import (
    HEAD,
    MINUTES,
    NOBODY,
    PACK,
    PRESENCE,
    QUESTIONS,
    SessionActions,
    item_part,
)

# A vote that is open as HTML: announced at the head of the page, and its text, to the letter, above the ballot.


def announced(votes: Sequence[Running], say: Say) -> Html | None:
    """At the head of the page: which votes are open, and the way to them."""
    if not votes:
        return None
    lines = [
        el(
            "p",
            el("strong", each.title),
            " — ",
            each.told,
            ". ",
            _to(item_part(each.item), say("Read the text and vote")),
        )
        for each in votes
    ]
    head = el("p", el("strong", say.plural("A vote is open.", "{n} votes are open.", len(votes))))
    return el("div", head, *lines, class_="lead lead-watch", id="open-votes")


def running(vote: Running, say: Say) -> Html:
    """A vote under its item: what is voted on, then how many have voted."""
    text = vote.text
    return el(
        "div",
        el("p", el("strong", vote.title), " — ", vote.told, class_="running"),
        el("p", join([each for each in (_source(text), text.told) if each], " — ")),
        el("p", el("strong", text.warning), class_="warning") if text.warning else None,
        _words(text, say) if text.title else None,
        details(say("Which fingerprint is voted on?"), el("p", el("code", text.fingerprint)))
        if text.fingerprint
        else None,
        class_="on-vote",
    )


def _source(text: BallotText) -> Html | None:
    return _to_page(*text.source) if text.source else None


def _to(anchor: str, words: str) -> Html:
    return el("a", words, href=f"#{anchor}")


def _to_page(words: str, href: str) -> Html:
    return el("a", words, href=href, target="_self")


def _words(text: BallotText, say: Say) -> Html:
    reservations = (
        [
            el("p", el("strong", say("Reservations"))),
            el("ol", *[el("li", each) for each in text.reservations], class_="notes"),
        ]
        if text.reservations
        else []
    )
    return el(
        "blockquote",
        el("p", el("strong", text.title), " (", text.sense, ")"),
        *[el("p", each, class_="words") for each in text.paragraphs],
        *reservations,
        class_="opinion",
    )


# Papers of a session as HTML: when they were made, and where to take them.


def paper(shown: PaperView | None, title: str, say: Say) -> Html | None:
    """A paper that was made, with its files; nothing while there is none."""
    if shown is None:
        return None
    outdated = say("What it tells has changed since: have it made again.")
    gone = say("Some of its files are no longer here: have it made again.")
    return el(
        "div",
        el("p", el("strong", title), " — ", shown.told, " ", link(*shown.entry)),
        el("p", outdated, class_="warning") if shown.outdated else None,
        el("p", gone, class_="warning") if shown.gone else None,
        el(
            "p",
            join(
                [
                    el("a", name, href=href, hreflang=lang, class_="take", download="")
                    for name, href, lang in shown.takes
                ]
            ),
            class_="takes",
        )
        if shown.takes
        else None,
        class_="paper",
    )


# The session page as HTML: what, when, where; the agenda and its decisions; who is there; questions; minutes.


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


# The frozen pack of a session as HTML.


def pack(shown: PackView | None, say: Say, acting: SessionActions = NOBODY, file: PaperView | None = None) -> Html:
    """What the session works on: the verdicts at the freeze, and what has changed."""
    title = el("h2", say("What evidence does it work on?"), id="pack")
    if shown is None:
        told = say("The evidence is not frozen yet. Until then, the pages show it as it stands today.")
        return el("section", title, el("p", told), acting.at(PACK), class_="house-of")
    return el(
        "section",
        title,
        el("p", *[join([each, " "]) for each in shown.told], link(*shown.entry)),
        _verdicts(shown, say) if shown.columns else el("p", say("It holds no audit: none was sealed yet.")),
        *[_differences(each, say) for each in shown.differences],
        paper(file, say("The session file"), say),
        acting.at(PACK),
        details(say("How can it be checked?"), _pack_checked(shown, say)),
        class_="house-of",
    )


def _verdicts(shown: PackView, say: Say) -> Html:
    head = [say("Article"), *[_column(each) for each in shown.columns]]
    rows = [
        [
            link(*row.title) if row.title[1] else row.title[0],
            *[badge(verdict, say) if verdict else "" for verdict in row.verdicts],
        ]
        for row in shown.rows
    ]
    return table(head, rows, caption=say("Verdicts by article, as they were frozen"), class_="verdicts pack")


def _column(column: PackColumn) -> Html:
    return join([column.title, el("span", column.period, class_="under"), link(*column.entry)])


def _differences(found: Differences, say: Say) -> Html:
    changed = [_changed(each, say) for each in found.verdicts]
    return el(
        "div",
        el("h3", found.title),
        *[el("p", each) for each in found.told],
        el("ul", *changed, class_="lines") if changed else None,
        class_="differences",
    )


def _changed(each: AnswerChangeLine, say: Say) -> Html:
    return el("li", badge(each.verdict, say, each.told), el("p", each.question), el("p", each.place, class_="place"))


def _pack_checked(shown: PackView, say: Say) -> Html:
    told = say(
        "Whoever holds the ledger computes this fingerprint again from its first entries. If one of them had been "
        "changed since, it would be another."
    )
    return el("div", el("p", told), explained([(say("Fingerprint of the ledger"), el("code", shown.root))], say))
