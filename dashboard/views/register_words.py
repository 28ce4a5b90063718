"""The words of the register and of records: statuses, risk classes, what is due, the values of fields."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar, get_args

from boussole.audits.errors import BoussoleError
from boussole.audits.languages import capital, inside
from boussole.audits.systems.kinds import Risk, Status
from boussole.charter.judging.coverage import Coverage, Use
from boussole.charter.record_types.base import Statement
from boussole.charter.record_types.inputs import input_of
from boussole.charter.registry.due import Due, Kind
from boussole.charter.text.model import Charter
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words import count as few
from boussole.dashboard.markup.words.addresses import (
    answer_href,
    recommendations_href,
    register_href,
    system_href,
)
from boussole.dashboard.views.fields import ChoiceField, Option, settled

# What the values of a record's fields are called, in one language.


def words_of(model: type[Statement], name: str, say: Say) -> dict[str, str]:
    """What each value of a field is called."""
    return {value: say(text) for value, text in input_of(model, name, {}).words.items()}


def word(model: type[Statement], name: str, value: str, say: Say) -> str:
    """What one value of a field is called.

    >>> from boussole.charter.record_types.work import Consultation
    >>> from boussole.dashboard.markup.words import speaker
    >>> word(Consultation, "step", "expert", speaker("en"))
    'Expert named'
    """
    return say(input_of(model, name, {}).words[value])


# What the register's own words are in a language: statuses, risk classes, what a use lacks, when something is due.


STATUSES: tuple[str, ...] = ("production", "pilot", "design", "retired")
RISKS: tuple[str, ...] = get_args(Risk)
EXAMINED: tuple[str, ...] = ("none", "part", "whole")
FAR = 60
"""Days beyond which a date says more than a number of days."""


def status_word(status: Status | str, say: Say) -> str:
    """Where a use stands.

    >>> from boussole.dashboard.markup.words import speaker
    >>> status_word("pilot", speaker("fr")), status_word("retired", speaker("en"))
    ('en essai', 'abandoned')
    """
    words = {
        "design": say("in design"),
        "pilot": say("on trial"),
        "production": say("in service"),
        "retired": say("abandoned"),
    }
    return words[status]


def risk_word(risk: Risk | str, say: Say) -> str:
    """The class under the AI Act."""
    words = {
        "prohibited": say("prohibited"),
        "high": say("high"),
        "limited": say("limited"),
        "minimal": say("minimal"),
    }
    return words[risk]


def examined_word(examined: str, say: Say) -> str:
    """How far a use is examined."""
    words = {"whole": say("wholly"), "part": say("in part"), "none": say("not at all")}
    return words[examined]


def hosting_word(hosting: str, say: Say) -> str:
    """Where a model runs."""
    words = {
        "own-datacentre": say("own data centre"),
        "dedicated-cloud": say("dedicated cloud"),
        "external": say("external"),
    }
    return words[hosting]


def examination(name: str, say: Say) -> str:
    """An examination that a use needs, as a noun that starts a line."""
    words = {
        "impact_assessment": say("Impact assessment"),
        "fria": say("Fundamental rights assessment"),
        "ethics_review": say("Ethics review"),
        "works_council": say("Works council"),
        "start": say("Date of the first trial"),
    }
    return words[name]


def listed(names: list[str], say: Say) -> str:
    """Nouns in one line: "impact assessment, works council"."""
    words = [examination(name, say) for name in names]
    return ", ".join([*words[:1], *map(inside, words[1:])])


def when(day: dt.date, today: dt.date, say: Say) -> str:
    """How far away a day is: "in 4 days", "12 days late", or the date where that says more."""
    left = (day - today).days
    if left > FAR:
        return say("on {date}", date=say.date(day))
    if left < -FAR:
        return say("late since {date}", date=say.date(day))
    if left < 0:
        return say.plural("one day late", "{n} days late", -left)
    return say.plural("tomorrow", "in {n} days", left) if left else say("today")


def coverage_words(found: Coverage, say: Say) -> str:
    """How many of the uses that touch people are examined, wholly, in part or not at all."""
    if not found.live:
        return say("No use is on trial or in service.")
    if len(found.whole) == found.live:
        return say("Every use on trial or in service is examined.")
    if len(found.none) == found.live:
        return say.plural(
            "The only use on trial or in service has not been examined.",
            "None of the {n} uses on trial or in service has been examined.",
            found.live,
        )
    if found.live == 1:
        return say("The only use on trial or in service is examined in part.")
    parts = [
        say.plural("one is examined wholly", "{n} are examined wholly", len(found.whole))
        if found.whole
        else say("none is examined wholly"),
        say.plural("one in part", "{n} in part", len(found.part)) if found.part else say("none in part"),
        say.plural("one not at all", "{n} not at all", len(found.none)) if found.none else say("none is left out"),
    ]
    listed_parts = ", ".join(map(inside, parts))
    return say("Of {live} uses on trial or in service, {parts}.", live=few(found.live, say), parts=listed_parts)


# What the address of the register asks for: which uses are shown, in which order, and what else can be chosen.


@dataclass(frozen=True, kw_only=True)
class Register:
    """What the register page looks at. `strays` are models of no use, by the stock taken last."""

    charter: Charter
    uses: Sequence[Use]
    coverage: Coverage
    due: Sequence[Due]
    today: dt.date
    strays: Sequence[str] = ()
    trouble: BoussoleError | None = None


@dataclass(frozen=True, kw_only=True)
class RegisterQuery:
    """What the address asks for: empty shows everything."""

    status: str = ""
    risk: str = ""
    examined: str = ""
    sort: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> RegisterQuery:
        """What an address asks for; a value that is not known asks for nothing."""
        known = {"status": STATUSES, "risk": RISKS, "examined": EXAMINED, "sort": SORTS}
        return cls(**{key: query[key] for key, values in known.items() if query.get(key) in values})

    def href(self, query: Mapping[str, str], **changed: str) -> str:
        """The address of the page with something else chosen."""
        asked = {"status": self.status, "risk": self.risk, "examined": self.examined, "sort": self.sort} | changed
        return register_href(query=query, **asked)


def title(use: Use, say: Say) -> str:
    return say.text(use.system.title, use.system.id)


def fits(use: Use, chosen: RegisterQuery, *, but: str = "") -> bool:
    """Whether a use has everything that is chosen, one filter aside."""
    has = {"status": use.system.status, "risk": use.system.risk, "examined": use.examined}
    return all(getattr(chosen, key) in ("", value) for key, value in has.items() if key != but)


SORTS: tuple[str, ...] = ("name", "risk", "examined", "due")


def sort_key(use: Use, chosen: RegisterQuery, first: Mapping[str, Due], say: Say) -> tuple[object, ...]:
    """What uses are sorted by; without a choice: in service first, the highest risk first."""
    name = title(use, say).casefold()
    risk, status = RISKS.index(use.system.risk), STATUSES.index(use.system.status)
    item = first.get(use.system.id)
    keys: dict[str, tuple[object, ...]] = {
        "name": (),
        "risk": (risk, status),
        "examined": (EXAMINED.index(use.examined), status, risk),
        "due": (item is None, item.on if item else dt.date.max),
    }
    return (*keys.get(chosen.sort, (status, risk)), name)


def fields(register: Register, chosen: RegisterQuery, say: Say) -> list[ChoiceField]:
    """What can be chosen: each value that some use has, with how many uses it would show beside the other choices."""
    words: dict[str, tuple[str, tuple[str, ...], Callable[[str, Say], str], Callable[[Use], str]]] = {
        "status": (say("Status"), STATUSES, status_word, lambda use: use.system.status),
        "risk": (say("Risk"), RISKS, risk_word, lambda use: use.system.risk),
        "examined": (say("Examined?"), EXAMINED, examined_word, lambda use: use.examined),
    }
    found: list[ChoiceField] = []
    for key, (label, values, said, of) in words.items():
        fitting = [of(use) for use in register.uses if fits(use, chosen, but=key)]
        counts = {"": len(fitting)} | {value: fitting.count(value) for value in values}
        current = getattr(chosen, key)
        named = {"": say("all")} | {value: said(value, say) for value in values if counts[value] or value == current}
        options = [
            Option(value=value, name=say("{name} ({n})", name=name, n=say.whole(counts[value])))
            for value, name in named.items()
        ]
        found.append(settled(key, label, current, options))
    return [*found, settled("sort", say("Sorted by"), chosen.sort, _sorts(say))]


def _sorts(say: Say) -> list[Option]:
    words = {
        "": say("status and risk"),
        "name": say("name"),
        "risk": say("risk"),
        "examined": say("least examined"),
        "due": say("next due"),
    }
    return [Option(value=value, name=name) for value, name in words.items()]


# What is due in the register, in words: the first screen names what is most pressing of each kind.


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
    """Where it is done: replies on their page, statements and reviews at their answer, the rest at its system."""
    if item.kind == "reply":
        return recommendations_href(query=query, anchor=f"r-{item.entry}")
    if not item.system or item.system not in titles:
        return ""
    if item.kind in ("attestation", "case") and item.indicator:
        return answer_href(item.system, item.indicator, query=query)
    return system_href(item.system, query=query)


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
