"""What an audit reads: counts of a window from the cubes, and the same counts from the rows (`--exact`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from boussole.audits.counts.texts import daily, days_of_texts, log_days
from boussole.audits.cubes import build
from boussole.audits.cubes.update import count_rows, rows_of, sealed_months
from boussole.audits.cubes.values import Watched
from boussole.audits.errors import BoussoleError
from boussole.audits.lake.connection import purged_before
from boussole.audits.lake.tables import KEYS, days_sql, describe, exists, has_table, literal, one, quote, table
from boussole.audits.measures import NOT_SELECTED, Cells, Group
from boussole.audits.suppression.rules import Apart
from boussole.audits.systems.kinds import BUCKETS
from boussole.audits.systems.model import System
from boussole.audits.windows import EmptyWindowError, LogDays, Window

FORGOTTEN = pa.schema(
    [
        *((name, pa.string()) for name in KEYS),
        ("part", pa.string()),
        ("window", pa.string()),
        ("bin", pa.int16()),
        ("bucket", pa.uint8()),
        ("decision", pa.uint8()),
        ("n", pa.int64()),
    ]
)
"""What is counted of people on no list (`counts.forgotten`)."""
SHARES = pa.schema(
    [
        *((name, pa.string()) for name in KEYS),
        ("part", pa.string()),
        ("window", pa.string()),
        ("bucket", pa.uint8()),
        ("decision", pa.uint8()),
        ("n", pa.int64()),
    ]
)
"""What is counted of a log: of whom (no `by`: of everybody), what (`part`), in which month (2026-09), the bucket of its
cluster, whether it is a case (1) or not (0), and how many."""
VERSIONS = pa.schema([("value1", pa.string()), ("part", pa.string()), ("column", pa.string()), ("n", pa.int64())])
"""A version of the model, the first and the last day of the window on which it decided, how many decisions it made."""
PANEL = pa.schema(
    [
        ("part", pa.string()),
        ("value1", pa.string()),
        ("bin", pa.int16()),
        ("window", pa.string()),
        ("reason", pa.string()),
        ("n", pa.int64()),
        ("total", pa.decimal128(38, 0)),
    ]
)
"""What is counted by agency and month: the outcome (empty: the only one) and the group (empty: everybody), the number
of the agency, the month (2026-09), that in which it started (none: not yet), its people, and the count."""
COUNTS = pa.schema(
    [
        *((name, pa.string()) for name in KEYS),
        ("bucket", pa.uint8()),
        ("decision", pa.uint8()),
        ("outcome", pa.uint8()),
        ("furthest", pa.uint8()),
        ("n", pa.int64()),
    ]
)
REPLIED = pa.schema([("part", pa.string()), *COUNTS, ("stratum", pa.string()), ("bin", pa.int16())])
"""What is counted of replies, by group and bucket of the person: whether it is a case (`decision`) or not; of waiting
times, at most how many minutes (`bin`). Of two sides that are no groups, `by` names the side."""

CORRECTED = REPLIED
"""What is counted of corrections, with the same columns: in `outcome` what became of people, or what was decided in the
end (`counts.corrections`)."""


@dataclass(frozen=True, kw_only=True)
class AuditInputs:
    """All that an audit reads of a system: what is kept as evidence, and from which a rerun computes again."""

    counts: pa.Table
    strata: pa.Table
    ranks: pa.Table
    scores: pa.Table
    reference_scores: pa.Table
    histograms: list[Watched]
    """Of the window of reference and this one: columns of numbers, then those of categories."""
    withheld: pa.Table
    """Groups that earlier publications oblige to hide, beyond what this window hides by itself."""
    left_out: pa.Table
    """What came in and is not in these counts (`LEFT_OUT`)."""
    logs: Mapping[str, pa.Table] = field(default_factory=dict)
    """Counts of logs by themselves (`SHARES`), by log; those of which nothing was counted are not there."""
    forgotten: pa.Table = field(default_factory=FORGOTTEN.empty_table)
    """People on no list in six months (`FORGOTTEN`); no row where the log does not tell."""
    versions: pa.Table = field(default_factory=VERSIONS.empty_table)
    """Who decided (`VERSIONS`); no row where the log names no version."""
    agencies: pa.Table = field(default_factory=PANEL.empty_table)
    """Counts by agency and month (`PANEL`), up to the window; no row where none were given."""
    replies: pa.Table = field(default_factory=REPLIED.empty_table)
    """Replies by group (`REPLIED`); no row where the log does not say when lists close, or its rows were purged."""
    corrections: pa.Table = field(default_factory=CORRECTED.empty_table)
    """What agents corrected (`CORRECTED`); no row where the log does not say who reviewed, or its rows were purged."""


def days_of(connection: duckdb.DuckDBPyConnection, system: System) -> LogDays:
    """The days of a system's log: of decisions, else of texts. Raises EmptyWindowError when there is none."""
    if system.only_writes:
        return days_of_texts(connection, system)
    row = None
    if exists(connection, system):
        row = connection.execute(
            f"""SELECT min(day), max(day) FROM {table(system, "daily")} WHERE "by" = ''"""
        ).fetchone()
    if row is None or row[0] is None:
        raise EmptyWindowError(
            f"the system '{system.id}' has no decisions yet.",
            next_step=f"Import some with `boussole import FILE --system {system.id}`, or run `boussole sync`.",
        )
    return log_days(connection, system, row[0], row[1])


