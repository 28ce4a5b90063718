"""The demo: a log that agrees with itself, and a workspace that holds it whole, once and with nothing else."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from boussole.audits.decisions import validate
from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.experiments.demo import FACTS, build
from boussole.experiments.demo.answer_key import facts
from boussole.experiments.demo.model import VERSIONS
from boussole.experiments.demo.planted import PLANTED, SEED
from boussole.experiments.demo.simulation import simulate
from boussole.experiments.store import quiet_mlflow

SMALL = 1_500


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return build(tmp_path_factory.mktemp("demo") / "home", people=SMALL)


def test_the_bias_comes_out_of_models_that_see_no_group() -> None:
    simulation = simulate(SMALL, seed=SEED)
    for name, version in simulation.versions.items():
        assert list(version.pipeline.feature_names_in_) == list(VERSIONS[name])
        assert not {"gender", "age", "qpv"} & set(version.features)
    log = simulation.log
    for name, version in simulation.versions.items():
        rows = log[log["model_version"] == name]
        again = version.pipeline.predict_proba(rows[list(version.features)])[:, 1]
        np.testing.assert_allclose(again, rows["score"], atol=1e-6)


@pytest.mark.costly
def test_rank_threshold_and_stages_agree() -> None:
    """Where no young people are passed over."""
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
    hired = log[log["hired"].fillna(False).astype(bool)]
    assert hired["presented"].all()
    for once in ("offer_id", "person_id"):  # an offer is one post, and who has found work is no longer assessed
        assert not hired[once].duplicated().any()


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
