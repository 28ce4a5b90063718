"""Figures of several windows put together, computed again: each window is a stratum of its own, or several.

Only what a window told enters. Sources: Greenland & Robins (1985), Biometrics 41:55; Kish's effective sizes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Callable, NamedTuple

from ..buckets import Counted
from ..groups import Claims, Sides, ends, share
from ..rates import COMPARED, bad_side
from ..system import System
from ..verdicts.heard import BY_RECENT, spans
from ..verdicts.judging import LOOKS
from .stages import ADJUSTED, STAGED, matched
from .told import of_test
from .untold import excused

UNREAD = ("expired", "selective_labels", "absent_is_negative")
"""Reasons for which a figure cannot be told of any window any more."""
COMPARISONS = {*COMPARED, *ADJUSTED, *(name for name in STAGED if name.endswith("_ratio"))}
"""What is put together where windows told it: of these none may be kept back."""
SOME_DAY = "9999-12-31"
"""After whatever day a legal basis ends on."""
BY_GONE = 8
"""Since which rule a group that a window holds nobody of is judged by the windows before it."""


class ToldWindow(NamedTuple):
    """A window as its own audit told it: its first day, its measures by name, and how their counts are read."""

    start: str
    measures: Mapping[str, dict]
    sides: Callable[[dict], Sides | None]


class Together:
    """Computes the figures of a document again that rest on several windows.

    `windows`: those before it by their evidence, as far as the pack holds their audits; `people`: whether rows of one
    person are known by their bucket, as in the rows.
    """

    def __init__(
        self, document: dict, system: System, own: ToldWindow, windows: Mapping[str, ToldWindow], *, people: bool
    ) -> None:
        self.system, self.own, self.clustered = system, own, system.clustered and people
        self.accumulated: dict = document.get("accumulated") or {"windows": [], "measures": []}
        self.known, self.span = windows, LOOKS[system.window]
        self.expired = any(each["reason"] == "expired" and self._unread(each) for each in document["measures"])
        self.recent: list[dict] = list(self.accumulated.get("recent") or ())
        self.rule: int = document.get("rule", 1)
        lately = spans(self.span) if self.rule >= BY_RECENT else ()
        self.spans = [each for each in lately if each <= len(self.before)]

    @property
    def before(self) -> list[dict]:
        """The windows before its own whose figures enter, as the document names them."""
        return self.accumulated["windows"][-(self.span - 1) :] if self.span > 1 else []

    @property
    def here(self) -> bool:
        """Whether the pack holds the audits of all windows that enter."""
        return all(each["cubes"] in self.known for each in self.before)

    @property
    def figures(self) -> list[dict]:
        """Those of all windows that count, then those of recent ones."""
        return [*self.accumulated["measures"], *self.recent]

    def kept_back(self) -> list[str]:
        """The comparisons that windows told and that are not put together; and those told over windows that are not
        judged."""
        wrong = [each["id"] for each in self.recent if each["params"].get("recent") not in self.spans]
        if not self.before or not self.here or self.expired:
            return wrong
        there = {(each["id"], each["params"].get("recent")) for each in self.figures}
        own = [m for m in self.own.measures.values() if m["metric"] in COMPARISONS and not self._unread(m)]
        for span in (None, *self.spans):
            names = (m["id"] for m in own if (m["id"], span) not in there and self._of(m, span) is not None)
            wrong += names
        return wrong + self._gone()

    def _gone(self) -> list[str]:
        """The comparisons that windows before its own told and that the document does not know at all, though what is
        gone is judged by these."""
        if self.rule < BY_GONE:
            return []
        lacking = {
            name: there
            for each in self.before
            for name, there in self.known[each["cubes"]].measures.items()
            if name not in self.own.measures and there["metric"] in COMPARISONS and there["status"] == "ok"
        }
        return [name for name, there in lacking.items() if self._of(there, None) is not None]

    def _unread(self, own: dict) -> bool:
        """Whether a figure can be told of no window any more, by a reason that the declaration bears out: a legal basis
        may have ended between the day that the document speaks of and the one on which it was made."""
        return own["reason"] in UNREAD and excused(own, self.system, SOME_DAY)

    def claims(self, measure: dict) -> Claims | None:
        """What a figure of several windows must say; None where the pack does not give it."""
        if not self.here or self.expired or measure["id"] not in self.own.measures:
            return None
        own = self.own.measures[measure["id"]]
        found = None if self._unread(own) else self._of(own, measure["params"].get("recent"))
        if found is None or self.clustered == self.system.clustered:
            return found
        rest = ("interval", "params.test", "clusters")  # of people that only the rows tell apart
        return {**{path: each for path, each in found.items() if not path.startswith(rest)}, **(of_test(measure) or {})}

    def _of(self, own: dict, recent: int | None) -> Claims | None:
        """What a figure must say over all windows that count (None), or over so many recent ones; these are told where
        they are not all."""
        every = self._claims(own["id"], own, self.span)
        if recent is None or every is None or recent not in self.spans:
            return every if recent is None else None
        found = self._claims(own["id"], own, recent)
        fewer = found is not None and found["params.since"] != every["params.since"]
        return {**(found or {}), "params.recent": recent} if fewer else None

    def _claims(self, name: str, own: dict, span: int) -> Claims | None:
        entering = [(w, w.measures[name]) for w in self._windows(own)[-span:] if w is not None]
        if not entering or (len(entering) == 1 and entering[0][0] is self.own):
            return None
        read = [window.sides(told) for window, told in entering]
        sides = [each for each in read if each is not None]
        if len(sides) < len(read):
            return None
        strata = [[each for side in sides for each in side[i]] for i in range(len(sides[0]))]
        dated: Claims = {"params.since": entering[0][0].start, "params.windows": len(entering)}
        if len(strata) == 1:
            return {**share(_summed(strata[0]), self.clustered), **dated}
        told = [each for _, each in entering]
        found = self._compared(own, told, strata, sides)
        looks = self._looks(name, own, span)
        return (
            None if found is None else {**found, **dated, **({} if looks is None else {"params.correlations": looks})}
        )

    def _windows(self, own: dict) -> list[ToldWindow | None]:
        """The windows that told a figure, each at its place; None where one did not."""
        without = [*(each.get("without") or () for each in self.before), ()]
        every = [*(self.known[each["cubes"]] for each in self.before), self.own]
        return [w if own["metric"] not in not_ and _told(w, own) else None for w, not_ in zip(every, without)]

    def _compared(self, own: dict, told: Sequence[dict], strata: Sides, sides: Sequence[Sides]) -> Claims | None:
        metric, clustered = own["metric"], self.clustered
        scale = COMPARED[metric][1] if metric in COMPARED else "ratio"
        one, two = strata
        if scale == "ratio" and not any(sum(k) for k, _ in two):
            return None
        found = matched(one, two, scale, clustered)
        claims: Claims = {
            "value": found.rates[0] / found.rates[1] if scale == "ratio" else found.rates[0] - found.rates[1],
            "n": sum(n1 + n0 for _, n1, _, n0 in found.sums),
            "clusters": _filled([*one, *two]) if clustered else None,
            **ends(found.interval),
            "params.values": list(found.rates),
            "params.counts": {
                "k": [sum(each[0] for each in found.sums), sum(each[2] for each in found.sums)],
                "n": [sum(each[1] for each in found.sums), sum(each[3] for each in found.sums)],
            },
            "params.decisions": sum(each["params"]["decisions"] for each in told),
            "params.test": found.test,
            "params.against": own["params"].get("against"),
            "params.scale": scale,
            "params.bad_side": bad_side(metric, self.system.favourable),
        }
        missing = [each["params"].get("missing_outcomes") for each in told]
        if any(each is not None for each in missing):
            claims["params.missing_outcomes"] = sum(each or 0 for each in missing)
        if any("bounds" in each["params"] for each in told):
            claims["params.bounds"] = _bounds(told, sides)
        return claims

    def _looks(self, name: str, own: dict, span: int) -> list[float] | None:
        """How much each look at the evidence has in common with the one before; None where the pack lacks a window."""
        earlier = self.accumulated["windows"][: -(self.span - 1)]
        if any(each["cubes"] not in self.known for each in earlier):
            return None
        sizes = [0 if _without(each, own) else _rows(self.known[each["cubes"]], name) for each in earlier]
        sizes += [0 if each is None else _rows(each, name) for each in self._windows(own)]
        return [round(each, 6) for each in shared(sizes, span)]


def shared(sizes: Sequence[float], span: int) -> list[float]:
    """The correlation of each look over the last `span` windows with the one before, from what each window brought."""
    found = []
    for at in range(1, len(sizes)):
        now, before = sum(sizes[max(0, at + 1 - span) : at + 1]), sum(sizes[max(0, at - span) : at])
        if now > 0 and any(sizes[:at]):
            found.append(sum(sizes[max(0, at + 1 - span) : at]) / math.sqrt(now * before) if before else 0.0)
    return found


def _told(window: ToldWindow, own: dict) -> bool:
    """Whether a window told a figure, of the same groups."""
    there = window.measures.get(own["id"])
    return (
        there is not None and there["status"] == "ok" and there["params"].get("against") == own["params"].get("against")
    )


def _without(window: dict, own: dict) -> bool:
    return own["metric"] in (window.get("without") or ())


def _rows(window: ToldWindow, name: str) -> float:
    there = window.measures.get(name)
    return float(there["n"] or 0) if there is not None and there["status"] == "ok" else 0.0


def _summed(strata: Sequence[Counted]) -> Counted:
    return [sum(b) for b in zip(*(k for k, _ in strata))], [sum(b) for b in zip(*(n for _, n in strata))]


def _filled(strata: Sequence[Counted]) -> int:
    """The buckets that hold any row."""
    return sum(any(rows) for rows in zip(*(n for _, n in strata)))


def _bounds(told: Sequence[dict], sides: Sequence[Sides]) -> list[float]:
    """Between what a difference lies whatever the missing outcomes are: of each window, by its weight."""
    weights = [sum(sum(n1) * sum(n0) / (sum(n1) + sum(n0)) for (_, n1), (_, n0) in zip(one, two)) for one, two in sides]
    pairs = [each["params"].get("bounds") or [each["value"], each["value"]] for each in told]
    return [sum(w * pair[end] for w, pair in zip(weights, pairs)) / sum(weights) for end in (0, 1)]
