"""Agreement of findings with annotated texts: recall and precision, by text and criterion, with Wilson intervals.

A text counts as found where anything is found in an unlawful one; a finding is right where one of the same criterion is
annotated and the spans overlap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from boussole.audits.uncertainty.score import wilson

ALL = "all"
"""The row of whole texts."""


@dataclass(frozen=True)
class AnnotationAgreement:
    """How often what is annotated was found, and how often what was found is annotated."""

    label: str
    annotated: int
    found: int
    reported: int
    right: int

    def recall(self) -> tuple[float, float, float] | None:
        """Share of what is annotated that was found, with its 95 % Wilson interval; None where nothing is annotated."""
        return _share(self.found, self.annotated)

    def precision(self) -> tuple[float, float, float] | None:
        """Share of what was reported that is annotated, in the same way; None where nothing was reported."""
        return _share(self.right, self.reported)


def agreements(
    texts: Iterable[Mapping[str, Any]], find: Callable[[str], list[tuple[str, int, int]]], *, label: str
) -> list[AnnotationAgreement]:
    """Measure the agreement on whole texts, then by label in the order of the alphabet.

    `texts` are `{"text", "findings": [{label, "start", "end"}]}`; `find` gives (label, start, end) for a text.
    """
    counts: dict[str, list[int]] = {ALL: [0, 0, 0, 0]}
    for text in texts:
        wanted = [(each[label], each["start"], each["end"]) for each in text["findings"]]
        given = find(text["text"])
        _add(counts, ALL, 0, wanted=bool(wanted), met=bool(given))
        _add(counts, ALL, 2, wanted=bool(given), met=bool(wanted))
        for each in wanted:
            _add(counts, each[0], 0, wanted=True, met=any(_same(each, other) for other in given))
        for each in given:
            _add(counts, each[0], 2, wanted=True, met=any(_same(each, other) for other in wanted))
    return [AnnotationAgreement(name, *counts[name]) for name in sorted(counts, key=lambda name: (name != ALL, name))]


def _add(counts: dict[str, list[int]], name: str, place: int, *, wanted: bool, met: bool) -> None:
    held = counts.setdefault(name, [0, 0, 0, 0])
    held[place] += wanted
    held[place + 1] += wanted and met


def _same(one: tuple[str, int, int], other: tuple[str, int, int]) -> bool:
    return one[0] == other[0] and one[1] < other[2] and other[1] < one[2]


def _share(part: int, whole: int) -> tuple[float, float, float] | None:
    if not whole:
        return None
    interval = wilson(part, whole)
    return part / whole, interval.low, interval.high
