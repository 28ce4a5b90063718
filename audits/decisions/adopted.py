"""Groups of agents: how many use a system, within what chance makes, and which clearly differ from all others.

Agents of a team go together: they have the same work, the same manager, the same training.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from boussole.audits.suppression.joined import Sides, Values, shown, told_by_name
from boussole.audits.uncertainty.exact import clustered_share, exact_ends
from boussole.audits.uncertainty.mover import Estimate, gap

ATTRIBUTES = ("region", "role", "age_band")
ALPHA = 0.05
"""The chance that any group is taken to differ from all others where none does."""
Team = tuple[str | None, Values]
"""A team (an agent without one), and the region, role and age band of some of its agents."""


@dataclass(frozen=True, kw_only=True)
class GroupAdoption:
    """The agents of a group; no name: of all others together. The interval is at 95 %; `apart` is by how much the share
    differs from that of all others, with an interval that holds for all groups together; `differs`, whether clearly.

    Intervals: Clopper and Pearson's at effective sizes by teams (Korn & Graubard 1998); of differences: Zou & Donner
    (2008), by Bonferroni over all groups.
    """

    name: str | None
    active: int
    entitled: int
    low: float
    high: float
    apart: tuple[float, float, float] | None
    differs: Literal["below", "above"] | None

    @property
    def share(self) -> float:
        return self.active / self.entitled


def summed(sides: Iterable[Sides]) -> Sides:
    found = list(sides)
    return sum(k for k, _ in found), sum(n for _, n in found)


def adopted_groups(teams: Mapping[Team, Sides], limit: int) -> dict[str, tuple[GroupAdoption, ...]]:
    """The groups of each attribute by which something is told, the largest first, then all others together."""
    counts: defaultdict[Values, list[Sides]] = defaultdict(list)
    for (_, values), each in teams.items():
        counts[values].append(each)
    named = told_by_name({values: summed(each) for values, each in counts.items()}, limit=limit)
    labels = {team: shown(team[1], named) for team in teams}
    told = [(at, name, names) for at, (name, names) in enumerate(zip(ATTRIBUTES, named, strict=False)) if names]
    cells = {at: {label[at] for label in labels.values()} for at, _, _ in told}
    chance = ALPHA / max(sum(map(len, cells.values())), 1)
    found: dict[str, tuple[GroupAdoption, ...]] = {}
    for at, name, _ in told:
        parts: dict[str | None, list[tuple[Team, Sides]]] = defaultdict(list)
        for team, sides in teams.items():
            parts[labels[team][at]].append((team, sides))
        groups = [
            adopted(cell, own, [each for other, rest in parts.items() if other != cell for each in rest], chance=chance)
            for cell, own in parts.items()
        ]
        found[name] = tuple(sorted(groups, key=lambda each: (each.name is None, -each.entitled, each.name or "")))
    return found


def adopted(
    name: str | None,
    own: Iterable[tuple[Team, Sides]],
    others: Sequence[tuple[Team, Sides]],
    *,
    chance: float = ALPHA,
) -> GroupAdoption:
    """A group beside all others: agents of a team go together, in each of the two."""
    (active, entitled), size = _worth(own)
    share = active / entitled
    low, high = exact_ends(share, size)
    apart = None
    if others:
        (k, n), rest = _worth(others)
        apart = gap(_estimate(k / n, rest, chance), _estimate(share, size, chance))
    differs: Literal["below", "above"] | None = None
    if apart is not None and (apart.high < 0 or apart.low > 0):
        differs = "below" if apart.high < 0 else "above"
    return GroupAdoption(
        name=name,
        active=active,
        entitled=entitled,
        low=low,
        high=high,
        apart=(apart.value, apart.low, apart.high) if apart is not None else None,
        differs=differs,
    )


def _worth(parts: Iterable[tuple[Team, Sides]]) -> tuple[Sides, float]:
    """How many agents were active, and are entitled, and how many independent ones these are worth by their teams."""
    teams: defaultdict[str | None, list[Sides]] = defaultdict(list)
    for (team, _), each in parts:
        teams[team].append(each)
    sums = [summed(each) for each in teams.values()]
    found = clustered_share(sums)
    assert found is not None  # noqa: S101 (a group holds somebody)
    return summed(sums), found.size


def _estimate(share: float, size: float, chance: float) -> Estimate:
    low, high = exact_ends(share, size, chance=chance)
    return Estimate(value=share, low=low, high=high, level=1 - chance)
