"""Uses beyond what was declared and accounts of an export, worked out by hand: which count, what is told."""

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
from boussole.audits.log_names import LogName
from boussole.audits.metrics.accounts import account_measures
from boussole.audits.metrics.cases import cases_measure, use_measures
from boussole.audits.retention.purge import purge
from boussole.audits.retention.rotation import rotate
from boussole.audits.systems.logs.registry import PARTS
from boussole.audits.systems.logs.usage import MONTHS, SQUARES, UNDECLARED, UNLABELLED
from boussole.audits.workspace import Workspace
from tests.audits import logged
from tests.audits.logged import read_log, sides
from tests.audits.privacy.helpers import found_in_clear, found_when_opened, rows_of
from tests.written import system_text, written_workspace

OFFERS = """
accounts:
  {account: login, at: exported, second_factor: mfa, role: role, rights: rights, last_used: used,
   needs: {adviser: [read], steward: [read, export], guest: []}}
usage:
  {id: use, at: at, task: task, purpose: purpose, team: team, excluded: excluded, purposes: [Match, follow-up],
   tasks: [list]}
"""
USES = "use,at,task,purpose,team,excluded"
ACCOUNTS = "login,exported,mfa,role,rights,used"
TOLD: dict[LogName, tuple[str, ...]] = {"usage": (UNDECLARED, UNLABELLED), "accounts": tuple(PARTS)}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return written_workspace(tmp_path / "w", system_text("offers", OFFERS, kind="generation"))


def bring(workspace: Workspace, *rows: str, name: str = "uses") -> None:
    logged.bring(workspace, "usage", USES, *(f"u{i}-{name},{row}" for i, row in enumerate(rows)), name=name)


def counted(workspace: Workspace, log: LogName = "usage", *, exact: bool = False) -> list[tuple[int, int]]:
    """Cases and all of each part of a log, in the order of `TOLD`."""
    declared, read = getattr(workspace.system("offers"), log), read_log(workspace, log, exact=exact)
    return [sides(read, declared.part(part)) for part in TOLD[log]]


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
    assert counted(workspace) == [undeclared, unlabelled] == counted(workspace, exact=True)


@pytest.mark.costly
def test_a_use_counts_in_its_month_and_late_ones_are_added(workspace: Workspace) -> None:
    bring(workspace, "2026-03-10,list,match,A,", "2026-04-01,list,control,A,")
    assert counted(workspace) == [(0, 1), (0, 1)]
    bring(workspace, "2026-03-31T23:59:00,list,control,B,", name="late")
    assert counted(workspace) == [(1, 2), (0, 2)] == counted(workspace, exact=True)


@pytest.mark.costly
def test_another_declaration_is_held_to_all_uses_at_once(workspace: Workspace) -> None:
    """What the lake counted under the old list is not taken for it."""
    bring(workspace, "2026-03-10,list,match,A,", "2026-03-10,list,control,A,")
    assert counted(workspace)[0] == (1, 2)
    file = workspace.home / "systems" / "offers.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("follow-up", "control"), encoding="utf-8")
    workspace = Workspace(workspace.home)
    assert counted(workspace)[0] == (0, 2)
    system = workspace.system("offers")
    with writing(workspace) as connection:
        recount(connection, system, "usage", since=dt.date(2026, 3, 10))
        names = connection.execute("SELECT DISTINCT part FROM lake.offers.usage_counted").fetchall()
    assert {name for (name,) in names} == {*parts(system), SQUARES, MONTHS}
    assert counted(workspace)[0] == (0, 2)


