"""What is due in the register, in words: the first screen names what is most pressing of each kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from audits.languages import capital
from charter.due import Due
from dashboard.addresses import system_href
from dashboard.register_choice import Register, title
from dashboard.register_words import when
from dashboard.words import Say

DUE_SHOWN, OF_A_KIND = 7, 3
"""How many things that are due, and how many of one kind of them, the first screen names."""


@dataclass(frozen=True, kw_only=True)
class DueLine:
    """Something that is due, in words."""

    when: str
    overdue: bool
    what: str
    place: str
    href: str


def pressing(items: Sequence[Due]) -> tuple[list[Due], list[Due]]:
    """What the first screen names, and the rest: many reviews that are late do not hide an answer that is."""
    shown: list[Due] = []
    for item in items:
        if len(shown) < DUE_SHOWN and sum(other.kind == item.kind for other in shown) < OF_A_KIND:
            shown.append(item)
    return shown, [item for item in items if item not in shown]


def due_line(register: Register, item: Due, say: Say, *, query: dict[str, str]) -> DueLine:
    titles = {use.system.id: title(use, say) for use in register.uses}
    return DueLine(
        when=capital(when(item.on, register.today, say)),
        overdue=item.on < register.today,
        what=_what(register, item, say),
        place=titles.get(item.system or "", ""),
        href=system_href(item.system, query=query) if item.system in titles else "",
    )


def _what(register: Register, item: Due, say: Say) -> str:
    if item.kind == "audit":
        return say.plural("Audit again: one question", "Audit again: {n} questions", item.count)
    if item.kind == "attestation":
        numbers = {i.id: i.number for article in register.charter.articles for i in article.indicators}
        return say("Renew the attestation on question {number}", number=numbers.get(item.indicator or "", ""))
    if item.kind == "case":
        return say("Confirm or refute the case reported in entry {n}", n=str(item.entry))
    if item.kind == "reply":
        return say("Answer recommendation no. {n}: {who}", n=str(item.entry), who=item.who or "")
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
