"""The MLflow evaluator, as a data scientist calls it: `mlflow.models.evaluate(…, evaluators="boussole")`."""

from __future__ import annotations

import html
import json
import re
import shutil
from pathlib import Path

import fairlearn.metrics as fm
import jsonschema
import mlflow
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mlflow.utils.validation import _validate_metric_name

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.charter.schemas import audit_schema
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
