"""The table of the API: path, what can be asked, and what answers. Routes and OpenAPI are made from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel

from audits.workspace import Workspace
from dashboard.api import answers, witnessing
from dashboard.api.shapes import (
    AuditOut,
    CharterOut,
    CosignedOut,
    EntryOut,
    Health,
    Judged,
    Measures,
    OutsideOut,
    Page,
    SystemOut,
)

MOST = 500
"""Items in one answer, at the most."""


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """Something that can be asked: in the path, or after the question mark."""

    name: str
    told: str
    kind: Literal["string", "integer"] = "string"
    choices: Sequence[str] = ()
    low: int = 0
    high: int | None = None
    default: int | None = None


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One address. `shape` is a model; `audit` the schema of audit documents; None is plain text."""

    path: str
    answer: Callable[[Workspace, answers.Given], Any]
    shape: type[BaseModel] | Literal["audit"] | None
    asked: Sequence[Parameter] = ()
    method: Literal["get", "post"] = "get"
    lasts: bool = True
    """Whether the answer stays the same as long as the workspace and the day do."""
    body: str = ""
    """What is sent, as text, under the name `body`; nothing where it only answers."""

    @property
    def told(self) -> str:
        """What it answers, in one sentence."""
        return str(self.answer.__doc__).partition("\n")[0]

    @property
    def in_path(self) -> frozenset[str]:
        return frozenset(each.name for each in self.asked if f"{{{each.name}}}" in self.path)


SYSTEM = Parameter(name="system", told="Id of a system")
ENTRY = Parameter(name="entry", told="Number of an entry of the ledger", kind="integer")
SOME = (
    Parameter(name="skip", told="How many to leave out", kind="integer", default=0),
    Parameter(name="take", told="How many to give", kind="integer", low=1, high=MOST, default=100),
)
MARKS = ("kept", "watch", "broken", "unknown", "not_examined")

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(path="/api/systems", answer=answers.systems, shape=Page[SystemOut], asked=SOME),
    Endpoint(
        path="/api/systems/{system}",
        answer=answers.system,
        shape=SystemOut,
        asked=(SYSTEM,),
    ),
    Endpoint(
        path="/api/systems/{system}/audits",
        answer=answers.audits,
        shape=Page[AuditOut],
        asked=(SYSTEM, *SOME),
    ),
    Endpoint(
        path="/api/systems/{system}/measures",
        answer=answers.measures,
        shape=Measures,
        asked=(
            SYSTEM,
            Parameter(name="metric", told="Only this metric"),
            Parameter(name="status", told="Only those", choices=("ok", "undefined", "suppressed")),
            *SOME,
        ),
    ),
    Endpoint(
        path="/api/verdicts",
        answer=answers.verdicts,
        shape=Page[Judged],
        asked=(
            SYSTEM,
            Parameter(name="article", told="Only this article"),
            Parameter(name="verdict", told="Only those", choices=MARKS),
            *SOME,
        ),
    ),
    Endpoint(path="/api/audits/{entry}", answer=answers.audit, shape="audit", asked=(ENTRY,)),
    Endpoint(path="/api/charter", answer=answers.charter, shape=CharterOut),
    Endpoint(
        path="/api/ledger",
        answer=answers.entries,
        shape=Page[EntryOut],
        asked=(Parameter(name="kind", told="Only this kind of entry"), SYSTEM, *SOME),
    ),
    Endpoint(
        path="/api/ledger/checkpoint",
        answer=answers.checkpoint,
        shape=None,
        asked=(
            Parameter(
                name="since",
                told="Entries of a kept checkpoint: the proof that this one extends it comes first (C2SP tlog-witness)",
                kind="integer",
                default=0,
            ),
        ),
    ),
    Endpoint(path="/api/ledger/key", answer=witnessing.key, shape=None),
    Endpoint(path="/api/ledger/outside", answer=witnessing.outside, shape=OutsideOut, lasts=False),
    Endpoint(
        path="/api/ledger/cosignatures",
        answer=witnessing.cosignatures,
        shape=CosignedOut,
        method="post",
        lasts=False,
        body="A checkpoint of this ledger with the cosignature of a witness that it knows (C2SP tlog-cosignature)",
    ),
    Endpoint(path="/api/ledger/{entry}", answer=answers.entry, shape=EntryOut, asked=(ENTRY,)),
    Endpoint(path="/api/ledger/{entry}/proof", answer=answers.proof, shape=None, asked=(ENTRY,)),
    Endpoint(path="/healthz", answer=answers.health, shape=Health),
)
