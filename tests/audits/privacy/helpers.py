"""A system with every log, and the search for bytes in all files of its workspace."""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Iterable
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from boussole.audits.decisions import ingest
from boussole.audits.lake import reading, writing
from boussole.audits.lake.tables import CUBES
from boussole.audits.log_names import LogName
from boussole.audits.privacy.text import unseal
from boussole.audits.workspace import Workspace

SYSTEM = """
id: loans
kind: selection
title: {en: Loans}
purpose: {en: Who gets a loan}
owner: Credit
status: production
risk: high
impact_assessment: {done_on: 2024-02-12, document: "DPIA 2024-07"}
fria: {done_on: 2024-03-04, document: "FRIA 2024-03"}
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
usage: {id: id, at: at, task: task, team: team, age_band: age}
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
    "usage": "id,at,task,team,age",
}


def system_text(private: Iterable[str] = ("ref", "who")) -> str:
    return SYSTEM.replace("PRIVATE", f"[{', '.join(private)}]")


def load(workspace: Workspace, folder: Path, log: LogName, name: str, *rows: str) -> None:
    """Imports rows of a log from a file of that name."""
    path = folder / f"{name}.csv"
    path.write_text("\n".join([HEADERS[log], *rows]) + "\n", encoding="utf-8")
    ingest(workspace, workspace.system("loans"), path, log=log)


def rows_of(workspace: Workspace, sql: str) -> list[tuple[object, ...]]:
    with reading(workspace) as connection:
        return connection.execute(sql).fetchall()


def cubes(workspace: Workspace, system: str = "loans") -> dict[str, list[tuple[object, ...]]]:
    return {name: rows_of(workspace, f"FROM lake.{system}.{name} ORDER BY ALL") for name in CUBES}


def files_of(workspace: Workspace) -> list[Path]:
    """Every file of a workspace but its keys, its settings and its system files; the catalogue lies with the keys."""
    kept = (*workspace.keys.glob("*.key"), workspace.home / "systems", workspace.home / "boussole.toml")
    return [
        path
        for path in workspace.home.rglob("*")
        if path.is_file() and not any(path.is_relative_to(own) for own in kept)
    ]


def found_in_clear(workspace: Workspace, needles: Iterable[bytes]) -> set[tuple[str, bytes]]:
    """Where bytes stand in any file, as they are."""
    return {(path.name, needle) for path in files_of(workspace) for needle in needles if needle in path.read_bytes()}


def found_when_opened(workspace: Workspace, needles: Iterable[bytes]) -> set[tuple[str, bytes]]:
    """Where bytes stand in what can be decrypted: every table of the lake in every snapshot, sealed texts, evidence."""
    texts = dict(_lake_texts(workspace))
    for path in (*workspace.evidence.glob("*.parquet"), *workspace.unsealed.glob("*.parquet")):
        texts[path.name] = repr(pq.read_table(path).to_pylist())
    return {(name, needle) for name, text in texts.items() for needle in needles if needle.decode() in text}


_CHANGES = " UNION ".join(
    f"SELECT table_id, {moment} AS moment FROM __ducklake_metadata_lake.ducklake_{files}"
    for files in ("data_file", "delete_file")
    for moment in ("begin_snapshot", "end_snapshot")
)
_STATES = f"""
SELECT DISTINCT s.schema_name, t.table_name, l.snapshot_id
FROM __ducklake_metadata_lake.ducklake_table t
JOIN __ducklake_metadata_lake.ducklake_schema s USING (schema_id)
JOIN lake.snapshots() l ON l.snapshot_id = (SELECT min(snapshot_id) FROM lake.snapshots())
    OR (t.table_id, l.snapshot_id) IN ({_CHANGES})
ORDER BY ALL
"""
"""Every state of every table: the oldest that is kept, and those in which one of its files came or went."""


def _lake_texts(workspace: Workspace) -> Iterable[tuple[str, str]]:
    with reading(workspace) as connection:
        for schema, name, snapshot in connection.execute(_STATES).fetchall():
            try:
                rows = connection.execute(f'FROM lake."{schema}"."{name}" AT (VERSION => {snapshot})').fetchall()
            except duckdb.Error:  # the table is younger
                continue
            cells = [item for row in rows for item in row]
            sealed = unseal(workspace, [item for item in cells if isinstance(item, bytes)])
            yield f"{schema}.{name}@{snapshot}", repr(cells) + repr(sealed)


BEFORE = dt.date(2025, 11, 20)
CANARY = b"CANARY"
AMOUNT = 98765.4375
NEEDLES = [CANARY, b"98765.4375"]
BYTES = [*NEEDLES, struct.pack("<d", AMOUNT)]


def fill(workspace: Workspace, folder: Path) -> None:
    """Decisions of October 2025 (canaries), November 2025 and October 2026, and all that belongs to them."""
    young = [f"n{i},2026-10-{1 + i % 28:02},yes,0.5,P{i},o{i},t1,{'FM'[i % 2]},n,{i}" for i in range(40)]
    edge = ["e1,2025-11-01T00:00:00,no,0.25,E1,oe,t1,F,n,1"]
    load(workspace, folder, "decisions", "young", *young, *edge)
    old = [
        f"CANARY{i},2025-10-{1 + i % 31:02},no,0.75,PCANARY{i},oCANARY,tCANARY,F,zCANARY,{AMOUNT}" for i in range(30)
    ]
    load(workspace, folder, "decisions", "old", *old, "badCANARY,2025-10-01,maybe,0.5,PCANARY,o,t,F,n,1")
    outcomes = ["n1,true,2026-10-30", "n2,true,2025-01-01", "CANARY1,false,2026-10-30", "waitCANARY,true,2025-09-01"]
    load(workspace, folder, "outcomes", "outcomes", *outcomes, "wait,true,2026-10-30")
    load(workspace, folder, "human_actions", "human", "n1,no,2026-10-30", "CANARY1,yes,2026-10-30")
    load(workspace, folder, "contacts", "contacts", "P1,2026-10-01,mail", "PCANARY,2025-10-31T23:59:59,mail")
    load(
        workspace, folder, "generations", "texts", "g1,2026-10-01,hello,world", "gCANARY,2025-10-01,inCANARY,outCANARY"
    )
    load(workspace, folder, "usage", "uses", "u1,2026-10-01,letter,t1,50+", "u2,2025-10-01,taskCANARY,tCANARY,25-49")


def age(workspace: Workspace, name: str) -> None:
    """Makes a source one that arrived in October 2025."""
    with writing(workspace) as connection:
        connection.execute("UPDATE lake.main.ingested SET \"at\" = '2025-10-31' WHERE origin = ?", [f"{name}.csv"])
