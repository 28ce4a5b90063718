"""What is found in a text: the kind of personal data and where it stands."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import get_args

from boussole.audits.entities import Entity

__all__ = ["ENTITIES", "Entity", "PersonalFinding", "Span", "without_overlaps"]

ENTITIES: tuple[Entity, ...] = get_args(Entity)
Span = tuple[int, int]
"""Where something starts and ends, in characters (code points): `text[start:end]`."""
_FIRST: tuple[Entity, ...] = ("EMAIL", "IBAN", "NIR", "FT_ID", "PHONE", "DATE_OF_BIRTH", "ADDRESS", "PERSON", "HEALTH")
"""Which kind keeps a place that two claim: what is checked by a key or a form before what is read from words."""


@dataclass(frozen=True, order=True)
class PersonalFinding:
    """Personal data in a text, by its place; the text itself is not in it."""

    start: int
    end: int
    entity: Entity

    def document(self) -> dict[str, str | int]:
        """The finding as the command prints it."""
        return {"entity": self.entity, "start": self.start, "end": self.end}


def without_overlaps(found: list[PersonalFinding]) -> list[PersonalFinding]:
    """Return findings in the order of the text, none over another: checked kinds first, then the longer one."""
    kept: list[PersonalFinding] = []
    for each in sorted(found, key=lambda one: (_FIRST.index(one.entity), one.start - one.end, one.start)):
        at = bisect_left(kept, each)
        free = at == len(kept) or each.end <= kept[at].start
        if free and (at == 0 or kept[at - 1].end <= each.start):
            kept.insert(at, each)
    return kept
