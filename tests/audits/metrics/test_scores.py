"""Measures of scores, and errors expected of them: an oracle in fractions, peers on rows, and what may be shown."""

from __future__ import annotations

import datetime as dt
import math
import operator
import statistics
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.stats import ks_2samp
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import roc_auc_score
from statsmodels.stats.proportion import proportion_confint

from boussole.audits.drift.distances import largest_gap
from boussole.audits.measures import Measure
from boussole.audits.metrics import measure_cells
from boussole.audits.standing import WindowStanding
from boussole.audits.uncertainty.auc import auc, bin_bound, variance
from tests import oracle
from tests.audits.metrics.measuring import by_score, make_system, measured_scores, tables_of, width
from tests.audits.there import there

Rows = list[dict[str, Any]]

row = st.fixed_dictionaries(
    {
        "g": st.sampled_from(["a", "b", "c", None]),
        "s": st.one_of(st.none(), st.integers(0, 100)),
        "d": st.integers(0, 1),
        "y": st.sampled_from([0, 1, None]),
        "n": st.integers(2, 30),
        "bucket": st.integers(0, 39),
    }
)
ONE_BIN = [{"g": g, "s": 40, "d": 0, "y": y, "n": 20, "bucket": y} for g in "ab" for y in (0, 1)]
ONE_CLASS = [{"g": g, "s": s, "d": 1, "y": 1, "n": 20, "bucket": s} for g in "ab" for s in (3, 9)]
NO_SCORE = [{"g": g, "s": None, "d": 1, "y": 1, "n": 20, "bucket": 1} for g in "ab"]
ALONE = [{"g": "a", "s": 100, "d": 1, "y": 1, "n": 1, "bucket": 1}]
HUGE = [
    {"g": g, "s": s, "d": 1, "y": y, "n": 10**12 - s, "bucket": s % 40}
    for g in "ab"
    for s in (0, 7, 58, 99, 100)
    for y in (0, 1)
]


def in_points(rows: Rows, of: Callable[[int, int], Any] = operator.truediv) -> Rows:
    """Scores as the numbers that a log holds, or as fractions."""
    return [one | {"s": None if one["s"] is None else of(one["s"], 100)} for one in rows]


def expected(metric: str, rows: Rows, others: Rows) -> Fraction | None:
    own, other = (oracle.mean_error(part, power=1) for part in (rows, others))
    simple = {
        "mean_score": oracle.mean_score(rows),
        "auc": oracle.pairs_won(rows, rows),
        "calibration_in_the_large": own,
        "calibration_error": oracle.binned_error(rows, bins=10),
        "calibration_difference": None if own is None or other is None else own - other,
    }
    return simple[metric]


METRICS = ("mean_score", "auc", "calibration_in_the_large", "calibration_error", "calibration_difference")


@pytest.mark.costly
@settings(max_examples=15, deadline=None)
@example(rows=ONE_BIN, person=True)
@example(rows=ONE_CLASS, person=False)
@example(rows=NO_SCORE, person=False)
@example(rows=ALONE, person=True)
@example(rows=HUGE, person=True)
@example(rows=[], person=False)
@given(rows=st.lists(row, max_size=15), person=st.booleans())
def test_measures_are_those_of_the_oracle(rows: Rows, person: bool) -> None:
    """Scores that lie on the edges of bins: nothing is lost in them."""
    system = make_system({"g": None}, score=(0, 1), person=person, suppress_below=2)
    found = measured_scores(in_points(rows), system)
    plain = in_points(rows, Fraction)
    shown = 0
    for measure in found.values():
        if measure.metric not in METRICS or measure.status == "suppressed":
            continue
        own = [one for one in plain if not measure.group or one["g"] == measure.group[0]]
        others = [one for one in plain if one["g"] is not None and one not in own]
        hidden = {
            m.group[0] for m in found.values() if m.metric == "mean_score" and m.status == "suppressed" and m.group
        }
        value = expected(measure.metric, own, [one for one in others if one["g"] not in hidden])
        if value is None:
            assert measure.reason in {"zero_denominator", "no_outcomes", "no_other_group"}, measure.id
        elif measure.value is None:
            assert measure.reason in {"degenerate", "no_outcomes"}, measure.id
        elif not _outcomes_hidden(found):
            assert measure.value == pytest.approx(float(value), rel=1e-12, abs=1e-12), measure.id
            shown += 1
        if measure.interval is not None:
            assert measure.value is not None
            assert measure.interval.low - 1e-12 <= measure.value <= measure.interval.high + 1e-12, measure.id
    assert shown or _outcomes_hidden(found) or not any(one["s"] is not None for one in rows)


