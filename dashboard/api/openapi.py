"""The OpenAPI 3.1 document, made from the table of endpoints."""

from __future__ import annotations

import json
import re
from importlib.metadata import version
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from charter.schemas import audit_schema
from dashboard.access.permissions import STRANGERS
from dashboard.access.places import ROUTES
from dashboard.api.endpoints import ENDPOINTS, Endpoint, Parameter
from dashboard.api.refusals import TOLD
from dashboard.api.shapes import OF_AUDIT, Problem

REF = "#/components/schemas/"


def document() -> dict[str, Any]:
    """What the API is, for programs and people."""
    models: list[Any] = [each.shape for each in ENDPOINTS if each.shape is not None and each.shape != "audit"]
    asked: list[tuple[type[BaseModel], JsonSchemaMode]] = [(each, "serialization") for each in [*models, Problem]]
    keyed, schemas = models_json_schema(asked, ref_template=f"{REF}{{model}}")
    refs = {model: schema for (model, _), schema in keyed.items()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Boussole",
            "version": version("boussole"),
            "summary": "Whether AI systems keep the promises of a charter: read-only.",
            "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        },
        "servers": [{"url": "/"}],
        "security": [{"token": []}, {"session": []}],
        "paths": {each.path: {each.method: _operation(each, refs)} for each in ENDPOINTS},
        "components": {
            "schemas": {**_linked(schemas.get("$defs", {})), **_audit_schemas()},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "boussole access token new"},
                "session": {"type": "apiKey", "in": "cookie", "name": "__Host-boussole"},
            },
        },
    }


def _operation(endpoint: Endpoint, refs: dict[Any, Any]) -> dict[str, Any]:
    if endpoint.shape is None:
        content: dict[str, Any] = {"text/plain": {"schema": {"type": "string"}}}
    else:
        schema = {"$ref": f"{REF}audit"} if endpoint.shape == "audit" else refs[endpoint.shape]
        content = {"application/json": {"schema": schema}}
    problem = {"application/json": {"schema": refs[Problem]}}
    answers = {"200": {"description": endpoint.told, "content": content}}
    refusals = {code: {"description": told, "content": problem} for code, told in TOLD.items()}
    operation = {
        "operationId": endpoint.answer.__name__,
        "summary": endpoint.told,
        "parameters": [_parameter(endpoint, each) for each in endpoint.asked],
        "responses": {**answers, **refusals},
    }
    if endpoint.body:
        content = {"text/plain": {"schema": {"type": "string"}}}
        operation["requestBody"] = {"required": True, "description": endpoint.body, "content": content}
    return {**operation, "security": []} if ROUTES[endpoint.path] in STRANGERS else operation


def _parameter(endpoint: Endpoint, each: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": each.kind}
    if each.choices:
        schema["enum"] = list(each.choices)
    if each.kind == "integer":
        schema |= {"minimum": each.low} | ({"maximum": each.high} if each.high is not None else {})
    if each.default is not None:
        schema["default"] = each.default
    inside = each.name in endpoint.in_path
    return {
        "name": each.name,
        "in": "path" if inside else "query",
        "required": inside,
        "description": each.told,
        "schema": schema,
    }


def _linked(schemas: dict[str, Any]) -> dict[str, Any]:
    """Schemas in which the parts of an audit document are those of its own schema."""
    text = re.sub(rf'"{OF_AUDIT}": "(\w+)"', rf'"$ref": "{REF}\1"', json.dumps(schemas))
    linked: dict[str, Any] = json.loads(text)
    return linked


def _audit_schemas() -> dict[str, Any]:
    """The schema of the audit document and its parts, by names of this document."""
    schema = json.loads(json.dumps(audit_schema()).replace("#/$defs/", REF))
    parts: dict[str, Any] = schema.pop("$defs")
    schema.pop("$schema")
    return {**parts, "audit": schema}
