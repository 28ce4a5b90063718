"""The evidence inside the PDF, sealed byte for byte, and what can be verified of a report that one holds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf

from boussole.audits.errors import BoussoleError, ReportError
from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.audits.regular import read_bytes
from boussole.audits.workspace import Workspace
from boussole.charter.document import AuditDocument
from boussole.charter.drift.system_drift import series_document
from boussole.charter.records import SealedReport, sealed_json, sealed_reports, stored_audits
from boussole.dashboard.report.edition import Edition, ReportSay

# The evidence inside the PDF: what was sealed, byte for byte, and where the ledger holds each seal.


SEALS = "seals.json"


@dataclass(frozen=True, kw_only=True)
class PdfAttachment:
    """A file in the PDF; `relationship` is its AFRelationship."""

    name: str
    content: bytes
    description: str
    relationship: str = "data"

    @property
    def sha256(self) -> str:
        return sha256_hex(self.content)

    def document(self) -> dict[str, str]:
        """What the template needs to attach it."""
        return {"name": self.name, "description": self.description, "relationship": self.relationship}


def audit_file(document: AuditDocument) -> str:
    """The name of an audit's attachment, by system and last day: `audit-matchft-2026-09-30.json`."""
    return f"audit-{document.system}-{document.window.end}.json"


def charter_file(sha256: str) -> str:
    """The name of a charter's attachment."""
    return f"charter-{sha256[:12]}.json"


def drift_file(edition: Edition, system_id: str) -> str:
    """The name of the attachment that holds what moved in a system."""
    return f"drift-{system_id}-{edition.sealed[system_id].window.end}.json"


def drift_content(edition: Edition, system_id: str) -> bytes:
    """What moved in a system, as it is attached."""
    return canonical_json(series_document(edition.drifts[system_id], as_of=edition.date).written())


def attachments(edition: Edition, tell: ReportSay) -> list[PdfAttachment]:
    """The sealed audits, what moved month by month, the charters that judged them, and the seals."""
    audits = [
        PdfAttachment(
            name=audit_file(document),
            content=sealed_json(document),
            description=tell("Audit of {system} as it was sealed", system=edition.scene.title(system_id, tell)),
        )
        for system_id, document in edition.sealed.items()
    ]
    charters = {charter.sha256: charter for charter in edition.charters.values()}
    texts = [
        PdfAttachment(
            name=charter_file(sha256),
            content=edition.texts[sha256].encode(),
            description=tell("Charter, version {version}", version=charter.version),
        )
        for sha256, charter in charters.items()
    ]
    moved = [
        PdfAttachment(
            name=drift_file(edition, system_id),
            content=drift_content(edition, system_id),
            description=tell("What moved in {system}, month by month", system=edition.scene.title(system_id, tell)),
        )
        for system_id in edition.drifts
    ]
    seals = PdfAttachment(
        name=SEALS,
        content=canonical_json(_seals(edition)),
        description=tell("Where the ledger holds the seal of each audit"),
        relationship="supplement",
    )
    return [*audits, *moved, *texts, seals]


def _seals(edition: Edition) -> dict[str, Any]:
    return {
        "schema": "boussole.seals/1",
        "audits": [
            {
                "file": audit_file(document),
                "system": system_id,
                "sha256": sha256_hex(sealed_json(document)),
                "entry": document.evidence.entry,
                "root": document.evidence.root,
                "charter": charter_file(document.charter.sha256),
            }
            for system_id, document in edition.sealed.items()
        ],
        "drift": [
            {
                "file": drift_file(edition, system_id),
                "system": system_id,
                "sha256": sha256_hex(drift_content(edition, system_id)),
            }
            for system_id in edition.drifts
        ],
    }


# What can be verified of a report: what is attached to it by itself, and the whole file, by its SHA-256, against a
# ledger. What is attached proves nothing of the pages.


@dataclass(frozen=True, kw_only=True)
class ReportCheck:
    """What a report holds and what is wrong with what is attached; `in_ledger`: entries that the ledger holds so.

    `sealed`: the report that this file is, byte for byte, if any. `others`: sealed reports with the same list of seals.
    `replaced_by`: the last report of the same period and language that was sealed after it.
    """

    audits: int
    problems: tuple[str, ...]
    entries: tuple[int, ...]
    in_ledger: tuple[int, ...] | None
    sealed: SealedReport | None = None
    others: tuple[SealedReport, ...] = ()
    replaced_by: SealedReport | None = None


