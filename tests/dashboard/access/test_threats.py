"""The threat model in docs/access.md: each threat names tests, and each test exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[2]
PAGE = (TESTS.parent / "docs" / "access.md").read_text(encoding="utf-8")
WHO = ("An administrator", "A steward", "A member of a committee", "A supplier", "A stranger")


def threats() -> list[tuple[str, str]]:
    """Every row of the tables of threats: the threat, and its cell of tests."""
    part = PAGE.partition("\n## Threats\n")[2]
    rows = [line.strip("|").split("|") for line in part.splitlines() if line.startswith("| ")]
    return [(row[0].strip(), row[2]) for row in rows if row[0].strip() != "Threat"]


@pytest.fixture(scope="module")
def known() -> set[str]:
    found = re.findall(
        r"^def (test_\w+)", "\n".join(p.read_text("utf-8") for p in TESTS.rglob("test_*.py")), re.MULTILINE
    )
    return set(found)


def test_all_five_are_thought_of() -> None:
    assert re.findall(r"^### (.+)$", PAGE.partition("\n## Threats\n")[2], re.MULTILINE) == list(WHO)
    assert len(threats()) > 30


@pytest.mark.parametrize(("threat", "tests"), threats(), ids=lambda each: each[:40])
def test_every_threat_has_tests_that_exist(threat: str, tests: str, known: set[str]) -> None:
    named = re.findall(r"`(test_\w+)`", tests)
    assert named, threat
    assert set(named) <= known, threat
