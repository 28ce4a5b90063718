"""What becomes of a committee's opinions and recommendations: the matter of the question whether they are followed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from boussole.charter.committee.advising.opinions import Fate, fates
from boussole.charter.committee.state import CommitteeState
from boussole.charter.record_types.kinds import Recommendation, Reply
from boussole.charter.records.facts import Facts


@dataclass(frozen=True, kw_only=True)
class OpinionDuty:
    """Something owed by a day: the publication of an opinion, its answer, or the answer to a recommendation.

    `kept_on`: the day it was done; None while it waits.
    """

    entry: int
    what: Literal["publication", "answer", "recommendation"]
    system: str | None
    due_on: dt.date
    kept_on: dt.date | None
    since: dt.date

    def on_time(self, today: dt.date) -> bool | None:
        """Whether it was kept in time; None while it may still be."""
        if self.kept_on is not None:
            return self.kept_on <= self.due_on
        return False if self.due_on < today else None


@dataclass(frozen=True, kw_only=True)
class FollowUpCounts:
    """How many promises that have come due were kept in time, and those that have waited for too long.

    `share` is None while none has come due.
    """

    due: int
    on_time: int
    ignored: Sequence[OpinionDuty]

    @property
    def share(self) -> float | None:
        return self.on_time / self.due if self.due else None


def followed(promises: Sequence[OpinionDuty], *, today: dt.date, late_days: int) -> FollowUpCounts:
    """How many promises were kept in time by a day. `late_days`: the days of waiting after which one counts as
    ignored."""
    told = [each.on_time(today) for each in promises]
    waited = dt.timedelta(days=late_days)
    ignored = [each for each in promises if each.kept_on is None and each.since + waited < today]
    return FollowUpCounts(due=len(told) - told.count(None), on_time=told.count(True), ignored=ignored)


def promises(house: CommitteeState, facts: Facts) -> list[OpinionDuty]:
    """What is owed to a committee, and what was kept of it."""
    replied = {said.of: said.on for _, said in reversed(facts.standing(Reply))}
    opinions = [each for fate in fates(house, facts) for each in _of_opinion(fate)]
    recommendations = [
        OpinionDuty(
            entry=entry,
            what="recommendation",
            system=said.system,
            due_on=said.due_on,
            kept_on=replied.get(entry),
            since=said.on,
        )
        for entry, said in facts.standing(Recommendation)
        if said.committee == house.committee
    ]
    return [*opinions, *recommendations]


def _of_opinion(fate: Fate) -> Iterator[OpinionDuty]:
    since, system = fate.opinion.on, fate.opinion.system
    if fate.publication != "withheld":
        published = fate.published[1].on if fate.published else None
        yield OpinionDuty(
            entry=fate.entry,
            what="publication",
            system=system,
            due_on=fate.publish_by,
            kept_on=published,
            since=since,
        )
    replied = fate.first_reply[1].on if fate.first_reply else None
    yield OpinionDuty(
        entry=fate.entry, what="answer", system=system, due_on=fate.reply_by, kept_on=replied, since=since
    )
