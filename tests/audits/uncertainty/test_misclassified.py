"""A share corrected for its detector: by hand, by simulation, and where there is none."""

from __future__ import annotations

import math

import numpy as np
import pytest

from boussole.audits.uncertainty.misclassified import Detection, confirmed_share, corrected_share

RUNS = 2000
SEEN = Detection(found=95, missed=5, false_alarms=2, rightly_silent=198)


def test_what_a_set_says_of_a_detector() -> None:
    assert (SEEN.recall, SEEN.specificity, SEEN.precision) == (0.95, 0.99, 95 / 97)
    empty = Detection(found=0, missed=0, false_alarms=0, rightly_silent=0)
    assert (empty.recall, empty.specificity, empty.precision) == (None, None, None)


def test_by_hand() -> None:
    """60 of 1,000 flagged: (0.06 − 0.01) ÷ (0.95 − 0.01); the interval worked out step by step."""
    share, interval = corrected_share(60, 1000, SEEN)
    assert share == pytest.approx(0.05 / 0.94)
    z = 1.959963984540054
    flagged, recall, specificity = (60 + z * z / 2) / (1000 + z * z), 96 / 102, 199 / 202
    gain = recall + specificity - 1
    centre = (flagged - 3 / 202) / gain
    of_flagged = flagged * (1 - flagged) / (1000 + z * z)
    of_recall, of_specificity = (96 / 102) * (6 / 102) / 102, (199 / 202) * (3 / 202) / 202
    shift = 2 * z**2 * (centre * of_recall - (1 - centre) * of_specificity)
    half = z * math.sqrt(of_flagged + centre**2 * of_recall + (1 - centre) ** 2 * of_specificity) / gain
    assert interval.low == pytest.approx(centre + shift - half)
    assert interval.high == pytest.approx(centre + shift + half)


def test_a_perfect_detector_on_endless_sets_leaves_the_share_and_its_own_interval() -> None:
    """Agresti and Coull's interval of 60 in 1,000, whose centre is Wilson's."""
    share, interval = corrected_share(
        60, 1000, Detection(found=10**12, missed=0, false_alarms=0, rightly_silent=10**12)
    )
    z = 1.959963984540054
    centre = (60 + z * z / 2) / (1000 + z * z)
    half = z * math.sqrt(centre * (1 - centre) / (1000 + z * z))
    assert share == pytest.approx(0.06)
    assert (interval.low, interval.high) == pytest.approx((centre - half, centre + half))


def test_confirmed_by_hand() -> None:
    share, interval = confirmed_share(80, 100_000, looked_at=50, confirmed=40, detection=SEEN)
    assert share == pytest.approx(0.0008 * 0.8 / 0.95)
    centre = (80.5 / 100_001) * (40.5 / 51) / (95.5 / 101)
    variance = 1 / 80.5 - 1 / 100_001 + 1 / 40.5 - 1 / 51 + 1 / 95.5 - 1 / 101
    assert interval.low == pytest.approx(centre * math.exp(-1.959964 * math.sqrt(variance)))
    assert interval.high == pytest.approx(centre * math.exp(1.959964 * math.sqrt(variance)))


@pytest.mark.parametrize(
    ("share", "recall", "specificity", "n", "annotated"),
    [
        (0.3, 0.85, 0.8, 200, (60, 60)),
        (0.05, 0.95, 0.99, 1000, (100, 200)),
        (0.001, 0.95, 0.995, 10_000, (150, 300)),
        (0.0, 0.95, 0.99, 5000, (150, 150)),
        (0.5, 0.9, 0.9, 500, (50, 50)),
    ],
)
def test_the_interval_holds_the_truth(
    share: float, recall: float, specificity: float, n: int, annotated: tuple[int, int]
) -> None:
    """At least 94 in 100 times at the level of 95, with all three drawn anew each time."""
    draw = np.random.default_rng(11)
    with_it, without = annotated
    held = 0
    for _ in range(RUNS):
        found, silent = int(draw.binomial(with_it, recall)), int(draw.binomial(without, specificity))
        seen = Detection(found=found, missed=with_it - found, false_alarms=without - silent, rightly_silent=silent)
        _, interval = corrected_share(
            float(draw.binomial(n, share * recall + (1 - share) * (1 - specificity))), n, seen
        )
        held += interval.low <= share <= interval.high
    assert held / RUNS >= 0.94


@pytest.mark.parametrize(
    ("share", "recall", "precision", "n", "annotated", "most"),
    [
        (0.001, 0.95, 0.8, 100_000, 150, 60),
        (0.00002, 0.9, 0.5, 100_000, 150, 60),
        (0.01, 0.7, 0.6, 20_000, 40, 30),
        (0.0005, 0.95, 0.05, 100_000, 150, 100),
    ],
)
def test_the_interval_of_what_people_confirmed_holds_the_truth(  # noqa: PLR0917 (a case)
    share: float, recall: float, precision: float, n: int, annotated: int, most: int
) -> None:
    draw = np.random.default_rng(12)
    held = 0
    for _ in range(RUNS):
        flagged = int(draw.binomial(n, share * recall / precision))
        right = int(draw.binomial(flagged, precision))
        looked = min(most, flagged)
        confirmed = int(draw.hypergeometric(right, flagged - right, looked)) if looked else 0
        found = int(draw.binomial(annotated, recall))
        seen = Detection(found=found, missed=annotated - found, false_alarms=0, rightly_silent=1)
        _, interval = confirmed_share(flagged, n, looked_at=looked, confirmed=confirmed, detection=seen)
        held += interval.low <= share <= interval.high
    assert held / RUNS >= 0.94


def test_what_leaves_the_detector_unknown_widens_the_interval() -> None:
    def width(times: int) -> float:
        seen = Detection(found=95 * times, missed=5 * times, false_alarms=2 * times, rightly_silent=198 * times)
        _, interval = corrected_share(60, 1000, seen)
        return interval.high - interval.low

    assert width(1) > 1.2 * width(10) > 1.2 * width(1000) / 1.2


def test_texts_that_repeat_people_are_worth_less() -> None:
    _, plain = corrected_share(60, 1000, SEEN)
    _, repeated = corrected_share(60, 1000, SEEN, worth=100)
    assert repeated.high - repeated.low > 1.5 * (plain.high - plain.low)


def test_nothing_found_is_no_proof_of_nothing() -> None:
    share, interval = corrected_share(0, 100_000, SEEN)
    assert share == 0
    assert interval.low == 0
    assert interval.high > 0
    share, interval = confirmed_share(0, 100_000, looked_at=0, confirmed=0, detection=SEEN)
    assert (share, interval.low) == (0, 0)
    assert interval.high > 3 / 100_000 * 0.5


@pytest.mark.parametrize(
    ("flagged", "n", "seen"),
    [
        (0, 0, SEEN),
        (1, 10, Detection(found=0, missed=0, false_alarms=1, rightly_silent=9)),
        (1, 10, Detection(found=9, missed=1, false_alarms=0, rightly_silent=0)),
        (1, 10, Detection(found=1, missed=9, false_alarms=5, rightly_silent=5)),
    ],
    ids=["no texts", "none with", "none without", "worse than a coin"],
)
def test_undefined(flagged: int, n: int, seen: Detection) -> None:
    assert corrected_share(flagged, n, seen) is None


def test_undefined_where_nobody_looked() -> None:
    assert confirmed_share(5, 100, looked_at=0, confirmed=0, detection=SEEN) is None
    blind = Detection(found=0, missed=5, false_alarms=0, rightly_silent=5)
    assert confirmed_share(5, 100, looked_at=5, confirmed=5, detection=blind) is None
