"""What the API answers and what can be asked of an address, as models: the OpenAPI document is made of them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Annotated, Any, Generic, Literal, TypeVar
from urllib.parse import urlencode

from fastapi import Path
from fastapi import Query as AfterTheMark
from pydantic import BaseModel, BeforeValidator, Field, WithJsonSchema, model_validator

from boussole.audits.errors import nearest
from boussole.audits.ledger.checkpoint import CheckpointStanding
from boussole.charter.document.answers.verdict import Verdict
from boussole.charter.document.left_out import LeftOutInShort
from boussole.charter.records.notes.outside import State
from boussole.charter.schemas import audit_schema

# What the API answers: pydantic models, from which the OpenAPI document has its schemas.


T = TypeVar("T")
Texts = dict[str, str]
Status = Literal["ok", "undefined", "suppressed"]
REF = "#/components/schemas/"
AUDIT = json.loads(json.dumps(audit_schema()).replace("#/$defs/", REF))
"""The schema of audit documents, with its parts by their names in the OpenAPI document."""
MeasureDocument = Annotated[dict[str, Any], WithJsonSchema({"allOf": [AUDIT["properties"]["measures"]["items"]]})]
VerdictDocument = Annotated[dict[str, Any], WithJsonSchema({"allOf": [AUDIT["properties"]["verdicts"]["items"]]})]
AuditDocument = Annotated[dict[str, Any], WithJsonSchema({"allOf": [{"$ref": f"{REF}audit"}]})]


class Page(BaseModel, Generic[T]):
    """Some of what there is, and the address of what follows."""

    items: list[T]
    total: int = Field(ge=0, description="How many there are in all")
    next: str | None = Field(description="Address of what follows; null: nothing")


class AuditInShort(BaseModel):
    """An audit in short."""

    entry: int = Field(ge=0, description="Entry of the ledger that seals it")
    start: dt.date = Field(description="First day of its window")
    end: dt.date = Field(description="Last day of its window")
    decisions: int = Field(ge=0, description="How many decisions it read")
    left_out: LeftOutInShort | None = Field(description="What it did not count; null of audits of earlier versions")


class SystemOut(BaseModel):
    """A use of the register."""

    id: str
    kind: str
    title: Texts
    purpose: Texts
    owner: str = Field(description="A role, never a person")
    status: str
    risk: str = Field(description="Class of the EU AI Act")
    provider: str | None
    hosting: str | None
    audit: AuditInShort | None = Field(description="Its latest audit; null: none")
    articles: dict[str, Verdict] = Field(description="Its verdict on each article, as it stands today")


class AuditOut(AuditInShort):
    """An audit of a system's history."""

    charter: str = Field(description="Fingerprint of the version of the charter that judged")
    articles: dict[str, Verdict]


class LastAnswer(BaseModel):
    """What an earlier audit answered, where today nobody can tell."""

    entry: int
    start: dt.date
    end: dt.date
    verdict: Verdict


class QuestionAnswer(BaseModel):
    """A question of the charter, asked of a system, with its answer as it stands today."""

    system: str
    entry: int | None = Field(description="Entry of the audit; null: no audit has looked at it")
    left_out: LeftOutInShort | None = Field(description="What that audit did not count; null where it does not say")
    last_answer: LastAnswer | None = Field(
        description="The newest audit before that could answer; null where this one does, or none could"
    )
    verdict: VerdictDocument


class Measures(Page[MeasureDocument]):
    """Measures of a system's latest audit. A value that is hidden or undefined is null, never 0."""

    system: str
    entry: int
    start: dt.date
    end: dt.date


class CharterOut(BaseModel):
    """The charter in force."""

    sha256: str
    version: str
    charter: dict[str, Any]


class EntryOut(BaseModel, from_attributes=True):
    """An entry of the ledger."""

    entry: int = Field(ge=0, validation_alias="index")
    kind: str
    payload: dict[str, str | int | None]
    time: str
    leaf_hash: str


class CosignedOut(BaseModel):
    """What a witness outside cosigned last."""

    witness: str = Field(description="Name of its key")
    at: dt.datetime | None = Field(description="When it states to have cosigned; null: never, or it cannot be read")
    entries: int | None = Field(description="How many entries it saw")
    standing: CheckpointStanding | Literal["unreadable"] | None = Field(
        description="How the ledger stands to what it saw; null: it saw nothing yet"
    )


