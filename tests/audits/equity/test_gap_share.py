"""Which share of a gap opens through whom: by hand, by numpy on raw rows, and how often its tests err."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm

from boussole.audits.measures import Measure
from boussole.audits.metrics.through import GAP_SHARE
from boussole.audits.uncertainty.gap_share import fieller, gap_share_end, step_logs
from boussole.audits.uncertainty.tests import end_of, tails
from tests.audits.funnels import LARGE, funnel, measures, people

WOMEN, MEN = (300, 200, 100, 200), (200, 250, 250, 300)
"""How many got no further than each number of stages: 500 of 800 pass the first, 300 the second, 200 the last."""


def shared(furthest=None, **more) -> Measure:
    frame = people(furthest or {("F", "young"): WOMEN, ("M", "young"): MEN}, **more)
    return measures(funnel(person="rows_each" in more), frame)[f"{GAP_SHARE}/sex=F"]


def test_by_hand() -> None:
    """Stages: 500/800, 300/500, 200/300 of women; 800/1000, 550/800, 300/550 of men. The first two are the tool's."""
    found = shared()
    steps = [500 / 800 / (800 / 1000), 300 / 500 / (550 / 800), 200 / 300 / (300 / 550)]
    whole, part = math.log(200 / 800 / (300 / 1000)), math.log(300 / 800 / (550 / 1000))
    assert found.value == pytest.approx(part / whole, rel=1e-12)  # more than all: the employer closes some of it
    assert found.value > 1
    assert [each["ratio"] for each in found.params["parts"]] == pytest.approx(steps, rel=1e-12)
    assert found.params["whole"]["ratio"] == pytest.approx(math.prod(steps), rel=1e-12)
    products = {each["actor"]: each["ratio"] for each in found.params["actors"]}
    assert products == {"tool": pytest.approx(steps[0] * steps[1]), "employer": pytest.approx(steps[2])}
    pairs = [(500, 800), (800, 1000), (300, 500), (550, 800), (200, 300), (300, 550)]
    own = [1 / k - 1 / n for k, n in pairs]
    test = found.params["test"]
    assert test["variances"] == pytest.approx([sum(own[:4]), sum(own[:4]), sum(own)], rel=1e-12)
    assert sum(own) == pytest.approx(1 / 200 - 1 / 800 + 1 / 300 - 1 / 1000)  # telescopes: Katz of the whole ratio


def test_parts_tell_intervals_that_hold_at_once() -> None:
    told = shared().params
    for names, among in (("parts", 3), ("actors", 2)):
        first = told[names][0]
        half = math.log(first["high"] / first["ratio"])
        variances = {"parts": 1 / 500 - 1 / 800 + 1 / 800 - 1 / 1000, "actors": told["test"]["variances"][0]}
        assert half == pytest.approx(norm.ppf(1 - 0.025 / among) * math.sqrt(variances[names]), rel=1e-9)


def test_the_interval_is_where_the_contrast_is_not_rejected() -> None:
    test = shared().params["test"]
    low, high = fieller(test, 1.96)
    for end in (low, high):
        variance = np.array([1, -end]) @ [[test["variances"][0], test["variances"][1]], test["variances"][1:]]
        z = (test["part"] - end * test["whole"]) / math.sqrt(variance @ [1, -end])
        assert abs(z) == pytest.approx(1.96, rel=1e-9)
    assert low < test["part"] / test["whole"] < high


def test_ends_say_what_the_tests_say() -> None:
    test = {**shared().params["test"], "part": -0.3, "whole": -0.45, "df": 20.0}
    for end, side in (("low", 0), ("high", 1)):
        found = end_of(test, chance=0.03, end=end)
        assert tails(test, threshold=found, bad_side="above")[side] == pytest.approx(0.03, rel=1e-6)
    assert gap_share_end({**test, "whole": 0.5}, 2.0, high=True) == 0.0
    assert gap_share_end({**test, "whole": 0.5}, 2.0, high=False) is None
    assert gap_share_end({**test, "whole": -0.01}, 2.0, high=True) is None


@pytest.mark.costly
def test_a_gap_that_may_be_none_is_not_shared_out() -> None:
    even = {("F", "young"): (250, 260, 240, 250), ("M", "young"): (255, 255, 240, 250)}
    found = shared(even)
    assert (found.status, found.reason, found.value) == ("undefined", "gap_may_be_zero", None)
    better = shared({("F", "young"): (100, 100, 200, 600), ("M", "young"): MEN})
    assert (better.value, better.params["gap"], better.interval) == (0.0, "unwatched", None)
    few = shared({("F", "young"): (90, 50, 30, 9), ("M", "young"): MEN})
    assert (few.status, few.reason) in {("undefined", "few_moved_on"), ("suppressed", "small_numerator")}


