"""Accounts of an export, worked out by hand: which lack a second factor, which have a right too many, what is told."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from statsmodels.stats.proportion import proportion_confint

from boussole.audits.counts.corrections import read_logs
from boussole.audits.decisions import ingest
from boussole.audits.lake import reading
from boussole.audits.metrics.accounts import account_measures
from boussole.audits.retention.rotation import rotate
from boussole.audits.systems.logs.registry import PARTS
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from tests.audits.privacy.helpers import found_in_clear, found_when_opened, rows_of
from tests.written import system_text

ACCOUNTS = """
accounts:
  account: login
  at: exported
  second_factor: mfa
  role: role
  rights: rights
  last_used: used
  needs: {adviser: [read], steward: [read, export], guest: []}
"""
MARCH = Window(dt.date(2026, 3, 1), dt.date(2026, 3, 31))


def made(home: Path) -> Workspace:
    Workspace.create(home)
    (home / "systems" / "offers.yaml").write_text(system_text("offers", ACCOUNTS, kind="generation"), encoding="utf-8")
    return Workspace(home)


def bring(workspace: Workspace, *rows: str, name: str = "export", quarantined: int = 0) -> None:
    path = workspace.home.parent / f"{name}.csv"
    path.write_text("\n".join(["login,exported,mfa,role,rights,used", *rows]) + "\n", encoding="utf-8")
    assert ingest(workspace, workspace.system("offers"), path, log="accounts").quarantined == quarantined


def counted(workspace: Workspace, *, exact: bool = False) -> list[tuple[int, int]]:
    """Cases and all of each part, in the order of `PARTS`."""
    system = workspace.system("offers")
    with reading(workspace) as connection:
        rows = read_logs(connection, system, MARCH, exact=exact)["accounts"].to_pylist()
    assert system.accounts is not None
    own = [[each for each in rows if each["part"] == system.accounts.part(part)] for part in PARTS]
    return [(sum(each["n"] * each["decision"] for each in part), sum(each["n"] for each in part)) for part in own]


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
def test_what_an_account_counts_as(tmp_path: Path, account: str, found: list[tuple[int, int]]) -> None:
    workspace = made(tmp_path / "w")
    bring(workspace, f"a,2026-03-30,{account}")
    assert counted(workspace) == found == counted(workspace, exact=True)


def test_the_last_export_of_a_month_counts(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w")
    bring(workspace, "a,2026-03-02,no,adviser,read,", "b,2026-03-02,no,adviser,read,")
    assert counted(workspace)[0] == (2, 2)
    bring(workspace, "a,2026-03-30,yes,adviser,read,", name="later")
    assert counted(workspace)[0] == (0, 1) == counted(workspace, exact=True)[0]


@pytest.mark.costly
def test_no_account_stands_in_clear_and_a_row_without_one_is_set_aside(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w")
    bring(workspace, "CANARY-7,2026-03-30,no,adviser,read,", ",2026-03-30,no,adviser,read,", quarantined=1)
    assert found_when_opened(workspace, [b"CANARY-7"]) == found_in_clear(workspace, [b"CANARY-7"]) == set()
    (before,) = rows_of(workspace, "SELECT account FROM lake.offers.accounts")
    rotate(workspace)
    (after,) = rows_of(workspace, "SELECT account FROM lake.offers.accounts")
    assert before != after
    assert counted(workspace)[0] == (1, 1)


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
    tmp_path: Path, bare: int, others: int, needless: int, status: str, params: dict[str, object]
) -> None:
    workspace = made(tmp_path / "w")
    rows = [f"a{i},2026-03-30,{'no' if i < bare else 'yes'},adviser," for i in range(bare + others)]
    bring(workspace, *(row + ("export," if i >= len(rows) - needless else "read,") for i, row in enumerate(rows)))
    system = workspace.system("offers")
    with reading(workspace) as connection:
        (found,) = account_measures(read_logs(connection, system, MARCH)["accounts"], system)
    assert (found.status, found.params) == (status, params)
    if bare == 20:
        assert (found.interval.low, found.interval.high) == pytest.approx(proportion_confint(20, 100, method="wilson"))
    else:
        assert status == "ok" or found.n is None
