"""What the API answers of systems, audits, the charter, records, the ledger, texts sent to it, and what it takes."""

from __future__ import annotations

import datetime as dt
import inspect
import io
from collections.abc import Callable, Collection, Mapping
from copy import copy
from functools import cache
from typing import Annotated, Any, Literal

from fastapi import Query as AfterTheMark
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, Field, create_model
from sqlalchemy import Connection

from boussole.audits import ledger
from boussole.audits.distribution import own_version
from boussole.audits.errors import LedgerError, nearest
from boussole.audits.ledger.checkpoint import CheckpointStanding, parse_checkpoint
from boussole.audits.ledger.log import LedgerQuery, search, span
from boussole.audits.ledger.outside import OtherLedgerError, UnknownWitnessError
from boussole.audits.metric_registry import REGISTRY
from boussole.audits.signing.key import signer_of
from boussole.audits.texts.engine import check_lines
from boussole.audits.texts.rule_file import Criterion
from boussole.audits.workspace import Workspace
from boussole.charter.document import AuditDocument as Sealed
from boussole.charter.document import VerdictDocument
from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.judging.coverage import Use
from boussole.charter.record_types.base import UNTOLD, Statement
from boussole.charter.record_types.kinds import KINDS
from boussole.charter.records import audit_at, prove_entry, request_of
from boussole.charter.records.database import reading
from boussole.charter.records.notes.outside import Check, take_cosignature
from boussole.charter.records.notes.outside import outside as seen_outside
from boussole.charter.records.readable import Readable
from boussole.dashboard.api.routing import Asker, DeliveryReport, Here, Lasting, RefusedRequestError, new_router
from boussole.dashboard.api.shapes import (
    AuditDocument,
    AuditInShort,
    AuditOut,
    CharterOut,
    CheckpointQuery,
    CosignedOut,
    EntriesQuery,
    EntryInPath,
    EntryOut,
    FromQuery,
    Health,
    LastAnswer,
    Measures,
    MeasuresQuery,
    Name,
    OutsideOut,
    Page,
    PageQuery,
    Query,
    QuestionAnswer,
    SystemInPath,
    SystemOut,
    Texts,
    VerdictsQuery,
)
from boussole.dashboard.server.access.database import now
from boussole.dashboard.server.access.log import look
from boussole.dashboard.server.access.permissions import RESTRICTED, Person, allowed
from boussole.dashboard.server.routes import record_address
from boussole.dashboard.views import store
from boussole.dashboard.views.answers.known import last_answer
from boussole.dashboard.views.records.entering import actions_of
from boussole.dashboard.views.scene import Scene

# What the API answers of systems, their audits and the charter, from what the pages read.


Document = Mapping[str, Any]
VERSION = own_version()
# What the API answers of the ledger, and what it takes of witnesses: the one thing that it does not only read.


router = new_router()


@router.get("/api/systems", response_model_exclude_unset=True)
def systems(workspace: Lasting, query: FromQuery[PageQuery]) -> Page[SystemOut]:
    """Every use of the register, in the order of the ids."""
    return Page[SystemOut](**query.part("/api/systems", [_system(use) for use in store.scene(workspace).uses]))


@router.get("/api/systems/{system}", response_model_exclude_unset=True)
def system(workspace: Lasting, system: SystemInPath, _: FromQuery[Query]) -> SystemOut:
    """One use of the register."""
    return _system(use_of(workspace, system))


