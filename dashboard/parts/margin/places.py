"""Where a comment stands in a text that was saved since: beside the same words, what took their place, or nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True, kw_only=True)
class NotePlace:
    """`number`: of the paragraph beside which it stands, None where nothing took its place."""

    number: int | None
    changed: bool


class Places:
    """The places of the comments on one version of a text, in the text as it is now."""

    def __init__(self, before: Sequence[str], now: Sequence[str]) -> None:
        self._before, self._now = before, now
        same = before == now
        self._steps = [] if same else SequenceMatcher(None, before, now, autojunk=False).get_opcodes()

    def of(self, number: int) -> NotePlace:
        """The place of a paragraph of before.

        >>> Places(["One.", "Two."], ["New.", "One.", "Three."]).of(1)
        NotePlace(number=2, changed=False)
        >>> Places(["One.", "Two."], ["New.", "One.", "Three."]).of(2)
        NotePlace(number=3, changed=True)
        >>> Places(["One.", "Two."], ["Two."]).of(1)
        NotePlace(number=None, changed=True)
        """
        if not self._steps:
            return NotePlace(number=number, changed=False)
        at = number - 1
        tag, first, _, start, end = next(step for step in self._steps if step[1] <= at < step[2])
        if tag == "equal":
            return NotePlace(number=start + at - first + 1, changed=False)
        moved = [place for place, text in enumerate(self._now, 1) if text == self._before[at]]
        if moved:
            return NotePlace(number=min(moved, key=lambda place: abs(place - number)), changed=False)
        if tag == "replace":
            return NotePlace(number=min(start + at - first, end - 1) + 1, changed=True)
        return NotePlace(number=None, changed=True)
