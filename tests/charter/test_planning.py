"""How many decisions it takes: held to simulated logs, to the charter's own test, and to what was counted already."""

from __future__ import annotations

import datetime as dt
import json
import math

import numpy as np
import pytest
from typer.testing import CliRunner

from boussole.audits.errors import CharterError
from boussole.audits.uncertainty.looks import nominal
from boussole.audits.uncertainty.score import ratio_z
from boussole.audits.uncertainty.tests import at_truth, decisions_needed, p_beyond, p_good, times_needed
from boussole.charter.document import AuditDocument
from boussole.charter.judging.planning import Design, planned, plans, soonest
from boussole.charter.judging.testing import TOGETHER
from boussole.charter.text.loading import load_charter
from boussole.dashboard.cli.main import app
from tests.charter.builders import CHARTER, WOMEN, comparison, everybody, judge, plain, system
from tests.dashboard.conftest import _document

SCORE = {"kind": "score_ratio", "k": [145.0, 300.0], "n": [500, 1000]}


def found(design, n, level, truth, *, alpha, rng, logs=3000):
    """How often logs of so many decisions show a ratio below the level."""
    sizes = [round(n * part) for part in (design.share, 1 - design.share)]
    k = rng.binomial(sizes[0], truth * design.rate, logs), rng.binomial(sizes[1], design.rate, logs)
    tests = [{"kind": "score_ratio", "k": list(pair), "n": sizes} for pair in zip(*k, strict=True)]
    return float(np.mean([p_beyond(each, threshold=level, bad_side="below") <= alpha for each in tests]))


@pytest.mark.parametrize("design", [Design(share=0.5, rate=0.3, looks=1), Design(share=0.1, rate=0.2, looks=1)])
@pytest.mark.parametrize(("level", "truth"), [(0.8, 0.72), (0.95, 0.8)])
def test_as_many_as_planned_find_the_gap_in_four_logs_of_five(design, level, truth):
    n = planned(design, level=level, truth=truth)
    assert found(design, n, level, truth, alpha=0.05, rng=np.random.default_rng(8)) == pytest.approx(0.8, abs=0.03)


def test_looks_and_comparisons_cost_what_the_charter_makes_them_cost():
    design = Design(share=0.5, rate=0.3, looks=12, comparisons=4)
    growing = [math.sqrt(look / (look + 1)) for look in range(1, 12)]
    spent = nominal(0.05 / 4 * TOGETHER, growing, looks=12)
    n = planned(design, level=0.8, truth=0.72)
    assert found(design, n, 0.8, 0.72, alpha=spent, rng=np.random.default_rng(9)) == pytest.approx(0.8, abs=0.03)
    assert n > planned(Design(share=0.5, rate=0.3), level=0.8, truth=0.72) > 6613


def test_people_of_many_decisions_make_it_longer():
    one, ten = (planned(Design(share=0.5, rate=0.3, each=each), level=0.8, truth=0.72) for each in (1, 10))
    assert ten == pytest.approx((1 + 9 * 0.2) * one, rel=1e-3)


@pytest.mark.parametrize("wrong", [{"share": 0.0}, {"share": 1.0}, {"rate": 0.0}, {"each": 0.5}, {"alike": 1.5}])
def test_a_design_that_cannot_be_is_refused(wrong):
    with pytest.raises(CharterError, match=next(iter(wrong))):
        Design(**{"share": 0.4, "rate": 0.3, **wrong})


def test_no_number_of_decisions_tells_a_gap_from_itself():
    with pytest.raises(CharterError, match="80 is not below the level 80"):
        planned(Design(share=0.4, rate=0.3), level=0.8, truth=0.8)


def test_a_test_at_another_truth_keeps_its_reference():
    there = at_truth(SCORE, 0.72)
    assert there["k"][1] == SCORE["k"][1]
    assert ratio_z(there["k"], there["n"], ratio=0.72) == pytest.approx(0.0, abs=1e-9)
    assert (
        at_truth({"kind": "jackknife", "transform": "log", "estimate": 0.9, "se": 0.1, "df": 30}, 0.5)["estimate"]
        == 0.5
    )
    assert at_truth({"kind": "noncentral_chi2"}, 0.5) is None
    assert at_truth(SCORE, 4.0) is None
    assert at_truth({**SCORE, "kind": "score_difference"}, -0.1)["k"][0] == pytest.approx(0.2 * 500)


def test_more_and_in_all_are_told_alike():
    more = decisions_needed(SCORE, threshold=0.8, bad_side="below", n=1500)
    assert more == math.ceil((times_needed(SCORE, threshold=0.8) - 1) * 1500)


