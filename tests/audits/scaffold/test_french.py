"""Proposals in French: by the language of the terminal."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

from boussole.audits import scaffold
from boussole.audits.decisions.files import values
from boussole.audits.errors import SystemFileError
from boussole.audits.languages import french
from boussole.audits.scaffold import people
from boussole.audits.scaffold.marks import FOLDER, GAP, GUESSED
from boussole.audits.scaffold.profile import REFERENCES
from boussole.audits.systems.gaps import hold_known
from boussole.audits.systems.model import ORDERS
from boussole.dashboard.cli import systems
from tests.audits.scaffold.proposals import imported, proposed, table
from tests.conftest import Run

SAYS = {"say", "told"}


def spoken(path: Path) -> Iterator[str]:
    """The messages that a module says: literal ones, and those that it gives a name first."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                named.setdefault(getattr(target, "id", ""), []).append(node.value)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and {getattr(node.func, each, "") for each in ("attr", "id")} & SAYS:
            yield from (text for each in node.args[:1] for text in texts(each, named))


def texts(node: ast.AST, named: dict[str, list[ast.expr]]) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*texts(node.body, named), *texts(node.orelse, named))
    elif isinstance(node, ast.Name):
        for value in named.get(node.id, []):
            yield from texts(value, {})


def messages() -> set[str]:
    folder = Path(scaffold.__file__).parent
    said = {text for path in folder.glob("*.py") for text in spoken(path)} | set(spoken(Path(values.__file__)))
    command = {text for text in spoken(Path(systems.__file__)) if text in catalogue()}
    reasons = {means for means, _ in REFERENCES.values()} | set(constants(Path(people.__file__)))
    return said | command | reasons | {GAP, GUESSED, *ORDERS.values()}


def constants(path: Path) -> Iterator[str]:
    """The reasons that a module returns, which are said elsewhere."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
            yield from (text for each in node.value.elts for text in texts(each, {}) if text)


def catalogue() -> dict[str, str]:
    with (FOLDER / "fr" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file, locale="fr") if message.id}


def test_every_comment_exists_in_french_once_with_its_values_and_typeset() -> None:
    found = catalogue()
    assert messages() == set(found)
    for english, translated in found.items():
        assert translated, english
        assert fields(translated) == fields(english), english
        assert translated == french(translated), english


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


COLUMNS: dict[str, Any] = {"id": list(range(60)), "granted": ["yes", "no"] * 30, "sex": ["M", "F", "F"] * 20}


def test_what_is_marked_in_french_keeps_rows_out_too(tmp_path: Path) -> None:
    source = table(tmp_path, **COLUMNS)
    made, system = proposed(source, tmp_path, language="fr")
    assert made.text.startswith("# Proposé par")
    assert "risk: high  # À COMPLÉTER\u202f: classe selon" in made.text
    assert [gap.partition("\u202f:")[0] for gap in made.gaps] == [
        gap.partition(":")[0] for gap in proposed(source, tmp_path)[0].gaps
    ]
    (tmp_path / "systems").mkdir()
    (tmp_path / "systems" / "log.yaml").write_text(made.text, encoding="utf-8")
    with pytest.raises(SystemFileError, match=r"line\(s\) are still `À COMPLÉTER`, so nothing is imported"):
        hold_known(tmp_path / "systems", "log")
    assert imported(source, system, tmp_path).accepted == 60


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"LC_ALL": "", "LANG": "fr_FR.UTF-8"}, "Aucune donnée ne peut dire ceci"),
        ({"LC_ALL": "en_GB.UTF-8", "LANG": "fr_FR.UTF-8"}, "No data can tell these"),
        ({"LC_ALL": "", "LANG": "C.UTF-8"}, "No data can tell these"),
    ],
)
def test_the_command_answers_in_the_language_of_the_terminal(
    environment: dict[str, str], told: str, tmp_path: Path, command: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"LC_MESSAGES": "", **environment}.items():
        monkeypatch.setenv(name, value)
    done = command("systems", "new", "--from", table(tmp_path, **COLUMNS))
    assert done.returncode == 0, done.stderr
    assert told in done.stderr
