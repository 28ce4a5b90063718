"""JSON Schemas of the documents that Boussole writes."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any


def audit_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of `boussole.audit/1`."""
    schema: dict[str, Any] = json.loads(resources.files(__name__).joinpath("audit.json").read_text(encoding="utf-8"))
    return schema
