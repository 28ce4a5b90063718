"""Drift in an audit document: how far each watched feature has moved from the reference window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Feature:
    """One feature: its population stability index, its interval, and how it was judged."""

    name: str
    value: float | None
    low: float | None
    high: float | None
    n: int | None
    reason: str | None
    verdict: str | None


def drift_verdict(document: Document) -> Document | None:
    """The verdict that judges drift, if the document has one."""
    for verdict in document["verdicts"]:
        if any(comparison["measure"].partition("/")[0] == "psi" for comparison in verdict["comparisons"]):
            return dict(verdict)
    return None


def features(document: Document) -> list[Feature]:
    """The features in the order of the document."""
    verdict = drift_verdict(document)
    judged = {c["measure"]: c["verdict"] for c in verdict["comparisons"]} if verdict else {}
    found = []
    for measure in document["measures"]:
        if measure["metric"] != "psi":
            continue
        interval = measure["interval"] or {}
        found.append(
            Feature(
                name=measure["id"].partition("/")[2],
                value=measure["value"],
                low=interval.get("low"),
                high=interval.get("high"),
                n=measure["n"],
                reason=None if measure["status"] == "ok" else measure["reason"] or measure["status"],
                verdict=judged.get(measure["id"]),
            )
        )
    return found


def drift_levels(document: Document) -> dict[str, float]:
    """The levels that drift is judged against, by kind (`watch`, `breach`)."""
    verdict = drift_verdict(document)
    threshold = (verdict or {}).get("threshold") or {}
    return {kind: float(threshold[kind]) for kind in ("watch", "breach") if threshold.get(kind) is not None}
