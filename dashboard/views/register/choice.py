"""What the address of the register asks for: which uses are shown, in which order, and what else can be chosen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from boussole.audits.errors import BoussoleError
from boussole.charter.judging.coverage import Coverage, Use
from boussole.charter.registry.due import Due
from boussole.charter.text.model import Charter
from boussole.dashboard.views.fields import Field, Option, settled
from boussole.dashboard.views.register.words import EXAMINED, RISKS, STATUSES, examined_word, risk_word, status_word
from boussole.dashboard.words.addresses import register_href
from boussole.dashboard.words.say import Say


@dataclass(frozen=True, kw_only=True)
class Register:
    """What the register page looks at. `trouble`: why the lake could not be asked what is to be erased."""

    charter: Charter
    uses: Sequence[Use]
    coverage: Coverage
    due: Sequence[Due]
    today: dt.date
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


def fields(register: Register, chosen: RegisterQuery, say: Say) -> list[Field]:
    """What can be chosen: each value that some use has, with how many uses it would show beside the other choices."""
    words: dict[str, tuple[str, tuple[str, ...], Callable[[str, Say], str], Callable[[Use], str]]] = {
        "status": (say("Status"), STATUSES, status_word, lambda use: use.system.status),
        "risk": (say("Risk"), RISKS, risk_word, lambda use: use.system.risk),
        "examined": (say("Examined?"), EXAMINED, examined_word, lambda use: use.examined),
    }
    found: list[Field] = []
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
