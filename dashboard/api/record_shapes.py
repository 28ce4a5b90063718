"""How the API tells records and is asked for them: types made of their models, one for each kind."""

from __future__ import annotations

import datetime as dt
from copy import copy
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, Field, create_model

from boussole.charter.record_types.base import UNTOLD, Statement
from boussole.dashboard.api.queries import Name, PageQuery


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
