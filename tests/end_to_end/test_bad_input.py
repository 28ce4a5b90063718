"""Bad input at the command line: one paragraph with place and next step, exit code 2, never a traceback."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.written import CALLS, written_workspace

HEADER = "decision_id,ts,contacted,gender\n"
GOOD = "1,2026-03-01,true,F\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return written_workspace(tmp_path / "workspace", CALLS).home


def refused(done: Any, *words: str) -> None:
    assert done.returncode == 2, (done.returncode, done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr, done.stderr


def test_strict_writes_nothing(command: Any, home: Path, tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text(HEADER + GOOD + "2,2026-03-01,perhaps,M\n")
    refused(command("--workspace", home, "import", file, "--system", "calls", "--strict"), "--strict", "row 2")
    refused(command("--workspace", home, "audit", "--system", "calls"), "no decisions yet", "boussole import")


@pytest.mark.parametrize("system", ["../calls", "/etc/passwd", "Calls", "calls.yaml", ""])
def test_a_system_id_is_never_a_path(command: Any, home: Path, tmp_path: Path, system: str) -> None:
    (tmp_path / "log.csv").write_text(HEADER + GOOD)
    done = command("--workspace", home, "import", tmp_path / "log.csv", "--system", system)
    refused(done, "cannot be an identifier: use at most 48 lower-case letters, digits and _", "boussole systems list")


def test_an_unknown_system_is_named_with_the_nearest_one(command: Any, home: Path) -> None:
    refused(command("--workspace", home, "audit", "--system", "callz"), "Did you mean 'calls'?")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("id: calls", "id: My Calls"), ("'id': `My Calls` cannot be an identifier", "for example `my_calls`")),
        (("  gender: {", "  Mon genre: {"), ("'groups.Mon genre': `Mon genre` cannot be", "`mon_genre`")),
        (("  decided_at: ts", "  decided_on: ts"), ("unknown key 'columns.decided_on'", "Did you mean 'decided_at'?")),
        (("reference: M", "reference: [M]"), ("'groups.gender.reference'",)),
        (("owner: Steward\n", ""), ("'owner' is missing",)),
        (("  gender: {", "  gender: {{"), ("not valid YAML",)),
    ],
)
def test_a_bad_system_file_names_the_key(
    command: Any, home: Path, tmp_path: Path, change: tuple[str, str], words: tuple[str, ...]
) -> None:
    (tmp_path / "bad.yaml").write_text(CALLS.replace(*change), encoding="utf-8")
    refused(command("--workspace", home, "systems", "add", tmp_path / "bad.yaml"), "bad.yaml", *words)
    assert [path.name for path in (home / "systems").iterdir()] == ["calls.yaml"]


@pytest.mark.costly
def test_outside_a_workspace_the_next_step_is_init(boussole: Any, tmp_path: Path) -> None:
    refused(boussole("--workspace", tmp_path, "systems", "list"), "no workspace here", "boussole init")
