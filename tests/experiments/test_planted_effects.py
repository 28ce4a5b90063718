"""Every effect of the demo can be left out, and then nothing is there; the agency that follows every list is found."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
import yaml

from boussole.audits.uncertainty.exact import exact_ends
from boussole.experiments.demo.answer_key import facts
from boussole.experiments.demo.planted import BLIND, LEFT_OUT, MONTHS, NOTHING, PEOPLE, PLANTED, SEED
from boussole.experiments.demo.simulation import Simulation, simulate
from boussole.experiments.demo.system_files import system_files
from boussole.experiments.demo.texts import texts
from tests.experiments.simulated import reviewed

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
    """Nine in ten of those contacted reply within five hours, the median first reply comes after 19 minutes or so, half
    of the introductions within a day of the list, and close to a third of the offers end in a hire."""
    sent = nothing.messages[nothing.messages["kind"] == "contact"]
    minutes = (sent["replied_at"] - sent["sent_at"]).dt.total_seconds() / 60
    assert 0.88 < (minutes <= 300).mean() < 0.92
    assert 17.5 < minutes.median() < 20.5
    introduced = nothing.log[nothing.log["presented"]]
    assert 0.45 < (introduced["presented_at"] - introduced["ts"] <= pd.Timedelta(hours=24)).mean() < 0.55
    hired = nothing.log["hired"].fillna(False).groupby(nothing.log["offer_id"]).sum()
    assert 0.28 < hired.mean() < 0.38
    assert hired.max() == 1  # an offer is one post


def changed_by_agency(done: pd.DataFrame, log: pd.DataFrame) -> pd.DataFrame:
    """Of each month and agency, the lists and how many of them were changed."""
    found = done.merge(log[["decision_id", "offer_id", "contacted"]], on="decision_id")
    found["changed"] = found["kept"] != found["contacted"]
    lists = found.groupby(["month", "agency", "agent", "offer_id"], as_index=False)["changed"].any()
    return lists.groupby(["month", "agency"])["changed"].agg(["sum", "size"])


@pytest.mark.costly
def test_one_agency_follows_every_list_and_only_where_that_is_planted() -> None:
    log = simulate(PEOPLE // 2, seed=SEED).log
    planted, clean = (
        changed_by_agency(reviewed(log, effects), log)
        for effects in (PLANTED, dataclasses.replace(PLANTED, blind_agency=False))
    )
    july = planted.loc[MONTHS[0]]
    assert facts(seed=SEED, people=PEOPLE)["reviews"]["by_agency"]["agency"] == BLIND
    assert planted.xs(BLIND, level="agency")["sum"].to_list()[:2] == [0, 0]
    assert july["size"].idxmax() == BLIND
    assert 0.08 < july["sum"].drop(BLIND).sum() / july["size"].drop(BLIND).sum() < 0.16
    assert 0.05 < clean.loc[(MONTHS[0], BLIND), "sum"] / clean.loc[(MONTHS[0], BLIND), "size"] < 0.2
    # A month of it is enough to be set apart from all others, with a part of the level for each of 111 agencies.
    assert exact_ends(0.0, july.loc[BLIND, "size"], chance=0.05 / 111)[1] < 0.12


def outcomes(log: pd.DataFrame) -> Sequence[float]:
    """Of each month, the share of texts that were edited or rejected."""
    return list((log["outcome"] != "kept").groupby(log["month"]).mean())


def test_agents_rework_fewer_texts_only_where_that_is_planted() -> None:
    as_ever = outcomes(texts(rng=np.random.default_rng(3), times=0.2))
    assert min(as_ever) > 0.38
    rare = outcomes(
        texts(rng=np.random.default_rng(3), effects=dataclasses.replace(NOTHING, reworked_since=0.001), times=0.2)
    )
    assert min(rare[:2]) > 0.38
    assert rare[2] < 0.01


def test_so_many_times_the_texts() -> None:
    counts = [texts(rng=np.random.default_rng(3), times=times).groupby("month").size() for times in (0.25, 0.5)]
    assert [list(each) for each in counts] == [[1550] * 3, [3100] * 3]


def test_system_files_hold_as_much_neglect_as_is_planted() -> None:
    kept, mended, less = (
        {name: yaml.safe_load(text) for name, text in system_files(effects).items()}
        for effects in (
            PLANTED,
            NOTHING,
            dataclasses.replace(PLANTED, unexamined_days=20, rules_months=14, review_days_late=3),
        )
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
