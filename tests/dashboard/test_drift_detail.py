"""Evidently's report on two windows: made once, stored, on the page, at the command line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from jsonschema import Draft202012Validator

from boussole.audits.decisions import ingest
from boussole.audits.drift import stored
from boussole.audits.drift.distances import METRICS as DISTANCES_OF
from boussole.audits.drift.measures import METRICS as INDICES
from boussole.audits.drift.pairs import exact_pair, window_asked
from boussole.audits.errors import ReportError
from boussole.audits.retention.purge import purge
from boussole.audits.systems import load_system
from boussole.audits.workspace import Workspace
from boussole.charter.document.differences.distances import DriftDocument
from boussole.charter.schemas import audit_schema, drift_schema
from boussole.dashboard.cli.audits import DISTANCES
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.drift import view
from boussole.dashboard.pages.drift.evidently_report import ReportView, header, make
from boussole.dashboard.views.drift.view import DriftQuery
from tests.conftest import Run
from tests.written import system_text

TEXT = """
columns:
  id: ref
  decided_at: day
  decision: {column: taken, selected: [true], not_selected: [false]}
  score: {column: score, range: [0, 1]}
features: [distance, gone, turned]
groups: {gender: {column: sex}}
windows: {audit: month, reference: "2026-01-01/2026-01-31"}
"""
FEBRUARY, JANUARY = window_asked("2026-02-01/2026-02-28"), window_asked("2026-01-01/2026-01-31")
FORM = Draft202012Validator(drift_schema())
NAME = "2026-02-01_2026-02-28_vs_2026-01-01_2026-01-31"


def log(month: int, rows: int) -> pd.DataFrame:
    random = np.random.default_rng(month)
    return pd.DataFrame(
        {
            "ref": [f"person-{month}-{i}" for i in range(rows)],
            "day": pd.Timestamp(f"2026-{month:02}-01") + pd.to_timedelta(random.integers(0, 28, rows), unit="D"),
            "taken": random.random(rows) < 0.3,
            "score": random.random(rows),
            "distance": random.normal(20 + 8 * (month > 1), 5, rows),
            "gone": np.full(rows, np.nan) if month > 1 else random.random(rows),
            "turned": random.integers(0, 5, rows).astype(str) if month > 1 else random.integers(0, 5, rows),
            "sex": random.choice(["sexF", "sexM"], rows),
        }
    )


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = Workspace.create(tmp_path_factory.mktemp("detail") / "workspace")
    file = made.home / "systems" / "jobs.yaml"
    file.write_text(system_text("jobs", TEXT, title="{fr: Emplois, en: Jobs <b>}"), encoding="utf-8")
    for month, rows in ((1, 400), (2, 300)):
        path = made.home / f"log-{month}.parquet"
        log(month, rows).to_parquet(path)
        ingest(made, load_system(file), path)
    return made


@pytest.fixture(scope="module")
def made(workspace: Workspace) -> ReportView:
    return make(workspace, exact_pair(workspace, workspace.system("jobs"), window=FEBRUARY), size=200)


@pytest.mark.costly
def test_page_and_figures_are_kept_for_their_owner_and_name_each_other(made: ReportView) -> None:
    place = made.place
    assert (place.html.name, place.json.name) == (f"{NAME}.html", f"{NAME}.json")
    assert {oct(path.stat().st_mode & 0o777) for path in (place.html, place.json)} == {"0o600"}
    assert place.html.parent.stat().st_mode & 0o077 == 0
    document, page = json.loads(place.json.read_text("utf-8")), place.html.read_text("utf-8")
    assert document["html_sha256"] == stored.sha256_of(page)
    assert made.sha256 == stored.sha256_of(place.json.read_text("utf-8"))
    assert document["schema"] == "boussole.drift/1"
    assert [error.message for error in FORM.iter_errors(document)] == []
    assert DriftDocument.read(place.json.read_bytes()).written() == document
    assert document["evidently"]["drawn"] == {"window": 200, "against": 200}
    assert document["evidently"]["left_out"] == ["gone"]
    assert document["decisions"] == {"window": 300, "against": 400}
    assert stored.scripts_of(place) == document["scripts"]
    # What was decided and the score come first, then what moved most.
    assert document["evidently"]["columns"] == ["score", "decision", "distance", "turned"]


def test_the_form_of_the_json_is_closed_and_knows_every_measure() -> None:
    schema = drift_schema()
    Draft202012Validator.check_schema(schema)
    measure = audit_schema()["$defs"]["MeasureDocument"]
    every = schema["properties"]["measures"]["items"]["discriminator"]["mapping"]
    assert every.keys() == {metric.name for metric in (*INDICES, *DISTANCES_OF)}
    for ref in every.values():
        distance = schema["$defs"][ref.rpartition("/")[2]]
        assert distance["properties"].keys() == measure["properties"].keys() - {
            "p_value"
        }  # no distance compares two groups
        assert distance["required"] == measure["required"]


@pytest.mark.costly
def test_neither_identifiers_nor_groups_are_in_either_file(made: ReportView) -> None:
    for path in (made.place.html, made.place.json):
        text = path.read_text("utf-8")
        assert not [word for word in ("person-", "sexF", "sexM", "gender") if word in text]


@pytest.mark.costly
def test_the_command_prints_every_distance_and_its_reading(workspace: Workspace, command: Run, tmp_path: Path) -> None:
    asked = ("--workspace", workspace.home, "drift", "--system", "jobs", "--no-report")
    done = command(*asked, "--against", "previous")
    assert done.returncode == 0, done.stderr
    for words in ("PSI", "Shannon", "Smirnov", "Wasserstein", "missing", "has moved", "no values", "100.0%"):
        assert words in done.stdout, words
    document = json.loads(command(*asked, "--window", "2026-02-01/2026-02-28", "--json", "-").stdout)
    assert [error.message for error in FORM.iter_errors(document)] == []
    assert DriftDocument.read(json.dumps(document)).written() == document
    assert document["readings"]["distance"] in ("watch", "broken")
    assert ("stored" in document, document["window"]["start"]) == (False, "2026-02-01")
    metrics = {each["metric"] for each in document["measures"] if each["group"] == {"feature": "distance"}}
    assert metrics == set(DISTANCES)  # every measure of a number has its column
    refused = command(*asked, "--against", "never")
    assert (refused.returncode, "START/END, or one of: reference, previous, examined" in refused.stderr) == (2, True)


def test_the_words_above_the_report(made: ReportView) -> None:
    top = header(made.report, speaker("en"))
    for words in (
        "Jobs &lt;b&gt;: February 2026 compared with January 2026, seen by Evidently",
        "200 of 300 decisions (February 2026) and 200 of 400 (January 2026)",
        "SHA-256 of “boussole/drift/1”",
        "Not shown: gone.",
    ):
        assert words in top, words
    assert "Emplois" in header(made.report, speaker("fr"))
    assert made.place.html.read_text("utf-8").count("<header") >= 1


def test_the_part_of_the_drift_page(workspace: Workspace, made: ReportView) -> None:
    def shown(pair: object) -> str:
        found = view.detail_view(workspace, DriftQuery(system="jobs"), pair, speaker("en"))  # type: ignore[arg-type]
        return Template("pages/drift/drift.html", speaker("en"))("detail", found)

    there = shown((FEBRUARY, JANUARY))
    assert f'data-frame="/drift-report/jobs/{NAME}/page"' in there
    assert f'href="/drift-report/jobs/{NAME}"' in there
    assert "--window 2026-02-01/2026-02-28 --against 2026-01-01/2026-01-31" in there
    assert "There is no such report on these two periods yet." in shown((JANUARY, FEBRUARY))
    assert shown(None) == ""


@pytest.mark.costly
def test_purged_rows_take_the_report_along_and_the_exact_distances_stay(
    workspace: Workspace, made: ReportView, tmp_path: Path
) -> None:
    copy = Workspace(Path(shutil.copytree(workspace.home, tmp_path / "copy")))
    place = stored.place_of(copy, "jobs", FEBRUARY, JANUARY)
    assert place.html.is_file()
    purge(copy, before=FEBRUARY.start)
    assert not place.html.exists()
    pair = exact_pair(copy, copy.system("jobs"), window=FEBRUARY, against=JANUARY)
    assert pair.decisions == (300, 400)
    with pytest.raises(ReportError, match=r"rows of 2026-01 were purged.*--no-report"):
        make(copy, pair)
