"""Accounts of an export, worked out by hand: which lack a second factor, which have a right too many, what is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from statsmodels.stats.proportion import proportion_confint

from boussole.audits.metrics.accounts import account_measures
from boussole.audits.retention.rotation import rotate
from boussole.audits.systems.logs.registry import PARTS
from boussole.audits.workspace import Workspace
from tests.audits.logged import bring, read_log, sides
from tests.audits.privacy.helpers import found_in_clear, found_when_opened, rows_of
from tests.written import system_text, written_workspace

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
HEAD = "login,exported,mfa,role,rights,used"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return written_workspace(tmp_path / "w", system_text("offers", ACCOUNTS, kind="generation"))


def counted(workspace: Workspace, *, exact: bool = False) -> list[tuple[int, int]]:
    """Cases and all of each part, in the order of `PARTS`."""
    declared, read = workspace.system("offers").accounts, read_log(workspace, "accounts", exact=exact)
    assert declared is not None
    return [sides(read, declared.part(part)) for part in PARTS]


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
    bring(workspace, "accounts", HEAD, f"a,2026-03-30,{account}")
    assert counted(workspace) == found == counted(workspace, exact=True)


def test_the_last_export_of_a_month_counts(workspace: Workspace) -> None:
    bring(workspace, "accounts", HEAD, "a,2026-03-02,no,adviser,read,", "b,2026-03-02,no,adviser,read,")
    assert counted(workspace)[0] == (2, 2)
    bring(workspace, "accounts", HEAD, "a,2026-03-30,yes,adviser,read,", name="later")
    assert counted(workspace)[0] == (0, 1) == counted(workspace, exact=True)[0]


@pytest.mark.costly
def test_no_account_stands_in_clear_and_a_row_without_one_is_set_aside(workspace: Workspace) -> None:
    bring(
        workspace,
        "accounts",
        HEAD,
        "CANARY-7,2026-03-30,no,adviser,read,",
        ",2026-03-30,no,adviser,read,",
        quarantined=1,
    )
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
    workspace: Workspace, bare: int, others: int, needless: int, status: str, params: dict[str, object]
) -> None:
    rows = [f"a{i},2026-03-30,{'no' if i < bare else 'yes'},adviser," for i in range(bare + others)]
    bring(
        workspace,
        "accounts",
        HEAD,
        *(row + ("export," if i >= len(rows) - needless else "read,") for i, row in enumerate(rows)),
    )
    system = workspace.system("offers")
    (found,) = account_measures(read_log(workspace, "accounts"), system)
    assert (found.status, found.params) == (status, params)
    if bare == 20:
        assert (found.interval.low, found.interval.high) == pytest.approx(proportion_confint(20, 100, method="wilson"))
    else:
        assert status == "ok" or found.n is None
