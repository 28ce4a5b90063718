"""The demo: its planted truth, measured directly on the simulated log with pandas, without the audit engine."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from boussole.audits.decisions import validate
from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.experiments.demo import FACTS, build
from boussole.experiments.demo.answer_key import facts
from boussole.experiments.demo.model import VERSIONS, week_of
from boussole.experiments.demo.places import AGENCIES, REGIONS
from boussole.experiments.demo.planted import PEOPLE, PLANTED, SEED
from boussole.experiments.demo.simulation import Simulation, simulate
from boussole.experiments.store import quiet_mlflow

SMALL = 1_500


@pytest.fixture(scope="module")
def planted() -> dict[str, Any]:
    return facts(seed=SEED, people=PEOPLE)


@pytest.fixture(scope="module")
def simulation() -> Simulation:
    return simulate(PEOPLE, seed=SEED)


@pytest.fixture(scope="module")
def log(simulation: Simulation) -> pd.DataFrame:
    """The log with the month in Paris and the age band."""
    frame = simulation.log
    band = np.select([frame["age"] < 25, frame["age"] < 50], ["<25", "25-49"], default="50+")
    return frame.assign(month=frame["ts"].dt.tz_convert("Europe/Paris").dt.strftime("%Y-%m"), age=band)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return build(tmp_path_factory.mktemp("demo") / "home", people=SMALL)


@pytest.mark.costly
def test_the_log_is_three_whole_months_of_which_each_person_appears_several_times(log: pd.DataFrame) -> None:
    assert list(log["month"].unique()) == ["2026-07", "2026-08", "2026-09"]
    assert (log.groupby("month").size() > 30_000).all()
    assert log["decision_id"].is_unique
    assert log.groupby("person_id")["offer_id"].nunique().mean() > 4
    assert not log.duplicated(["person_id", "offer_id"]).any()


@pytest.mark.costly
def test_who_has_found_work_is_no_longer_assessed_and_an_offer_is_one_post(log: pd.DataFrame) -> None:
    hired = log[log["hired"].fillna(False).astype(bool)]
    assert not hired["offer_id"].duplicated().any()
    assert not hired["person_id"].duplicated().any()
    week = week_of(log["ts"])
    last = log["person_id"].map(week[hired.index].set_axis(hired["person_id"]))
    assert not (last < week).any()
    assert (log.groupby("offer_id").size() == 20).mean() > 0.999


@pytest.mark.costly
def test_whom_advisers_put_in_and_is_hired_leaves_as_well(simulation: Simulation, log: pd.DataFrame) -> None:
    rows = log.set_index("decision_id").loc[simulation.late.loc[simulation.late["hired"], "decision_id"]]
    assert not rows["person_id"].duplicated().any()
    assert not rows["person_id"].isin(log.loc[log["hired"].fillna(False).astype(bool), "person_id"]).any()
    seen = log.groupby("person_id")["ts"].max().reindex(rows["person_id"]).to_numpy()
    assert ((seen - rows["ts"].to_numpy()) < np.timedelta64(7, "D")).all()


@pytest.mark.costly
def test_messages_come_after_their_decision_and_introductions_after_the_reply(
    simulation: Simulation, log: pd.DataFrame
) -> None:
    sent = simulation.messages[simulation.messages["kind"] == "contact"]
    decided = log.loc[log["contacted"], ["person_id", "ts"]]
    local = decided["ts"].dt.tz_convert("Europe/Paris").dt.tz_localize(None).astype(sent["sent_at"].dtype)
    before = pd.merge_asof(
        sent.sort_values("sent_at"),
        decided.assign(ts=local).sort_values("ts"),
        left_on="sent_at",
        right_on="ts",
        by="person_id",
        direction="backward",
    )
    assert (before["sent_at"] - before["ts"]).max() < pd.Timedelta(days=4)  # the 14th of July after a weekend
    introduced = log[log["presented"]]
    assert log["presented_at"].notna().equals(log["presented"])
    assert (introduced["presented_at"] > introduced["ts"]).all()
    local = introduced["presented_at"].dt.tz_convert("Europe/Paris")
    assert local.dt.hour.between(9, 16).all()
    assert local.dt.dayofweek.max() == 4


def test_the_bias_comes_out_of_models_that_see_no_group(simulation: Simulation) -> None:
    for name, version in simulation.versions.items():
        assert list(version.pipeline.feature_names_in_) == list(VERSIONS[name])
        assert not {"gender", "age", "qpv"} & set(version.features)
    log = simulation.log
    for name, version in simulation.versions.items():
        rows = log[log["model_version"] == name]
        again = version.pipeline.predict_proba(rows[list(version.features)])[:, 1]
        np.testing.assert_allclose(again, rows["score"], atol=1e-6)


@pytest.mark.costly
def test_rank_threshold_and_stages_agree(log: pd.DataFrame) -> None:
    """But for young people who are passed over, and those who stand in for them."""
    told = log[log["shortlisted"] != ((log["score"] >= log["threshold"]) & (log["rank"] <= 10))]
    assert set(told["age"]) <= {"<25"}
    log = simulate(SMALL, seed=SEED, effects=dataclasses.replace(PLANTED, forgotten_young=0.0)).log
    ordered = log.sort_values(["offer_id", "rank"])
    pools = ordered.groupby("offer_id")["rank"].apply(list)
    assert all(ranks == list(range(1, len(ranks) + 1)) for ranks in pools)
    assert pools.str.len().eq(20).mean() > 0.8  # of so few people some families run out of those who have no work
    assert (ordered.groupby("offer_id")["score"].diff().dropna() <= 0).all()
    assert log["shortlisted"].equals((log["score"] >= log["threshold"]) & (log["rank"] <= 10))
    assert log["contacted"].equals(log["shortlisted"] & (log["rank"] <= 8))
    for later, earlier in (("replied", "contacted"), ("presented", "replied")):
        assert not (log[later] & ~log[earlier]).any()
    assert not (log["hired"].fillna(False) & ~log["presented"]).any()


@pytest.mark.costly
def test_the_same_seed_gives_the_same_log_and_another_one_another() -> None:
    first, second, other = (simulate(SMALL, seed=seed).log for seed in (7, 7, 8))
    pd.testing.assert_frame_equal(first, second)
    assert not first["score"].equals(other["score"])


@pytest.mark.costly
def test_the_workspace_holds_systems_facts_models_and_weeks(small: Workspace) -> None:
    assert sorted(small.systems) == ["chatft", "matchft"]
    assert small.systems["chatft"].columns is None
    assert json.loads((small.home / FACTS).read_text(encoding="utf-8")) == facts(seed=SEED, people=SMALL)
    store = quiet_mlflow().MlflowClient(tracking_uri=small.tracking_uri)
    experiment = store.get_experiment_by_name("matchft")
    runs = store.search_runs([experiment.experiment_id], max_results=100)
    trained = {run.data.params["model_version"] for run in runs if "estimator" in run.data.params}
    assert trained == {"1.4", "2.0"}
    logged = [run for run in runs if run.data.tags.get("boussole.system") == "matchft"]
    weeks = [run for run in logged if store.list_artifacts(run.info.run_id, "boussole/decisions")]
    late = [run for run in logged if store.list_artifacts(run.info.run_id, "boussole/outcomes")]
    assert 1 <= len(late) <= 3  # months in which advisers put somebody in
    # months of reviews, uses, accounts and controls; the counts of agencies
    assert len(logged) == len(weeks) + len(late) + 3 * 4 + 1
    assert len(weeks) == 15  # fourteen ISO weeks touch July to September 2026; the version changes within one
    for run in weeks:
        files = [item.path for item in store.list_artifacts(run.info.run_id, "boussole/decisions")]
        assert sorted(path.rpartition(".")[2] for path in files) == ["json", "parquet"]  # its schema, its rows
        assert run.data.tags["boussole.model_version"] == run.data.params["model_version"]


@pytest.mark.costly
def test_the_logged_model_can_be_loaded_and_scores_as_logged(small: Workspace, tmp_path: Path) -> None:
    mlflow = quiet_mlflow()
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(small.tracking_uri)
    try:
        (found,) = mlflow.search_logged_models(
            experiment_ids=[mlflow.get_experiment_by_name("matchft").experiment_id],
            filter_string="params.model_version = '2.0'",
            output_format="list",
        )
        model = mlflow.sklearn.load_model(found.model_uri)
    finally:
        mlflow.set_tracking_uri(before)
    log = simulate(SMALL, seed=SEED).log
    rows = log[log["model_version"] == "2.0"]
    np.testing.assert_allclose(model.predict_proba(rows[list(VERSIONS["2.0"])])[:, 1], rows["score"], atol=1e-6)


@pytest.mark.costly
def test_building_again_adds_no_run(small: Workspace) -> None:
    store = quiet_mlflow().MlflowClient(tracking_uri=small.tracking_uri)
    experiment = store.get_experiment_by_name("matchft").experiment_id
    before = {run.info.run_id for run in store.search_runs([experiment])}
    build(small.home, people=SMALL)
    assert {run.info.run_id for run in store.search_runs([experiment])} == before


@pytest.mark.costly
def test_the_logged_weeks_meet_the_contract_of_their_system(small: Workspace) -> None:
    files = sorted((small.home / "mlartifacts").rglob("boussole/decisions/*.parquet"))
    reports = [validate(small, small.system("matchft"), file) for file in files]
    assert sum(report.accepted for report in reports) == len(simulate(SMALL, seed=SEED).log)
    assert sum(report.quarantined for report in reports) == 0


@pytest.mark.costly
def test_a_demo_never_mixes_with_something_else(small: Workspace, tmp_path: Path) -> None:
    with pytest.raises(BoussoleError, match="holds a demo with other numbers"):
        build(small.home, people=SMALL + 1)
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(BoussoleError, match="not empty and holds no demo"):
        build(tmp_path)
    with pytest.raises(BoussoleError, match="3 people cannot be simulated"):
        build(tmp_path / "new", people=3)
    assert not (tmp_path / "new").exists()


@pytest.mark.costly
def test_every_log_names_the_same_agencies_which_have_started(simulation: Simulation, log: pd.DataFrame) -> None:
    listed = simulation.agencies.groupby("agency")["started"].first()
    day = log["ts"].dt.tz_convert("Europe/Paris").dt.strftime("%Y-%m-%d")
    assert (log["agency"].map(listed) <= day).all()
    assert log["agency"].nunique() == 123
    done = simulation.reviews.merge(log[["decision_id", "agency"]], on="decision_id", suffixes=("", "_decided"))
    assert done["agency"].equals(done["agency_decided"])
    assert (simulation.reviews["agent"].str.split("-").str[0] == simulation.reviews["agency"]).all()
    where = AGENCIES.set_index("agency")["region"]
    assert (simulation.uses["region"] == simulation.uses["agency"].map(where)).all()
    assert set(simulation.texts["team"]) <= set(listed.index)
    months = log.groupby("month")["agency"].nunique()
    assert months.is_monotonic_increasing
    assert months.iloc[0] < months.iloc[-1]


@pytest.mark.costly
def test_people_are_assessed_by_agencies_of_the_region_where_they_live(
    simulation: Simulation, log: pd.DataFrame
) -> None:
    where = log["agency"].map(AGENCIES.set_index("agency")["region"]).groupby(log["person_id"])
    assert (where.nunique() == 1).all()
    departments = {each.name: set(each.departments) for each in REGIONS}
    sent = simulation.messages
    region = sent["person_id"].map(where.first())
    assert all(of in departments[name] for of, name in zip(sent["department"], region, strict=True))


def test_offers_have_a_season(log: pd.DataFrame) -> None:
    lists = log.drop_duplicates("offer_id").groupby("month").size()
    days = pd.Series({"2026-07": 23, "2026-08": 21, "2026-09": 22})
    daily = lists / days
    assert daily["2026-08"] < daily["2026-07"] < daily["2026-09"]
    hotels = log["rome_family"].eq("G").groupby(log["month"]).mean()
    assert hotels["2026-09"] < 0.85 * hotels["2026-08"]
