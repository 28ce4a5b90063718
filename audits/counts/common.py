"""Audits of the same decisions under other groups, suppressed together as those of one log with the groups of all."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb

from boussole.audits.cubes import build
from boussole.audits.cubes.update import sealed_months
from boussole.audits.decisions.shared import matches, same_content
from boussole.audits.errors import PrivacyError
from boussole.audits.lake.tables import days_sql, describe, exists, one, quote, table
from boussole.audits.measures import Group
from boussole.audits.privacy.pseudonyms import set_key
from boussole.audits.suppression.lattice import By, Key
from boussole.audits.suppression.rules import ShownWindow, Suppression
from boussole.audits.systems.logs.decisions import FLAGS
from boussole.audits.systems.model import System
from boussole.audits.windows import Window, overlapping
from boussole.audits.workspace import Workspace

SAME = (*FLAGS, "score", "rank", "weight")
"""What one decision must say alike in two logs that are read together."""


class SharedRowsError(PrivacyError):
    """An audit of decisions that another system's audits tell of in a way that cannot be read together with it."""


def hold_same(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    system: System,
    other: System,
    days: Sequence[Window],
) -> str | None:
    """Return SQL that relates the decisions of two systems on some days; None where they have none in common.

    Raises SharedRowsError where they are not the same decisions, one by one, or differ in what they say.
    """
    if not exists(connection, other):
        raise refused(system, other, "its rows are not in the lake any more")
    if any(sealed_months(connection, each, within=day) for each in (system, other) for day in days):
        raise refused(system, other, "rows of these days were purged, so that nothing can tell which they share")
    mine, theirs = (_on(each, days) for each in (system, other))
    counts = [one(connection, f"SELECT count(*) FROM {rows}") for rows in (mine, theirs)]
    found = {way: one(connection, _joined(mine, theirs, way)) for way in matches(system, other)}
    way = max(found, key=lambda each: found[each])
    if not found[way]:
        if all(counts) and (same_content(connection, system.id, other.id) or _one_table(workspace, system, other)):
            raise refused(system, other, "both read the same table, and nothing tells which rows are the same")
        return None
    if {found[way]} != set(counts):
        raise refused(system, other, "they do not hold just the same decisions of these days")
    if _says_otherwise(system, other) or one(connection, f"{_joined(mine, theirs, way)} WHERE {_differs(system)}"):
        raise refused(system, other, "they do not say the same of these decisions")
    return way


def _on(system: System, days: Sequence[Window]) -> str:
    """SQL: the decisions of a system on some days."""
    return on_days(table(system, "decisions"), days)


def on_days(rows: str, days: Sequence[Window]) -> str:
    return f"(FROM {rows} WHERE {' OR '.join(days_sql(day) for day in days)})"


def _joined(mine: str, theirs: str, way: str) -> str:
    return f"SELECT count(*) FROM {mine} s JOIN {theirs} o ON {way}"


def _differs(system: System) -> str:
    """SQL: whether one decision of both logs says something else in each."""
    names = [*SAME, *(["bucket"] if system.cluster else [])]
    return " OR ".join(f"s.{quote(name)} IS DISTINCT FROM o.{quote(name)}" for name in names)


def _says_otherwise(system: System, other: System) -> bool:
    """Whether two files read what stands in the same rows in another way."""

    def read(each: System) -> tuple[object, ...]:
        log = each.log
        outcome = log.outcome and log.outcome.model_dump(exclude={"recorded_at"})
        return (each.decides, outcome, log.stages, each.cluster, each.ranked, log.score and log.score.range)

    return read(system) != read(other)


def _one_table(workspace: Workspace, system: System, other: System) -> bool:
    """Whether both files name the same table as a source."""
    systems = (workspace.systems.get(each.id) for each in (system, other))
    tables = [
        {(each.duckdb.path, each.duckdb.table, each.duckdb.query) for each in of.sources if each.duckdb}
        if of
        else set()
        for of in systems
    ]
    return bool(tables[0] & tables[1])


def alike(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    other: System,
    name: str,
    *,
    way: str,
    days: Sequence[Window],
    left: Sequence[str],
) -> str:
    """What a group of another system is called: as that of those `left` that has the same people in it, if any."""
    column, present = f"g_{name}", describe(connection, table(other, "decisions"))
    mine, theirs = _on(system, days), _on(other, days)
    if column not in present or not one(connection, f"SELECT count({quote(column)}) FROM {theirs}"):
        raise refused(system, other, f"what the rows said of '{name}' was removed")
    for own in left:
        differs = f"s.{quote(f'g_{own}')} IS DISTINCT FROM o.{quote(column)}"
        if not one(connection, f"{_joined(mine, theirs, way)} WHERE {differs}"):
            return own
    return f"{other.id}.{name}"


