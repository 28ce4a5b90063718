"""The export for an auditor: every column explained, nothing that a spreadsheet would run, nothing hidden."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from boussole.audits.workspace import Workspace
from boussole.charter.record_types.kinds import Finding, FollowUp, KeptFile, Recommendation, Reply
from boussole.charter.records import save_audit, seal
from boussole.dashboard.cli.export import safe
from boussole.dashboard.cli.main import app
from tests.dashboard.conftest import with_systems


@pytest.fixture
def home(tmp_path: Path, matchft: dict, compas: dict) -> Path:
    workspace = with_systems(tmp_path / "w")
    (workspace.home / "systems" / "evil.yaml").write_text(
        "id: evil\nkind: declared\ntitle: {fr: '=HYPERLINK(\"http://x\")'}\npurpose: {fr: '@SUM(1)'}\n"
        "owner: '+33'\nstatus: pilot\nrisk: limited\ncosts: {build: 1250000}\n"
        "dates: {trial: 2025-03-01, ethics_review: 2025-04-01}\n",
        encoding="utf-8",
    )
    for document in (matchft, compas):
        save_audit(workspace, document)
    state(workspace)
    return workspace.home


def state(workspace: Workspace) -> None:
    """A recommendation with its answer, one without, and a finding that caps an article."""
    common = {"role": "Chair", "on": dt.date(2026, 9, 18), "body": "Committee", "due_on": dt.date(2026, 12, 1)}
    first = seal(workspace, Recommendation(**common, outside=False, addressee="Data", text="=Explain the list."))
    seal(workspace, Recommendation(**common, outside=True, addressee="IT", text="Close the accounts."))
    seal(workspace, Reply(role="Data", on=dt.date(2026, 10, 2), of=first.entry, accepted="partly", text="By June."))
    seal(workspace, FollowUp(role="Data", on=dt.date(2026, 11, 2), of=first.entry, state="in_progress"))
    seal(
        workspace,
        Finding(
            role="DPO",
            on=dt.date(2026, 1, 22),
            authority="CNIL",
            title="Security",
            articles=["securite"],
            cap="broken",
            document=KeptFile(sha256="0" * 64, name="decision.pdf", size=3),
        ),
    )


def exported(home: Path, what: str) -> Path:
    done = CliRunner().invoke(app, ["--workspace", str(home), "export", what, str(home / "out")])
    assert done.exit_code == 0, done.output
    return home / "out"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def test_each_use_has_its_line_with_dates_costs_and_verdicts(home: Path) -> None:
    uses = {row["id"]: row for row in rows(exported(home, "csv") / "uses.csv")}
    assert set(uses) == {"compas", "evil", "matchft"}
    evil = uses["evil"]
    assert (evil["trial"], evil["ethics_review"], evil["service"]) == ("2025-03-01", "2025-04-01", "")
    assert (evil["cost_build"], evil["cost_yearly"]) == ("1250000", "")
    assert (evil["examined"], evil["verdict_equite"], evil["audited_to"]) == ("part", "not_examined", "")
    assert uses["matchft"]["verdict_equite"] == "broken"
    assert uses["matchft"]["examined"] == "part"


def test_nothing_runs_in_a_spreadsheet(home: Path) -> None:
    out = exported(home, "csv")
    for path in out.glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.reader(file, delimiter=";"):
                assert not [cell for cell in row if cell.startswith(("=", "+", "@", "\t", "\r"))]
    assert next(row for row in rows(out / "uses.csv") if row["id"] == "evil")["title_fr"].startswith("'=HYPERLINK")


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@A", "\t=1", " =1", "\u00a0=1", "\r=1"])
def test_texts_that_start_a_formula_get_an_apostrophe(text: str) -> None:
    assert safe(text) == "'" + text


def test_every_column_is_explained(home: Path) -> None:
    out = exported(home, "csv")
    readme = (out / "README.txt").read_text(encoding="utf-8")
    for path in out.glob("*.csv"):
        for column in rows(path)[0]:
            assert f"  {column}: " in readme


def test_the_document_holds_no_measure_and_no_count_of_a_group(home: Path) -> None:
    document = json.loads((exported(home, "json") / "register.json").read_text(encoding="utf-8"))
    assert document["coverage"]["partly_examined"] == ["evil", "matchft"]  # evil by the dates of the register
    text = json.dumps(document)
    for key in ('"measures"', '"comparisons"', '"value"', '"n"', '"interval"'):
        assert key not in text


def test_recommendations_are_told_with_their_answer_and_findings_cap_their_article(home: Path) -> None:
    out = exported(home, "csv")
    first, second = rows(out / "recommendations.csv")
    told = ("body", "outside", "accepted", "replied_on", "state", "text")
    assert [first[key] for key in told] == [
        "Committee",
        "no",
        "partly",
        "2026-10-02",
        "in_progress",
        "'=Explain the list.",
    ]
    assert (second["outside"], second["replied_on"], second["due_on"]) == ("yes", "", "2026-12-01")
    (finding,) = rows(out / "findings.csv")
    assert (finding["authority"], finding["cap"], finding["closed_on"]) == ("CNIL", "broken", "")
    assert {row["verdict_securite"] for row in rows(out / "uses.csv")} == {"broken"}
