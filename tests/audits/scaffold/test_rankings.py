"""Logs with places in lists are proposed as rankings."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.audits.scaffold.proposals import proposed


def ranked(**more: list[Any]) -> dict[str, list[Any]]:
    """Forty lists of six."""
    return {
        "search": [n // 6 for n in range(240)],
        "candidate_id": [f"c{n % 90}" for n in range(240)],
        "rank": [n % 6 + 1 for n in range(240)],
        "sex": ["F", "M", "M", "F", "M"] * 48,
        **more,
    }


def test_a_log_with_places_in_lists_is_a_ranking(table: Callable[..., Path], tmp_path: Path) -> None:
    """The list is found by what the places in it are, as its name says nothing."""
    path = table(**ranked(contacted=["yes", "no", "no"] * 80))
    made, system = proposed(path, tmp_path)
    assert (system.kind, system.log.rank, system.log.request) == ("ranking", "rank", "search")
    assert system.log.decision.column == "contacted"
    assert "rank: rank  # guessed: its name says so; within each 'search' it goes from 1 to n" in made.text


def test_numbers_that_are_no_places_make_no_ranking(table: Callable[..., Path], tmp_path: Path) -> None:
    path = table(**ranked(contacted=["yes", "no", "no"] * 80) | {"rank": [n % 7 + 1 for n in range(240)]})
    made, system = proposed(path, tmp_path)
    assert (system.kind, system.log.rank) == ("selection", None)
    assert "# Left out: rank: it sounds like a place in a list, but no column says in which list." in made.text


def test_lists_without_a_decision_are_proposed_too(table: Callable[..., Path], tmp_path: Path) -> None:
    """Nothing that does not say itself that it is a decision is sealed as one."""
    made, system = proposed(table(**ranked()), tmp_path)
    assert (system.kind, system.log.rank, system.log.request) == ("ranking", "rank", "search")
    assert system.log.key == ("search", "candidate_id")
    guessed = re.search(r"^    column: \w+  # guessed", made.text, re.MULTILINE)
    assert guessed is None
