"""What can be asked of an address: in its path, and after the question mark."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from fastapi import Path
from fastapi import Query as AfterTheMark
from pydantic import BaseModel, BeforeValidator, Field, model_validator

from boussole.audits.errors import nearest
from boussole.charter.document.answers.verdict import Verdict
from boussole.dashboard.api.shapes import Status

LONGEST = 200
MOST = 500
"""Items in one answer, at the most."""


def _whole(given: object) -> object:
    """Digits alone, and no more of them than any number here has: pydantic reads more as a number."""
    if not (str(given).isascii() and str(given).isdigit() and len(str(given)) <= 15):
        raise ValueError("is a whole number")
    return given


T = TypeVar("T")
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
        """What is asked, where all of it can be asked."""
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
