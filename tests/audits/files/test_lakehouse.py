"""Folders that are one table of Delta or Iceberg."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from boussole.audits.decisions import ingest
from boussole.audits.decisions.contracts import Needs
from boussole.audits.decisions.files.kinds import expand
from boussole.audits.decisions.sources import open_source
from boussole.audits.errors import SourceError
from boussole.audits.lake.engine import scratch
from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from tests.audits.files.reading import column

LAKEHOUSE = Path(__file__).parent / "iceberg_table"


"""Written by pyiceberg 0.12: three rows in two steps, then `a2` deleted; it lies elsewhere than it was written."""


def delta_table(folder: Path) -> Path:
    """A table of Delta by its protocol: two files, the first of which a later step removed."""
    import json

    log = folder / "_delta_log"
    log.mkdir(parents=True)
    for n in (0, 1):
        duckdb.execute(f"COPY (SELECT 'a{n}' AS ref, DATE '2026-02-0{n + 1}' AS date) TO '{folder}/p{n}.parquet'")
    kinds = [{"name": n, "type": k, "nullable": True, "metadata": {}} for n, k in (("ref", "string"), ("date", "date"))]
    head: list[dict[str, object]] = [
        {"protocol": {"minReaderVersion": 1, "minWriterVersion": 2}},
        {
            "metaData": {
                "id": "5fba94ed-9794-4965-ba6e-6ee3c0d22af9",
                "format": {"provider": "parquet", "options": {}},
                "schemaString": json.dumps({"type": "struct", "fields": kinds}),
                "partitionColumns": [],
                "configuration": {},
                "createdTime": 0,
            }
        },
    ]
    added = [
        {
            "add": {
                "path": f"p{n}.parquet",
                "partitionValues": {},
                "size": (folder / f"p{n}.parquet").stat().st_size,
                "modificationTime": 0,
                "dataChange": True,
            }
        }
        for n in (0, 1)
    ]
    removed = {"remove": {"path": "p0.parquet", "deletionTimestamp": 0, "dataChange": True}}
    for version, steps in enumerate(([*head, added[0]], [added[1], removed])):
        (log / f"{version:020}.json").write_text("".join(json.dumps(step) + "\n" for step in steps), encoding="utf-8")
    return folder


def test_the_newest_state_of_a_table_of_delta_is_read(tmp_path: Path) -> None:
    folder = delta_table(tmp_path / "log")
    assert expand(str(folder)) == [(str(folder), "log")]
    with scratch() as connection:
        opened = open_source(connection, folder, Needs(("ref", "date")))
        assert connection.execute(f"SELECT row, ref, CAST(date AS VARCHAR) FROM {opened.relation}").fetchall() == [
            (1, "a1", "2026-02-02")
        ]


@pytest.mark.costly
def test_the_newest_state_of_a_table_of_iceberg_is_brought_in(workspace: Workspace, jobs: System) -> None:
    report = ingest(workspace, jobs, LAKEHOUSE)
    assert (report.accepted, report.quarantined, report.origin) == (2, 0, "iceberg_table")
    assert ingest(workspace, jobs, LAKEHOUSE).already


def test_without_the_extension_the_way_round_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib.metadata

    from boussole.audits.decisions.files import lakehouse

    def absent(name: str) -> str:
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(lakehouse, "extension_path", absent)
    with pytest.raises(SourceError, match=r"table of Delta.*pip install duckdb-extension-delta==.*export the table to"):
        column(delta_table(tmp_path / "log"), "ref")