class StampOut(BaseModel, from_attributes=True):
    """The last timestamp (RFC 3161) that holds."""

    at: dt.datetime
    authority: str = Field(description="Subject of the authority's root certificate")
    fingerprint: str = Field(description="SHA-256 of that certificate")
    entries: int = Field(validation_alias="size")
    standing: CheckpointStanding


class OutsideOut(BaseModel):
    """Who outside has checked the ledger."""

    entries: int = Field(ge=0, description="Entries of the ledger today")
    state: State = Field(description="Whether a witness checked of late; `unset`: none is set, nobody outside checks")
    witness_days: int = Field(description="Days after which a cosignature is no longer recent")
    witnesses: list[CosignedOut]
    timestamp_state: State
    timestamp_days: int | None = Field(description="Days within which a timestamp is required; null: none is")
    timestamp: StampOut | None = Field(description="null: none that holds")


class Health(BaseModel):
    """The server answers, and can read its workspace."""

    status: Literal["ok"]
    version: str


class Problem(BaseModel):
    """Why there is no answer: what is wrong, where, and what to do."""

    error: str
    where: str
    next_step: str


# What can be asked of an address: in its path, and after the question mark.


LONGEST = 200
MOST = 500
"""Items in one answer, at the most."""


def _whole(given: object) -> object:
    """Digits alone, and no more of them than any number here has: pydantic reads more as a number."""
    if not (str(given).isascii() and str(given).isdigit() and len(str(given)) <= 15):
        raise ValueError("is a whole number")
    return given


FromQuery = Annotated[T, AfterTheMark()]
Name = Annotated[str, Field(max_length=LONGEST)]
Whole = Annotated[int, BeforeValidator(_whole)]
SystemInPath = Annotated[str, Path(max_length=LONGEST, description="Id of a system")]
EntryInPath = Annotated[int, Path(ge=0, description="Number of an entry of the ledger"), BeforeValidator(_whole)]


class Query(BaseModel):
    """What is asked after the question mark; by itself, nothing can be."""

    @model_validator(mode="before")
    @classmethod
    def _known(cls, given: dict[str, Any]) -> dict[str, Any]:
        for name in given:
            if name not in cls.model_fields:
                hint = nearest(name, cls.model_fields) if cls.model_fields else "Nothing can be asked here."
                raise ValueError(f"'{name[:LONGEST]}' cannot be asked. {hint}")
        return given


class PageQuery(Query):
    """The part of a list that is asked for: `skip` and `take`."""

    skip: Whole = Field(0, ge=0, description="How many to leave out")
    take: Whole = Field(100, ge=1, le=MOST, description="How many to give")

    def part(self, path: str, found: Sequence[Any]) -> dict[str, Any]:
        """The part of a list that is asked for, as a page of it at a path."""
        items = list(found[self.skip : self.skip + self.take])
        return {"items": items, "total": len(found), "next": self.following(path, self.skip + len(items), len(found))}

    def following(self, path: str, reached: int, total: int) -> str | None:
        """The address of what follows, asked as this was; None at the end."""
        if not self.skip < reached < total:
            return None
        asked = self.model_dump(exclude_none=True, exclude={"skip"})
        return f"{path}?{urlencode({**asked, 'skip': reached})}"


class MeasuresQuery(PageQuery):
    """The part of a list of measures, by metric and status."""

    metric: Name | None = Field(None, description="Only this metric")
    status: Status | None = Field(None, description="Only those")


class VerdictsQuery(PageQuery):
    """The part of a list of verdicts, by system, article and verdict."""

    system: Name | None = Field(None, description="Id of a system")
    article: Name | None = Field(None, description="Only this article")
    verdict: Verdict | None = Field(None, description="Only those")


class EntriesQuery(PageQuery):
    """The part of the ledger's entries, by kind and system."""

    kind: Name | None = Field(None, description="Only this kind of entry")
    system: Name | None = Field(None, description="Id of a system")


class CheckpointQuery(Query):
    """The checkpoint that a new one is to extend."""

    since: Whole = Field(
        0,
        ge=0,
        description="Entries of a kept checkpoint: the proof that this one extends it comes first (C2SP tlog-witness)",
    )
