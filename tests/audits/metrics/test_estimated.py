"""Errors expected without outcomes: by hand, against what came later, and where nothing can be expected."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression

from boussole.audits.standing import WindowStanding
from tests.audits.metrics.measuring import make_system, measured_scores

Rows = list[dict[str, Any]]


def row(group: str, score: float, outcome: int | None, n: int) -> dict[str, Any]:
    return {"g": group, "s": score, "d": int(score >= 0.5), "y": outcome, "n": n}


# A score of .2 meant 10 % for a and 40 % for b; one of .8 meant 80 % for both.
EARLIER = [
    *(row("a", 0.2, y, n) for y, n in ((1, 40), (0, 360))),
    *(row("b", 0.2, y, n) for y, n in ((1, 160), (0, 240))),
    *(row(g, 0.8, y, n) for g in "ab" for y, n in ((1, 400), (0, 100))),
]
NOW = [row(g, s, None, 100) for g in "ab" for s in (0.2, 0.8)]


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
    earlier = [row("a", s, y, 1) for s, y in sample]
    peer = IsotonicRegression().fit([s for s, _ in sample], [y for _, y in sample])
    for score in sorted({s for s, _ in sample if s >= 0.5})[::7]:
        found = measured_scores([row("a", score, None, 50)], make_system({"g": None}, score=(0, 1)), earlier=earlier)
        assert found["estimated_precision/g=a"].value == pytest.approx(peer.predict([score])[0], abs=1e-9)


def test_where_nothing_can_be_expected() -> None:
    few = [one | {"n": 20} if one["g"] == "b" else one for one in EARLIER]
    system = make_system({"g": "a"}, score=(0, 1))
    few_positive = [one for one in few if one["g"] != "b" or one["y"] == 0]
    found = measured_scores(NOW, system, earlier=few_positive)
    assert found["estimated_accuracy/g=b"].reason == "few_reference_outcomes"
    assert found["estimated_accuracy/g=a"].status == "ok"
    new = measured_scores([*NOW, row("c", 0.8, None, 50)], system, earlier=EARLIER)
    assert new["estimated_accuracy/g=c"].reason == "few_reference_outcomes"
    small = measured_scores(NOW, system, earlier=[*EARLIER, row("c", 0.2, 1, 4), row("c", 0.2, 0, 9)])
    assert "estimated_accuracy/g=c" not in small
    assert {small[f"estimated_accuracy/g={name}"].status for name in "ab"} == {"ok", "suppressed"}
    selected = make_system({"g": "a"}, score=(0, 1), observed_for="selected")
    seen = [one if one["d"] else one | {"y": None} for one in EARLIER]
    told = measured_scores(NOW, selected, earlier=seen)
    assert told["estimated_accuracy/g=a"].reason == "selective_labels"
    assert told["estimated_precision/g=a"].value == pytest.approx(0.8, abs=1e-12)
    assert not any(name.startswith("estimated") for name in measured_scores(NOW, system))