def refused(system: System, other: System, why: str) -> SharedRowsError:
    return SharedRowsError(
        f"audits of '{other.id}' tell of decisions that '{system.id}' holds too: {why}, so that both together could "
        "tell of a few people.",
        where=system.id,
        next_step=f"Audit days of which '{other.id}' has no audit, or declare the groups of both in one file.",
    )


@dataclass(frozen=True, kw_only=True)
class Common:
    """The decisions of a system with the groups of all audits that are about them.

    `rows`: SQL of the decisions; `silent`: attributes of which an audit of the system publishes nothing; `alike`:
    whether all audits have the same groups and the same limit.
    """

    system: System
    rows: str
    silent: frozenset[By]
    alike: bool


@dataclass(frozen=True, kw_only=True)
class _Other:
    """Another system with audits of the same decisions, as it was declared then."""

    system: System
    way: str
    names: Mapping[str, str]

    def by(self, attribute: By, known: Collection[By]) -> By | None:
        """An attribute by its name among all; None of one that need not be looked at."""
        if any(name not in self.names for name in attribute):
            return None
        named = tuple(self.names[name] for name in attribute)
        return next((by for by in known if set(by) == set(named)), named)


def find_common(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    system: System,
    window: Window,
    published: Sequence[ShownWindow],
) -> tuple[list[ShownWindow], Common | None]:
    """Return what was published, with groups named as all of it names them, and the decisions with the groups of all.

    Raises SharedRowsError where audits of another system on some of these decisions cannot be read together with it.
    """
    own = [each for each in published if each.of is None]
    foreign = [each for each in published if each.of is not None and each.window == window]
    _refuse_overlapping(connection, workspace, system, window, published)
    columns = [group.column for group in system.groups.values()]
    if not foreign and len(set(columns)) == len(columns):
        return own, None
    set_key(connection, workspace)
    days, others = [window], list[_Other]()
    told: list[ShownWindow] = []
    for of, each in _by_system(foreign):
        attributes = {by for shown in each for by in shown.attributes or ()}
        other = _other(connection, workspace, system, of, days=days, attributes=attributes)
        if other is not None:
            others.append(other)
            told += [_renamed(shown, other, system) for shown in each]
    return [*own, *told], _common(connection, system, others, told, days)


def _refuse_overlapping(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    system: System,
    window: Window,
    published: Sequence[ShownWindow],
) -> None:
    """Raise SharedRowsError where an audit of another system is about decisions of the window and of other days."""
    near = overlapping(window, [each.window for each in published if each.of is not None])
    for each in published:
        if each.of is None or each.window not in near:
            continue
        set_key(connection, workspace)
        shared = Window(max(window.start, each.window.start), min(window.end, each.window.end))
        if hold_same(connection, workspace, system, each.of, [shared]) is not None:
            told = f"{each.window.start} to {each.window.end}"
            raise refused(system, each.of, f"its audit is about {told}, which share only some days with these")


def _by_system(published: Iterable[ShownWindow]) -> list[tuple[System, list[ShownWindow]]]:
    """Publications by the system that they are about, as declared."""
    found: list[tuple[System, list[ShownWindow]]] = []
    for each in published:
        held = next((shown for of, shown in found if of == each.of), None)
        if held is not None:
            held.append(each)
        elif each.of is not None:
            found.append((each.of, [each]))
    return found


def _other(
    connection: duckdb.DuckDBPyConnection,
    workspace: Workspace,
    system: System,
    other: System,
    *,
    days: Sequence[Window],
    attributes: Collection[By],
) -> _Other | None:
    """Another declaration of decisions of the system; None where it holds none of these days."""
    way = hold_same(connection, workspace, system, other, days)
    if way is None:
        return None
    told = sorted({name for by in attributes for name in by if name in other.groups})
    names = dict[str, str]()
    for name in told:
        left = [own for own in sorted(system.groups, key=lambda each: each != name) if own not in names.values()]
        names[name] = alike(connection, system, other, name, way=way, days=days, left=left)
    if system.ranked and any(name != as_ for name, as_ in names.items()):
        raise refused(system, other, "lists cannot be read together with other groups")
    return _Other(system=other, way=way, names=names)


def _renamed(shown: ShownWindow, other: _Other, system: System) -> ShownWindow:
    """A publication by the names of groups that are common to all."""

    def keys(hidden: Mapping[Key, str]) -> dict[Key, str]:
        found = {}
        for (by, values), why in hidden.items():
            named = other.by(by, system.attributes)
            if named is not None:
                found[named, _values(by, values, named, other)] = why
        return found

    def layers(hidden: Suppression) -> Suppression:
        return Suppression(decisions=keys(hidden.decisions), outcomes=keys(hidden.outcomes))

    def attributes(told: Iterable[By]) -> set[By]:
        return {named for by in told if (named := other.by(by, system.attributes)) is not None}

    apart = keys(dict.fromkeys(shown.apart, ""))
    if any(by not in system.attributes for by, _ in apart):
        raise refused(system, other.system, "it set rows apart by a group that this file does not have")
    return replace(
        shown,
        of=None,
        hidden=layers(shown.hidden),
        attributes=attributes(shown.attributes or ()),
        unknown_hidden=attributes(shown.unknown_hidden),
        scored=layers(shown.scored) if shown.scored else None,
        apart=frozenset(apart),
    )


