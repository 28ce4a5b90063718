"""What is due in the register, in words: the first screen names what is most pressing of each kind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from boussole.audits.languages import capital
from boussole.charter.registry.due import Due, Kind
from boussole.dashboard.views.register.choice import Register, title
from boussole.dashboard.views.register.words import when
from boussole.dashboard.words.addresses import recommendations_href, system_href
from boussole.dashboard.words.say import Say

DUE_SHOWN, OF_A_KIND = 7, 3
"""How many things that are due, and how many of one kind of them, the first screen names."""
ACTS: tuple[Kind, ...] = ("attestation", "case", "reply", "audit", "review")
"""What the committee and the establishment do; the rest is of the register's own keeping."""


@dataclass(frozen=True, kw_only=True)
class DueLine:
    """Something that is due, in words."""

    when: str
    overdue: bool
    what: str
    place: str
    href: str


class HasDueDay(Protocol):
    """Something of a kind that is due on a day."""

    @property
    def on(self) -> dt.date: ...

    @property
    def kind(self) -> str: ...


D = TypeVar("D", bound=HasDueDay)


@dataclass(frozen=True, kw_only=True)
class DueEntry:
    """Something that is due to a committee or by it, with its line."""

    on: dt.date
    kind: str
    line: DueLine


def pressing(items: Sequence[D], *, most: int = DUE_SHOWN, of_a_kind: int = OF_A_KIND) -> tuple[list[D], list[D]]:
    """What the first screen names, and the rest: many reviews that are late do not hide an answer that is."""
    shown: list[D] = []
    for item in items:
        if len(shown) < most and sum(other.kind == item.kind for other in shown) < of_a_kind:
            shown.append(item)
    return shown, [item for item in items if item not in shown]


def due_line(register: Register, item: Due, say: Say, *, query: dict[str, str]) -> DueLine:
    titles = {use.system.id: title(use, say) for use in register.uses}
    return DueLine(
        when=capital(when(item.on, register.today, say)),
        overdue=item.on < register.today,
        what=_what(register, item, say),
        place=titles.get(item.system or "", ""),
        href=_where(item, titles, query=query),
    )


def _where(item: Due, titles: Mapping[str, str], *, query: dict[str, str]) -> str:
    """Where it is done: answers on their page, the rest at its system."""
    if item.kind == "reply":
        return recommendations_href(query=query, anchor=f"r-{item.entry}")
    return system_href(item.system, query=query) if item.system and item.system in titles else ""


def _what(register: Register, item: Due, say: Say) -> str:
    if item.kind == "audit":
        return say.plural("Audit again: one question", "Audit again: {n} questions", item.count)
    if item.kind == "attestation":
        numbers = {way.id: way.number for way in register.charter.ways}
        return say("Renew the attestation on question {number}", number=numbers.get(item.indicator or "", ""))
    if item.kind == "case":
        return say("Confirm or refute the case reported in entry {n}", n=str(item.entry))
    if item.kind == "reply":
        return say("Answer recommendation no. {n}: {who}", n=str(item.entry), who=say.written(item.who or ""))
    if item.kind == "legal_basis":
        return say("Legal basis of the group “{group}” ends", group=_group(register, item, say))
    words = {
        "review": say("Review planned"),
        "erasure": say("Erase the oldest decisions"),
        "trial": say("First trial planned: change its status on that day"),
        "service": say("Planned to go in service: change its status on that day"),
        "ended": say("Planned to end: change its status on that day"),
    }
    return words[item.kind]


def _group(register: Register, item: Due, say: Say) -> str:
    system = next(use.system for use in register.uses if use.system.id == item.system)
    name = item.group or ""
    return say.text(system.groups[name].title, name)
