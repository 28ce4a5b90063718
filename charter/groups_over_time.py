"""How the mix of groups moves from window to window, from what stored audits have told and from nothing else.

Whatever is made of published figures gives nothing away that they did not: groups that an audit hides are added up with
the people of unknown group, as every reader could do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audits.drift.bins import categories
from audits.drift.distances import distance_measures
from audits.drift.measures import index_measures
from audits.measures import Measure
from audits.systems.model import System
from audits.windows import Window
from audits.workspace import Workspace
from charter.records import audits_of

MIX = "mix"
Document = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Told:
    """What the last audit of a window told of groups: how many decisions each shown group had, of all of them."""

    entry: int
    decisions: int
    groups: Mapping[str, Mapping[str, int]]
    """By attribute; an attribute without a shown group is not in it."""
    expired: frozenset[str]


def told_of_groups(workspace: Workspace, system: str) -> dict[Window, Told]:
    """The last audit of each window, as far as it is about groups."""
    found = {}
    for document in audits_of(workspace, system):
        start, end = (dt.date.fromisoformat(document["window"][name]) for name in ("start", "end"))
        found[Window(start, end)] = told(document)
    return found


def told(document: Document) -> Told:
    """One document."""
    groups: dict[str, dict[str, int]] = {}
    expired = set()
    for measure in document["measures"]:
        if measure["metric"] != "selection_rate" or len(measure["by"]) != 1:
            continue
        if measure["reason"] == "expired":
            expired.add(measure["by"][0])
        elif measure["status"] == "ok" and measure["group"]:
            groups.setdefault(measure["by"][0], {})[measure["group"][measure["by"][0]]] = measure["n"]
    return Told(
        entry=document["evidence"]["entry"], decisions=document["decisions"], groups=groups, expired=frozenset(expired)
    )


def mix_measures(
    reference: Told | None, current: Told | None, system: System, *, design_effect: float
) -> list[Measure]:
    """How far the mix of each attribute's groups is from that of another window.

    Undefined: `not_audited`, where one of the windows has no audit; `expired`; `groups_hidden`, where fewer than two
    groups are shown in both.
    """
    found: list[Measure] = []
    for name in system.groups:
        reason = _reason(reference, current, name)
        if reason is None and reference is not None and current is not None:
            shown = {
                group: (n, current.groups[name][group])
                for group, n in reference.groups[name].items()
                if group in current.groups[name]
            }
            rest = tuple(
                max(side.decisions - sum(pair[at] for pair in shown.values()), 0)
                for at, side in enumerate((reference, current))
            )
            mixed = categories(MIX, name, {**shown, "?": (rest[0], rest[1])} if any(rest) else shown)
            found += index_measures(mixed, design_effect=design_effect)
            found += distance_measures(mixed, design_effect=design_effect)
        else:
            found.append(Measure(metric="psi", by=(MIX,), group=(name,), status="undefined", reason=reason))
    return found


def _reason(reference: Told | None, current: Told | None, name: str) -> str | None:
    """Why the mix of an attribute cannot be compared."""
    if reference is None or current is None:
        return "not_audited"
    if name in reference.expired | current.expired:
        return "expired"
    both = set(reference.groups.get(name, ())) & set(current.groups.get(name, ()))
    return None if len(both) > 1 else "groups_hidden"
