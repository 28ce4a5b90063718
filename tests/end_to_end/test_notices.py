"""First messages from their log to the verdict on whether people know that a machine writes; checked without us."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from boussole.audits.decisions import ingest
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.record_types.kinds import Case, Review
from boussole.charter.records.statements import seal as state
from tests.end_to_end.confirming import confirm
from tests.end_to_end.test_uses import SYSTEM, spread

CONTACTS = (
    "contacts: {person: who, at: sent, kind: kind, template: template,"
    " notices: {A1: {approved_on: 2026-01-05}, B1: {missing: too long}}}"
)


def made(home: Path, templates: list[str | None], *, contacts: str = CONTACTS, until: int = 31) -> Workspace:
    """One first message to each person, from these templates, up to a day of March."""
    workspace = Workspace.create(home)
    (home / "systems" / "offers.yaml").write_text(SYSTEM.replace("USAGE", contacts), encoding="utf-8")
    workspace = Workspace(home)
    people = [f"p{i}" for i in range(max(len(templates), 60))]
    decided = pd.DataFrame({"ref": people, "day": dt.date(2026, 3, 4), "contacted": True, "who": people})
    decided["gender"] = ["F" if i % 2 else "M" for i in range(len(people))]
    sent = pd.DataFrame({"who": people[: len(templates)], "template": templates, "kind": "contact"})
    logs = {"decisions": decided, "contacts": sent.assign(sent=spread(len(sent), until))}
    for log, frame in logs.items():
        frame.to_parquet(path := home.parent / f"{log}.parquet")
        ingest(workspace, workspace.system("offers"), path, log=log)
    return workspace


def audit(workspace: Workspace, **more):
    day = dt.date(2026, 3, 1)
    document = run_audit(workspace, workspace.system("offers"), start=day, end=dt.date(2026, 3, 31), **more)
    return next(each for each in document.verdicts if each.template == "told_it_is_ai")


def report(workspace: Workspace, outcome: str | None) -> None:
    said = {"role": "Committee", "on": dt.date(2026, 4, 2) if outcome else dt.datetime.now(dt.UTC).date()}
    case = Case(indicator="told_it_is_ai", system="offers", happened_on=dt.date(2026, 3, 4), **said)
    entry = state(workspace, case).entry
    if outcome:
        state(workspace, Review(of=entry, outcome=outcome, system="offers", **said))


@pytest.mark.costly
@pytest.mark.parametrize(
    ("templates", "case", "expected", "told"),
    [
        (["A1"] * 300, "", ("kept", "logged_none"), "Sur 300 personnes dont le premier message du journal nomme"),
        (["A1"] * 299 + [None], "", ("watch", "logged_unlabelled"), "Un premier message ne nomme pas son modèle"),
        (
            ["A1"] * 298 + ["C9"] * 2,
            "",
            ("watch", "logged_case"),
            "2 n’ont pas été prévenues par une mention approuvée",
        ),
        (["A1"] * 298 + ["C9"] * 2, "confirmed", ("broken", "case_confirmed"), "confirmé"),
        (["A1"] * 298 + ["B1"] * 2, "", ("broken", "logged_lacking"), "il manque la mention dans le modèle de 2"),
        (["A1"] * 298 + ["B1"] * 2, "open", ("broken", "logged_lacking"), "il manque la mention"),
        ([None] * 20, "", ("watch", "logged_unlabelled"), "20 premiers messages ne nomment pas leur modèle"),
        (["A1"] * 9, "", ("unknown", "small_group"), "masqué"),
        (["A1"] * 9 + ["C9"], "", ("watch", "logged_hidden"), "aucun nombre n’est donné"),
    ],
)
def test_verdicts_follow_the_first_messages(
    tmp_path: Path, templates: list[str | None], case: str, expected: tuple[str, str], told: str
) -> None:
    workspace = made(tmp_path / "w", templates)
    if case:
        report(workspace, None if case == "open" else case)
    found = audit(workspace, dry_run=True)
    assert (found.verdict, found.reason) == expected
    assert told in found.sentence["fr"]


@pytest.mark.costly
@pytest.mark.parametrize(("last", "expected"), [("A1", ("unknown", "log_stops")), ("B1", ("broken", "logged_lacking"))])
def test_a_log_that_stops_half_way_keeps_nothing(tmp_path: Path, last: str, expected: tuple[str, str]) -> None:
    found = audit(made(tmp_path / "w", ["A1"] * 299 + [last], until=10), dry_run=True)
    assert (found.verdict, found.reason) == expected


def test_without_a_list_of_notices_nobody_has_looked(tmp_path: Path) -> None:
    found = audit(made(tmp_path / "w", ["A1"], contacts="contacts: {person: who, at: sent, kind: kind}"), dry_run=True)
    assert (found.verdict, found.reason) == ("not_examined", "no_notices")
    assert "a list of those whose notice was approved" in found.sentence["en"]


@pytest.mark.costly
@pytest.mark.parametrize("templates", [["A1"] * 90 + ["C9", None], ["A1"] * 90 + ["B1"] * 2])
def test_it_is_sealed_computed_again_and_checked_without_us(tmp_path: Path, templates: list[str | None]) -> None:
    workspace = made(tmp_path / "w", templates)
    audit(workspace)
    confirm(workspace, tmp_path)
