"""The OpenAPI 3.1 document: made by FastAPI from the addresses and their types."""

from __future__ import annotations

from functools import cache
from typing import Any

from fastapi.openapi.utils import get_openapi

from boussole.dashboard.api import answers, ledger, records, texts
from boussole.dashboard.api.refusals import TOLD
from boussole.dashboard.api.routing import Address
from boussole.dashboard.api.shapes import AUDIT, REF, Problem
from boussole.dashboard.server.access.permissions import STRANGERS
from boussole.dashboard.server.access.places import ROUTES

ADDRESSES = [
    each
    for each in (*answers.router.routes, *records.router.routes, *ledger.router.routes, *texts.router.routes)
    if isinstance(each, Address)
]
"""In the order in which they are looked for."""
_SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "boussole access token new"},
    "session": {"type": "apiKey", "in": "cookie", "name": "__Host-boussole"},
}


@cache
def document() -> dict[str, Any]:
    """What the API is, for programs and people: with the one error model, who may ask, and parts of audit documents."""
    found = get_openapi(
        title="Boussole",
        version=answers.VERSION,
        summary="Whether AI systems keep the promises of a charter: read-only.",
        license_info={"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        servers=[{"url": "/"}],
        routes=ADDRESSES,
    )
    problem = {"application/json": {"schema": {"$ref": f"{REF}Problem"}}}
    refusals = {code: {"description": told, "content": problem} for code, told in TOLD.items()}
    for path, item in found["paths"].items():
        for operation in item.values():
            told = operation["summary"] = operation.pop("description")
            operation["responses"] = {"200": {**operation["responses"]["200"], "description": told}, **refusals}
            operation["security"] = [] if ROUTES[path] in STRANGERS else [{name: []} for name in _SCHEMES]
    made = found["components"]["schemas"]
    audit = {name: value for name, value in AUDIT.items() if name not in ("$schema", "$defs")}
    parts = {"Problem": Problem.model_json_schema(), **AUDIT["$defs"], "audit": audit}
    schemas = {name: schema for name, schema in {**made, **parts}.items() if "ValidationError" not in name}
    return {**found, "components": {"schemas": schemas, "securitySchemes": _SCHEMES}}
