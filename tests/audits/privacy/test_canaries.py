"""Whatever goes wrong, nothing that stands in a row is printed, and nothing of it reaches the ledger."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from boussole.audits.workspace import Workspace
from tests.audits.privacy.helpers import HEADERS, system_text
from tests.written import written_workspace

CANARY = "CANARY-77"
GOOD = "a1,2026-03-01,yes,0.5,p1,o,t,F,n,1"
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return written_workspace(tmp_path / "w", system_text())


@pytest.fixture
def run(workspace: Workspace, command: Callable[..., Any]) -> Run:
    """The command line itself: its exit code, and all that it printed, in which nothing of a row stands."""

    def call(*words: object) -> tuple[int, str]:
        done = command("--workspace", workspace.home, *words)
        assert CANARY not in done.stdout + done.stderr
        return done.returncode, done.stdout + done.stderr

    return call


def csv(folder: Path, *rows: str, header: str = HEADERS["decisions"]) -> Path:
    path = folder / "log.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


BAD_ROWS = {
    "date": f"a2,{CANARY},yes,0.5,p,o,t,F,n,1",
    "decision": f"a2,2026-03-01,{CANARY},0.5,p,o,t,F,n,1",
    "score": f"a2,2026-03-01,yes,{CANARY},p,o,t,F,n,1",
    "feature": f"a2,2026-03-01,yes,0.5,p,o,t,F,n,{CANARY}",
    "formula": f"a2,2026-03-01,yes,0.5,p,o,t,={CANARY}(),n,1",
    "line": f"a2,2026-03-01,yes,0.5,p,o,t,F,n,1,{CANARY}",
    "quote": f'a2,2026-03-01,yes,0.5,p,o,t,"F{CANARY}',
}


@pytest.mark.costly
@pytest.mark.parametrize("name", BAD_ROWS)
def test_bad_rows(run: Run, tmp_path: Path, name: str) -> None:
    for strict in (["--strict"], []):
        code, said = run("import", csv(tmp_path, GOOD, BAD_ROWS[name]), "--system", "loans", *strict)
        assert code == 2, said


@pytest.mark.slow
def test_repeated_and_known_ids(run: Run, tmp_path: Path) -> None:
    rows = [GOOD.replace("a1", CANARY), GOOD.replace("a1", CANARY), GOOD]
    for more in ([], [GOOD.replace("a1", "a9")]):
        assert run("import", csv(tmp_path, *rows, *more), "--system", "loans")[0] == 2


def jsonl_cut(folder: Path) -> str:
    (folder / "log.jsonl").write_text(f'{{"ref": "{CANARY}", "when": "2026-03-01\n{{"ref": "{CANARY}"\n')
    return str(folder / "log.jsonl")


def parquet_damaged(folder: Path) -> str:
    pd.DataFrame({"ref": [CANARY] * 100}).to_parquet(folder / "log.parquet")
    content = (folder / "log.parquet").read_bytes()
    (folder / "log.parquet").write_bytes(content[: len(content) // 2])
    return str(folder / "log.parquet")


def csv_without_header(folder: Path) -> str:
    return str(csv(folder, GOOD, header=f"{CANARY},2026-03-01,yes,0.5,p,o,t,F,n,1"))


def not_a_database(folder: Path) -> str:
    (folder / "log.duckdb").write_text(CANARY * 1000)
    return f"duckdb:{folder}/log.duckdb?table=log"


def view_that_cannot_convert(folder: Path) -> str:
    columns = ", ".join(f'NULL AS "{name}"' for name in HEADERS["decisions"].split(",") if name != "ref")
    with duckdb.connect(str(folder / "log.duckdb")) as connection:
        connection.execute(f"CREATE TABLE t AS SELECT '{CANARY}' AS ref")
        connection.execute(f"CREATE VIEW log AS SELECT CAST(ref AS INTEGER) AS ref, {columns} FROM t")
    return f"duckdb:{folder}/log.duckdb?table=log"


@pytest.mark.parametrize(
    "make", [jsonl_cut, parquet_damaged, csv_without_header, not_a_database, view_that_cannot_convert]
)
def test_sources_that_cannot_be_read(run: Run, tmp_path: Path, make: Callable[[Path], str]) -> None:
    code, said = run("import", make(tmp_path), "--system", "loans")
    assert code == 2, said
    assert said.startswith("boussole: ")


@pytest.mark.costly
def test_an_error_of_the_database_is_told_by_its_kind(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        duckdb.execute(f"SELECT CAST('{CANARY}' AS INTEGER)")

    monkeypatch.setattr(importlib.import_module("boussole.audits.decisions.ingesting"), "add_batches", fail)
    code, said = run("import", csv(tmp_path, GOOD), "--system", "loans")
    assert (code, "ConversionException" in said) == (2, True)


@pytest.mark.parametrize("log", ["outcomes", "human_actions", "contacts", "generations", "usage"])
def test_other_logs(run: Run, tmp_path: Path, log: str) -> None:
    columns = HEADERS[log].split(",")
    path = csv(tmp_path, ",".join([CANARY] * len(columns)), header=HEADERS[log])
    code, said = run("import", path, "--system", "loans", "--log", log)
    assert code == 2, said


@pytest.mark.costly
def test_listing_what_is_set_aside_and_the_ledger(run: Run, workspace: Workspace, tmp_path: Path) -> None:
    path = csv(tmp_path, GOOD.replace("a1", CANARY).replace("p1", CANARY), *BAD_ROWS.values())
    run("import", path, "--system", "loans")
    assert "rotate" not in run("quarantine", "list")[1].splitlines()[0]
    for words in ("keys rotate", "purge --before 2026-11-01", "verify --ledger"):
        run(*words.split())
    assert CANARY.encode() not in workspace.governance.read_bytes()


@pytest.mark.parametrize(
    "twin",
    [
        ("gender: {column: sex", "gender: {column: who"),
        ("area: {column: area}", "area: {column: who}"),
        ("[income]", "[who]"),
    ],
)
def test_a_pseudonymised_identifier_is_stored_nowhere_else(
    workspace: Workspace, run: Run, twin: tuple[str, str]
) -> None:
    """As a group, a control or a feature it would stand in the lake, the cubes and the pages as it is."""
    (workspace.home / "systems" / "loans.yaml").write_text(system_text().replace(*twin), encoding="utf-8")
    code, said = run("systems", "check")
    assert code == 2
    assert "an identifier that is pseudonymised cannot also be" in said
    assert "who" in said