def _outcomes_hidden(found: dict[str, Measure]) -> bool:
    """With a group hidden, 'all others' are fewer than the oracle takes."""
    return any(m.metric == "auc" and m.status == "suppressed" for m in found.values())


@pytest.fixture(scope="module")
def sample() -> Rows:
    """Six hundred decisions, scores with two digits that say more of one group than of the other."""
    random = np.random.default_rng(5)
    rows = []
    for i in range(600):
        group = "ab"[i % 2]
        chance = random.random()
        y = int(random.random() < chance)
        noise = 0.1 if group == "a" else 0.4
        s = float(np.round(np.clip(chance + random.normal(0, noise), 0, 1), 2))
        rows.append({"g": group, "s": s, "d": int(s >= 0.5), "y": y, "bucket": int(random.integers(40))})
    return rows


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), size=st.integers(2, 80), bins=st.sampled_from([3, 10, 100]))
def test_what_bins_hide_stays_within_the_bound_that_is_printed(seed: int, size: int, bins: int) -> None:
    random = np.random.default_rng(seed)
    one, two = random.beta(2, 1, size), random.beta(1, 1.5, size + 1)
    edges = np.linspace(0, 1, bins + 1)
    p, q = (np.histogram(part, edges)[0].astype(float) for part in (one, two))
    rows = roc_auc_score([1] * len(one) + [0] * len(two), [*one, *two])
    assert abs(float(auc(p, q)) - rows) <= bin_bound(p, q) + 1e-12
    value, bound = largest_gap(p, q)
    assert value - 1e-12 <= ks_2samp(one, two).statistic <= value + bound + 1e-12


def test_variance_of_an_area_is_that_of_delong() -> None:
    """Placements of each row among the other side, one by one."""
    random = np.random.default_rng(8)
    one, two = random.integers(2, 10, 40), random.integers(0, 8, 60)
    p, q = (np.bincount(part, minlength=10).astype(float) for part in (one, two))
    won = (one[:, None] > two) + 0.5 * (one[:, None] == two)
    peer = won.mean(axis=1).var(ddof=1) / 40 + won.mean(axis=0).var(ddof=1) / 60
    assert variance(p, q) == pytest.approx(peer, rel=1e-12)


