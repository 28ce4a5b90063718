"""What missing outcomes could hide: bounds that hold whatever they are, and are reached."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audits.measures import NEGATIVE, NO_OUTCOME, POSITIVE, Counts
from audits.metrics import errors
from audits.metrics.definition import Rate

COUNTS = st.lists(st.integers(0, 4), min_size=6, max_size=6).map(lambda n: np.array(n).reshape(2, 3))


def every_value(rate: Rate, counts: Counts) -> list[float]:
    """The rate for each way in which the missing outcomes could have turned out."""
    found = []
    for positive in itertools.product(*(range(int(counts[d, NO_OUTCOME]) + 1) for d in (0, 1))):
        known = counts.copy()
        for decision, n in enumerate(positive):
            if decision in rate.missing:
                known[decision, POSITIVE] += n
                known[decision, NEGATIVE] += counts[decision, NO_OUTCOME] - n
        k, size = rate.counted(known)
        found += [float(k / size)] if size else []
    return found


@settings(max_examples=60, deadline=None)
@given(COUNTS, st.sampled_from(errors.RATES))
def test_bounds_hold_for_every_way_and_are_reached(counts: Counts, rate: Rate) -> None:
    values, bounds = every_value(rate, counts), rate.bounds(counts)
    assert bounds == ((min(values), max(values)) if values else None)


def rows(missing: int) -> list[dict[str, Any]]:
    cells = {("a", 1, 1): 60, ("a", 1, 0): 20, ("b", 1, 1): 30, ("b", 1, 0): 30, ("a", 0, None): 40, ("b", 0, None): 50}
    known = [{"g": g, "d": d, "y": y, "n": n} for (g, d, y), n in cells.items()]
    return [*known, {"g": "a", "d": 1, "y": None, "n": missing}]


def test_measures_say_between_what_they_lie(make_system: Callable[..., Any], measured: Callable[..., Any]) -> None:
    found = measured(rows(20), make_system({"g": "b"}, observed_for="selected"))
    assert found["precision/g=a"].params["bounds"] == [60 / 100, 80 / 100]
    assert "bounds" not in found["precision/g=b"].params
    assert found["precision_difference/g=a"].params["bounds"] == pytest.approx([0.6 - 0.5, 0.8 - 0.5])
    assert "bounds" not in measured(rows(0), make_system({"g": "b"}, observed_for="selected"))["precision/g=a"].params


def test_what_selective_labels_refuse_has_bounds(make_system: Callable[..., Any], measured: Callable[..., Any]) -> None:
    found = measured(rows(0), make_system({"g": "b"}, observed_for="selected"))
    refused = found["true_positive_rate_difference/g=a"]
    assert (refused.value, refused.reason) == (None, "selective_labels")
    assert found["true_positive_rate/g=a"].params["bounds"] == [60 / 100, 1.0]
    assert refused.params["bounds"] == pytest.approx([60 / 100 - 1, 1 - 30 / 80])


@pytest.mark.parametrize("observed_for", ["selected", "all"])
def test_nothing_hidden_has_bounds(
    observed_for: str, make_system: Callable[..., Any], measured: Callable[..., Any]
) -> None:
    few = [{"g": "c", "d": 1, "y": 1, "n": 3}, {"g": "c", "d": 1, "y": None, "n": 2}, *rows(20)]
    found = measured(few, make_system({"g": "b"}, observed_for=observed_for))
    hidden = [m for m in found.values() if m.status == "suppressed"]
    assert hidden
    assert all("bounds" not in m.params for m in hidden)
    assert not [m.id for m in found.values() if "bounds" in m.params and m.group == ("c",)]
