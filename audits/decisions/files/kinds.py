"""Which kind of data file a path is, by its name; and what its first bytes say it is instead."""

from __future__ import annotations

from pathlib import Path, PurePath

from boussole.audits.errors import SourceError

READERS = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".parquet": "parquet",
    ".jsonl": "json",
    ".ndjson": "json",
    ".xlsx": "xlsx",
}
COMPRESSED = ".gz"
PACKED = ("csv", "json")
"""Kinds that may be compressed as a whole."""
_SIGNS: tuple[tuple[bytes, str, str], ...] = (
    (b"PK\x03\x04", "a zip archive or an Excel workbook", "Unpack it first; name an Excel workbook .xlsx."),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook (.xls)", "Save it as an Excel workbook (.xlsx) or as CSV."),
    (b"\x1f\x8b", "compressed with gzip", "Name it .gz at the end, as in data.csv.gz."),
    (b"\x28\xb5\x2f\xfd", "compressed with Zstandard", "Unpack it first, or compress it with gzip."),
    (b"PAR1", "a Parquet file", "Name it .parquet."),
    (b"%PDF", "a PDF", "Ask for the data behind it, as CSV, Excel or Parquet."),
    (b"SQLite format 3", "an SQLite database", "Export its table as CSV or Parquet."),
)


def kind_of(path: str | PurePath) -> str | None:
    """Return csv, json, parquet or xlsx by the name of a file; None for what cannot be imported."""
    suffixes = [suffix.lower() for suffix in PurePath(path).suffixes]
    packed = suffixes[-1:] and suffixes[-1] == COMPRESSED
    found = READERS.get(suffixes[-2] if packed and len(suffixes) > 1 else suffixes[-1] if suffixes else "")
    return None if packed and found not in PACKED else found


def refuse_disguised(head: bytes, *, where: str) -> None:
    """Raises SourceError for text that is none: an archive, a workbook, a web page."""
    for sign, what, step in _SIGNS:
        if head.startswith(sign):
            raise SourceError(f"this is no text: it is {what}.", where=where, next_step=step)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower().startswith((b"<html", b"<!doctype html", b"<table", b"<?xml")):
        raise SourceError(
            "this is a web page or XML, whatever its name says.",
            where=where,
            next_step="Open it in a spreadsheet program, and save it as CSV or .xlsx.",
        )


def expand(source: str) -> list[tuple[str, str]]:
    """Return path and name of each file of a source, in order; names that start with `_` or `.` are passed over.

    Raises SourceError where there is none, where one cannot be imported, and for a table of Delta or Iceberg.
    """
    path = Path(source)
    if not path.is_dir():
        return [(source, path.name)]
    if (path / "_delta_log").is_dir() or any((path / "metadata").glob("*.metadata.json")):
        raise SourceError(
            "this folder is a table of Delta or Iceberg: some of its files no longer belong to it.",
            where=source,
            next_step="Export its newest state to Parquet with the tool that writes it, and import that file.",
        )
    named = [(each, each.relative_to(path)) for each in sorted(path.rglob("*")) if each.is_file()]
    found = [(each, name) for each, name in named if not any(part.startswith(("_", ".")) for part in name.parts)]
    for each, name in found:
        if kind_of(each) is None:
            raise SourceError(
                f"the folder also holds '{name.as_posix()}', which cannot be imported.",
                where=source,
                next_step=f"Export it as one of {', '.join(READERS)}; or take it out, or begin its name with `_`.",
            )
    if not found:
        raise SourceError(
            "there is no data file there.", where=source, next_step=f"Check the path; kinds: {', '.join(READERS)}."
        )
    return [(str(each), name.as_posix()) for each, name in found]
