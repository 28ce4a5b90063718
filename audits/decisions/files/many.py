"""The files that one source names: a pattern such as `exports/*.csv`, or a folder, with its partitions."""

from __future__ import annotations

import glob
from pathlib import Path

from boussole.audits.decisions.files.kinds import READERS, kind_of
from boussole.audits.decisions.files.lakehouse import kind_of_folder
from boussole.audits.errors import SourceError

UNREADABLE = frozenset(
    [
        ".xls",
        ".xlsb",
        ".xlsm",
        ".ods",
        ".zip",
        ".7z",
        ".rar",
        ".gz",
        ".zst",
        ".bz2",
        ".xz",
        ".json",
        ".avro",
        ".orc",
        ".feather",
        ".arrow",
        ".sav",
        ".dta",
        ".sas7bdat",
    ]
)
"""Endings of files that most likely hold data, and cannot be imported: a folder is not read without them in silence."""


def expand(source: str) -> list[tuple[str, str]]:
    """Path and name of each file of a source, in order; of one file or table, itself.

    The files of a folder are all data files in it and below it; those whose names start with `_` or `.` are passed
    over, as every writer of partitions means them to be. Raises SourceError where there is none, and where a folder
    holds data of a kind that cannot be imported.
    """
    path = Path(source)
    if source.startswith("duckdb:") or path.is_file():
        return [(source, path.name)]
    if path.is_dir():
        if kind_of_folder(path):
            return [(source, path.name)]
        there = [
            each for each in sorted(path.rglob("*")) if not _passed_over(each.relative_to(path)) and each.is_file()
        ]
        for each in there:
            if kind_of(each) is None and each.suffix.lower() in UNREADABLE:
                raise SourceError(
                    f"the folder also holds '{each.relative_to(path).as_posix()}', which cannot be imported.",
                    where=source,
                    next_step=f"Export it as one of {', '.join(READERS)}; or take it out, or begin its name with `_`.",
                )
        found = [each for each in there if kind_of(each)]
        return [(str(each), each.relative_to(path).as_posix()) for each in _some(found, source)]
    if not glob.has_magic(source):
        return [(source, path.name)]
    root = Path(*_fixed(path.parts))
    matched = sorted(Path(each) for each in glob.iglob(source, recursive=True))  # noqa: PTH207 (an absolute pattern too)
    files = [each for each in matched if each.is_file()]
    for each in files:
        if kind_of(each) is None:
            raise SourceError(
                f"the pattern also means '{each}', which is no data file.",
                where=source,
                next_step=f"Write it so that it means files of these kinds only: {', '.join(READERS)}.",
            )
    return [(str(each), each.relative_to(root).as_posix()) for each in _some(files, source)]


def _passed_over(path: Path) -> bool:
    return any(part.startswith(("_", ".")) for part in path.parts)


def _fixed(parts: tuple[str, ...]) -> list[str]:
    """The parts of a pattern before the first that means several."""
    fixed: list[str] = []
    for part in parts[:-1]:
        if glob.has_magic(part):
            break
        fixed.append(part)
    return fixed


def _some(files: list[Path], source: str) -> list[Path]:
    if not files:
        raise SourceError(
            "there is no data file there.", where=source, next_step=f"Check the path; kinds: {', '.join(READERS)}."
        )
    return files
