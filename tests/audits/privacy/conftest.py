"""A system with every log, a workspace of it, and the search for bytes in all its files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from audits.decisions import ingest
from audits.lake import reading
from audits.privacy.text import unseal
from audits.systems import System
from audits.systems.model import LogName
from audits.workspace import Workspace

SYSTEM = """
id: loans
kind: selection
title: {en: Loans}
purpose: {en: Who gets a loan}
owner: Credit
status: production
risk: high
timezone: Europe/Paris
columns:
  id: ref
  decided_at: when
  decision: {column: granted, selected: ["yes"], not_selected: ["no"]}
  score: {column: score, range: [0, 1]}
  outcome: {column: repaid, positive: [true], observed_for: all, absent: missing, recorded_at: written}
  human: {decision: clerk, recorded_at: written}
  person: who
  request: offer
  team: team
contacts: {person: who, at: at, kind: kind}
generations: {id: id, at: at, input: input, output: output}
groups:
  gender: {column: sex, reference: M}
controls:
  area: {column: area}
features: [income]
windows: {audit: month}
privacy: {pseudonymise: PRIVATE, retain_days: 365}
"""
HEADERS = {
    "decisions": "ref,when,granted,score,who,offer,team,sex,area,income",
    "outcomes": "ref,repaid,written",
    "human_actions": "ref,clerk,written",
    "contacts": "who,at,kind",
    "generations": "id,at,input,output",
}
Load = Callable[..., Workspace]


def system_text(private: Iterable[str] = ("ref", "who")) -> str:
    return SYSTEM.replace("PRIVATE", f"[{', '.join(private)}]")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace.create(tmp_path / "w")
    (made.home / "systems" / "loans.yaml").write_text(system_text(), encoding="utf-8")
    return made


@pytest.fixture
def loans(workspace: Workspace) -> System:
    return workspace.system("loans")


def load(workspace: Workspace, folder: Path, log: LogName, name: str, *rows: str) -> None:
    """Imports rows of a log from a file of that name."""
    path = folder / f"{name}.csv"
    path.write_text("\n".join([HEADERS[log], *rows]) + "\n", encoding="utf-8")
    ingest(workspace, workspace.system("loans"), path, log=log)


def rows_of(workspace: Workspace, sql: str) -> list[tuple[object, ...]]:
    with reading(workspace) as connection:
        return connection.execute(sql).fetchall()


def files_of(workspace: Workspace) -> list[Path]:
    """Every file of a workspace but its keys, its settings and its system files."""
    kept = (workspace.keys, workspace.home / "systems", workspace.home / "boussole.toml")
    return [
        path for path in workspace.home.rglob("*") if path.is_file() and not any(path.is_relative_to(own) for own in kept)
    ]


def found_in_clear(workspace: Workspace, needles: Iterable[bytes]) -> set[tuple[str, bytes]]:
    """Where bytes stand in any file, as they are."""
    return {
        (path.name, needle) for path in files_of(workspace) for needle in needles if needle in path.read_bytes()
    }


def found_when_opened(workspace: Workspace, needles: Iterable[bytes]) -> set[tuple[str, bytes]]:
    """Where bytes stand in what can be decrypted: every table of the lake in every snapshot, sealed texts, evidence."""
    texts = dict(_lake_texts(workspace))
    for path in workspace.evidence.glob("*.parquet"):
        texts[path.name] = repr(pq.read_table(path).to_pylist())
    return {(name, needle) for name, text in texts.items() for needle in needles if needle.decode() in text}


def _lake_texts(workspace: Workspace) -> Iterable[tuple[str, str]]:
    with reading(workspace) as connection:
        snapshots = [row[0] for row in connection.execute("SELECT snapshot_id FROM lake.snapshots()").fetchall()]
        names = connection.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'lake'"
        ).fetchall()
        for schema, name in names:
            for snapshot in snapshots:
                try:
                    rows = connection.execute(f'FROM lake."{schema}"."{name}" AT (VERSION => {snapshot})').fetchall()
                except duckdb.Error:  # the table is younger
                    continue
                opened = [
                    unseal(workspace, [item])[0] if isinstance(item, bytes) else item for row in rows for item in row
                ]
                yield f"{schema}.{name}@{snapshot}", repr(opened)
