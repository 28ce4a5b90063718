"""Every effect of the demo can be left out, and then nothing is there; each is found when it alone is planted."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from benchmarks.planted.effects import EFFECTS, Effect
from benchmarks.planted.results import Result
from benchmarks.planted.runs import run
from benchmarks.planted.sizes import SIZES
from boussole.audits.workspace import Workspace
from boussole.charter.judging.verdicts import judge
from boussole.charter.records import statements
from boussole.charter.records.facts import Facts
from boussole.dashboard.cli.demo_work import explain_late
from boussole.experiments.demo.build import NEGLECTS, system_files
from boussole.experiments.demo.planted import LEFT_OUT, NOTHING, PLANTED, SEED
from boussole.experiments.demo.simulation import Simulation, simulate
from boussole.experiments.demo.texts import texts
from tests.charter.builders import CHARTER, system

STAYS = {
    "men_part_time": "how many men have a part-time past; nothing hangs on it where it is held against nobody",
    "returns_added": "a use after which nothing became better is rightly watched",
    "writers_without_factor": "none in the demo",
    "reworked_since": "not in the demo",
    **dict.fromkeys(LEFT_OUT, "not in the demo"),
}


@pytest.fixture(scope="module")
def nothing() -> Simulation:
    return simulate(3_000, seed=SEED, effects=NOTHING)


def test_every_effect_is_left_out_where_nothing_is_planted() -> None:
    same = {
        each.name for each in dataclasses.fields(PLANTED) if getattr(PLANTED, each.name) == getattr(NOTHING, each.name)
    }
    assert same == {*STAYS}


@pytest.mark.costly
def test_where_nothing_is_planted_nobody_is_treated_otherwise(nothing: Simulation) -> None:
    log = nothing.log
    old, woman = log["age"] >= 50, log["gender"] == "F"
    rates = [log.loc[which, "contacted"].mean() for which in (old, ~old, woman, ~woman)]
    assert max(rates) / min(rates) < 1.06  # of 3,000 people; 0.62 to 0.75 where it is planted
    before, after = (log.loc[log["model_version"] == each, ["distance_km", "score"]] for each in ("1.4", "2.0"))
    assert (before.mean() / after.mean()).between(0.97, 1.03).all()  # 0.75 and 0.8 where it is planted


@pytest.mark.costly
def test_where_nothing_is_planted_the_published_figures_of_the_trial_come_out(nothing: Simulation) -> None:
    """Nine in ten reply within five hours, the median after 19 minutes; close to a third of offers end in a hire."""
    sent = nothing.messages[nothing.messages["kind"] == "contact"]
    minutes = (sent["replied_at"] - sent["sent_at"]).dt.total_seconds() / 60
    assert 0.88 < (minutes <= 300).mean() < 0.92
    assert 17.5 < minutes.median() < 20.5
    introduced = nothing.log[nothing.log["presented"]]
    assert 0.45 < (introduced["presented_at"] - introduced["ts"] <= pd.Timedelta(hours=24)).mean() < 0.55
    hired = nothing.log["hired"].fillna(False).groupby(nothing.log["offer_id"]).sum()
    assert 0.28 < hired.mean() < 0.38
    assert hired.max() == 1  # an offer is one post


def test_so_many_times_the_texts() -> None:
    counts = [texts(rng=np.random.default_rng(3), times=times).groupby("month").size() for times in (0.25, 0.5)]
    assert [list(each) for each in counts] == [[1550] * 3, [3100] * 3]


def test_system_files_hold_as_much_neglect_as_is_planted() -> None:
    some = dataclasses.replace(PLANTED, unexamined_days=20, rules_months=14, review_days_late=3)
    kept, mended, less = (
        {name: yaml.safe_load(text) for name, text in system_files(effects).items()}
        for effects in (PLANTED, NOTHING, some)
    )
    assert kept.keys() == mended.keys() == {"matchft.yaml", "chatft.yaml"}
    assert {*mended["matchft.yaml"]["versions"]} - {*kept["matchft.yaml"]["versions"]} == {"2.0"}
    dates = mended["chatft.yaml"]["dates"]
    assert dates["ethics_review"] <= str(dates["trial"]) < str(kept["chatft.yaml"]["dates"]["ethics_review"])
    changed = {name for each in kept for name in kept[each] if kept[each][name] != mended[each][name]}
    assert changed == {"versions", "public_rules", "dates"}
    assert less["matchft.yaml"]["versions"]["2.0"]["examined_on"] == "2026-09-21"
    assert less["matchft.yaml"]["public_rules"]["updated_on"] == "2025-07-01"
    assert less["chatft.yaml"]["dates"]["ethics_review"] == "2025-11-06"
    assert (kept["chatft.yaml"]["dates"]["ethics_review"] - dates["trial"]).days == PLANTED.review_days_late


ALONE = [each for each in EFFECTS if each.switch]
RECORDED = {"late_explanations"}
"""What no run holds, as it is recorded and not logged."""


def test_every_effect_that_is_left_out_or_neglected_has_a_question_that_finds_it() -> None:
    assert {each.switch for each in ALONE} | RECORDED == {*LEFT_OUT, *NEGLECTS}
    for name, size in LEFT_OUT.items():
        assert getattr(PLANTED, name) == getattr(NOTHING, name) == 0 < size


@pytest.fixture(scope="module")
def unplanted() -> dict[str, Result]:
    """By system, what is said where nothing is planted."""
    return {name: run((name, "nothing", SIZES["demo"][name], SEED)) for name in ("matchft", "chatft")}


@pytest.mark.slow
@pytest.mark.parametrize("effect", ALONE, ids=[each.switch for each in ALONE])
def test_an_effect_is_found_when_it_alone_is_planted(effect: Effect, unplanted: dict[str, Result]) -> None:
    found = run((effect.system, effect.switch, SIZES["demo"][effect.system], SEED))
    assert effect.found_in(found)
    assert not effect.found_in(unplanted[effect.system])


@pytest.mark.parametrize(("late", "verdict"), [(0, "not_examined"), (LEFT_OUT["late_explanations"], "broken")])
def test_explanations_that_come_too_late_break_the_promise(tmp_path: Path, late: int, verdict: str) -> None:
    workspace, today = Workspace.create(tmp_path / "w"), dt.date(2026, 12, 1)
    explain_late(workspace, today=today, effects=dataclasses.replace(NOTHING, late_explanations=late))
    listed = system(id="matchft")
    facts = Facts(as_of=today, sealed=statements(workspace))
    documents = judge(CHARTER, listed, [], window_start=dt.date(2026, 9, 1), facts=facts)
    (found,) = (each for each in documents if each.template == "explanation_in_time")
    assert found.verdict == verdict
