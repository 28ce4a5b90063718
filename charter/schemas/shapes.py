"""Parts of JSON Schemas, so that a shape reads like the document it describes."""

from __future__ import annotations

from typing import Any

Shape = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
TEXT: Shape = {"type": "string"}
WHOLE: Shape = {"type": "integer"}
YES_OR_NO: Shape = {"type": "boolean"}
DAY: Shape = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
HASH: Shape = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
TEXTS: Shape = {"type": "object", "additionalProperties": TEXT, "description": "By language"}
ANYTHING: Shape = {"type": "object"}


def maybe(shape: Shape) -> Shape:
    """A shape that may be null."""
    return {"anyOf": [shape, {"type": "null"}]}


def several(shape: Shape) -> Shape:
    """A list of a shape."""
    return {"type": "array", "items": shape}


def one_of(*values: str) -> Shape:
    """One word of several."""
    return {"enum": list(values)}


def whole(**keys: Shape) -> Shape:
    """An object with just these keys."""
    return {"type": "object", "properties": keys, "required": sorted(keys), "additionalProperties": False}


def document(name: str, told: str, shape: Shape) -> Shape:
    """The schema of a document. `name` stands in its key `schema`, where it has one."""
    return {"$schema": DIALECT, **shape, "title": name, "description": told}
