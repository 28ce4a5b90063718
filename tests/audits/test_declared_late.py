"""A group or control that is declared once decisions are in: nothing was read of it, which is not nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from boussole.audits.decisions import ingest
from boussole.audits.errors import BoussoleError
from boussole.audits.runs import measure_window
from boussole.audits.workspace import Workspace
from tests.written import system_text, written_workspace

SYSTEM = system_text(
    "loans",
    """
columns:
  id: ref
  decided_at: when
  decision: {column: granted, selected: ["yes"], not_selected: ["no"]}
  person: ref
groups:
  sex: {column: sex}
windows: {audit: all}
""",
)
SENSITIVE = """sensitive: {path: sensitive.csv, key: ref}
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = written_workspace(tmp_path / "w", SYSTEM)
    rows = [f"{i},2026-03-09,{'yes' if i % 3 else 'no'},{'FM'[i % 2]},{'ab'[i % 2]}\n" for i in range(60)]
    (tmp_path / "loans.csv").write_text("ref,when,granted,sex,job\n" + "".join(rows), encoding="utf-8")
    ingest(made, made.system("loans"), tmp_path / "loans.csv")
    return made


def declared(workspace: Workspace, text: str) -> Workspace:
    (workspace.home / "systems" / "loans.yaml").write_text(text, encoding="utf-8")
    return Workspace(workspace.home)


@pytest.mark.costly
@pytest.mark.parametrize(
    ("text", "key"),
    [
        (SYSTEM + "controls: {job: {column: job}}\n", "controls.job"),
        (SYSTEM.replace("  sex: {", "  job: {column: job}\n  sex: {"), "groups.job"),
    ],
)
def test_what_was_declared_after_the_import_is_named(workspace: Workspace, text: str, key: str) -> None:
    later = declared(workspace, text)
    with pytest.raises(
        BoussoleError, match=rf"`{key}` was declared after the decisions of 'loans' came in.*another `id`"
    ):
        measure_window(later, later.system("loans"))


def test_a_group_that_is_joined_at_the_door_is_joined_by_a_rebuild(workspace: Workspace) -> None:
    rows = "".join(f"{i},{'yn'[i % 2]}\n" for i in range(60))
    (workspace.home / "sensitive.csv").write_text("ref,rqth\n" + rows, encoding="utf-8")
    group = "  rqth: {from: sensitive, column: rqth, basis: consent, expires: 2099-01-01}\n  sex: {"
    later = declared(workspace, SYSTEM.replace("  sex: {", group) + SENSITIVE)
    system = later.system("loans")
    with pytest.raises(BoussoleError, match=r"`groups.rqth` .*boussole cubes rebuild"):
        measure_window(later, system)
