"""What agents make of texts computed again: what is told beside, when nothing is, and how many texts they are worth."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

from ..groups import Claims
from ..rows import Rows
from ..system import System
from .shares import MOST_UNTIMED, Share, counted, part_of_month

LOG, REWORKED, HASTY = "generations", "reworked_texts_share", "hasty_texts_share"
WORDS_A_MINUTE = 300
DIGITS = 12
NEEDS = {REWORKED: "reworked_texts", HASTY: "texts_in_time"}


def _name(name: str, rows: Rows) -> str:
    """The name of a part as the rows have it, with the hash that `asked` holds to the declaration."""
    found = {part for part, _, _, _ in rows.logs.get(LOG, {}) if part.startswith(f"agents_{name} ")}
    return min(found, default=f"agents_{name}")


def _held(system: System) -> str:
    """The hash of what outcomes are held to."""
    section = system.declared.get(LOG) or {}
    texts, calls = section.get("texts") or {}, section.get("calls") or {}
    lists = (
        texts.get("as_written") or ["kept", "gardé"],
        texts.get("edited") or ["edited", "modifié"],
        calls.get("discarded") or ["rejected", "regenerated", "rejeté", "régénéré"],
    )
    said = [sorted({name.strip().lower() for name in names}) for names in lists]
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:DIGITS]


def _sides(rows: Rows, name: str) -> tuple[int, int]:
    """Cases and all of a part."""
    cases, every = counted(rows, LOG, _name(name, rows))
    return sum(cases), sum(every)


def _apart(rows: Rows) -> Claims:
    return {"params.left_out": _sides(rows, "small")[0]}


def _reading(rows: Rows) -> Claims:
    return {**_apart(rows), "params.words_a_minute": WORDS_A_MINUTE, "params.untimed": _sides(rows, "untimed")[0]}


def _small(_: System, rows: Rows) -> tuple[str, str] | None:
    return None if _sides(rows, "changed")[1] else ("suppressed", "small_teams")


def _unread(system: System, rows: Rows) -> tuple[str, str] | None:
    if (small := _small(system, rows)) is not None:
        return small
    untimed, every = _sides(rows, "untimed")
    told = _sides(rows, "hasty")[1]
    return ("undefined", "no_text_time") if not told or untimed > MOST_UNTIMED * every else None


def _alike(rows: Rows) -> float:
    """As if all texts of an agent were alike, in all months together."""
    texts, squares, months = (_sides(rows, part)[1] for part in ("changed", "squares", "months"))
    return texts**2 / (months * squares)


def _alike_of_timed(rows: Rows) -> float:
    return _alike(rows) * _sides(rows, "hasty")[1] / _sides(rows, "changed")[1]


def _part(name: str) -> Callable[[Rows], str]:
    return lambda rows: _name(name, rows)


SHARES = {
    REWORKED: Share(LOG, _part("changed"), "below", _apart, _small, _alike, few_hidden=False),
    HASTY: Share(LOG, _part("hasty"), "above", _reading, _unread, _alike_of_timed, few_hidden=False),
}


def asked(name: str, system: System, rows: Rows) -> bool:
    """Whether a share is one that an audit of such rows tells, or hides."""
    if name not in SHARES:
        return True
    counted_then = any(part == f"agents_small {_held(system)}" for part, _, _, _ in rows.logs.get(LOG, {}))
    return system.has(NEEDS[name]) and (part_of_month(LOG, rows) or counted_then)
