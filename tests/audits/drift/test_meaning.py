"""Whether scores mean what they meant: by hand, seldom accused where only people changed, found where the world did."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from boussole.audits.drift.meaning import SHIFT, TILT, beyond, meaning_measures
from boussole.audits.measures import Counts, Measure
from boussole.audits.uncertainty.holm import holm
from tests.audits.drawn import MEANT, Case, drawn, places

BINS = np.arange(101, dtype=np.float64)
UNIT = (BINS - 40) / 20
"""About the standard deviation of scores from their mean, in the windows drawn here."""


def measured(reference: Counts, current: Counts, *, clustered: bool = False, fewest: int = 11) -> dict[str, Measure]:
    found = meaning_measures(reference, current, clustered=clustered, fewest=fewest)
    return {measure.metric: measure for measure in found}


def counts(rows: dict[int, tuple[int, int]]) -> Counts:
    """By bin: negative and positive outcomes."""
    found = np.zeros((101, 1, 2, 3), dtype=np.int64)
    for at, pair in rows.items():
        found[at, 0, 1, :2] = pair
    return found


def test_by_hand() -> None:
    """A score of .2 meant 10 % and one of .8 meant 60 %. Of 400 and 100 people, 40 and 60 were to be expected."""
    reference = counts({20: (90_000, 10_000), 80: (40_000, 60_000)})
    found = measured(reference, counts({20: (340, 60), 80: (40, 60)}))
    shift = found[SHIFT]
    assert shift.value == pytest.approx((60 + 60 - 40 - 60) / (400 * 0.09 + 100 * 0.24), rel=0.01)
    assert (shift.params["observed"], shift.params["expected"]) == pytest.approx((0.24, 0.2), rel=0.01)
    assert shift.n == 500
    other_people = measured(reference, counts({20: (360, 40), 80: (160, 240)}))
    assert [other_people[name].value for name in (SHIFT, TILT)] == pytest.approx([0, 0], abs=0.01)
    flatter = measured(reference, counts({20: (320, 80), 80: (50, 50)}))
    assert flatter[TILT].value is not None
    assert flatter[TILT].value < -0.3


def test_what_is_left_out_tells_of_nobody() -> None:
    """At a score that nobody had before: what the month tells of all outcomes, less these, would be those."""
    reference, near = counts({20: (90_000, 10_000), 80: (40_000, 60_000)}), {20: (340, 60), 80: (40, 60)}
    few = measured(reference, counts({**near, 50: (3, 2)}))[SHIFT]
    assert (few.status, few.n) == ("ok", 505), "a few are held to the nearest scores"
    lone = measured(reference, counts({**near, 50: (30, 2)}))[SHIFT]
    assert (lone.value, lone.status, lone.reason) == (None, "suppressed", "small_group")
    many = measured(reference, counts({**near, 50: (15, 20)}))[SHIFT]
    assert (many.status, many.n) == ("ok", 500)


def accused(case: Case, likely: Any, *, odds: Any = None, times: int = 200) -> tuple[float, float]:
    """Of the draws that tell anything, in what share either figure is beyond its level, and both are within."""
    random = np.random.default_rng(case.earlier + case.now)
    far, near, told = 0, 0, 0
    for _ in range(times):
        reference = drawn(case, case.earlier, places(2, 2), random)
        found = measured(reference, drawn(case, case.now, likely, random, odds=odds), clustered=case.clustered)
        tested = [beyond(each) for each in found.values() if each.value is not None]
        told += bool(tested)
        far += bool(tested) and min(holm([p for p, _ in tested])) < 0.05
        near += bool(tested) and max(p for _, p in tested) < 0.05
    assert told > times / 2
    return far / told, near / told


@pytest.mark.costly
def test_other_people_with_other_scores_are_no_other_world() -> None:
    """The mix of scores moves by a standard deviation; 300 draws: 3 standard errors above 5 % are 8.8."""
    for meant, b in (("too bold", 6), ("chances", 3)):
        assert accused(Case(meant, 1000, 500), places(2, b), times=300)[0] < 0.088
    assert accused(Case("chances", 20_000, 20_000), places(2, 3), times=40) == (0.0, pytest.approx(1.0, abs=0.15))


@pytest.mark.costly
def test_another_world_is_found_whoever_came() -> None:
    """Odds fall by a third at all scores, or scores tell less; in a mix of scores that moved too."""
    for odds in (-0.4 + 0 * BINS, -0.4 * UNIT):
        assert accused(Case("chances", 5000, 4000), places(2, 3), odds=odds, times=40)[0] > 0.9


@pytest.mark.slow
@pytest.mark.parametrize(("meant", "likely"), zip(MEANT, ((2, 3), (4, 2), (2, 6), (2, 3)), strict=True))
def test_accused_at_most_as_often_as_said(meant: str, likely: tuple[int, int]) -> None:
    """Without any change of meaning, over sizes: 5 % are said. 1,000 draws have a standard error of .7."""
    people = {"each": 10, "alike": 0.5, "clustered": True}
    for earlier, now, more in ((500, 300, {}), (2000, 1000, {}), (20_000, 20_000, {}), (5000, 2000, people)):
        rare = 4 if meant == "rare" else 1
        case = Case(meant, earlier * rare, now * rare, **more)
        assert accused(case, places(*likely), times=1000)[0] < 0.06, case


def test_where_nothing_can_be_said() -> None:
    usual = counts({20: (900, 100), 80: (400, 600)})
    assert measured(usual, counts({}))[SHIFT].reason == "no_outcomes"
    few = measured(usual, counts({20: (50, 4)}))
    assert (few[SHIFT].status, few[TILT].reason) == ("suppressed", "small_group")
    assert measured(usual, counts({20: (80, 20)}))[SHIFT].reason == "few_outcomes"
    assert measured(counts({20: (200, 90)}), usual)[SHIFT].reason == "few_reference_outcomes"
    assert measured(usual, usual, fewest=2000)[SHIFT].status == "suppressed"
    elsewhere = measured(usual, counts({20: (240, 60), 50: (40, 40)}))
    assert {each.reason for each in elsewhere.values()} == {"other_scores"}
    one = measured(usual, counts({20: (240, 60)}))
    assert (one[SHIFT].status, one[TILT].reason) == ("ok", "one_score")