@router.get("/api/systems/{system}/audits", response_model_exclude_unset=True)
def audits(workspace: Lasting, system: SystemInPath, query: FromQuery[PageQuery]) -> Page[AuditOut]:
    """The audits of a system, the oldest window first."""
    name = use_of(workspace, system).system.id
    found = [
        AuditOut(
            entry=each.entry,
            start=each.start,
            end=each.end,
            decisions=each.decisions,
            left_out=each.left_out,
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
        raise RefusedRequestError(404, f"nobody has audited '{use.system.id}' yet.", next_step=step)
    sealed = use.audit.measures
    known("metric", query.metric, {*(each.name for each in REGISTRY.all()), *(each.metric for each in sealed)})
    found = [
        each.written() for each in sealed if query.metric in (None, each.metric) and query.status in (None, each.status)
    ]
    window = _audited(use.audit).model_dump(include={"entry", "start", "end"})
    return Measures(system=use.system.id, **window, **query.part(f"/api/systems/{use.system.id}/measures", found))


@router.get("/api/verdicts", response_model_exclude_unset=True)
def verdicts(workspace: Lasting, query: FromQuery[VerdictsQuery]) -> Page[QuestionAnswer]:
    """Every question that the charter asks of each system, with its answer as it stands today."""
    if query.system is not None:
        use_of(workspace, query.system)
    scene = store.scene(workspace)
    known("article", query.article, {each.id for each in scene.charter.articles})
    found = [
        QuestionAnswer(
            system=use.system.id,
            entry=_audited(use.audit).entry if use.audit else None,
            left_out=use.audit.left_out if use.audit else None,
            last_answer=_last_answer(use.system.id, verdict, scene),
            verdict=verdict.written(),
        )
        for use in scene.uses
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
        raise RefusedRequestError(404, f"entry {entry} seals no audit.", next_step="See /api/ledger?kind=audit.")
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
        raise RefusedRequestError(400, told, where="query", next_step="Ask for one of these.")


def use_of(workspace: Workspace, name: str) -> Use:
    """The use of a system. Refused where there is none of this name."""
    uses = {use.system.id: use for use in store.scene(workspace).uses}
    if name not in uses:
        known = nearest(name, uses) if uses else "There is none yet."
        raise RefusedRequestError(404, f"there is no system '{name}'. {known}", next_step="See /api/systems.")
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
        left_out=audit.left_out,
    )


def _last_answer(system: str, verdict: VerdictDocument, scene: Scene) -> LastAnswer | None:
    found = last_answer(scene, system, verdict)
    if found is None:
        return None
    key, audit = found
    return LastAnswer(entry=audit.entry, start=audit.start, end=audit.end, verdict=Verdict(key))


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
def check(_: FromQuery[Query], text: DeliveryReport) -> TextsOut:
    """Finds unlawful wording in French job adverts that are sent; keeps nothing of them."""
    answered = check_lines(io.BytesIO(text.encode("utf-8", "surrogatepass")))
    return TextsOut(items=[CheckedOut.model_validate(document) for _, document in answered])


# How the API tells records and is asked for them: types made of their models, one for each kind.


class RecordOut(BaseModel):
    """What every record says besides its own fields."""

    entry: int = Field(ge=0, description="Entry of the ledger that seals it")
    sealed_on: dt.date = Field(description="The day it was sealed")


class RecordsQuery(PageQuery):
    """The part of a list of records, by the day on which they took place."""

    since: dt.date | None = Field(None, description="Only what took place on this day or later")


@cache
def shape_of(model: type[Statement]) -> type[RecordOut]:
    """How a record is told: every field of its model but those that are told to nobody."""
    told = {name: field for name, field in model.model_fields.items() if UNTOLD not in field.metadata}
    fields: dict[str, Any] = {name: (field.annotation, copy(field)) for name, field in told.items()}
    fields["kind"] = (Literal[model.kind], Field(description="The kind of its entry in the ledger"))
    return create_model(f"{model.__name__}Record", __base__=RecordOut, __doc__=model.__doc__, **fields)


@cache
def query_of(model: type[Statement]) -> type[RecordsQuery]:
    """What can be asked of records of a kind: by their day, and by system and committee where the model has them."""
    asked: dict[str, Any] = {}
    if "system" not in model.unasked:
        asked["system"] = (Name | None, Field(None, description="Id of a system: only what names it"))
    if "committee" in model.model_fields:
        asked["committee"] = (Name | None, Field(None, description="Only this committee"))
    return create_model(f"{model.__name__}Query", __base__=RecordsQuery, **asked)


# What the API answers of records: an address for each kind, made of its model.


def _answer(model: type[Statement]) -> Callable[..., Any]:
    """What answers for a kind: its parameters are those of every list, and what can be asked of that kind."""

    def answer(workspace: Workspace, person: Person, query: RecordsQuery) -> Page[Any]:
        return _page(model, workspace, person, query)

    kinds = {"workspace": Here, "person": Asker, "query": Annotated[query_of(model), AfterTheMark()]}
    asked = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind) for name, kind in kinds.items()]
    answer.__signature__ = inspect.Signature(asked)  # type: ignore[attr-defined]
    what = inspect.cleandoc(model.__doc__ or "").partition("\n\n")[0].replace("\n", " ")
    answer.__doc__ = f"The records of kind `{model.kind}` that stand, the newest first. {what}"
    return answer


for each in KINDS.values():
    router.add_api_route(
        record_address(each.kind),
        _answer(each),
        methods=["GET"],
        name=f"{each.kind}_records",
        response_model=Page[shape_of(each)],  # type: ignore[misc]
    )


def _page(model: type[Statement], workspace: Workspace, person: Person, query: RecordsQuery) -> Page[Any]:
    path, system = record_address(model.kind), getattr(query, "system", None)
    known("committee", getattr(query, "committee", None), store.chambers(workspace))
    found = [each for each in store.records(workspace).readable(model) if _fits(each.sealed.statement, query)]
    if not found and system is not None:
        use_of(workspace, system)
    told = [each for each in found if all(allowed(person.role, action) for action in actions_of(each))]
    for action in RESTRICTED & {action for each in told for action in actions_of(each)}:
        look(workspace, person, action, place=path)
    return Page[Any](**query.part(path, [_told(each) for each in told]))


def _fits(said: Statement, query: RecordsQuery) -> bool:
    asked = query.model_dump(include={"system", "committee"}, exclude_none=True)
    since = query.since is None or said.on >= query.since
    return since and all(getattr(said, name) == value for name, value in asked.items())


