"""Every effect of the demo can be left out, and then nothing is there; the agency that follows every list is found."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
import yaml

from boussole.experiments.demo.build import system_files
from boussole.experiments.demo.planted import LEFT_OUT, NOTHING, PLANTED, SEED
from boussole.experiments.demo.simulation import Simulation, simulate
from boussole.experiments.demo.texts import texts

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
