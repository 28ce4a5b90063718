"""The evidence inside the PDF: what was sealed, byte for byte, and where the ledger holds each seal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.charter.document import AuditDocument
from boussole.charter.drift.series_document import series_document
from boussole.charter.records import sealed_json
from boussole.dashboard.report.edition import Edition
from boussole.dashboard.report.words import ReportSay

SEALS = "seals.json"


@dataclass(frozen=True, kw_only=True)
class Attachment:
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
    """The name of an audit's attachment.

    It says the system and the last day: `audit-matchft-2026-09-30.json`.
    """
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


def attachments(edition: Edition, tell: ReportSay) -> list[Attachment]:
    """The sealed audits, what moved month by month, the charters that judged them, and the seals."""
    audits = [
        Attachment(
            name=audit_file(document),
            content=sealed_json(document),
            description=tell("Audit of {system} as it was sealed", system=edition.scene.title(system_id, tell)),
        )
        for system_id, document in edition.sealed.items()
    ]
    charters = {charter.sha256: charter for charter in edition.charters.values()}
    texts = [
        Attachment(
            name=charter_file(sha256),
            content=edition.texts[sha256].encode(),
            description=tell("Charter, version {version}", version=charter.version),
        )
        for sha256, charter in charters.items()
    ]
    moved = [
        Attachment(
            name=drift_file(edition, system_id),
            content=drift_content(edition, system_id),
            description=tell("What moved in {system}, month by month", system=edition.scene.title(system_id, tell)),
        )
        for system_id in edition.drifts
    ]
    seals = Attachment(
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
