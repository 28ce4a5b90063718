"""How often a year accuses where nothing is beyond a level (figures: `tests/data/uncertainty.md`)."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy.special import ndtr, ndtri

from boussole.audits.parts import Floats
from boussole.audits.uncertainty.looks import nominal
from boussole.charter.judging.statistics.correction import (
    BY_CHANCE,
    STILL,
    JudgedWindow,
    TestedComparison,
    corrected,
    gained,
)

ALPHA, MONTHS = 0.05, 12
GROWING = [math.sqrt(look / (look + 1)) for look in range(1, MONTHS)]
PAGE = " ".join((Path(__file__).parents[1] / "data" / "uncertainty.md").read_text(encoding="utf-8").split())
TO_EACH_OTHER = {"by themselves": 0.0, "alike": 0.5, "very alike": 0.9, "against each other": -1.0}
"""How statistics of one month hang together; the last: as much against each other as so many can be."""


def gains(z: Floats) -> Floats:
    """As `gained`, for many years at once. `z`: how far on the good side, in errors (years, comparisons)."""
    sure, speaks = z >= -ndtri(BY_CHANCE), z <= ndtri(ALPHA)
    needed = np.where(sure & ~speaks, STILL, 1.0).mean(axis=1, keepdims=True)
    return np.where(sure, 1.0, np.maximum(1.0, (1 - BY_CHANCE) / needed))


@cache
def bounds(comparisons: int, look: int) -> tuple[Floats, Floats]:
    """By how many times its part a comparison has, the bound of its statistic at a look."""
    more = np.exp(np.linspace(0.0, math.log(50.0), 80))
    parts = np.minimum(0.4, ALPHA * more / comparisons)
    return np.log(more), np.array([-ndtri(nominal(part, GROWING[:look], looks=MONTHS)) for part in parts])


def errs(truth: Floats, *, alike: float, years: int, seed: int = 1) -> tuple[float, float]:
    """In what part of years any comparison is *not kept*, now and before the seventh rule."""
    rng, count = np.random.default_rng(seed), truth.shape[1]
    alike = max(alike, -1 / (count - 1) + 1e-9)
    root = np.linalg.cholesky((1 - alike) * np.eye(count) + alike + 1e-9 * np.eye(count))
    total, now, before = np.zeros((years, count)), np.zeros(years, dtype=bool), np.zeros(years, dtype=bool)
    for look, month in enumerate(truth):
        total += rng.standard_normal((years, count)) @ root.T + month
        z = total / math.sqrt(look + 1)
        more, bound = bounds(count, look)
        now |= (-z >= np.interp(np.log(gains(z)), more, bound)).any(axis=1)
        before |= (-z >= bound[0]).any(axis=1)
    return float(now.mean()), float(before.mean())


def truths(comparisons: int) -> dict[str, Floats]:
    """Systems in which nothing is beyond its level, the hardest for a rule that shares anew."""
    half, one, zero = comparisons // 2, 1, np.zeros((MONTHS, comparisons))
    found = {"all exactly at the level": zero}
    for name, part, since, away in (
        ("half of them, others a little better", half, 0, 0.6),
        ("half of them, others much better", half, 0, 1.5),
        ("one of them, others better", one, 0, 1.0),
        ("one of them, others much better after half a year", one, 6, 4.0),
        ("half of them, others much better after eight months", half, 8, 5.0),
        ("one of them, others much better after nine months", one, 9, 6.0),
    ):
        found[name] = zero.copy()
        found[name][since:, part:] = away
    return found


def test_years_are_judged_as_audits_judge() -> None:
    """The same gains, and the same *not kept*, as the function that audits call."""
    rng = np.random.default_rng(3)
    for look in (0, 5, 11):
        z = rng.normal(0.5, 2.0, (20, 4))
        more, bound = bounds(4, look)
        for year in z:
            tails = [(float(ndtr(x)), float(ndtr(-x))) for x in year]
            family = [
                TestedComparison(
                    of=str(at),
                    watch=each,
                    breach=each,
                    correlations=tuple(GROWING[:look]),
                    windows=(JudgedWindow(watch=each, breach=each, weight=1.0),),
                )
                for at, each in enumerate(tails)
            ]
            ours = gained(family, tails, alpha=ALPHA)
            assert ours == pytest.approx(gains(year[None])[0], rel=1e-12)
            first = min(corrected(family, looks=MONTHS, alpha=ALPHA), key=lambda each: each.p_breach or 0.0)
            below = bool((-year >= np.interp(np.log(ours), more, bound)).any())
            assert ((first.p_breach or 0.0) <= ALPHA) == below


def test_no_year_errs_oftener_than_it_may() -> None:
    for name, truth in truths(4).items():
        for alike in (0.0, 0.5):
            assert errs(truth, alike=alike, years=4000)[0] < 0.05, name


@pytest.mark.costly
@pytest.mark.parametrize("comparisons", [2, 4, 16])
def test_the_page_says_how_often_it_errs(comparisons: int) -> None:
    for alike in TO_EACH_OTHER.values():
        found = [errs(truth, alike=alike, years=20_000) for truth in truths(comparisons).values()]
        cells = " | ".join(f"{100 * now:.1f} ({100 * before:.1f})" for now, before in found)
        name = next(key for key, value in TO_EACH_OTHER.items() if value == alike)
        assert f"| {comparisons} | {name} | {cells} |" in PAGE
