"""What the API finds in texts that are sent to it: nothing of them is kept."""

from __future__ import annotations

import io
from typing import Literal

from pydantic import BaseModel, Field

from boussole.audits.texts.checking import check_lines
from boussole.audits.texts.rule_file import Criterion
from boussole.dashboard.api.queries import FromQuery, Query
from boussole.dashboard.api.routing import Sent, new_router
from boussole.dashboard.api.shapes import Texts

router = new_router()
LINES = {
    "required": True,
    "description": 'JSON lines {"id", "text"}: adverts, one a line',
    "content": {"text/plain": {"schema": {"type": "string"}}},
}


class FindingOut(BaseModel):
    """Wording that a rule found."""

    criterion: Criterion
    start: int = Field(ge=0, description="First character of the text as it was sent (code points)")
    end: int = Field(ge=0, description="The character after the last")
    span: str
    rule: str
    law: str
    suggestion: Texts


class CheckedOut(BaseModel):
    """What was found in one line."""

    id: str | int | None = Field(description="As it was sent; null: the line has none that can be read")
    language: str | None = Field(description="ISO 639; `und`: it could not be told; null: the line could not be read")
    findings: list[FindingOut] | None = Field(description="null: the line could not be read")
    error: str | None = Field(None, description="Why the line could not be read; null: it could")


class TextsOut(BaseModel):
    """An answer for each line, in their order."""

    items: list[CheckedOut]
    kind: Literal["adverts"] = "adverts"


@router.post("/api/texts/check", openapi_extra={"requestBody": LINES})
def check(_: FromQuery[Query], text: Sent) -> TextsOut:
    """Finds unlawful wording in French job adverts that are sent; keeps nothing of them."""
    answered = check_lines(io.BytesIO(text.encode("utf-8", "surrogatepass")))
    return TextsOut(items=[CheckedOut.model_validate(document) for _, document in answered])
