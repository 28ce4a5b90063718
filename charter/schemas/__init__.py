"""JSON Schemas of the documents that Boussole writes."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

from boussole.charter.document.schema import audit_schema, texts_schema

__all__ = ["audit_schema", "comparison_schema", "drift_schema", "texts_schema", "versions_schema"]


def comparison_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of `boussole.comparison/1`."""
    return _schema("comparison")


def drift_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of `boussole.drift/1`."""
    return _schema("drift")


def versions_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of `boussole.versions/1`."""
    return _schema("versions")


def _schema(name: str) -> dict[str, Any]:
    text = resources.files(__name__).joinpath(f"{name}.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema
