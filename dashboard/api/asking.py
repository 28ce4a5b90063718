"""What was asked of an endpoint, checked: a question nobody knows, or a number out of range, is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from audits.errors import BoussoleError, nearest
from dashboard.api.endpoints import Endpoint, Parameter

LONGEST = 200


def asked_of(endpoint: Endpoint, path: Mapping[str, str], query: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """The values of what can be asked, those left out by their default. Raises BoussoleError for what can't be."""
    known = {each.name: each for each in endpoint.asked}
    open_ = [name for name in known if name not in endpoint.in_path]
    for name, _ in query:
        if name not in open_:
            hint = nearest(name, open_) if open_ else "Nothing can be asked here."
            raise BoussoleError(f"'{name[:LONGEST]}' cannot be asked. {hint}", where="query", next_step="See openapi.")
    if len(query) != len(dict(query)):
        raise BoussoleError("something is asked twice.", where="query", next_step="Ask each thing once.")
    given = {**dict(query), **path}
    found = {name: _value(each, given[name]) for name, each in known.items() if name in given}
    return {**{name: each.default for name, each in known.items() if each.default is not None}, **found}


def _value(parameter: Parameter, text: str) -> str | int:
    if len(text) > LONGEST:
        raise _wrong(parameter, f"has at most {LONGEST} characters")
    if parameter.kind == "string":
        if parameter.choices and text not in parameter.choices:
            raise _wrong(parameter, f"is one of {', '.join(parameter.choices)}")
        return text
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise _wrong(parameter, "is a whole number")
    number = int(text)
    if number < parameter.low or (parameter.high is not None and number > parameter.high):
        raise _wrong(
            parameter, f"is at least {parameter.low}" + (f", at most {parameter.high}" if parameter.high else "")
        )
    return number


def _wrong(parameter: Parameter, told: str) -> BoussoleError:
    return BoussoleError(f"{parameter.name} {told}.", where="query", next_step="See /api/openapi.json.")
