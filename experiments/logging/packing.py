"""A frame of any library as one Parquet file, row group by row group, and what it holds without any of its values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from boussole.audits.errors import SourceError
from boussole.audits.hashing import sha256_of

if TYPE_CHECKING:
    import pyarrow as pa

ROW_GROUP = 100_000
"""Rows written at a time: memory stays flat, and the bytes do not depend on how the frame was cut."""


@dataclass(frozen=True)
class LoggedColumn:
    """A column of a logged file: its name, its Arrow type, and how many of its cells hold nothing."""

    name: str
    type: str
    missing: int


@dataclass(frozen=True)
class ParquetFile:
    """A Parquet file ready to be logged."""

    path: Path
    rows: int
    sha256: str
    columns: tuple[LoggedColumn, ...]

    def renamed(self, name: str) -> ParquetFile:
        """The packed file under another name."""
        return replace(self, path=self.path.rename(self.path.with_name(name)))

    def summary(self, *, system: str, log: str) -> dict[str, Any]:
        """Names, types and the share of missing cells, for whoever must not see the rows; never a value."""
        return {
            "schema": "boussole.log/1",
            "system": system,
            "log": log,
            "file": self.path.name,
            "sha256": self.sha256,
            "rows": self.rows,
            "columns": [
                {"name": column.name, "type": column.type, "missing": round(column.missing / self.rows, 6)}
                for column in self.columns
            ],
        }


def pack(
    rows: pa.RecordBatchReader,
    path: Path,
    *,
    keep: Sequence[str] | None = None,
    constant: tuple[str, str] | None = None,
) -> ParquetFile:
    """Writes the columns of `keep` (default: all), and one with a constant text, to a Parquet file without metadata.

    Raises SourceError when there is no row.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    writer, total, missing = None, 0, dict.fromkeys(rows.schema.names, 0)
    try:
        for group in _groups(rows):
            table = group.select(list(keep)) if keep is not None else group
            if constant is not None:
                table = table.append_column(constant[0], pa.repeat(pa.scalar(constant[1]), len(table)))
            table = pa.table(dict(zip(table.column_names, table.columns, strict=True)))  # sheds metadata
            if writer is None:
                writer = pq.ParquetWriter(path, table.schema, compression="zstd")
            writer.write_table(table, row_group_size=ROW_GROUP)
            total += len(table)
            missing = {name: missing.get(name, 0) + _absent(table[name]) for name in table.column_names}
    finally:
        if writer is not None:
            writer.close()
    if writer is None:
        raise SourceError("the frame holds no row.", next_step="Log a frame with its rows.")
    columns = tuple(LoggedColumn(field.name, str(field.type), missing[field.name]) for field in table.schema)
    return ParquetFile(path, total, sha256_of(path), columns)


def _groups(rows: pa.RecordBatchReader) -> Iterator[pa.Table]:
    import pyarrow as pa

    waiting, count = [], 0
    for batch in rows:
        waiting.append(batch)
        count += len(batch)
        if count >= ROW_GROUP:
            table = pa.Table.from_batches(waiting)
            whole = count - count % ROW_GROUP
            for start in range(0, whole, ROW_GROUP):
                yield table.slice(start, ROW_GROUP).combine_chunks()
            waiting, count = table.slice(whole).to_batches(), count - whole
    if count:
        yield pa.Table.from_batches(waiting).combine_chunks()


def _absent(column: pa.ChunkedArray) -> int:
    import pyarrow as pa
    import pyarrow.compute as pc

    nan = pc.sum(pc.is_nan(column)).as_py() or 0 if pa.types.is_floating(column.type) else 0
    return int(column.null_count) + int(nan)
