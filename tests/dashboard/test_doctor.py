"""`boussole doctor`: finds what is too open, damaged or missing, and mends what needs no decision."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from boussole.audits.decisions import ingest
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from tests.attacks import Tries
from tests.conftest import Run
from tests.faults.harness import SYSTEM, decisions


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("doctor")
    workspace = Workspace.create(folder / "workspace")
    (workspace.home / "systems" / "trial.yaml").write_text(SYSTEM, encoding="utf-8")
    (workspace.home / "systems" / "trial.yaml").chmod(0o600)
    decisions(0, 60).to_csv(folder / "log.csv", index=False)
    workspace = Workspace(workspace.home)
    ingest(workspace, workspace.system("trial"), folder / "log.csv")
    run_audit(workspace, workspace.system("trial"))
    return workspace.home


@pytest.fixture
def house(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    shutil.copytree(model, tmp_path / "workspace")
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    return Workspace(tmp_path / "workspace")


@pytest.fixture
def found(command: Run, house: Workspace):
    """What is not all right, by check, and the exit code."""

    def look(*options: str) -> tuple[int, dict[str, str]]:
        done = command("--workspace", house.home, "doctor", "--json", "-", *options)
        rows = json.loads(done.stdout)["rows"]
        return done.returncode, {row["check"]: row["what"] for row in rows if row["state"] != "well"}

    return look


@pytest.mark.costly
@pytest.mark.attack("files", "a workspace is opened to others, as a copy left it")
def test_what_is_too_open_is_found_and_mended(found, house: Workspace, tries: Tries) -> None:
    opened = [house.home, house.lake, house.governance, house.keys / "bucket.key", house.home / "boussole.toml"]
    for path in opened:
        tries.add()
        path.chmod(path.stat().st_mode | 0o044)
        code, told = found()
        assert (code, list(told)) == (1, ["files"])
        assert ("the workspace" if path == house.home else path.name) in told["files"]
        assert found("--mend") == (0, {})
        assert path.stat().st_mode & 0o077 == 0


def test_keys_and_lake_of_different_days(found, house: Workspace) -> None:
    data = sorted(house.lake.glob("data*/**/*.parquet"))
    data[0].unlink()
    code, told = found()
    assert (code, list(told)) == (1, ["keys and lake"])
    assert told["keys and lake"].startswith("1 data files that the catalogue names are missing")


@pytest.mark.parametrize(
    ("name", "check", "code"),
    [
        ("governance.sqlite", "databases", 2),
        ("keys/catalog.sqlite", "databases", 2),
        ("boussole.toml", "settings", 2),
        ("systems/trial.yaml", "settings", 2),
        ("keys/bucket.key", "settings", 1),
    ],
)
def test_what_is_damaged_is_named_and_the_other_checks_go_on(
    found, house: Workspace, name: str, check: str, code: int
) -> None:
    (house.home / name).write_bytes(b"\xff\xfe nothing of that kind" * 30)
    ended, told = found()
    assert ended == code
    assert Path(name).stem in told[check] or name in told[check]
    assert "versions" not in told


@pytest.mark.costly
def test_a_backup_restored_beside_the_journal_of_another_is_told(found, house: Workspace, tmp_path: Path) -> None:
    """SQLite adds what a killed process left beside a database to whatever stands in its place."""
    ledger, journal = house.governance, house.governance.with_name("governance.sqlite-wal")
    shutil.copyfile(ledger, tmp_path / "backup")
    for number in range(3):
        with closing(sqlite3.connect(ledger)) as writer, writer:
            writer.execute("CREATE TABLE IF NOT EXISTS later (said UNIQUE)")
            writer.executemany("INSERT INTO later VALUES (?)", [(f"{number}.{n}" * 99,) for n in range(200)])
    with closing(sqlite3.connect(ledger)) as writer:
        with writer:
            writer.execute("DELETE FROM later WHERE said < '1'")
        left = journal.read_bytes()
    shutil.copyfile(tmp_path / "backup", ledger)
    journal.write_bytes(left)
    ended, told = found()
    assert ended
    assert told["databases"].startswith("governance.sqlite is damaged")


def test_what_killed_processes_left_is_found_and_removed(found, house: Workspace, tmp_path: Path) -> None:
    then = time.time() - 3 * 24 * 3600
    left = [house.evidence / ".abc.parquet.12-34.part", house.reports / ".x.html.9-1.part"]
    folder = tmp_path / "temporary" / "boussole-old"
    folder.mkdir()
    for path in (*left, folder):
        if path != folder:
            path.touch(mode=0o600)
        os.utime(path, (then, then))
    young = house.evidence / ".def.parquet.12-34.part"
    young.touch(mode=0o600)
    code, told = found()
    assert (code, list(told)) == (1, ["left over"])
    assert found("--mend") == (0, {})
    assert not any(path.exists() for path in (*left, folder))
    assert young.exists(), "its process may still write it"


def test_sources_that_everybody_reads(found, house: Workspace, tmp_path: Path) -> None:
    source = tmp_path / "people.csv"
    source.write_text("who,health\n", encoding="utf-8")
    system = house.home / "systems" / "trial.yaml"
    system.write_text(
        system.read_text(encoding="utf-8")
        .replace("columns:\n", "columns:\n  person: who\n")
        .replace(
            "groups:\n", 'groups:\n  health: {from: sensitive, column: health, basis: "Law", expires: 2099-01-01}\n'
        )
        + f"sensitive: {{path: {source}, key: who}}\n",
        encoding="utf-8",
    )
    for above in (source, *source.parents):
        if above.stat().st_uid == os.getuid() and above != Path("/"):
            above.chmod(above.stat().st_mode | 0o005)
        if above == tmp_path.parent.parent.parent:
            break
    _, told = found()
    assert str(source) in told["sources"]
    source.chmod(0o600)
    assert "sources" not in found()[1]


def test_a_disk_without_room_and_a_clock_that_is_behind(
    found, house: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("boussole.dashboard.cli.doctor.LEAST", 2**60)
    code, told = found()
    assert (code, list(told)) == (1, ["disk"])
    monkeypatch.undo()
    monkeypatch.setattr("boussole.dashboard.cli.doctor.last_moment", lambda _: _in_a_week())
    assert "the clock says" in found()[1]["clock"]


def _in_a_week():
    import datetime as dt

    return dt.datetime.now(dt.UTC) + dt.timedelta(days=7)
