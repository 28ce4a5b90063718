"""What is left to `make test-all` has a lighter sibling; what is left to CI, a cheaper test in its file."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.sparing import kept

HERE = Path(__file__).parent


def slow_of(found: ast.FunctionDef | ast.ClassDef) -> list[ast.expr]:
    """The marks that leave a test out of `make test`."""
    return [each for each in found.decorator_list if ast.unparse(each).startswith("pytest.mark.slow")]


@cache
def within(path: Path) -> dict[str, ast.FunctionDef | ast.ClassDef]:
    """The tests of a file by their names; a class that is made by another (`TestMeeting = …`) is no test here."""
    with kept():
        tree = ast.parse(path.read_text(encoding="utf-8"))
    found = [each for each in tree.body if isinstance(each, ast.FunctionDef | ast.ClassDef)]
    return {each.name: each for each in found if each.name.lower().startswith("test")}


def siblings() -> Iterator[tuple[str, Path, str]]:
    """Each test that names a lighter one: its own name, and the file and name of the lighter."""
    for path in sorted(HERE.rglob("test_*.py")):
        for name, test in within(path).items():
            for mark in slow_of(test):
                if isinstance(mark, ast.Call):
                    (told,) = (ast.literal_eval(each.value) for each in mark.keywords if each.arg == "lighter")
                    file, _, lighter = told.rpartition("::")
                    yield f"{path.relative_to(HERE)}::{name}", HERE / file if file else path, lighter


def test_what_is_slow_names_a_lighter_test_that_every_run_makes() -> None:
    found = list(siblings())
    assert len(found) > 30
    missing = {name: lighter for name, path, lighter in found if lighter not in path.read_text(encoding="utf-8")}
    assert missing == {}
    left_out = {name: lighter for name, path, lighter in found if slow_of_name(path, lighter)}
    assert left_out == {}


def test_every_file_of_costly_tests_has_one_that_costs_little() -> None:
    """What is slow besides names its lighter sibling, wherever that is."""
    left = {
        str(path.relative_to(HERE))
        for path in sorted(HERE.rglob("test_*.py"))
        if (marks := [marks_of(each) for each in within(path).values()]) and all(marks) and ["costly"] in marks
    }
    assert left == set()


def marks_of(found: ast.FunctionDef | ast.ClassDef) -> list[str]:
    """The marks by which `make test` leaves a test out."""
    written = [ast.unparse(each) for each in found.decorator_list]
    return [mark for mark in ("slow", "costly") if any(each.startswith(f"pytest.mark.{mark}") for each in written)]


def slow_of_name(path: Path, name: str) -> bool:
    """Whether a test is left out itself."""
    test = within(path).get(name)
    return test is not None and bool(slow_of(test))
