"""OSCAL documents: valid by another implementation's models, the same each time, and without what is hidden."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from trestle.oscal import assessment_plan, assessment_results
from trestle.oscal import catalog as catalogs

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.charter.oscal import oscal_files
from boussole.charter.records import stored_audits
from boussole.charter.records.in_force import in_force
from tests.charter.test_rerun import sql

MODELS = {
    "catalog": catalogs.Model,
    "assessment-plan": assessment_plan.Model,
    "assessment-results": assessment_results.Model,
}
Documents = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def workspace(audited_offers: Callable[..., Workspace], tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return audited_offers(tmp_path_factory.mktemp("offers") / "w", clustered=True)


@pytest.fixture(scope="module", params=["fr"])
def files(request: pytest.FixtureRequest, workspace: Workspace) -> Documents:
    return oscal_files(workspace, stored_audits(workspace), lang=request.param)


def only(files: Documents, kind: str) -> Any:
    (found,) = [document[kind] for document in files.values() if kind in document]
    return found


def prop(part: dict[str, Any], name: str) -> str | None:
    return next((each["value"] for each in part.get("props", []) if each["name"] == name), None)


def all_keys(part: Any, key: str) -> list[Any]:
    """Everything that stands under a key, anywhere."""
    if isinstance(part, dict):
        return [value for name, value in part.items() if name == key] + [
            found for value in part.values() for found in all_keys(value, key)
        ]
    return [found for item in part for found in all_keys(item, key)] if isinstance(part, list) else []


@pytest.mark.parametrize("kind", MODELS)
def test_documents_are_valid_for_trestle(files: Documents, kind: str) -> None:
    model = MODELS[kind].model_validate({kind: only(files, kind)})
    again = json.loads(model.model_dump_json(by_alias=True, exclude_none=True))[kind]
    assert set(again) == set(only(files, kind))


def test_trestle_would_refuse_another_document(files: Documents) -> None:
    found = only(files, "assessment-results")
    wrong = [{name: value for name, value in found.items() if name != key} for key in ("uuid", "import-ap", "results")]
    for each in (*wrong, {**found, "other": 1}, {**found, "uuid": "1234"}, {**found, "results": []}):
        with pytest.raises(ValueError, match="validation error"):
            assessment_results.Model.model_validate({"assessment-results": each})


@pytest.mark.costly
def test_no_identifier_is_given_twice_and_every_reference_leads_somewhere(files: Documents) -> None:
    for document in files.values():
        made = [uuid for uuid in all_keys(document, "uuid") if not prop_component(document, uuid)]
        assert len(made) == len(set(made))
        known = set(all_keys(document, "uuid")) | set(all_keys(document, "id"))
        wanted = [href[1:] for href in all_keys(document, "href") if href.startswith("#")]
        wanted += all_keys(document, "observation-uuid") + all_keys(document, "risk-uuid")
        wanted += all_keys(document, "activity-uuid") + all_keys(document, "subject-uuid")
        assert [name for name in wanted if name not in known] == []
        others = [href for href in all_keys(document, "href") if not href.startswith("#")]
        assert set(others) <= set(files)
    objectives = set(all_keys(only(files, "catalog"), "id"))
    assert set(all_keys(only(files, "assessment-results"), "target-id")) <= objectives


def prop_component(document: dict[str, Any], uuid: str) -> bool:
    """Whether a UUID is that of a system, which each result defines anew."""
    return any(item.get("uuid") == uuid for items in all_keys(document, "components") for item in items)


def test_the_catalogue_holds_the_whole_charter(files: Documents, workspace: Workspace) -> None:
    charter, found = in_force(workspace).charter, only(files, "catalog")
    assert [group["id"] for group in found["groups"]] == [article.id for article in charter.articles]
    controls = {control["id"]: control for group in found["groups"] for control in group["controls"]}
    assert set(controls) == {way.id for way in charter.ways}
    ratio = controls["selection_rate_ratio"]
    assert {each["id"]: each["values"] for each in ratio["params"]} == {
        "selection_rate_ratio_watch": ["0.95"],
        "selection_rate_ratio_breach": ["0.8"],
    }
    assert prop(ratio["params"][0], "status") == "proposed"
    laws = {each["uuid"]: each for each in found["back-matter"]["resources"]}
    cited = [laws[link["href"][1:]]["citation"]["text"] for link in ratio["links"] if link["rel"] == "reference"]
    assert len(cited) == len(charter.indicator("selection_rate_ratio").law)
    assert not re.search(r"\{\w+\}", json.dumps(found))


def test_each_verdict_is_a_finding_and_only_kept_is_satisfied(files: Documents, workspace: Workspace) -> None:
    results = only(files, "assessment-results")["results"]
    audits = [audit.document().written() for audit in stored_audits(workspace)]
    assert len(results) == len(audits)
    seen = set()
    for result, audit in zip(results, audits, strict=True):
        assert len(result["findings"]) == len(audit["verdicts"])
        for finding, verdict in zip(result["findings"], audit["verdicts"], strict=True):
            status = finding["target"]["status"]
            assert prop(finding, "verdict") == verdict["verdict"]
            assert (status["state"] == "satisfied") == (verdict["verdict"] == "kept")
            assert status["reason"] == {"kept": "pass", "broken": "fail"}.get(verdict["verdict"], "other")
            assert ("related-risks" in finding) == (verdict["verdict"] == "broken")
            assert finding["description"] in verdict["sentence"].values()
            seen.add(verdict["verdict"])
        broken = [verdict for verdict in audit["verdicts"] if verdict["verdict"] == "broken"]
        assert len(result.get("risks", [])) == len(broken)
    assert {"kept", "unknown", "not_examined"} <= seen


def test_nothing_that_is_hidden_leaves(files: Documents, workspace: Workspace) -> None:
    """The small group is named by no observation, and what is observed is what documents show."""
    results = only(files, "assessment-results")["results"]
    for result, audit in zip(results, stored_audits(workspace), strict=True):
        measures = {measure.id: measure.written() for measure in audit.document().judged_measures}
        told = {prop(each, "measure"): prop(each, "value") for each in result["observations"]}
        assert told == {name: str(measures[str(name)]["value"]) for name in told}
        hidden = {name for name, measure in measures.items() if measure["status"] != "ok"}
        assert any("rare-" in name for name in hidden)
        assert not hidden & set(told)
        assert "rare-" not in json.dumps([each["props"] for each in result["observations"]])


def test_a_changed_document_is_not_exported(audited_offers: Callable[..., Workspace], tmp_path: Path) -> None:
    workspace = audited_offers(tmp_path / "w")
    sql(workspace, "UPDATE audits SET document = replace(document, '\"decisions\":7', '\"decisions\":8')")
    with pytest.raises(BoussoleError, match="not the one that was sealed"):
        oscal_files(workspace, stored_audits(workspace), lang="en")


def test_the_command(command: Any, workspace: Workspace, tmp_path: Path) -> None:
    done = command("--workspace", workspace.home, "export", "oscal", tmp_path / "o", "--lang", "en")
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "o").glob("*.json"))) == 3
    for path in (tmp_path / "o").iterdir():
        document = json.loads(path.read_text(encoding="utf-8"))
        MODELS[next(iter(document))].model_validate(document)
