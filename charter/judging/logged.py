"""Verdicts on what a log counts and the charter does not tolerate at all: one case that a human confirms breaks it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from boussole.charter.deadlines.items import bound_of
from boussole.charter.document import LoggedCases, MeasureInShort, Params
from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.document.answers.verdicts import CallsOutside
from boussole.charter.document.base import given
from boussole.charter.judging.detected import OF_TEXTS, bound_told, detected_answer, detected_of
from boussole.charter.judging.stated import StatedVerdict, VerdictPeriod
from boussole.charter.records.facts import Facts


def logged(
    measure: MeasureInShort, told: StatedVerdict | None, *, refuted: int, watch: float | None = None
) -> StatedVerdict:
    """What a log says of cases that are not tolerated; `told`: what people reported of the question, if anything.

    Everything in the window was counted, so that no chance has to be excluded: kept where there is no case, watch where
    there is one that no human can have looked at, broken where one was confirmed. `refuted`: cases of the window that
    people looked at and found to be none. A report names nobody, so nobody knows whether it is of a case of the log:
    where as many were refuted as the log shows, the answer is unknown, and never kept. Broken too where the system
    file, or an export, says so of some by itself; watched where others are `beyond` what the charter allows.
    `watch`: the share of what the log does not label beyond which it is watched.
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
    """How many cases people reported of days of the window alone, and refuted.

    Neither a case of a day outside it counts, nor a sample that reaches beyond it.
    """
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
    """What a measure may tell beside its cases."""
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
    """The share of all that was logged of which nobody can tell whether it is a case."""
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
