"""Verdicts that rest on records: everything that was due is counted, so that no chance has to be excluded."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from scipy.stats import beta

from boussole.audits.systems.model import System
from boussole.audits.uncertainty.quantiles import normal_quantile, student_quantile
from boussole.charter.deadlines.appeals import AppealState, appeals
from boussole.charter.deadlines.days import months_later
from boussole.charter.deadlines.incidents import Deadline, incidents
from boussole.charter.deadlines.items import (
    DueItem,
    Sources,
    State,
    counts_of,
    examined_versions,
    of_items,
    rules_published,
    uses_registered,
)
from boussole.charter.deadlines.planting import plantings
from boussole.charter.document import RecordCounts
from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.document.base import given
from boussole.charter.document.versions import DecidedBy
from boussole.charter.judging.families import NOT_RECORDED
from boussole.charter.judging.stated import StatedVerdict
from boussole.charter.record_types.acts import Opinion, Publication, PublicationDecision
from boussole.charter.record_types.kinds import Recommendation, Reply
from boussole.charter.record_types.work import Training
from boussole.charter.records.facts import Facts
from boussole.charter.text.model import SAME_TEXTS, Charter, Indicator, Records, Threshold

FEWEST = 10
"""Of fewer cases, or fewer others, rows of one cluster are taken to be alike."""


@dataclass(frozen=True, kw_only=True)
class ClusteredShare:
    """A share between two ends, and how many independent rows it is worth."""

    low: float
    high: float
    size: float


def clustered_share(clusters: Sequence[tuple[int, int]]) -> ClusteredShare | None:
    """Compute the interval at 95 % of cases ÷ rows, from (cases, rows) of each cluster; None without rows.

    Clopper and Pearson's at p (1 − p) ÷ variance between clusters × (z ÷ t)²; of few cases or others at (Σ n)² ÷ Σ n².
    Source: Clopper & Pearson (1934), Biometrika 26:404-413; Korn & Graubard (1998), Survey Methodology 24:193-201.
    """
    rows = [n for _, n in clusters if n]
    if not rows:
        return None
    k, n, m = sum(k for k, _ in clusters), sum(rows), len(rows)
    p = k / n
    size = n**2 / math.fsum(each * each for each in rows)
    if min(k, n - k) >= FEWEST and m > 1:
        variance = m / (m - 1) * math.fsum((cases - p * each) ** 2 for cases, each in clusters) / n**2
        size = min(float(n), p * (1 - p) / variance) if variance > 0 else float(n)
    if m > 1:
        size *= (normal_quantile(0.975) / student_quantile(0.975, m - 1)) ** 2
    low, high = exact_ends(p, size)
    return ClusteredShare(low=low, high=high, size=size)


def exact_ends(share: float, size: float, *, chance: float = 0.05) -> tuple[float, float]:
    """Compute the ends of Clopper and Pearson's interval of a share of independent rows, missed with `chance`."""
    k = share * size
    low = float(beta.ppf(chance / 2, k, size - k + 1)) if share > 0 else 0.0
    high = float(beta.ppf(1 - chance / 2, k + 1, size - k)) if share < 1 else 1.0
    return low, high


def opinions_followed(sources: Sources) -> RecordCounts | None:
    """Publications and answers of what was said about a system, and about all; None where nothing was said of it."""
    own = any(
        said.system == sources.system.id
        for kind in (Opinion, Recommendation)
        for _, said in sources.facts.standing(kind)
    )
    items = [*_of_opinions(sources), *_of_recommendations(sources)] if own else []
    return of_items(items, sources.facts.as_of) if items else None


def _of_opinions(sources: Sources) -> Iterator[DueItem]:
    facts, days = sources.facts, sources.days
    corrected = {said.replaces for _, said in facts.standing(Opinion)}
    published, withheld = _first(sources, Publication), _withheld(sources)
    answered = _first(sources, Reply)
    for entry, said in facts.standing(Opinion):
        if entry in corrected or said.system not in (sources.system.id, None):
            continue
        if entry in published or entry not in withheld:
            yield _item(entry, said.on, said.on + dt.timedelta(days("publish_days")), published.get(entry), sources)
        yield _item(entry, said.on, said.on + dt.timedelta(days("reply_days")), answered.get(entry), sources)


