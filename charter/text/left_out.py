"""The rules on what was left out: where too large a share of a log, or its end, is missing, nobody can tell."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from boussole.audits.systems.model import System
from boussole.charter.document.left_out import LeftOutInShort, LogEnd, PartLeftOut
from boussole.charter.text.model import Charter

L = TypeVar("L", bound=LeftOutInShort)
REASON = "too_much_left_out"
"""Why an answer that the log gives is *we cannot tell*."""
STOPS = "log_stops"
"""Why an answer is *we cannot tell* that would be *kept*: the log that it rests on ends too early to see that."""
GRACE_DAYS = 3
"""So many days before the window does, a log may end without anything missing: the longest that nobody works at the end
of a month, of a weekend with the public holiday beside it and the day between them (Friday 28 October 2022, then Monday
31 as a bridge to All Saints). On more days, somebody should have been written to, or have reviewed something."""

BESIDE = {
    "reference": "reference",
    "outcome": "outcomes",
    **dict.fromkeys(("contacts", "closings", "smartphones", "replies", "notices"), "contacts"),
    **dict.fromkeys(("reviews", "reading_time"), "human_actions"),
    **dict.fromkeys(("purposes", "trained_users"), "usage"),
    "accounts": "accounts",
    "agencies": "agencies",
    **dict.fromkeys(("allowed_places", "called_models", "text_outcomes", "adverts", "personal_kinds"), "generations"),
    **dict.fromkeys(("marks", "reworked_texts", "texts_in_time"), "generations"),
    **dict.fromkeys(("search_controls", "triggers"), "search_controls"),
}
"""What a question may need, and the part of `left_out` that tells how much of it was set aside."""


def held_to(charter: Charter, left_out: L) -> L:
    """What was left out with the share that the charter limits it to, if any, and whether that is reached."""
    limit = None if charter.left_out is None else charter.left_out.limit
    beside = {
        name: part.changed(limited=_reached(part, limit))
        for name in dict.fromkeys(BESIDE.values())
        if (part := left_out.beside(name)) is not None
    }
    return left_out.changed(**beside, limit=limit, limited=_reached(left_out, limit))


def limiting(held: LeftOutInShort | None, needs: Iterable[str]) -> tuple[str, LeftOutInShort | PartLeftOut] | None:
    """The first of what a question rests on of which too much was set aside (empty: the window), with its counts."""
    if held is None:
        return None
    beside = [(BESIDE[need], held.beside(BESIDE[need])) for need in needs if need in BESIDE]
    parts = [("", held), *beside]
    return next(((name, part) for name, part in parts if part is not None and part.limited), None)


def stopped(left_out: LeftOutInShort | None, needs: Iterable[str], system: System) -> LogEnd | None:
    """Of the logs that a question rests on, the first that stops before the window ends or has a hole, if any."""
    if left_out is None or left_out.ends is None:
        return None
    logs = {system.main_log, *(BESIDE[need] for need in needs if need in BESIDE)}
    return next((each for each in left_out.ends if each.log in logs and each.days > GRACE_DAYS), None)


def _reached(part: LeftOutInShort | PartLeftOut, limit: float | None) -> bool:
    return limit is not None and part.share is not None and part.share >= limit
