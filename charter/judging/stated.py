"""Verdicts that rest on what people state: attested questions, and what the charter does not tolerate at all."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, replace
from functools import cached_property
from typing import Any

from boussole.audits.systems.model import System
from boussole.charter.deadlines.days import months_later
from boussole.charter.deadlines.items import RULE_OF_THREE, bound_of
from boussole.charter.document import (
    AnsweringStatement,
    CaseCounts,
    LoggedCases,
    MeasureInShort,
    PairedTest,
    Params,
    RecordCounts,
    RegisterDates,
)
from boussole.charter.document.answers.verdict import Verdict, severity
from boussole.charter.document.answers.verdicts import CallsOutside, EstimatedRange
from boussole.charter.document.base import given
from boussole.charter.judging.detected import OF_TEXTS, bound_told, detected_answer, detected_of
from boussole.charter.judging.follow_up import examined_before_start
from boussole.charter.record_types.kinds import Attestation, Inspection
from boussole.charter.records.facts import Facts, ReportedCases
from boussole.charter.text.model import Charter, Indicator


@dataclass(frozen=True, kw_only=True)
class VerdictPeriod:
    """The days a verdict is about, both included."""

    start: dt.date
    end: dt.date
    measured: dt.date | None = None
    """The last day of what was measured, where the period goes on after it."""


@dataclass(frozen=True, kw_only=True)
class StatedVerdict:
    """A verdict, the code of its reason, and what it rests on."""

    verdict: Verdict
    reason: str
    statement: AnsweringStatement | None = None
    cases: CaseCounts | None = None
    dates: RegisterDates | None = None
    counted: RecordCounts | None = None
    logged: LoggedCases | None = None
    estimated: EstimatedRange | None = None
    paired: PairedTest | None = None


NOBODY = StatedVerdict(verdict=Verdict.NOT_EXAMINED, reason="not_attested")
"""Where nobody has looked."""


def attested(indicator: Indicator, facts: Facts, *, system: str, charter: Charter) -> StatedVerdict:
    """What the statement that counts says, until it expires or the charter calls it too old."""
    if not facts.sealed:
        return NOBODY
    own, general = (
        None if found is None else _LatestStatement(*found, indicator=indicator, facts=facts, charter=charter)
        for found in (facts.attestation(indicator.id, about) for about in (system, None))
    )
    told = _counting(own, general) if own and general else own or general
    return told.stated if told else NOBODY


@dataclass(frozen=True)
class _LatestStatement:
    entry: int
    said: Attestation
    _: KW_ONLY
    indicator: Indicator
    facts: Facts
    charter: Charter

    @property
    def made(self) -> tuple[dt.date, int]:
        return self.said.on, self.entry

    @cached_property
    def stated(self) -> StatedVerdict:
        until = min(self.said.valid_until, months_later(self.said.on, self.indicator.valid_months or 12))
        statement = AnsweringStatement(
            entry=self.entry,
            role=self.said.role,
            on=self.said.on,
            valid_until=until,
            document=self.said.document.sha256,
            renew=self.facts.as_of >= until - dt.timedelta(days=self.charter.renew_days_before),
        )
        if self.facts.as_of > until:
            return StatedVerdict(verdict=Verdict.UNKNOWN, reason="attestation_expired", statement=statement)
        if self.said.asked not in (None, self.indicator.wording):
            return StatedVerdict(verdict=Verdict.UNKNOWN, reason="question_reworded", statement=statement)
        return StatedVerdict(verdict=Verdict(self.said.answer), reason="attested", statement=statement)


def _counting(own: _LatestStatement, general: _LatestStatement) -> _LatestStatement:
    """Of the latest statements about one system and about all of them, the one that counts for that system."""
    if own.made > general.made:
        return own
    if own.stated.reason != "attested":
        return general
    worse = severity(general.said.answer) < severity(own.said.answer)
    return general if worse and general.stated.reason != "question_reworded" else own


def dated(system: System, facts: Facts) -> StatedVerdict | None:
    """Whether a use was examined before it started, by the dates of the register; None where they do not say."""
    found = examined_before_start(system, today=facts.as_of)
    if found.start is None or found.verdict not in (Verdict.KEPT, Verdict.BROKEN):
        return None
    dates = RegisterDates(start=found.start, late=dict(found.late))
    return StatedVerdict(verdict=found.verdict, reason=found.reason, dates=dates)


def tolerated(
    indicator: Indicator, facts: Facts, *, system: str, period: VerdictPeriod, charter: Charter
) -> StatedVerdict | None:
    """What cases and inspections say of a question that tolerates none; None where there are neither.

    Broken with one confirmed case, or one that nobody confirmed or refuted in time; watched before. Kept only where the
    rule of three puts the rate under the tolerance, at the recall of the inspections; else unknown.
    """
    if not facts.sealed:
        return None
    reported = facts.reported(indicator.id, system, period.start, period.end)
    inspections = _samples(facts, indicator, system=system, period=period)
    if not reported and not inspections:
        return None
    seen = sum(each.examined * each.recall for each in inspections)
    by_state = {state: [each for each in reported if each.state == state] for state in ("confirmed", "open", "refuted")}
    deadline = dt.timedelta(days=charter.confirm_days)
    late = [each for each in by_state["open"] if facts.as_of > each.reported_on + deadline]
    tolerance, breaks_from = indicator.threshold.tolerance or 0.0, indicator.threshold.breaks_from
    early = sum(each.n for each in (*by_state["confirmed"], *late) if breaks_from and each.since < breaks_from)
    cases = CaseCounts(
        **{state: sum(each.n for each in found) for state, found in by_state.items()},
        late=sum(each.n for each in late),
        entries=tuple(each.entry for each in reported),
        latest=max((each.reported_on for each in _telling(by_state)), default=facts.as_of),
        deadline=min((each.reported_on + deadline for each in by_state["open"]), default=facts.as_of),
        examined=sum(each.examined for each in inspections),
        recall=seen / sum(each.examined for each in inspections) if inspections else None,
        bound=min(RULE_OF_THREE / seen, 1.0) if seen else None,
        more=max(0, math.floor(RULE_OF_THREE / tolerance - seen) + 1) if tolerance else None,
        **({"early": early} if early else {}),
    )
    verdict, reason = _tolerance_verdict(cases, tolerance)
    return StatedVerdict(verdict=verdict, reason=reason, cases=cases)


def _samples(facts: Facts, indicator: Indicator, *, system: str, period: VerdictPeriod) -> list[Inspection]:
    """The samples of a question that lie within a period; of several of the same days, the one that finds least."""
    found: dict[tuple[dt.date, dt.date, int], Inspection] = {}
    touching = [each for _, each in facts.inspections(indicator.id, system, period.start, period.end)]
    for each in sorted(touching, key=lambda each: -each.recall):
        same_question = each.asked in (None, indicator.wording)
        if same_question and period.start <= each.start and each.end <= period.end:
            found[each.start, each.end, each.examined] = each
    return list(found.values())


def _telling(by_state: Mapping[str, list[ReportedCases]]) -> list[ReportedCases]:
    return by_state["confirmed"] or by_state["open"] or by_state["refuted"]


def _tolerance_verdict(cases: CaseCounts, tolerance: float) -> tuple[Verdict, str]:
    breaking = Verdict.BROKEN if cases.confirmed + cases.late > (cases.early or 0) else Verdict.WATCH
    if cases.confirmed:
        return breaking, "case_confirmed"
    if cases.late:
        return breaking, "case_unconfirmed"
    if cases.open:
        return Verdict.WATCH, "case_to_confirm"
    if cases.bound is not None and cases.bound < tolerance:
        return Verdict.KEPT, "rule_of_three"
    return Verdict.UNKNOWN, "too_few_examined" if cases.examined else "cases_refuted"


def logged(
    measure: MeasureInShort, told: StatedVerdict | None, *, refuted: int, watch: float | None = None
) -> StatedVerdict:
    """What a log says of cases that are not tolerated; `told`: what people reported of the question, if anything.

    Kept where there is no case, watched where there is one that no human can have looked at, or more unlabelled ones
    than the share `watch`; broken where one was confirmed. Unknown where as many were `refuted` as the log shows.
    """
    counts = _counts(measure, refuted)
    lacking = bool(measure.params.lacking)
    if told is not None and (told.verdict == Verdict.BROKEN or (told.verdict == Verdict.WATCH and not lacking)):
        return replace(told, logged=counts)
    verdict, reason = _answer(measure, counts, refuted=refuted)
    if lacking:
        verdict, reason = Verdict.BROKEN, "logged_lacking" if measure.status == "ok" else "logged_hidden"
    elif verdict != Verdict.WATCH and measure.params.beyond:
        verdict, reason = Verdict.WATCH, "logged_beyond"
    elif measure.metric in OF_TEXTS:
        verdict, reason = detected_answer(measure, verdict, reason, watch=watch)
    elif verdict != Verdict.WATCH and watch is not None and _unlabelled(measure) > watch:
        verdict, reason = Verdict.WATCH, "logged_unlabelled"
    return StatedVerdict(verdict=verdict, reason=reason, logged=counts, cases=told.cases if told else None)


def refuted(indicator: str, facts: Facts, *, system: str, period: VerdictPeriod) -> int:
    """How many cases that people reported of days of the window alone were refuted."""
    reported = facts.reported_within(indicator, system, period.start, period.measured or period.end)
    return sum(each.n for each in reported if each.state == "refuted")


def _counts(measure: MeasureInShort, refuted: int) -> LoggedCases | None:
    if measure.status != "ok" and not (measure.params.unlabelled or measure.params.detected):
        return None
    n, cases = (given(measure.n), given(measure.params.cases)) if measure.status == "ok" else (0, 0)
    beside = _beside(measure.params)
    beside |= {"refuted": refuted} if refuted else {}
    people, outside = beside.get("people", n), measure.params.outside or ()
    named = tuple(CallsOutside(provider=by, place=at, model=of, n=some) for by, at, of, some in outside)
    listed: dict[str, Any] = {"outside": named} if named else {}
    read = detected_of(measure)
    listed |= {"detected": read} if read else {}
    bound = bound_of(people, people - cases) if read is None else bound_told(measure)
    return LoggedCases(n=n, cases=cases, bound=bound, **beside, **listed)


def _beside(params: Params) -> dict[str, int]:
    told = {
        "hours": params.hours,
        "unlabelled": params.unlabelled,
        "lacking": params.lacking,
        "beyond": params.beyond,
        "unused": params.unused,
        "people": params.people,
        "kinds": params.kinds,
    }
    return {name: n for name, n in told.items() if n is not None}


def _unlabelled(measure: MeasureInShort) -> float:
    unlabelled = measure.params.unlabelled
    return unlabelled / given(measure.params.all) if unlabelled else 0.0


def _answer(measure: MeasureInShort, counts: LoggedCases | None, *, refuted: int) -> tuple[Verdict, str]:
    if counts is None or measure.status != "ok":  # what is hidden may say that there is a case
        if measure.params.some:
            return Verdict.WATCH, "logged_hidden"
        return Verdict.UNKNOWN, str(measure.reason)
    if counts.cases > refuted:
        return Verdict.WATCH, "logged_case"
    return (Verdict.UNKNOWN, "logged_refuted") if counts.cases else (Verdict.KEPT, "logged_none")