def _of_recommendations(sources: Sources) -> Iterator[DueItem]:
    answered = _first(sources, Reply)
    for entry, said in sources.facts.standing(Recommendation):
        if said.system in (sources.system.id, None):
            yield _item(entry, said.on, said.due_on, answered.get(entry), sources)


def _item(entry: int, since: dt.date, due: dt.date, done: dt.date | None, sources: Sources) -> DueItem:
    return DueItem(entry=entry, due=due, since=since, state=_state(due, done, sources.facts.as_of))


def _state(due: dt.date, done: dt.date | None, today: dt.date) -> State:
    if done is None:
        return "overdue" if due < today else "waiting"
    return "good" if done <= due else "late"


def _first(sources: Sources, kind: type[Publication] | type[Reply]) -> dict[int, dt.date]:
    found: dict[int, dt.date] = {}
    for _, said in sources.facts.standing(kind):
        assert isinstance(said, Publication | Reply)  # noqa: S101 (what was asked for)
        found[said.of] = min(said.on, found.get(said.of, said.on))
    return found


def _withheld(sources: Sources) -> set[int]:
    last = {said.of: said.publish for _, said in sources.facts.standing(PublicationDecision)}
    return {entry for entry, publish in last.items() if not publish}


def counted(records: Records, sources: Sources) -> RecordCounts | None:
    """What the records of a kind say of a system, as they stand on the day of the facts; None where there are none."""
    return COUNTED[records](sources)


def _incidents(sources: Sources) -> RecordCounts | None:
    facts, system = sources.facts, sources.system.id
    found = [each for each in incidents(facts) if each.incident.system == system]
    items = [
        DueItem(
            entry=each.entry,
            due=deadline.due_at.date(),
            state=_reported(deadline),
        )
        for each in found
        for deadline in each.deadlines
    ]
    return of_items(items, facts.as_of) if found else None


def _reported(deadline: Deadline) -> State:
    return "good" if deadline.state == "on_time" else deadline.state


def _explanations(sources: Sources) -> RecordCounts | None:
    facts, system = sources.facts, sources.system.id
    found = [each for each in appeals(facts) if (each.appeal.system, each.appeal.asks) == (system, "explanation")]
    items = [DueItem(entry=each.entry, due=each.due_on, state=_explained(each)) for each in found]
    if not found:
        return None
    return of_items(items, facts.as_of).changed(entries=())  # committees see counts, never a single appeal


def _explained(appeal: AppealState) -> State:
    """A refusal in time is an answer, and no explanation; nor is a sheet that lacks something that the law asks."""
    if appeal.decision is None:
        return "overdue" if appeal.state == "overdue" else "waiting"
    if appeal.late:
        return "late"
    said = appeal.decision[1]
    return "refused" if said.outcome == "rejected" or (said.sheet and said.outcome != "upheld") else "good"


def _trained(sources: Sources) -> RecordCounts | None:
    found = [(said.end, entry, said) for entry, said in sources.facts.standing(Training)]
    own = [each for each in found if each[2].system == sources.system.id]
    latest = max(own or [each for each in found if each[2].system is None], default=None, key=lambda each: each[:2])
    if latest is None:
        return None
    _, entry, said = latest
    return counts_of(
        due=said.users,
        good=said.before,
        late=said.trained - said.before,
        overdue=said.users - said.trained,
        since=said.start,
        until=said.end,
        entries=(entry,),
    )


def _planted(sources: Sources) -> RecordCounts | None:
    """What was noticed under the protocol that was carried out last; of the last protocol, that nothing was yet."""
    every = plantings(sources.facts, sources.system.id)
    last = next((each for each in reversed(every) if each.found is not None), every[-1] if every else None)
    if last is None:
        return None
    teams = last.found[1].teams if last.found is not None else []
    planted, noticed = (sum(getattr(each, name) for each in teams) for name in ("planted", "noticed"))
    share = clustered_share([(each.noticed, each.planted) for each in teams])
    sampled = {"teams": len(teams), "low": share.low, "high": share.high, "size": share.size} if share else {}
    untold = last.planting.errors - planted if teams else 0
    return counts_of(
        due=planted,
        good=noticed,
        overdue=planted - noticed,
        waiting=0 if teams else last.planting.errors,
        since=last.planting.start,
        until=last.planting.end,
        entries=(last.entry,) if last.found is None else (last.entry, last.found[0]),
        untold=untold if untold > 0 else None,
        sealed_late=True if teams and last.sealed_late else None,
        **sampled,
    )