def _told(each: Readable) -> RecordOut:
    said, shape = each.sealed.statement, shape_of(type(each.sealed.statement))
    fields = said.model_dump(include={*shape.model_fields})
    return shape.model_validate(
        {"entry": each.sealed.entry, "sealed_on": each.sealed.sealed_on, "kind": said.kind, **fields}
    )


COSIGNED = {
    "required": True,
    "description": "A checkpoint of the ledger with the cosignature of a witness that it knows (C2SP tlog-cosignature)",
    "content": {"text/plain": {"schema": {"type": "string"}}},
}


@router.get("/api/ledger")
def entries(workspace: Lasting, query: FromQuery[EntriesQuery]) -> Page[EntryOut]:
    """The entries of the ledger, the newest first."""
    asked = LedgerQuery(kind=query.kind or "", system=query.system or "")
    with reading(workspace) as connection:
        total, found = (0, []) if connection is None else search(connection, asked, skip=query.skip, take=query.take)
        kinds = span(connection).kinds if connection is not None and query.kind else ()
    known("kind", query.kind, {"audit", *KINDS, *kinds})
    if not total and query.system is not None:
        use_of(workspace, query.system)
    items = [EntryOut.model_validate(each) for each in found]
    return Page[EntryOut](items=items, total=total, next=query.following("/api/ledger", query.skip + len(items), total))


@router.get("/api/ledger/checkpoint", response_class=PlainTextResponse)
def checkpoint(workspace: Here, query: FromQuery[CheckpointQuery]) -> str:
    """A checkpoint of the whole ledger, signed now (C2SP signed note): keep it elsewhere."""
    return str(request_of(workspace, store.checkpoint(workspace), since=query.since))


@router.get("/api/ledger/key", response_class=PlainTextResponse)
def key(workspace: Here, _: FromQuery[Query]) -> str:
    """The public key of the ledger (C2SP signed-note): compare it with the one you got by another way."""
    return f"{signer_of(workspace).verifier}\n"


@router.get("/api/ledger/outside")
def outside(workspace: Here, _: FromQuery[Query]) -> OutsideOut:
    """Who outside has checked the ledger, when, and how it stands to what they signed."""
    found, at = seen_outside(workspace), now()
    return OutsideOut(
        entries=found.size,
        state=found.state(at),
        witness_days=found.witness_days,
        witnesses=[_checked(each) for each in found.checks],
        timestamp_state=found.stamp_state(at),
        timestamp_days=found.timestamp_days,
        timestamp=found.stamp,
    )


@router.post("/api/ledger/cosignatures", openapi_extra={"requestBody": COSIGNED})
def cosignatures(workspace: Here, _: FromQuery[Query], text: DeliveryReport) -> CosignedOut:
    """Takes the cosignature of a known witness; what is kept of it then."""
    try:
        parse_checkpoint(text)
    except LedgerError as error:
        raise RefusedRequestError(400, error.what, where="body", next_step=error.next_step) from error
    try:
        kept = take_cosignature(workspace, text, now=now())
    except OtherLedgerError as error:
        raise RefusedRequestError(404, error.what, where="body", next_step=error.next_step) from error
    except UnknownWitnessError as error:
        raise RefusedRequestError(403, error.what, where="body", next_step=error.next_step) from error
    return CosignedOut(
        witness=kept.witness.name, at=kept.at, entries=kept.checkpoint.size, standing=CheckpointStanding.holds
    )


@router.get("/api/ledger/{entry}")
def entry(workspace: Lasting, entry: EntryInPath, _: FromQuery[Query]) -> EntryOut:
    """One entry of the ledger."""
    with reading(workspace) as connection:
        return EntryOut.model_validate(ledger.entry_at(_there(connection, entry), entry))


@router.get("/api/ledger/{entry}/proof", response_class=PlainTextResponse)
def proof(workspace: Here, entry: EntryInPath, _: FromQuery[Query]) -> str:
    """The proof that an entry stands in the ledger, below a checkpoint signed now (C2SP tlog-proof)."""
    with reading(workspace) as connection:
        _there(connection, entry)
    return str(prove_entry(workspace, entry, store.checkpoint(workspace)))


def _there(connection: Connection | None, index: int) -> Connection:
    if connection is None or not span(connection).size:
        raise RefusedRequestError(404, "the ledger has no entry yet.", next_step="Run `boussole audit` first.")
    size = span(connection).size
    if index >= size:
        raise RefusedRequestError(
            404, f"the ledger has {size} entries, none of index {index}.", next_step="See /api/ledger."
        )
    return connection


def _checked(check: Check) -> CosignedOut:
    if check.problem:
        return CosignedOut(witness=check.witness, at=None, entries=None, standing="unreadable")
    if check.at is None:
        return CosignedOut(witness=check.witness, at=None, entries=None, standing=None)
    return CosignedOut(witness=check.witness, at=check.at, entries=check.size, standing=check.standing)
