"""The command line itself: its version, its help by one letter, and what a shell proposes while somebody types."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from boussole.dashboard.cli.main import app
from tests.commands import commands_and_groups

HEAVY = ("duckdb", "pandas", "rich", "streamlit", "sqlalchemy", "yaml")  # Typer itself takes pydantic
COMPLETE = """
import sys
from boussole.dashboard.cli.main import main
try:
    main()
finally:
    sys.stderr.write(" ".join(name for name in sys.argv[1].split(",") if name in sys.modules))
"""


def test_one_letter_asks_every_command_for_its_help() -> None:
    for words in ("", *commands_and_groups()):
        short, long = (CliRunner().invoke(app, [*words.split(), option]) for option in ("-h", "--help"))
        assert (short.exit_code, short.output) == (0, long.output), words
        assert "-h, --help" in short.output


def test_the_help_lists_every_command_in_the_panel_of_measuring_or_of_governing() -> None:
    shown = CliRunner().invoke(app, ["--help"]).output
    measure, govern = (block.splitlines() for block in shown.partition("\nMeasure:\n")[2].split("\n\nGovern:\n"))
    names = [line.split()[0] for line in (*measure, *govern)]
    assert sorted(names) == sorted(words for words in commands_and_groups() if " " not in words)
    assert {"import", "audit", "compare"} <= {line.split()[0] for line in measure}
    assert {"committee", "report", "ledger"} <= {line.split()[0] for line in govern}


@pytest.mark.costly
def test_the_help_loads_no_heavy_library() -> None:
    code = COMPLETE.replace("main()", "sys.argv[2:] = []; main()", 1).replace("sys.argv[1]", repr(",".join(HEAVY)))
    done = subprocess.run([sys.executable, "-c", code, "--help"], capture_output=True, text=True, check=False)
    assert "Measure:" in done.stdout
    assert done.stderr == ""


@pytest.fixture
def systems(tmp_path: Path) -> Path:
    (tmp_path / "systems").mkdir()
    for name in ("matchft", "compas", "matching"):
        (tmp_path / "systems" / f"{name}.yaml").write_text("never read", encoding="utf-8")
    return tmp_path


def proposed(line: str, home: Path) -> tuple[list[str], str]:
    """What bash would propose at the end of a line, and which heavy libraries were loaded for it."""
    words = line.split(" ")
    env = {
        **os.environ,
        "BOUSSOLE_HOME": str(home),
        "_BOUSSOLE_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(words) - 1),
    }
    code = COMPLETE.replace("sys.argv[1]", repr(",".join(HEAVY))).replace(
        "main()", "sys.argv[:] = ['boussole']; main()", 1
    )
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    return done.stdout.split(), done.stderr


@pytest.mark.costly
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("boussole aud", ["audit"]),
        ("boussole audit --system match", ["matchft", "matching"]),
        ("boussole drift --system ", ["compas", "matchft", "matching"]),
        ("boussole --as reader drift --system c", ["compas"]),
        ("boussole audit --fail-on ", ["broken", "watch", "unknown"]),
    ],
)
def test_a_shell_proposes_without_loading_a_library(line: str, expected: list[str], systems: Path) -> None:
    assert proposed(line, systems) == (expected, "")


@pytest.mark.costly
def test_another_workspace_has_other_systems(systems: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    nowhere = tmp_path_factory.mktemp("nowhere")
    assert proposed("boussole audit --system ", nowhere)[0] == []
    assert proposed(f"boussole --workspace {systems} audit --system co", nowhere)[0] == ["compas"]
