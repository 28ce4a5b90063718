"""Planted errors: the cases of a protocol, drawn by a secret that was sealed before they existed, and the outcome."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass

from boussole.charter.record_types.planting import PlantedErrors, Planting
from boussole.charter.records.facts import Facts


def drawn(cases: Iterable[str], *, secret: str, errors: int) -> list[str]:
    """The cases in which errors are planted: those with the smallest HMAC-SHA-256 under the secret, smallest first.

    Source: sampling by permanent random numbers, Ohlsson (1995), Business Survey Methods, chapter 9.

    >>> drawn("abcd", secret="not a long one", errors=2) == drawn("dcbaa", secret="not a long one", errors=2)
    True
    """
    key = secret.encode()
    ordered = sorted({*cases}, key=lambda case: (hmac.new(key, case.encode(), hashlib.sha256).digest(), case))
    return ordered[:errors]


@dataclass(frozen=True, kw_only=True)
class PlantingFound:
    """A protocol and what was noticed under it, if that was recorded, with their entries."""

    entry: int
    planting: Planting
    sealed_on: dt.date
    found: tuple[int, PlantedErrors] | None

    @property
    def sealed_late(self) -> bool:
        """Whether the ledger does not prove that nobody could have picked the cases."""
        return self.sealed_on >= self.planting.start


def plantings(facts: Facts, system: str) -> list[PlantingFound]:
    """The protocols of a system that stand, the oldest first."""
    results = {said.commitment: (entry, said) for entry, said in facts.standing(PlantedErrors) if said.system == system}
    sealed = {each.entry: each.sealed_on for each in facts.sealed}
    found = [
        PlantingFound(entry=entry, planting=said, sealed_on=sealed[entry], found=results.get(said.commitment))
        for entry, said in facts.standing(Planting)
        if said.system == system
    ]
    return sorted(found, key=lambda each: (each.planting.end, each.entry))
