"""What the API says of itself, made once for all tests, and answers held to it."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from boussole.dashboard.api import serving

_HERE = "urn:boussole:api"


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document."""
    return serving.document()


@cache
def _registry() -> Registry[Any]:
    return Registry().with_resource(_HERE, DRAFT202012.create_resource(document())).crawl()


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def held_to(schema: dict[str, Any], answer: object) -> None:
    """Raises ValidationError where an answer is not as a schema within the document says."""
    text = json.dumps(schema).replace('"$ref": "#/', f'"$ref": "{_HERE}#/')
    Draft202012Validator(json.loads(text), registry=_registry()).validate(answer)
