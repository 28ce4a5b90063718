"""Drift measures: what they carry, and the test of PSI held to simulated windows and to published cases."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon

from boussole.audits.cubes.values import Histogram, HistogramError
from boussole.audits.drift.measures import drift_measures, psi
from boussole.audits.measures import Measure
from boussole.audits.uncertainty.tests import p_beyond, tails

SHARES = np.array([0.05, 0.1, 0.1, 0.15, 0.2, 0.15, 0.1, 0.1, 0.05])


def measures_of(reference: list[int], current: list[int], *, design_effect: float = 1.0) -> dict[str, Measure]:
    """Two measures of a feature whose first and last bins (under the first edge, missing) are among the counts."""
    edges = tuple(float(i) for i in range(len(reference) - 2))
    histogram = Histogram("age", edges, tuple(reference), tuple(current))
    return {m.metric: m for m in drift_measures([histogram], design_effect=design_effect)}


def test_what_a_drift_measure_carries() -> None:
    found = measures_of([40, 60, 100, 0], [50, 70, 80, 10])
    for measure in found.values():
        assert (measure.by, measure.group, measure.n) == (("feature",), ("age",), 210)
        assert (measure.params["reference_total"], measure.params["current_total"]) == (200, 210)
        assert measure.params["edges"] == [0.0, 1.0]
        json.dumps(measure.document(), allow_nan=False)
    assert found["psi"].params["smoothing"] == 0.5
    assert found["psi"].params["bad_side"] == "above"
    assert found["psi"].params["test"]["df"] == 3
    assert found["psi"].params["test"]["scale"] == pytest.approx(1 / 200 + 1 / 210)
    assert found["jensen_shannon"].params["form"] == "distance"
    assert found["jensen_shannon"].value == pytest.approx(jensenshannon([40, 60, 100, 0], [50, 70, 80, 10], base=2))


@pytest.mark.parametrize(("reference", "current"), [([0, 0, 0], [5, 5, 5]), ([5, 5, 5], [0, 0, 0])])
def test_an_empty_window_is_undefined_and_has_no_test(reference: list[int], current: list[int]) -> None:
    for measure in measures_of(reference, current).values():
        assert (measure.value, measure.status, measure.reason) == (None, "undefined", "empty_window")
        assert "test" not in measure.params


def test_counts_must_fit_their_edges() -> None:
    with pytest.raises(HistogramError, match="feature 'age'"):
        Histogram("age", (1.0, 2.0), (1, 2), (1, 2, 3, 4))


def test_repeated_people_make_psi_less_certain() -> None:
    alone, repeated = (
        measures_of([200, 200, 200], [230, 190, 150], design_effect=effect)["psi"].params["test"]
        for effect in (1.0, 30.0)
    )
    p_alone, p_repeated = (p_beyond(test, threshold=0.0, bad_side="above") for test in (alone, repeated))
    assert p_alone < 0.05
    assert p_repeated > 0.3


def drifted(towards: float) -> np.ndarray:  # type: ignore[type-arg]
    tilt = np.exp(towards * np.linspace(-1, 1, SHARES.size))
    return SHARES * tilt / (SHARES * tilt).sum()


def true_psi(shares: np.ndarray) -> float:  # type: ignore[type-arg]
    return float(((shares - SHARES) * np.log(shares / SHARES)).sum())


@pytest.mark.costly
@pytest.mark.parametrize("size", [300, 3000])
@pytest.mark.parametrize("level", [0.0, 0.1, 0.25])
def test_psi_is_beyond_its_true_value_about_one_time_in_twenty(size: int, level: float) -> None:
    low, high = 0.0, 2.0
    while high - low > 1e-9:  # the tilt whose true PSI is the level
        middle = (low + high) / 2
        low, high = (middle, high) if true_psi(drifted(middle)) < level else (low, middle)
    rng = np.random.default_rng(size)
    references, currents = rng.multinomial(size, SHARES, 1500), rng.multinomial(size, drifted(low), 1500)
    tests = [
        {"kind": "noncentral_chi2", "statistic": psi(r, c), "df": SHARES.size - 1, "scale": 2 / size}
        for r, c in zip(references.tolist(), currents.tolist(), strict=True)
    ]
    beyond = np.mean([p_beyond(test, threshold=level, bad_side="above") < 0.05 for test in tests])
    assert 0.03 < beyond < 0.075
    if level:
        good = np.mean([tails(test, threshold=level, bad_side="above")[1] < 0.05 for test in tests])
        assert 0.02 < good < 0.075


def test_published_cases(published: Path) -> None:
    """Evidently's published chi-square and Hellinger values for one pair of windows.

    Evidently's chi-square takes the reference as known, so only 1/n of the current window counts; near equality the
    index is 8 times the squared Hellinger distance, and over 1/n it is the chi-square statistic.
    """
    cases = json.loads((published / "conformance" / "cases.json").read_text(encoding="utf-8"))
    by_name = {case["metric"]: case for case in cases}
    chi_square, hellinger = by_name["drift.chi_square_pvalue"], by_name["drift.hellinger"]
    counts = chi_square["inputs"]
    value = psi(counts["reference_counts"], counts["current_counts"], smoothing=0)
    assert value is not None
    assert value == pytest.approx(8 * hellinger["expected"] ** 2, rel=0.01)
    test = {"kind": "noncentral_chi2", "statistic": value, "df": 5, "scale": 1 / sum(counts["current_counts"])}
    assert p_beyond(test, threshold=0.0, bad_side="above") == pytest.approx(chi_square["expected"], abs=0.03)
