"""What is counted of what agents make of texts: whether they change or reject them, and read them before sending."""

from __future__ import annotations

from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.audits.systems.logs.calls import Calls
from boussole.audits.systems.logs.generations import Generations
from boussole.audits.systems.logs.texts import HeldTexts, plain

DIGITS = 12
"""Hexadecimal digits of the hash that tells one declaration from another."""
NAMES = ("changed", "hasty", "untimed", "small", "squares", "months")
CHANGED, HASTY, UNTIMED, SMALL, SQUARES, MONTHS = PARTS = tuple(f"agents_{name}" for name in NAMES)
"""Of large teams: texts of which it is told what became, those that agents changed or rejected; texts sent and of known
time and words, those sent faster than they can be read; texts sent, those of unknown time or words. Of all teams:
texts of which it is told what became, those of teams that are too small. Of each agent of a large team, texts times
texts. Months, of which each is one. All carry what outcomes are held to (`part`)."""


def outcomes(section: Generations) -> tuple[list[str], list[str], list[str]]:
    """The values of `outcome` of a text that went out as written, of one that went out edited, of one for nothing."""
    held, calls = section.texts or HeldTexts(), section.calls or Calls()
    return plain(held.as_written), plain(held.edited), plain(calls.discarded)


def part(section: Generations, name: str) -> str:
    """The name of a part, with a hash of what outcomes are held to: counts of another are not taken for it."""
    return f"{name} {sha256_hex(canonical_json(list(outcomes(section))))[:DIGITS]}"
