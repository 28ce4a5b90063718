"""Years of monthly looks: how often one accuses wrongly and finds what is there (`tests/data/uncertainty.md`)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest

from boussole.audits.uncertainty.tests import tails
from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.judging.statistics.correction import TestedComparison, corrected
from boussole.charter.judging.statistics.testing import past, verdict_of
from tests.audits.uncertainty.systems import Population, any_population

ALPHA, MONTHS, WATCH, BREACH = 0.05, 12, 0.95, 0.8
PAGE = " ".join((Path(__file__).parents[1] / "data" / "uncertainty.md").read_text(encoding="utf-8").split())


@dataclass(frozen=True, kw_only=True)
class Year:
    """What the months of a year say of all comparisons."""

    months: Sequence[Sequence[Verdict]]
    kept_before: Sequence[bool]
    """Of each month, whether it was kept by the first rule."""

    def any(self, *verdicts: Verdict) -> bool:
        return any(verdict in verdicts for month in self.months for verdict in month)

    @property
    def kept(self) -> list[bool]:
        return [all(verdict == Verdict.KEPT for verdict in month) for month in self.months]


def year(rng: np.random.Generator, population: Population, *, ratio: float, rate: float) -> Year:
    """Twelve months in which each group has `ratio` times the chances of the first, with which it is compared."""
    months, before = [], []
    for _ in range(MONTHS):
        counts = population.draw(rng, [rate, *[rate * ratio] * (len(population.sizes) - 1)])
        tests = population.tests(counts, "ratio")
        family = [
            TestedComparison(
                of="question",
                watch=tails(test, threshold=WATCH, bad_side="below"),
                breach=tails(test, threshold=BREACH, bad_side="below"),
            )
            for test in tests
        ]
        found = corrected(family, looks=MONTHS, alpha=ALPHA)
        values = [test["k"][0] / test["n"][0] / (test["k"][1] / test["n"][1]) for test in tests]
        months.append(
            [
                verdict_of(each, ALPHA, past_watch=past(value, WATCH, bad_side="below"))
                for each, value in zip(found, values, strict=True)
            ]
        )
        before.append(all(verdict_of(each, ALPHA, past_watch=False) == Verdict.KEPT for each in found))
    return Year(months=months, kept_before=before)


def alarms(ratio: float, *verdicts: Verdict, years: int) -> int:
    """In how many years any comparison has one of these verdicts, the groups of every size and number."""
    found = 0
    for seed in range(years):
        rng = np.random.default_rng([20_261_128, seed])
        drawn = any_population(rng)
        population = Population(sizes=drawn.sizes, rows=drawn.rows, correlation=drawn.correlation, with_the_rest=False)
        found += year(rng, population, ratio=ratio, rate=float(rng.uniform(0.1, 0.6))).any(*verdicts)
    return found


ACCUSED = (Verdict.WATCH, Verdict.BROKEN)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("told", "ratio", "verdicts"),
    [
        ("exactly at the breach level: not kept", BREACH, (Verdict.BROKEN,)),
        ("exactly at the watch level: watch", WATCH, ACCUSED),
        ("at parity: watch", 1.0, ACCUSED),
    ],
)
def test_years_that_accuse_where_nothing_is_beyond_the_level(
    told: str, ratio: float, verdicts: tuple[Verdict, ...]
) -> None:
    """The hardest case: every group exactly at the level. As often as the page says, and under 6.5 % of years."""
    times = alarms(ratio, *verdicts, years=2000)
    high = binomtest(times, 2000).proportion_ci(method="wilson").high
    print(f"{told}: {times} of 2000, up to {100 * high:.1f} %")
    assert high < 0.065, times
    (printed,) = re.findall(rf"\| {told}[^|]*\| 2,000 \| ([\d.]+) % \| ([\d.]+) % \|", PAGE)
    assert [float(each) for each in printed] == pytest.approx([times / 20, 100 * high], abs=0.06)


def test_a_year_accuses_nobody_at_parity_and_finds_half_the_chances() -> None:
    """A few years stand for the thousands."""
    population = Population(sizes=[400, 400], rows=1, correlation=0.0, with_the_rest=False)
    rng = np.random.default_rng(3)
    assert sum(year(rng, population, ratio=1.0, rate=0.4).any(*ACCUSED) for _ in range(6)) <= 1
    assert all(year(rng, population, ratio=0.5, rate=0.4).any(Verdict.BROKEN) for _ in range(6))


def test_the_second_rule_takes_kept_from_what_lies_beyond_the_watch_level_and_accuses_no_more() -> None:
    population = Population(sizes=[2000, 2000], rows=1, correlation=0.0, with_the_rest=False)
    found = year(np.random.default_rng(8), population, ratio=0.93, rate=0.4)
    assert sum(found.kept) < sum(found.kept_before)
