"""Counts of the reference period, and values that few people have: a keyed word stands for each."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace

import duckdb
import pyarrow as pa

from boussole.audits.counts.read import AuditInputs, cells_from_counts, read_counts
from boussole.audits.counts.scores import SCORES, read_scores
from boussole.audits.cubes import build
from boussole.audits.errors import PrivacyError
from boussole.audits.lake import reading
from boussole.audits.lake.tables import KEYS, describe, exists, quote, table
from boussole.audits.measures import Cells, Group, Scores
from boussole.audits.privacy import keys
from boussole.audits.privacy.pseudonyms import BUCKET_RING, KNOWN
from boussole.audits.suppression.lattice import EVERYBODY, Key, Lattice
from boussole.audits.suppression.rules import Apart, ShownWindow, Suppression, few
from boussole.audits.systems.logs.calls import BY
from boussole.audits.systems.model import System
from boussole.audits.systems.values import RARE, UNDECLARED, rare
from boussole.audits.windows import Window, made_up
from boussole.audits.workspace import Workspace

NOT_AUDITED, OVERLAPS, EMPTY, PURGED = "reference_not_audited", "overlaps", "empty_reference", "rows_purged"
HIDDEN = "hidden_in_reference"


@dataclass(frozen=True, kw_only=True)
class ReferenceCells:
    """Decisions of the window of reference by attribute, the reason why they cannot be compared, and hidden groups."""

    cells: Sequence[Cells]
    reason: str | None = None
    decisions: Collection[Key] = ()
    scores: Collection[Key] = ()


Layer = str
DECISIONS, SCORED = "reference:decisions", "reference:scores"
"""Layers of what is hidden of the window of reference: of decisions, and of those who have a score."""
TOLD = "told"
"""In place of a reason, of everybody: groups are told unless they are named."""


def read_reference(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    window: Window,
    *,
    as_of: dt.date,
    mature: bool,
    exact: bool = False,
    without: Collection[str] = (),
    apart: Sequence[Apart] = (),
) -> pa.Table:
    """Count the window of reference by score (the schema `SCORES`), without outcomes unless they are `mature`."""
    if system.log.score is not None:
        return read_scores(
            connection, system, window, as_of=as_of, exact=exact, without=without, outcomes=mature, apart=apart
        )
    counts = read_counts(connection, system, window, as_of=as_of, exact=exact, without=without, apart=apart)
    keys = [*KEYS, "bucket", "decision"]
    summed = counts.group_by(keys).aggregate([("n", "sum")]).sort_by([(name, "ascending") for name in keys])
    rows = summed.num_rows
    columns = {name: summed[name] for name in keys} | {
        "bin": pa.array([build.MISSING] * rows, pa.int16()),
        "outcome": pa.nulls(rows, pa.uint8()),
        "n": summed["n_sum"],
        "total": pa.array([0] * rows, pa.int64()),
        "squares": pa.array([0] * rows, pa.int64()),
    }
    return pa.table(columns).select(SCORES.names).cast(SCORES)


def reference_untold(
    window: Window, reference: Window, published: Sequence[ShownWindow], rows: pa.Table, system: System, *, purged: bool
) -> dict[Layer, dict[Key, str]]:
    """Return the groups of the window of reference that audits have not published, by layer, with the reason."""
    inside = [each for each in published if reference.holds(each.window)]
    found: dict[Layer, dict[Key, str]] = {DECISIONS: {}, SCORED: {}}
    reason = _reason(window, reference, inside, rows, purged=purged)
    if reason == TOLD:
        tables = cells_from_counts(rows, system)
        keys = {(table.by, group) for table in tables if table.by for group in table.groups if None not in group}
        of_scores = keys if system.log.score is not None else set()
        for layer, asked, silent in ((DECISIONS, keys, ShownWindow.untold), (SCORED, of_scores, _untold_scores)):
            untold = [(each.window, silent(each, asked)) for each in inside]
            for key in asked:
                if not made_up(reference, [days for days, hidden in untold if key not in hidden]):
                    found[layer][key] = HIDDEN
    return {layer: {EVERYBODY: reason, **keys} for layer, keys in found.items()}


def _reason(window: Window, reference: Window, inside: Sequence[ShownWindow], rows: pa.Table, *, purged: bool) -> str:
    if reference.start <= window.end and window.start <= reference.end:
        return OVERLAPS
    if not rows.num_rows:
        return PURGED if purged else EMPTY
    return TOLD if made_up(reference, [each.window for each in inside]) else NOT_AUDITED


def _untold_scores(published: ShownWindow, keys: Collection[Key]) -> set[Key]:
    """Return the groups of whose scores nothing was published."""
    if published.scored is None:
        return set(keys)
    return published.untold(keys) | (published.scored.decisions.keys() & keys)


def before_of(rows: pa.Table, withheld: pa.Table, system: System) -> ReferenceCells | None:
    """Return the window of reference from what is kept as evidence; None where nothing was kept."""
    own = [row for row in withheld.to_pylist() if row["layer"] in (DECISIONS, SCORED)]
    if not own:
        return None
    reason = next(row["reason"] for row in own if not row["by"])
    hidden: dict[Layer, set[Key]] = {DECISIONS: set(), SCORED: set()}
    for row in own:
        if row["by"]:
            by = tuple(row["by"].split("*"))
            hidden[row["layer"]].add((by, tuple(row[f"value{i + 1}"] for i in range(len(by)))))
    return ReferenceCells(
        cells=cells_from_counts(rows, system),
        reason=None if reason == TOLD else reason,
        decisions=hidden[DECISIONS],
        scores=hidden[SCORED],
    )


VALUES = tuple(name for name in KEYS if name != "by")
Named = tuple[str, str]
"""An attribute and one of its values."""


def declared(system: System, attribute: str, value: str | None) -> bool:
    """Whether a value may be named whoever has it: it says nothing that the system file does not."""
    group = system.groups.get(attribute)  # a file may name it no more
    in_file = group is not None and (group.bands is not None or value in group.values or value == group.reference)
    known = value is None or value == UNDECLARED or rare(value) is not None or in_file
    return known or attribute in BY.split("*")  # of calls of models, which are about nobody


def unnamed(values: Iterable[Named], tables: Sequence[Cells], system: System) -> set[Named]:
    """Return the values that must not be named: neither declared, nor those of enough people in the tables."""
    single = [cells for cells in tables if len(cells.by) < 2]
    lattice = Lattice(single)
    sizes = lattice.count(lambda counts: counts.sum(axis=(1, 2, 3)))
    small = few(lattice, sizes, system=system)
    enough = {key for i, key in enumerate(lattice.keys) if key[0] and sizes[i] > 0 and i not in small}
    return {
        (name, value)
        for name, value in values
        if not declared(system, name, value) and ((name,), (value,)) not in enough
    }


@dataclass(frozen=True)
class ValueWords:
    """The words that stand for values of one system, under a key that never changes."""

    system: str
    key: bytes

    def word(self, attribute: str, value: str) -> str:
        text = "\0".join((self.system, attribute, value)).encode()
        return RARE + hmac.new(self.key, text, hashlib.sha256).hexdigest()[:8]


def words_of(connection: duckdb.DuckDBPyConnection, workspace: Workspace, system: System) -> ValueWords:
    """The words of a system. Raises PrivacyError where the key is not the one that the lake was filled with."""
    ring = keys.ring(workspace.keys, BUCKET_RING)
    rows = connection.execute(f"SELECT key FROM {KNOWN} WHERE ring = ? ORDER BY position", [BUCKET_RING]).fetchall()
    if not ring or (rows and str(rows[0][0]) != keys.key_id(ring[0])):
        raise PrivacyError(
            "some values are those of so few people that they must not be named, and the key of the words that stand "
            "for them is not there.",
            where=str(workspace.keys),
            next_step="Put the folder keys/ back from its backup.",
        )
    return ValueWords(system.id, ring[0])


def words_in(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, system: System, tables: Sequence[Cells]
) -> Renaming:
    """Words for the values in tables of counts that must not be named."""
    return _in_words(connection, workspace, system, unnamed(_single(tables), tables, system))


def _in_words(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, system: System, values: Collection[Named]
) -> Renaming:
    words = words_of(connection, workspace, system) if values else None
    return Renaming({(name, value): words.word(name, value) for name, value in values} if words else {})


def numbers_in(sides: Sequence[Sequence[Cells]], system: System) -> Renaming:
    """Number the values that few people have in each of several sides."""
    values = set().union(*(_single(tables) for tables in sides))
    found = set.intersection(*(unnamed(values, tables, system) for tables in sides)) if values else set()
    return Renaming({each: f"{RARE}{number}" for number, each in enumerate(sorted(found), 1)})


def _single(tables: Sequence[Cells]) -> set[Named]:
    return {
        (table.by[0], value) for table in tables if len(table.by) == 1 for (value,) in table.groups if value is not None
    }


def without_names(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, system: System, read: AuditInputs
) -> AuditInputs:
    """What an audit read, with words in the place of values that must not be named."""
    tables = {
        each.name: getattr(read, each.name) for each in fields(AuditInputs) if each.name not in ("histograms", "logs")
    }
    by_group = {name: rows for name, rows in tables.items() if set(KEYS) <= set(rows.column_names)}
    values = _values([*by_group.values(), *read.logs.values()], system)
    found = unnamed(values, cells_from_counts(read.counts, system), system) if values else set()
    if not found:
        return read
    words = _in_words(connection, workspace, system, found).names
    logs = {log: _replaced(rows, words) for log, rows in read.logs.items()}
    return replace(read, logs=logs, **{name: _replaced(rows, words) for name, rows in by_group.items()})


def _values(tables: Iterable[pa.Table], system: System) -> set[Named]:
    """The values of groups in tables of counts, but for those that are declared."""
    found = set[Named]()
    for rows in tables:
        for each in rows.select(list(KEYS)).group_by(list(KEYS)).aggregate([]).to_pylist():
            names = each["by"].split("*") if each["by"] else []
            pairs = zip(names, (each[value] for value in VALUES), strict=False)
            found |= {(name, value) for name, value in pairs if not declared(system, name, value)}
    return found


def _replaced(rows: pa.Table, words: Mapping[Named, str]) -> pa.Table:
    """Replace some values by words, in an order of rows that says nothing of these values."""
    made = rows
    for by in rows["by"].unique().to_pylist():
        here = pa.compute.equal(rows["by"], by)
        for column, name in zip(VALUES, by.split("*") if by else [], strict=False):
            for value in {value for attribute, value in words if attribute == name}:
                meant = pa.compute.fill_null(pa.compute.and_(here, pa.compute.equal(rows[column], value)), False)
                told = pa.compute.if_else(meant, words[name, value], made[column])
                made = made.set_column(made.column_names.index(column), rows.schema.field(column), told)
    return rows if made.equals(rows) else made.sort_by([(name, "ascending") for name in made.column_names])


@dataclass(frozen=True)
class Renaming:
    """Other names for values, wherever groups are told: words for them, or what is meant by words."""

    names: Mapping[Named, str]

    def _group(self, by: Sequence[str], group: Group) -> Group:
        pairs = zip(by, group, strict=True)
        return tuple(value if value is None else self.names.get((name, value), value) for name, value in pairs)

    def cells(self, tables: Iterable[Cells]) -> list[Cells]:
        return [replace(table, groups=self.groups(table.by, table.groups)) for table in tables]

    def scores(self, tables: Iterable[Scores]) -> list[Scores]:
        return [replace(table, groups=self.groups(table.by, table.groups)) for table in tables]

    def rows(self, rows: pa.Table) -> pa.Table:
        """Rows that bear groups in columns of their own, such as `g_sex`."""
        for (name, old), new in self.names.items():
            column = f"g_{name}"
            told = pa.compute.if_else(
                pa.compute.fill_null(pa.compute.equal(rows[column], old), False), new, rows[column]
            )
            rows = rows.set_column(rows.column_names.index(column), rows.schema.field(column), told)
        return rows

    def groups(self, by: Sequence[str], groups: Iterable[Group]) -> tuple[Group, ...]:
        return tuple(self._group(by, group) for group in groups)

    def key(self, key: Key) -> Key:
        return key[0], self._group(*key)

    def keys(self, keys: Collection[Key]) -> frozenset[Key]:
        return frozenset(map(self.key, keys))

    def hidden(self, hidden: Suppression) -> Suppression:
        def meant(found: Mapping[Key, str]) -> dict[Key, str]:
            return {self.key(key): why for key, why in found.items()}

        return Suppression(
            decisions=meant(hidden.decisions),
            outcomes=meant(hidden.outcomes),
            stages={name: meant(found) for name, found in hidden.stages.items()},
            scores={name: meant(found) for name, found in hidden.scores.items()},
            apart=meant(hidden.apart),
        )

    def published(self, each: ShownWindow) -> ShownWindow:
        """What was published of a window, in the values that the lake has."""
        return replace(
            each,
            hidden=self.hidden(each.hidden),
            scored=each.scored and self.hidden(each.scored),
            apart=self.keys(each.apart),
        )

    def apart(self, apart: Iterable[Apart]) -> list[Apart]:
        """The decisions set apart, in the values that the lake has."""
        return [replace(each, value=self.names.get((each.attribute, each.value or ""), each.value)) for each in apart]


def meant_in(workspace: Workspace, system: System) -> Renaming:
    """What the words of a system mean, as far as the lake has such values."""
    with reading(workspace) as connection:
        return meant_by(connection, workspace, system)


def meant_by(connection: duckdb.DuckDBPyConnection, workspace: Workspace, system: System) -> Renaming:
    """Do the same with a lake that is open."""
    if not exists(connection, system):
        return Renaming({})
    words = words_of(connection, workspace, system)
    found = connection.execute(
        f"""SELECT DISTINCT "by", value1 FROM {table(system, "daily")} WHERE NOT contains("by", '*')"""
    ).fetchall()
    rows = table(system, "decisions")
    for column in describe(connection, rows):  # also of groups that the file does not name any more
        if column.startswith("g_"):
            values = connection.execute(f"SELECT DISTINCT {quote(column)} FROM {rows}").fetchall()
            found += [(column.removeprefix("g_"), value) for (value,) in values]
    return Renaming({(name, words.word(name, value)): value for name, value in found if value and not rare(value)})


def values_of(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, system: System, apart: Sequence[Apart]
) -> list[Apart]:
    """What is set apart, in the values that the lake has."""
    if not any(rare(each.value or "") for each in apart):
        return list(apart)
    return meant_by(connection, workspace, system).apart(apart)
