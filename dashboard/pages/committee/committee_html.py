"""The committee page as HTML."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.dashboard.markup.elements import Child, Html, details, el, join, link, stacked
from boussole.dashboard.markup.glossary import explained
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.pages.committee.view import (
    DraftRow,
    MatterRow,
    MemberRow,
    OpinionRow,
    OverviewPage,
    QuestionRow,
    SessionRow,
)
from boussole.dashboard.views.parts.lists import due_item
from boussole.dashboard.views.records.offering import MATTERS, MEMBERS, NOBODY, SESSIONS, SessionActions
from boussole.dashboard.views.register_words import DueLine


def head(page: OverviewPage, say: Say) -> Html:
    """The title, which committees there are, and the answer."""
    switch = (
        el(
            "nav",
            el("span", say("Committee"), class_="name"),
            el("ul", *[_committee(*each) for each in page.others]),
            aria_label=say("Committee"),
        )
        if len(page.others) > 1
        else None
    )
    going = el("p", link(*page.next)) if page.next else None
    return el(
        "header",
        el("h1", page.title),
        el("p", page.subtitle, class_="subtitle"),
        el("div", switch, class_="filters") if switch else None,
        el(
            "div",
            el("p", el("strong", page.headline), " ", join(page.told, " ")),
            going,
            el("p", page.note, class_="told") if page.note else None,
            class_=f"lead lead-{page.tone}",
        ),
    )


def due(page: OverviewPage, say: Say, acting: SessionActions = NOBODY) -> Html:
    """What is due next, beside the sessions."""
    lines = _lines(page.due) if page.due else el("p", say("Nothing is due."))
    more = (
        details(say.plural("See one more", "See {n} more", len(page.later)), _lines(page.later)) if page.later else None
    )
    return el(
        "div",
        el("section", el("h2", say("What is due next?"), id="due"), lines, more),
        el("section", el("h2", say("Sessions"), id="sessions"), acting.at(SESSIONS), _sessions(page.sessions, say)),
        class_="two",
    )


def opinions(page: OverviewPage, say: Say) -> Html:
    """What became of each opinion, and what is being written."""
    columns = [say("Opinion"), say("Published"), say("Answered"), say("What was made of it")]
    rows = [_opinion(row) for row in page.opinions]
    drafts = el("ul", *[_draft(row) for row in page.drafts], class_="lines")
    return el(
        "section",
        el("h2", say("What became of its opinions?"), id="opinions"),
        stacked(columns, rows, caption=say("Opinions"), class_="house", hidden_caption=True)
        if rows
        else el("p", say("It has given no opinion yet.")),
        join([el("h3", say("Being written"), id="drafts"), drafts]) if page.drafts else None,
        class_="house-of",
    )


def matters(page: OverviewPage, say: Say, acting: SessionActions = NOBODY) -> Html:
    """What was put to the committee, and what it asked."""
    columns = [say("Matter"), say("Who asks"), say("Rapporteur: who reports on it"), say("Hearings"), say("Outcome")]
    rows = [_matter(row) for row in page.matters]
    asked = el("ul", *[_question(row) for row in page.questions], class_="lines")
    return el(
        "section",
        el("h2", say("What was put to it?"), id="matters"),
        stacked(columns, rows, caption=say("Matters"), class_="house", hidden_caption=True)
        if rows
        else el("p", say("No matter was put to it yet.")),
        acting.at(MATTERS),
        join([el("h3", say("Questions that wait for an answer"), id="questions"), asked]) if page.questions else None,
        el("p", link(*page.all_questions)) if page.all_questions else None,
        class_="house-of",
    )


def members(page: OverviewPage, say: Say, acting: SessionActions = NOBODY) -> Html:
    """Who sits, and by which rules."""
    columns = [say("Member"), say("College"), say("Mandate"), say("Declared interests")]
    rows = [_member(row) for row in page.members]
    return el(
        "section",
        el("h2", say("Who sits on it?"), id="members"),
        stacked(columns, rows, caption=say("Members"), class_="house", hidden_caption=True)
        if rows
        else el("p", say("Nobody sits on it yet.")),
        acting.at(MEMBERS),
        details(say("How does it work? Its rules"), explained(page.rules, say), class_="folded"),
        class_="house-of",
    )


def unknown(committee: str, say: Say, *, known: Sequence[tuple[str, str]]) -> Html:
    """There is no committee of this name."""
    return join(
        [
            el("h1", say("The committee")),
            el(
                "div", el("p", el("strong", say("There is no committee “{name}” here.", name=committee))), class_="lead"
            ),
            el("ul", *[el("li", link(*each)) for each in known], class_="lines"),
        ]
    )


def _committee(title: str, href: str, current: bool) -> Html:
    return el("li", el("a", title, href=href, target="_self", aria_current="true" if current else None))


def _lines(lines: Sequence[DueLine]) -> Html:
    return el("ul", *[due_item(line) for line in lines], class_="lines due")


def _sessions(rows: Sequence[SessionRow], say: Say) -> Html:
    if not rows:
        return el("p", say("No session was called yet."))
    told = [
        el(
            "li",
            el("p", link(*row.title), " — ", el("strong", row.state)),
            el("p", join([row.time, row.place, row.agenda], " · "), class_="place"),
        )
        for row in rows
    ]
    return el("ul", *told, class_="lines")


def _opinion(row: OpinionRow) -> list[Child]:
    mark = "overdue" if row.grave else None
    return [
        join([link(*row.title), el("span", join([row.sense, row.on], ", "), class_="under")]),
        row.published,
        row.answered,
        el("span", row.followed, class_=mark),
    ]


def _draft(row: DraftRow) -> Html:
    return el("li", el("p", link(*row.title)), el("p", row.told, class_="place"))


def _matter(row: MatterRow) -> list[Child]:
    return [link(*row.subject), row.sender, row.rapporteur, row.hearings, row.became]


def _question(row: QuestionRow) -> Html:
    state = el("strong", row.state, class_="overdue" if row.late else None)
    return el("li", el("p", link(*row.text)), el("p", join([state, row.told], " · ")))


def _member(row: MemberRow) -> list[Child]:
    office = el("span", row.office, class_="under") if row.office else None
    return [
        join([row.name, office]),
        row.college,
        el("strong", row.mandate) if row.ending else row.mandate,
        join(row.interests, ", ") or "—",
    ]
