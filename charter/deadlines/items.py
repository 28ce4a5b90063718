"""What comes due, from the records of a register, and how much of it was done in time within a year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from boussole.audits.systems.model import System
from boussole.charter.deadlines.days import months_later
from boussole.charter.document import RecordCounts
from boussole.charter.document.versions import DecidedBy
from boussole.charter.record_types.base import Stocktaking
from boussole.charter.records.facts import Facts

MONTHS = 12
"""How far back what was done is counted. What still waits is counted however old it is."""
RULE_OF_THREE = 3.0
"""With no case among n, 3/n is the upper bound of a rate at 95 %: Hanley & Lippman-Hand (1983), JAMA 249:1743-1745."""

State = Literal["good", "late", "refused", "overdue", "waiting"]


@dataclass(frozen=True, kw_only=True)
class DueItem:
    """Something that had to be done by a day, and how that stands. `since`: the day from which it was owed."""

    entry: int
    due: dt.date
    state: State
    since: dt.date | None = None


def of_items(items: Sequence[DueItem], today: dt.date) -> RecordCounts:
    """The counts of what came due in the last twelve months, and of all that is overdue."""
    since = months_later(today, -MONTHS)
    told = [each for each in items if each.due >= since or each.state in ("overdue", "waiting")]
    states = [each.state for each in told]
    waits = [each for each in told if each.state == "overdue"]
    waited = max(((today - each.since).days for each in waits if each.since is not None), default=None)
    due = len(states) - states.count("waiting")
    return counts_of(
        due=due,
        good=states.count("good"),
        late=states.count("late"),
        overdue=len(waits),
        refused=states.count("refused"),
        waiting=states.count("waiting"),
        since=since,
        until=today,
        past_due=max(((today - each.due).days for each in waits), default=None),
        entries=tuple(sorted({each.entry for each in told if each.state in ("late", "overdue", "refused")})),
        waited=waited,
    )


UNSAID: Mapping[str, Any] = {
    "late": 0,
    "overdue": 0,
    "refused": 0,
    "waiting": 0,
    "past_due": None,
    "settle_by": None,
    "entries": (),
}


def counts_of(*, due: int, good: int, since: dt.date, until: dt.date, **others: Any) -> RecordCounts:
    """The counts of what was due, with nothing late, refused or waiting where that is not said."""
    said = {**UNSAID, **{name: value for name, value in others.items() if value is not None}}
    return RecordCounts(due=due, good=good, since=since, until=until, bound=bound_of(due, good), **said)


def bound_of(due: int, good: int) -> float | None:
    """Up to which share of those to come may still fail, where none that was due did: the rule of three.

    >>> bound_of(150, 150), bound_of(150, 149), bound_of(2, 2), bound_of(0, 0)
    (0.02, None, 1.0, None)
    """
    return min(RULE_OF_THREE / due, 1.0) if due and good == due else None


@dataclass(frozen=True, kw_only=True)
class Sources:
    """Where counts come from. `versions`: those that decided in the window; `params`: days that the charter sets."""

    facts: Facts
    system: System
    versions: Sequence[DecidedBy] = ()
    params: Mapping[str, bool | int | float | str] = field(default_factory=dict)

    def days(self, name: str) -> int:
        """So many days as the charter says. Raises KeyError where it says none."""
        return int(self.params[name])


def examined_versions(sources: Sources) -> RecordCounts | None:
    """Decisions, or texts, by versions that had been examined by then. None where neither side names a version."""
    known = sources.system.versions
    told = [each for each in sources.versions if each.version is not None]
    if not known or not told:
        return None
    days = {each.version: known[each.version].examined_on for each in told if each.version in known}
    good = sum(each.n for each in told if each.version in days and days[each.version] <= each.first)
    missing = [each for each in told if each.version not in days]
    overdue = sum(each.n for each in missing)
    due, untold = sum(each.n for each in told), sum(each.n for each in sources.versions) - sum(each.n for each in told)
    failed = [each.version for each in told if each.version not in days or days[each.version] > each.first]
    today = sources.facts.as_of
    return counts_of(
        due=due,
        good=good,
        late=due - good - overdue,
        overdue=overdue,
        since=min(each.first for each in told),
        until=max(each.last for each in told),
        past_due=max((max((today - each.first).days, 0) for each in missing), default=None),
        untold=untold or None,
        texts=sources.system.only_writes or None,
        named=tuple(str(name) for name in failed) or None,
    )


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
