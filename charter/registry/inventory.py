"""The register as one document for an auditor: uses, their verdicts by article and question, threshold history."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from boussole.audits.systems.model import System
from boussole.audits.workspace import Workspace
from boussole.charter.document import AuditDocument, SystemVerdicts, VerdictDocument, by_article
from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.judging.by_article import current, unmeasured
from boussole.charter.judging.coverage import Use, coverage
from boussole.charter.record_types.kinds import Closure, Finding, FollowUp, Recommendation, Reply
from boussole.charter.records import latest_audits
from boussole.charter.records.facts import Facts, facts_of
from boussole.charter.records.in_force import NotKeptError, in_force, kept_charter, versions
from boussole.charter.text.model import Charter


def register_of(workspace: Workspace, *, today: dt.date) -> tuple[Charter, Facts, list[Use]]:
    """The charter in force in a workspace, what was stated until a day, and its register, in the order of the ids."""
    judging = in_force(workspace)
    facts = facts_of(workspace, as_of=today, adopted=judging.adopted)
    uses = register(judging.charter, workspace.systems, latest_audits(workspace), facts=facts)
    return judging.charter, facts, uses


def register(
    charter: Charter, systems: Mapping[str, System], latest: Mapping[str, AuditDocument], *, facts: Facts
) -> list[Use]:
    """Every system with its verdicts: those of its latest audit with what was stated since, or of statements alone."""
    return [_use_register(charter, system, latest.get(name), facts) for name, system in systems.items()]


def _use_register(charter: Charter, system: System, audit: AuditDocument | None, facts: Facts) -> Use:
    found: SystemVerdicts = (
        unmeasured(charter, system, facts)
        if audit is None
        else current(audit, charter=charter, system=system, facts=facts)
    )
    return Use(system=system, verdicts=found.verdicts, articles=by_article(found), audit=audit)


SCHEMA = "boussole.register/1"
Document = dict[str, Any]
LEVELS = ("watch", "breach", "watch_alpha", "tolerance", "status", "since", "source")


def inventory(workspace: Workspace, *, today: dt.date) -> Document:
    """The register of a workspace, ready for JSON; dates are ISO, money is in euros, what is not known is null."""
    charter, facts, uses = register_of(workspace, today=today)
    found = coverage(charter, uses)
    return {
        "schema": SCHEMA,
        "organisation": workspace.settings.organisation,
        "on": today.isoformat(),
        "charter": {"id": charter.id, "version": charter.version, "sha256": charter.sha256},
        "coverage": {
            "uses": found.uses,
            "on_trial_or_in_service": found.live,
            "examined": list(found.whole),
            "partly_examined": list(found.part),
            "not_examined": list(found.none),
            "articles_never_evidenced": list(found.never_evidenced),
            "high_risk_in_service_not_examined": list(found.overlooked),
        },
        "uses": [_use(charter, use) for use in uses],
        "thresholds": thresholds(charter, _versions(workspace)),
        "recommendations": recommendations(facts),
        "findings": findings(facts),
    }


def _use(charter: Charter, use: Use) -> Document:
    system = use.system
    kept = (
        "id",
        "kind",
        "title",
        "purpose",
        "owner",
        "contact",
        "address",
        "status",
        "risk",
        "risk_reason",
        "provider",
        "hosting",
    )
    more = ("people_affected", "dates", "impact_assessment", "fria", "costs", "gains")
    written = system.model_dump(mode="json", include={*kept, *more})
    window = use.audit.window if use.audit else None
    return {
        **{key: written[key] for key in (*kept, *more)},
        "examined": use.examined,
        "questions_asked": use.counts.asked,
        "questions_looked_at": use.counts.examined,
        "audited_from": window.start.isoformat() if window else None,
        "audited_to": window.end.isoformat() if window else None,
        "left_out": use.audit.left_out.written() if use.audit else None,
        "ledger_entry": use.audit.evidence.entry if use.audit else None,
        "articles": [{"article": a.id, "verdict": use.articles[a.id]} for a in charter.articles],
        "questions": [_question(verdict, window.end if window else None) for verdict in use.verdicts],
    }


def _question(verdict: VerdictDocument, audited_to: dt.date | None) -> Document:
    copied = ("article", "indicator", "number", "evidence", "verdict", "reason", "question", "sentence")
    written, said = verdict.written(), verdict.statement
    levels = written["threshold"] or {}
    on = said.on if said else audited_to
    return {
        **{key: written[key] for key in copied},
        "on": None if verdict.verdict == Verdict.NOT_EXAMINED else _iso(on),
        "valid_until": _iso(said.valid_until if said else None),
        "threshold": {key: levels.get(key) for key in LEVELS},
    }


@dataclass(frozen=True, kw_only=True)
class JudgingCharter:
    """A charter that judged: when it was first used, when it was adopted, its document."""

    first_used_on: dt.date | None = None
    adopted_on: dt.date | None = None
    document: Mapping[str, Any]


def thresholds(charter: Charter, kept: Sequence[JudgingCharter]) -> list[Document]:
    """The threshold of every question in every charter version that judged, where it changed, oldest first."""
    told: list[Document] = []
    last: dict[str, Document] = {}
    for version in [*kept, JudgingCharter(document=charter.document())]:
        for indicator in _indicators(version.document):
            levels = {key: indicator["threshold"].get(key) for key in LEVELS}
            if last.get(indicator["id"]) != levels:
                last[indicator["id"]] = levels
                told.append(
                    {
                        "indicator": indicator["id"],
                        "number": indicator["number"],
                        "charter_version": version.document["version"],
                        "first_used_on": _iso(version.first_used_on),
                        "adopted_on": _iso(version.adopted_on),
                        **levels,
                    }
                )
    return sorted(told, key=lambda row: [int(part) for part in re.findall(r"\d+", row["number"])])


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def recommendations(facts: Facts) -> list[Document]:
    """Recommendations of the committee and of outside authorities, with the last answer and what became of them."""
    replies = {reply.of: reply for _, reply in facts.standing(Reply)}
    followed = {follow_up.of: follow_up for _, follow_up in facts.standing(FollowUp)}
    told = []
    for entry, said in facts.standing(Recommendation):
        reply, became = replies.get(entry), followed.get(entry)
        told.append(
            {
                "entry": entry,
                "body": said.body,
                "outside": said.outside,
                "on": said.on.isoformat(),
                "text": said.text,
                "addressee": said.addressee,
                "due_on": said.due_on.isoformat(),
                "system": said.system,
                "articles": said.articles,
                "replied_on": reply.on.isoformat() if reply else None,
                "accepted": reply.accepted if reply else None,
                "reply": reply.text if reply else None,
                "state": became.state if became else None,
                "state_on": became.on.isoformat() if became else None,
            }
        )
    return told


def findings(facts: Facts) -> list[Document]:
    """Findings of outside authorities, closed or open: until it is closed, a finding caps its articles."""
    closed = {closure.of: closure for _, closure in facts.standing(Closure)}
    return [
        {
            "entry": entry,
            "authority": said.authority,
            "title": said.title,
            "on": said.on.isoformat(),
            "text": said.text,
            "system": said.system,
            "articles": said.articles,
            "cap": said.cap,
            "document": said.document.name,
            "document_sha256": said.document.sha256,
            "closed_on": closed[entry].on.isoformat() if entry in closed else None,
        }
        for entry, said in facts.standing(Finding)
    ]


def _indicators(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for article in document["articles"]:
        yield from article["indicators"]


def _versions(workspace: Workspace) -> list[JudgingCharter]:
    found = []
    for version in versions(workspace):
        with contextlib.suppress(NotKeptError):
            document = kept_charter(workspace, version.sha256).document()
            adopted = min((act.on for act in version.acts), default=None)
            found.append(JudgingCharter(first_used_on=version.first_used_on, adopted_on=adopted, document=document))
    return found