@pytest.mark.costly
def test_counts_outlive_a_purge(workspace: Workspace) -> None:
    bring(workspace, "2026-03-10,list,match,A,", "2026-03-10,list,control,A,", "2026-04-02,list,match,A,")
    purge(workspace, before=dt.date(2026, 4, 1), today=dt.date(2026, 4, 10))
    assert counted(workspace)[0] == (1, 2)


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
    bring(workspace, *["2026-03-05,list,,T2,"] * 20)
    system = workspace.system("offers")
    (none,) = use_measures(read_log(workspace, "usage"), system)
    assert (none.status, none.reason, none.params) == ("undefined", "no_label", {"unlabelled": 20, "all": 20})
    bring(workspace, *rows, "2026-03-05,list,control,T1,", name="more")
    (found,) = use_measures(read_log(workspace, "usage"), system)
    assert (found.n, found.value, found.params) == (91, 1 / 91, {"cases": 1, "unlabelled": 20, "all": 111})
    teams = [sum(1 for i in range(90) if i % 7 == t) + (1 if t == 1 else 20 if t == 2 else 0) for t in range(7)]
    size = 91 / 111 * 111**2 / sum(uses * uses for uses in teams)  # as if all uses of a team were alike
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
@pytest.mark.parametrize(
    ("account", "found"),
    [
        ("yes,adviser,read,2026-03-20", [(0, 1), (0, 1), (0, 1), (0, 1)]),
        ("NON,adviser,read,2026-03-20", [(1, 1), (0, 1), (0, 1), (0, 1)]),
        (",adviser,read,2026-03-20", [(0, 0), (1, 1), (0, 1), (0, 1)]),
        ("perhaps,adviser,read,", [(0, 0), (1, 1), (0, 1), (0, 0)]),
        ("yes,adviser,read;export,", [(0, 1), (0, 1), (1, 1), (0, 0)]),
        ("yes,steward,export | read,", [(0, 1), (0, 1), (0, 1), (0, 0)]),
        ("yes,guest,read,", [(0, 1), (0, 1), (1, 1), (0, 0)]),
        ("yes,guest,,", [(0, 1), (0, 1), (0, 1), (0, 0)]),
        ("yes,unheard of,read,", [(0, 1), (1, 1), (0, 0), (0, 0)]),
        ("yes,,read,", [(0, 1), (1, 1), (0, 0), (0, 0)]),
        ("yes,adviser,read,2025-12-30", [(0, 1), (0, 1), (0, 1), (0, 1)]),  # 91 days before would be one day more
        ("yes,adviser,read,2025-12-29", [(0, 1), (0, 1), (0, 1), (1, 1)]),
    ],
)
def test_what_an_account_counts_as(workspace: Workspace, account: str, found: list[tuple[int, int]]) -> None:
    logged.bring(workspace, "accounts", ACCOUNTS, f"a,2026-03-30,{account}")
    assert counted(workspace, "accounts") == found == counted(workspace, "accounts", exact=True)


def test_the_last_export_of_a_month_counts(workspace: Workspace) -> None:
    logged.bring(workspace, "accounts", ACCOUNTS, "a,2026-03-02,no,adviser,read,", "b,2026-03-02,no,adviser,read,")
    assert counted(workspace, "accounts")[0] == (2, 2)
    logged.bring(workspace, "accounts", ACCOUNTS, "a,2026-03-30,yes,adviser,read,", name="later")
    assert counted(workspace, "accounts")[0] == (0, 1) == counted(workspace, "accounts", exact=True)[0]


@pytest.mark.costly
def test_no_account_stands_in_clear_and_a_row_without_one_is_set_aside(workspace: Workspace) -> None:
    given = ("CANARY-7,2026-03-30,no,adviser,read,", ",2026-03-30,no,adviser,read,")
    logged.bring(workspace, "accounts", ACCOUNTS, *given, quarantined=1)
    assert found_when_opened(workspace, [b"CANARY-7"]) == found_in_clear(workspace, [b"CANARY-7"]) == set()
    (before,) = rows_of(workspace, "SELECT account FROM lake.offers.accounts")
    rotate(workspace)
    (after,) = rows_of(workspace, "SELECT account FROM lake.offers.accounts")
    assert before != after
    assert counted(workspace, "accounts")[0] == (1, 1)


@pytest.mark.costly
@pytest.mark.parametrize(
    ("bare", "others", "needless", "status", "params"),
    [
        (20, 80, 0, "ok", {"cases": 20, "unlabelled": 0, "all": 100, "beyond": 0, "unused": 0, "lacking": 20}),
        (0, 80, 3, "ok", {"cases": 0, "unlabelled": 0, "all": 80, "beyond": 11, "unused": 0, "lacking": 0}),
        (1, 80, 0, "suppressed", {"some": True, "lacking": True}),
        (80, 1, 0, "suppressed", {"some": True, "lacking": True}),
        (0, 9, 0, "suppressed", {"some": False, "lacking": False}),
        (0, 9, 1, "suppressed", {"some": True, "lacking": False}),
    ],
)
def test_small_numbers_of_accounts_are_hidden(  # noqa: PLR0917 (the cases of one table)
    workspace: Workspace, bare: int, others: int, needless: int, status: str, params: dict[str, object]
) -> None:
    factors = ["no"] * bare + ["yes"] * others
    rights = ["read"] * (bare + others - needless) + ["export"] * needless
    pairs = enumerate(zip(factors, rights, strict=True))
    rows = (f"a{i},2026-03-30,{factor},adviser,{right}," for i, (factor, right) in pairs)
    logged.bring(workspace, "accounts", ACCOUNTS, *rows)
    system = workspace.system("offers")
    (found,) = account_measures(read_log(workspace, "accounts"), system)
    assert (found.status, found.params) == (status, params)
    if bare == 20:
        assert (found.interval.low, found.interval.high) == pytest.approx(proportion_confint(20, 100, method="wilson"))
    else:
        assert status == "ok" or found.n is None
