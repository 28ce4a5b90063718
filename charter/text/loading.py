"""Reading a charter: the packaged one, or the folder of a workspace that replaces it as a whole."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from boussole.audits.errors import CharterError
from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.audits.workspace import Workspace
from boussole.charter.text.draft import HEAD, CharterFault
from boussole.charter.text.model import Charter
from boussole.charter.text.reading import MOST_BYTES, CharterReading

PACKAGED = Path(__file__).parent.parent / "articles"
SHOWN = 5
"""Faults that an error names; `boussole charter check` shows them all."""

Files = tuple[tuple[str, bytes], ...]


def load_charter(source: Workspace | Path | None = None) -> Charter:
    """The charter of a workspace or a folder, else the packaged one; raises CharterError with its faults.

    >>> [article.id for article in load_charter().articles][:3]
    ['finalite', 'humain', 'equite']
    """
    folder = charter_folder(source)
    charter, found = _read(_files(folder))[0], find_faults(folder)
    if charter is None or found:
        more = f" And {len(found) - SHOWN} more." if len(found) > SHOWN else ""
        raise CharterError(
            " ".join(found[:SHOWN]) + more,
            where=str(folder),
            next_step=f"See one fault a line with `boussole charter check {folder}`.",
        )
    return charter


def find_faults(source: Workspace | Path | None = None) -> list[str]:
    """Everything wrong with a charter, one sentence `FILE:LINE: …` each, all files and what is between them."""
    folder = charter_folder(source)
    return [*(str(fault) for fault in _read(_files(folder))[1]), *(str(fault) for fault in _misnamed(folder))]


def unread(source: Workspace | Path | None = None) -> list[str]:
    """Names of files in a charter's folder that nobody reads, such as notes and copies."""
    folder = charter_folder(source)
    read = {*(path.name for path in _paths(folder)), *(fault.file for fault in _misnamed(folder))}
    return sorted(path.name for path in folder.iterdir() if path.name not in read)


def charter_folder(source: Workspace | Path | None = None) -> Path:
    """The folder a charter is read from; raises CharterError for what is no folder."""
    folder = source.home / "charter" if isinstance(source, Workspace) else source
    if folder is None or (isinstance(source, Workspace) and not os.path.lexists(folder)):
        return PACKAGED
    if not folder.is_dir():
        raise CharterError("there is no such folder of a charter.", where=str(folder), next_step="Check the path.")
    return folder


def _paths(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.yaml") if path.is_file() and not path.name.startswith("."))


def _misnamed(folder: Path) -> list[CharterFault]:
    found = [path.name for path in folder.iterdir() if path.suffix.lower() in (".yml", ".yaml") and path.is_file()]
    inside = [str(path.relative_to(folder)) for path in folder.glob("*/*.y*ml") if path.is_file()]
    told = "nobody reads this file: {}."
    faults = [
        CharterFault(file=name, what=told.format(f"rename it to {Path(name).stem}.yaml"))
        for name in sorted(found)
        if not (name.endswith(".yaml") or name.startswith("."))
    ]
    return faults + [
        CharterFault(file=name, what=told.format("move it out of its sub-folder")) for name in sorted(inside)
    ]


def _files(folder: Path) -> Files:
    """Names and bytes, the head first; no more of a file than is too much."""
    paths = sorted(_paths(folder), key=lambda path: (path.name != HEAD, path.name))
    return tuple((path.name, _bytes(path)) for path in paths)


def _bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


@lru_cache(maxsize=32)
def _read(files: Files) -> tuple[Charter | None, tuple[CharterFault, ...]]:
    """Kept by the bytes themselves: a charter is read at every audit and on every page."""
    reading = CharterReading(files)
    faults = reading.faults()
    if faults or reading.head is None:
        return None, tuple(faults)
    charter = Charter(
        **dict(reading.head),
        frameworks=reading.draft.frameworks,
        laws=reading.draft.laws,
        articles=sorted(reading.articles, key=lambda article: (article.order, article.id)),
    )
    return charter.model_copy(update={"sha256": sha256_hex(canonical_json(charter.document()))}), ()
