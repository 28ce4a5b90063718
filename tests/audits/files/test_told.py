"""How a file is written, where somebody says so: in the system file, or as an option of each command."""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb
import pytest

from boussole.audits.decisions import ingest, validate
from boussole.audits.decisions.contracts import Needs
from boussole.audits.decisions.sources import open_source
from boussole.audits.errors import SourceError
from boussole.audits.lake.engine import scratch
from boussole.audits.scaffold import propose
from boussole.audits.systems import System, load_system
from boussole.audits.systems.model import Files
from boussole.audits.workspace import Workspace
from tests.audits.dirty_files import EARLY, ROWS, SYSTEM, text
from tests.audits.files.reading import run


@pytest.mark.parametrize("given", [{"encoding": "rot13"}, {"separator": "ab"}, {"dates": "yyyy"}, {"decimal": "'"}])
def test_what_cannot_be_an_option_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=next(iter(given))):
        Files.model_validate(given)


def test_the_system_file_says_how_files_are_written_and_an_option_goes_before_it(
    workspace: Workspace, tmp_path: Path
) -> None:
    file = workspace.home / "systems" / "jobs.yaml"
    file.write_text(SYSTEM + "files: {dates: mm/dd/yyyy, decimal: ','}\n", encoding="utf-8")
    path = tmp_path / "log.csv"
    path.write_text(text(EARLY), encoding="utf-8")
    jobs = load_system(file)
    assert validate(workspace, jobs, path).read == "read as UTF-8, `;`, dates month/day/year"
    told = validate(workspace, jobs, path, files=Files(dates="%d/%m/%Y"))
    assert told.read == "read as UTF-8, `;`, dates day/month/year"


@pytest.mark.costly
def test_a_file_counts_once_by_its_content_and_the_way_it_was_read(
    workspace: Workspace, jobs: System, tmp_path: Path
) -> None:
    path, plain = tmp_path / "log.csv", tmp_path / "plain.csv"
    path.write_text(text(EARLY), encoding="utf-8")
    plain.write_text("ref;date;retenu;note;sexe\nb1;2026-02-03;oui;1;F\n", encoding="utf-8")
    first = ingest(workspace, jobs, path, files=Files(dates="%d/%m/%Y"))
    again = ingest(workspace, jobs, path, files=Files(dates="%d/%m/%Y"))
    assert (first.already, again.already, first.sha256) == (False, True, again.sha256)
    assert validate(workspace, jobs, path, files=Files(dates="%m/%d/%Y")).sha256 != first.sha256
    # Where there was nothing to choose it is the content alone, as in workspaces of before.
    assert validate(workspace, jobs, plain).sha256 == hashlib.sha256(plain.read_bytes()).hexdigest()


@pytest.mark.slow
def test_a_dry_run_and_a_log_take_the_same_options(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(text(EARLY).encode("cp850"))
    for command in (("audit", "--dry-run"), ("log",), ("import",)):
        code, told = run(workspace, *command, str(path), "--system", "jobs")
        assert code != 0
        assert "the byte 0x82 is not UTF-8" in told
        code, told = run(
            workspace, *command, str(path), "--system", "jobs", "--encoding", "cp850", "--dates", "jj/mm/aaaa"
        )
        assert code == 0, told
        assert "log.csv: read as cp850, `;`, dates day/month/year." in told


@pytest.mark.costly
def test_what_is_logged_is_written_as_computers_write_it(workspace: Workspace, tmp_path: Path) -> None:
    """A sync that reads the run needs no option any more."""
    from boussole.experiments.logging import log_file
    from boussole.experiments.store import client

    path = tmp_path / "log.csv"
    path.write_bytes(text().encode("utf-16"))
    run_id = log_file(path, workspace=workspace, system=workspace.system("jobs"))
    store = client(workspace)
    listed = store.list_artifacts(run_id, "boussole/decisions")
    (found,) = (item for item in listed if item.path.endswith(".parquet"))
    local = store.download_artifacts(run_id, found.path, str(tmp_path))
    assert duckdb.sql(f"SELECT date, note FROM '{local}' ORDER BY ref").fetchall() == [
        ("2026-02-03", "12.5"),
        ("2026-02-14", "8.25"),
        ("2026-03-05", "1015"),
    ]


def test_a_proposal_keeps_what_the_next_file_may_not_tell(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_bytes(text(ROWS).encode("utf-8-sig"))
    made = propose(path, language="fr")
    assert made.read == "lu comme UTF-8, `;`, virgule décimale, dates jour/mois/année"
    assert made.system.files == Files(decimal=",", dates="%d/%m/%Y")
    later = tmp_path / "later.csv"
    later.write_text(text(EARLY), encoding="utf-8")
    with scratch() as connection:
        opened = open_source(connection, later, Needs(("date",)), made.system.files)
        assert connection.execute(f"SELECT date FROM {opened.relation}").fetchone() == ("2026-02-03",)


def test_a_file_without_names_is_proposed_from_only_when_told(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(text(names=()), encoding="utf-8")
    with pytest.raises(SourceError, match="the first line is a row"):
        propose(path)
    made = propose(path, files=Files(header=False))
    assert made.system.log.id == "column1"
    assert made.system.files.header is False
