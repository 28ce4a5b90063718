"""The threat model in docs/security.md: each threat names tests, and each test exists."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[2]
PAGE = (TESTS.parent / "docs" / "security.md").read_text(encoding="utf-8")
WHO = {"administrator", "steward", "member", "supplier", "stranger", "runs the server", "another user of the machine"}


def threats() -> list[tuple[str, str, str]]:
    """Every row of the tables of threats: who, the threat, and its cell of tests."""
    rows = [line.strip("|").split("|") for line in PAGE.partition("\n## The ledger")[2].splitlines()]
    found = [(row[0].strip(), row[1].strip(), row[3]) for row in rows if len(row) == 4]
    return [each for each in found if each[2].strip() != "test" and "---" not in each[2]]


@cache
def known() -> set[str]:
    code = "\n".join(path.read_text("utf-8") for path in TESTS.rglob("test_*.py"))
    return set(re.findall(r"(?m)^def (test_\w+)", code))


def test_all_five_are_thought_of() -> None:
    assert {who for who, _, _ in threats()} >= WHO
    assert len(threats()) > 60


@pytest.mark.parametrize(("who", "threat", "tests"), threats(), ids=lambda each: each[:40])
def test_every_threat_has_tests_that_exist(who: str, threat: str, tests: str) -> None:
    named = re.findall(r"`(test_\w+)`", tests)
    assert named, (who, threat)
    assert set(named) <= known(), threat
