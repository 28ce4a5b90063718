"""How often each team decides otherwise than proposed, computed again: who is told, and which clearly differ.

Sources: Korn & Graubard (1998), Survey Methodology 24:193; Zou & Donner (2008), Statistics in Medicine 27:1693.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ..chances import beta, root
from ..groups import Claims
from ..rows import Rows
from ..system import System
from .shares import counted

LOG = "human_actions"
BY_TEAM = "override_rate_by_team"
LISTS, OF_AGENT, PAIRS = "team_lists", "team_pairs", "pairs"
MISSED = 0.05
Months = dict[str, list[int]]
"""Changed and all lists of each month."""


class Share(NamedTuple):
    """A share between two ends."""

    value: float
    low: float
    high: float


class Teams:
    """The teams of a window, by what was counted of them."""

    def __init__(self, rows: Rows, limit: int) -> None:
        self.limit = limit
        self.months: dict[str, Months] = {}
        self._pairs: dict[str, int] = {}
        for (log, part, whose, case), months in rows.months.items():
            name = whose[1] or ""
            for month, n in months.items() if log == LOG else ():
                if part == LISTS and n:
                    own = self.months.setdefault(name, {}).setdefault(month, [0, 0])
                    own[0], own[1] = own[0] + n * case, own[1] + n
                elif part == OF_AGENT:
                    self._pairs[name] = self._pairs.get(name, 0) + n
        self.lists = {name: sum(n for _, n in months.values()) for name, months in self.months.items()}
        self.changed = {name: sum(k for k, _ in months.values()) for name, months in self.months.items()}
        self._alike = self._correlation(sum(counted(rows, LOG, PAIRS)[0]))
        self.whole = sum(self.lists.values()) == sum(counted(rows, LOG, "changed")[1])
        self.rough, self.hidden = _hidden(self.months, limit)

    @property
    def told(self) -> bool:
        """Whether anything is told by team: there are two at least, and all were counted."""
        return len(self.lists) > 1 and self.whole

    def _by_agent(self, name: str) -> float:
        return len(self.months[name]) * (1 + 2 * self._pairs.get(name, 0) / self.lists[name])

    def _correlation(self, both: int) -> float:
        """By the method of moments, of all teams together, with a standard error on top."""
        left, room = both + math.sqrt(max(both, 1)), 0.0
        for name, n in self.lists.items():
            p, pairs = self.changed[name] / n, self._pairs.get(name, 0)
            varies = pairs * p * (1 - p) * n / max(n - 1, 1)
            left += varies / n - pairs * p * p
            room += varies - varies * (self._by_agent(name) - 1) / n
        return min(max(left / room, 0.0), 1.0) if room > 0 else 1.0

    def _size(self, name: str) -> float:
        return self.lists[name] / (1 + self._alike * (self._by_agent(name) - 1))

    def claims(self, name: str) -> Claims:
        """What a team that is told must say."""
        rough, n, every = name in self.rough, self.lists[name], sum(self.lists.values())
        months = self.months[name].values()
        k = sum(self.limit if rough and 0 < cases < self.limit else cases for cases, _ in months)
        chance = MISSED / len(self.lists)
        worth = sum(each**2 / self._size(other) for other, each in self.lists.items() if other != name)
        others = max(sum(self.changed.values()) - k, 0) / (every - n)
        own, rest = _share(k / n, self._size(name), chance), _share(others, (every - n) ** 2 / worth, chance)
        below = own.value - rest.value + math.hypot(own.high - own.value, rest.value - rest.low) < 0
        above = own.value - rest.value - math.hypot(own.value - own.low, rest.high - rest.value) > 0
        return {
            "metric": BY_TEAM,
            "value": k / n,
            "n": n,
            "clusters": None,
            "interval.low": 0.0 if rough else own.low,
            "interval.high": own.high,
            "params.teams": len(self.lists),
            "params.differs": "below" if below else "above" if above and not rough else None,
            "params.at_most": True if rough else None,
        }


def claims(measure: dict, system: System, rows: Rows) -> Claims:
    """What a measure of a team must say."""
    teams, name = Teams(rows, system.limit), measure["group"]["team"]
    return teams.claims(name) if name in teams.lists else {"status": "unknown team"}


def wrongly_told(measures: Sequence[dict], system: System, rows: Rows) -> Iterator[str]:
    """Teams that are told and must not be, or hidden and must not be, or lacking."""
    said = {m["group"]["team"]: (m["status"], m["reason"]) for m in measures if m["metric"] == BY_TEAM}
    teams = Teams(rows, system.limit)
    must = {name: ("suppressed", teams.hidden[name]) if name in teams.hidden else ("ok", None) for name in teams.lists}
    if said != (must if teams.told else {}):
        yield f"{BY_TEAM}: other teams are told, or hidden"


def _share(value: float, size: float, chance: float) -> Share:
    """Clopper and Pearson's interval of a share of so many independent rows."""
    k = value * size
    low = root(lambda x: beta(k, size - k + 1, x) - chance / 2, 0.0, 1.0) if value > 0 else 0.0
    high = root(lambda x: beta(k + 1, size - k, x) - 1 + chance / 2, 0.0, 1.0) if value < 1 else 1.0
    return Share(value, low, high)


def _hidden(teams: Mapping[str, Months], limit: int) -> tuple[set[str], dict[str, str]]:
    """Teams whose changed lists are told roughly, and those that are hidden with the reason, month by month."""
    rough, hidden, small = set[str](), set[str](), set[str]()
    for month in {month for months in teams.values() for month in months}:
        here = {name: (months[month][0], months[month][1]) for name, months in teams.items() if month in months}
        tiny = {name for name, (k, n) in here.items() if n < limit or 0 < n - k < limit}
        few = {name: k for name, (k, _) in here.items() if 0 < k < limit and name not in tiny}
        rough, small = rough | set(few), small | tiny
        spare, total = len(few) - 1, sum(few.values())
        open_ = not few or (total - (limit - 1) * spare <= 1 and total - spare >= limit - 1)
        if tiny or not open_:
            enough = sorted((n, name) for name, (k, n) in here.items() if k >= limit and name not in tiny)
            none = sorted((n, name) for name, (k, n) in here.items() if not k and name not in tiny)
            hidden |= {enough[0][1]} if enough else {*few, *(name for _, name in none[:1])}
    why = dict.fromkeys(hidden, "protects_small_group")
    return rough - hidden - small, {**why, **dict.fromkeys(small, "small_group")}
