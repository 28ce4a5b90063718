"""Opening the file or table of sensitive values. Its errors never quote what it holds."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs

import duckdb

from boussole.audits.errors import SourceError
from boussole.audits.lake.tables import describe, literal, quote
from boussole.audits.systems.model import System
from boussole.audits.workspace import Workspace

READERS = {".csv": "read_csv({}, all_varchar = true, header = true)", ".parquet": "read_parquet({})"}


@dataclass(frozen=True)
class KeyedFile:
    """A file or table ready to query: SQL, the column of the person, DuckDB types, and a hash of its content."""

    relation: str
    key: str
    types: Mapping[str, str]
    sha256: str


def open_keyed(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, system: System, groups: Sequence[str]
) -> KeyedFile:
    """Open the file that a system names under `sensitive`, for some of its groups.

    Raises SourceError when it is missing, lacks a column or cannot be read.
    """
    assert system.sensitive is not None  # noqa: S101 (a group `from: sensitive` needs it)
    where, key = system.sensitive.path, system.sensitive.key
    needed = list(dict.fromkeys([key, *(system.groups[name].column for name in groups)]))
    try:
        relation, path = _relation(connection, workspace, where)
        types = describe(connection, relation)
        missing = [name for name in needed if name not in types]
        if missing:
            # No hint from the names that are there: without a first line of names they are somebody's values.
            raise SourceError(
                f"missing column{'s' if len(missing) > 1 else ''}: {', '.join(missing)}.",
                where=where,
                next_step="Add the column, or correct `sensitive` and `groups` of the system file.",
            )
        listed = ", ".join(quote(name) for name in needed)
        connection.execute(f"CREATE OR REPLACE TEMP TABLE sensitive_source AS SELECT {listed} FROM {relation}")
    except duckdb.Error as error:
        # The reason that DuckDB gives can quote a line of the file: only its kind is told.
        raise SourceError(
            f"the file of sensitive values cannot be read ({type(error).__name__}).",
            where=where,
            next_step="Open it with the tool that made it, and export it again as CSV or Parquet.",
        ) from None
    return KeyedFile("sensitive_source", key, types, _hash(path, needed))


def _relation(connection: duckdb.DuckDBPyConnection, workspace: Workspace, where: str) -> tuple[str, Path]:
    """SQL of the whole file or table, and the file it lies in."""
    path_text, _, query = where.removeprefix("duckdb:").partition("?")
    is_table = where.startswith("duckdb:")
    path = workspace.home / (path_text if is_table else where)
    if not path.is_file():
        raise SourceError(
            "the file of sensitive values is not there.",
            where=where,
            next_step="Put it there, or correct `sensitive.path`, which starts from the folder of the workspace.",
        )
    if is_table:
        names = parse_qs(query).get("table", [])
        if len(names) != 1:
            raise SourceError("which table?", where=where, next_step="Write duckdb:PATH?table=NAME.")
        connection.execute(f"ATTACH IF NOT EXISTS {literal(path)} AS sensitive_file (READ_ONLY)")
        return f"sensitive_file.{quote(names[0])}", path
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise SourceError(
            f"'{path.suffix}' is not a kind of file that sensitive values can come from.",
            where=where,
            next_step=f"Use one of {', '.join(READERS)}, or duckdb:PATH?table=NAME.",
        )
    return reader.format(literal(path)), path


def _hash(path: Path, needed: Sequence[str]) -> str:
    with path.open("rb") as file:
        content = hashlib.file_digest(file, "sha256").hexdigest()
    return hashlib.sha256(repr((content, tuple(needed))).encode()).hexdigest()
