"""What stored audits have told of other windows, and what not: from their documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from boussole.audits.counts.apart import told_apart
from boussole.audits.counts.rare import meant_in
from boussole.audits.decisions.shared import holding_same
from boussole.audits.declaration import declared
from boussole.audits.errors import NoLakeError, PrivacyError, SystemFileError
from boussole.audits.lake import reading
from boussole.audits.suppression.lattice import Key
from boussole.audits.suppression.rules import SET_APART, Apart, ShownWindow, Suppression
from boussole.audits.systems.gaps import file_of
from boussole.audits.systems.model import System
from boussole.audits.systems.values import rare
from boussole.audits.windows import Window, overlapping, reference_window
from boussole.audits.workspace import Workspace
from boussole.charter.document import AuditDocument, MeasureDocument
from boussole.charter.records import audits_near, declarations_of, other_systems

UNREAD = ("not_mature", "no_outcomes", "expired")
"""Reasons why a document says nothing at all of a group."""
OF_OUTCOMES = ("auc", "calibration_in_the_large", "calibration_error")
"""Measures of scores that depend on outcomes."""


def publications(
    workspace: Workspace,
    system: System,
    window: Window,
    *,
    before: int | None = None,
    beside: Sequence[AuditDocument] = (),
) -> list[ShownWindow]:
    """What stored audits (those `before` an entry) and those `beside` show of the window and of its reference.

    Raises OverlapError where an audit of the system is about other days that share some with these: one subtracted from
    the other would tell of the few people in the days between.
    """
    kin = _kin(workspace, system, before=before, beside=beside)
    reference = reference_window(system)
    found: dict[tuple[Window, str], list[AuditDocument]] = {}
    others: dict[str, System | None] = {}
    for document in audits_near(workspace, system.id, window, within=reference, before=before, beside=beside, kin=kin):
        if document.system == system.id and overlapping(window, [document.window.days]):
            raise _overlaps(system, window, document.window.days)
        about = f"{document.system} {document.evidence.system}"
        if about not in others:
            others[about] = _told_of(workspace, system, document)
        key = about if others[about] else system.id
        found.setdefault((document.window.days, key), []).append(document)
    told = [replace(publication(shown, each), of=others.get(about)) for (shown, about), each in found.items()]
    return in_values(workspace, system, told)


class OverlapError(PrivacyError):
    """An audit of days of which some are in another audit of the same system, and some are not."""


def _overlaps(system: System, window: Window, stored: Window) -> OverlapError:
    again = f"`boussole audit --system {system.id} --from {stored.start} --to {stored.end}`"
    return OverlapError(
        f"{window.start} to {window.end} shares days with {stored.start} to {stored.end}, of which an audit is stored: "
        "the difference of both would tell of the few people on the other days.",
        where=f"system '{system.id}'",
        next_step=f"Audit the same days again ({again}), or days that no audit holds.",
    )


def _kin(workspace: Workspace, system: System, *, before: int | None, beside: Sequence[AuditDocument]) -> set[str]:
    """Other systems that audits were made of and that hold the same decisions."""
    others = other_systems(workspace, system.id, before=before, beside=beside)
    if not others:
        return set()
    try:
        with reading(workspace) as connection:
            return holding_same(connection, system, others)
    except NoLakeError:
        return set()


def _told_of(workspace: Workspace, system: System, document: AuditDocument) -> System | None:
    if document.system == system.id:
        return None
    digest = document.evidence.system
    return _declared(workspace, digest) if digest else workspace.system(document.system)


def _declared(workspace: Workspace, digest: str) -> System:
    name = digest.removeprefix("sha256:")
    sealed = (workspace.evidence / f"{name}.json").exists()
    return _read(workspace.evidence if sealed else workspace.unsealed, name)


_read = lru_cache(maxsize=64)(declared)


def in_values(workspace: Workspace, system: System, published: Sequence[ShownWindow]) -> list[ShownWindow]:
    """What documents told, in the values that the lake has: they name nothing that few people have."""
    about = {of.id: of for each in published if _worded(each) for of in [each.of or system]}
    meant = {name: meant_in(workspace, of) for name, of in about.items()}
    return [meant[(each.of or system).id].published(each) if _worded(each) else each for each in published]


def _worded(each: ShownWindow) -> bool:
    return any(rare(value or "") for _, group in _keys(each) for value in group)


def _keys(each: ShownWindow) -> Iterator[Key]:
    """The groups that something is said of to have been hidden or set apart."""
    for hidden in filter(None, (each.hidden, each.scored)):
        yield from (*hidden.decisions, *hidden.outcomes)
    yield from each.apart


def set_apart(workspace: Workspace, system: System, documents: Mapping[Window, AuditDocument]) -> list[Apart]:
    """The rows that the audits of some windows have left out of all figures."""
    apart = told_apart([(window, _apart(document.measures)) for window, document in documents.items()])
    return meant_in(workspace, system).apart(apart) if any(rare(each.value or "") for each in apart) else apart


def hold_groups(workspace: Workspace, system: System, *, beside: Sequence[AuditDocument] = ()) -> None:
    """Checks that groups divide people as stored audits did; raises SystemFileError, which names one that does not."""
    where = str(file_of(workspace.home / "systems", system.id))
    for digest in sorted(declarations_of(workspace, system.id, beside=beside)):
        declared_then = _declared(workspace, digest).groups
        for name, earlier in declared_then.items():
            group = system.groups.get(name)
            instead = [
                other
                for other, each in system.groups.items()
                if group is None and each.column == earlier.column and other not in declared_then
            ]
            if instead:
                raise SystemFileError(
                    f"`groups.{instead[0]}` divides the column '{earlier.column}', of which stored audits tell by "
                    f"`groups.{name}`.",
                    where=where,
                    next_step=f"Write `groups.{name}` again as it was{_elsewhere('by other groups')}",
                )
            for key in ("column", "bands", "source") if group else ():
                before, now = getattr(earlier, key), getattr(group, key)
                if before != now:
                    word = "from" if key == "source" else key
                    raise SystemFileError(
                        f"`groups.{name}.{word}` is {now}, and audits that are stored tell of the group by {before}.",
                        where=where,
                        next_step=f"Write {before} again{_elsewhere(f'by {now}')}",
                    )


def _elsewhere(groups: str) -> str:
    return f", or declare another system on the same log to tell of it {groups}: audits of both are read together."


def publication(window: Window, documents: Sequence[AuditDocument]) -> ShownWindow:
    """What one or several documents of a window told nothing of: what each of them hides."""
    measures = [[each for each in document.measures if not _of_nobody(each)] for document in documents]
    hidden = [_hidden(each) for each in measures]
    return ShownWindow(
        window=window,
        hidden=Suppression(
            decisions=_always([each.decisions for each in hidden]),
            outcomes=_always([each.outcomes for each in hidden]),
        ),
        attributes={m.by for each in measures for m in each if m.metric == "selection_rate" and m.group},
        curve=any(m.params.curve is not None for each in measures for m in each),
        scored=_scored(measures),
        without_score=any(m.params.missing_scores for each in measures for m in each),
        apart=frozenset().union(*(_apart(each) for each in measures)),
        unknown_hidden=frozenset.intersection(*(_unknown_hidden(each) for each in measures)),
    )


def _of_nobody(measure: MeasureDocument) -> bool:
    """Whether it is about a group that the window holds nobody of: nothing is told of rows that may come later."""
    return bool(measure.group) and measure.status == "undefined" and measure.n == 0


def _always(found: Sequence[Mapping[Key, str]]) -> dict[Key, str]:
    first, *others = found
    return {key: why for key, why in first.items() if all(key in each for each in others)}


def _hidden(measures: Sequence[MeasureDocument]) -> Suppression:
    """The groups that a document shows nothing of: of their decisions, and of what depends on outcomes."""
    found: dict[str, dict[Key, str]] = {"selection_rate": {}, "precision": {}}
    for measure in measures:
        untold = measure.status == "suppressed" or measure.reason in UNREAD
        if (
            measure.metric in found and measure.group and untold and measure.reason != SET_APART
        ):  # these are known to be none
            found[measure.metric][measure.by, measure.values_of_group] = measure.reason or ""
    decisions, outcomes = found.values()
    return Suppression(decisions=decisions, outcomes={**decisions, **outcomes})


def _scored(documents: Sequence[Sequence[MeasureDocument]]) -> Suppression | None:
    """What each of several documents hides of those who have a score; None where none says anything of scores."""
    hidden: list[tuple[dict[Key, str], dict[Key, str]]] = []
    for measures in documents:
        found: dict[bool, dict[Key, str]] = {False: {}, True: {}}
        told: set[tuple[bool, Key]] = set()
        for measure in measures:
            if measure.group and measure.metric in ("mean_score", *OF_OUTCOMES) and measure.reason != SET_APART:
                key = measure.by, measure.values_of_group
                layer = measure.metric != "mean_score"
                found[layer][key] = measure.reason or ""
                told |= {(layer, key)} if measure.status == "ok" or measure.n is not None else set()
        if found[False]:
            decisions, outcomes = (
                {key: why for key, why in found[layer].items() if (layer, key) not in told} for layer in (False, True)
            )
            hidden.append((decisions, {**decisions, **outcomes}))
    if not hidden:
        return None
    return Suppression(decisions=_always([each for each, _ in hidden]), outcomes=_always([each for _, each in hidden]))


def _unknown_hidden(measures: Sequence[MeasureDocument]) -> frozenset[tuple[str, ...]]:
    told = [measure for measure in measures if measure.metric == "unknown_selection_rate"]
    hidden = [each for each in told if each.status == "suppressed" and each.reason != SET_APART]
    return frozenset(measure.by for measure in hidden)


def _apart(measures: Sequence[MeasureDocument]) -> frozenset[Key]:
    told = [m for m in measures if m.reason == SET_APART and len(m.by) == 1]
    groups = {(m.by, m.values_of_group) for m in told if m.metric == "selection_rate"}
    return frozenset(groups | {(m.by, (None,)) for m in told if m.metric == "unknown_selection_rate"})
