"""A level of error of its own for the watch level, where that is no difference at all."""

import math
from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest

from boussole.audits.systems.model import Windows
from boussole.audits.uncertainty.looks import nominal
from boussole.charter.document import MeasureDocument
from boussole.charter.judging.statistics.correction import TestedComparison, corrected
from boussole.charter.judging.statistics.testing import more_decisions
from boussole.charter.templates import TEMPLATES
from boussole.charter.text.judged import judged
from boussole.charter.text.loading import load_charter
from boussole.charter.text.model import Threshold
from tests.as_json import judge
from tests.charter.builders import CHARTER, START, WOMEN, amended, comparison, family, system

RATIO, METRIC = "selection_rate_ratio", "selection_rate_ratio_gender"
ONE_LOOK = system().model_copy(update={"windows": Windows(audit="all", reference="2025-01-01/2025-03-31")})
TAIL = NormalDist()


def told(z, *, own, breach=None, charter=CHARTER):
    """What is said of a ratio that stands `z` standard errors from its watch level, 1."""
    level = {"watch": 1.0, "breach": breach, "watch_alpha": own}
    charter = amended(RATIO, charter=charter, family="question", threshold=level)
    measure = comparison(WOMEN, estimate=1 + z * 0.05, error=0.05)
    documents = judge(charter, ONE_LOOK, [measure], window_start=START)
    (found,) = next(each for each in documents if each["indicator"] == METRIC)["comparisons"]
    return found


@pytest.mark.parametrize(
    ("z", "own", "expected"),
    [
        (-1.7, None, "watch"),
        (-1.7, 0.01, "unknown"),
        (-2.2, 0.01, "unknown"),
        (-2.4, 0.01, "watch"),
        (0, 0.01, "unknown"),
    ],
)
def test_one_look_errs_as_often_as_its_own_level_says(z, own, expected):
    """One-sided: 1.645 standard errors at 5 %, 2.326 at 1 %."""
    found = told(z, own=own)
    assert found["verdict"] == expected
    assert found["p_watch"] == pytest.approx(min(1, TAIL.cdf(z) * (5 if own else 1)), rel=1e-6)
    assert found["share"] == pytest.approx(0.2 if own else 1)


def test_the_breach_level_keeps_the_level_of_the_charter_and_what_is_not_kept_is_to_be_watched_too():
    """The breach level, 0.8, is four standard errors below parity."""
    usual, own = (told(-4 - 1.8, own=each, breach=0.8) for each in (None, 0.01))
    assert own["p_breach"] == usual["p_breach"] == pytest.approx(TAIL.cdf(-1.8), rel=1e-6)
    assert {own["verdict"], usual["verdict"]} == {"broken"}
    same, usual = (told(-1.8, own=each, breach=1.0) for each in (0.01, None))
    assert (same["verdict"], usual["verdict"]) == ("unknown", "broken")
    assert same["p_breach"] == same["p_watch"] == pytest.approx(5 * TAIL.cdf(-1.8), rel=1e-6)
    assert told(1.7, own=0.01, breach=0.8)["p_kept"] == told(1.7, own=None, breach=0.8)["p_kept"]
    level = Threshold(watch=1, status="proposed", since=START)
    assert "watch_alpha" not in level.model_dump(), "it is written as before there were any"
    assert level.model_copy(update={"watch_alpha": 0.01}).model_dump()["watch_alpha"] == 0.01


@pytest.mark.parametrize("z", [-2.3, -2.35])
def test_the_interval_lies_beyond_the_level_where_it_is_watched_or_not_kept_at_that_same_level(z):
    """It was drawn at the charter's level of error, 5 %, where 1 % had decided."""
    watched = told(z, own=0.01)
    assert (watched["interval"]["high"] < 1) == (watched["verdict"] == "watch")
    assert watched["interval"]["error_high"] == pytest.approx(0.01)
    found = told(z, own=0.01, breach=1.0)
    assert found["verdict"] == ("broken" if z < -2.33 else "unknown")
    assert (found["interval"]["high"] < 1) == (found["verdict"] == "broken")
    assert found["interval"]["error_high"] == pytest.approx(0.01)
    assert told(z, own=None, breach=1.0)["interval"]["error_high"] == pytest.approx(0.05)
    assert told(z, own=0.01, breach=0.8)["interval"]["error_high"] == pytest.approx(0.01)


