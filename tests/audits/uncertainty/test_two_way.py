"""Lists in which the same people come back: what each brings, in plain Python; how often intervals hold the truth."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from benchmarks import recurring
from boussole.audits.measures import TOP
from boussole.audits.uncertainty.jackknife import Brought, brought_of

SMALL = recurring.Setting(people=50, lists=40, size=14)
NAMES = {"skew": "skew_at_k", "exposure": "exposure", "exposure_ratio": "exposure_ratio"}


@pytest.fixture(scope="module")
def log():
    rows = recurring.drawn(np.random.default_rng(3), SMALL)
    return rows, recurring.sums([rows], person=True)[0].at(1)


def drawn_apart(gets, mine):
    """How far each is above the mean of the others, but that the mean of its own group stays where it is."""
    size, found = len(gets), []
    sides = {side: [got for got, own in zip(gets, mine, strict=True) if own == side] for side in (True, False)}
    middle = {side: sum(part) / len(part) for side, part in sides.items()}
    for got, own in zip(gets, mine, strict=True):
        from_own, of_own = got - middle[own], middle[own] - sum(gets) / size
        found.append(size / (size - 1) * from_own + of_own)
    return found


def by_hand(rows, value):
    """Of each figure, x and y of every place: one place after the other, in plain Python."""
    lists = {}
    for each in rows.to_pylist():
        lists.setdefault(each["request"], []).append(each)
    found = {figure: [] for figure in NAMES}
    for people in lists.values():
        size, own = len(people), sum(each["g_g"] == "b" for each in people)
        if own in (0, size):
            continue
        q, weight = own / size, own * (size - own) / size
        attention = [1 / math.log2(1 + each["rank"]) for each in people]
        mean, places = sum(attention) / size, min(TOP, size)
        high = [float(each["rank"] <= TOP) for each in people]
        top = sum(part for part, each in zip(high, people, strict=True) if each["g_g"] == "b")
        slope, skew = 1 / (top + q), math.log((top + q) / (places + 1) / q)
        far, above = (drawn_apart(part, [each["g_g"] == "b" for each in people]) for part in (attention, high))
        for each, seen, up in zip(people, far, above, strict=True):
            mine = each["g_g"] == "b"
            part = 1 - q if mine else -q
            x = weight / own * (seen + mean) if mine else 0.0
            y = weight / own * mean if mine else weight / (size - own) * seen
            found["exposure_ratio"].append((each["bucket"], x, y))
            found["exposure"].append((each["bucket"], part * seen + mine * mean, float(mine)))
            rest = (skew - slope * (top - places * q)) / size
            found["skew"].append((each["bucket"], part * slope * up + rest, 1 / size))
    return found[value]


@pytest.mark.parametrize("figure", NAMES)
def test_what_each_brings_is_what_a_list_after_the_other_says_and_all_of_it_is_the_figure(log, figure):
    rows, sums = log
    people, (bucket, x, y) = brought_of(sums.people, figure), map(np.array, zip(*by_hand(rows, figure), strict=True))
    for sum_, each in ((people.x, x), (people.y, y)):
        np.testing.assert_allclose(sum_, np.bincount(bucket, weights=each, minlength=40), atol=1e-9)
    np.testing.assert_allclose(people.squares, [x @ x, x @ y, y @ y], atol=1e-9)
    (measures,) = recurring.measured([rows], person=True)
    assert people.x.sum() / people.y.sum() == pytest.approx(measures[NAMES[figure]].value, rel=1e-9)


def test_the_variance_by_people_is_that_of_leaving_each_bucket_out():
    """For sums over independent people the jackknife says the same, to first order."""
    rng = np.random.default_rng(4)
    x, y = rng.gamma(20, 1, 40), rng.gamma(50, 1, 40)
    value = x.sum() / y.sum()
    left = (x.sum() - x) / (y.sum() - y)
    variance, free, _ = Brought(x=x, y=y, squares=(0.0, 0.0, 0.0)).variances(value)
    assert variance == pytest.approx(39 / 40 * np.square(left - value).sum(), rel=0.06)
    assert 20 < free <= 39
    # People in one bucket say nothing.
    assert Brought(x=np.eye(40)[0], y=np.eye(40)[0], squares=(0.0, 0.0, 0.0)).variances(1.0)[0] == math.inf


@pytest.mark.costly
def test_people_who_come_back_widen_intervals_and_change_no_value():
    rows = recurring.drawn(np.random.default_rng(5), SMALL)
    (alone,), (both,) = (recurring.measured([rows], person=person) for person in (False, True))
    for name, measure in both.items():
        width = [each[name].interval.high - each[name].interval.low for each in (alone, both)]
        if name != "skew_at_k":  # few lists differ in their first places: its width is noisy
            assert width[1] > width[0]
        assert measure.value == alone[name].value


@pytest.mark.costly
def test_what_one_person_brings_to_an_order_is_not_known():
    """NDKL has no interval where people come back, and says why."""
    rows = recurring.drawn(np.random.default_rng(6), SMALL)
    for person, reason in ((True, "people_in_lists"), (False, None)):
        found = recurring.all_measures([rows], person=person)[0]
        measure = next(each for each in found if each.metric == "ndkl")
        assert measure.params.get("interval_reason") == reason
        assert (measure.interval is None) == person


@pytest.mark.costly
def test_what_one_person_brings_to_the_logarithm_of_one_place_is_not_known():
    few = replace(SMALL, people=150, share=0.1)
    rows = recurring.drawn(np.random.default_rng(5), few)
    (found,), (alone,) = (recurring.measured([rows], person=person) for person in (True, False))
    assert found["skew_at_k"].params.get("interval_reason") == "people_in_lists"
    assert found["skew_at_k"].interval is None
    assert alone["skew_at_k"].interval is not None
    assert found["exposure"].interval is not None


@pytest.mark.slow
@pytest.mark.parametrize("setting", recurring.SETTINGS[::3], ids=lambda each: each.name())
def test_intervals_hold_the_truth_where_people_come_back(setting):
    (line,) = recurring.lines(400, [setting])
    told = [cell.split("→")[1].strip(" %") for cell in line.split("|")[5:-1]]
    held = [float(each) for each in told if each != "none"]
    assert min(held) > 91
