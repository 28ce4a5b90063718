"""The files of an OSCAL export: for each charter that judged, its catalogue, its plan and its results."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from boussole.audits.declaration import declared
from boussole.audits.errors import BoussoleError
from boussole.audits.hashing import sha256_hex
from boussole.audits.workspace import Workspace
from boussole.charter.oscal.catalog import catalog
from boussole.charter.oscal.plan import plan
from boussole.charter.oscal.results import ExportedAudit, results
from boussole.charter.oscal.words import OscalWords
from boussole.charter.records.in_force import in_force, kept_charter
from boussole.charter.records.store.audits import StoredAudit
from boussole.charter.text.model import Charter

Files = dict[str, dict[str, Any]]


def oscal_files(workspace: Workspace, audits: Sequence[StoredAudit], *, lang: str) -> Files:
    """The documents by the name of their file. The charter in force has its catalogue and plan in any case.

    Raises BoussoleError where an audit, its charter or its declaration was changed or is gone.
    """
    words, current = OscalWords(lang), in_force(workspace).charter
    judged: dict[str, list[ExportedAudit]] = {current.sha256: []}
    for audit in audits:
        judged.setdefault(audit.document().charter.sha256, []).append(_audit(workspace, audit))
    files: Files = {}
    for sha256, found in judged.items():
        charter = current if sha256 == current.sha256 else kept_charter(workspace, sha256)
        files |= _of_charter(charter, found, workspace, words)
    return files


def _of_charter(charter: Charter, audits: Sequence[ExportedAudit], workspace: Workspace, words: OscalWords) -> Files:
    end = f"{charter.id}-{charter.version}-{charter.sha256[:8]}.json"
    names = {kind: f"{kind}-{end}" for kind in ("catalog", "assessment-plan", "assessment-results")}
    systems = {audit.system.id: audit.system for audit in audits} or workspace.systems
    files = {
        names["catalog"]: catalog(charter, words.lang),
        names["assessment-plan"]: plan(charter, list(systems.values()), catalog_file=names["catalog"], words=words),
    }
    if audits:
        made = results(charter, audits, plan_file=names["assessment-plan"], words=words)
        files[names["assessment-results"]] = made
    return files


def _audit(workspace: Workspace, audit: StoredAudit) -> ExportedAudit:
    if not audit.holds:
        raise BoussoleError(
            "the stored document is not the one that was sealed.",
            where=f"entry {audit.entry}",
            next_step="Run `boussole verify --ledger`, then restore governance.sqlite from a backup.",
        )
    document = audit.document()
    digest = (document.evidence.system or "").removeprefix("sha256:")
    system = declared(workspace.evidence, digest) if digest else workspace.system(audit.system)
    return ExportedAudit(document=document, system=system, time=audit.time, sha256=sha256_hex(audit.text.encode()))