def _values(by: By, values: Group, named: By, other: _Other) -> Group:
    """The values of a group in the order of the names that its attribute has."""
    held = {other.names[name]: value for name, value in zip(by, values, strict=True)}
    return tuple(held[name] for name in named) if by else ()


def _common(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    others: Sequence[_Other],
    told: Sequence[ShownWindow],
    days: Sequence[Window],
) -> Common | None:
    """All groups in one; None where nothing was told elsewhere and no group divides what another does."""
    more = {as_: other.system.groups[name] for other in others for name, as_ in other.names.items()}
    groups = {**more, **system.groups}
    attributes = list(
        dict.fromkeys([*system.attributes, *(by for each in told for by in sorted(each.attributes or ()))])
    )
    rows = _rows(system, others)
    related = {
        frozenset(pair)
        for pair in itertools.combinations(sorted(groups), 2)
        if groups[pair[0]].column == groups[pair[1]].column
        or (not set(pair) <= system.groups.keys() and _exclude(connection, on_days(rows, days), pair, system))
    }
    whole = list(dict.fromkeys([*attributes, *_crossed(attributes, related), *((name,) for name in groups)]))
    limit = max(each.privacy.suppress_below for each in (system, *(other.system for other in others)))
    if not others and set(whole) == set(system.attributes):
        return None
    if any(len(by) > build.MAX_DEPTH for by in whole):
        raise SharedRowsError(
            "intersections of groups that divide the same people differently cannot be told together.",
            where=system.id,
            next_step="Take such groups out of `intersections`, or audit days of which nothing was told by the others.",
        )
    united = system.model_copy(
        update={
            "groups": {**system.groups, **groups},
            "intersections": [list(by) for by in whole if len(by) > 1],
            "privacy": system.privacy.model_copy(update={"suppress_below": limit}),
        }
    )
    if any(sealed_months(connection, system, within=day) for day in days):
        raise SharedRowsError(
            "two groups divide the same people differently, and rows of these days were purged: nothing can tell what "
            "both together give away.",
            where=system.id,
            next_step="Read the audit that there is, or choose another period with --from and --to.",
        )
    silent = frozenset(set(united.attributes) - set(system.attributes))
    same = all(set(each.attributes or ()) == set(system.attributes) for each in told)
    alike_ = same and not silent and united.privacy == system.privacy
    return Common(system=united, rows=rows, silent=silent, alike=alike_)


def _rows(system: System, others: Sequence[_Other]) -> str:
    """SQL: the decisions of the system with the groups that only others have."""
    rows = table(system, "decisions")
    for other in others:
        groups = {name: as_ for name, as_ in other.names.items() if as_ not in system.groups}
        added = "".join(f", o.{quote(f'g_{name}')} AS {quote(f'g_{as_}')}" for name, as_ in groups.items())
        join = f"JOIN {table(other.system, 'decisions')} o ON {other.way}"
        rows = f"(SELECT s.*{added} FROM {rows} s {join})" if groups else rows
    return rows


def _exclude(connection: duckdb.DuckDBPyConnection, rows: str, pair: tuple[str, str], system: System) -> bool:
    """Whether two groups divide the same thing: where one puts many, the other never puts some of its own."""
    one_, two = (quote(f"g_{name}") for name in pair)
    query = (
        f"WITH held AS (SELECT {one_} AS a, {two} AS b FROM {rows}), "
        "a AS (SELECT a, count(*) AS n FROM held GROUP BY a), b AS (SELECT b, count(*) AS n FROM held GROUP BY b) "
        f"SELECT count(*) FROM a, b WHERE a.n * b.n >= {system.privacy.suppress_below} * (SELECT count(*) FROM held) "
        "AND NOT EXISTS (FROM held WHERE held.a IS NOT DISTINCT FROM a.a AND held.b IS NOT DISTINCT FROM b.b)"
    )
    return bool(one(connection, query))


def _crossed(attributes: Sequence[By], related: Collection[frozenset[str]]) -> list[By]:
    """The tables that two attributes make together where they hold groups that divide the same thing."""
    found = [
        tuple(dict.fromkeys((*first, *second)))
        for first, second in itertools.combinations(attributes, 2)
        if any(frozenset((a, b)) in related for a in first for b in second)
    ]
    sets = {frozenset(by): by for by in found}
    return [by for held, by in sets.items() if held not in {frozenset(by) for by in attributes}]
