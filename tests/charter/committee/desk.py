"""A committee's desk for tests: members by number, and acts sealed in memory or in a workspace."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from boussole.charter.committee.acting import Who, admit
from boussole.charter.committee.meetings.sessions import session
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.committee.rules import packaged
from boussole.charter.committee.state import CommitteeState
from boussole.charter.committee.voting.presence import count
from boussole.charter.record_types import acts
from boussole.charter.records import SealedStatement

DAY = dt.date(2026, 9, 15)
CALLED = dt.date(2026, 9, 1)
START = dt.datetime(2026, 9, 15, 14, 0)  # noqa: DTZ001 (in the committee's own time)
HOUR = dt.timedelta(hours=1)
RULES = packaged("external")
AGENDA = [
    acts.Item(id="minutes", title="Minutes", kind="approval"),
    acts.Item(id="matchft", title="MatchFT", system="matchft"),
]
SAID: dict[str, Any] = {"committee": "external", "role": "Secretariat"}
SECRETARIAT = Who(role="Secretariat", on=DAY)


def m(number: int) -> str:
    """The number of a member."""
    return f"m_{number:08x}"


def changed(rules: acts.Rules = RULES, **parts: dict[str, Any]) -> acts.Rules:
    """Rules with some keys of some parts changed."""
    return acts.Rules.model_validate(
        rules.model_dump() | {k: {**getattr(rules, k).model_dump(), **v} for k, v in parts.items()}
    )


def reason(call: Callable[..., Any], *arguments: Any, **more: Any) -> str:
    """Why what is done there is refused."""
    with pytest.raises(RefusedError) as raised:
        call(*arguments, **more)
    return raised.value.reason


class Desk:
    """Seals acts in memory, each held to the rules, with its entry counted from 0."""

    def __init__(self, rules: acts.Rules = RULES) -> None:
        self.house = CommitteeState(text=rules)
        self.seal(acts.RulesInForce(**SAID, on=CALLED, act="used", rules=rules))

    def seal(self, act: acts.Act) -> int:
        """The entry of an act that the rules allow."""
        admit(self.house, act)
        entry = len(self.house.acts)
        self.house = self.house.plus(SealedStatement(entry=entry, sealed_on=act.on, statement=act))
        return entry

    def seat(self, *numbers: int, college: str = "sciences", start: dt.date = dt.date(2026, 1, 1), **more: Any) -> None:
        """Members with a mandate."""
        for number in numbers:
            self.seal(acts.Mandate(**SAID, on=start, member=m(number), college=college, start=start, **more))

    def office(self, number: int, office: str = "chair") -> None:
        self.seal(acts.Office(**SAID, on=CALLED, member=m(number), office=office, start=CALLED))

    def call(self, **changes: Any) -> int:
        """A session two weeks ahead."""
        values = {"on": CALLED, "starts": START, "ends": START + 2 * HOUR, "place": "Room 1", "agenda": AGENDA}
        values |= {"timezone": "Europe/Paris", "remote": True, "rules": self.house.rules.sha256}
        return self.seal(acts.Convocation(**SAID, **(values | changes)))

    def arrive(self, of: int, *numbers: int, mode: str = "in_person", at: dt.datetime = START) -> None:
        for number in numbers:
            self.seal(acts.Attendance(**SAID, on=at.date(), of=of, member=m(number), mode=mode, at=at))

    def open(self, of: int, chair: int) -> int:
        found = session(self.house, of)
        counted = count(self.house, found)
        return self.seal(acts.Opening(**SAID, on=found.day, of=of, presiding=m(chair), count=counted))

    def vote(self, of: int, item: str = "matchft", *, secret: bool = False, **changes: Any) -> int:
        values = {"on": session(self.house, of).day, "title": "Adopt", "secret": secret, "of": of, "item": item}
        return self.seal(acts.Vote(**SAID, **(values | changes)))
