"""Which windows decide a comparison: all that count together, or recent ones that tell of a graver gap.

Each has its part of the level, and each part is shared over the looks of a year. By the third rule and the fourth the
window of the audit is heard beside all together, since the fifth the last quarter and half of a year too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ..looks import nominal
from .deciding import beyond_watch
from .testing import beyond, kept_level, level

BY_RECENT = 5
"""Since which rule recent windows are heard beside that of the audit."""
ALONE, TOGETHER = 0.25, 0.75
"""By the rules before it, which part of the level goes to a window alone, and to all windows together."""
LATELY = 0.1
"""Since then, the part of each of the recent windows."""


def spans(looks: int) -> tuple[int, ...]:
    """Over how many windows recent figures are told, of so many in a year."""
    return tuple(each for each in (looks // 4, looks // 2) if each > 1)


class Heard(NamedTuple):
    """A comparison as it is held to the watch level and to the breach level, and by all windows together."""

    watch: dict
    breach: dict
    together: dict
    windows: Sequence[dict] = ()
    """All that could decide."""

    def decides(self, *, broken: bool) -> dict:
        """The figures that decide: those that broke it, where it is *not kept*."""
        return self.breach if broken else self.watch


class SeveralWindows(NamedTuple):
    """What a document tells of several windows: of all that count, and of recent ones alone, by name."""

    every: Mapping[str, dict]
    recent: Mapping[str, list[dict]]
    parts: int
    """Over how many spans recent figures are told."""


def told(document: dict) -> SeveralWindows:
    """The figures of several windows; none where no other window counts."""
    found = document.get("accumulated") or {}
    recent: dict[str, list[dict]] = {}
    for each in found.get("recent") or ():
        recent.setdefault(each["id"], []).append(each)
    spans = {each["params"]["recent"] for some in recent.values() for each in some}
    return SeveralWindows({each["id"]: each for each in found.get("measures", ())}, recent, len(spans))


def heard(own: dict, of: SeveralWindows, threshold: dict, *, rule: int, alpha: float, looks: int) -> Heard:
    """The figures that a comparison of a window is judged by, each with its part of the level."""
    every = of.every.get(own["id"])
    if every is None:
        return Heard(own, own, own, [own])
    watch = float(threshold["watch"])
    if rule < BY_RECENT:
        found = _alone(own, every, watch, alpha, looks)
        return Heard(found, found, found)
    together = _part(every, 1 - LATELY * (1 + of.parts))
    lately = [_part(each, LATELY) for each in (own, *of.recent.get(own["id"], ())) if each["status"] == "ok"]
    return Heard(
        _gravest(together, lately, watch, alpha, looks, may_hide=False),
        _gravest(together, lately, kept_level(threshold), alpha, looks, may_hide=True),
        together,
        [each for each in (together, *lately) if each["status"] == "ok"],
    )


def windows(measure: dict) -> dict[str, bool | int | None]:
    """Which windows a comparison says that it rests on, where not all that count together decide."""
    params = measure["params"]
    return {"recent": params.get("recent"), "alone": True if "weight" in params and not params.get("since") else None}


def _gravest(
    together: dict, lately: Sequence[dict], stated: float, alpha: float, looks: int, *, may_hide: bool
) -> dict:
    """The smallest p over its part of a year's level, of all together and of recent windows that say something; unless
    it may hide, all together are heard beside these only where they lie beyond the level."""
    if together["status"] != "ok":
        return together
    p = [(beyond(each, level(each, stated)), each) for each in lately]
    speaking = [(chance, each) for chance, each in p if chance <= alpha]
    at = level(together, stated)
    if not speaking or may_hide or beyond_watch(together, {"levels.watch": at}):
        speaking.insert(0, (beyond(together, at), together))

    def grave(found: tuple[float, dict]) -> float:
        params = found[1]["params"]
        return found[0] * alpha / nominal(alpha, params.get("correlations") or (), looks) / float(params["weight"])

    return min(speaking, key=grave)[1]


def _alone(own: dict, together: dict, stated: float, alpha: float, looks: int) -> dict:
    """Of the window alone where that is graver."""
    alone = False
    if own["status"] == together["status"] == "ok":
        now, seen = (beyond(each, level(each, stated)) for each in (own, together))
        year = alpha / nominal(alpha, together["params"].get("correlations") or (), looks)
        alone = now <= alpha and now * looks / ALONE < seen * year / TOGETHER
    return _part(own, ALONE) if alone else _part(together, TOGETHER)


def _part(measure: dict, weight: float) -> dict:
    return {**measure, "params": {**measure["params"], "weight": weight}}
