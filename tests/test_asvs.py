"""The walk through ASVS: every number of level 2 once, with one state, and tests that exist."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from docs import asvs

TESTS = Path(__file__).parent
BY_CHAPTER = {1: 38, 2: 53, 3: 18, 4: 9, 5: 30, 6: 13, 7: 12, 8: 15, 9: 7, 10: 5, 11: 8, 12: 15, 13: 13, 14: 23}
"""How many lines level 2 asks in each chapter of version 4.0.3, counted by hand."""


def test_every_number_of_level_2_is_there_once():
    walked, asked = [each.number for each in asvs.requirements()], asvs.asked()
    assert walked == list(asked), "in the order of the standard"
    assert len(set(walked)) == len(walked) == 259
    assert Counter(each.chapter for each in asvs.requirements()) == BY_CHAPTER
    assert Counter(asked.values()) == {1: 128, 2: 131}


def test_each_line_has_one_state_and_says_why():
    for each in asvs.requirements():
        assert each.state in asvs.STATES, each.number
        assert bool(each.tests) if each.state == asvs.MET else bool(each.words), each.number
        assert 1 <= len(each.asks.split()) <= 12, f"{each.number}: in short words of our own"
        assert "|" not in each.asks + each.words, each.number


def test_each_test_that_is_named_exists():
    code = "\n".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py"))
    known = Counter(re.findall(r"^def (test_\w+)", code, re.MULTILINE))
    named = {name for each in asvs.requirements() for name in each.tests}
    assert len(named) > 100
    assert named <= set(known)


def test_totals_are_those_of_the_lines():
    last = asvs.totals().splitlines()[-1]
    counts = Counter(each.state for each in asvs.requirements())
    told = [int(found) for found in re.findall(r"\*\*(?:all )?(\d+)\*\*", last)]
    assert told == [259, *(counts[s] for s in asvs.STATES)]
