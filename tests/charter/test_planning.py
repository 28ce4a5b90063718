"""How many decisions it takes: held to simulated logs, to the charter's own test, and to what was counted already."""

from __future__ import annotations

import datetime as dt
import json
import math
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

from boussole.audits.errors import CharterError
from boussole.audits.systems import load_systems
from boussole.audits.uncertainty.looks import nominal
from boussole.audits.uncertainty.tests import p_beyond, p_good
from boussole.charter.document import AuditDocument, MeasureDocument
from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.judging.statistics.planning import Design, planned, plans, soonest
from boussole.charter.judging.statistics.testing import accumulates
from boussole.dashboard.cli.main import app
from tests.charter.builders import CHARTER, WOMEN, comparison, drift, everybody, judge, plain, system
from tests.dashboard.conftest import FIXTURE, _document


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
    spent = nominal(0.05 / 4 * 0.7, growing, looks=12)  # three tenths are for recent months
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


@pytest.fixture(scope="module")
def document():
    return AuditDocument.of(_document("matchft-2"))


@pytest.fixture(scope="module")
def matchft():
    return load_systems(FIXTURE / "systems")["matchft"]


def test_each_judged_comparison_has_its_plan(document, matchft):
    every = plans(document, CHARTER, matchft)
    compared = {each.measure: (verdict, each) for verdict in document.verdicts for each in verdict.comparisons}
    assert every
    for each in every:
        verdict, comparison = compared[each.measure.id]
        assert each.verdict == comparison.verdict
        assert each.question == verdict.indicator
        assert each.counted == document.decisions
        assert each.month == pytest.approx(document.decisions / 92 * 365.25 / 12, rel=0.02)
        if each.scale == "ratio":
            below = each.measure.params.bad_side == "below"
            assert each.truth == pytest.approx(each.level * 0.9 if below else each.level / 0.9)
        assert each.more == (None if each.found is None else max(0, each.found - each.counted))


def scored(document, matchft):
    """A plan of a ratio of shares, and the test that it rests on."""
    every = plans(document, CHARTER, matchft)
    plan = next(each for each in every if each.accumulates and each.scale == "ratio" and each.found and each.kept)
    return plan, plan.measure.params.test.stated


def drawn(test, ratio, times, rng):
    """The same test of so many times the decisions, at a ratio that is really there."""
    (_, cases), n = test["k"], [round(each * times) for each in test["n"]]
    rate = cases / test["n"][1]
    k = rng.binomial(n[0], ratio * rate, 3000), rng.binomial(n[1], rate, 3000)
    return [{**test, "k": list(each), "n": n} for each in zip(*k, strict=True)]


def test_with_as_many_as_a_plan_says_the_gap_is_found(document, matchft):
    plan, test = scored(document, matchft)
    comparison = next(c for v in document.verdicts for c in v.comparisons if c.measure == plan.measure.id)
    alpha = CHARTER.alpha * (comparison.share or 1)
    logs = drawn(test, plan.truth, plan.found / plan.counted, np.random.default_rng(11))
    seen = [p_beyond(each, threshold=plan.level, bad_side="below") <= alpha for each in logs]
    assert np.mean(seen) == pytest.approx(CHARTER.power, abs=0.03)


def test_with_as_many_as_a_plan_says_parity_is_kept(document, matchft):
    plan, test = scored(document, matchft)
    watch = next(c.levels.watch for v in document.verdicts for c in v.comparisons if c.measure == plan.measure.id)
    logs = drawn(test, 1.0, plan.kept / plan.counted, np.random.default_rng(12))
    kept = [
        p_good(each, threshold=plan.level, bad_side="below") <= CHARTER.alpha
        and each["k"][0] / each["n"][0] >= watch * each["k"][1] / each["n"][1]
        for each in logs
    ]
    assert np.mean(kept) == pytest.approx(CHARTER.power, abs=0.04)


def test_a_gap_is_told_from_the_gravest_level_that_it_lies_beyond(document, matchft):
    def levels(gap):
        ratios = [each for each in plans(document, CHARTER, matchft, gap=gap) if each.scale == "ratio"]
        return {each.level for each in ratios if each.measure.params.bad_side == "below"}

    assert levels(0.72) == levels(None) == {0.8}
    assert levels(0.85) == {0.95}, "which is no breach"
    assert levels(0.97) == set(), "which is no gap"


def test_what_is_told_already_is_not_next(document, matchft):
    every = plans(document, CHARTER, matchft)
    some = next(each for each in every if each.accumulates)
    waiting = replace(some, verdict=Verdict.UNKNOWN, counted=100, found=300, most=None)
    assert soonest([waiting]) == waiting
    assert soonest([replace(waiting, found=250), waiting]).found == 250
    for other in (
        replace(waiting, verdict=Verdict.BROKEN),
        replace(waiting, verdict=Verdict.KEPT),
        replace(waiting, accumulates=False),
        replace(waiting, found=None),
        replace(waiting, most=200.0),
        replace(waiting, found=50),
    ):
        assert soonest([other]) is None
    assert soonest([]) is None


def test_more_than_a_year_of_decisions_is_out_of_reach_but_of_a_log_that_is_one_window(document, matchft):
    windows = {kind: matchft.windows.model_copy(update={"audit": kind}) for kind in ("month", "all", "day")}
    for kind, most in (("month", 12.0), ("all", None), ("day", None)):
        system = matchft.model_copy(update={"windows": windows[kind]})
        shares = [each for each in plans(document, CHARTER, system) if each.measure.metric == "selection_rate_ratio"]
        assert {each.most and each.most / each.month for each in shares} == {most}
        assert {each.accumulates for each in shares} == {kind != "day"}
    far = replace(shares[0], found=10**6, counted=10, most=1000.0)
    assert far.out_of_reach
    assert not replace(far, most=None).out_of_reach


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


def test_what_does_not_accumulate_has_no_time():
    """Distances, lists and calibration are judged window by window, and so is a system that is looked at day by day."""
    shares = comparison(WOMEN, estimate=0.97, error=0.17)
    daily = system().model_copy(update={"windows": system().windows.model_copy(update={"audit": "day"})})
    day = dt.date(2026, 1, 1)
    documents = judge(CHARTER, daily, [everybody(2300), shares], window_start=day, window_end=day)
    sentence = next(each for each in documents if each["indicator"] == "selection_rate_ratio_gender")["sentence"]
    assert "about 12,000 more decisions to tell. The figure" in plain(sentence["en"])
    assert accumulates(MeasureDocument.of(shares), system())
    others = [{**shares, "metric": metric} for metric in ("exposure_ratio", "calibration_difference")]
    for other in (drift("score", 0.12), *others):
        assert not accumulates(MeasureDocument.of(other), system())


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
