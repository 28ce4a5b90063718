"""An export of accounts from its file to the verdict on who can reach the data; checked without us."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from boussole.audits.decisions import ingest
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.answer.view import not_known
from tests.end_to_end.confirming import confirm
from tests.end_to_end.test_uses import SYSTEM

ACCOUNTS = (
    "accounts: {account: login, at: day, second_factor: mfa, role: role, rights: rights, needs: {adviser: [read]}}"
)


def made(home: Path, *, bare: int = 0, others: int = 200, needless: int = 0, untold: int = 0) -> Workspace:
    """So many accounts without a second factor, with one (of these so many with a right too many), and untold."""
    workspace = Workspace.create(home)
    (home / "systems" / "offers.yaml").write_text(SYSTEM.replace("USAGE", ACCOUNTS), encoding="utf-8")
    workspace = Workspace(home)
    people = [f"p{i}" for i in range(60)]
    decided = pd.DataFrame({"ref": people, "day": dt.date(2026, 3, 4), "contacted": True, "who": people})
    export = pd.DataFrame({"mfa": ["no"] * bare + ["yes"] * others + [None] * untold, "day": dt.date(2026, 3, 31)})
    export["login"] = [f"k{i}" for i in range(len(export))]
    export["rights"] = ["read"] * (bare + others - needless) + ["read;export"] * needless + ["read"] * untold
    logs = {"decisions": decided.assign(gender=["F", "M"] * 30), "accounts": export.assign(role="adviser")}
    for log, frame in logs.items():
        frame.to_parquet(path := home.parent / f"{log}.parquet")
        ingest(workspace, workspace.system("offers"), path, log=log)
    return workspace


def audit(workspace: Workspace, **more):
    day = dt.date(2026, 3, 1)
    return run_audit(workspace, workspace.system("offers"), start=day, end=dt.date(2026, 3, 31), **more)


def of(document):
    return next(each for each in document.verdicts if each.template == "needless_access")


CASES = [
    ({}, ("kept", "logged_none"), "Sur les 200 comptes dont l’export le dit, tous demandent un second facteur"),
    ({"bare": 20}, ("broken", "logged_lacking"), "20 ne demandent aucun second facteur"),
    ({"bare": 1}, ("broken", "logged_hidden"), "aucun nombre n’est donné"),
    (
        {"needless": 3},
        ("watch", "logged_beyond"),
        "Au plus 11 comptes ont des droits dont leur rôle n’a pas besoin.",
    ),
    ({"untold": 1}, ("watch", "logged_unlabelled"), "L’export n’en dit pas assez sur au plus 11 comptes."),
    ({"others": 5}, ("unknown", "small_numerator"), "masqué"),
    ({"bare": 20, "needless": 15}, ("broken", "logged_lacking"), "Au plus 15 comptes ont des droits"),
]


@pytest.mark.parametrize(("numbers", "expected", "told"), CASES)
def test_verdicts_follow_the_export(
    tmp_path: Path, numbers: dict[str, int], expected: tuple[str, str], told: str
) -> None:
    workspace = made(tmp_path / "w", **numbers)
    document = audit(workspace)
    found = of(document)
    assert (found.verdict, found.reason) == expected
    assert told in found.sentence["fr"]
    said = not_known(document, found, None, speaker("en"), system=workspace.system("offers"))
    assert not [each for each in said if each.startswith("Nobody has confirmed")]  # an export needs nobody


@pytest.mark.parametrize(
    "numbers",
    [pytest.param(numbers, marks=[pytest.mark.costly] if i else []) for i, (numbers, *_) in enumerate(reversed(CASES))],
)
def test_each_is_checked_without_us(tmp_path: Path, numbers: dict[str, int]) -> None:
    workspace = made(tmp_path / "w", **numbers)
    audit(workspace)
    confirm(workspace, tmp_path, packs=["all"])
