"""How often reviewers of each team decide otherwise than proposed, and which teams clearly differ from all others.

Teams have `TEAM` agents or more in each month that counts. What an agent decides hangs together: how closely is found
over all teams at once, so that no figure says how one agent decides. Exploration: no verdict rests on it.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from boussole.audits.measures import Interval, Measure
from boussole.audits.metrics.definition import Metric
from boussole.audits.metrics.shares import sides_of
from boussole.audits.systems.logs.human_actions import CHANGED, PAIRS, TEAM, TEAM_LISTS, TEAM_PAIRS
from boussole.audits.systems.model import System
from boussole.audits.uncertainty.exact import exact_ends
from boussole.audits.uncertainty.mover import Estimate, gap

OVERRIDE_BY_TEAM = "override_rate_by_team"
METHOD = "korn_graubard_simultaneous"
ALPHA = 0.05


@dataclass
class Team:
    """What a team reviewed: changed and all lists of each month, and pairs of lists that one agent reviewed."""

    months: dict[str, tuple[int, int]] = field(default_factory=dict)
    pairs: int = 0

    @property
    def changed(self) -> int:
        return sum(k for k, _ in self.months.values())

    @property
    def lists(self) -> int:
        return sum(n for _, n in self.months.values())

    @property
    def by_agent(self) -> float:
        """How many lists of a window the agent of a list reviewed, on average: those of the month, in each month."""
        return len(self.months) * (1 + 2 * self.pairs / self.lists)

    def most(self, limit: int) -> int:
        """The changed lists, of months with fewer than `limit` (and some) as many as that."""
        return sum(limit if 0 < k < limit else k for k, _ in self.months.values())


def override_by_team(read: pa.Table, system: System) -> list[Measure]:
    """The share of lists that each team changed, from the counts of a window (`counts.read.SHARES`); teams by name.

    Nothing with fewer than two teams, or where teams were not counted in a month. Intervals hold for all teams
    together. `differs` (below, above) says which teams clearly differ from all others; of one with fewer changed lists
    than `suppress_below` in a month these are told as that many, `at_most`. Suppressed: `small_group`,
    `protects_small_group` (`hide_teams`).
    """
    teams = _teams(read)
    if len(teams) < 2 or sum(team.lists for team in teams.values()) != _all_lists(read):
        return []
    limit = system.privacy.suppress_below
    few, hidden = hide_teams({name: team.months for name, team in teams.items()}, limit=limit)
    alike = correlation(teams.values(), both=int(sides_of(read, PAIRS)[1].sum()))
    every = _All(teams.values(), alike)
    found: list[Measure] = []
    for name, team in teams.items():
        of: dict[str, Any] = {"metric": OVERRIDE_BY_TEAM, "by": ("team",), "group": (name,)}
        if name in hidden:
            found.append(Measure(**of, status="suppressed", reason=hidden[name]))
        else:
            found.append(_measured(of, team, every, most=limit if name in few else None))
    return found


def _all_lists(read: pa.Table) -> int:
    return int(sides_of(read, CHANGED).sum())


def _teams(read: pa.Table) -> dict[str, Team]:
    teams: dict[str, Team] = {}
    for row in read.to_pylist():
        if row["part"] not in (TEAM_LISTS, TEAM_PAIRS) or not row["n"]:
            continue
        team, month = teams.setdefault(row["value1"], Team()), row["window"]
        if row["part"] == TEAM_PAIRS:
            team.pairs += row["n"]
            continue
        k, n = team.months.get(month, (0, 0))
        team.months[month] = (k + row["n"] * row["decision"], n + row["n"])
    return dict(sorted(teams.items()))


def hide_teams(months: Mapping[str, Mapping[str, tuple[int, int]]], *, limit: int) -> tuple[set[str], dict[str, str]]:
    """Of teams with their (changed, all) lists of each month: whose changed lists are told as at most so many, and of
    whom nothing is told, with the reason.

    In each month by itself, so that no window less another tells what is hidden: a team with fewer lists, or fewer
    unchanged ones, than `limit` is hidden; one with fewer changed ones is told roughly; and where the total would tell
    of these, others are hidden too (`_shield`).

    >>> hide_teams({"A": {"m": (3, 90)}, "B": {"m": (40, 90)}, "C": {"m": (30, 80)}}, limit=11)
    ({'A'}, {'C': 'protects_small_group'})
    >>> hide_teams({"A": {"m": (0, 90)}, "B": {"m": (40, 90)}}, limit=11)
    (set(), {})
    """
    few, hidden = set[str](), dict[str, str]()
    for month in sorted({month for team in months.values() for month in team}):
        here = {name: team[month] for name, team in months.items() if month in team}
        small = {name for name, (k, n) in here.items() if n < limit or 0 < n - k < limit}
        rough = {name for name, (k, _) in here.items() if 0 < k < limit} - small
        if small or _told_by_total([here[name][0] for name in rough], limit):
            hidden |= dict.fromkeys(_shield(here, small, rough, limit) - hidden.keys(), "protects_small_group")
        hidden |= dict.fromkeys(small, "small_group")
        few |= rough
    return few - hidden.keys(), dict(sorted(hidden.items()))


def _shield(
    here: Mapping[str, tuple[int, int]], small: Collection[str], rough: Collection[str], limit: int
) -> set[str]:
    """The teams of a month that are hidden so that the total tells of no other: the smallest with enough changed lists,
    else those told roughly and the smallest without any."""
    enough = [(n, name) for name, (k, n) in here.items() if name not in small and k >= limit]
    if enough:
        return {min(enough)[1]}
    none = [(n, name) for name, (k, n) in here.items() if name not in small and not k]
    return {*rough, *([min(none)[1]] if none else [])}


def _told_by_total(changed: Collection[int], limit: int) -> bool:
    """Whether the sum of some counts, each from 1 to below the limit, says more of one of them than that."""
    if not changed:
        return False
    others, total = len(changed) - 1, sum(changed)
    return total - (limit - 1) * others > 1 or total - others < limit - 1


def correlation(teams: Iterable[Team], *, both: int) -> float:
    """How closely lists of one agent agree, beyond what their team explains: from 0 to 1.

    Formula: (pairs of lists of one agent that were both changed, `both`, plus its square root for the chance in it, −
    Σ pairs p² + Σ pairs p (1 − p) ÷ n) ÷ Σ pairs p (1 − p) (1 − (m − 1) ÷ n), with n lists and the share p of each
    team, m lists by agent (`Team.by_agent`). 1 where no list is changed, or all are.
    Source: moments as Ridout, Demétrio & Firth (1999), Biometrics 55:137-148, of all teams together.
    """
    expected, spread, room = 0.0, 0.0, 0.0
    for team in teams:
        n, p = team.lists, team.changed / team.lists
        varies = team.pairs * p * (1 - p) * n / max(n - 1, 1)
        expected += team.pairs * p * p
        spread += varies / n
        room += varies * (1 - (team.by_agent - 1) / n)
    found = both + math.sqrt(max(both, 1)) - expected + spread
    return min(max(found / room, 0.0), 1.0) if room > 0 else 1.0


def _size(team: Team, alike: float) -> float:
    """How many independent lists those of a team are worth."""
    return team.lists / (1 + alike * (team.by_agent - 1))


class _All:
    """All teams together, from which each is set apart: how many, their lists, changed lists, and lists times lists by
    how many independent ones they are worth."""

    def __init__(self, teams: Collection[Team], alike: float) -> None:
        self.n, self.alike = len(teams), alike
        self.lists, self.changed = sum(each.lists for each in teams), sum(each.changed for each in teams)
        self.spread = math.fsum(each.lists**2 / _size(each, alike) for each in teams)


def _measured(of: Mapping[str, Any], team: Team, every: _All, *, most: int | None) -> Measure:
    lists, size, chance = team.lists, _size(team, every.alike), ALPHA / every.n
    k = team.changed if most is None else team.most(most)
    own = _estimate(k / lists, size, chance)
    others, changed = every.lists - lists, every.changed - k
    rest = others**2 / (every.spread - lists**2 / size)
    apart = gap(_estimate(max(changed, 0) / others, rest, chance), own)
    told: dict[str, Any] = {"teams": every.n}
    if apart is not None and apart.high < 0:
        told["differs"] = "below"
    elif apart is not None and apart.low > 0 and most is None:
        told["differs"] = "above"
    if most is not None:
        told["at_most"] = True
    low = 0.0 if most is not None else own.low
    interval = Interval(low=low, high=own.high, method=METHOD)
    return Measure(**of, value=own.value, n=lists, interval=interval, params=told)


def _estimate(share: float, size: float, chance: float) -> Estimate:
    low, high = exact_ends(share, size, chance=chance)
    return Estimate(value=share, low=low, high=high, level=1 - chance)


METRICS = (
    Metric(
        name=OVERRIDE_BY_TEAM,
        kind="group",
        formula="lists (without lists: proposals) in which the reviewer decided otherwise than proposed ÷ lists"
        f" reviewed, of each team of {TEAM} agents or more",
        range="[0, 1]",
        ideal=None,
        undefined="too few lists of the team were reviewed, or left unchanged, in a month, or another team would be"
        " told",
        source="interval: Clopper & Pearson (1934), Biometrika 26:404-413, at effective sizes: Korn & Graubard (1998),"
        " Survey Methodology 24:193-201, for all teams together (Bonferroni); which differ: Zou & Donner (2008),"
        " Statistics in Medicine 27:1693-1702",
    ),
)
