"""What the register answers: whether all uses are in it and examined, and whether the rules of one are published."""

from __future__ import annotations

import datetime as dt

from boussole.charter.deadlines.days import months_later
from boussole.charter.deadlines.items import Sources, counts_of
from boussole.charter.document import RecordCounts
from boussole.charter.record_types.base import Stocktaking
from boussole.charter.records.facts import Facts

UPDATED_MONTHS = 12
"""Months after which published rules are old."""
DECIDING = ("selection", "ranking")
"""Kinds of systems that help to decide about a person."""
LIVE = ("pilot", "production")


def stray_models(facts: Facts) -> tuple[str, ...]:
    """The models that belonged to no use when stock was taken last, by name; none where nobody has taken stock."""
    found = _stocks(facts)
    return tuple(sorted(found[-1][2].unregistered)) if found else ()


def _stocks(facts: Facts) -> list[tuple[dt.date, int, Stocktaking]]:
    return sorted(((said.on, entry, said) for entry, said in facts.standing(Stocktaking)), key=lambda each: each[:2])


def uses_registered(sources: Sources) -> RecordCounts | None:
    """Uses and models by the stock taken last; None where nobody has taken stock.

    `overdue`: models that belong to no use; `past_due`: for how many days the first of them has been known. `refused`:
    uses of high risk that nobody examined; `untold`: others that nobody did.
    """
    found = _stocks(sources.facts)
    if not found:
        return None
    on, entry, said = found[-1]
    known: dict[str, dt.date] = {}
    for day, _, each in found:
        known = {name: known.get(name, day) for name in each.unregistered}
    strays, untold = len(said.unregistered), said.uses - said.examined - said.grave
    due = said.examined + said.grave + strays
    return counts_of(
        due=due,
        good=said.examined,
        overdue=strays,
        refused=said.grave,
        since=on,
        until=on,
        past_due=(sources.facts.as_of - min(known.values())).days if known else None,
        entries=(entry,),
        untold=untold or None,
    )


def rules_published(sources: Sources) -> RecordCounts | None:
    """Whether the register says that the rules of a system are published, and since when; None where it says nothing.

    `late`: they are not, of a system that helps to decide; `refused`: they are not, of another one; `overdue`: nobody
    has brought them up to date for a year.
    """
    system, today = sources.system, sources.facts.as_of
    said = system.public_rules
    if said is None or system.status not in LIVE:
        return None
    missing = said.updated_on is None
    old = said.updated_on is not None and months_later(said.updated_on, UPDATED_MONTHS) < today
    states = {
        "good": not missing and not old,
        "late": missing and system.kind in DECIDING,
        "refused": missing and system.kind not in DECIDING,
        "overdue": old,
    }
    return counts_of(
        due=1,
        **{name: int(holds) for name, holds in states.items()},
        since=said.updated_on or today,
        until=today,
    )
