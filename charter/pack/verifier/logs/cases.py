"""What logs count of what is not tolerated at all, computed again: cases, and among how many."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import NamedTuple

from ..buckets import Counted, filled
from ..chances import quantile
from ..groups import Claims
from ..rows import EVERYBODY, Rows
from ..scores import share_end, wilson
from ..system import System
from . import calls, texts
from .shares import PART_OF_MONTH, counted, of_months, part_of_month, worth

ACCOUNTS = "accounts_without_second_factor_share"
GRACE_HOURS = 24
YES = ["yes", "oui", "true", "1"]
DIGITS = 12


class Cases(NamedTuple):
    """How a measure counts cases: of which log and part, why nothing is told where there is no row, what is told
    beside, and how many independent rows these are worth at least, where those of a cluster may be alike."""

    log: str
    part: Callable[[System], str]
    none: str
    told: Callable[[System, Rows], Claims]
    clusters: Callable[[Rows, int], float] | None = None
    alike: Callable[[Counted], float] | None = None
    """The same, where that is told by the cases themselves."""
    sides: Callable[[System, Rows], Counted] | None = None
    """Cases and all by bucket, where they are not counts of one part."""
    months: Callable[[System, Rows], list[int]] | None = None
    """How many there are in each month that has some, where that is not told by one part."""
    repeated: bool = False
    """Whether somebody counts in each month: they are as many people as the month that has most, for sure."""


def _of_uses(part: str) -> Callable[[System], str]:
    """The name of a part of the log of uses, which says by a hash what uses are held to."""

    def named(system: System) -> str:
        uses = system.declared.get("usage") or {}
        said = [uses.get("purposes") or [], uses.get("tasks") or [], uses.get("excluded_when") or YES]
        purposes, tasks, excluded = (sorted({name.strip().lower() for name in names}) for names in said)
        held = [purposes, tasks, uses.get("excluded"), excluded]
        text = json.dumps(held, ensure_ascii=False, separators=(",", ":"))
        return f"{part} {hashlib.sha256(text.encode()).hexdigest()[:DIGITS]}"

    return named


def _labels(system: System, rows: Rows) -> Claims:
    unlabelled, every = (sum(side) for side in counted(rows, "usage", _of_uses("unlabelled")(system)))
    return {"params.unlabelled": unlabelled, "params.all": every}


def _of_first(part: str) -> Callable[[System], str]:
    """The name of a part of first messages, which says by a hash which notices were approved."""

    def named(system: System) -> str:
        notices = (system.declared.get("contacts") or {}).get("notices") or {}
        held = sorted([name, str(told.get("approved_on") or "")] for name, told in notices.items())
        text = json.dumps(held, ensure_ascii=False, separators=(",", ":"))
        return f"{part} {hashlib.sha256(text.encode()).hexdigest()[:DIGITS]}"

    return named


def _notices(system: System, rows: Rows) -> Claims:
    untold, every = (sum(side) for side in counted(rows, "contacts", _of_first("untold")(system)))
    lacking = sum(counted(rows, "contacts", _of_first("lacking")(system))[0])
    return {"params.unlabelled": untold, "params.all": every, "params.lacking": lacking}


def _alike(rows: Rows, n: int) -> float:
    """As if all uses of a team were alike, in all months together: of `n` that say what they are for."""
    squares, months = (sum(counted(rows, "usage", part)[1]) for part in ("squares", "months"))
    every = sum(n for (part, _, _, _), n in rows.logs["usage"].items() if part.startswith("unlabelled "))
    return every * n / (months * squares)


def _of_accounts(part: str) -> Callable[[System], str]:
    """The name of a part of accounts, which says by a hash what accounts are held to."""

    def named(system: System) -> str:
        said = system.declared.get("accounts") or {}
        lists = [sorted(said.get(name) or []) for name in ("with_factor", "without_factor")]
        roles = sorted([role, *sorted(rights)] for role, rights in (said.get("needs") or {}).items())
        text = json.dumps([*lists, roles], ensure_ascii=False, separators=(",", ":"))
        return f"{part} {hashlib.sha256(text.encode()).hexdigest()[:DIGITS]}"

    return named


def _told_of_accounts(system: System, rows: Rows) -> Claims:
    """Of few accounts, the fewest that are told."""
    found = {}
    for name, part in (("unlabelled", "untold"), ("beyond", "beyond"), ("unused", "unused")):
        months = of_months(rows, "accounts", _of_accounts(part)(system), cases=True)
        found[f"params.{name}"] = sum(max(cases, system.limit) for cases in months)
    every = sum(counted(rows, "accounts", _of_accounts("untold")(system))[1])
    lacking = sum(counted(rows, "accounts", _of_accounts("factor")(system))[0])
    return {**found, "params.all": every, "params.lacking": lacking}


def _of_controls(part: str) -> Callable[[System], str]:
    """The name of a part of controls, which says by a hash what triggers are held to."""

    def named(system: System) -> str:
        said = system.declared.get("search_controls") or {}
        held = [sorted({name.strip().lower() for name in said.get(key) or []}) for key in ("triggers", "from_replies")]
        text = json.dumps(held, ensure_ascii=False, separators=(",", ":"))
        return f"{part} {hashlib.sha256(text.encode()).hexdigest()[:DIGITS]}"

    return named


def _triggers(system: System, rows: Rows) -> Claims:
    untold, every = (sum(side) for side in counted(rows, "search_controls", _of_controls("untold")(system)))
    return {"params.unlabelled": untold, "params.all": every}


CASES = {
    "written_after_stop_share": Cases(
        "contacts", lambda _: "stopped", "no_stop", lambda *_: {"params.hours": GRACE_HOURS}, repeated=True
    ),
    "undeclared_use_share": Cases("usage", _of_uses("undeclared"), "no_label", _labels, _alike),
    ACCOUNTS: Cases("accounts", _of_accounts("factor"), "no_second_factor", _told_of_accounts, repeated=True),
    "first_without_notice_share": Cases("contacts", _of_first("first"), "no_template", _notices),
    calls.METRIC: Cases(
        calls.LOG, calls.named(calls.CALLS), "no_place", calls.told, calls.alike, sides=calls.sides, months=calls.months
    ),
    **{
        name: Cases(texts.LOG, texts.named(parts[0]), "no_text_read", texts.told(name), alike=texts.alike)
        for name, parts in texts.PARTS.items()
    },
    texts.MARKS: Cases(texts.LOG, texts.of_marks("unmarked"), "no_mark_told", texts.untold_marks, alike=texts.alike),
    "controls_from_replies_share": Cases(
        "search_controls", _of_controls("from_replies"), "no_trigger", _triggers, repeated=True
    ),
}


NEEDS = {
    "written_after_stop_share": "contacts",
    "undeclared_use_share": "purposes",
    "first_without_notice_share": "notices",
    ACCOUNTS: "accounts",
    calls.METRIC: "allowed_places",
    **texts.NEEDS,
    "controls_from_replies_share": "triggers",
}


def claims(name: str, system: System, rows: Rows) -> Claims:
    """What a measure of cases that is told must say."""
    each = CASES[name]
    found = _sides(each, system, rows)
    k, n = sum(found[0]), sum(found[1])
    people = max(of_months(rows, each.log, each.part(system))) if each.repeated else n
    return {
        "value": k / n,
        "n": n,
        "clusters": len(filled(found[1])),
        **_interval(found, _clusters(each, found, rows), people),
        "params.cases": k,
        "params.people": people if people < n else None,
        **each.told(system, rows),
    }


def _sides(each: Cases, system: System, rows: Rows) -> Counted:
    """Cases and all, by bucket."""
    return each.sides(system, rows) if each.sides else counted(rows, each.log, each.part(system))


def _clusters(each: Cases, found: Counted, rows: Rows) -> float | None:
    if each.alike is not None:
        return each.alike(found)
    return None if each.clusters is None else each.clusters(rows, sum(found[1]))


def _interval(found: Counted, clusters: float | None, people: int) -> Claims:
    k, n = sum(found[0]), sum(found[1])
    if clusters is None:
        ends = wilson(k / n * people, people)
        return {"interval.low": ends.low, "interval.high": ends.high}
    size, df = worth(found, clusters, clusters=False)
    z = quantile(0.975, {"df": df})
    return {"interval.low": share_end(k / n, size, z), "interval.high": share_end(k / n, size, -z)}


def asked(name: str, system: System, rows: Rows) -> bool:
    """Whether an audit of such rows tells, or hides, the measure; one of an earlier version did not ask for it."""
    each = CASES[name]
    if part_of_month(each.log, rows):
        return system.has(NEEDS[name])
    if name == calls.METRIC and not system.has(NEEDS[name]):
        return False
    return any(part == each.part(system) for part, _, _, _ in rows.logs.get(each.log, {}))


def some(name: str, system: System, rows: Rows) -> bool | None:
    """What is said of cases where nothing else is: whether there is one."""
    each, (state, _) = CASES[name], status(name, system, rows)
    if state != "suppressed":
        return None
    beyond = counted(rows, each.log, _of_accounts("beyond")(system))[0] if name == ACCOUNTS else [0]
    return bool(sum(_sides(each, system, rows)[0]) or sum(beyond))


def status(name: str, system: System, rows: Rows) -> tuple[str, str | None]:
    """Whether the measure is told, or why it is not."""
    each = CASES[name]
    if part_of_month(each.log, rows):
        return "undefined", PART_OF_MONTH
    part = each.part(system)
    months = each.months(system, rows) if each.months else of_months(rows, each.log, part)
    if not months:
        return "undefined", each.none
    if name == ACCOUNTS and _few(rows, part, system.limit):
        return "suppressed", "small_numerator"
    return ("suppressed", "small_group") if min(months) < system.limit else ("ok", None)


def _few(rows: Rows, part: str, limit: int) -> bool:
    """Whether in some month so few accounts are a case, or none, that they are not told."""
    sides = [rows.months.get(("accounts", part, EVERYBODY, case), {}) for case in (True, False)]
    return any(0 < n < limit for side in sides for n in side.values())