def hold_declared(connection: duckdb.DuckDBPyConnection, system: System) -> None:
    """Raise BoussoleError for a group or control that was declared after all the decisions came in."""
    present = describe(connection, table(system, "decisions"))
    late = [f"groups.{name}" for name in system.groups if f"g_{name}" not in present]
    late += [f"controls.{name}" for name in system.controls if f"c_{name}" not in present]
    joined = [name for name in system.groups if system.groups[name].source == "sensitive"]
    again = "Give the system another `id` and import its files again; or take the key out of the file."
    if late:
        raise BoussoleError(
            f"`{late[0]}` was declared after the decisions of '{system.id}' came in: the lake holds nothing of its "
            "column.",
            where=f"systems/{system.id}.yaml",
            next_step="Run `boussole cubes rebuild`, which joins it." if late[0][7:] in joined else again,
        )


def read_counts(
    connection: duckdb.DuckDBPyConnection,
    system: System,
    window: Window,
    *,
    as_of: dt.date,
    exact: bool = False,
    without: Collection[str] = (),
    apart: Sequence[Apart] = (),
    held: str | None = None,
) -> pa.Table:
    """Count a window by group × bucket × decision × outcome × furthest stage, in a fixed order (`COUNTS`).

    An absent outcome that is declared `negative` counts as negative once the decision is older than
    `matures_after_days` at `as_of`; else it is NULL. `exact`, `apart` and `held` (SQL of the decisions) count rows
    instead of the cube `daily`.
    """
    if system.only_writes:
        return _texts(connection, system, window)
    outcome, source = outcome_sql(system, as_of), table(system, "daily")
    if exact or apart or held:
        _rows_are_there(connection, system, window)
        rows = rows_of(system, window, apart, held=held)
        source = count_rows(connection, system, "daily", window, outcome=outcome, rows=rows)
    read = ", ".join(literal("*".join(by)) for by in [(), *system.attributes] if not set(by) & set(without))
    keys = (
        f'"by", value1, value2, value3, bucket, {decision_sql(system)} AS decision, {outcome} AS outcome, '
        f"{furthest_sql(system)}"
    )
    query = (
        f"SELECT {keys}, CAST(sum(n) AS BIGINT) AS n FROM {source} "
        f"""WHERE {days_sql(window)} AND "by" IN ({read}) """
        "GROUP BY ALL ORDER BY ALL"
    )
    found = connection.execute(query).to_arrow_table().cast(COUNTS)
    if system.decides and found["decision"].null_count:
        raise BoussoleError(
            "some rows were imported while the system file declared no decision: what was decided is not known.",
            where=system.id,
            next_step="Import their files again under another system id, with `columns.decision` declared.",
        )
    return found


def _texts(connection: duckdb.DuckDBPyConnection, system: System, window: Window) -> pa.Table:
    """How many texts there are in a window: one row of `COUNTS`, of everybody, without decision and outcome."""
    n = one(
        connection,
        f"SELECT CAST(coalesce(sum(n), 0) AS BIGINT) FROM ({daily(connection, system)}) WHERE {days_sql(window)}",
    )
    return pa.Table.from_pylist([{"by": "", "bucket": 0, "n": n}], COUNTS)


def decision_sql(system: System) -> str:
    """SQL: the decision of a row; NULL in a log without decisions."""
    return "decision" if system.decides else "CAST(NULL AS UTINYINT)"


def decided(rows: pa.Table) -> npt.NDArray[np.uint8]:
    """Return the decisions of rows of counts; those of a log without decisions all stand in one place of the tables."""
    found: npt.NDArray[np.uint8] = rows["decision"].fill_null(NOT_SELECTED).to_numpy()
    return found


