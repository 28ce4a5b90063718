"""What the API answers of records: an address and a shape for each kind, made of its model."""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Callable
from copy import copy
from functools import cache
from typing import Annotated, Any, Literal

from fastapi import Query as AfterTheMark
from pydantic import BaseModel, Field, create_model

from boussole.audits.workspace import Workspace
from boussole.charter.record_types.base import UNTOLD, Statement
from boussole.charter.record_types.kinds import KINDS
from boussole.charter.records.readable import Readable
from boussole.dashboard.api.answers import known, use_of
from boussole.dashboard.api.routing import Asker, Here, new_router
from boussole.dashboard.api.shapes import Name, Page, PageQuery
from boussole.dashboard.server.access.log import look
from boussole.dashboard.server.access.permissions import RESTRICTED, Person, allowed
from boussole.dashboard.server.access.routes import record_address
from boussole.dashboard.views import store
from boussole.dashboard.views.records.contents import actions_of

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


router = new_router()


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
    """Whether a record is one of those that are asked for."""
    asked = query.model_dump(include={"system", "committee"}, exclude_none=True)
    since = query.since is None or said.on >= query.since
    return since and all(getattr(said, name) == value for name, value in asked.items())


def _told(each: Readable) -> RecordOut:
    said, shape = each.sealed.statement, shape_of(type(each.sealed.statement))
    fields = said.model_dump(include={*shape.model_fields})
    return shape.model_validate(
        {"entry": each.sealed.entry, "sealed_on": each.sealed.sealed_on, "kind": said.kind, **fields}
    )
