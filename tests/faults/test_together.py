"""Two syncs of the same files at the same time, and records written while a sync runs."""

from __future__ import annotations

import sqlite3
import threading
from itertools import count

import duckdb
import pytest

from boussole.audits.lake.engine import connect
from boussole.audits.workspace import Workspace
from boussole.charter.records import save_audit, verify_records
from boussole.experiments.sync import sync
from tests.faults.harness import Nursery, World, check
from tests.written import audit_document

WRITERS = 4


@pytest.mark.slow
def test_two_syncs_of_the_same_forty_files(world: World, nursery: Nursery) -> None:
    for _ in range(4):
        world.log(40, rows=5)
        both = [nursery.start("sync", home=world.home) for _ in range(2)]
        reports = [child.finish() for child in both]  # each ends well, and says nothing of the other
        rows = [sum(file["accepted"] for file in report["ingested"]) for (report,) in reports]
        assert sum(rows) == 40 * 5
        assert [report["failures"] for (report,) in reports] == [[], []]
        check(world)
        (again,) = nursery.start("sync", home=world.home).finish()
        assert again["ingested"] == []


@pytest.mark.slow
def test_records_written_by_threads_while_syncs_run(world: World, nursery: Nursery) -> None:
    over, written = threading.Event(), [0] * WRITERS

    def write(writer: int) -> None:
        for number in count():
            save_audit(world.workspace, _document(writer, number))
            written[writer] = number + 1
            if over.is_set() and number:
                return

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(WRITERS)]
    for thread in threads:
        thread.start()
    for _ in range(3):
        world.log(2, late=True)
        other = nursery.start("sync", home=world.home)
        sync(world.workspace)  # in this process too: two SQLites live here side by side
        other.finish()
    over.set()
    for thread in threads:
        thread.join()
    assert min(written) > 1
    check(world)
    _check_records(world.workspace, written)
    _check_catalogue(world.workspace)


def _document(writer: int, number: int) -> dict[str, object]:
    measures = [{"id": "selection_rate", "value": number, "n": 1}]
    return audit_document(f"writer{writer}", start="2026-01-01", end="2026-01-31", measures=measures)


def _check_records(workspace: Workspace, written: list[int]) -> None:
    """Nothing of what was written is missing, the ledger holds together, and so does the file."""
    verify_records(workspace)
    with sqlite3.connect(workspace.governance) as records:
        held = records.execute("SELECT system, count(*) FROM audits GROUP BY system ORDER BY system").fetchall()
        assert records.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert records.execute("PRAGMA foreign_key_check").fetchall() == []
    assert held == [(f"writer{writer}", number) for writer, number in enumerate(written)]


def _check_catalogue(workspace: Workspace) -> None:
    """Only DuckDB's own SQLite may open the catalogue."""
    with connect(workspace) as engine:
        assert isinstance(engine, duckdb.DuckDBPyConnection)
        engine.execute(f"ATTACH '{workspace.catalogue}' AS catalogue (TYPE sqlite, READ_ONLY)")
        assert engine.execute("FROM sqlite_query('catalogue', 'PRAGMA integrity_check')").fetchall() == [("ok",)]
