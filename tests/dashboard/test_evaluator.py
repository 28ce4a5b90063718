"""Gates: the MLflow evaluator, as a data scientist calls it, and audits and comparisons of runs at the command line."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fairlearn.metrics as fm
import jsonschema
import mlflow
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mlflow.utils.validation import _validate_metric_name

from boussole.audits.decisions import ingested_origins
from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.charter.schemas import audit_schema
from boussole.experiments.logging import log_decisions
from tests.as_json import metric_name
from tests.written import system_text

SYSTEM = system_text(
    "essai",
    """
columns:
  id: decision_id
  decided_at: ts
  decision: {column: chosen, selected: [true], not_selected: [false]}
  score: {column: score}
  outcome: {column: good, positive: [1], matures_after_days: 90, observed_for: all, absent: missing}
groups:
  sex: {column: sex, reference: M}
  place: {column: place}
features: [skill]
windows: {reference: 2025-01-01/2025-03-31}
sources: [{mlflow: {experiment: Default}}]
""",
    title="""{fr: "Essai <script>alert(1)</script>", en: "Trial <b>"}""",
)
HIDDEN = "Trinité <&>"
"""A place with five people: it is set apart."""


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    generator = np.random.default_rng(1)
    n = 400
    frame = pd.DataFrame(
        {
            "sex": generator.choice(["F", "M"], n),
            "place": [HIDDEN] * 5 + ["Lille"] * 200 + ["Nice & Cie"] * (n - 205),
            "skill": generator.normal(size=n),
            "y": generator.integers(0, 2, n),
        }
    )
    frame["p"] = 1 / (1 + np.exp(-frame["skill"] - 0.8 * (frame["sex"] == "M")))
    return frame


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory, empty_store: Path):
    """A workspace with the system, and MLflow pointed to its store."""
    workspace = Workspace.create(tmp_path_factory.mktemp("evaluator") / "workspace")
    (workspace.home / "systems" / "essai.yaml").write_text(SYSTEM, encoding="utf-8")
    shutil.copyfile(empty_store, workspace.home / "mlflow.db")
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(workspace.tracking_uri)
    mlflow.create_experiment("trials", artifact_location=(workspace.home / "mlartifacts").as_uri())
    mlflow.set_experiment("trials")
    yield workspace
    mlflow.set_tracking_uri(before)


def config(workspace: Workspace, **more) -> dict:
    return {"system": str(workspace.home / "systems" / "essai.yaml"), **more}


def evaluated(data: pd.DataFrame, settings: dict, **options):
    with mlflow.start_run():
        return mlflow.models.evaluate(data=data, evaluators="boussole", evaluator_config=settings, **options)


@pytest.fixture(scope="module")
def result(home, people):
    """Targets, and scores that decide from 0.5 on."""
    return evaluated(
        people, config(home, threshold=0.5, language="fr"), targets="y", predictions="p", model_type="boussole"
    )


def files(run_id: str, tmp_path: Path) -> dict[str, str]:
    """Every artifact of a run as text."""
    folder = Path(mlflow.artifacts.download_artifacts(run_id=run_id, dst_path=str(tmp_path)))
    return {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in folder.rglob("*.*")}


@pytest.mark.costly
def test_metrics_are_fairlearns(result, people):
    """Of all but those of the place that is set apart, who are in no figure."""
    people = people[people["place"] != HIDDEN]
    decisions, sex = people["p"] >= 0.5, people["sex"]
    rates = fm.MetricFrame(
        metrics={"selection_rate": fm.selection_rate, "false_positive_rate": fm.false_positive_rate},
        y_true=people["y"],
        y_pred=decisions,
        sensitive_features=sex,
    )
    found = result.metrics
    for name in ("selection_rate", "false_positive_rate"):
        assert found[f"boussole/{name}"] == pytest.approx(rates.overall[name])
        for group in ("F", "M"):
            assert found[f"boussole/{name}.sex.{group}"] == pytest.approx(rates.by_group[name][group])
    ratio = rates.by_group["selection_rate"]["F"] / rates.by_group["selection_rate"]["M"]
    assert found["boussole/selection_rate_ratio.sex.F"] == pytest.approx(ratio)
    assert found["boussole/decisions"] == len(people)
    assert found["boussole/rows_set_aside"] == 0


@pytest.mark.costly
def test_the_audit_document_is_valid_and_not_sealed(result):
    document = result.artifacts["boussole_audit"].content
    jsonschema.validate(document, audit_schema())
    assert document["evidence"]["entry"] is None
    assert document["window"]["start"] == document["window"]["end"]
    examined = {v["indicator"]: v["verdict"] for v in document["verdicts"] if v["verdict"] != "not_examined"}
    counted = {key: list(examined.values()).count(key) for key in ("broken", "watch", "unknown", "kept")}
    assert {key: result.metrics[f"boussole/questions.{key}"] for key in counted} == counted
    assert "false_positive_rate_difference_sex" in examined or "true_positive_rate_difference_sex" in examined


def test_hidden_groups_have_no_figure_anywhere(result, tmp_path):
    assert not [name for name in result.metrics if "Trinit" in name]
    written = files(result.run_id, tmp_path)
    assert set(written) == {"boussole/audit.json", "boussole/audit.html", "boussole_measures.json"}
    assert "Trinit" not in written["boussole_measures.json"]
    hidden = [m for m in json.loads(written["boussole/audit.json"])["measures"] if m["status"] == "suppressed"]
    assert hidden
    assert {m["value"] for m in hidden} == {None}


def test_the_page_needs_nothing_else_and_runs_nothing(result):
    page = result.artifacts["boussole_page"].content
    assert page.startswith('<!doctype html>\n<html lang="fr">')
    assert "<script" not in page
    assert "Essai &lt;script&gt;" in page
    assert "verify --ledger" not in page
    assert "default-src 'none'" in html.unescape(page)
    assert set(re.findall(r'(?:src|href)="([a-z]+:)', page)) <= {"data:"}
    assert not re.findall(r"url\((?!\"?data:)", page)


@pytest.mark.costly
def test_decisions_in_the_data_need_no_targets_and_nothing_reaches_the_lake(home, people):
    from boussole.experiments.sync import sync

    data = people.drop(columns=["y", "p"]).assign(chosen=people["p"] > 0.5)
    found = evaluated(data, {"system": "essai", "workspace": home.home}, model_type="boussole")
    assert "boussole/false_positive_rate" not in found.metrics
    assert "boussole/selection_rate" in found.metrics
    (report,) = sync(home, system_id="essai", full=True)
    assert (report.ingested, report.failures) == ((), ())


@pytest.mark.costly
def test_decisions_are_logged_where_asked_and_then_synced(home, people):
    from boussole.experiments.sync import sync

    lone = Workspace.create(home.home.parent / "lone")
    text = SYSTEM.replace("experiment: Default", "experiment: logged")
    (lone.home / "systems" / "essai.yaml").write_text(text, encoding="utf-8")
    (lone.home / "boussole.toml").write_text(f'mlflow_tracking_uri = "{home.tracking_uri}"\n', encoding="utf-8")
    mlflow.create_experiment("logged", artifact_location=(lone.home / "mlartifacts").as_uri())
    mlflow.set_experiment("logged")
    data = people.assign(decision_id=range(len(people)), ts="2026-07-01", score=people["p"], chosen=people["p"] > 0.5)
    found = evaluated(
        data, {"system": "essai", "workspace": lone.home, "log_decisions": True}, targets="y", model_type="boussole"
    )
    mlflow.set_experiment("trials")
    assert mlflow.get_run(found.run_id).data.tags["boussole.system"] == "essai"
    (report,) = sync(lone, system_id="essai")
    assert [item.accepted for item in report.ingested] == [len(people)]
    assert report.failures == ()


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"system": None}, "which system"),
        ({"sytem": "x"}, "Did you mean 'system'"),
        ({"system": "nowhere.yaml"}, "no such system file"),
        ({"predictions": "p"}, "`decision` or `score`"),
        ({"threshold": "high"}, "`threshold` is a number"),
        ({"as_of": "soon"}, "`as_of` is .*, which is no day"),
        ({"language": "de"}, "`language` is one of fr, en"),
        ({"columns": {"sex": ["F"]}}, "`columns` has 1 rows, the data set 400"),
        ({"log_decisions": True}, "need their own decision_id, ts, score"),
    ],
)
def test_a_wrong_setting_is_told(home, people, settings, told):
    data = people.drop(columns=["y", "p"]).assign(chosen=True)
    with pytest.raises(BoussoleError, match=told):
        evaluated(data, config(home) | settings, model_type="boussole")


def test_other_evaluations_are_left_alone(people):
    """With `evaluators=None` MLflow asks every evaluator that is installed."""
    from boussole.dashboard.api.evaluator import BoussoleEvaluator

    assert "boussole" in mlflow.models.list_evaluators()
    assert not BoussoleEvaluator.can_evaluate(model_type="classifier", evaluator_config={})
    assert not BoussoleEvaluator.can_evaluate(model_type="regressor", evaluator_config=None)
    assert BoussoleEvaluator.can_evaluate(model_type="classifier", evaluator_config={"system": "essai"})


VALUES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)


@given(VALUES, VALUES, VALUES, VALUES)
def test_names_are_allowed_by_mlflow_and_tell_measures_apart(one, two, three, four):
    def name(first: str, second: str) -> str:
        return metric_name({"metric": "rate", "by": ["a", "b"], "group": {"a": first, "b": second}})

    _validate_metric_name(name(one, two))
    if (one, two) != (three, four):
        assert name(one, two) != name(three, four)


TRIAL = system_text(
    "essai",
    """