@pytest.fixture(scope="module")
def document():
    return AuditDocument.of(_document("matchft-2"))


def test_each_judged_comparison_has_its_plan(document):
    charter = load_charter()
    every = plans(document, charter)
    assert {each.measure.id for each in every} <= {each.measure for v in document.verdicts for each in v.comparisons}
    assert every
    for each in every:
        assert each.counted == document.decisions
        assert each.month == pytest.approx(document.decisions / 92 * 365.25 / 12, rel=0.02)
        if each.scale == "ratio":
            below = each.measure.params.bad_side == "below"
            assert each.truth == pytest.approx(each.level * 0.9 if below else each.level / 0.9)
        assert each.more == (None if each.found is None else max(0, each.found - each.counted))


def test_a_wider_gap_takes_fewer_decisions(document):
    charter = load_charter()
    wide, narrow = (
        {each.measure.id: each for each in plans(document, charter, gap=gap) if each.scale == "ratio"}
        for gap in (0.5, 0.75)
    )
    assert wide
    assert all(narrow[name].found is None or each.found < narrow[name].found for name, each in wide.items())


def test_soonest_is_the_one_that_lacks_least(document):
    every = plans(document, load_charter())
    lacking = [each.more for each in every if each.more]
    assert soonest(every) is None if not lacking else soonest(every).more == min(lacking)
    assert soonest([]) is None


def test_as_many_as_planned_show_that_it_is_kept():
    """With no gap at all, and as many decisions as `kept` says, the charter's own test says kept in four of five."""
    measures = [everybody(1500), comparison(WOMEN, estimate=0.97, error=0.17)]
    documents = judge(CHARTER, system(), measures, window_start=dt.date(2026, 9, 1), window_end=dt.date(2026, 9, 30))
    told = next(each for each in documents if each["indicator"] == "selection_rate_ratio_gender")
    assert told["verdict"] == "unknown"
    rng = np.random.default_rng(10)
    n = 2000
    times = times_needed(at_truth({"kind": "score_ratio", "k": [300, 300], "n": [n / 2, n / 2]}, 1.0), threshold=0.8)
    size = math.ceil(times * n / 2)
    k = rng.binomial(size, 0.3, (3000, 2))
    sure = [
        p_good({"kind": "score_ratio", "k": list(each), "n": [size, size]}, threshold=0.8, bad_side="below") <= 0.05
        for each in k
    ]
    assert np.mean(sure) == pytest.approx(0.8, abs=0.03)


@pytest.mark.parametrize(
    ("days", "english"),
    [(1, "less than a month of them"), (30, "about 5 months of them"), (334, "about 5 years of them")],
)
def test_a_sentence_says_how_long_it_takes(days, english):
    """2,300 decisions in the window; about 12,000 more."""
    start = dt.date(2026, 1, 1)
    documents = judge(
        CHARTER,
        system(),
        [everybody(2300), comparison(WOMEN, estimate=0.97, error=0.17)],
        window_start=start,
        window_end=start + dt.timedelta(days=days - 1),
    )
    sentence = next(each for each in documents if each["indicator"] == "selection_rate_ratio_gender")["sentence"]
    assert f"it would take about 12,000 more decisions to tell, {english}." in plain(sentence["en"])
    assert "décisions de plus pour trancher, soit " in plain(sentence["fr"])


def ran(*words):
    return CliRunner().invoke(app, ["plan", *words])


def test_the_command_plans_what_is_not_there_yet():
    done = ran("--share", "40", "--rate", "30", "--month", "4000")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("To find 72 for 100 where the level is 80: about ")
    assert "about 4 months." in done.stdout
    written = json.loads(ran("--share", "40", "--rate", "30", "--json", "-").stdout)
    expected = planned(Design(share=0.4, rate=0.3, comparisons=6), level=0.8, truth=0.72)
    assert (written["schema"], written["found"]) == ("boussole.plan/1", expected)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "a plan needs an audited system"),
        (("--share", "40"), "a plan needs an audited system"),
        (("--share", "40", "--rate", "30", "--gap", "85"), "is not below the level"),
        (("--share", "140", "--rate", "30"), "share is out of its range"),
        (("--share", "40", "--rate", "30", "--gap", "0"), "--gap lies between 0 and 100"),
    ],
)
def test_the_command_says_what_it_lacks(words, told):
    done = ran(*words)
    assert done.exit_code != 0
    assert told in f"{done.output} {done.exception}"
