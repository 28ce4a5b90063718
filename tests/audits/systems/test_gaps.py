"""Lines of a system file that are still to be filled in: nothing is imported or sealed until none is left."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from boussole.audits.decisions import ingest
from boussole.audits.errors import SystemFileError
from boussole.audits.systems.gaps import gaps_in
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.records import audits_of
from tests.written import system_text

ROOT = Path(__file__).parents[3]
COLUMNS = """
columns:
  id: ref
  period: 2026-03-01  # TO FILL IN: no column of dates was found: the date of all these decisions
  decision: {column: granted, selected: ["yes"], not_selected: ["no"]}
groups:
  gender: {column: sex, reference: M}
windows: {audit: all}
"""


LOANS = system_text("loans", COLUMNS)
FILLED = LOANS.replace("TO FILL IN: no", "of the file: no")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "w")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    rows = [f"{n},{('yes', 'no')[n % 3 == 0]},{'FM'[n % 2]}" for n in range(120)]
    path = tmp_path / "log.csv"
    path.write_text("\n".join(["ref,granted,sex", *rows]) + "\n", encoding="utf-8")
    return path


def bring_in(command: Any, workspace: Workspace, log: Path, *, name: str = "loans.yaml") -> None:
    """Decisions come in by a system file without marks; then somebody marks a line of it."""
    kept = workspace.home / "systems" / name
    kept.write_text(FILLED, encoding="utf-8")
    assert command("--workspace", workspace.home, "import", log, "--system", "loans").returncode == 0
    kept.write_text(LOANS, encoding="utf-8")


@pytest.mark.costly
def test_an_audit_of_a_system_to_fill_in_is_dry(command: Any, workspace: Workspace, log: Path) -> None:
    here = ("--workspace", workspace.home)
    bring_in(command, workspace, log)
    refused = command(*here, "audit", "--system", "loans")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "line 10: period: 2026-03-01  # TO FILL IN: no column of dates was found" in refused.stderr
    assert "boussole audit --system loans --dry-run" in refused.stderr
    assert audits_of(workspace, "loans") == []
    dry = command(*here, "audit", "--system", "loans", "--dry-run")
    assert (dry.returncode, "loans 2026-03-01/2026-03-01: 120 decisions" in dry.stdout) == (0, True)
    assert "1 line(s) are still TO FILL IN. What follows rests on guesses and cannot be sealed:" in dry.stderr
    alone = command("audit", "--dry-run", log, "--system-file", workspace.home / "systems" / "loans.yaml")
    assert (alone.returncode, "line 10: period" in alone.stderr) == (0, True)


@pytest.mark.costly
def test_one_system_to_fill_in_seals_nothing_of_the_others(command: Any, workspace: Workspace, log: Path) -> None:
    whole = FILLED.replace("id: loans", "id: credit")
    (workspace.home / "systems" / "credit.yaml").write_text(whole, encoding="utf-8")
    assert command("--workspace", workspace.home, "import", log, "--system", "credit").returncode == 0
    bring_in(command, workspace, log)
    assert command("--workspace", workspace.home, "audit").returncode == 2
    assert audits_of(workspace, "credit") == []


@pytest.mark.costly
def test_whatever_seals_is_refused(command: Any, workspace: Workspace, log: Path) -> None:
    """Where rows come in and audits are sealed, not in one command; under the other ending of YAML files, too."""
    bring_in(command, workspace, log, name="loans.yml")
    with pytest.raises(SystemFileError, match=r"1 line\(s\) are still `TO FILL IN`"):
        run_audit(workspace, workspace.system("loans"))
    with pytest.raises(SystemFileError, match="nothing is imported"):
        ingest(workspace, workspace.system("loans"), log)
    assert audits_of(workspace, "loans") == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("owner: x  # TO FILL IN: a role", True),
        ("owner: TO FILL IN", True),
        ("# TO FILL IN", True),
        ("# `TO FILL IN` is what no data can tell.", False),
        ("owner: Those who TO FILL INTO", False),
    ],
)
def test_what_a_marked_line_is(line: str, found: bool) -> None:
    assert bool(gaps_in(line)) is found


def test_no_system_file_that_is_kept_has_a_line_to_fill_in() -> None:
    kept = [*ROOT.glob("tests/systems/**/*.y*ml"), *ROOT.glob("experiments/**/*.y*ml")]
    assert kept
    assert [path for path in kept if gaps_in(path.read_text(encoding="utf-8"))] == []
