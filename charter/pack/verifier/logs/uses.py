"""Agents who use a system and were not trained, computed again: what is told beside, and when nothing is."""

from __future__ import annotations

from ..groups import Claims
from ..rows import Rows
from ..system import System
from .shares import Share, counted, of_months, part_of_month

UNTRAINED, PART = "untrained_users_share", "untrained"


def _told(rows: Rows) -> Claims:
    """Agents of teams that are too small."""
    return {"params.left_out": sum(counted(rows, "usage", "small")[0])}


def _alike(rows: Rows) -> float:
    """As if all agents of a team were alike, and the same in each month."""
    n, squares = (sum(counted(rows, "usage", part)[1]) for part in (PART, "alike"))
    return float(n * n / (len(of_months(rows, "usage", PART)) * squares))


def _untold(_: System, rows: Rows) -> tuple[str, str] | None:
    return None if sum(counted(rows, "usage", PART)[1]) else ("suppressed", "small_teams")


SHARES = {UNTRAINED: Share("usage", PART, "above", _told, _untold, _alike, few_hidden=False)}


def asked(name: str, system: System, rows: Rows) -> bool:
    """Whether a share is one that an audit of such rows tells, or hides: of agents, where it says who was trained."""
    if name != UNTRAINED:
        return True
    counted_then = part_of_month("usage", rows) or any(part == "small" for part, _, _, _ in rows.logs.get("usage", {}))
    return system.has("trained_users") and counted_then