def test_a_smaller_level_of_a_question_takes_nothing_from_others_of_its_family():
    measures = [*family([0.93, 0.97, 0.9], 0.02), comparison(WOMEN, estimate=0.9, error=0.02)]
    own = "adjusted_selection_rate_ratio"
    charters = CHARTER, amended(own, threshold={"watch_alpha": 0.01})
    was, now = (judge(each, system(), measures, window_start=START) for each in charters)
    p = [
        [c["p_watch"] for d in documents for c in d["comparisons"] if d["template"] == RATIO]
        for documents in (was, now)
    ]
    assert p[0] == p[1]
    assert p[0]


def test_what_twelve_looks_at_growing_evidence_add_comes_to_its_own_level():
    """Years without any difference, by simulation: 1 in 100 is watched by chance, with growing evidence."""
    rng, years, looks = np.random.default_rng(3), 40_000, 12
    z = np.cumsum(rng.standard_normal((years, looks)), axis=1) / np.sqrt(np.arange(1, looks + 1))
    seen, watched = [], np.zeros(years, dtype=bool)
    for look in range(looks):
        if look:
            seen.append(math.sqrt(look / (look + 1)))
        watched |= z[:, look] < TAIL.inv_cdf(nominal(0.01, seen, looks=looks))
    one = TestedComparison(of="a", watch=(0.001, 0.9), breach=None, correlations=tuple(seen), weight=0.2)
    (found,) = corrected([one], looks=looks, alpha=0.05)
    assert found.at_watch == pytest.approx(nominal(0.01, seen, looks=looks))
    assert watched.mean() == pytest.approx(0.01, abs=4 * math.sqrt(0.01 / years))
    (drift,) = corrected([replace(one, correlations=None)], looks=looks, alpha=0.05)
    assert drift.p_watch == pytest.approx(0.001 * looks)


@pytest.mark.parametrize(("breach", "own"), [(0.8, None), (0.8, 0.01)])
def test_missing_decisions_are_counted_at_the_level_that_each_test_has(breach, own):
    threshold = Threshold(watch=1, breach=breach, watch_alpha=own, status="proposed", since=START)
    measure = comparison(WOMEN, estimate=0.7, error=0.2)
    share = 0.2 if own else 1.0
    needed = more_decisions(MeasureDocument.of(measure), threshold, charter=CHARTER, share=share, decisions=1000)
    z = {0.8: TAIL.inv_cdf(0.95) + TAIL.inv_cdf(0.8), 1: TAIL.inv_cdf(1 - 0.05 * share) + TAIL.inv_cdf(0.8)}
    by_level = {level: (each / ((0.7 - level) / 0.2)) ** 2 for level, each in z.items()}
    assert needed == math.ceil((min(by_level.values()) - 1) * 1000)


def test_questions_without_room_to_their_watch_level_err_one_year_in_a_hundred_and_attributes_share_one_level():
    """Where the level is no difference at all and nothing else is needed to be watched, nothing stands inside it."""
    parity = {"ratio": 1.0, "difference": 0.0, "effect": 0.0}
    for way in CHARTER.ways:
        level = parity.get(judged(way.metric).scale) if way.metric else None
        if level is not None and way.threshold.watch == level and way.threshold.breach is not None:
            assert way.threshold.watch_alpha == 0.01, way.id
    for charter in (CHARTER, *map(load_charter, TEMPLATES.values())):  # each with one to itself would err four times
        assert [way.id for way in charter.ways if way.for_each and way.family == "question"] == []
