"""The JSON Schema (2020-12) of the audit document, made from its models."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from boussole.charter.document.audit import SCHEMA as AUDIT
from boussole.charter.document.audit import AuditDocument
from boussole.charter.document.differences.comparing import SCHEMA as COMPARISON
from boussole.charter.document.differences.comparing import ComparisonDocument
from boussole.charter.document.differences.distances import SCHEMA as DRIFT
from boussole.charter.document.differences.distances import DriftDocument
from boussole.charter.document.differences.drift_series import SCHEMA as DRIFT_SERIES
from boussole.charter.document.differences.drift_series import DriftSeriesDocument

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class _Plain(GenerateJsonSchema):
    """Without the titles and defaults that pydantic adds: a document says each key by its own name, or lacks it."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 (the same for every key)
        return False

    def default_schema(self, schema: Any) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema of a part of a document."""
    found = model.model_json_schema(schema_generator=_Plain)
    for shape in (found, *found.get("$defs", {}).values()):
        shape.pop("title", None)
    return found


def audit_schema() -> dict[str, Any]:
    """The JSON Schema of `boussole.audit/1`."""
    return {"$schema": DIALECT, **schema_of(AuditDocument), "title": AUDIT}


def comparison_schema() -> dict[str, Any]:
    """The JSON Schema of `boussole.comparison/1`, of all three kinds."""
    return {"$schema": DIALECT, **schema_of(ComparisonDocument), "title": COMPARISON}


def drift_schema() -> dict[str, Any]:
    """The JSON Schema of `boussole.drift/1`."""
    return {"$schema": DIALECT, **schema_of(DriftDocument), "title": DRIFT}


def drift_series_schema() -> dict[str, Any]:
    """The JSON Schema of `boussole.drift-series/1`."""
    return {"$schema": DIALECT, **schema_of(DriftSeriesDocument), "title": DRIFT_SERIES}
