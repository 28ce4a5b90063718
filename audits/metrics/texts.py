"""Promises about texts: no advert with a prohibited criterion, no personal data where none belong (clusters: teams).

The recall and precision of the readers, measured on annotated texts, are carried into every bound.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from boussole.audits.measures import Measure
from boussole.audits.metrics.cases import cases_measure, interval_of
from boussole.audits.metrics.definition import Metric
from boussole.audits.metrics.shares import PART_OF_MONTH, of_months, sides_of, untold
from boussole.audits.parts import Ints
from boussole.audits.systems.logs.texts import (
    ADVERTS,
    DRAFTS,
    NUMBERS,
    OUTSIDE,
    PERSONAL,
    UNREAD,
    UNREAD_ADVERTS,
    HeldTexts,
)
from boussole.audits.systems.model import System
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
"""Unlawful wording, by text: 549 held-out adverts (docs/texts.md)."""
READER_ACCURACY: Mapping[Entity, ReaderAccuracy] = {
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
"""Personal data, by kind: 303 held-out texts; health: 80 others (docs/personal.md)."""


def personal_reader(kinds: Collection[Entity]) -> ReaderAccuracy:
    """Return the accuracy of the reader of some kinds of personal data, all their findings together."""
    each = [READER_ACCURACY[kind] for kind in sorted({*kinds})]
    names = ("annotated", "found", "reported", "right")
    return ReaderAccuracy(**{name: sum(getattr(one, name) for one in each) for name in names})


UNLAWFUL_ADVERTS = "unlawful_adverts_share"
PERSONAL_OUTSIDE = "personal_data_outside_share"
RULE_OF_THREE = 3.0


def text_measures(read: pa.Table, system: System) -> list[Measure]:
    """Measure each promise about texts that the system file declares, from their counts (`counts.read.SHARES`).

    Suppressed: `small_group`, fewer texts than `suppress_below` in a month. Undefined: `no_text_read`.
    """
    held = system.generations.texts if system.generations is not None else None
    if held is None:
        return []
    asked = {UNLAWFUL_ADVERTS: bool(held.adverts), PERSONAL_OUTSIDE: bool(held.personal)}
    if PART_OF_MONTH in read["part"].to_pylist():
        return [untold(name, bad_side="above") for name, holds in asked.items() if holds]
    counts = _Counts(read, held, limit=system.privacy.suppress_below)
    found = []
    if held.adverts:
        found.append(counts.measure(UNLAWFUL_ADVERTS, ADVERTS, DRAFTS, UNREAD_ADVERTS, of=WORDING, cases_of=WORDING))
    if held.personal:
        numbers = [kind for kind in NUMBERS if kind in held.personal] or NUMBERS
        readers = {"of": personal_reader(held.personal), "cases_of": personal_reader(numbers)}
        found.append(counts.measure(PERSONAL_OUTSIDE, OUTSIDE, PERSONAL, UNREAD, **readers))
    return found


class _Counts:
    def __init__(self, read: pa.Table, held: HeldTexts, *, limit: int) -> None:
        self._read, self._held, self._limit = read, held, limit

    def measure(
        self, name: str, cases: str, texts: str, unread: str, *, of: ReaderAccuracy, cases_of: ReaderAccuracy
    ) -> Measure:
        """A measure of cases, with what was found in all texts, or drafts, beside it."""
        sides, every = self._sides(cases), self._sides(unread)
        told: dict[str, Any] = {"unlabelled": int(every[1].sum()), "all": int(every.sum())}
        if (detected := self._detected(texts, of)) is not None:
            n = int(sides.sum())
            bound = min(1.0, RULE_OF_THREE / (n * cases_of.recall_at_least)) if n and not sides[1].sum() else None
            told["detected"] = {**detected, "bound": bound, "numbers": cases_of.document()}
        return cases_measure(
            name,
            sides,
            of_months(self._read, self._held.part(cases)),
            limit=self._limit,
            none="no_text_read",
            told=told,
            clusters=worth_if_few(sides),
        )

    def _detected(self, part: str, reader: ReaderAccuracy) -> dict[str, Any] | None:
        """Return in how many texts something was found, and how many there are at most by the reader's recall."""
        sides = self._sides(part)
        flagged, n = int(sides[1].sum()), int(sides.sum())
        if not n or min(of_months(self._read, self._held.part(part))) < self._limit:
            return None
        high = interval_of(sides, worth_if_few(sides)).high
        return {
            "texts": n,
            "flagged": flagged,
            **reader.document(),
            "share": min(1.0, flagged / n / reader.recall),
            "most": min(1.0, high / reader.recall_at_least),
        }

    def _sides(self, part: str) -> Ints:
        return sides_of(self._read, self._held.part(part))


def worth_if_few(sides: Ints) -> float:
    """Return how many independent texts these (no case, case; by bucket) are worth where few are cases.

    Formula: rows ÷ the mean number of cases in buckets that hold any; all rows where there is no case.

    >>> import numpy as np
    >>> worth_if_few(np.array([[90, 94, 100], [10, 6, 0]]))
    37.5
    """
    cases = sides[1]
    return float(sides.sum() / max(1.0, cases.sum() / max(1, np.count_nonzero(cases))))


_SOURCE = (
    "what readers miss: Rogan & Gladen (1978), Am. J. Epidemiology 107:71-76; bound: rule of three, Hanley &"
    " Lippman-Hand (1983), JAMA 249:1743-1745, at the recall of the reader; interval: Wilson (1927), JASA 22:209-212,"
    " at effective sizes: Rao & Scott (1992), Biometrics 48:577-585"
)
METRICS = (
    Metric(
        name=UNLAWFUL_ADVERTS,
        kind="share",
        formula="adverts that went out and in which rules find a prohibited criterion ÷ adverts that went out and were"
        " read; beside it, drafts with a finding ÷ drafts read ÷ recall of the rules",
        range="[0, 1]",
        ideal=0.0,
        undefined="no advert that went out could be read; too few adverts to be told",
        source=f"Labour Code, L. 1132-1, L. 1142-1 and L. 5321-2; {_SOURCE}",
    ),
    Metric(
        name=PERSONAL_OUTSIDE,
        kind="share",
        formula="texts that went outside with a social security number or an IBAN in them ÷ texts that went outside and"
        " were read; beside it, texts with personal data of the declared kinds ÷ texts read ÷ recall of the detector",
        range="[0, 1]",
        ideal=0.0,
        undefined="no text that went outside could be read; too few texts to be told",
        source=f"GDPR, Art. 5(1)(f) and 9; {_SOURCE}",
    ),
)
