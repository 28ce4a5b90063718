"""What is found in texts by readers that miss some: how much there is at most, and whether that can be told."""

from __future__ import annotations

from boussole.audits.measure_params import DetectedTexts
from boussole.audits.metrics.texts import PERSONAL_OUTSIDE, UNLAWFUL_ADVERTS
from boussole.charter.document import MeasureInShort
from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.document.base import given

OF_TEXTS = (UNLAWFUL_ADVERTS, PERSONAL_OUTSIDE)
"""Measures of what readers find in texts."""
MOST_UNREAD = 0.01
"""Of more texts that nobody could read than this share, no case is not enough."""
BY_UPPER_END = (PERSONAL_OUTSIDE,)
"""Measures that are watched where what there is at most is beyond the level, not only what the count says."""


def detected_of(measure: MeasureInShort) -> DetectedTexts | None:
    """What a measure tells of all texts, or drafts; None of measures that rest on no reader, or where it is hidden."""
    told = measure.params.detected
    if told is None:
        return None
    return DetectedTexts(**{name: getattr(told, name) for name in DetectedTexts.model_fields})


def bound_told(measure: MeasureInShort) -> float | None:
    """The bound of the share of cases where none was found: the rule of three at the recall of the reader, if any."""
    return None if measure.params.detected is None else measure.params.detected.bound


def detected_answer(
    measure: MeasureInShort, verdict: Verdict, reason: str, *, watch: float | None
) -> tuple[Verdict, str]:
    """The answer of a measure of texts, given that of its cases.

    It is watched too where texts hold more than the level `watch` by the count and what the reader misses. It is not
    kept where so few were read that this cannot be told, or where too many could not be read.
    """
    found, unread = detected_of(measure), measure.params.unlabelled or 0
    if verdict == Verdict.WATCH or (found is None and verdict != Verdict.KEPT):
        return verdict, reason
    if found is not None and watch is not None:
        by_most = measure.metric in BY_UPPER_END and found.flagged and found.most > watch
        if found.share > watch or by_most:
            return Verdict.WATCH, "logged_rate"
        if verdict == Verdict.KEPT and found.most > watch:
            return Verdict.UNKNOWN, "logged_wide"
    if verdict == Verdict.KEPT and unread > MOST_UNREAD * given(measure.params.all):
        return Verdict.UNKNOWN, "logged_unread"
    return verdict, reason
