"""Where people are selected least: what is planted is found on other people, and chance is told in 5 % at most."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks.drawn import FEATURES, decided, opened, people, system
from boussole.audits.features.binned import Bin
from boussole.audits.features.slices import Slices, slices
from tests.sparing import slow_case

BOTH = {"x": Bin(value="a"), "y": Bin(value="a")}


def planted(rng: np.random.Generator, size: float, *, n: int = 9000) -> pd.DataFrame:
    """People with `a` of both `x` and `y` are selected less often by `size`."""
    frame = people(rng, n)
    return decided(frame, 0.4 - size * ((frame["b0"] == 0) & (frame["b1"] == 0)), rng)


def test_a_planted_pair_is_found_with_the_figures_of_those_who_confirm_it() -> None:
    frame = planted(np.random.default_rng(1), 0.25)
    told = slices(opened(frame), system(), FEATURES)
    worst = told.found[0]
    assert worst.where == BOTH
    other = frame[frame["bucket"] % 2 == 1]  # those who did not choose it
    inside = (other["b0"] == 0) & (other["b1"] == 0)
    assert worst.n == inside.sum()
    assert worst.rates == pytest.approx((other[inside]["decision"].mean(), other[~inside]["decision"].mean()))
    assert worst.interval is not None
    assert worst.interval.low < worst.ratio < worst.interval.high < 1
    # six of each feature and 36 of each pair, of those that are large enough in both halves
    assert 18 + 90 < told.scanned <= 18 + 108
    assert told.again <= 6  # one of each feature, and of each pair


def test_where_selection_is_a_harm_more_of_it_is_worse() -> None:
    told = slices(opened(planted(np.random.default_rng(2), -0.3)), system(favourable=False), FEATURES)
    assert told.found[0].where == BOTH
    assert told.found[0].ratio > 1.3


def test_neither_a_handful_nor_what_few_people_make_up_is_looked_at() -> None:
    rng = np.random.default_rng(3)
    frame = planted(rng, 0.25)
    inside = (frame["b0"] == 0) & (frame["b1"] == 0)
    left = inside & (rng.random(len(frame)) < 0.8)
    handful = frame.assign(decision=frame["decision"].where(~left, 0))
    few = frame.assign(bucket=np.where(inside, frame["bucket"] % 4, frame["bucket"]))  # as if they were four people
    for hidden in (handful, few):
        told = slices(opened(hidden), system(), FEATURES)
        assert BOTH not in [each.where for each in told.found]
    assert handful[inside & (handful["bucket"] % 2 == 1)]["decision"].sum() < 11


def told_by_chance(runs: int, *, each: int) -> int:
    told = 0
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        frame = people(rng, 6000 // each, each=each)
        found: Slices = slices(opened(decided(frame, np.full(len(frame), 0.35), rng)), system(), FEATURES, minimum=50)
        told += bool(found.found)
    return told


@pytest.mark.parametrize(("each", "runs", "most"), [(5, 5, 1), slow_case(5, 200, 19)])
def test_with_nothing_planted_a_search_tells_something_in_5_of_100_at_most(each: int, runs: int, most: int) -> None:
    """At 5 %, more than `most` of so many searches would tell something by a chance of under 1 in 100."""
    assert told_by_chance(runs, each=each) <= most
