"""The threat models in docs/access.md and docs/security.md: each threat names tests, and each test exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[2]
PAGE = (TESTS.parent / "docs" / "access.md").read_text(encoding="utf-8")
WHO = ("An administrator", "A steward", "A member of a committee", "A supplier", "A stranger")


SECURITY = (TESTS.parent / "docs" / "security.md").read_text(encoding="utf-8")


def threats() -> list[tuple[str, str]]:
    """Every row of the tables of threats: the threat, and its cell of tests."""
    rows = [line.strip("|").split("|") for line in PAGE.partition("\n## Threats\n")[2].splitlines()]
    more = [line.strip("|").split("|") for line in SECURITY.partition("\n## The ledger")[2].splitlines()]
    found = [(row[0].strip(), row[2]) for row in rows if len(row) == 3]
    found += [(f"{row[0].strip()} {row[1].strip()}", row[3]) for row in more if len(row) == 4]
    return [(threat, tests) for threat, tests in found if tests.strip() not in ("Test", "test") and "---" not in tests]


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
