"""One thing that concerns somebody, and whose things it is among."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from boussole.dashboard.views.committee.chamber import Chamber
from boussole.dashboard.words.say import Say

Kind = Literal[
    "session", "moved", "cancelled", "agenda", "vote", "reply", "minutes", "opinion", "verdict", "incident", "due"
]


@dataclass(frozen=True, kw_only=True)
class Concern:
    """One thing, in one sentence that names nobody and quotes nobody, with the day it came up and its page.

    `key` stays the same for as long as it is the same thing: by it what was seen and what was sent is remembered.
    """

    key: str
    kind: Kind
    on: dt.date
    text: str
    href: str
    urgent: bool = False
    place: str = ""
    """The committee, to somebody of several."""


@dataclass(frozen=True, kw_only=True)
class Whose:
    """Somebody to whom things are of concern: a member by number, a secretary by their committees.

    `name` is that under which what they have seen is remembered: it names nobody by itself.
    """

    name: str
    member: str | None = None
    secretary_of: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Seat:
    """A committee as somebody of it looks: who speaks to them, what links keep, and the first day that is told."""

    chamber: Chamber
    say: Say
    since: dt.date
    member: str | None = None
    query: Mapping[str, str] = field(default_factory=dict)

    @property
    def today(self) -> dt.date:
        """The day by the committee's own clock."""
        return self.chamber.now.date()

    def tells(self, on: dt.date) -> bool:
        """Whether what happened on a day is still told."""
        return on >= self.since
