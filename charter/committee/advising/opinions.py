"""Opinions: issued once adopted, published, answered; and what became of each, with its deadlines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from boussole.charter.committee.meetings.sessions import session
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.committee.state import CommitteeState
from boussole.charter.committee.voting.votes import decided
from boussole.charter.record_types.acts import Minutes, Opinion, Publication, PublicationDecision, Referral
from boussole.charter.record_types.kinds import FollowUp, Recommendation, Reply
from boussole.charter.records.facts import Facts

Published = Literal["waiting", "late", "on_time", "published_late", "withheld"]
Answered = Literal["waiting", "late", "on_time", "answered_late"]


@dataclass(frozen=True, kw_only=True)
class Fate:
    """An opinion with what became of it by a day: published, answered, followed, and by when each was due."""

    entry: int
    opinion: Opinion
    publication: Published
    publish_by: dt.date
    published: tuple[int, Publication] | None
    answer: Answered
    reply_by: dt.date
    first_reply: tuple[int, Reply] | None
    reply: tuple[int, Reply] | None
    follow_up: tuple[int, FollowUp] | None
    ignored: bool

    @property
    def followed(self) -> Literal["yes", "partly", "no", "in_progress", "done", "dropped"] | None:
        if self.follow_up is not None:
            return self.follow_up[1].state
        return self.reply[1].accepted if self.reply is not None else None


def fates(house: CommitteeState, facts: Facts) -> list[Fate]:
    """What became of each opinion that no other corrects by the day of `facts`: ignored ones first, then by day."""
    corrected = {act.replaces for _, act in house.standing(Opinion)}
    opinions = [(entry, act) for entry, act in house.standing(Opinion) if act.on <= facts.as_of]
    found = [_fate(house, facts, entry, act) for entry, act in opinions if entry not in corrected]
    return sorted(found, key=lambda each: (not each.ignored, each.publish_by, each.entry))


def _fate(house: CommitteeState, facts: Facts, entry: int, act: Opinion) -> Fate:
    rules, today = session(house, decided(house, act.of)[0].of).rules.opinions, facts.as_of
    publish_by, reply_by = (act.on + dt.timedelta(days=days) for days in (rules.publish_days, rules.reply_days))
    publications = [(at, said) for at, said in house.about(Publication, entry) if said.on <= today]
    published = publications[0] if publications else None
    replies = [(at, said) for at, said in facts.standing(Reply) if said.of == entry]
    follow_ups = [(at, said) for at, said in facts.standing(FollowUp) if said.of == entry]
    decision = house.last(PublicationDecision, entry)
    withheld = published is None and decision is not None and not decision[1].publish
    late = act.on + dt.timedelta(days=rules.late_days) < today
    return Fate(
        entry=entry,
        opinion=act,
        publication="withheld" if withheld else _published(published[1].on if published else None, publish_by, today),
        publish_by=publish_by,
        published=published,
        answer=_answered(replies[0][1].on if replies else None, reply_by, today),
        reply_by=reply_by,
        first_reply=replies[0] if replies else None,
        reply=replies[-1] if replies else None,
        follow_up=follow_ups[-1] if follow_ups else None,
        ignored=late and (not replies or (published is None and not withheld)),
    )


def _published(on: dt.date | None, by: dt.date, today: dt.date) -> Published:
    if on is None:
        return "late" if today > by else "waiting"
    return "published_late" if on > by else "on_time"


def _answered(on: dt.date | None, by: dt.date, today: dt.date) -> Answered:
    if on is None:
        return "late" if today > by else "waiting"
    return "answered_late" if on > by else "on_time"


def admit_opinion(house: CommitteeState, act: Opinion) -> None:
    """Raises RefusedError unless a decision adopted these words to the letter and gave no other opinion."""
    decision, adopted = decided(house, act.of)
    if not adopted:
        raise RefusedError("decided_no", entry=act.of)
    if decision.subject != act.wording.sha256:
        raise RefusedError("decided_other", entry=act.of)
    if house.about(Opinion, act.of):
        raise RefusedError("issued", entry=act.of)
    if act.on < decision.on:
        raise RefusedError("order_of_days", date=act.on)
    if act.referral is not None:
        house.get(Referral, act.referral)
    if act.replaces is not None:
        house.get(Opinion, act.replaces)


def admit_publication_decision(house: CommitteeState, act: PublicationDecision) -> None:
    """Holds a decision on publication to the rules: the opinion is not published yet. Raises RefusedError."""
    _not_before(house, act)
    if house.about(Publication, act.of):
        raise RefusedError("already_so")


def admit_publication(house: CommitteeState, act: Publication) -> None:
    """Holds a publication to the rules: the committee decided on it, and it happens once. Raises RefusedError."""
    _not_before(house, act)
    decision = house.last(PublicationDecision, act.of)
    if decision is None or not decision[1].publish:
        raise RefusedError("not_adopted_to_publish")
    if house.about(Publication, act.of):
        raise RefusedError("already_so")


def _not_before(house: CommitteeState, act: PublicationDecision | Publication) -> None:
    if act.on < house.get(Opinion, act.of).on:
        raise RefusedError("order_of_days", date=act.on)


def admit_minutes(house: CommitteeState, act: Minutes) -> None:
    """Raises RefusedError unless the session is over and a correction names the minutes sealed last."""
    session(house, act.of).needs_state("closed")
    last = house.last(Minutes, act.of)
    if (last[0] if last else None) != act.replaces:
        raise RefusedError("not_last", entry=last[0] if last else act.of)


@dataclass(frozen=True, kw_only=True)
class OpinionDuty:
    """The publication of an opinion, its answer, or that to a recommendation, owed by a day and done on `kept_on`."""

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
    """How many promises that have come due were kept in time (`share`), and those that have waited for too long."""

    due: int
    on_time: int
    ignored: Sequence[OpinionDuty]

    @property
    def share(self) -> float | None:
        return self.on_time / self.due if self.due else None


def followed(promises: Sequence[OpinionDuty], *, today: dt.date, late_days: int) -> FollowUpCounts:
    """How many promises were kept in time by a day; after `late_days` of waiting one counts as ignored."""
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
