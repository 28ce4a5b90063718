"""The command line: version, help, what a shell proposes, and JSON that is as its schema says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from boussole.audits.workspace import Workspace
from boussole.dashboard.cli.main import app
from boussole.dashboard.cli.schemas import OUTPUTS, SCHEMAS
from tests.commands import commands, commands_and_groups
from tests.conftest import Run

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


BY_THEIR_NAME = {"export json", "export oscal"}
"""Commands that write JSON without being asked for it by an option; OSCAL has schemas of its own."""
FEBRUARY = ("--from", "2026-02-01", "--to", "2026-02-28", "--as-of", "2026-06-01")


def test_every_command_that_writes_json_has_a_schema() -> None:
    every = commands()
    writing = {
        words for words, command in every.items() if any("--json" in parameter.opts for parameter in command.params)
    }
    assert writing | (BY_THEIR_NAME - {"export oscal"}) == set(OUTPUTS)
    assert set(every) >= BY_THEIR_NAME
    assert {name for names in OUTPUTS.values() for name in names} <= set(SCHEMAS)


@pytest.mark.costly
@pytest.mark.parametrize("name", SCHEMAS)
def test_each_schema_is_one_and_refuses_another_document(name: str) -> None:
    Draft202012Validator.check_schema(schema := SCHEMAS[name]())
    assert not any(Draft202012Validator(schema).is_valid(other) for other in ({"other": 1}, 3))


@pytest.fixture(scope="module")
def workspace(audited_offers: Callable[..., Workspace], tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return audited_offers(tmp_path_factory.mktemp("schemas") / "w")


@pytest.mark.costly
@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("audit", ("audit", "--system", "offers", "--dry-run", *FEBRUARY)),
        ("drift", ("drift", "--system", "offers")),
        ("charter", ("charter", "show")),
        ("charter-diff", ("charter", "diff", "packaged", "minimal")),
        ("replay", ("charter", "replay", "--against", "minimal")),
        ("outbox", ("alerts", "list")),
    ],
)
def test_what_a_command_writes_is_as_its_schema_says(
    name: str, arguments: tuple[str, ...], workspace: Workspace, command: Run
) -> None:
    done = command("--workspace", workspace.home, *arguments, "--json", "-")
    assert done.returncode == 0, done.stderr
    assert_fits(json.loads(done.stdout), name)


def test_the_register_is_as_its_schema_says(workspace: Workspace, command: Run, tmp_path: Path) -> None:
    assert command("--workspace", workspace.home, "export", "json", tmp_path / "out").returncode == 0
    document = json.loads((tmp_path / "out" / "register.json").read_text(encoding="utf-8"))
    assert document["uses"]
    assert_fits(document, "register")


def test_the_table_of_the_doctor_is_as_its_schema_says(workspace: Workspace, command: Run) -> None:
    done = command("--workspace", workspace.home, "doctor", "--json", "-")
    assert done.returncode in (0, 1), done.stderr
    document = json.loads(done.stdout)
    assert {row["state"] for row in document["rows"]} >= {"well"}
    assert_fits(document, "doctor")


@pytest.mark.costly
@pytest.mark.parametrize(("name", "words"), [("wording", "check"), ("personal-data", "personal")])
def test_each_line_about_a_text_is_as_its_schema_says(name: str, words: str, tmp_path: Path) -> None:
    file = tmp_path / "texts.jsonl"
    found = {"id": 1, "text": "Homme de moins de 30 ans exigé, écrire à lea@exemple.fr."}
    file.write_text(f'{json.dumps(found)}\n{{"id": "b", "text": "Bonjour."}}\n{{"id": "c"}}\nnope\n', encoding="utf-8")
    done = CliRunner().invoke(app, ["texts", words, str(file), "--json", "-"])
    assert done.exit_code != 0
    lines = [json.loads(each) for each in done.stdout.splitlines()]
    assert [bool(each["findings"]) for each in lines] == [True, False, False, False]
    assert [each["findings"] is None for each in lines] == [False, False, True, True]
    for each in lines:
        assert_fits(each, name)


def assert_fits(document: Any, name: str) -> None:
    found = [
        f"{error.json_path}: {error.message[:200]}"
        for error in Draft202012Validator(SCHEMAS[name]()).iter_errors(document)
    ]
    assert found == []
