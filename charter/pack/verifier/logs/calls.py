"""Calls of models counted again: by provider, place and model, those that ran outside what is allowed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
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
LATER = ("params.by_call", "params.others")
"""What earlier documents do not tell."""
Where = tuple[Optional[str], Optional[str], Optional[str]]
Key = tuple[str, Where]


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
    """Of how many calls nobody can tell, of how many in all, which kinds there are, and which of them ran outside."""
    said = held(system)
    whole = {where: sum(every) for where, (_, every) in by_call(rows, named(CALLS)(system)).items()}
    every = sum(whole.values())
    kinds = [(where, n) for where, n in whole.items() if outside(said, where)]
    kinds.sort(key=lambda each: (-each[1], ["" if name is None else name for name in each[0]]))
    alone, together = kinds_told(_by_month(system, rows), system.limit)
    return {
        "params.by_call": [[*where, whole[where]] for where in alone],
        "params.others": sum(whole[where] for where in together),
        "params.unlabelled": every - sum(sides(system, rows)[1]),
        "params.all": every,
        "params.kinds": len(kinds),
        "params.outside": [[*where, n] for where, n in kinds[:SHOWN]],
    }


def kinds_told(calls: dict[Key, int], limit: int) -> tuple[list[Where], set[Where]]:
    """The kinds that are told one by one, and those that are told together: in one month, and so in all of them."""
    by_month: dict[str, dict[Where, int]] = {}
    for (month, where), n in calls.items():
        by_month.setdefault(month, {})[where] = n
    together: set[Where] = set()
    for sizes in by_month.values():
        alone = _most_first({where: n for where, n in sizes.items() if n >= limit})[:SHOWN]
        rest = [where for where in sizes if where not in alone]
        while rest and alone and sum(sizes[where] for where in rest) < limit:
            rest.append(alone.pop())
        together.update(rest)
    every = summed((where, n) for (_, where), n in calls.items())
    shown = [where for where in _most_first(every) if where not in together][:SHOWN]
    return shown, {where for where in every if where not in shown}


def _most_first(sizes: dict[Where, int]) -> list[Where]:
    return sorted(sizes, key=lambda where: (-sizes[where], ["" if name is None else name for name in where]))


def summed(pairs: Iterable[tuple]) -> dict:
    """Numbers by their keys, those of one key added up."""
    found: dict = {}
    for key, n in pairs:
        found[key] = found.get(key, 0) + n
    return found


def _by_month(system: System, rows: Rows) -> dict[Key, int]:
    """How many calls there are by month, and by provider, place and model."""
    part = named(CALLS)(system)
    return summed(
        ((month, (whose[1], whose[2], whose[3])), n)
        for (log, name, whose, _), counts in rows.months.items()
        if log == LOG and name == part and whose[0] == BY
        for month, n in counts.items()
        if n
    )


def alike(rows: Rows, n: int) -> float:
    """As if all calls of a cluster were alike, in all months together: of `n` that say where they ran."""
    every, squares, spans = 0, 0, 0
    for (name, whose, _, _), each in rows.logs.get(LOG, {}).items():
        every += each if name.startswith(f"{CALLS} ") and whose[0] == BY else 0
        squares += each if name == SQUARES and whose == EVERYBODY else 0
        spans += each if name == MONTHS and whose == EVERYBODY else 0
    return every * n / (spans * squares)