@pytest.mark.parametrize("clustered", [False, True])
@pytest.mark.parametrize(("k", "n"), [(10, 10), (1000, 1000), (1000, 1009), (9, 1000)])
def test_neither_few_cases_nor_few_others_give_a_logarithm(k: int, n: int, clustered: bool) -> None:
    spread = np.full(40, 5), np.full(40, 10)
    side = tuple(np.bincount(np.arange(count) % 40, minlength=40) for count in (k, n))
    for step in ((side, spread), (spread, side), (side, side)):
        assert step_logs([(spread, spread), step], clustered=clustered) is None


def test_a_hidden_group_has_no_share() -> None:
    found = shared({("F", "young"): (6, 2, 1, 1), ("M", "young"): MEN})
    assert (found.status, found.value, found.n) == ("suppressed", None, None)
    assert {*found.params} == {"against", "bad_side", "scale", "watched"}


@pytest.mark.costly
def test_repeated_people_widen_it_and_numpy_gives_the_same_jackknife() -> None:
    furthest = {group: [5 * n for n in counts] for group, counts in LARGE.items()}
    plain, clustered = shared(furthest, rows_each=1), shared(furthest, rows_each=5)
    assert plain.value == pytest.approx(clustered.value, rel=1e-12)
    assert clustered.params["test"]["variances"][2] > 2 * plain.params["test"]["variances"][2]
    frame = people(furthest, rows_each=5)
    bucket = frame["person"].str[1:].astype(int) % 40
    reached = [np.ones(len(frame), bool)] + [(frame["furthest"] > i).to_numpy() for i in range(3)]
    women = (frame["sex"] == "F").to_numpy()

    def logs(kept: np.ndarray) -> np.ndarray:
        share = [[(reached[i + 1] & side & kept).sum() / (reached[i] & side & kept).sum() for i in range(3)]
                 for side in (women, ~women)]  # fmt: skip
        return np.log(share[0]) - np.log(share[1])

    apart = np.array([logs((bucket != b).to_numpy()) for b in range(40)]) - logs(np.ones(len(frame), bool))
    whole = 39 / 40 * np.square(apart.sum(axis=1)).sum()
    own = 39 / 40 * np.square(apart[:, :2].sum(axis=1)).sum()
    got = clustered.params["test"]["variances"]
    assert got[0] >= own * (1 - 1e-9)
    assert got[2] >= whole * (1 - 1e-9)
    assert got[2] < 3 * whole


def simulated(rng: np.random.Generator, rates: np.ndarray, n: int, per: int, alike: float) -> list:
    """Counts by bucket of two groups (rows of `rates`) at each stage, of people whose `per` decisions are `alike`."""
    sides = []
    for chances in rates:
        left = np.full(n, per)
        bucket = rng.integers(0, 40, n)
        stages = []
        for p in chances:
            own = rng.beta(p * (1 / alike - 1), (1 - p) * (1 / alike - 1), n) if per > 1 else p
            passed = rng.binomial(left, own)
            stages.append(tuple(np.bincount(bucket, weights=w, minlength=40).astype(int) for w in (passed, left)))
            left = passed
        sides.append(stages)
    return list(zip(*sides, strict=True))


def errs(seeds: int, *, rates: np.ndarray, share: float, n: int, per: int) -> tuple[float, float, float]:
    """How often a share is found above and below the true one at 5 %, and its interval holds it; `rates` by group."""
    above = below = held = told = 0
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        found = step_logs(simulated(rng, rates, n, per, 0.2), clustered=per > 1)
        if found is None:
            continue
        (part, se), (whole, all_se) = found.total([0, 1]), found.total([0, 1, 2])
        variances = [se**2, found.shared([0, 1], [0, 1, 2]), all_se**2]
        test = {"kind": "gap_share", "part": part, "whole": whole, "variances": variances, "watched": math.log(0.95)}
        test |= {} if found.df is None else {"df": found.df}
        beyond, good = tails(test, threshold=share, bad_side="above")
        above, below, told = above + (beyond <= 0.05), below + (good <= 0.05), told + 1
        ends = fieller(test, 1.96)
        held += ends is None or ends[0] <= share <= ends[1]
    return above / told, below / told, held / told


HALF = np.array([[0.6 * 0.9, 0.5, 0.4 * 0.9], [0.6, 0.5, 0.4]])
"""The tool and the employer open as much of the gap each: the tool carries half, as the level says."""
NO_GAP = np.array([[0.6 * 0.8, 0.5, 0.4 / 0.8], [0.6, 0.5, 0.4]])
"""The tool opens a gap that the employer closes: there is none at the end."""


@pytest.mark.parametrize("per", [1, 5])
def test_it_errs_no_oftener_than_it_may(per: int) -> None:
    above, below, held = errs(60, rates=HALF, share=0.5, n=1000, per=per)
    assert above <= 0.12  # 5 %, and what 60 runs can differ by
    assert below <= 0.12
    assert held >= 0.9
    above, _, _ = errs(60, rates=NO_GAP, share=0.5, n=600, per=per)
    assert above <= 0.06  # both claims must hold
