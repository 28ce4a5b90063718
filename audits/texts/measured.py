"""The accuracy of the text readers, as measured on the held-out annotated sets (docs/texts.md, docs/personal.md)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from boussole.audits.texts.personal.findings import Entity
from boussole.audits.uncertainty.score import wilson


@dataclass(frozen=True, kw_only=True)
class ReaderAccuracy:
    """What a reader of texts found of what people had annotated, and how much of what it reported was right."""

    annotated: int
    found: int
    reported: int
    right: int

    @property
    def recall(self) -> float:
        """The share of what is there that it finds."""
        return self.found / self.annotated

    @property
    def recall_at_least(self) -> float:
        """The lower end of the 95 % Wilson interval of that share: whoever counts on it misses no more."""
        return wilson(self.found, self.annotated).low

    def document(self) -> dict[str, int]:
        """The four counts as a measure tells them."""
        return {name: getattr(self, name) for name in ("annotated", "found", "reported", "right")}


WORDING = ReaderAccuracy(annotated=255, found=222, reported=255, right=222)
"""Unlawful wording, by text: 549 held-out adverts."""
PERSONAL: Mapping[Entity, ReaderAccuracy] = {
    "NIR": ReaderAccuracy(annotated=27, found=27, reported=27, right=27),
    "PHONE": ReaderAccuracy(annotated=29, found=29, reported=29, right=29),
    "EMAIL": ReaderAccuracy(annotated=25, found=25, reported=25, right=25),
    "IBAN": ReaderAccuracy(annotated=23, found=23, reported=23, right=23),
    "PERSON": ReaderAccuracy(annotated=127, found=124, reported=134, right=124),
    "ADDRESS": ReaderAccuracy(annotated=24, found=21, reported=22, right=21),
    "DATE_OF_BIRTH": ReaderAccuracy(annotated=23, found=22, reported=22, right=22),
    "FT_ID": ReaderAccuracy(annotated=22, found=14, reported=14, right=14),
    "HEALTH": ReaderAccuracy(annotated=38, found=35, reported=36, right=35),
}
"""Personal data, by kind: 303 held-out texts; health: 80 others."""


def personal_reader(kinds: Collection[Entity]) -> ReaderAccuracy:
    """Return the accuracy of the reader of some kinds of personal data, all their findings together."""
    each = [PERSONAL[kind] for kind in sorted({*kinds})]
    names = ("annotated", "found", "reported", "right")
    return ReaderAccuracy(**{name: sum(getattr(one, name) for one in each) for name in names})
