"""Verdicts that rest on records: everything that was due is counted, so that no chance has to be excluded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from boussole.audits.systems.model import System
from boussole.charter.deadlines.counting import counted
from boussole.charter.deadlines.days import months_later
from boussole.charter.deadlines.items import Sources
from boussole.charter.document import RecordCounts
from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.document.base import given
from boussole.charter.document.versions import DecidedBy
from boussole.charter.judging.families import NOT_RECORDED
from boussole.charter.judging.stated import StatedVerdict
from boussole.charter.records.facts import Facts
from boussole.charter.text.model import SAME_TEXTS, Charter, Indicator, Threshold

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
