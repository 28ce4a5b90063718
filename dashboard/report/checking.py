"""What can be verified of a report: what is attached to it, by itself and against the ledger of a workspace."""

from __future__ import annotations

import json
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
from pypdf.errors import PyPdfError

from audits.errors import ReportError
from audits.hashing import canonical_json, sha256_hex
from audits.workspace import Workspace
from charter.records import stored_audits
from dashboard.report.attachments import SEALS


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What a report holds and what is wrong with it; `in_ledger`: entries that the ledger holds as attached."""

    audits: int
    problems: tuple[str, ...]
    entries: tuple[int, ...]
    in_ledger: tuple[int, ...] | None


def check(path: Path, *, workspace: Workspace | None = None, content: bytes | None = None) -> Checked:
    """Holds the attachments of a report to its list of seals, and these to the ledger of a workspace.

    With `content`, that is the report, and `path` only its name.

    Raises ReportError for a file that is no report of Boussole.
    """
    files = _attached(path, content)
    seals = _seals(files, path)
    problems = [problem for seal in seals for problem in _problems(seal, files)] + _drift_problems(files)
    entries = tuple(int(seal["entry"]) for seal in seals)
    held: tuple[int, ...] | None = None
    if workspace is not None:
        known = {audit.entry: audit for audit in stored_audits(workspace)}
        held = tuple(
            seal["entry"]
            for seal in seals
            if (own := known.get(seal["entry"]))
            and own.holds
            and sha256_hex(own.text.encode()) == seal["sha256"]
            and own.root == seal["root"]
        )
        problems += [f"{seal['file']}: the ledger holds no such seal" for seal in seals if seal["entry"] not in held]
    return Checked(audits=len(seals), problems=tuple(problems), entries=entries, in_ledger=held)


def _attached(path: Path, content: bytes | None) -> dict[str, bytes]:
    try:
        found = pypdf.PdfReader(path if content is None else BytesIO(content)).attachments
        return {name: contents[0] for name, contents in found.items()}
    except (PyPdfError, OSError, ValueError, KeyError) as error:
        raise ReportError("this is not a PDF that can be read.", where=str(path), next_step="Give a report.") from error


def _seals(files: dict[str, bytes], path: Path) -> list[dict[str, Any]]:
    try:
        document = json.loads(files[SEALS])
        seals = [
            {key: seal[key] for key in ("file", "sha256", "entry", "root", "charter")} for seal in document["audits"]
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise ReportError(
            "this is not a report of Boussole: it holds no list of seals.",
            where=str(path),
            next_step="Give a file made by `boussole report`.",
        ) from error
    return seals


def _drift_problems(files: dict[str, bytes]) -> list[str]:
    """Attached figures of drift that are not those the list of seals names; reports of before have none."""
    found = []
    for named in json.loads(files[SEALS]).get("drift", []):
        content = files.get(str(named["file"]))
        if content is None:
            found.append(f"{named['file']}: the file is not attached")
        elif sha256_hex(content) != named["sha256"]:
            found.append(f"{named['file']}: these are not the figures that the report was made with")
    return found


def _problems(seal: dict[str, Any], files: dict[str, bytes]) -> list[str]:
    """What does not hold of one attached audit and of the charter it names."""
    content, charter = files.get(seal["file"]), files.get(seal["charter"])
    if content is None or charter is None:
        return [f"{seal['file'] if content is None else seal['charter']}: the file is not attached"]
    found = [] if sha256_hex(content) == seal["sha256"] else [f"{seal['file']}: it is not the document that was sealed"]
    try:
        document = json.loads(content)
        if canonical_json(document) != content:
            found.append(f"{seal['file']}: it is not in the form that is sealed")
        if sha256_hex(charter) != document["charter"]["sha256"]:
            found.append(f"{seal['charter']}: it is not the charter that judged")
    except (KeyError, TypeError, ValueError):
        found.append(f"{seal['file']}: it is not an audit document")
    return found