@pytest.mark.costly
def test_people_who_repeat_widen_the_intervals(sample: Rows) -> None:
    """The same forty people fifteen times: what one row says, the fourteen others say again."""
    repeated = [{**sample[i % 80], "bucket": (i % 80) // 2} for i in range(1200)]
    independent = measured_scores(repeated, make_system({"g": "b"}, score=(0, 1)))
    clustered = measured_scores(repeated, make_system({"g": "b"}, score=(0, 1), person=True))
    for name in ("auc/g=a", "mean_score/g=a", "calibration_in_the_large/g=a"):
        assert there(clustered[name].interval).method == "jackknife"
        assert width(clustered[name]) > 2 * width(independent[name]), name


def test_outcomes_seen_only_for_the_selected_leave_calibration(sample: Rows) -> None:
    rows = [one if one["d"] else one | {"y": None} for one in sample]
    found = measured_scores(rows, make_system({"g": "b"}, score=(0, 1), observed_for="selected"))
    assert found["auc/g=a"].reason == "selective_labels"
    selected = in_points([one | {"s": round(100 * one["s"]), "n": 1} for one in rows if one["g"] == "a"], Fraction)
    large = found["calibration_in_the_large/g=a"]
    assert large.value == pytest.approx(float(oracle.mean_error(selected, power=1) or 0), abs=1e-12)
    assert found["calibration_difference/g=a"].params["bad_side"] == "below"


def test_without_rows_no_score_is_measured(sample: Rows) -> None:
    """The counts by score of a purged month are gone with its rows; all that needs none is measured."""
    system = make_system({"g": "b"}, score=(0, 1))
    tables = tables_of(sample, system)
    gone = [replace(by_score([], cells), purged=True) for cells in tables]
    found = {measure.id: measure for measure in measure_cells(tables, system=system, scores=gone)}
    assert {found[f"{metric}/g=a"].reason for metric in METRICS} == {"rows_purged"}
    assert found["selection_rate/g=a"].status == "ok"


def test_a_few_with_a_score_are_hidden_in_a_large_group(sample: Rows) -> None:
    """Group c has 40 decisions, 5 of them with a score: a mean over these would tell of five people."""
    rows = [*sample, *({"g": "c", "s": 0.5 if i < 5 else None, "d": 1, "y": i % 2} for i in range(40))]
    found = measured_scores(rows, make_system({"g": "b"}, score=(0, 1)))
    assert found["selection_rate/g=c"].status == "ok"
    assert found["mean_score/g=c"].reason == "small_group"
    assert found["mean_score/g=c"].params == {}
    assert any(found[f"mean_score/g={name}"].reason == "protects_small_group" for name in "ab")


def curves(found: dict[str, Measure]) -> dict[str, list[dict[str, Any]]]:
    return {
        name: measure.params["curve"]
        for name, measure in found.items()
        if measure.metric == "calibration_error" and "curve" in measure.params
    }


def test_curves_share_bins_in_which_no_group_is_small(sample: Rows) -> None:
    rows = [one | {"h": "xy"[i % 3 == 0]} for i, one in enumerate(sample)]
    system = make_system({"g": None, "h": None}, score=(0, 1), intersections=[("g", "h")])
    found = curves(measured_scores(rows, system))
    assert set(found) == {f"calibration_error{name}" for name in ("", "/g=a", "/g=b", "/h=x", "/h=y")}
    assert len({tuple(bin_["low"] for bin_ in curve) for curve in found.values()}) == 1
    for name, curve in found.items():
        assert len(curve) >= 2
        assert (curve[0]["low"], curve[-1]["high"]) == (0.0, 1.0)
        own = [one for one in rows if "/" not in name or one[name[-3]] == name[-1]]
        for bin_ in curve:
            inside = [o for o in own if bin_["low"] <= o["s"] < bin_["high"] or o["s"] == bin_["high"] == 1]
            positives = sum(one["y"] for one in inside)
            assert len(inside) == bin_["n"] >= 30
            assert all(part == 0 or part >= 11 for part in (positives, len(inside) - positives))
            assert bin_["observed_rate"] == positives / len(inside)
            assert bin_["mean_score"] == pytest.approx(math.fsum(one["s"] for one in inside) / len(inside))
            ends = proportion_confint(positives, len(inside), method="wilson")
            assert (bin_["interval"]["low"], bin_["interval"]["high"]) == pytest.approx(ends)


def test_with_a_hidden_group_nothing_is_shown_that_its_bins_follow_from(sample: Rows) -> None:
    """Group c is hidden: neither its table nor everybody has a curve; another attribute keeps its own."""
    rows = [one | {"h": "xy"[i % 3 == 0], "g": "c" if i < 7 else one["g"]} for i, one in enumerate(sample)]
    system = make_system({"g": None, "h": None}, score=(0, 1))
    assert set(curves(measured_scores(rows, system))) == {"calibration_error/h=x", "calibration_error/h=y"}


def drawn(seed: int, *, digits: int) -> list[dict[str, Any]]:
    random = np.random.default_rng(seed)
    return [
        {"g": g, "s": float(s), "d": 0, "y": None, "n": 1, "bucket": i % 40}
        for g, mean in (("a", 0.5), ("b", 0.42))
        for i, s in enumerate(np.round(random.normal(mean, 0.1, 150).clip(0, 1), digits))
    ]


@pytest.mark.parametrize("digits", [2, 6])
@pytest.mark.parametrize("seed", range(5))
def test_two_digit_scores_give_the_exact_rate_and_others_stay_inside_the_bound(seed: int, digits: int) -> None:
    rows = drawn(seed, digits=digits)
    found = measured_scores(rows, make_system({"g": "a"}, score=(0, 1)))
    scores, rates = [row["s"] for row in rows], [found[f"scoring_rate/g={group}"] for group in "ab"]
    median = statistics.median_low(scores) if digits == 2 else statistics.median(scores)
    if digits == 6:
        low, high = found["scoring_rate"].params["median_between"]
        assert low <= median <= high
    for group, rate in zip("ab", rates, strict=True):
        own = [row["s"] > median for row in rows if row["g"] == group]
        assert rate.n == len(own)
        assert ("bin_bound" in rate.params) == (digits == 6)
        assert abs(there(rate.value) - sum(own) / len(own)) <= rate.params.get("bin_bound", 0)
    ratio = found["scoring_rate_ratio/g=b"]
    assert ratio.value == there(rates[1].value) / there(rates[0].value)
    assert ratio.params["scale"] == "ratio"


def test_small_groups_are_hidden_and_nobody_scored_is_no_measure() -> None:
    rows = [*drawn(1, digits=2), {"g": "c", "s": 0.9, "d": 0, "y": None, "n": 4, "bucket": 0}]
    found = measured_scores(rows, make_system({"g": "a"}, score=(0, 1)))
    assert found["scoring_rate/g=c"].reason == "small_group"
    unscored = [row | {"s": None} for row in rows]
    assert "scoring_rate" not in measured_scores(unscored, make_system({"g": "a"}, score=(0, 1)))


Rows = list[dict[str, Any]]


def row_of(group: str, score: float, outcome: int | None, n: int) -> dict[str, Any]:
    return {"g": group, "s": score, "d": int(score >= 0.5), "y": outcome, "n": n}


# A score of .2 meant 10 % for a and 40 % for b; one of .8 meant 80 % for both.
EARLIER = [
    *(row_of("a", 0.2, y, n) for y, n in ((1, 40), (0, 360))),
    *(row_of("b", 0.2, y, n) for y, n in ((1, 160), (0, 240))),
    *(row_of(g, 0.8, y, n) for g in "ab" for y, n in ((1, 400), (0, 100))),
]
NOW = [row_of(g, s, None, 100) for g in "ab" for s in (0.2, 0.8)]


def test_expected_errors_by_hand() -> None:
    """Group a: of 100 rejected 10 are expected to be positive, of 100 selected 80. Group b: 40 and 80."""
    immature = WindowStanding(readable_from=dt.date(2026, 5, 1))
    system = make_system({"g": "a"}, score=(0, 1))
    found = measured_scores(NOW, system, earlier=EARLIER, standing=immature)
    expected = {
        "a": {"true_positive_rate": 80 / 90, "false_positive_rate": 20 / 110, "precision": 0.8, "accuracy": 170 / 200},
        "b": {"true_positive_rate": 80 / 120, "false_positive_rate": 20 / 80, "precision": 0.8, "accuracy": 140 / 200},
    }
    for group, rates in expected.items():
        for name, value in rates.items():
            measure = found[f"estimated_{name}/g={group}"]
            assert measure.value == pytest.approx(value, abs=1e-12)
            assert measure.params["estimate"] == "cbpe"
            assert measure.interval is not None
            assert measure.interval.low < value < measure.interval.high
            assert measure.params["will_be"][0] < value < measure.params["will_be"][1]
    # Of a: 9 expected negatives at .2 for each positive, 1 at .8 for each 4: pairs won, and half of those at one score.
    assert found["estimated_auc/g=a"].value == pytest.approx(
        (80 * 90 + (10 * 90 + 80 * 20) / 2) / (90 * 110), abs=1e-12
    )
    assert found["true_positive_rate/g=a"].reason == "not_mature"
    assert found["estimated_precision/g=a"].n == 100
    assert found["estimated_accuracy/g=a"].params["reference_outcomes"] == 900


@pytest.mark.costly
def test_chances_are_those_of_scikit_learn_and_never_fall() -> None:
    """One score asked at a time is its chance: accuracy where it is selected."""
    random = np.random.default_rng(4)
    sample = [(float(s), int(random.random() < s**2)) for s in np.round(random.random(800), 2)]
    earlier = [row_of("a", s, y, 1) for s, y in sample]
    peer = IsotonicRegression().fit([s for s, _ in sample], [y for _, y in sample])
    for score in sorted({s for s, _ in sample if s >= 0.5})[::7]:
        found = measured_scores([row_of("a", score, None, 50)], make_system({"g": None}, score=(0, 1)), earlier=earlier)
        assert found["estimated_precision/g=a"].value == pytest.approx(peer.predict([score])[0], abs=1e-9)


def test_where_nothing_can_be_expected() -> None:
    few = [one | {"n": 20} if one["g"] == "b" else one for one in EARLIER]
    system = make_system({"g": "a"}, score=(0, 1))
    few_positive = [one for one in few if one["g"] != "b" or one["y"] == 0]
    found = measured_scores(NOW, system, earlier=few_positive)
    assert found["estimated_accuracy/g=b"].reason == "few_reference_outcomes"
    assert found["estimated_accuracy/g=a"].status == "ok"
    new = measured_scores([*NOW, row_of("c", 0.8, None, 50)], system, earlier=EARLIER)
    assert new["estimated_accuracy/g=c"].reason == "few_reference_outcomes"
    small = measured_scores(NOW, system, earlier=[*EARLIER, row_of("c", 0.2, 1, 4), row_of("c", 0.2, 0, 9)])
    assert "estimated_accuracy/g=c" not in small
    assert {small[f"estimated_accuracy/g={name}"].status for name in "ab"} == {"ok", "suppressed"}
    selected = make_system({"g": "a"}, score=(0, 1), observed_for="selected")
    seen = [one if one["d"] else one | {"y": None} for one in EARLIER]
    told = measured_scores(NOW, selected, earlier=seen)
    assert told["estimated_accuracy/g=a"].reason == "selective_labels"
    assert told["estimated_precision/g=a"].value == pytest.approx(0.8, abs=1e-12)
    assert not any(name.startswith("estimated") for name in measured_scores(NOW, system))
