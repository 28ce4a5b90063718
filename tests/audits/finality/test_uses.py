"""Uses beyond what was declared, worked out by hand: which are, which nobody knows of, and what their clusters bear."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm
from scipy.stats import t as student
from statsmodels.stats.proportion import proportion_confint

from boussole.audits.cubes.logs import recount
from boussole.audits.cubes.uses import parts
from boussole.audits.errors import SystemFileError
from boussole.audits.lake import writing
from boussole.audits.metrics.cases import cases_measure, use_measures
from boussole.audits.retention.purge import purge
from boussole.audits.systems.logs.usage import MONTHS, SQUARES, UNDECLARED, UNLABELLED
from boussole.audits.workspace import Workspace
from tests.audits import logged
from tests.audits.logged import read_log, sides
from tests.written import system_text, written_workspace

USAGE = """
usage:
  {id: use, at: at, task: task, purpose: purpose, team: team, excluded: excluded, purposes: [Match, follow-up],
   tasks: [list]}
"""
HEAD = "use,at,task,purpose,team,excluded"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return written_workspace(tmp_path / "w", system_text("offers", USAGE, kind="generation"))


def bring(workspace: Workspace, *rows: str, name: str = "uses") -> None:
    logged.bring(workspace, "usage", HEAD, *(f"u{i}-{name},{row}" for i, row in enumerate(rows)), name=name)


def counted(workspace: Workspace, *, exact: bool = False) -> dict[str, tuple[int, int]]:
    """Cases and all of each part."""
    usage, read = workspace.system("offers").usage, read_log(workspace, "usage", exact=exact)
    assert usage is not None
    return {part: sides(read, usage.part(part)) for part in (UNDECLARED, UNLABELLED)}


@pytest.mark.costly
@pytest.mark.parametrize(
    ("use", "undeclared", "unlabelled"),
    [
        ("list,match,A,", (0, 1), (0, 1)),
        ("LIST, Match ,A,no", (0, 1), (0, 1)),  # in any case
        ("list,control,A,", (1, 1), (0, 1)),
        ("letter,match,A,", (1, 1), (0, 1)),
        (",control,A,", (1, 1), (0, 1)),  # another purpose, whatever the task
        ("list,,A,", (0, 0), (1, 1)),
        (",match,A,", (0, 0), (1, 1)),
        (",,,", (0, 0), (1, 1)),
        ("list,match,A,YES", (1, 1), (0, 1)),  # about an excluded offer
        (",,A,oui", (1, 1), (0, 1)),
        ("list,match,,", (0, 1), (0, 1)),  # of no team
    ],
)
def test_what_a_use_counts_as(
    workspace: Workspace, use: str, undeclared: tuple[int, int], unlabelled: tuple[int, int]
) -> None:
    bring(workspace, f"2026-03-10T10:00:00,{use}")
    found = counted(workspace)
    assert found == {UNDECLARED: undeclared, UNLABELLED: unlabelled} == counted(workspace, exact=True)


@pytest.mark.costly
def test_a_use_counts_in_its_month_and_late_ones_are_added(workspace: Workspace) -> None:
    bring(workspace, "2026-03-10,list,match,A,", "2026-04-01,list,control,A,")
    assert counted(workspace) == {UNDECLARED: (0, 1), UNLABELLED: (0, 1)}
    bring(workspace, "2026-03-31T23:59:00,list,control,B,", name="late")
    assert counted(workspace) == {UNDECLARED: (1, 2), UNLABELLED: (0, 2)} == counted(workspace, exact=True)


@pytest.mark.costly
def test_another_declaration_is_held_to_all_uses_at_once(workspace: Workspace) -> None:
    """What the lake counted under the old list is not taken for it."""
    bring(workspace, "2026-03-10,list,match,A,", "2026-03-10,list,control,A,")
    assert counted(workspace)[UNDECLARED] == (1, 2)
    file = workspace.home / "systems" / "offers.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("follow-up", "control"), encoding="utf-8")
    workspace = Workspace(workspace.home)
    assert counted(workspace)[UNDECLARED] == (0, 2)
    system = workspace.system("offers")
    with writing(workspace) as connection:
        recount(connection, system, "usage", since=dt.date(2026, 3, 10))
        names = connection.execute("SELECT DISTINCT part FROM lake.offers.usage_counted").fetchall()
    assert {name for (name,) in names} == {*parts(system), SQUARES, MONTHS}
    assert counted(workspace)[UNDECLARED] == (0, 2)


@pytest.mark.costly
def test_counts_outlive_a_purge(workspace: Workspace) -> None:
    bring(workspace, "2026-03-10,list,match,A,", "2026-03-10,list,control,A,", "2026-04-02,list,match,A,")
    purge(workspace, before=dt.date(2026, 4, 1), today=dt.date(2026, 4, 10))
    assert counted(workspace)[UNDECLARED] == (1, 2)


@pytest.mark.parametrize(
    ("usage", "told"),
    [
        ("usage: {id: use, at: at, purposes: [match]}", "`purposes` are held to the column `purpose`"),
        ("usage: {id: use, at: at, tasks: [list]}", "`tasks` are held to the column `task`"),
        ("usage: {id: use, at: at, excluded: e, excluded_when: []}", "excluded_when"),
    ],
)
def test_a_declaration_that_nothing_can_be_held_to_is_refused(tmp_path: Path, usage: str, told: str) -> None:
    workspace = written_workspace(tmp_path / "w", system_text("offers", usage, kind="generation"))
    with pytest.raises(SystemFileError, match=told):
        workspace.system("offers")


@pytest.mark.costly
def test_the_measure_tells_cases_and_what_nobody_can_tell(workspace: Workspace) -> None:
    rows = [f"2026-03-{1 + i % 28:02},list,match,T{i % 7}," for i in range(90)]
    bring(workspace, *rows, "2026-03-05,list,control,T1,", *["2026-03-05,list,,T2,"] * 4)
    system = workspace.system("offers")
    (found,) = use_measures(read_log(workspace, "usage"), system)
    assert (found.n, found.value, found.params) == (91, 1 / 91, {"cases": 1, "unlabelled": 4, "all": 95})
    teams = [sum(1 for i in range(90) if i % 7 == t) + (1 if t == 1 else 4 if t == 2 else 0) for t in range(7)]
    size = 91 / 95 * 95**2 / sum(uses * uses for uses in teams)  # as if all uses of a team were alike
    z = student.ppf(0.975, size - 1)
    low, high = proportion_confint(size / 91, size, alpha=2 * norm.sf(z), method="wilson")
    assert (found.interval.low, found.interval.high) == pytest.approx((low, high))
    assert high > 2 * proportion_confint(1, 91, method="wilson")[1]


def test_few_uses_hide_their_number_and_not_that_there_is_a_case() -> None:
    sides = np.zeros((2, 40), dtype=np.int64)
    sides[0, 3], sides[1, 4] = 9, 1
    found = cases_measure("m", sides, [10], limit=11, none="no", told={})
    assert (found.status, found.reason, found.n, found.params) == ("suppressed", "small_group", None, {"some": True})
    assert cases_measure("m", sides * 0, [], limit=11, none="no", told={}).reason == "no"


def test_many_cases_have_the_interval_of_their_clusters() -> None:
    """By hand: the jackknife over buckets gives how many independent uses these are worth."""
    rng = np.random.default_rng(5)
    every = rng.integers(100, 300, 40)
    cases = (every * np.where(np.arange(40) < 4, 0.4, 0.01)).astype(np.int64)
    found = cases_measure(
        "m", np.stack([every - cases, cases]), [int(every.sum())], limit=11, none="no", told={}, clusters=30.0
    )
    k, n = cases.sum(), every.sum()
    without = np.array([(k - cases[b]) / (n - every[b]) for b in range(40)])
    size = (k / n) * (1 - k / n) / (39 / 40 * ((without - k / n) ** 2).sum())
    assert size < n / 10
    low, high = proportion_confint(k / n * size, size, method="wilson")
    assert (found.interval.low, found.interval.high) == pytest.approx((low, high), abs=0.004)  # Student's t, 39


@pytest.mark.costly
def test_uses_that_all_lack_a_label_are_told_as_such(workspace: Workspace) -> None:
    bring(workspace, *["2026-03-05,list,,T2,"] * 20)
    system = workspace.system("offers")
    (found,) = use_measures(read_log(workspace, "usage"), system)
    assert (found.status, found.reason, found.params) == ("undefined", "no_label", {"unlabelled": 20, "all": 20})
