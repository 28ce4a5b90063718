"""Verdicts on what a log counts and the charter does not tolerate at all: one case that a human confirms breaks it."""

from __future__ import annotations

from dataclasses import replace

from boussole.charter.deadlines.items import RULE_OF_THREE
from boussole.charter.document import LoggedCases, MeasureInShort
from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.document.base import given
from boussole.charter.judging.stated import Period, StatedVerdict
from boussole.charter.records.facts import Facts


def logged(measure: MeasureInShort, told: StatedVerdict | None, *, refuted: int) -> StatedVerdict:
    """What a log says of cases that are not tolerated; `told`: what people reported of the question, if anything.

    Everything in the window was counted, so that no chance has to be excluded: kept where there is no case, watch where
    there is one that no human has looked at, broken where one was confirmed. `refuted`: cases of the window that people
    looked at and found to be none.
    """
    counts = _counts(measure)
    if told is not None and told.verdict in (Verdict.BROKEN, Verdict.WATCH):
        return replace(told, logged=counts)
    verdict, reason = _answer(measure, counts, refuted=refuted)
    return StatedVerdict(verdict=verdict, reason=reason, logged=counts, cases=told.cases if told else None)


def refuted(indicator: str, facts: Facts, *, system: str, period: Period) -> int:
    """How many cases of the window itself people reported and refuted; those of later days dismiss nothing in it."""
    reported = facts.reported(indicator, system, period.start, period.measured or period.end)
    return sum(each.n for each in reported if each.state == "refuted")


def bound_of(cases: int, n: int) -> float | None:
    """Up to which share of those to come may still fail, where none of `n` did: the rule of three.

    >>> bound_of(0, 150), bound_of(1, 150), bound_of(0, 2)
    (0.02, None, 1.0)
    """
    return None if cases else min(RULE_OF_THREE / n, 1.0)


def _counts(measure: MeasureInShort) -> LoggedCases | None:
    if measure.status != "ok":
        return None
    n, cases, people = given(measure.n), int(measure.params.get("cases")), measure.params.get("people")
    bound = bound_of(cases, n if people is None else int(people))
    hours = int(measure.params.get("hours"))
    return LoggedCases(n=n, cases=cases, bound=bound, hours=hours, people=None if people is None else int(people))


def _answer(measure: MeasureInShort, counts: LoggedCases | None, *, refuted: int) -> tuple[Verdict, str]:
    if counts is None:  # what is hidden may say that there is a case
        if measure.params.get("some"):
            return Verdict.WATCH, "logged_hidden"
        return Verdict.UNKNOWN, str(measure.reason)
    if counts.cases > refuted:
        return Verdict.WATCH, "logged_case"
    return Verdict.KEPT, "logged_refuted" if counts.cases else "logged_none"
