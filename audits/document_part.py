"""What all parts of a document share: they are frozen, know their keys, and are written as they were read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue

T = TypeVar("T")
Count = Annotated[int, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Day = Annotated[
    dt.date, WithJsonSchema({"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"}, mode="validation")
]


@dataclass(frozen=True)
class _Absent:
    """Marks a key that is absent where there is nothing to say."""

    def __get_pydantic_json_schema__(self, core: Any, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = handler(core)
        ways = [way for way in schema.get("anyOf", []) if way != {"type": "null"}]
        return ways[0] if len(ways) == 1 else schema


MAYBE = _Absent()
"""A document has the key only where there is something to say."""


class DocumentPart(BaseModel):
    """A part of a document. What was read without a key is written without it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def __get_pydantic_json_schema__(cls, core: Any, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The schema of what is written today: every key is there but those that say something only now and then."""
        schema = handler.resolve_ref_schema(handler(core))
        if cls.model_config.get("extra") == "forbid":
            fields = cls.model_fields.items()
            absent = {name for name, each in fields if MAYBE in each.metadata}
            schema["required"] = sorted(each.alias or name for name, each in fields if name not in absent)
        return schema

    def written(self) -> dict[str, Any]:
        """The part as JSON says it, with the keys that it was read or made with."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)

    def changed(self, **values: Any) -> Self:
        """The same part with other values, which are not looked at again; a key with nothing to say is absent."""
        made = self.model_copy(update=values)
        fields = type(made).model_fields
        silent = {name for name, value in values.items() if value is None and MAYBE in fields[name].metadata}
        made.__pydantic_fields_set__.difference_update(silent)
        for name in vars(made).keys() - fields.keys():
            del vars(made)[name]  # worked out from the values of before
        return made

    @classmethod
    def read(cls, text: str | bytes) -> Self:
        """The part from its JSON as it was stored; no text passes for a number. Raises ValueError for what is none."""
        return cls.model_validate_json(text, strict=True)

    @classmethod
    def of(cls, found: Self | Mapping[str, Any]) -> Self:
        """The part from its JSON, where it is not one already. Raises ValueError for what no such document can hold."""
        return found if isinstance(found, cls) else cls.model_validate(found)


def given(value: T | None) -> T:
    """A value that a part of this kind always has. Raises ValueError where it has none."""
    if value is None:
        raise ValueError("this part of the document lacks a value that it needs")
    return value
