"""What outside authorities found about an article, and what was recommended about it: what is open stands first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from boussole.charter.record_types.kinds import Closure, Finding, FollowUp, Recommendation, Reply
from boussole.charter.records.facts import Facts

State = Literal["overdue", "waiting", "answered", "in_progress", "done", "dropped"]
STATES: tuple[State, ...] = ("overdue", "waiting", "in_progress", "answered", "done", "dropped")
"""How far a recommendation is; what most needs somebody comes first."""


@dataclass(frozen=True, kw_only=True)
class FindingHistory:
    """A finding with its entry, and the entry and day of its closure; None while it is open."""

    entry: int
    finding: Finding
    closed: tuple[int, dt.date] | None = None


@dataclass(frozen=True, kw_only=True)
class RecommendationState:
    """A recommendation with its entry, its answer, and what became of it: each the one stated last."""

    entry: int
    said: Recommendation
    state: State
    reply: tuple[int, Reply] | None = None
    follow_up: tuple[int, FollowUp] | None = None


def findings_about(article: str, facts: Facts) -> list[FindingHistory]:
    """The findings that name an article: open ones first, then the latest."""
    closures = {said.of: (entry, said.on) for entry, said in facts.standing(Closure)}
    found = [
        FindingHistory(entry=entry, finding=finding, closed=closures.get(entry))
        for entry, finding in facts.standing(Finding)
        if article in finding.articles
    ]
    return sorted(found, key=lambda each: (each.closed is not None, -each.finding.on.toordinal(), each.entry))


def recommended_about(article: str, facts: Facts) -> list[RecommendationState]:
    """The recommendations that name an article: overdue ones first, then the next due, the settled ones last."""
    return [each for each in recommended(facts) if article in each.said.articles]


def recommended(facts: Facts) -> list[RecommendationState]:
    """All recommendations, in the same order."""
    replies = {said.of: (entry, said) for entry, said in facts.standing(Reply)}
    followed = {said.of: (entry, said) for entry, said in facts.standing(FollowUp)}
    found = []
    for entry, said in facts.standing(Recommendation):
        state: State = followed[entry][1].state if entry in followed else "answered"
        if entry not in replies:
            state = "overdue" if said.due_on < facts.as_of else "waiting"
        found.append(
            RecommendationState(
                entry=entry, said=said, state=state, reply=replies.get(entry), follow_up=followed.get(entry)
            )
        )
    return _in_order(found)


def _in_order(found: Sequence[RecommendationState]) -> list[RecommendationState]:
    return sorted(found, key=lambda each: (STATES.index(each.state), each.said.due_on, each.entry))
