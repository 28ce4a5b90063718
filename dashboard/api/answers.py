"""What the API answers of systems, their audits and the charter, and what it finds in texts that are sent to it."""

from __future__ import annotations

import io
from collections.abc import Collection, Mapping
from typing import Any, Literal

from pydantic import BaseModel, Field

from boussole.audits.distribution import own_version
from boussole.audits.errors import nearest
from boussole.audits.metric_registry import REGISTRY
from boussole.audits.texts.checking import check_lines
from boussole.audits.texts.rule_file import Criterion
from boussole.audits.workspace import Workspace
from boussole.charter.document import AuditDocument as Sealed
from boussole.charter.document.left_out import LeftOutInShort
from boussole.charter.judging.coverage import Use
from boussole.charter.records import audit_at
from boussole.charter.records.database import reading
from boussole.dashboard.api.routing import Here, Lasting, RefusedError, Sent, new_router
from boussole.dashboard.api.shapes import (
    AdoptionOut,
    AgentsOut,
    AuditDocument,
    AuditInShort,
    AuditOut,
    CharterOut,
    DepthOut,
    EntryInPath,
    FromQuery,
    Health,
    Measures,
    MeasuresQuery,
    MonthOut,
    Page,
    PageQuery,
    Query,
    QuestionAnswer,
    SystemInPath,
    SystemOut,
    Texts,
    VerdictsQuery,
)
from boussole.dashboard.views import store

# What the API answers of systems, their audits and the charter, from what the pages read.


Document = Mapping[str, Any]
VERSION = own_version()
router = new_router()


@router.get("/api/systems")
def systems(workspace: Lasting, query: FromQuery[PageQuery]) -> Page[SystemOut]:
    """Every use of the register, in the order of the ids."""
    return Page[SystemOut](**query.part("/api/systems", [_system(use) for use in store.scene(workspace).uses]))


@router.get("/api/systems/{system}")
def system(workspace: Lasting, system: SystemInPath, _: FromQuery[Query]) -> SystemOut:
    """One use of the register."""
    return _system(use_of(workspace, system))


@router.get("/api/systems/{system}/audits")
def audits(workspace: Lasting, system: SystemInPath, query: FromQuery[PageQuery]) -> Page[AuditOut]:
    """The audits of a system, the oldest window first."""
    name = use_of(workspace, system).system.id
    found = [
        AuditOut(
            entry=each.entry,
            start=each.start,
            end=each.end,
            decisions=each.decisions,
            left_out=_left_out(each.left_out),
            charter=each.charter,
            articles={told.article: told.verdict for told in each.articles},
        )
        for each in store.scene(workspace).history.get(name, ())
    ]
    return Page[AuditOut](**query.part(f"/api/systems/{name}/audits", found))


@router.get("/api/systems/{system}/measures")
def measures(workspace: Lasting, system: SystemInPath, query: FromQuery[MeasuresQuery]) -> Measures:
    """The measures of a system's latest audit, as they were sealed."""
    use = use_of(workspace, system)
    if use.audit is None:
        step = "Its verdicts rest on what people state."
        raise RefusedError(404, f"nobody has audited '{use.system.id}' yet.", next_step=step)
    sealed = use.audit.measures
    known("metric", query.metric, {*(each.name for each in REGISTRY.all()), *(each.metric for each in sealed)})
    found = [
        each.written() for each in sealed if query.metric in (None, each.metric) and query.status in (None, each.status)
    ]
    window = _audited(use.audit).model_dump(include={"entry", "start", "end"})
    return Measures(system=use.system.id, **window, **query.part(f"/api/systems/{use.system.id}/measures", found))


@router.get("/api/systems/{system}/adoption")
def adoption(workspace: Here, system: SystemInPath, _: FromQuery[Query]) -> AdoptionOut:
    """Who of those who may use a system does: how many agents, by which group, how often."""
    name = use_of(workspace, system).system.id
    state = store.facts(workspace, within=store.A_WHILE).known.systems.get(name)
    found = state.adoption if state else None
    if found is None:
        return AdoptionOut(system=name, untold="no_logs")
    told: dict[str, Any] = {}
    if found.whole is not None:
        told = {
            "whole": AgentsOut.model_validate(found.whole),
            "groups": {by: [AgentsOut.model_validate(each) for each in groups] for by, groups in found.groups.items()},
            "depth": [DepthOut.model_validate(each) for each in found.depth],
            "uses": found.uses,
            "outside": found.outside,
            "before": [MonthOut(month=month, share=share) for month, share in found.before],
        }
    days = {"first": found.first, "last": found.last, "exported": found.exported}
    return AdoptionOut(system=name, untold=found.untold, **days, **told)


