"""What must hold for any data, and scikit-learn on plain rows as the oracle."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix

from boussole.audits.measures import Cells, Measure
from boussole.audits.metrics import measure_cells
from boussole.audits.systems.model import System

Make = Callable[..., System]
Measured = Callable[..., dict[str, Measure]]

row = st.fixed_dictionaries(
    {
        "g": st.sampled_from(["a", "b", "c", None]),
        "h": st.sampled_from(["x", "y"]),
        "d": st.integers(0, 1),
        "y": st.sampled_from([0, 1, None]),
        "n": st.integers(1, 30),
        "bucket": st.integers(0, 39),
    }
)
SMOOTHED = ("unknown", "differential_fairness")
"""They change with the size of the log."""
logs = st.lists(row, min_size=1, max_size=15)


@pytest.mark.costly
@settings(max_examples=8, deadline=None)
@given(rows=logs, seed=st.integers(0, 1000))
def test_row_order_does_not_matter(
    rows: list[dict[str, Any]], seed: int, make_system: Make, measured: Measured
) -> None:
    shuffled = [rows[i] for i in np.random.default_rng(seed).permutation(len(rows))]
    system = make_system({"g": "a", "h": "x"}, intersections=[("g", "h")])
    left, right = measured(rows, system), measured(shuffled, system)
    assert left.keys() == right.keys()
    for name, measure in left.items():
        other = right[name]
        assert (measure.value, measure.status, measure.n) == (pytest.approx(other.value), other.status, other.n), name


@settings(max_examples=8, deadline=None)
@given(rows=logs)
@pytest.mark.slow
def test_splitting_a_row_into_single_decisions_changes_nothing(
    rows: list[dict[str, Any]], make_system: Make, measured: Measured
) -> None:
    single = [one | {"n": 1} for one in rows for _ in range(one["n"])]
    system = make_system({"g": None})
    assert measured(rows, system) == measured(single, system)


@settings(max_examples=8, deadline=None)
@given(rows=logs)
@pytest.mark.slow
def test_renaming_groups_only_renames(rows: list[dict[str, Any]], make_system: Make, measured: Measured) -> None:
    names = {"a": "alpha", "b": "beta", "c": "gamma", None: None}  # in the same order: it breaks ties of size
    renamed = [one | {"g": names[one["g"]]} for one in rows]
    system = make_system({"g": None})
    left, right = measured(rows, system), measured(renamed, system)
    for measure in left.values():
        group = None if measure.group is None else (names[measure.group[0]],)
        other = next(m for m in right.values() if (m.metric, m.by, m.group) == (measure.metric, measure.by, group))
        assert (measure.value, measure.status, measure.reason) == (
            pytest.approx(other.value),
            other.status,
            other.reason,
        )


@settings(max_examples=8, deadline=None)
@given(rows=logs, times=st.integers(2, 5))
@pytest.mark.slow
def test_the_log_many_times_over_has_the_same_rates_and_narrower_intervals(
    rows: list[dict[str, Any]], times: int, make_system: Make, measured: Measured
) -> None:
    system = make_system({"g": "a"}, suppress_below=2)
    left = measured(rows, system)
    right = measured([one | {"n": one["n"] * times} for one in rows], system)
    for name, measure in left.items():
        if measure.status != "ok" or right[name].status != "ok" or measure.metric.startswith(SMOOTHED):
            continue
        if right[name].params.get("groups_compared") != measure.params.get("groups_compared"):
            continue
        if measure.params.get("to") == right[name].params.get("to"):
            assert right[name].value == pytest.approx(measure.value), name
        if measure.metric == "selection_rate" and measure.interval and (other := right[name].interval):
            assert other.high - other.low < measure.interval.high - measure.interval.low


@pytest.mark.costly
@settings(max_examples=12, deadline=None)
@given(rows=logs, person=st.booleans(), favourable=st.booleans())
def test_every_measure_is_sound(
    rows: list[dict[str, Any]], person: bool, favourable: bool, make_system: Make, measured: Measured
) -> None:
    """No NaN, no value outside its range, intervals around values, nothing told about hidden groups."""
    options = {"person": person, "favourable": favourable}
    system = make_system({"g": None, "h": "x"}, intersections=[("g", "h")], **options)
    bounded = ("rate", "precision", "difference", "share")
    for measure in measured(rows, system).values():
        if measure.status == "suppressed":
            assert (measure.n, measure.clusters, measure.interval) == (None, None, None)
        if measure.value is None:
            assert measure.reason
            continue
        assert math.isfinite(measure.value)
        if measure.metric.endswith(bounded):
            assert -1 <= measure.value <= 1
        if (interval := measure.interval) is not None:
            assert math.isfinite(interval.low)
            assert math.isfinite(interval.high)
            assert interval.low < interval.high or measure.metric == "impact_ratio"
            if interval.method != "multinomial_bootstrap":
                assert interval.low - 1e-9 <= measure.value <= interval.high + 1e-9, measure.id


@pytest.mark.costly
@settings(max_examples=8, deadline=None)
@given(rows=st.lists(row, min_size=5, max_size=25))
def test_rates_agree_with_scikit_learn_on_rows(
    rows: list[dict[str, Any]], make_system: Make, measured: Measured
) -> None:
    found = measured(rows, make_system({"g": None}, suppress_below=2))
    plain = [one for one in rows for _ in range(one["n"])]
    for name in ("a", "b", "c"):
        seen = [one for one in plain if one["g"] == name and one["y"] is not None]
        if f"true_positive_rate/g={name}" not in found or not seen:
            continue
        table = confusion_matrix([o["y"] for o in seen], [o["d"] for o in seen], labels=[0, 1])
        (tn, fp), (fn, tp) = table.tolist()
        expected = {
            "true_positive_rate": (tp, tp + fn),
            "false_positive_rate": (fp, fp + tn),
            "false_negative_rate": (fn, tp + fn),
            "precision": (tp, tp + fp),
        }
        for metric, (k, n) in expected.items():
            measure = found[f"{metric}/g={name}"]
            if measure.status == "suppressed":
                continue
            if n == 0:
                assert measure.status == "undefined"
            else:
                assert measure.value == pytest.approx(k / n)


def test_no_value_makes_two_groups_bear_one_name(make_system: Make, tables_of: Callable[..., list[Cells]]) -> None:
    """A value that looks like two attributes, and one that looks like how the first is written."""
    system = make_system({"g": None, "h": None}, intersections=[("g", "h")], suppress_below=2)
    values = ["a", "a,h=b", "a,h%3Db", "="]
    rows = [{"g": g, "h": h, "d": d, "y": 1, "n": 20} for g in values for h in ("b", "c") for d in (0, 1)]
    found = measure_cells(tables_of(rows, system), system=system)
    assert len({measure.id for measure in found}) == len(found)
