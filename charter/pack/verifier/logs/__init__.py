"""Figures of logs by themselves computed again: each measure with how it is counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..groups import Claims, Groups
from ..rows import Rows
from ..system import System
from . import calls, cases, footprint, messages, reviews, reworked, shares, teams, uses
from .corrections import Corrections
from .replies import Replies

SHARES = {**reviews.SHARES, **messages.SHARES, **uses.SHARES, **reworked.SHARES}


def claims(measure: dict, system: System, rows: Rows) -> Claims | None:
    """What a measure of a log must say; None where it is none of these."""
    name = measure["metric"]
    if name == reviews.BY_GROUP:
        return reviews.of_group(measure, rows)
    if name == teams.BY_TEAM:
        return teams.claims(measure, system, rows)
    if name in cases.CASES:
        found = cases.claims(name, system, rows)
        earlier = name == calls.METRIC and "by_call" not in measure["params"]  # documents before these were told
        return {path: value for path, value in found.items() if not (earlier and path in calls.LATER)}
    if name in SHARES:
        return shares.claims(name, SHARES[name], system, rows)
    return footprint.claims(measure, system, rows)


def statuses(system: System, rows: Rows) -> dict[str, tuple[str, str | None]]:
    """Whether each measure of the logs that have rows is told, or why it is not."""
    found = {
        name: shares.status(each, system, rows)
        for name, each in SHARES.items()
        if each.log in rows.logs and uses.asked(name, system, rows) and reworked.asked(name, system, rows)
    }
    asked = (name for name in cases.CASES if cases.asked(name, system, rows))
    return {**found, **{name: cases.status(name, system, rows) for name in asked}}


def wrongly_told(measures: Sequence[dict], groups: Groups) -> Iterator[str]:
    """Measures of logs that are told and must not be, or hidden and must not be: hiding one would hide what it was
    meant to show."""
    system, rows = groups.system, groups.rows
    for metric, must in statuses(system, rows).items():
        if [(each["status"], each["reason"]) for each in measures if each["metric"] == metric] != [must]:
            yield f"{metric} is told, or hidden, otherwise"
    for each in measures:
        name = each["metric"]
        if name in cases.CASES and each["params"].get("some") != cases.some(name, system, rows):
            yield f"{name}: whether there is a case"
    yield from footprint.wrongly_told(measures, system, rows)
    yield from reviews.wrongly_told(measures, groups)
    yield from teams.wrongly_told(measures, system, rows)
    yield from Replies(groups).wrongly_told(measures)
    yield from Corrections(groups).wrongly_told(measures)
