"""The charter's rule on what was left out: from a share on that it states, an audit cannot tell.

A log of which much could not be counted answers nothing: nobody knows what the rest of it would have said.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from charter.model import Charter

REASON = "too_much_left_out"
"""Why an answer that the log gives is *we cannot tell*."""


def limited(charter: Charter, left_out: Mapping[str, Any] | None) -> bool:
    """Whether so much was set aside (`left_out` of a document) that this charter judges nothing by what is left.

    Nothing is limited by a charter that states no share, nor in a document that does not say what was left out: these
    keep the rule of their time.
    """
    if charter.left_out is None or left_out is None or left_out["share"] is None:
        return False
    return bool(left_out["share"] >= charter.left_out.limit)


def held_to(charter: Charter, left_out: Mapping[str, Any]) -> dict[str, Any]:
    """What was left out with what the charter says of it: the share that it states, and whether it is reached."""
    limit = None if charter.left_out is None else charter.left_out.limit
    return {**left_out, "limit": limit, "limited": limited(charter, left_out)}