columns:
  id: decision_id
  decided_at: ts
  decision: {column: chosen, selected: [1], not_selected: [0]}
  model_version: version
groups:
  sex: {column: sex, reference: M}
sources: [{mlflow: {experiment: trials}}]
""",
)
Boussole = Callable[..., Any]


def frame(*, women: float, version: str = "v1") -> pd.DataFrame:
    """Four hundred cases of which these shares are chosen, always the first ones."""
    rows = [
        (f"{sex}{i}", "2026-07-01", int(i < 200 * share), sex, version)
        for sex, share in (("F", women), ("M", 0.5))
        for i in range(200)
    ]
    return pd.DataFrame(rows, columns=["decision_id", "ts", "chosen", "sex", "version"])


@pytest.fixture(scope="module")
def trials(tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> Workspace:
    workspace = Workspace.create(tmp_path_factory.mktemp("gates") / "workspace")
    (workspace.home / "systems" / "essai.yaml").write_text(TRIAL, encoding="utf-8")
    shutil.copyfile(empty_store, workspace.home / "mlflow.db")
    return workspace


@pytest.fixture(scope="module")
def runs(trials: Workspace) -> dict[str, str]:
    """Runs by what they hold. MLflow is pointed to their store only while they are logged."""
    made = {"fair": frame(women=0.5), "unfair": frame(women=0.3, version="v2")}
    bad = made["fair"].assign(chosen=np.where(made["fair"].index < 2, 7, made["fair"]["chosen"]))
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(trials.tracking_uri)
    mlflow.create_experiment("trials", artifact_location=(trials.home / "mlartifacts").as_uri())
    mlflow.set_experiment("trials")
    logged = {name: log_decisions(rows, system="essai") for name, rows in (made | {"bad": bad}).items()}
    mlflow.set_tracking_uri(before)
    return logged


@pytest.fixture
def run(boussole: Boussole, command: Boussole, trials: Workspace, tmp_path: Path) -> Boussole:
    """The command line on the workspace; temporary files in a folder of their own, which must end empty."""
    folder = tmp_path / "tmp"
    folder.mkdir()

    def call(*arguments: object, workspace: Workspace | None = trials, alone: bool = False) -> Any:
        """`alone`: in a process of its own, as a build calls it."""
        given = ("--workspace", workspace.home) if workspace else ()
        call = boussole if alone else command
        done = call(*given, *arguments, env={**os.environ, "TMPDIR": str(folder)}, cwd=tmp_path)
        assert list(folder.iterdir()) == []
        return done

    return call


def refused(done: Any, *words: str) -> None:
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr


@pytest.mark.slow
def test_a_run_passes_or_fails_a_build_and_is_not_imported(run, trials, runs):
    assert run("audit", "--run", runs["fair"], "--fail-on", "broken").returncode == 0
    done = run("audit", "--run", runs["unfair"], "--fail-on", "broken", "--json", "-", alone=True)
    assert done.returncode == 1
    document = json.loads(done.stdout)
    assert document["decisions"] == 400
    assert document["evidence"]["entry"] is None
    assert {v["indicator"]: v["verdict"] for v in document["verdicts"]}["selection_rate_ratio_sex"] == "broken"
    assert ingested_origins(trials) == set()
    assert not trials.governance.exists()


def test_rows_left_out_of_a_run_are_told_and_fail_the_build(run, runs):
    done = run("audit", "--run", runs["bad"], "--fail-on", "broken")
    assert done.returncode == 2
    assert "2 of 400 row(s) were left out" in done.stderr
    assert "neither a `selected` nor a `not_selected` value" in done.stderr
    assert "398 decisions" in done.stdout


def test_runs_that_cannot_be_audited_are_told(run, runs):
    refused(run("audit", "--run", "0" * 32), "there is no such run")
    refused(run("audit", "--run", runs["fair"], "--system", "other"), "of the system 'essai', not of 'other'")


@pytest.mark.slow
def test_a_file_is_audited_without_a_workspace(run, tmp_path):
    frame(women=0.3).to_csv(tmp_path / "rows.csv", index=False)
    (tmp_path / "essai.yaml").write_text(TRIAL, encoding="utf-8")
    file = ("audit", "--dry-run", tmp_path / "rows.csv", "--system-file", tmp_path / "essai.yaml")
    assert run(*file, workspace=None).returncode == 0
    done = run(*file, "--fail-on", "broken", "--json", "-", workspace=None, alone=True)
    assert done.returncode == 1
    assert json.loads(done.stdout)["system"] == "essai"
    within = run("audit", "--dry-run", tmp_path / "rows.csv", "--system", "essai", "--fail-on", "broken")
    assert within.returncode == 1


def test_options_that_do_not_fit_are_told(run, runs, tmp_path):
    frame(women=0.5).to_csv(tmp_path / "rows.csv", index=False)
    (tmp_path / "essai.yaml").write_text(TRIAL, encoding="utf-8")
    file, system = tmp_path / "rows.csv", tmp_path / "essai.yaml"
    refused(run("audit", file, "--system", "essai"), "Add --dry-run")
    refused(run("audit", "--dry-run", file), "Give --system-file FILE, or --system ID")
    refused(run("audit", "--system-file", system), "needs a file of decisions")
    refused(run("audit", "--run", runs["fair"], "--system-file", system), "by the system file of its workspace")
    refused(run("audit", "--dry-run", file, "--system", "essai", "--system-file", system), "are two systems")
    refused(run("audit", "--dry-run", tmp_path / "no.csv", "--system-file", system), "there is no such file")


@pytest.mark.slow
def test_a_candidate_run_is_compared_with_the_run_in_production(run, runs):
    done = run("compare", "--run", runs["fair"], "--run", runs["unfair"])
    assert done.returncode == 1
    assert "worse     selection_rate_ratio/sex=F: 1.000 -> 0.600 (x 0.60)" in done.stdout
    alike = ("--run", runs["fair"], "--run", runs["fair"])
    same = run("compare", *alike, "--fail-on", "unknown", "--json", "-", alone=True)
    assert same.returncode == 0
    document = json.loads(same.stdout)
    assert document["verdict"] == "not_worse"
    assert document["rows"][0]["paired"] == 400
    assert run("compare", "--run", runs["fair"], "--run", runs["unfair"], "--fail-on", "nothing").returncode == 0


@pytest.mark.slow
def test_files_are_compared_without_a_workspace(run, tmp_path):
    (tmp_path / "essai.yaml").write_text(TRIAL, encoding="utf-8")
    frame(women=0.5).to_parquet(tmp_path / "production.parquet")
    frame(women=0.3).to_parquet(tmp_path / "candidate.parquet")
    files = ("compare", "production.parquet", "candidate.parquet", "--system-file", "essai.yaml")
    assert run(*files, workspace=None).returncode == 1
    refused(run("compare", "v1", "candidate.parquet", "--system-file", "essai.yaml", workspace=None), "'v1' is no file")


def test_a_comparison_needs_two_versions_of_one_system(run, runs):
    refused(run("compare", "--run", runs["fair"]), "needs two versions, production first; 1 given")
    refused(run("compare", "v1", "v2"), "Give --system-file FILE, or --system ID")
    refused(run("compare", "v1", "v2", "--system", "essai", "--ratio-margin", "1.5"), "makes no sense")
