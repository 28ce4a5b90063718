"""Verdicts on texts written for pairs of requests: differences that chance hardly explains, in either direction."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.stats import binom

from boussole.audits.parts import Floats
from boussole.audits.uncertainty.holm import holm
from boussole.audits.uncertainty.quantiles import normal_quantile
from boussole.charter.deadlines.days import months_later
from boussole.charter.document import PairedDifference, PairedTest
from boussole.charter.document.answers.verdict import Verdict, worst
from boussole.charter.document.base import given
from boussole.charter.judging.families import NOT_RECORDED
from boussole.charter.judging.stated import StatedVerdict, VerdictPeriod, tolerated
from boussole.charter.record_types.base import PairedMeasure, PairedTexts
from boussole.charter.records.facts import Facts
from boussole.charter.text.model import CUES, SAME_TEXTS, Charter, Indicator

WORK = 10_000_000
"""Clusters times the sum of their differences up to which all ways are counted."""
DRAWS = 9_999
"""Ways that are drawn otherwise, beside the one that was seen."""
SEED = "boussole pairs"


def sign_flip_p(changes: Sequence[int]) -> float:
    """Return the two-sided p of the sum of the differences of clusters (whole units), under changes of their signs.

    Formula: the share of all 2^k signs whose sum is at least as far from 0; beyond `WORK`, (b + 1) ÷ (m + 1) of m
    draws.
    Source: Fisher (1935), The Design of Experiments, 21; Pagano & Tritchler (1983), J. American Statistical Association
    78:435-440; Phipson & Smyth (2010), Statistical Applications in Genetics and Molecular Biology 9:39.
    """
    sizes = [abs(int(each)) for each in changes if each]
    seen = abs(sum(int(each) for each in changes))
    if len(sizes) * sum(sizes) > WORK:
        return _drawn(sizes, seen)
    chances = _chances(sizes)
    far = np.abs(2 * np.arange(chances.size) - sum(sizes)) >= seen
    return float(min(1.0, chances[far].sum()))


def _chances(sizes: Sequence[int]) -> Floats:
    """How likely each sum of a part of the sizes is, where each belongs to it or not by the toss of a coin."""
    chances = np.ones(1)
    for size in sizes:
        wider = np.zeros(chances.size + size)
        wider[: chances.size] += chances / 2
        wider[size:] += chances / 2
        chances = wider
    return chances


def _drawn(sizes: Sequence[int], seen: int) -> float:
    values, far = np.array(sizes, dtype=np.int64), 0
    for draw in range(DRAWS):
        bits = np.unpackbits(np.frombuffer(_bytes(draw, len(sizes)), dtype=np.uint8))[: len(sizes)]
        far += abs(int(values[bits == 1].sum()) * 2 - int(values.sum())) >= seen
    return (far + 1) / (DRAWS + 1)


def _bytes(draw: int, bits: int) -> bytes:
    """Return reproducible bytes: SHA-256 of the number of the draw, and of the piece."""
    pieces = range(-(-bits // 256))
    return b"".join(hashlib.sha256(f"{SEED} {draw} {piece}".encode()).digest() for piece in pieces)


def detectable(changes: Sequence[int], pairs: int, *, level: float, power: float) -> float | None:
    """Return the smallest mean difference of a pair, in units, that the test finds with this power; None: none is.

    Formula: the greater of (z(1 − level/2) + z(power)) s √k ÷ pairs, s the standard deviation of the sums of clusters,
    and the rarest difference that shows in d of k clusters, 2 · 2^−d ≤ level, with that power. Source: Lachin (1981),
    Controlled Clinical Trials 2:93-113; Dixon & Mood (1946), J. American Statistical Association 41:557-566.
    """
    k, needed = len(changes), math.ceil(1 - math.log2(level))
    if k < needed or not pairs:
        return None
    sums = np.asarray(changes, dtype=np.float64)
    spread = float(sums.std(ddof=1)) * math.sqrt(k) / pairs
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if binom.sf(needed - 1, k, middle) < power else (low, middle)
    rare = 1 - float((1 - high) ** (k / pairs))
    return max((normal_quantile(1 - level / 2) + normal_quantile(power)) * spread, rare)


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