@dataclass(frozen=True, kw_only=True)
class ReportSeals:
    """What a report holds by itself: its hash, that of its list of seals, the seals, and what is wrong with them."""

    sha256: str
    listed: str
    seals: Sequence[Mapping[str, Any]]
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Ledger:
    """The audits and reports that a workspace has sealed, read once for however many files are held to them."""

    workspace: Workspace

    @cached_property
    def audits(self) -> dict[int, tuple[str, str]]:
        """The hash and the root of each audit that holds, by its entry."""
        stored = stored_audits(self.workspace)
        return {each.entry: (sha256_hex(each.text.encode()), each.root) for each in stored if each.holds}

    @cached_property
    def reports(self) -> Sequence[SealedReport]:
        return sealed_reports(self.workspace)


def check(path: Path, *, workspace: Workspace | None = None, content: bytes | None = None) -> ReportCheck:
    """Holds the attachments of a report (`content`, if given) to its list of seals, and these to a workspace's ledger.

    Raises ReportError for a file that is no report of Boussole.
    """
    return held(read_report(path, content), None if workspace is None else Ledger(workspace))


def read_report(path: Path, content: bytes | None = None) -> ReportSeals:
    """What is attached to a report, held to its list of seals; raises ReportError for a file that is no report."""
    data = _read(path) if content is None else content
    attached = _attached(data, path)
    files = {name: contents[0] for name, contents in attached.items()}
    seals, moved = _sealed_in(files, path)
    problems = [problem for seal in seals for problem in _problems(seal, files)] + _drift_problems(moved, files)
    problems += [
        f"{name}: {len(each)} files of this name are attached" for name, each in attached.items() if len(each) > 1
    ]
    return ReportSeals(
        sha256=sha256_hex(data), listed=sha256_hex(files[SEALS]), seals=tuple(seals), problems=tuple(problems)
    )


def held(found: ReportSeals, ledger: Ledger | None) -> ReportCheck:
    """What a report holds, and what the ledger knows of it where one is asked."""
    alone = ReportCheck(
        audits=len(found.seals),
        problems=found.problems,
        entries=tuple(int(seal["entry"]) for seal in found.seals),
        in_ledger=None,
    )
    if ledger is None:
        return alone
    known = tuple(
        seal["entry"] for seal in found.seals if ledger.audits.get(seal["entry"]) == (seal["sha256"], seal["root"])
    )
    missing = [f"{seal['file']}: the ledger holds no such seal" for seal in found.seals if seal["entry"] not in known]
    sealed = next((each for each in ledger.reports if each.document == found.sha256), None)
    later = [each for each in ledger.reports if sealed is not None and _follows(each, sealed)]
    return replace(
        alone,
        problems=(*found.problems, *missing),
        in_ledger=known,
        sealed=sealed,
        others=tuple(each for each in ledger.reports if each.seals == found.listed),
        replaced_by=later[-1] if later else None,
    )


def _follows(later: SealedReport, sealed: SealedReport) -> bool:
    return later.entry > sealed.entry and later.about == sealed.about


def _read(path: Path) -> bytes:
    try:
        return read_bytes(path)
    except OSError as error:
        raise _no_pdf(path) from error


def _no_pdf(path: Path) -> ReportError:
    return ReportError("this is not a PDF that can be read.", where=str(path), next_step="Give a report.")


def _attached(data: bytes, path: Path) -> dict[str, list[bytes]]:
    """What is attached, by name: more than one content where a name is given to several files."""
    try:
        found = pypdf.PdfReader(BytesIO(data)).attachments
        return {name: list(contents) for name, contents in found.items()}
    except Exception as error:
        raise _no_pdf(path) from error


def _sealed_in(files: dict[str, bytes], path: Path) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
    """What the list of seals says of audits, and the names and hashes of the figures of drift."""
    try:
        document = json.loads(files[SEALS])
        seals = [
            {"entry": _whole(seal["entry"]), **{key: _text(seal[key]) for key in ("file", "sha256", "root", "charter")}}
            for seal in document["audits"]
        ]
        moved = [(_text(named["file"]), _text(named["sha256"])) for named in document.get("drift", [])]
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise ReportError(
            "this is not a report of Boussole: it holds no list of seals.",
            where=str(path),
            next_step="Give a file made by `boussole report`.",
        ) from error
    return seals, moved


def _whole(value: object) -> int:
    if not isinstance(value, int):
        raise TypeError
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _drift_problems(moved: Sequence[tuple[str, str]], files: dict[str, bytes]) -> list[str]:
    found = []
    for name, sha256 in moved:
        content = files.get(name)
        if content is None:
            found.append(f"{name}: the file is not attached")
        elif sha256_hex(content) != sha256:
            found.append(f"{name}: these are not the figures that the report was made with")
    return found


def _problems(seal: dict[str, Any], files: dict[str, bytes]) -> list[str]:
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
    except (BoussoleError, KeyError, RecursionError, TypeError, ValueError):
        found.append(f"{seal['file']}: it is not an audit document")
    return found