@router.get("/api/verdicts")
def verdicts(workspace: Lasting, query: FromQuery[VerdictsQuery]) -> Page[QuestionAnswer]:
    """Every question that the charter asks of each system, with its answer as it stands today."""
    if query.system is not None:
        use_of(workspace, query.system)
    known("article", query.article, {each.id for each in store.scene(workspace).charter.articles})
    found = [
        QuestionAnswer(
            system=use.system.id,
            entry=_audited(use.audit).entry if use.audit else None,
            left_out=_left_out(use.audit.left_out) if use.audit else None,
            verdict=verdict.written(),
        )
        for use in store.scene(workspace).uses
        for verdict in use.verdicts
        if query.system in (None, use.system.id)
        and query.article in (None, verdict.article)
        and query.verdict in (None, verdict.verdict)
    ]
    return Page[QuestionAnswer](**query.part("/api/verdicts", found))


@router.get("/api/audits/{entry}")
def audit(workspace: Lasting, entry: EntryInPath, _: FromQuery[Query]) -> AuditDocument:
    """The whole document of an audit, as it was sealed."""
    found = audit_at(workspace, entry)
    if found is None:
        raise RefusedError(404, f"entry {entry} seals no audit.", next_step="See /api/ledger?kind=audit.")
    return found.written()


@router.get("/api/charter")
def charter(workspace: Lasting, _: FromQuery[Query]) -> CharterOut:
    """The charter in force, with its fingerprint."""
    found = store.scene(workspace).charter
    return CharterOut(sha256=found.sha256, version=found.version, charter=found.model_dump(mode="json"))


@router.get("/healthz")
def health(workspace: Lasting, _: FromQuery[Query]) -> Health:
    """Whether the server answers and can read its workspace."""
    with reading(workspace):
        return Health(status="ok", version=VERSION)


def known(what: str, name: str | None, names: Collection[str]) -> None:
    """Refuses a name that is none of those known, with the nearest of them."""
    if name is not None and name not in names:
        told = f"there is no {what} '{name}'. {nearest(name, names)}"
        raise RefusedError(400, told, where="query", next_step="Ask for one of these.")


def use_of(workspace: Workspace, name: str) -> Use:
    """The use of a system. Refused where there is none of this name."""
    uses = {use.system.id: use for use in store.scene(workspace).uses}
    if name not in uses:
        known = nearest(name, uses) if uses else "There is none yet."
        raise RefusedError(404, f"there is no system '{name}'. {known}", next_step="See /api/systems.")
    return uses[name]


def _system(use: Use) -> SystemOut:
    audit = _audited(use.audit) if use.audit else None
    return SystemOut.model_validate({**dict(use.system), "audit": audit, "articles": use.articles})


def _audited(audit: Sealed) -> AuditInShort:
    return AuditInShort(
        entry=audit.entry,
        start=audit.window.start,
        end=audit.window.end,
        decisions=audit.decisions,
        left_out=_left_out(audit.left_out),
    )


def _left_out(told: LeftOutInShort | None) -> Document | None:
    return None if told is None else told.written()


# What the API finds in texts that are sent to it: nothing of them is kept.


LINES = {
    "required": True,
    "description": 'JSON lines {"id", "text"}: adverts, one a line',
    "content": {"text/plain": {"schema": {"type": "string"}}},
}


class FindingOut(BaseModel):
    """Wording that a rule found."""

    criterion: Criterion
    start: int = Field(ge=0, description="First character of the text as it was sent (code points)")
    end: int = Field(ge=0, description="The character after the last")
    span: str
    rule: str
    law: str
    suggestion: Texts


class CheckedOut(BaseModel):
    """What was found in one line."""

    id: str | int | None = Field(description="As it was sent; null: the line has none that can be read")
    language: str | None = Field(description="ISO 639; `und`: it could not be told; null: the line could not be read")
    findings: list[FindingOut] | None = Field(description="null: the line could not be read")
    error: str | None = Field(None, description="Why the line could not be read; null: it could")


class TextsOut(BaseModel):
    """An answer for each line, in their order."""

    items: list[CheckedOut]
    kind: Literal["adverts"] = "adverts"


@router.post("/api/texts/check", openapi_extra={"requestBody": LINES})
def check(_: FromQuery[Query], text: Sent) -> TextsOut:
    """Finds unlawful wording in French job adverts that are sent; keeps nothing of them."""
    answered = check_lines(io.BytesIO(text.encode("utf-8", "surrogatepass")))
    return TextsOut(items=[CheckedOut.model_validate(document) for _, document in answered])
