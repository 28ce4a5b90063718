"""JSON Schemas of the documents that Boussole writes."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any


def audit_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of `boussole.audit/1`."""
    return _schema("audit")


def comparison_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of `boussole.comparison/1`."""
    return _schema("comparison")


def drift_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of `boussole.drift/1`."""
    return _schema("drift")


def versions_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of `boussole.versions/1`."""
    return _schema("versions")


def texts_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of `boussole.texts/1`: an audit document without measures, evidence and seal."""
    audit = audit_schema()
    told = ("system", "window", "as_of", "verdicts", "articles")
    of_charter = audit["properties"]["charter"]["properties"]
    properties = {
        "schema": {"const": "boussole.texts/1"},
        **{name: audit["properties"][name] for name in told},
        "charter": {
            "type": "object",
            "properties": {name: of_charter[name] for name in ("id", "version", "sha256")},
            "required": ["id", "version", "sha256"],
            "additionalProperties": False,
        },
        "texts": {"type": "integer", "minimum": 0, "description": "How many texts were written in the window"},
        "measures": {"type": "array", "maxItems": 0, "description": "No measure reads texts yet"},
    }
    return {
        **{name: value for name, value in audit.items() if name in ("$schema", "type", "$defs")},
        "title": "boussole.texts/1",
        "description": "What is said of a system that only writes: how many texts, and each question as it stands.",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _schema(name: str) -> dict[str, Any]:
    text = resources.files(__name__).joinpath(f"{name}.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema
