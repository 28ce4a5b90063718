"""Stored audits as OSCAL assessment results: measures are observations, verdicts findings, broken promises risks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from boussole.audits.declaration import declared
from boussole.audits.errors import BoussoleError
from boussole.audits.hashing import sha256_hex
from boussole.audits.systems.model import System
from boussole.audits.workspace import Workspace
from boussole.charter.document import AuditDocument, Comparison, MeasureDocument, VerdictDocument
from boussole.charter.document.base import given
from boussole.charter.judging.families import said
from boussole.charter.oscal.catalog import (
    EVERYTHING,
    Part,
    catalog,
    component,
    metadata,
    objective,
    plan,
    properties,
    uuid_of,
    without_empty,
)
from boussole.charter.oscal.words import (
    ABOUT,
    EVIDENCE,
    HIDDEN,
    NO_VALUE,
    RESULT,
    RESULTS,
    RISK,
    SATISFIED_WHEN,
    STATES,
    OscalWords,
)
from boussole.charter.records.in_force import in_force, kept_charter
from boussole.charter.records.store.audits import StoredAudit
from boussole.charter.text.model import Charter

REASONS = {"kept": "pass", "broken": "fail"}


@dataclass(frozen=True, kw_only=True)
class ExportedAudit:
    """A stored audit: its document, the system as it was declared, the moment and the hash that were sealed."""

    document: AuditDocument
    system: System
    time: str
    sha256: str

    @property
    def entry(self) -> int:
        return given(self.document.entry)


def results(charter: Charter, audits: Sequence[ExportedAudit], *, plan_file: str, words: OscalWords) -> Part:
    """The results of audits that one charter judged."""
    lang = words.lang
    head = metadata(
        words(RESULTS, title=said(charter.title, lang), version=charter.version),
        version=charter.version,
        modified=max(audit.time for audit in audits).replace("Z", "+00:00"),
        lang=lang,
        remarks=f"{words(SATISFIED_WHEN)} {words(HIDDEN)}",
    )
    return {
        "assessment-results": {
            "uuid": uuid_of("results", charter.sha256, lang, *(audit.sha256 for audit in audits)),
            "metadata": head,
            "import-ap": {"href": plan_file},
            "results": [_result(audit, words) for audit in audits],
            "back-matter": {"resources": [_evidence(audit, words) for audit in audits]},
        }
    }


LEFT_OUT = ("set_aside", "other_periods", "limit", "limited")
"""What of the decisions that were not counted stands beside the result of an audit."""


def _result(audit: ExportedAudit, words: OscalWords) -> Part:
    document, lang = audit.document, words.lang
    window = document.window
    title = words(RESULT, system=said(audit.system.title, lang), start=window.start, end=window.end)
    observed = _observations(audit)
    verdicts, told = document.verdicts, document.left_out
    return without_empty(
        {
            "uuid": uuid_of("result", audit.sha256),
            "title": title,
            "description": words(ABOUT, n=document.decisions),
            "start": f"{window.start}T00:00:00+00:00",
            "end": f"{window.end}T23:59:59+00:00",
            "props": properties(
                {
                    "system": audit.system.id,
                    "time-zone": window.timezone,
                    "code": document.code,
                    "charter": document.charter.sha256,
                    "entry": audit.entry,
                    **{name.replace("_", "-"): getattr(told, name) for name in LEFT_OUT},
                }
            ),
            "local-definitions": {"components": [component(audit.system, lang)]},
            "reviewed-controls": EVERYTHING,
            "observations": list(observed.values()),
            "risks": [_risk(audit, verdict, words) for verdict in verdicts if verdict.verdict == "broken"],
            "findings": [_finding(audit, verdict, observed, words) for verdict in verdicts],
        }
    )


def _observations(audit: ExportedAudit) -> dict[str, Part]:
    asked = {item.measure: item for verdict in audit.document.verdicts for item in verdict.comparisons}
    return {
        measure.id: _observation(audit, measure, asked[measure.id])
        for measure in audit.document.judged_measures
        if measure.id in asked and measure.status == "ok"
    }


def _observation(audit: ExportedAudit, measure: MeasureDocument, comparison: Comparison) -> Part:
    interval, decided = measure.interval, comparison.interval
    told = {
        "measure": measure.id,
        "value": measure.value,
        "n": measure.n,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
        "level": interval.level if interval else None,
        "method": interval.method if interval else None,
        "decided-low": decided.low if decided else None,
        "decided-high": decided.high if decided else None,
        "against": measure.params.against,
    }
    return {
        "uuid": uuid_of("observation", audit.sha256, measure.id),
        "title": measure.id,
        "description": f"{measure.id} = {measure.value:.6g}",
        "props": properties(told),
        "methods": ["TEST"],
        "types": ["finding"],
        "subjects": [{"subject-uuid": uuid_of("system", audit.system.id), "type": "component"}],
        "relevant-evidence": [{"href": f"#{uuid_of('document', audit.sha256)}", "description": measure.id}],
        "collected": audit.time.replace("Z", "+00:00"),
    }


def _finding(audit: ExportedAudit, verdict: VerdictDocument, observed: Mapping[str, Part], words: OscalWords) -> Part:
    lang, found = words.lang, verdict.verdict
    names = [item.measure for item in verdict.comparisons]
    hidden = sum(name not in observed for name in names)
    remarks = words(STATES[found]) + (f" {words(NO_VALUE, n=hidden)}" if hidden else "")
    by = "*".join(verdict.by or ())
    target = {
        "type": "objective-id",
        "target-id": objective(given(verdict.template)),
        "status": {
            "state": "satisfied" if found == "kept" else "not-satisfied",
            "reason": REASONS.get(found, "other"),
            "remarks": remarks,
        },
    }
    return without_empty(
        {
            "uuid": uuid_of("finding", audit.sha256, verdict.indicator),
            "title": verdict.question[lang],
            "description": verdict.sentence[lang],
            "props": properties({"verdict": found, "article": verdict.article, "by": by, "reason": verdict.reason}),
            "target": target,
            "related-observations": [
                {"observation-uuid": observed[name]["uuid"]} for name in dict.fromkeys(names) if name in observed
            ],
            "related-risks": [{"risk-uuid": _risk_uuid(audit, verdict)}] if found == "broken" else [],
        }
    )


def _risk(audit: ExportedAudit, verdict: VerdictDocument, words: OscalWords) -> Part:
    question = verdict.question[words.lang]
    return {
        "uuid": _risk_uuid(audit, verdict),
        "title": words(RISK, question=question),
        "description": verdict.sentence[words.lang],
        "statement": verdict.sentence[words.lang],
        "status": "open",
    }


def _risk_uuid(audit: ExportedAudit, verdict: VerdictDocument) -> str:
    return uuid_of("risk", audit.sha256, verdict.indicator)


def _evidence(audit: ExportedAudit, words: OscalWords) -> Part:
    return {
        "uuid": uuid_of("document", audit.sha256),
        "title": words(EVIDENCE, entry=audit.entry),
        "props": properties({"sha256": audit.sha256, "entry": audit.entry, "root": audit.document.evidence.root}),
    }


Files = dict[str, dict[str, Any]]


def oscal_files(workspace: Workspace, audits: Sequence[StoredAudit], *, lang: str) -> Files:
    """The documents by the name of their file, with catalogue and plan of the charter in force.

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
