"""Places in lists: against an oracle in plain Python, by hand, and as it may be shown."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from boussole.audits.metrics import measure_cells
from boussole.audits.metrics.ranking import METRICS
from boussole.audits.standing import WindowStanding
from boussole.audits.uncertainty.tests import p_beyond
from tests import oracle
from tests.audits.metrics.measuring import counted_lists, in_lists, measured_lists, tables_of
from tests.audits.there import there

People = list[tuple[int | None, str | None]]
GROUPS = ("a", "b", "c")


people = st.lists(
    st.tuples(st.one_of(st.none(), st.integers(1, 14)), st.one_of(st.none(), st.sampled_from(GROUPS))),
    min_size=1,
    max_size=14,
)
FULL: People = [(i, "ab"[i % 3 == 0]) for i in range(1, 13)]
EDGES: list[People] = [
    FULL,
    [(1, "a")],  # one row
    [(1, "a"), (2, "a")],  # one group
    [(None, "a"), (None, "b")],  # no rank at all
    [(1, None), (2, "a"), (None, "b")],  # an unknown first, one not listed
    [(1, "a"), (1, "b"), (1, "b"), (7, "a"), (9, "c")],  # ties and gaps
    [(1, None), (None, "a"), (None, "b")],  # only somebody unknown is at a place
    [(30, "a"), (40, "b"), (50, "b")],  # nobody at the first places
    [*((i, "a") for i in range(1, 11)), *((i, "b") for i in range(11, 25))],  # b below the first places
]


@pytest.mark.costly
@settings(max_examples=12, deadline=None)
@example(lists=EDGES, reference=None)
@example(lists=EDGES, reference="a")
@given(lists=st.lists(people, min_size=1, max_size=6), reference=st.sampled_from([None, "a"]))
def test_sums_over_lists_are_those_of_the_oracle(lists: list[People], reference: str | None) -> None:
    found = counted_lists(lists, in_lists(reference))
    telling = [p for p in lists if oracle.telling(p)]
    assert found.every == sum(any(rank for rank, _ in p) for p in lists)
    assert found.whole.totals["lists"] == len(telling)
    assert found.whole.totals["divergence"] == pytest.approx(math.fsum(map(oracle.ndkl, telling)), abs=1e-11)
    for position, (group,) in enumerate(found.groups):
        if group is not None:
            _check_group(dict(found.sums.at(position).totals), lists, group, reference)


def _check_group(sums: dict[str, float], lists: list[People], group: str, reference: str | None) -> None:
    own = [p for p in lists if oracle.telling(p) and any(g == group for _, g in p)]
    long = [p for p in own if oracle.long(p)]
    assert (sums["lists"], sums["n"]) == (len(own), sum(g == group for p in own for _, g in p))
    assert (sums["long_lists"], sums["top"]) == (len(long), sum(oracle.top(p, group) for p in long))
    assert sums["pool"] == sum(g == group for p in long for _, g in p)
    amounts = {
        "skew": math.fsum(oracle.skew(p, group) for p in long),
        "exposure": sums["n"] * oracle.exposure(own, group) if own else 0.0,
    }
    for name, amount in amounts.items():
        assert sums[name] == pytest.approx(amount, abs=1e-11), name
    if group != reference:
        above, below = sums["own_exposure"], sums["other_exposure"]
        expected = oracle.exposure_ratio(lists, group, reference)
        assert (above / below if below else None) == (expected and pytest.approx(expected, rel=1e-11, abs=1e-11))


def random_lists(count: int, *, seed: int, against: float = 0.0) -> list[People]:
    """Lists of 12 to 25 people of two groups; `against` lowers the scores of the second."""
    random = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        groups = random.choice(["M", "F"], size=random.integers(12, 26))
        order = np.argsort(-(random.normal(size=groups.size) - against * (groups == "F")))
        found.append([(i, str(group)) for i, group in enumerate(groups[order], 1)])
    return found


@pytest.mark.costly
def test_measures_are_means_over_lists() -> None:
    lists = random_lists(120, seed=1, against=0.8)
    found = measured_lists(lists, in_lists("M"))
    assert {measure.status for measure in found.values()} == {"ok"}
    long = [p for p in lists if oracle.long(p)]
    expected = {
        "exposure/g=F": oracle.exposure(lists, "F"),
        "exposure_ratio/g=F": oracle.exposure_ratio(lists, "F", "M"),
        "ndkl/g": math.fsum(map(oracle.ndkl, lists)) / 120,
        "skew_at_k/g=F": math.fsum(oracle.skew(p, "F") for p in long) / len(long),
    }
    for name, value in expected.items():
        assert found[name].value == pytest.approx(value, rel=1e-12), name
        interval = there(found[name].interval)
        assert interval.low < (found[name].value or 0.0) < interval.high, name
    assert found["exposure_ratio/g=F"].value < 0.9
    pooled = oracle.exposure(lists, "F") / oracle.exposure(lists, "M")
    assert found["exposure_ratio/g=F"].params["pooled"] == pytest.approx(pooled, rel=1e-12)
    assert found["skew_at_k/g=F"].value < 2 * found["skew_at_k/g=F"].params["in_random_order"]


@pytest.mark.costly
def test_lists_of_other_lengths_are_not_compared() -> None:
    """Women stand in long lists, men in short ones, in random order: only the pooled means differ."""
    random = np.random.default_rng(3)
    lists: list[People] = []
    for i in range(200):
        many, few = ("F", "M") if i % 2 else ("M", "F")
        order = random.permutation([many] * (30 if i % 2 else 6) + [few] * 3)
        lists.append([(place, str(group)) for place, group in enumerate(order, 1)])
    measure = measured_lists(lists, in_lists("M"))["exposure_ratio/g=F"]
    assert there(measure.interval).low < 1 < there(measure.interval).high
    assert measure.params["pooled"] < 0.8


def test_a_group_that_is_never_listed_is_judged() -> None:
    lists: list[People] = [[(1, "M"), (2, "M"), (None, "F")] for _ in range(80)]
    found = measured_lists(lists, in_lists("M"))
    measure = found["exposure_ratio/g=F"]
    assert (measure.value, measure.params["test"]["kind"]) == (0.0, "score_ratio")
    assert (there(measure.interval).low, there(measure.interval).high < 0.8) == (0.0, True)


@pytest.mark.parametrize(
    ("lists", "reason"),
    [
        ([[(1, "M")] * 20, [(1, "F")] * 20], "no_common_list"),
        ([[(None, "M"), (None, "F")]] * 20, "no_common_list"),
        (random_lists(10, seed=2), "few_lists"),
    ],
)
def test_reasons(lists: list[People], reason: str) -> None:
    found = measured_lists(lists, in_lists("M"))
    assert {measure.reason for measure in found.values()} == {reason}


def test_a_few_people_at_the_first_places_are_not_told() -> None:
    """Ten women in the first ten of 15 lists; the places of all 30 may be told, these may not."""
    lists: list[People] = []
    for i in range(15):
        first = "F" if i < 10 else "M"
        lists.append([(1, first), *((place, "M") for place in range(2, 13)), (13, "F"), (14, "F")])
    found = measured_lists(lists, in_lists("M"))
    hidden = {name.partition("/")[0] for name, measure in found.items() if measure.reason == "few_at_top"}
    assert hidden == {"skew_at_k"}
    assert found["exposure_ratio/g=F"].status == "ok"


@pytest.mark.costly
def test_a_hidden_group_enters_nothing() -> None:
    """Whatever the ten people of a hidden group do, no figure changes; what would change is hidden."""
    base = random_lists(60, seed=4)
    here: list[list[People]] = []
    for place in (1, 30):
        lists = [[(rank, group if i % 5 else "X") for i, (rank, group) in enumerate(p)] for p in base]
        lists += [[*p, (place, "rare")] for p in random_lists(10, seed=5)]
        here.append(lists)
    system = in_lists("M")
    first, second = ({k: (m.value, m.interval) for k, m in measured_lists(x, system).items()} for x in here)
    assert first == second
    found = measured_lists(here[0], system)
    assert found["exposure/g=rare"].reason == "small_group"
    told = {m.reason for m in found.values() if m.metric in ("ndkl", "skew_at_k")}
    assert told <= {"small_group", "protects_small_group"}
    assert found["exposure_ratio/g=F"].status == "ok"
    rest = measured_lists(here[0], in_lists(None))["exposure_ratio/g=F"]
    assert rest.reason in ("protects_small_group", "reference_suppressed")


def test_an_ended_basis_leaves_every_measure_without_value() -> None:
    system = in_lists("M")
    tables = tables_of([{"g": "F", "d": 1}], system)[:1]
    found = measure_cells(tables, system=system, standing=WindowStanding(expired={"g": dt.date(2025, 1, 1)}))
    ended = {measure.metric for measure in found if measure.reason == "expired"}
    assert {metric.name for metric in METRICS} <= ended


@pytest.mark.slow
@pytest.mark.parametrize("count", [30, 100])
def test_intervals_and_tests_hold_over_lists(count: int) -> None:
    """400 logs in random order: how often the interval of the ratio holds 1, and the test is wrong at 5 %."""
    system, covered, wrong, draws = in_lists("M"), 0, 0, 400
    for seed in range(draws):
        measure = measured_lists(random_lists(count, seed=seed + 1000 * count), system)["exposure_ratio/g=F"]
        covered += there(measure.interval).low <= 1 <= there(measure.interval).high
        wrong += p_beyond(measure.params["test"], threshold=1.0, bad_side="below") <= 0.05
    assert 0.94 <= covered / draws <= 0.98
    assert wrong / draws <= 0.065
