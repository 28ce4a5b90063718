"""Evidence: the cube rows an audit read, kept as a file named by its content, from which it can be recomputed."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from boussole.audits import private_files
from boussole.audits.counts.apart import WITHHELD
from boussole.audits.counts.left_out import LEFT_OUT
from boussole.audits.counts.read import CORRECTED, COUNTS, FORGOTTEN, PANEL, REPLIED, SHARES, VERSIONS, AuditInputs
from boussole.audits.counts.scores import RANKS, SCORES, STRATA
from boussole.audits.cubes.logs import COUNTERS
from boussole.audits.cubes.values import NAMED, PLACES, Categories, Histogram, Values, Watched, value_at
from boussole.audits.errors import BoussoleError
from boussole.audits.hashing import sha256_hex

# Fields of COUNTS, then those of the other cubes: one file holds all that an audit read.
SCHEMA = pa.schema(
    [
        ("cube", pa.string()),
        *COUNTS,
        STRATA.field("stratum"),
        ("feature", pa.string()),
        ("window", pa.string()),
        ("bin", pa.int16()),
        ("edge", pa.float64()),
        *(RANKS.field(name) for name in RANKS.names if name not in COUNTS.names),
        WITHHELD.field("layer"),
        WITHHELD.field("reason"),
        SCORES.field("total"),
        SCORES.field("squares"),
        LEFT_OUT.field("part"),
        LEFT_OUT.field("column"),
    ]
)

BESIDE = {
    "forgotten": FORGOTTEN,
    "versions": VERSIONS,
    "agencies": PANEL,
    "replies": REPLIED,
    "corrections": CORRECTED,
}
"""Tables of `AuditInputs` that are written only where they have rows."""


@dataclass(frozen=True, kw_only=True)
class EvidenceHashes:
    """The hashes of what is kept: of the file (`cubes`), and of its rows as CSV (`rows`)."""

    cubes: str
    rows: str


def store(folder: Path, read: AuditInputs) -> EvidenceHashes:
    """Writes the rows as `SHA256.parquet` and returns the hashes; the same rows always give the same file."""
    cubes = {"counts": read.counts, "strata": read.strata, "ranks": read.ranks, "scores": read.scores}
    cubes |= {"reference_scores": read.reference_scores, "withheld": read.withheld, "left_out": read.left_out}
    cubes |= read.logs
    beside = {name: getattr(read, name) for name in BESIDE}
    cubes |= {name: rows for name, rows in beside.items() if rows.num_rows}
    parts = [*(_with_nulls(rows, cube) for cube, rows in cubes.items()), *_watched_rows(read.histograms)]
    table = pa.concat_tables(parts)
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd", version="2.6", store_schema=False)
    digest = sha256_hex(buffer.getvalue())
    target = folder / f"{digest}.parquet"
    if not target.exists():
        private_files.write(target, buffer.getvalue())
    return EvidenceHashes(cubes=digest, rows=sha256_hex(csv_of(table)))


def csv_of(table: pa.Table) -> bytes:
    """Write rows as UTF-8 CSV: names, every value in double quotes, no value as nothing, line feeds at the end."""
    texts = pa.table({name: pa.compute.cast(table[name], pa.string()) for name in table.column_names})
    buffer = io.BytesIO()
    whole = texts.combine_chunks()  # before version 24, pyarrow writes what precedes an empty chunk twice
    pc.write_csv(whole, buffer, pc.WriteOptions(quoting_style="all_valid"))
    return buffer.getvalue()


def load(folder: Path, digest: str) -> AuditInputs:
    """Read the inputs of an audit from a stored evidence file.

    Raises BoussoleError when the file is missing or its content no longer has the hash it is named by.
    """
    table = rows_of(folder, digest)

    def rows(cube: str) -> pa.Table:
        return table.filter(pa.compute.equal(table["cube"], cube))

    return AuditInputs(
        counts=rows("counts").select(COUNTS.names),
        strata=rows("strata").select(STRATA.names),
        ranks=rows("ranks").select(RANKS.names),
        scores=rows("scores").select(SCORES.names),
        reference_scores=rows("reference_scores").select(SCORES.names),
        withheld=rows("withheld").select(WITHHELD.names),
        left_out=rows("left_out").select(LEFT_OUT.names),
        logs={log: found.select(SHARES.names) for log in COUNTERS if (found := rows(log)).num_rows},
        **{name: rows(name).select(schema.names) for name, schema in BESIDE.items()},
        histograms=[*_histograms(rows("histograms").to_pylist()), *_categories(rows("values").to_pylist())],
    )


def rows_of(folder: Path, digest: str) -> pa.Table:
    """Read the rows of a stored evidence file, all cubes together, with the columns of `SCHEMA`.

    Raises BoussoleError when the file is missing or its content no longer has the hash it is named by.
    """
    path = folder / f"{digest}.parquet"
    if not path.exists():
        raise BoussoleError("the evidence file is missing.", where=str(path), next_step="Restore it from a backup.")
    if sha256_hex(path.read_bytes()) != digest:
        raise BoussoleError("the evidence file was changed.", where=str(path), next_step="Restore it from a backup.")
    return pq.read_table(path)


def _with_nulls(table: pa.Table, cube: str) -> pa.Table:
    """The rows of a cube with all columns in order; those that the cube does not have are empty."""
    columns = {"cube": pa.array([cube] * table.num_rows, pa.string()), **{n: table[n] for n in table.column_names}}
    nulls = {field.name: pa.nulls(table.num_rows, field.type) for field in SCHEMA if field.name not in columns}
    return pa.table(columns | nulls).select(SCHEMA.names).cast(SCHEMA)


def _watched_rows(watched: list[Watched]) -> list[pa.Table]:
    """Columns of numbers by bin; where any is of categories, these by value as well."""
    numbers = _histogram_rows([item for item in watched if isinstance(item, Histogram)])
    values = [item for item in watched if isinstance(item, Categories)]
    return [numbers, _value_rows(values)] if values else [numbers]


def _value_rows(columns: list[Categories]) -> pa.Table:
    rows = [
        {
            "feature": item.feature,
            "window": window,
            "bin": PLACES.get(value, NAMED),
            "value1": None if value in PLACES else value,
            "n": pair[at],
        }
        for item in columns
        for at, window in enumerate(("reference", "current"))
        for value, pair in item.pairs.items()
    ]
    fields = [SCHEMA.field(name) for name in ("feature", "window", "bin", "value1", "n")]
    return _with_nulls(pa.Table.from_pylist(rows, pa.schema(fields)), "values")


def _histogram_rows(histograms: list[Histogram]) -> pa.Table:
    rows = [
        {"feature": item.feature, "window": window, "bin": i, "edge": edge, "n": n}
        for item in histograms
        for window, bins in (("reference", item.reference), ("current", item.current))
        for i, (edge, n) in enumerate(zip([*item.edges, None, None], bins, strict=True))
    ]
    fields = [SCHEMA.field(name) for name in ("feature", "window", "bin", "edge", "n")]
    return _with_nulls(pa.Table.from_pylist(rows, pa.schema(fields)), "histograms")


def _histograms(rows: list[dict[str, object]]) -> list[Histogram]:
    features = list(dict.fromkeys(str(row["feature"]) for row in rows))

    def bins(feature: str, window: str) -> list[dict[str, object]]:
        return [row for row in rows if row["feature"] == feature and row["window"] == window]

    return [
        Histogram(
            feature=feature,
            edges=tuple(float(str(row["edge"])) for row in bins(feature, "current") if row["edge"] is not None),
            reference=tuple(int(str(row["n"])) for row in bins(feature, "reference")),
            current=tuple(int(str(row["n"])) for row in bins(feature, "current")),
        )
        for feature in features
    ]


def _categories(rows: list[dict[str, object]]) -> list[Categories]:
    sides: dict[str, tuple[Values, Values]] = {}
    for row in rows:
        side = sides.setdefault(str(row["feature"]), (Values(), Values()))[row["window"] == "current"]
        side[value_at(int(str(row["bin"])), str(row["value1"]))] += int(str(row["n"]))
    return [Categories(feature, +before, +now) for feature, (before, now) in sides.items()]