COUNTED: Mapping[Records, Callable[[Sources], RecordCounts | None]] = {
    "incidents_in_time": _incidents,
    "explanations_in_time": _explanations,
    "trained_first": _trained,
    "errors_noticed": _planted,
    "versions_examined": examined_versions,
    "opinions_followed": opinions_followed,
    "uses_registered": uses_registered,
    "rules_published": rules_published,
}


FRESH_MONTHS = 12
"""Months after its last day from which on a record answers no more."""


def recorded(
    indicator: Indicator, facts: Facts, *, system: System, charter: Charter, versions: Sequence[DecidedBy] = ()
) -> StatedVerdict | None:
    """What the records answer; None for a question that no counts of records answer."""
    if indicator.records is None or indicator.records == SAME_TEXTS:
        return None
    sources = Sources(facts=facts, system=system, versions=versions, params=indicator.params)
    found = counted(indicator.records, sources)
    if found is None:
        return StatedVerdict(verdict=Verdict.NOT_EXAMINED, reason=NOT_RECORDED[indicator.records])
    if indicator.threshold.tolerance is not None and found.past_due is not None:
        first = facts.as_of - dt.timedelta(days=found.past_due)
        found = found.changed(settle_by=first + dt.timedelta(days=charter.confirm_days))
    verdict, reason = _answer(found, indicator, today=facts.as_of, confirm_days=charter.confirm_days)
    return StatedVerdict(verdict=verdict, reason=reason, counted=found)


def _answer(found: RecordCounts, indicator: Indicator, *, today: dt.date, confirm_days: int) -> tuple[Verdict, str]:
    threshold = indicator.threshold
    fresh = indicator.params.get("fresh_days")
    last = found.until + dt.timedelta(int(fresh)) if fresh is not None else months_later(found.until, FRESH_MONTHS)
    if last < today:
        return Verdict.UNKNOWN, "record_old"
    if not found.due and not found.untold:
        return Verdict.UNKNOWN, "nothing_due"
    if threshold.tolerance is not None:
        return _without_tolerance(found, confirm_days)
    limit = indicator.params.get("late_days")
    if limit is not None and (found.waited or 0) > int(limit):
        return Verdict.BROKEN, "record_ignored"
    return _share(found, threshold)


def _without_tolerance(found: RecordCounts, confirm_days: int) -> tuple[Verdict, str]:
    """What a person recorded as late is confirmed; what nobody has recorded as done is, once nobody has for long."""
    if found.late:
        return Verdict.BROKEN, "record_late"
    if (found.past_due or 0) > confirm_days:
        return Verdict.BROKEN, "record_missing"
    if found.overdue:
        return Verdict.WATCH, "record_overdue"
    if found.refused:
        return Verdict.WATCH, "record_refused"
    if found.untold:
        return Verdict.UNKNOWN, "record_untold"
    return Verdict.KEPT, "record_kept"


def _share(found: RecordCounts, threshold: Threshold) -> tuple[Verdict, str]:
    if not found.due:
        return Verdict.UNKNOWN, "record_untold"
    share = found.good / found.due
    if found.teams is not None:
        return _sampled(found, share, threshold)
    if threshold.breach is not None and share < threshold.breach:
        return Verdict.BROKEN, "record_below"
    if threshold.watch is not None and share < threshold.watch:
        return Verdict.WATCH, "record_below"
    if found.untold:
        return Verdict.UNKNOWN, "record_untold"
    return Verdict.KEPT, "record_enough"


def _sampled(found: RecordCounts, share: float, threshold: Threshold) -> tuple[Verdict, str]:
    low, high = given(found.low), given(found.high)
    if threshold.breach is not None and high < threshold.breach:
        return Verdict.BROKEN, "record_below"
    if threshold.watch is not None and share < threshold.watch:
        return Verdict.WATCH, "record_below"
    if found.untold:
        return Verdict.UNKNOWN, "record_untold"
    if found.sealed_late:
        return Verdict.UNKNOWN, "record_unproven"
    level = threshold.watch if threshold.breach is None else threshold.breach
    enough = level is None or low >= level
    return (Verdict.KEPT, "record_enough") if enough else (Verdict.UNKNOWN, "record_few")
