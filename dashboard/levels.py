"""Thresholds in words, on the side where a comparison is bad: 125 for 100, 10 points, a distance of 0.25."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from audits.languages import capital
from dashboard.tables import signed
from dashboard.words import Say

Document = Mapping[str, Any]


def threshold_words(document: Document, verdict: Document, say: Say) -> str:
    """From where a question is watched and not kept, and whether anybody has adopted that; empty without a level."""
    threshold, measure = verdict["threshold"] or {}, _first(document, verdict)
    if measure is None:
        return ""
    levels = verdict["comparisons"][0]["levels"]
    said = [
        _beyond(words, float(levels[kind]), measure["params"], say)
        for kind, words in (("breach", say("not kept")), ("watch", say("to be watched")))
        if levels[kind] is not None
    ]
    parts = [
        ", ".join(said) + ".",
        say("Adopted.") if threshold["status"] == "adopted" else say("Proposed, not adopted."),
        say("Not a legal threshold."),
        say("Adopted after this period had begun.") if threshold["post_hoc"] else "",
    ]
    return capital(" ".join(part for part in parts if part))


def _first(document: Document, verdict: Document) -> Document | None:
    """The measure of the first comparison: all comparisons of a question share scale and levels."""
    if not verdict["comparisons"]:
        return None
    name = verdict["comparisons"][0]["measure"]
    return next((dict(measure) for measure in document["measures"] if measure["id"] == name), None)


def _beyond(verdict: str, at: float, params: Document, say: Say) -> str:
    if at == 0:
        return say("{verdict} from any gap", verdict=verdict)
    level = level_words(at, params["scale"], say)
    if params["bad_side"] == "below":
        return say("{verdict} under {level}", verdict=verdict, level=level)
    return say("{verdict} over {level}", verdict=verdict, level=level)


def level_words(at: float, scale: str, say: Say) -> str:
    """A level in a lay reader's words.

    >>> from dashboard.words import speaker
    >>> [level_words(at, scale, speaker("en")) for at, scale in ((1.25, "ratio"), (-0.1, "difference"))]
    ['125 for 100', '−10 points']
    """
    if scale == "ratio":
        return say("{n} for 100", n=say.whole(100 * at))
    if scale == "difference":
        nought = say.number(0, 1)[1:]
        return say("{n} points", n=signed(100 * at, say).removesuffix(nought))
    return say("a distance of {n}", n=say.number(at))
