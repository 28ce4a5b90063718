"""Calls of models counted again: by provider, place and model, those that ran outside what is allowed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Optional

from ..buckets import Counted
from ..groups import Claims
from ..rows import BUCKETS, EVERYBODY, Rows
from ..system import System

METRIC, LOG = "calls_outside_allowed_share", "generations"
BY = "call.provider*call.place*call.model"
CALLS, SQUARES, MONTHS = "call_calls", "call_squares", "call_months"
USEFUL = ["kept", "edited", "gardé", "modifié"]
DISCARDED = ["rejected", "regenerated", "rejeté", "régénéré"]
SHOWN, DIGITS = 20, 12
Where = tuple[Optional[str], Optional[str], Optional[str]]


def held(system: System) -> dict:
    """What calls are held to."""
    return (system.declared.get(LOG) or {}).get("calls") or {}


def plain(names: list) -> list[str]:
    """Names in any case, each once, in order."""
    return sorted({name.strip().lower() for name in names})


def named(part: str) -> Callable[[System], str]:
    """The name of a part, which says by a hash what outcomes are held to."""

    def name(system: System) -> str:
        said = held(system)
        lists = [plain(said.get("useful") or USEFUL), plain(said.get("discarded") or DISCARDED)]
        text = json.dumps(lists, ensure_ascii=False, separators=(",", ":"))
        return f"{part} {hashlib.sha256(text.encode()).hexdigest()[:DIGITS]}"

    return name


def by_call(rows: Rows, part: str) -> dict[Where, Counted]:
    """Cases and all of a part by provider, place and model, by bucket."""
    found: dict[Where, Counted] = {}
    for (name, whose, bucket, case), n in rows.logs.get(LOG, {}).items():
        if name == part and whose[0] == BY:
            cases, every = found.setdefault((whose[1], whose[2], whose[3]), ([0] * BUCKETS, [0] * BUCKETS))
            every[bucket] += n
            cases[bucket] += n if case else 0
    return found


def outside(said: dict, where: Where) -> bool | None:
    """Whether a call ran outside what is allowed; None where it does not say what is needed to tell."""
    asked = [(each, plain(said.get(key) or [])) for each, key in ((where[0], "providers"), (where[1], "places"))]
    asked = [(each, names) for each, names in asked if names]
    if any(each is not None and each.lower() not in names for each, names in asked):
        return True
    return None if any(each is None for each, _ in asked) else False


def sides(system: System, rows: Rows) -> Counted:
    """Calls outside, and all of which it is known, by bucket."""
    said, cases, every = held(system), [0] * BUCKETS, [0] * BUCKETS
    for where, (_, calls) in by_call(rows, named(CALLS)(system)).items():
        is_outside = outside(said, where)
        for bucket in range(BUCKETS) if is_outside is not None else ():
            every[bucket] += calls[bucket]
            cases[bucket] += calls[bucket] if is_outside else 0
    return cases, every


def months(system: System, rows: Rows) -> list[int]:
    """How many calls that say where they ran each month has."""
    said, part = held(system), named(CALLS)(system)
    found: dict[str, int] = {}
    for (log, name, whose, _), counts in rows.months.items():
        if log == LOG and name == part and whose[0] == BY and outside(said, (whose[1], whose[2], whose[3])) is not None:
            for month, n in counts.items():
                found[month] = found.get(month, 0) + n
    return [n for n in found.values() if n]


def told(system: System, rows: Rows) -> Claims:
    """Of how many calls nobody can tell, of how many in all, and which kinds ran outside."""
    said = held(system)
    whole = {where: sum(every) for where, (_, every) in by_call(rows, named(CALLS)(system)).items()}
    every = sum(whole.values())
    kinds = [(where, n) for where, n in whole.items() if outside(said, where)]
    kinds.sort(key=lambda each: (-each[1], ["" if name is None else name for name in each[0]]))
    return {
        "params.unlabelled": every - sum(sides(system, rows)[1]),
        "params.all": every,
        "params.kinds": len(kinds),
        "params.outside": [[*where, n] for where, n in kinds[:SHOWN]],
    }


def alike(rows: Rows, n: int) -> float:
    """As if all calls of a cluster were alike, in all months together: of `n` that say where they ran."""
    every, squares, spans = 0, 0, 0
    for (name, whose, _, _), each in rows.logs.get(LOG, {}).items():
        every += each if name.startswith(f"{CALLS} ") and whose[0] == BY else 0
        squares += each if name == SQUARES and whose == EVERYBODY else 0
        spans += each if name == MONTHS and whose == EVERYBODY else 0
    return every * n / (spans * squares)
