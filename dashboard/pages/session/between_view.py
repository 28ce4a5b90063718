"""The questions that members asked between sessions, as they stand on the agenda of the next one."""

from __future__ import annotations

from dataclasses import dataclass

from boussole.charter.committee.meetings.sessions import Session
from boussole.charter.committee.referrals.between import asked_between
from boussole.charter.committee.referrals.matters import QuestionHistory
from boussole.dashboard.access.people.role_words import who_words
from boussole.dashboard.views.committee.chamber import Chamber
from boussole.dashboard.words.addresses import questions_href
from boussole.dashboard.words.say import Say

Linked = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class BetweenRow:
    """A question: its words and where it is read, who asked whom, and how far its answer is."""

    text: Linked
    told: str
    state: str
    late: bool


def between_rows(chamber: Chamber, found: Session, say: Say, *, query: dict[str, str]) -> list[BetweenRow]:
    """The questions that stand on the agenda of a session because nobody asked them in one."""
    if found.state == "cancelled":
        return []
    return [_row(chamber, each, say, query=query) for each in asked_between(chamber.house, found, today=chamber.today)]


def _row(chamber: Chamber, each: QuestionHistory, say: Say, *, query: dict[str, str]) -> BetweenRow:
    said = each.question
    asker = chamber.name(said.by, say) if said.by else who_words(said.role, say)
    return BetweenRow(
        text=(say.written(said.text), questions_href(query=query, anchor=f"q-{each.entry}")),
        told=say(
            "Asked by {who} on {date}, to: {whom}", who=asker, date=say.date(said.on), whom=say.written(said.addressee)
        ),
        state=state_words(each, say),
        late=each.state == "overdue",
    )


def state_words(each: QuestionHistory, say: Say) -> str:
    """How far the answer to a question is."""
    if each.state == "answered":
        return say("Answered on {date}", date=say.date(each.answers[0][1].on))
    due = say.date(each.question.due_on)
    return (
        say("No answer: it was due on {date}", date=due) if each.state == "overdue" else say("Due on {date}", date=due)
    )
