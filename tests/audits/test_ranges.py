"""Numbers outside the range that the system file gives are set aside, with their row, column and range."""

from __future__ import annotations

from pathlib import Path

import pytest

from boussole.audits.decisions import ingest
from boussole.audits.decisions.quarantine import list_rows
from boussole.audits.declaration import declaration
from boussole.audits.errors import BoussoleError
from boussole.audits.lake import reading
from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from tests.written import system_text

COLUMNS = """
columns:
  id: ref
  decided_at: when
  decision: {column: granted, selected: ["yes"], not_selected: ["no"]}
groups: {age: {column: age, bands: [25, 50], range: [16, 99]}}
features: [{column: income, range: [0, 1000000.5]}, distance]
"""
HEADER = "ref,when,granted,age,income,distance\n"


def system(workspace: Workspace, text: str = COLUMNS) -> System:
    (workspace.home / "systems" / "loans.yaml").write_text(system_text("loans", text), encoding="utf-8")
    return workspace.system("loans")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "w")


def test_numbers_outside_are_set_aside_and_those_on_the_edge_are_not(workspace: Workspace, tmp_path: Path) -> None:
    rows = [
        "a1,2026-05-01,yes,16,0,-5",
        "a2,2026-05-01,yes,99,1000000.5,1e9",
        "a3,2026-05-01,no,-5,10,1",
        "a4,2026-05-01,no,1000000000,10,1",
        "a5,2026-05-01,no,99.5,10,1",
        "a6,2026-05-01,no,,-0.01,1",
        "a7,2026-05-01,no,nan,inf,1",
        "a8,2026-05-01,no,30,,1",
    ]
    (tmp_path / "may.csv").write_text(HEADER + "\n".join(rows) + "\n")
    loans = system(workspace)
    report = ingest(workspace, loans, tmp_path / "may.csv")
    assert (report.accepted, report.quarantined) == (4, 4)
    assert [(item.column, item.reason, item.rows, item.first_row) for item in list_rows(workspace, loans)] == [
        ("age", "outside the range [16, 99] that the system file gives", 3, 3),
        ("income", "outside the range [0, 1000000.5] that the system file gives", 1, 6),
    ]
    with reading(workspace) as connection:
        held = connection.execute("SELECT id, g_age, f_income FROM lake.loans.decisions ORDER BY id").fetchall()
    # what is not finite is missing, as it is without a range
    assert held == [("a1", "<25", 0.0), ("a2", "50+", 1000000.5), ("a7", None, None), ("a8", "25-49", None)]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("range: [16, 99]", "range: [99, 16]", "low < high"),
        ("range: [16, 99]", "range: [16, 16]", "low < high"),
        ("bands: [25, 50], ", "", "needs `bands`"),
        ("range: [0, 1000000.5]", "range: [0]", "range"),
    ],
)
def test_a_range_that_says_nothing_is_refused(workspace: Workspace, before: str, after: str, said: str) -> None:
    with pytest.raises(BoussoleError, match=said):
        system(workspace, COLUMNS.replace(before, after))


def test_a_declaration_keeps_the_ranges(workspace: Workspace, tmp_path: Path) -> None:
    bare = COLUMNS.replace(", range: [16, 99]", "").replace("{column: income, range: [0, 1000000.5]}", "income")
    kept = declaration(system(workspace, bare))
    assert (kept["features"], kept["groups"]["age"]["range"]) == (["income", "distance"], None)
    kept = declaration(system(Workspace.create(tmp_path / "other")))
    assert kept["features"] == [{"column": "income", "range": [0.0, 1000000.5]}, "distance"]
    assert System.model_validate(kept | {"provider": None}).groups["age"].range == (16.0, 99.0)
