"""Folders that are one table of Delta or Iceberg, read with DuckDB's extensions where these are installed."""

from __future__ import annotations

import importlib.metadata
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from boussole.audits.errors import SourceError, reason_of
from boussole.audits.lake.engine import extension_path, scratch
from boussole.audits.lake.tables import literal

EXTENSIONS = {"Delta": ("delta",), "Iceberg": ("avro", "iceberg")}


def kind_of_folder(path: Path) -> str | None:
    """Delta or Iceberg, by the folder of its log; None for a folder of files."""
    if (path / "_delta_log").is_dir():
        return "Delta"
    return "Iceberg" if any((path / "metadata").glob("*.metadata.json")) else None


@contextmanager
def open_lakehouse(path: Path, kind: str) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
    """A connection that knows the kind of table, and the relation of its newest state, as SQL.

    Raises SourceError where the extensions are not installed, and for a table that cannot be read.
    """
    where = str(path)
    connection = scratch()
    try:
        for name in EXTENSIONS[kind]:
            connection.load_extension(extension_path(f"duckdb-extension-{name}"))
        yield connection, f"delta_scan({literal(path)})" if kind == "Delta" else _iceberg(path)
    except importlib.metadata.PackageNotFoundError:
        packages = " ".join(f"duckdb-extension-{name}=={duckdb.__version__}" for name in EXTENSIONS[kind])
        raise SourceError(
            f"this folder is a table of {kind}, and DuckDB's extension for it is not installed.",
            where=where,
            next_step=f"Install it with `pip install {packages}`, or export the table to Parquet.",
        ) from None
    except duckdb.Error as error:
        raise SourceError(
            f"the table of {kind} cannot be read: {reason_of(error)}.",
            where=where,
            next_step="Check it with the tool that writes it, or export it to Parquet.",
        ) from error
    finally:
        connection.close()


def _iceberg(path: Path) -> str:
    """The state that the hint of the table names, else the one with the highest number."""
    hint = path / "metadata" / "version-hint.text"
    if hint.is_file():
        return f"iceberg_scan({literal(path)}, allow_moved_paths = true)"
    states: dict[int, list[str]] = {}
    for each in (path / "metadata").glob("*.metadata.json"):
        number = re.match(r"v?(\d+)", each.name)
        states.setdefault(int(number.group(1)) if number else -1, []).append(each.name)
    newest = states[max(states)]
    if len(newest) > 1:
        raise SourceError(
            f"the table of Iceberg has two newest states: {' and '.join(sorted(newest))}.",
            where=str(path),
            next_step="Only its catalogue knows which one counts: export the table to Parquet.",
        )
    version = newest[0].removesuffix(".metadata.json")
    return f"iceberg_scan({literal(path)}, version = {literal(version)}, allow_moved_paths = true)"
