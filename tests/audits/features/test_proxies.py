"""Which feature tells a group and carries its gap: what is planted is found, and chance tells nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from benchmarks.drawn import FEATURES, decided, opened, people, system
from boussole.audits.features.proxies import Proxy, proxies
from tests.sparing import slow_case


def found(frame: pd.DataFrame, **more: list[object]) -> dict[str, Proxy]:
    """Of women, by feature."""
    return {each.feature: each for each in proxies(opened(frame, **more), system(), FEATURES) if each.group == "F"}


def through(rng: np.random.Generator) -> pd.DataFrame:
    """Selection depends on `x` alone, which women have low values of."""
    frame = people(rng, 4000, proxy=0.6)
    return decided(frame, 0.1 + 0.1 * frame["b0"], rng)


def test_a_planted_proxy_tells_the_group_and_carries_the_gap() -> None:
    told = found(through(np.random.default_rng(1)))
    assert next(iter(told)) == "x"  # the best first
    assert {name: each.tells for name, each in told.items()} == {"x": True, "y": False, "z": False}
    assert {name: each.carries for name, each in told.items()} == {"x": True, "y": False, "z": False}
    assert told["x"].gap.value < -0.08
    assert told["x"].share == pytest.approx(1.0, abs=0.25)


def test_a_gap_that_is_made_by_the_group_itself_goes_with_no_feature() -> None:
    rng = np.random.default_rng(2)
    frame = people(rng, 4000, proxy=0.6)
    told = found(decided(frame, 0.5 - 0.2 * (frame["g_sex"] == "F"), rng))
    assert told["x"].tells
    assert told["x"].gap.beyond(0.0) == "below"
    assert not any(each.carries for each in told.values())


def test_figures_are_those_worked_out_with_other_tools() -> None:
    """The area by scikit-learn, of people of one half in the order that the other half shows; the gap with pandas."""
    frame = through(np.random.default_rng(3))
    told = found(frame)["x"]
    women, areas = frame["g_sex"] == "F", []
    for half in (0, 1):
        own, other = frame[frame["bucket"] % 2 == half], frame[frame["bucket"] % 2 != half]
        share = (other["g_sex"] == "F").groupby(other["b0"]).agg(lambda x: (x.sum() + 0.5) / (len(x) + 1))
        areas.append(roc_auc_score(own["g_sex"] == "F", own["b0"].map(share)))
    assert told.auc.value == pytest.approx(np.mean(areas))
    rates = frame.groupby(["b0", "g_sex"])["decision"].mean().unstack()
    within = ((rates["F"] - rates["M"]) * frame[women]["b0"].value_counts(normalize=True).sort_index()).sum()
    gap = frame[women]["decision"].mean() - frame[~women]["decision"].mean()
    assert (told.gap.value, told.within, told.overlap) == pytest.approx((gap, within, 1.0))
    assert told.carried is not None
    assert told.carried.value == pytest.approx(gap - within)


def test_nothing_is_told_of_hidden_groups_of_few_people_or_of_people_without_others_beside_them() -> None:
    frame = through(np.random.default_rng(4))
    assert not proxies(opened(frame, [(("sex",), ("F",)), (("sex",), ("M",))]), system(), FEATURES)
    few = frame[(frame["g_sex"] == "M") | (frame["decision"] == 0) | (frame.index < 60)]
    assert not found(few)
    apart = frame[(frame["g_sex"] == "F") == (frame["b0"] < 3)]
    told = found(apart)["x"]
    assert (told.auc.value, told.tells) == (1.0, True)
    assert (told.overlap, told.within, told.carried, told.carries) == (0.0, None, None, False)


@pytest.mark.parametrize(("runs", "most"), [(4, 1), slow_case(200, 19)])
def test_chance_tells_no_group_and_carries_no_gap(runs: int, most: int) -> None:
    """At 5 %, more than `most` of so many explorations would tell something by a chance of under 1 in 100."""
    told = 0
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        frame = people(rng, 600, each=4)
        each = found(decided(frame, np.full(len(frame), 0.3), rng))
        told += any(proxy.tells or proxy.carries for proxy in each.values())
    assert told <= most
