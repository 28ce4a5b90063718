"""Two versions of a model side by side, before and after it changed: from what the audits of whole months have told,
and exact distances of everybody from the cubes.

What the audits of the two months tell is published already, and a group that one of them hides has no row: nothing can
be subtracted that could not be before. That two months differ is not the version's doing alone: the months differ too.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from boussole.audits.counts.read import days_of
from boussole.audits.drift.compared import compared
from boussole.audits.drift.counts import read_windows
from boussole.audits.drift.version_windows import VersionWindows, version_windows
from boussole.audits.errors import BoussoleError
from boussole.audits.lake import reading
from boussole.audits.systems.model import System
from boussole.audits.uncertainty.holm import holm
from boussole.audits.uncertainty.mover import Estimate, Gap, gap
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.published import set_apart
from boussole.charter.document import AuditDocument
from boussole.charter.records import documents_of
from boussole.charter.text.judged import JUDGED

SCHEMA = "boussole.versions/1"
SHOWN = (
    "selection_rate", "true_positive_rate", "false_positive_rate", "precision", "accuracy",
    "mean_score", "auc", "calibration_in_the_large",
)  # fmt: skip
"""What is set side by side of everybody and of every group, beside the comparisons that the charter judges."""
Document = dict[str, Any]
Given = Mapping[str, Any]
Paired = Callable[[Given, Given], Gap | None]
"""Finds a difference where both sides are the same cases; None where it cannot."""


MOST = 3
"""Changes of version that are looked back at."""


@dataclass(frozen=True, kw_only=True)
class VersionChange:
    """Two versions that followed each other, side by side; or why they are not, and what to do."""

    before: str
    after: str
    document: Document | None = None
    missing: str = ""
    todo: str = ""


def version_changes(
    workspace: Workspace,
    system: System,
    versions: Sequence[str],
    *,
    alpha: float,
    as_of: dt.date,
    documents: Mapping[Window, AuditDocument],
) -> list[VersionChange]:
    """The newest changes of version, newest first. `versions` in the order in which they began."""
    found = []
    for before, after in list(itertools.pairwise(versions))[: -MOST - 1 : -1]:
        try:
            document = sequential(workspace, system, before, after, alpha=alpha, as_of=as_of, documents=documents)
            found.append(VersionChange(before=before, after=after, document=document))
        except BoussoleError as error:
            todo = error.next_step or ""
            found.append(VersionChange(before=before, after=after, missing=error.what, todo=todo))
    return found


def sequential(
    workspace: Workspace,
    system: System,
    before: str,
    after: str,
    *,
    alpha: float,
    as_of: dt.date | None = None,
    documents: Mapping[Window, AuditDocument] | None = None,
) -> Document:
    """The last whole month of one version beside the first whole month of the next.

    `documents`: the last audit of each window, where they were read already.

    Raises BoussoleError where a version has no month to itself, or a month has no audit.
    """
    as_of = as_of or dt.datetime.now(system.zone).date()
    documents = documents_of(workspace, system.id) if documents is None else documents
    apart = set_apart(workspace, system, documents)
    with reading(workspace) as connection:
        _, last = days_of(connection, system)
        found = version_windows(connection, system, before, after, last=last)
        counts = read_windows(connection, system, found.windows, as_of=as_of, apart=apart)
    small = min(counts.units(window, system) for window in found.windows) < system.privacy.suppress_below
    sides = _documents({window: each.written() for window, each in documents.items()}, system, found)
    drift = [] if small else compared(counts, found.windows, system, as_of=as_of)
    return {
        **head(system, "sequential", alpha),
        "production": _side(found.before.name, found.windows[0], sides[0]),
        "candidate": _side(found.after.name, found.windows[1], sides[1]),
        "changed_on": found.after.first.isoformat(),
        "mixed": [days_told(month) for month in found.mixed],
        **table(sides[0], sides[1], alpha=alpha, compared=_judged(sides[1])),
        "drift": [measure.document() for measure in drift],
        "agreement": None,
    }


def head(system: System, kind: str, alpha: float) -> Document:
    return {"schema": SCHEMA, "system": system.id, "kind": kind, "alpha": alpha}


def _documents(documents: Mapping[Window, Given], system: System, found: VersionWindows) -> list[Given]:
    for window in found.windows:
        if window not in documents:
            raise BoussoleError(
                f"no audit of '{system.id}' is about {window.start} to {window.end}.",
                next_step=f"Run `boussole audit --system {system.id} --from {window.start} --to {window.end}`.",
            )
    return [documents[window] for window in found.windows]


def _side(name: str, window: Window, document: Given) -> Document:
    entry = document["evidence"]["entry"]
    return {"name": name, "window": days_told(window), "decisions": document["decisions"], "entry": entry}


def days_told(window: Window) -> dict[str, str]:
    return {"start": window.start.isoformat(), "end": window.end.isoformat()}


def table(
    before: Given, after: Given, *, alpha: float, compared: Collection[str], paired: Paired | None = None
) -> Document:
    """What both documents tell, row by row, with `p` corrected after Holm over all rows: `family`, `rows`.

    `compared`: the comparisons that are set side by side; `paired`: finds the difference where both sides are the same
    cases.
    """
    own = {measure["id"]: measure for measure in before["measures"]}
    rows = [_row(own.get(each["id"]), each, paired) for each in after["measures"] if _told(each, compared)]
    return {"family": sum(row["p"] is not None for row in rows), "rows": _adjusted(rows, alpha)}


def _judged(document: Given) -> set[str]:
    return {each["measure"] for verdict in document["verdicts"] for each in verdict["comparisons"]}


def _told(measure: Given, compared: Collection[str]) -> bool:
    if JUDGED.get(measure["metric"]) in ("ratio", "difference"):
        return measure["id"] in compared
    plain = measure["metric"] in SHOWN and not measure["given"]
    return plain and len(measure["by"]) < 2 and bool(measure["group"] or not measure["by"])


def _row(before: Given | None, after: Given, paired: Paired | None) -> Document:
    """One measure in both; without a value in one of them, none is told of either."""
    scale = JUDGED.get(after["metric"], "difference")
    row: Document = {name: after[name] for name in ("metric", "by", "group", "given")}
    row |= {"measure": after["id"], "scale": scale, "against": after["params"].get("against")}
    reason = "group_absent" if before is None else before["reason"] or after["reason"]
    if before is None or reason is not None:
        return row | dict.fromkeys(FIGURES) | {"reason": reason}
    return row | _figures(before, after, scale, paired)


FIGURES = ("production", "candidate", "change", "interval", "p")


def _figures(before: Given, after: Given, scale: str, paired: Paired | None) -> Document:
    sides = {"production": _figure(before), "candidate": _figure(after)}
    found, method = None if paired is None else paired(before, after), "paired"
    if found is None and before["interval"] and after["interval"]:
        found, method = gap(_estimate(before), _estimate(after), ratio=scale == "ratio"), "mover"
    if found is None:
        return {**sides, "change": None, "interval": None, "p": None, "reason": "no_interval"}
    interval = {"low": found.low, "high": found.high, "level": 0.95, "method": method}
    return {**sides, "change": found.value, "interval": interval, "p": found.p, "reason": None}


def _figure(measure: Given) -> Document:
    return {name: measure[name] for name in ("value", "n", "interval")}


def _estimate(measure: Given) -> Estimate:
    ends = measure["interval"]
    return Estimate(value=measure["value"], low=ends["low"], high=ends["high"], level=ends["level"])


def _adjusted(rows: Sequence[Document], alpha: float) -> list[Document]:
    again = iter(holm([row["p"] for row in rows if row["p"] is not None]))
    found = []
    for row in rows:
        p = None if row["p"] is None else next(again)
        found.append({**row, "p_adjusted": p, "differs": p is not None and p <= alpha})
    return found


def differing(document: Given) -> list[Document]:
    """The rows that very likely differ, the surest first."""
    return sorted((row for row in document["rows"] if row["differs"]), key=lambda row: float(row["p_adjusted"]))