def outcome_sql(system: System, as_of: dt.date) -> str:
    """SQL: the outcome of a decision as it can be read on a day; NULL where there is none."""
    outcome = system.log.outcome
    if outcome is None or outcome.absent == "missing":
        return "outcome"
    matured = as_of - dt.timedelta(days=outcome.matures_after_days)
    seen = "decision = 1 AND " if outcome.observed_for == "selected" else ""
    return f"CASE WHEN outcome IS NULL AND {seen}day <= DATE '{matured}' THEN CAST(0 AS UTINYINT) ELSE outcome END"


def furthest_sql(system: System) -> str:
    """Return SQL of the number of stages of the funnel that were reached; NULL where the log does not say."""
    count = len(system.log.stages)
    reached = " ".join(f"WHEN stages >= {1 << i} THEN {i + 1}" for i in reversed(range(count)))
    told = f"CASE {reached} WHEN stages = 0 THEN 0 END" if count else "NULL"
    return f"CAST({told} AS UTINYINT) AS furthest"


def months_sql(window: Window) -> str:
    """SQL: whether a row of a monthly cube belongs to a window."""
    return f"month BETWEEN DATE '{window.start.replace(day=1)}' AND DATE '{window.end}'"


def positions(rows: pa.Table, cells: Cells) -> npt.NDArray[np.intp]:
    """Where the group of each row stands among those of a table of counts; -1 for a row about none of them."""
    codes, keys = _coded(rows, len(cells.by))
    return _placed(codes, keys, cells.groups)


def _coded(rows: pa.Table, values: int) -> tuple[npt.NDArray[np.intp], list[Group]]:
    """The group of each row as a number in a list: of all combinations of values."""
    codes, keys = np.zeros(rows.num_rows, dtype=np.intp), list[Group]([()])
    for i in range(values):
        column = rows[f"value{i + 1}"].combine_chunks().dictionary_encode(null_encoding="encode")
        known = column.dictionary.to_pylist()
        codes = codes * len(known) + column.indices.to_numpy()
        keys = [(*key, value) for key in keys for value in known]
    return codes, keys


def _placed(codes: npt.NDArray[np.intp], keys: Sequence[Group], groups: Sequence[Group]) -> npt.NDArray[np.intp]:
    position = {item: i for i, item in enumerate(groups)}
    return np.array([position.get(key, -1) for key in keys], dtype=np.intp)[codes]


def _rows_are_there(connection: duckdb.DuckDBPyConnection, system: System, window: Window) -> None:
    """Raises BoussoleError where rows of the window were purged: to count the others would be wrong."""
    gone = sealed_months(connection, system, within=window)
    if gone:
        raise BoussoleError(
            f"the rows of {', '.join(f'{month:%Y-%m}' for month in gone)} were purged; their counts are there.",
            where=system.id,
            next_step="Audit that window without --exact.",
        )


def counts_sql(rows: str, attributes: Sequence[tuple[str, ...]], *, beside: Sequence[str] = ()) -> str:
    """Return SQL of `COUNTS` by some attributes, of other `rows`; `beside`: further columns to count by."""
    parts, more = [], "".join(f", {quote(name)}" for name in beside)
    for by in attributes:
        names = [*(quote(f"g_{name}") for name in by), *["CAST(NULL AS VARCHAR)"] * (build.MAX_DEPTH - len(by))]
        values = ", ".join(f"{name} AS value{i + 1}" for i, name in enumerate(names))
        parts.append(
            f"""SELECT {literal("*".join(by))} AS "by", {values}, bucket, decision, outcome, """
            f"CAST(NULL AS UTINYINT) AS furthest, CAST(sum(n) AS BIGINT) AS n{more} FROM {rows} GROUP BY ALL"
        )
    return " UNION ALL ".join(parts)


def cells_from_counts(counts: pa.Table, system: System) -> list[Cells]:
    """One table of counts for everybody, then one per group and declared intersection; without rows it is empty."""
    return [_cells(counts, by, system) for by in [(), *system.attributes]]


def _cells(counts: pa.Table, by: tuple[str, ...], system: System) -> Cells:
    rows = counts.filter(pa.compute.equal(counts["by"], "*".join(by)))
    codes, keys = _coded(rows, len(by))
    groups = _in_order({keys[code] for code in np.unique(codes)}, by, system) or ([()] if not by else [])
    table_ = np.zeros((len(groups), BUCKETS, 2, 3), dtype=np.int64)
    where = _placed(codes, keys, groups)
    outcome = rows["outcome"].fill_null(2).to_numpy()
    np.add.at(table_, (where, rows["bucket"].to_numpy(), decided(rows), outcome), rows["n"].to_numpy())
    return Cells(by=by, groups=tuple(groups), counts=table_, clustered=system.cluster is not None)


