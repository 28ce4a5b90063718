"""Evidence that accumulates: the windows before that of an audit in which the system was the same, put together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from boussole.audits import evidence
from boussole.audits.accumulated import gone, put_together, recent
from boussole.audits.counts.rare import declared as is_declared
from boussole.audits.counts.rare import words_of
from boussole.audits.declaration import declared
from boussole.audits.errors import BoussoleError, NoLakeError
from boussole.audits.lake import reading
from boussole.audits.lake.tables import days_sql, has_table, table
from boussole.audits.measures import Measure
from boussole.audits.runs import Run, measure_evidence
from boussole.audits.standing import standing
from boussole.audits.systems.model import System
from boussole.audits.systems.values import rare
from boussole.audits.windows import Window, before, period_of
from boussole.audits.workspace import Workspace
from boussole.charter.document import AuditDocument
from boussole.charter.document.measures import AccumulatedFigures, EarlierWindow, Why, measures_of
from boussole.charter.judging.statistics.testing import LOOKS, MOST_LOOKS, spans
from boussole.charter.records import documents_of
from boussole.charter.records.in_force import kept_charter
from boussole.charter.text.judged import JUDGED
from boussole.charter.text.model import Charter, Indicator

TOGETHER = {
    *(
        name
        for metric, how in JUDGED.items()
        if not how.by_window
        for name in (metric, metric.removesuffix(f"_{how.scale}"))
    ),
    "missing_outcome_share",
}
"""What is put together: the comparisons that a charter judges, and the shares that they compare."""


class AccumulatedWindows(NamedTuple):
    """What a window and those before it tell together, and what it lacks of theirs."""

    figures: AccumulatedFigures
    gone: Sequence[Measure] = ()
    """Figures without a value, of groups that the window holds nobody of: those before it answer."""


def accumulated(
    workspace: Workspace, run: Run, charter: Charter, *, beside: Sequence[AuditDocument] = ()
) -> AccumulatedWindows | None:
    """What the window of a run and those before it tell together; None where no other window counts.

    Windows count as long as they are those of the system's kind, one after the other, in which the same version of the
    model decided about the same groups, and the charter asked the same. At most a year of them makes the figures.
    `beside`: documents that will be sealed before that of the run, as good as stored.
    """
    kind, looks = run.system.windows.audit, LOOKS[run.system.windows.audit]
    if not 1 < looks <= MOST_LOOKS or run.window != period_of(run.window.start, kind):
        return None
    others = {each.window.days: each for each in beside if each.system == run.system.id}
    stored = documents_of(workspace, run.system.id) | others
    because, found = _same(workspace, run, charter, stored, looks)
    if not found:
        return None
    entering = found[-(looks - 1) :]
    told = {each.evidence.cubes: each for each in stored.values()}
    figures = AccumulatedFigures(
        since=entering[0].start,
        because="span" if len(found) > len(entering) else because,
        windows=tuple(found),
        **({} if (version := _version(workspace, run.system, run.window)) is None else {"version": version}),
        measures=(),
    )
    return measured(workspace, run.system, run.window, run.measures, figures, stored=told)


def measured(
    workspace: Workspace,
    system: System,
    window: Window,
    measures: Sequence[Measure],
    figures: AccumulatedFigures,
    *,
    stored: Mapping[str, AuditDocument],
) -> AccumulatedWindows:
    """The figures of the windows that are named and of the one after them together, and those of recent windows alone.

    `stored`: audits by their evidence. Groups whose legal basis has ended are left out.
    Raises BoussoleError when the evidence of a window is missing or was changed.
    """
    span, windows = LOOKS[system.windows.audit], figures.windows
    ended = frozenset(each.by for each in measures if each.reason == "expired")
    told = [(each.start, _figures(workspace, each, ended)) for each in windows[-(span - 1) :]]
    told.append((window.start, {each.id: each for each in measures}))
    lacking = gone(told, word=_words(workspace, system, measures))
    told[-1] = (window.start, {**told[-1][1], **lacking})
    before = [_rested_on(stored.get(each.cubes), each) for each in windows[: -(span - 1)]]
    found = put_together(told, span=span, before=before)
    lately = [each for some in spans(span) for each in recent(told, found, span=some, before=before)]
    together, recently = ([each for each in of if each.metric in TOGETHER] for of in (found, lately))
    return AccumulatedWindows(
        figures.changed(measures=measures_of(together), recent=measures_of(recently) or None),
        [lacking[each.id] for each in together if each.id in lacking],
    )


def _words(workspace: Workspace, system: System, measures: Sequence[Measure]) -> Callable[[str, str], str]:
    """What a window calls a value of an attribute: the word that stands for it, if few people may have it there."""
    values = ((name, value) for each in measures for name, value in zip(each.by, each.group or (), strict=False))
    attributes = {name for name, value in values if rare(value) is not None}
    if not attributes:
        return lambda _, value: value
    with reading(workspace) as connection:
        words = words_of(connection, workspace, system)

    def word(name: str, value: str) -> str:
        return words.word(name, value) if name in attributes and not is_declared(system, name, value) else value

    return word


def _rested_on(document: AuditDocument | None, window: EarlierWindow) -> dict[str, int]:
    told = document.measures if document is not None else ()
    return {m.id: m.n or 0 for m in told if m.status == "ok" and m.metric not in (window.without or ())}


def _figures(workspace: Workspace, window: EarlierWindow, ended: frozenset[tuple[str, ...]]) -> dict[str, Measure]:
    found = _of_evidence(_folder(workspace, window), window, ended)
    return {name: each for name, each in found.items() if each.metric not in (window.without or ())}


def _folder(workspace: Workspace, window: EarlierWindow) -> Path:
    sealed = (workspace.evidence / f"{_name(window.cubes)}.parquet").exists()
    return workspace.evidence if sealed else workspace.unsealed


@lru_cache(maxsize=24)
def _of_evidence(folder: Path, window: EarlierWindow, ended: frozenset[tuple[str, ...]]) -> Mapping[str, Measure]:
    """What may be put together of the figures of one window, computed again; by hash, so that it never changes."""
    told = declared(folder, _name(window.system))
    then = standing(told, Window(window.start, window.end), as_of=window.as_of)
    stands = replace(then, expired={name: window.end for by in ended for name in by if len(by) == 1})
    read = evidence.load(folder, _name(window.cubes))
    needed = replace(
        read, scores=read.scores[:0], reference_scores=read.scores[:0], ranks=read.ranks[:0], histograms=[]
    )
    measures, _ = measure_evidence(needed, told, stands=stands)
    return {each.id: each for each in measures if each.parts is not None}


def _name(digest: str) -> str:
    return digest.removeprefix("sha256:")


def _same(
    workspace: Workspace, run: Run, charter: Charter, stored: Mapping[Window, AuditDocument], looks: int
) -> tuple[Why, list[EarlierWindow]]:
    """The windows before that of a run in which the system was the same, oldest first; and why no earlier one is."""
    version, without = _version(workspace, run.system, run.window), set[str]()
    found: list[EarlierWindow] = []
    for window, document in _back(run, stored, 2 * looks - 2):
        system, cubes = document.evidence.system, document.evidence.cubes
        earlier = None if system is None else _read(workspace, cubes, system)
        if earlier is None or system is None:
            return "evidence", found[::-1]
        if _compared(earlier) != _compared(run.system):
            return "declaration", found[::-1]
        then = _version(workspace, run.system, window, document)
        if then != version:
            return ("evidence" if then is None else "version"), found[::-1]
        without |= _otherwise(workspace, charter, document)
        told = {} if not without else {"without": tuple(sorted(without))}
        found.append(
            EarlierWindow(start=window.start, end=window.end, cubes=cubes, system=system, as_of=document.as_of, **told)
        )
    return ("first" if len(found) < 2 * looks - 2 else "span"), found[::-1]


def _back(run: Run, stored: Mapping[Window, AuditDocument], most: int) -> Iterator[tuple[Window, AuditDocument]]:
    """The audits of the windows before that of a run, the latest first; months without decisions are passed over."""
    window = run.window
    for _ in range(most):
        window = before(window, run.system.windows.audit)
        if window in stored:
            yield window, stored[window]


def _read(workspace: Workspace, cubes: str, system: str) -> System | None:
    for folder in (workspace.evidence, workspace.unsealed):
        if (folder / f"{_name(cubes)}.parquet").exists():
            try:
                return declared(folder, _name(system))
            except BoussoleError:
                return None
    return None


def _compared(system: System) -> tuple[object, ...]:
    """What makes decisions those of another system: columns, who is compared with whom, within what."""
    groups = {name: group.model_dump(exclude={"title", "expires", "basis"}) for name, group in system.groups.items()}
    columns = (
        system.columns.model_dump(exclude={"decision": {"title"}, "stage_titles": True}) if system.columns else None
    )
    return columns, groups, system.intersections, sorted(system.controls), system.cluster


def _version(workspace: Workspace, system: System, window: Window, document: AuditDocument | None = None) -> str | None:
    """The version that most decisions of a window were made by; None where versions are not logged, or not known."""
    if document is not None and document.accumulated is not None and document.accumulated.version is not None:
        return document.accumulated.version
    if system.columns is None or system.columns.model_version is None:
        return None
    try:
        with reading(workspace) as connection:
            if not has_table(connection, system, "daily"):
                return None
            row = connection.execute(
                f"""SELECT model_version FROM {table(system, "daily")} WHERE "by" = '' AND {days_sql(window)}
                GROUP BY model_version ORDER BY sum(n) DESC, model_version LIMIT 1"""
            ).fetchone()
    except NoLakeError:
        return None
    return None if row is None or row[0] is None else str(row[0])


def _otherwise(workspace: Workspace, charter: Charter, document: AuditDocument) -> set[str]:
    """The measures that the charter asks something else of than when a document was sealed, levels aside."""
    if document.charter.sha256 == charter.sha256:
        return set()
    try:
        then = {way.id: _asks(way) for way in kept_charter(workspace, document.charter.sha256).ways}
    except BoussoleError:  # a text that cannot be read is no reason to forget what was counted
        return set()
    return {way.metric for way in charter.ways if way.metric and way.id in then and then[way.id] != _asks(way)}


def _asks(way: Indicator) -> tuple[object, ...]:
    return way.metric, tuple(sorted(way.params.items())), way.subject, way.for_each
