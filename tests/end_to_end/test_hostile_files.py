"""Files that are no files, bad input at the command line, texts that a terminal would obey, cells that would be run."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boussole.audits.errors import BoussoleError
from boussole.audits.formulas import ESCAPED, SIGNS, WIDE, escaped
from boussole.audits.regular import read_bytes
from boussole.audits.workspace import Workspace
from boussole.dashboard.cli.console import CONTROLS, json_text, printable
from tests.attacks import Tries
from tests.commands import commands, kind_of, value_of
from tests.conftest import Run
from tests.written import CALLS, written_workspace

SERVERS = {"dashboard", "demo"}
WRITTEN = {"out", "json_", "html", "template", "folder", "to", "target"}
"""Parameters that name what is written; and commands whose `file` is written."""
WRITING = {"quarantine export", "ledger prove", "ledger checkpoint"}
AS_TEXT = [
    "import --system x",
    "systems new x --from",
    "texts check",
    "texts personal",
    "charter check",
    "charter diff 1.0",
]
"""Commands that take a file or something else in one place."""


def given_paths() -> list[tuple[str, str]]:
    """Every command with each of its parameters that names a file to read."""
    return [
        (words, str(parameter.name))
        for words, command in commands().items()
        if words not in SERVERS
        for parameter in command.params
        if kind_of(parameter) is Path
        and parameter.name not in WRITTEN
        and not (words in WRITING and parameter.name == "file")
    ]


class EndlessError(BaseException):
    """A command waits for ever; no command takes this for a fault of the machine."""


@contextmanager
def at_most(seconds: int) -> Iterator[None]:
    """Ends what waits for ever."""

    def ended(*_: object) -> None:
        raise EndlessError

    before = signal.signal(signal.SIGALRM, ended)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def arguments(command: Any, parameter: str, path: Path, regular: Path) -> list[str]:
    """What a command must be given, with the path in its place."""
    options, positional = [], []
    for each in command.params:
        if each.name != parameter and not each.required:
            continue
        value = str(path) if each.name == parameter else value_of(each, path=regular)
        if each.opts[0].startswith("-"):
            options += [each.opts[0], value]
        else:
            positional.append(value)
    return [*options, "--", *positional]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Workspace.create(tmp_path_factory.mktemp("hostile") / "w").home


@pytest.mark.attack("machine", "a pipe that nobody writes to is given for a file, to every command that reads one")
@pytest.mark.parametrize(("words", "parameter"), [*given_paths(), *((words, None) for words in AS_TEXT)], ids=str)
def test_a_pipe_keeps_no_command_waiting(
    home: Path, command: Run, tmp_path: Path, tries: Tries, *, words: str, parameter: str | None
) -> None:
    regular = tmp_path / "regular.yaml"
    regular.write_text("id: x\n", encoding="utf-8")
    for suffix in ("csv", "pdf"):
        pipe = tmp_path / f"pipe.{suffix}"
        os.mkfifo(pipe)
        tries.add()
        with at_most(20):
            given = arguments(commands()[words], parameter, pipe, regular) if parameter else [pipe]
            done = command("--workspace", home, *words.split(), *given)
        assert done.returncode in (1, 2), done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.attack("machine", "a pipe lies among the files of a workspace or of a charter")
@pytest.mark.parametrize("place", ["systems/x.yaml", "charter/charter.yaml", "charter/article.yaml", "keys/ledger.key"])
def test_a_pipe_in_a_folder_keeps_no_command_waiting(tmp_path: Path, command: Run, place: str) -> None:
    home = Workspace.create(tmp_path / "w").home
    (home / place).parent.mkdir(exist_ok=True)
    os.mkfifo(home / place)
    for asked in (("systems", "list"), ("charter", "check"), ("verify", "--ledger"), ("ledger", "key")):
        with at_most(20):
            done = command("--workspace", home, *asked)
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null"])
def test_a_device_is_no_file(path: str) -> None:
    with pytest.raises(BoussoleError, match="a pipe or a device"):
        read_bytes(Path(path))


OBEYED = "a\x1b]0;owned\x07\x1b[2J\x1b[31mred\x9b31m\r\b\x7f\u202egnp\u2066"


@pytest.mark.attack("terminal", "names and words from data move the cursor, colour, or turn what is printed")
def test_no_terminal_obeys_what_a_log_says(tmp_path: Path, command: Run) -> None:
    home = Workspace.create(tmp_path / "w").home
    named = tmp_path / f"{OBEYED}.yaml"
    named.write_text('id: "\\e[2J\\u202e"\n', encoding="utf-8")
    for asked in (
        ("systems", "add", named),
        ("verify", tmp_path / f"{OBEYED}.pdf"),
        ("audit", "--system", OBEYED),
        ("charter", "check", named),
    ):
        done = command("--workspace", home, *asked)
        assert not CONTROLS.search(done.stdout + done.stderr), asked
    shown = json_text({"label": OBEYED})
    assert not CONTROLS.search(shown)
    assert json.loads(shown) == {"label": OBEYED}
    assert printable("é\tß\n") == "é\tß\n"


def unescaped(text: str) -> str:
    """The text that `escaped` was given."""
    return text[1:] if re.search(ESCAPED, text) else text


@pytest.mark.attack("spreadsheets", "cells begin like a formula, in full-width signs too, behind what is not seen")
@settings(derandomize=True, max_examples=300)
@given(
    before=st.text(alphabet=" \u00a0\u200b\ufeff\u202f\u2060\u00ad\x00\x1f'", max_size=3),
    sign=st.sampled_from(SIGNS + WIDE),
    rest=st.text(max_size=8),
)
def test_no_cell_is_run_and_none_is_lost(before: str, sign: str, rest: str) -> None:
    text = before + sign + rest
    written = escaped(text)
    assert unescaped(written) == text
    if "'" not in before:
        assert written == f"'{text}"


@pytest.mark.costly
@given(text=st.text(max_size=12))
@settings(derandomize=True, max_examples=500)
def test_every_text_comes_back(text: str) -> None:
    assert unescaped(escaped(text)) == text


HEADER = "decision_id,ts,contacted,gender\n"
GOOD = "1,2026-03-01,true,F\n"


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    return written_workspace(tmp_path / "workspace", CALLS).home


def refused(done: Any, *words: str) -> None:
    assert done.returncode == 2, (done.returncode, done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr, done.stderr


def test_strict_writes_nothing_and_an_unknown_system_is_named_with_the_nearest_one(
    command: Any, calls: Path, tmp_path: Path
) -> None:
    file = tmp_path / "log.csv"
    file.write_text(HEADER + GOOD + "2,2026-03-01,perhaps,M\n")
    refused(command("--workspace", calls, "import", file, "--system", "calls", "--strict"), "--strict", "row 2")
    refused(command("--workspace", calls, "audit", "--system", "calls"), "no decisions yet", "boussole import")
    refused(command("--workspace", calls, "audit", "--system", "callz"), "Did you mean 'calls'?")


@pytest.mark.parametrize("system", ["../calls", "/etc/passwd", "Calls", "calls.yaml", ""])
def test_a_system_id_is_never_a_path(command: Any, calls: Path, tmp_path: Path, system: str) -> None:
    (tmp_path / "log.csv").write_text(HEADER + GOOD)
    done = command("--workspace", calls, "import", tmp_path / "log.csv", "--system", system)
    refused(done, "cannot be an identifier: use at most 48 lower-case letters, digits and _", "boussole systems list")


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
    command: Any, calls: Path, tmp_path: Path, change: tuple[str, str], words: tuple[str, ...]
) -> None:
    (tmp_path / "bad.yaml").write_text(CALLS.replace(*change), encoding="utf-8")
    refused(command("--workspace", calls, "systems", "add", tmp_path / "bad.yaml"), "bad.yaml", *words)
    assert [path.name for path in (calls / "systems").iterdir()] == ["calls.yaml"]


@pytest.mark.costly
def test_outside_a_workspace_the_next_step_is_init(boussole: Any, tmp_path: Path) -> None:
    refused(boussole("--workspace", tmp_path, "systems", "list"), "no workspace here", "boussole init")
