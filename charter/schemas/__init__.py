"""JSON Schemas of the documents that Boussole writes."""

from boussole.charter.document.schema import (
    audit_schema,
    comparison_schema,
    drift_schema,
    drift_series_schema,
)

__all__ = ["audit_schema", "comparison_schema", "drift_schema", "drift_series_schema"]