def _in_order(groups: set[Group], by: tuple[str, ...], system: System) -> list[Group]:
    """Groups in the order of the system file (declared values, bands), then alphabetical, unknown last."""

    def rank(name: str, value: str | None) -> tuple[int, str]:
        declared = system.groups[name].order
        return (len(declared) + (value is None), value or "") if value not in declared else (declared.index(value), "")

    return sorted(groups, key=lambda group: [rank(name, value) for name, value in zip(by, group, strict=True)])


def read_agencies(connection: duckdb.DuckDBPyConnection, system: System, window: Window) -> pa.Table:
    """Read the rows of `PANEL` up to the last month of a window, with agencies numbered independently of codes.

    An agency that stands twice in one month, or with two starts, has no people and is so left out.
    """
    if system.agencies is None or not has_table(connection, system, "agencies"):
        return PANEL.empty_table()
    held = table(system, "agencies")
    outcome, group = (f"coalesce({quote(name)}, '')" for name in ("outcome", "group"))
    month = "date_trunc('month', day)"
    rows = (
        f"SELECT agency, {month} AS month, date_trunc('month', started) AS started, {outcome} AS part, "
        f"{group} AS value1, people, \"count\" AS found FROM {held} WHERE day <= last_day(DATE '{window.end}')"
    )
    twice = f"SELECT agency FROM ({rows}) GROUP BY agency, month, part, value1 HAVING count(*) > 1"
    started = f"SELECT agency FROM ({rows}) GROUP BY agency HAVING count(DISTINCT started) > 1"
    said = "list((month, started, part, value1, people, found) ORDER BY month, started, part, value1, people, found)"
    order = f"SELECT agency, row_number() OVER (ORDER BY {said}, agency) AS number FROM ({rows}) GROUP BY agency"
    numbered = (
        "SELECT *, max(started) OVER (PARTITION BY agency) AS first, "
        f"agency IN ({twice}) OR agency IN ({started}) AS doubtful FROM ({rows}) JOIN ({order}) USING (agency)"
    )
    told = (
        "SELECT part, value1, CAST(number AS SMALLINT) AS bin, strftime(month, '%Y-%m') AS \"window\", "
        f"CASE WHEN first <= DATE '{window.end}' THEN strftime(first, '%Y-%m') END AS reason, "
        "CASE WHEN doubtful THEN 0 ELSE CAST(sum(people) AS BIGINT) END AS n, "
        f"CAST(sum(found) AS DECIMAL(38, 0)) AS total FROM ({numbered}) "
        "GROUP BY part, value1, number, month, first, doubtful ORDER BY part, value1, number, month"
    )
    return connection.execute(told).to_arrow_table().cast(PANEL)


def read_versions(connection: duckdb.DuckDBPyConnection, system: System, window: Window) -> pa.Table:
    """Read the rows of `VERSIONS` of a window, by name; none where the log names no version."""
    if system.only_writes:
        return _of_texts(connection, system, window)
    if system.columns is None or system.columns.model_version is None:
        return VERSIONS.empty_table()
    return (
        connection.execute(
            f"SELECT model_version AS value1, CAST(min(day) AS VARCHAR) AS part, "
            f"""CAST(max(day) AS VARCHAR) AS "column", CAST(sum(n) AS BIGINT) AS n """
            f"""FROM {table(system, "daily")} WHERE "by" = '' AND {days_sql(window)} GROUP BY ALL """
            "ORDER BY value1 NULLS LAST"
        )
        .to_arrow_table()
        .cast(VERSIONS)
    )


def _of_texts(connection: duckdb.DuckDBPyConnection, system: System, window: Window) -> pa.Table:
    section, purged = system.generations, purged_before(connection, system.id)
    gone = purged is not None and purged > window.start
    if section is None or section.model_version is None or gone or not has_table(connection, system, "generations"):
        return VERSIONS.empty_table()
    named = "nullif(trim(CAST(model_version AS VARCHAR)), '')"
    return (
        connection.execute(
            f"SELECT {named} AS value1, CAST(min(day) AS VARCHAR) AS part, "
            f"""CAST(max(day) AS VARCHAR) AS "column", CAST(count(*) AS BIGINT) AS n """
            f"FROM {table(system, 'generations')} WHERE {days_sql(window)} GROUP BY 1 ORDER BY value1 NULLS LAST"
        )
        .to_arrow_table()
        .cast(VERSIONS)
    )
