"""What missing outcomes could hide: bounds that hold whatever they are, and are reached."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from boussole.audits.measures import NEGATIVE, NO_OUTCOME, POSITIVE, Counts
from boussole.audits.metrics import errors
from boussole.audits.metrics.definition import Rate
from boussole.audits.metrics.scored import highest_area
from boussole.audits.parts import Floats
from tests.audits.metrics.measuring import make_system, measured, measured_scores
from tests.audits.there import there

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


def test_measures_say_between_what_they_lie_also_where_labels_are_selective() -> None:
    found = measured(rows(20), make_system({"g": "b"}, observed_for="selected"))
    assert found["precision/g=a"].params["bounds"] == [60 / 100, 80 / 100]
    assert "bounds" not in found["precision/g=b"].params
    assert found["precision_difference/g=a"].params["bounds"] == pytest.approx([0.6 - 0.5, 0.8 - 0.5])
    whole = measured(rows(0), make_system({"g": "b"}, observed_for="selected"))

    assert "bounds" not in whole["precision/g=a"].params
    refused = whole["true_positive_rate_difference/g=a"]
    assert (refused.value, refused.reason) == (None, "selective_labels")
    assert whole["true_positive_rate/g=a"].params["bounds"] == [60 / 100, 1.0]
    assert refused.params["bounds"] == pytest.approx([60 / 100 - 1, 1 - 30 / 80])


@pytest.mark.parametrize("observed_for", ["selected", "all"])
def test_nothing_hidden_has_bounds(observed_for: str) -> None:
    few = [{"g": "c", "d": 1, "y": 1, "n": 3}, {"g": "c", "d": 1, "y": None, "n": 2}, *rows(20)]
    found = measured(few, make_system({"g": "b"}, observed_for=observed_for))
    hidden = [m for m in found.values() if m.status == "suppressed"]
    assert hidden
    assert all("bounds" not in m.params for m in hidden)
    assert not [m.id for m in found.values() if "bounds" in m.params and m.group == ("c",)]


def scored(seed: int, *, missing: int = 5) -> list[dict[str, Any]]:
    """Eighty decisions with a score in each of two groups; the outcomes of some are missing in the first."""
    random = np.random.default_rng(seed)
    found = []
    for group in "ab":
        for i, score in enumerate(random.random(80).round(3)):
            outcome = None if group == "a" and i < missing else int(random.random() < score)
            found.append({"g": group, "s": float(score), "d": int(random.integers(2)), "y": outcome, "bucket": i % 40})
    return found


def every_filling(rows: list[dict[str, Any]]) -> Iterator[tuple[list[int], list[float]]]:
    """Outcomes and scores of the first group for each way in which its missing outcomes could have turned out."""
    own = [row for row in rows if row["g"] == "a"]
    gaps = [i for i, row in enumerate(own) if row["y"] is None]
    for filled in itertools.product((0, 1), repeat=len(gaps)):
        outcomes = [row["y"] for row in own]
        for i, outcome in zip(gaps, filled, strict=True):
            outcomes[i] = outcome
        yield outcomes, [row["s"] for row in own]


@pytest.mark.parametrize("seed", range(4))
def test_measures_of_scores_say_between_what_they_lie(seed: int) -> None:
    """Means are reached; an area can be as much higher or lower as pairs within one bin allow."""
    rows = scored(seed)
    found = measured_scores(rows, make_system({"g": "b"}, score=(0, 1)))
    ways = list(every_filling(rows))
    of_rows = {
        "calibration_in_the_large": [float(np.mean(s) - np.mean(y)) for y, s in ways],
        "auc": [roc_auc_score(y, s) for y, s in ways],
    }
    for metric, values in of_rows.items():
        low, high = found[f"{metric}/g=a"].params["bounds"]
        slack = 3 * found["auc/g=a"].params["bin_bound"] + 1e-12 if metric == "auc" else 1e-12
        assert low - 1e-12 <= min(values) <= low + slack, metric
        assert high - slack <= max(values) <= high + 1e-12, metric
        assert "bounds" not in found[f"{metric}/g=b"].params
    own, other = (found[f"calibration_in_the_large/g={group}"] for group in "ab")
    low, high = (end - there(other.value) for end in own.params["bounds"])
    assert found["calibration_difference/g=a"].params["bounds"] == pytest.approx([low, high], abs=1e-12)


def area(positives: Floats, negatives: Floats) -> float | None:
    """The highest area of bins: within one, every positive lies above every negative. None where a side is empty."""
    pairs = positives.sum() * negatives.sum()
    return float((positives * np.cumsum(negatives)).sum() / pairs) if pairs else None


def areas_of_parts(positives: Floats, negatives: Floats, missing: Floats) -> Iterator[float | None]:
    """The area where all missing outcomes above a bin are positive, none below it, and so many parts of it."""
    bins = np.arange(len(missing))
    for turn in bins:
        for part in np.linspace(0, missing[turn], 49):
            filled = np.where(bins > turn, missing, np.where(bins == turn, part, 0.0))
            yield area(positives + filled, negatives + missing - filled)


@settings(max_examples=60)
@given(st.lists(st.tuples(*[st.integers(0, 2)] * 3), min_size=2, max_size=3))
@example([(1, 0, 0), (0, 0, 1)])  # nobody is known to be negative: no filling by whole people comes near the bound
def test_no_filling_gives_a_higher_area(bins: list[tuple[int, int, int]]) -> None:
    """Bins of positives, negatives and missing outcomes."""
    positives, negatives, missing = (np.array(part, dtype=float) for part in zip(*bins, strict=True))
    fillings = itertools.product(*(range(int(n) + 1) for n in missing))
    values = [a for way in fillings if (a := area(positives + way, negatives + missing - way)) is not None]
    found = highest_area(positives, negatives, missing)
    if not values:
        assert found is None or found <= 1
        return
    assert found is not None
    assert max(values) <= found + 1e-12
    highest = max(a for a in areas_of_parts(positives, negatives, missing) if a is not None)
    assert found <= highest + 1e-4
    if positives.any() and negatives.any():
        assert found == pytest.approx(highest, abs=1e-4)
