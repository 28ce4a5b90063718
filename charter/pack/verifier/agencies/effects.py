"""What a document must say of the effects since agencies started."""

from __future__ import annotations

import math

from ..chances import quantile
from ..groups import Claims
from ..rows import Rows
from ..system import System
from .panel import AFTER, FEWEST, METRIC, MOST_LEFT_OUT, PARALLEL, Found, Panel, estimate, months, panels, trends


class Effects:
    """The effects of one audit, by outcome."""

    def __init__(self, system: System, rows: Rows) -> None:
        self.system, self.panels = system, panels(rows)
        self._months: dict[str, dict[int, Found]] = {}

    def names(self) -> list[str]:
        """The ids of the measures that must be there."""
        return [f"{METRIC}/outcome={_written(part)}" if part else METRIC for part in sorted(self.panels)]

    def claims(self, measure: dict) -> Claims | None:
        """What an effect must say; None where it is no effect."""
        panel = self._of(measure)
        if panel is None:
            return None
        found, around = estimate(panel, AFTER), self._around(measure, panel)
        half, seen = quantile(0.975, {"df": found.df}) * found.se, _seen(panel)
        test = {"kind": "wald", "estimate": found.value, "se": found.se, "df": found.df, "method": "cluster_jackknife"}
        return {
            "value": found.value,
            "n": sum(sum(each.people) for each in [*panel.own, *panel.others]),
            "clusters": len(panel.own) + len(panel.others),
            "interval.low": found.value - half,
            "interval.high": found.value + half,
            "params.test": test,
            "params.scale": "effect",
            "params.bad_side": self._bad_side(measure),
            "params.values": [seen, seen - found.value],
            "params.agencies": len(panel.own),
            "params.others": len(panel.others),
            "params.cohorts": len({each.start for each in panel.own}),
            "params.already_started": panel.already,
            "params.with_gaps": panel.gaps,
            "params.months": _told(around),
            "params.trends": trends(around),
        }

    def status(self, measure: dict) -> tuple[str, str | None]:
        """Whether an effect is told, or why it is not."""
        panel = self._of(measure)
        assert panel is not None  # noqa: S101 (it is one of those)
        if reason := _few(panel):
            return "undefined", reason
        for name, reason in (("people", "small_group"), ("counts", "small_numerator")):
            sides = [[sum(month) for month in zip(*(getattr(a, name) for a in s))] for s in (panel.own, panel.others)]
            if min(min(side) for side in sides) < self.system.limit:
                return "suppressed", reason
        test = trends(self._around(measure, panel))
        if test is None or not estimate(panel, AFTER).se:
            return "undefined", "nothing_varies"
        return ("undefined", "not_parallel") if test["p"] < PARALLEL else ("ok", None)

    def _of(self, measure: dict) -> Panel | None:
        part = (measure["group"] or {}).get("outcome", "")
        return self.panels.get(part) if measure["metric"] == METRIC else None

    def _around(self, measure: dict, panel: Panel) -> dict[int, Found]:
        if measure["id"] not in self._months:
            self._months[measure["id"]] = months(panel)
        return self._months[measure["id"]]

    def _bad_side(self, measure: dict) -> str:
        declared = (self.system.declared.get("agencies") or {}).get("outcomes") or {}
        part = (measure["group"] or {}).get("outcome", "all")
        return "above" if declared.get(part, {}).get("better") == "fewer" else "below"


def _written(part: str) -> str:
    return part.replace("%", "%25").replace("=", "%3D")


def _few(panel: Panel) -> str | None:
    if not panel.own:
        return "nobody_started"
    kept = len(panel.own) + len(panel.others)
    if panel.gaps > MOST_LEFT_OUT * (kept + panel.gaps):
        return "agencies_with_gaps"
    if min(len(panel.own), len(panel.others)) < FEWEST:
        return "few_agencies"
    return "short_before" if sum(each.start >= 3 for each in panel.own) < FEWEST else None


def _seen(panel: Panel) -> float:
    """The outcome in agencies that started, since they did."""
    means = [
        math.fsum(k / n for k, n in zip(a.counts[a.start :], a.people[a.start :])) / len(a.people[a.start :])
        for a in panel.own
    ]
    weights = [panel.weight(each) for each in panel.own]
    return math.fsum(w * m for w, m in zip(weights, means)) / math.fsum(weights)


def _told(around: dict[int, Found]) -> list[dict]:
    chance = (1 + 0.95 ** (1 / max(len(around), 1))) / 2
    found = []
    for month, effect in sorted(around.items()):
        half = quantile(chance, {"df": effect.df}) * effect.se
        ends = {"low": effect.value - half, "high": effect.value + half}
        found.append({"month": month, "value": effect.value, **ends, "agencies": effect.agencies})
    return found
