"""A reference group that is another one than in the audit before: which answers that changed, on the same decisions."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from boussole.audits.decisions import ingest
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.auditing.rerun import chosen, rerun
from boussole.charter.records import audits_of
from boussole.charter.schemas import audit_schema
from tests.as_json import differences
from tests.written import system_text

SYSTEM = system_text(
    "offers",
    """
columns:
  id: ref
  decided_at: day
  decision: {column: called, selected: ["yes"], not_selected: ["no"], title: {fr: rappelées, en: called back}}
groups:
  place: {column: place, title: {fr: Lieu, en: Place}REFERENCE}
""",
)
RATES = {1: {"A": 50, "B": 50, "C": 50}, 2: {"A": 50, "B": 50, "C": 30}}
"""Of each 100 people of a place in a month, those who are called back."""
QUESTION = "selection_rate_ratio"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace.create(tmp_path / "w")
    rows = [
        f"{month}{place}{n},2026-0{month}-{n % 28 + 1:02d},{'yes' if n % 100 < rate else 'no'},{place}"
        for month, rates in RATES.items()
        for place, rate in rates.items()
        for n in range(1500)
    ]
    path = tmp_path / "log.csv"
    path.write_text("\n".join(["ref,day,called,place", *rows]) + "\n", encoding="utf-8")
    declare(made, "A")
    ingest(made, made.system("offers"), path)
    return made


def declare(workspace: Workspace, reference: str | None) -> Workspace:
    """The same workspace, as it is read once the system file names another reference."""
    told = "" if reference is None else f", reference: {reference}"
    (workspace.home / "systems" / "offers.yaml").write_text(SYSTEM.replace("REFERENCE", told), encoding="utf-8")
    return Workspace(workspace.home)


def audit(workspace: Workspace, month: int, **more: Any) -> dict[str, Any]:
    start = dt.date(2026, month, 1)
    end = dt.date(2026, month + 1, 1) - dt.timedelta(days=1)
    return run_audit(
        workspace, workspace.system("offers"), start=start, end=end, as_of=dt.date(2026, 5, 1), **more
    ).written()


def verdict(document: dict[str, Any]) -> str:
    """The answer to the question whose comparisons are call-back rates, whatever the charter calls it."""
    (found,) = [v["verdict"] for v in document["verdicts"] if v["metric"] == QUESTION and v["by"] == ["place"]]
    return str(found)


def told(document: dict[str, Any]) -> dict[str, Any]:
    (reference,) = document["references"]
    (answer,) = [
        a
        for a in reference["answers"]
        if any(v["indicator"] == a["indicator"] and v["metric"] == QUESTION for v in document["verdicts"])
    ]
    return {**reference, **answer, "was": reference["before"], "is": reference["now"]}


@pytest.mark.costly
def test_a_reference_that_turns_an_answer_is_told(workspace: Workspace) -> None:
    """With A as the reference C has 60 for 100; with C as the reference, A and B have 167 for 100."""
    first = audit(workspace, 2)
    assert (verdict(first), "references" in first) == ("broken", False)
    second = audit(declare(workspace, "C"), 2)
    assert verdict(second) == "kept"
    found = told(second)
    assert (found["attribute"], found["was"], found["is"]) == ("place", "A", "C")
    assert found["since"] == {"entry": first["evidence"]["entry"], "window": first["window"]}
    assert (found["before"], found["now"]) == ("broken", "kept")
    english, french = found["sentence"]["en"], found["sentence"]["fr"]
    assert english.startswith("The reference group of “Place” changed from “A” to “C” since the audit of the decisions")
    assert "from 1 February 2026 to 28 February 2026" in english
    assert " changed from “" in english.partition("by that alone, on the same decisions, the answer to “")[2]
    assert french.startswith(
        "Le groupe de référence de «\u202fLieu\u202f» est passé de «\u202fA\u202f» à «\u202fC\u202f»"
    )
    assert list(Draft202012Validator(audit_schema()).iter_errors(second)) == []
    assert audits_of(workspace, "offers")[-1].written()["references"] == second["references"]


@pytest.mark.costly
def test_the_answer_of_then_is_that_of_the_same_decisions_and_told_once(workspace: Workspace) -> None:
    """In January nobody is behind: what January answered is not what the reference of then answers of February."""
    assert verdict(audit(workspace, 1)) == "kept"
    by_a = verdict(audit(workspace, 2, dry_run=True))
    changed = declare(workspace, "C")
    found = told(audit(changed, 2))
    assert (found["before"], found["now"]) == (by_a, "kept") == ("broken", "kept")
    assert "references" not in audit(changed, 2)  # the new one is now the one to hold to
    found = told(audit(declare(workspace, None), 2))  # all others are a reference too
    assert (found["was"], found["is"]) == ("C", None)
    assert "from “C” to all other groups" in found["sentence"]["en"]


def test_nothing_is_told_where_no_answer_changes(workspace: Workspace) -> None:
    audit(workspace, 2)
    assert "references" not in audit(declare(workspace, "A"), 2)


@pytest.mark.slow
def test_what_is_told_is_computed_again_and_held(workspace: Workspace) -> None:
    audit(workspace, 2)
    audit(declare(workspace, "C"), 2)
    found = [*rerun(workspace, chosen(workspace))]
    assert [(each.ok, each.differences) for each in found] == [(True, ()), (True, ())]
    document = json.loads(chosen(workspace)[-1].text)
    hidden = {name: value for name, value in document.items() if name != "references"}
    (left_out,) = differences(hidden, document, texts=True)
    assert (left_out.of, left_out.key) == ("place", "reference")


@pytest.mark.costly
def test_the_command_line_says_so(command: Any, workspace: Workspace) -> None:
    audit(workspace, 2)
    declare(workspace, "C")
    days = ("--from", "2026-02-01", "--to", "2026-02-28")
    done = command("--workspace", workspace.home, "audit", "--system", "offers", *days)
    assert done.returncode == 0
    assert "Le groupe de référence de «\u202fLieu\u202f» est passé de" in done.stdout
