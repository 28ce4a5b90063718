"""Two versions of a model side by side, before and after it changed: from what the audits of whole months have told,
and exact distances of everybody from the cubes.

What the audits of the two months tell is published already, and a group that one of them hides has no row: nothing can
be subtracted that could not be before. That two months differ is not the version's doing alone: the months differ too.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boussole.audits.counts.read import days_of
from boussole.audits.drift.compared import compared
from boussole.audits.drift.counts import read_windows, version_windows
from boussole.audits.errors import BoussoleError
from boussole.audits.lake import reading
from boussole.audits.systems.model import System
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.published import set_apart
from boussole.charter.comparing.engine import family, rows, side_by_side
from boussole.charter.document import AuditDocument
from boussole.charter.document.differences.comparing import SCHEMA, Days, VersionComparison, VersionSide
from boussole.charter.document.differences.distances import distances_of
from boussole.charter.records import documents_of

MOST = 3
"""Changes of version that are looked back at."""


@dataclass(frozen=True, kw_only=True)
class VersionSuccession:
    """Two versions that followed each other, side by side; or why they are not, and what to do."""

    before: str
    after: str
    document: VersionComparison | None = None
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
) -> list[VersionSuccession]:
    """The newest changes of version, newest first. `versions` in the order in which they began."""
    found = []
    for before, after in list(itertools.pairwise(versions))[: -MOST - 1 : -1]:
        try:
            document = sequential(workspace, system, before, after, alpha=alpha, as_of=as_of, documents=documents)
            found.append(VersionSuccession(before=before, after=after, document=document))
        except BoussoleError as error:
            todo = error.next_step or ""
            found.append(VersionSuccession(before=before, after=after, missing=error.what, todo=todo))
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
) -> VersionComparison:
    """The last whole month of one version beside the first whole month of the next.

    `documents`: the last audit of each window, where they were read already.

    Raises BoussoleError where a version has no month to itself, or a month has no audit.
    """
    as_of = as_of or dt.datetime.now(system.zone).date()
    documents = documents_of(workspace, system.id) if documents is None else documents
    apart = set_apart(workspace, system, documents)
    with reading(workspace) as connection:
        last = days_of(connection, system).known_until
        found = version_windows(connection, system, before, after, last=last)
        counts = read_windows(connection, system, found.windows, as_of=as_of, apart=apart)
    small = min(counts.units(window, system) for window in found.windows) < system.privacy.suppress_below
    one, two = (_audit(documents, system, window) for window in found.windows)
    judged = {each.measure for verdict in two.verdicts for each in verdict.comparisons}
    pairs = side_by_side(one.measures, two.measures, compared=judged)
    return VersionComparison(
        schema_=SCHEMA,
        kind="sequential",
        system=system.id,
        alpha=alpha,
        production=_side(found.before.name, one),
        candidate=_side(found.after.name, two),
        changed_on=found.after.first,
        mixed=tuple(Days.between(month) for month in found.mixed),
        family=family(pairs),
        rows=rows(pairs, alpha=alpha),
        drift=distances_of([] if small else compared(counts, found.windows, system, as_of=as_of)),
    )


def _audit(documents: Mapping[Window, AuditDocument], system: System, window: Window) -> AuditDocument:
    if window not in documents:
        raise BoussoleError(
            f"no audit of '{system.id}' is about {window.start} to {window.end}.",
            next_step=f"Run `boussole audit --system {system.id} --from {window.start} --to {window.end}`.",
        )
    return documents[window]


def _side(name: str, audit: AuditDocument) -> VersionSide:
    return VersionSide(name=name, window=Days.between(audit.window.days), decisions=audit.decisions, entry=audit.entry)
