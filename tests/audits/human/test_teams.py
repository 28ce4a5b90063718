"""How often each team changes proposals: who is told, intervals that hold together, and no team by subtraction."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from statsmodels.stats import proportion

from benchmarks.drawn import Teams, read_of
from boussole.audits.counts.read import SHARES
from boussole.audits.measures import Measure
from boussole.audits.metrics.teams import hide_teams, override_by_team
from tests.audits.freedom.test_shares import SYSTEM
from tests.sparing import slow_case

LIMIT = SYSTEM.privacy.suppress_below


def measured(counted: Teams) -> dict[str, Measure]:
    return {each.group[0]: each for each in override_by_team(read_of(counted), SYSTEM) if each.group}


def apart(*lists: tuple[int, int]) -> list[tuple[int, int]]:
    """Agents with one list each: nothing hangs together."""
    return [(1, 1) if i < k else (0, 1) for k, n in lists for i in range(n)]


def test_of_agents_with_one_list_each_the_interval_is_the_exact_one_for_all_teams_together() -> None:
    found = measured({"A": {"m": apart((60, 300))}, "B": {"m": apart((20, 400))}, "C": {"m": apart((25, 200))}})
    for name, (k, n) in {"A": (60, 300), "B": (20, 400), "C": (25, 200)}.items():
        ends = proportion.proportion_confint(k, n, alpha=0.05 / 3, method="beta")
        interval = found[name].interval
        assert interval is not None
        assert (found[name].value, found[name].n) == (k / n, n)
        assert (interval.low, interval.high) == pytest.approx(ends)
    assert {name: each.params.get("differs") for name, each in found.items()} == {"A": "above", "B": "below", "C": None}


def test_few_changed_lists_are_told_as_that_many_at_most_and_the_total_tells_of_none() -> None:
    found = measured({"A": {"m": apart((3, 900))}, "B": {"m": apart((90, 900))}, "C": {"m": apart((80, 800))}})
    assert (found["A"].value, found["A"].params["at_most"]) == (LIMIT / 900, True)
    assert found["A"].interval is not None
    assert (found["A"].interval.low, found["A"].params["differs"]) == (0.0, "below")
    assert (found["C"].status, found["C"].reason) == ("suppressed", "protects_small_group")
    assert found["B"].status == "ok"


def test_where_agents_differ_more_than_teams_no_team_is_told_to_differ() -> None:
    """One agent of A changes everything, one of B half: that is theirs, not their team's."""
    calm = [(1, 30)] * 11
    found = measured({"A": {"m": [*calm, (30, 30)]}, "B": {"m": [*calm, (15, 30)]}, "C": {"m": [*calm, (2, 30)]}})
    assert not [name for name, each in found.items() if each.params.get("differs")]
    assert found["A"].interval is not None
    naive = proportion.proportion_confint(41, 360, alpha=0.05 / 3, method="beta")
    assert found["A"].interval.high > naive[1] + 0.1


def test_of_one_team_or_of_months_that_were_not_counted_by_team_nothing_is_told() -> None:
    assert not measured({"A": {"m": apart((60, 300))}})
    read = read_of({"A": {"m": apart((60, 300))}, "B": {"m": apart((60, 300))}})
    before = pa.Table.from_pylist([{"part": "changed", "window": "l", "bucket": 0, "decision": 0, "n": 9}], SHARES)
    assert not override_by_team(pa.concat_tables([read, before]), SYSTEM)


def drawn(rng: np.random.Generator, teams: int, months: int) -> Teams:
    """Teams whose counts lie around the limit in some months."""
    counted: Teams = {}
    for team in range(teams):
        for month in range(months):
            rate = rng.choice([0.0, 0.01, 0.03, 0.2, 0.97])
            lists = rng.integers(1, 30, size=int(rng.integers(11, 16)))
            counted.setdefault(f"t{team}", {})[f"m{month}"] = [(int(rng.binomial(n, rate)), int(n)) for n in lists]
    return counted


def test_a_reader_of_all_windows_learns_of_no_hidden_month() -> None:
    """With the totals and every window that is told, the changed lists of a month below the limit stay open: the
    reader cannot tell them from any other number below the limit, or of more teams from all that have the sum."""
    rng, seen = np.random.default_rng(5), 0
    for _ in range(200):
        teams = {f"t{i}": {"m": (int(rng.choice([0, 3, 8, 12, 40, 90])), 120)} for i in range(rng.integers(2, 6))}
        few, hidden = hide_teams(teams, limit=LIMIT)
        small = [name for name, team in teams.items() if 0 < team["m"][0] < LIMIT]
        unknown = few | hidden.keys()
        assert {*small} <= unknown
        left = sum(teams[name]["m"][0] for name in unknown)
        for name in small if len(teams) > 1 else ():
            others = [other for other in unknown if other != name]
            shields = [other for other in others if other not in few]
            lowest, highest = 0, sum(LIMIT - 1 if other in few else 120 for other in others)
            open_ = {x for x in range(1, LIMIT) if lowest <= left - x <= highest}
            assert others, (teams, few, hidden)
            assert len(open_) >= min(LIMIT - 1, left), (teams, few, hidden)
            seen += bool(shields)
    assert seen


def test_a_quarter_tells_nothing_that_a_month_hides() -> None:
    rng = np.random.default_rng(6)
    for _ in range(100):
        counted = {
            name: {month: (sum(k for k, _ in agents), sum(n for _, n in agents)) for month, agents in months.items()}
            for name, months in drawn(rng, 4, 3).items()
        }
        few, hidden = hide_teams(counted, limit=LIMIT)
        for month in ("m0", "m1", "m2"):
            one = hide_teams({name: {month: each[month]} for name, each in counted.items()}, limit=LIMIT)
            assert one[1].keys() <= hidden.keys()
            assert one[0] <= few | hidden.keys()


@pytest.mark.parametrize(("windows", "most"), [(12, 3), slow_case(120, 12)])
def test_intervals_hold_together_and_chance_makes_no_team_differ(windows: int, most: int) -> None:
    """Twenty teams of twelve agents whose habits differ (correlation .1): at most 5 % of windows miss one, or tell one;
    more than `most` would by a chance of less than 1 in 300."""
    rng, missed, told = np.random.default_rng(8), 0, 0
    for _ in range(windows):
        habits = rng.beta(0.2 * 9, 0.8 * 9, size=(20, 12))
        lists = rng.poisson(25, size=habits.shape) + 1
        changed = rng.binomial(lists, habits)
        found = measured(
            {f"t{i}": {"m": [*zip(changed[i].tolist(), lists[i].tolist(), strict=True)]} for i in range(20)}
        )
        missed += any(
            not each.interval.low <= 0.2 <= each.interval.high for each in found.values() if each.interval is not None
        )
        told += any("differs" in each.params for each in found.values())
    assert missed <= most
    assert told <= most
