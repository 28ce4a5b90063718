"""Thresholds in words, on the side where a comparison is bad: 125 for 100, 10 points, a distance of 0.25."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from audits.languages import capital
from dashboard.report.words import Tell
from dashboard.tables import signed

Document = Mapping[str, Any]


def threshold_words(document: Document, verdict: Document, tell: Tell) -> str:
    """From where a question is watched and not kept, and whether anybody has adopted that; empty without a level."""
    threshold, measure = verdict["threshold"] or {}, _first(document, verdict)
    if measure is None:
        return ""
    levels = verdict["comparisons"][0]["levels"]
    said = [
        _beyond(words, float(levels[kind]), measure["params"], tell)
        for kind, words in (("breach", tell("not kept")), ("watch", tell("to be watched")))
        if levels[kind] is not None
    ]
    parts = [
        ", ".join(said) + ".",
        tell("Adopted.") if threshold["status"] == "adopted" else tell("Proposed, not adopted."),
        tell("Not a legal threshold."),
        tell("Adopted after this period had begun.") if threshold["post_hoc"] else "",
    ]
    return capital(" ".join(part for part in parts if part))


def _first(document: Document, verdict: Document) -> Document | None:
    """The measure of the first comparison: all comparisons of a question share scale and levels."""
    if not verdict["comparisons"]:
        return None
    name = verdict["comparisons"][0]["measure"]
    return next((dict(measure) for measure in document["measures"] if measure["id"] == name), None)


def _beyond(verdict: str, at: float, params: Document, tell: Tell) -> str:
    if at == 0:
        return tell("{verdict} from any gap", verdict=verdict)
    level = level_words(at, params["scale"], tell)
    if params["bad_side"] == "below":
        return tell("{verdict} under {level}", verdict=verdict, level=level)
    return tell("{verdict} over {level}", verdict=verdict, level=level)


def level_words(at: float, scale: str, tell: Tell) -> str:
    """A level in a lay reader's words.

    >>> from dashboard.report.words import teller
    >>> [level_words(at, scale, teller("en")) for at, scale in ((1.25, "ratio"), (-0.1, "difference"))]
    ['125 for 100', '−10 points']
    """
    if scale == "ratio":
        return tell("{n} for 100", n=tell.whole(100 * at))
    if scale == "difference":
        nought = tell.number(0, 1)[1:]
        return tell("{n} points", n=signed(100 * at, tell).removesuffix(nought))
    return tell("a distance of {n}", n=tell.number(at))
