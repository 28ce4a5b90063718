"""Everything that commands write as JSON is as its schema says, and no command writes JSON without one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from boussole.audits.workspace import Workspace
from boussole.dashboard.cli.main import app
from boussole.dashboard.cli.schemas import OUTPUTS, SCHEMAS
from tests.commands import commands
from tests.conftest import Run

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
