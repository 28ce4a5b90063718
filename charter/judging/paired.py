"""Verdicts on texts written for pairs of requests: differences that chance hardly explains, in either direction."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import replace

from boussole.audits.uncertainty.holm import holm
from boussole.audits.uncertainty.signflip import detectable, sign_flip_p
from boussole.charter.deadlines.days import months_later
from boussole.charter.document import PairedDifference, PairedTest
from boussole.charter.document.answers.verdict import Verdict, worst
from boussole.charter.document.base import given
from boussole.charter.judging.families import NOT_RECORDED
from boussole.charter.judging.stated import StatedVerdict, VerdictPeriod, tolerated
from boussole.charter.record_types.base import PairedMeasure, PairedTexts
from boussole.charter.records.facts import Facts
from boussole.charter.text.model import CUES, SAME_TEXTS, Charter, Indicator

FRESH_MONTHS = 12
"""Months after which a test answers no more, and over which tests are counted."""


def paired(
    indicator: Indicator, facts: Facts, *, system: str, period: VerdictPeriod, charter: Charter
) -> StatedVerdict:
    """What the latest test with pairs of a system answers, unless cases that people reported say worse."""
    found, since = _tested(indicator, facts, system=system, charter=charter), period.start
    if found.paired is not None:
        since = min(since, found.paired.on)
    told = tolerated(indicator, facts, system=system, period=replace(period, start=since), charter=charter)
    if told is None or told.verdict not in (Verdict.BROKEN, Verdict.WATCH):
        return found
    if worst([found.verdict, told.verdict]) != told.verdict:
        return found
    return replace(told, paired=found.paired)


def _tested(indicator: Indicator, facts: Facts, *, system: str, charter: Charter) -> StatedVerdict:
    found = [
        (said.on, entry, said)
        for entry, said in facts.standing(PairedTexts)
        if said.system == system and any(each.measure in held_to(indicator) for each in said.measured)
    ]
    if not found:
        return StatedVerdict(verdict=Verdict.NOT_EXAMINED, reason=NOT_RECORDED[SAME_TEXTS])
    on, entry, said = max(found, key=lambda each: each[:2])
    since = months_later(on, -FRESH_MONTHS)
    differences = differences_of(said.measured, indicator, charter)
    missing = missing_of(differences, indicator)
    verdict, reason = _answer(differences, given(indicator.threshold.watch), on, facts.as_of, whole=not missing)
    needed = needed_of(differences) if reason == "pairs_few" else None
    test = PairedTest(
        entry=entry,
        on=on,
        document=said.document.sha256,
        model=said.model,
        texts=said.texts,
        tests=sum(since < day for day, _, _ in found),
        differences=tuple(differences),
        **({} if needed is None else {"needed": needed}),
        **({"missing": missing} if missing else {}),
    )
    return StatedVerdict(verdict=verdict, reason=reason, paired=test)


def differences_of(measured: Sequence[PairedMeasure], indicator: Indicator, charter: Charter) -> list[PairedDifference]:
    """Every difference with its test; what the charter does not hold to a difference that matters is left out."""
    matters = held_to(indicator)
    held = [each for each in measured if each.measure in matters]
    p_values = [sign_flip_p(each.changes) for each in held]
    strictest = given(indicator.threshold.watch) / max(len(held), 1)
    return [
        PairedDifference(
            cue=each.cue,
            measure=each.measure,
            pairs=each.pairs,
            changes=tuple(each.changes),
            difference=sum(each.changes) / each.pairs,
            p=p,
            p_holm=corrected,
            detectable=detectable(each.changes, each.pairs, level=strictest, power=charter.power),
            matters=matters[each.measure],
        )
        for each, p, corrected in zip(held, p_values, holm(p_values), strict=True)
    ]


def held_to(indicator: Indicator) -> dict[str, float]:
    """The difference of each measure that matters to the charter."""
    return {name: float(value) for name, value in indicator.params.items() if name != CUES}


def missing_of(differences: Sequence[PairedDifference], indicator: Indicator) -> tuple[str, ...]:
    """What the charter wants to be changed and the test did not change, or not with every measure."""
    told = {(each.cue, each.measure) for each in differences}
    cues = str(indicator.params[CUES]).split()
    return tuple(cue for cue in cues if any((cue, measure) not in told for measure in held_to(indicator)))


def _answer(
    differences: Sequence[PairedDifference], level: float, on: dt.date, today: dt.date, *, whole: bool
) -> tuple[Verdict, str]:
    if months_later(on, FRESH_MONTHS) < today:
        return Verdict.UNKNOWN, "pairs_old"
    if any(each.p_holm < level for each in differences):
        return Verdict.WATCH, "pairs_differ"
    if not whole:
        return Verdict.UNKNOWN, "pairs_missing"
    if all(enough(each) for each in differences):
        return Verdict.KEPT, "pairs_alike"
    return Verdict.UNKNOWN, "pairs_few"


def enough(each: PairedDifference) -> bool:
    """Whether a difference that matters would have been found, and none was seen."""
    seen = each.detectable is not None and each.detectable <= each.matters
    return seen and abs(each.difference) < each.matters


def needed_of(differences: Sequence[PairedDifference]) -> int | None:
    """About how many pairs of a cue it takes to find all that matters; None for a cue of more than two values.

    Formula: the greatest of pairs (detectable ÷ matters)².
    """
    if any(each.detectable is None for each in differences):
        return None
    return max(math.ceil(each.pairs * (given(each.detectable) / each.matters) ** 2) for each in differences)
