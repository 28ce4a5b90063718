"""`docs/charter.md` is followed as it stands: its commands are run, its edits made, its answers expected."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from boussole.audits.workspace import Workspace
from boussole.charter.records.in_force import in_force
from boussole.charter.text.loading import find_faults, load_charter
from boussole.dashboard.cli.main import app

PAGE = Path(__file__).parent.parent / "docs" / "charter.md"
STEP = re.compile(
    r"Write `(?P<written>[^`]+)`:\n\n```\w+\n(?P<text>.*?)```"
    r"|```console\n(?P<commands>.*?)```"
    r"|```text\n(?P<answer>.*?)```"
    r"|In `(?P<edited>[^`]+)`, replace\n\n```yaml\n(?P<old>.*?)```\n\nby\n\n```yaml\n(?P<new>.*?)```",
    flags=re.DOTALL,
)


def run(command: str) -> str:
    """What a command prints; `cd` is done by the caller."""
    done = CliRunner().invoke(app, shlex.split(command)[1:])
    assert isinstance(done.exception, SystemExit | None), done.output
    return done.output


def test_a_newcomer_gets_a_charter_without_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BOUSSOLE_HOME", raising=False)
    answer, answers, edits = "", 0, 0
    for step in STEP.finditer(PAGE.read_text(encoding="utf-8")):
        if step["commands"]:
            answer = ""
            for command in step["commands"].splitlines():
                if command.startswith("cd "):
                    monkeypatch.chdir(Path.cwd() / command[3:])
                else:
                    answer += run(command)
        elif step["answer"]:
            answers += 1
            for line in step["answer"].splitlines():
                assert line in answer, f"expected {line!r} in:\n{answer}"
        elif step["edited"]:
            edits += 1
            path = Path(step["edited"])
            text = path.read_text(encoding="utf-8")
            assert text.count(step["old"]) == 1, f"{path}: {step['old']}"
            path.write_text(text.replace(step["old"], step["new"]), encoding="utf-8")
        else:
            Path(step["written"]).write_text(step["text"], encoding="utf-8")
    assert (answers, edits) == (3, 11)
    assert find_faults(Path("charter")) == []
    charter = load_charter(Path("charter"))
    assert [article.id for article in charter.articles] == ["fairness", "oversight", "stability", "openness"]
    assert charter.indicator("selected_as_often").threshold.breach == 0.9
    assert "The charter has no fault." in run("boussole charter check")
    assert in_force(Workspace(Path.cwd())).charter.sha256 == charter.sha256


def test_every_block_of_the_page_is_a_step() -> None:
    """A block that no step matches would be shown and never tried."""
    text = PAGE.read_text(encoding="utf-8")
    tried = sum(step.group().count("```") for step in STEP.finditer(text))
    assert tried == text.count("```")
