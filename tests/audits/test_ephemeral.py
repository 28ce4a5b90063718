"""Workspaces that leave nothing behind."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from boussole.audits.ephemeral import LogFile, bring_in, ephemeral, whole_log
from boussole.audits.systems import System, load_system
from boussole.audits.workspace import Workspace
from tests.audits.privacy.helpers import rows_of
from tests.written import system_text

SYSTEM = system_text(
    "essai",
    """
columns:
  id: decision_id
  decided_at: ts
  decision: {column: chosen, selected: [1], not_selected: [0]}
  outcome: {column: good, positive: [1], observed_for: all, absent: missing}
  person: who
groups:
  sex: {column: sex, reference: M}
  health: {from: sensitive, column: health, basis: Law, expires: 2099-01-01}
sensitive: {path: secret/health.csv, key: person}
features: [x]
windows: {audit: month, reference: 2025-01-01/2025-03-31}
privacy: {pseudonymise: [decision_id, who]}
sources: [{duckdb: {path: d.duckdb, table: t}}]
""",
)


@pytest.fixture
def system(tmp_path: Path) -> System:
    path = tmp_path / "essai.yaml"
    path.write_text(SYSTEM, encoding="utf-8")
    return load_system(path)


@pytest.fixture
def leftovers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What is left of private folders: a folder of temporary files of our own."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    yield lambda: list(folder.iterdir())
    tempfile.tempdir = None


def test_the_folder_is_private_and_gone_afterwards(system, leftovers):
    with ephemeral(system) as workspace:
        (folder,) = leftovers()
        assert workspace.home == folder.resolve()
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert workspace.system("essai") == system
        (workspace.home / "lake" / "data").mkdir()
    assert leftovers() == []
    with pytest.raises(KeyboardInterrupt), ephemeral(system):
        raise KeyboardInterrupt
    assert leftovers() == []


@pytest.mark.costly
def test_it_is_gone_after_an_order_to_end(system, tmp_path, leftovers):
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from boussole.audits.ephemeral import ephemeral\n"
        "from boussole.audits.systems import load_system\n"
        "with ephemeral(load_system(Path(sys.argv[1]))):\n"
        "    print('there', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "essai.yaml")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "there\n"
    assert len(leftovers()) == 1
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 128 + signal.SIGTERM
    assert leftovers() == []


def test_keys_and_settings_are_the_parents_and_the_parent_is_left_as_it_is(system, tmp_path, monkeypatch):
    monkeypatch.delenv("BOUSSOLE_LANGUAGE", raising=False)
    parent = Workspace.create(tmp_path / "parent", organisation='L\'"été"')
    settings = parent.home / "boussole.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + 'language = "en"\n', encoding="utf-8")
    (parent.keys / "bucket.key").write_bytes(b"b" * 32)
    before = sorted(str(path) for path in parent.home.rglob("*"))
    with ephemeral(system, parent=parent) as workspace:
        assert workspace.keys == parent.keys
        assert workspace.catalogue.is_relative_to(workspace.home)
        assert (workspace.keys / "bucket.key").read_bytes() == b"b" * 32
        assert (workspace.settings.organisation, workspace.settings.language) == ('L\'"été"', "en")
    assert sorted(str(path) for path in parent.home.rglob("*")) == before


def test_all_of_the_log_is_one_window_and_paths_start_from_the_workspace(system, tmp_path):
    alone = whole_log(system, home=tmp_path)
    assert (alone.windows.audit, alone.windows.reference) == ("all", None)
    assert (alone.features, alone.sources) == ([], [])
    assert alone.sensitive is not None
    assert alone.sensitive.path == str(tmp_path / "secret" / "health.csv")
    duck = system.model_copy(
        update={"sensitive": system.sensitive.model_copy(update={"path": "duckdb:h.duckdb?table=t"})}
    )
    assert whole_log(duck, home=tmp_path).sensitive.path == f"duckdb:{tmp_path}/h.duckdb?table=t"


@pytest.mark.costly
def test_late_outcomes_come_after_their_decisions_and_sensitive_values_from_where_the_parent_keeps_them(
    system, tmp_path
):
    parent = Workspace.create(tmp_path / "parent")
    (parent.home / "secret").mkdir()
    (parent.home / "secret" / "health.csv").write_text("person,health\na,yes\nb,no\n", encoding="utf-8")
    decisions, outcomes = tmp_path / "decisions.csv", tmp_path / "outcomes.csv"
    decisions.write_text("decision_id,ts,chosen,sex,who\n1,2026-07-01,1,F,a\n2,2026-07-02,0,M,b\n", encoding="utf-8")
    outcomes.write_text("decision_id,good\n1,1\n", encoding="utf-8")
    alone = whole_log(system, home=parent.home)
    with ephemeral(alone, parent=parent) as workspace:
        files = [LogFile(path=outcomes, log="outcomes", origin="late"), LogFile(path=decisions)]
        reports = bring_in(workspace, alone, files)
        rows = rows_of(workspace, "SELECT g_sex, g_health FROM lake.essai.decisions ORDER BY row")
    assert [(report.log, report.origin, report.accepted) for report in reports] == [
        ("decisions", "decisions.csv", 2),
        ("outcomes", "late", 1),
    ]
    assert reports[1].updated == 1
    assert rows == [("F", "yes"), ("M", "no")]
