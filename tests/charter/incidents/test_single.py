"""One decision read by its id: what of it is read, and what is said of one that is not there."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from boussole.audits.decisions import ingest, overview
from boussole.audits.errors import BoussoleError
from boussole.audits.retention.purge import purge
from boussole.audits.workspace import Workspace
from boussole.charter.incidents.single import read_decision
from tests.written import system_text

COLUMNS = """
columns:
  id: {id}
  decided_at: when
  decision: {{column: granted, selected: ["yes"], not_selected: ["no"]}}
  score: {{column: score}}
  request: offer
  rank: place
  stages: [seen, called]
  model_version: version
  person: person
groups: {{gender: {{column: sex}}}}
features: [years, {{column: job, kind: category}}]
privacy: {{pseudonymise: [{hidden}, person], suppress_below: 5}}
"""
HEADER = "ref,offer,person,when,granted,score,place,seen,called,version,sex,years,job\n"


def row(n: int, month: int = 1, ref: str = "") -> str:
    granted = "yes" if n % 2 else "no"
    return (
        f"{ref or f'D{month}{n}'},O{n // 4},P{n},2026-{month:02d}-05 10:00,{granted},0.{n}5,{n % 4 + 1},true,"
        f"{'true' if n % 2 else 'false'},v{month},F,{n}.5,cook\n"
    )


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace.create(tmp_path / "w")
    systems = {"jobs": ("ref", "ref"), "pairs": ("[offer, person]", "offer"), "other": ("ref", "person")}
    for name, (key, hidden) in systems.items():
        columns = COLUMNS.format(id=key, hidden=hidden).replace("[person, person]", "[person]")
        text = system_text(name, columns, kind="ranking")
        (made.home / "systems" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return made


def bring(workspace: Workspace, tmp_path: Path, system: str, name: str, *rows: str) -> None:
    path = tmp_path / f"{system}-{name}.csv"
    path.write_text(HEADER + "".join(rows), encoding="utf-8")
    ingest(workspace, workspace.system(system), path, origin=name)


def refused(workspace: Workspace, system: str, *words: str) -> str:
    with pytest.raises(BoussoleError) as raised:
        read_decision(workspace, workspace.system(system), words)
    assert raised.value.next_step
    return str(raised.value)


@pytest.mark.costly
def test_a_decision_is_read_with_its_own_data_and_averages_of_its_month_and_version(workspace, tmp_path):
    bring(workspace, tmp_path, "jobs", "january", *(row(n) for n in range(6)))
    bring(workspace, tmp_path, "jobs", "march", *(row(n, month=3) for n in range(4)))
    found = read_decision(workspace, workspace.system("jobs"), ["D13"])
    assert (found.decided_on, found.version, found.selected, found.human) == (dt.date(2026, 1, 5), "v1", True, None)
    assert (found.score, found.rank, found.reached) == (0.35, 4, {"seen": True, "called": True})
    assert found.features == {"years": 3.5, "job": "cook"}
    assert sorted(each["years"] for each in found.compared) == [0.5, 1.5, 2.5, 3.5, 4.5, 5.5]
    few = read_decision(workspace, workspace.system("jobs"), ["D31"])
    assert few.compared == []  # four: fewer than the smallest group
    assert not hasattr(found, "person")


@pytest.mark.costly
def test_of_a_decision_that_is_not_there_it_is_said_why_and_what_to_do(workspace, tmp_path):
    assert "holds no decisions yet" in refused(workspace, "jobs", "D13")
    bring(workspace, tmp_path, "jobs", "january", *(row(n) for n in range(6)))
    assert "no decision of this number" in refused(workspace, "other", "D13")
    bad = row(7).replace(",yes,", ",perhaps,")
    bring(workspace, tmp_path, "jobs", "february", row(6), bad)
    assert "was set aside" in refused(workspace, "jobs", "D17")
    assert "no decision of this number. Check the number" in refused(workspace, "jobs", "D99' OR true --")
    assert "known by: ref" in refused(workspace, "jobs", "D17", "P7")


@pytest.mark.slow
def test_a_decision_of_a_run_that_was_taken_out_is_not_explained(workspace, tmp_path):
    path = tmp_path / "run.csv"
    path.write_text(HEADER + row(1) + row(2), encoding="utf-8")
    ingest(workspace, workspace.system("jobs"), path, origin="mlflow:abc/run.csv")
    assert read_decision(workspace, workspace.system("jobs"), ["D11"]).selected
    overview.exclude(workspace, workspace.system("jobs"), "mlflow:abc", reason="deleted")
    assert "taken out of the figures" in refused(workspace, "jobs", "D11")


@pytest.mark.costly
def test_a_purged_decision_is_gone_for_good_and_that_is_said(workspace, tmp_path):
    bring(workspace, tmp_path, "jobs", "january", *(row(n) for n in range(6)))
    bring(workspace, tmp_path, "jobs", "march", *(row(n, month=3) for n in range(6)))
    purge(workspace, before=dt.date(2026, 3, 1))
    told = refused(workspace, "jobs", "D13")
    assert "before 1 March 2026 were removed for good" in told
    assert read_decision(workspace, workspace.system("jobs"), ["D33"]).score == 0.35


def test_systems_that_keep_no_single_decision_say_so(workspace):
    def one(text: str) -> str:
        (workspace.home / "systems" / "one.yaml").write_text(text, encoding="utf-8")
        return refused(Workspace(workspace.home), "one", "D1")

    rows = COLUMNS.format(id="{row_number: true}", hidden="offer")
    assert "keeps no decision by itself" in one(system_text("one", rows, kind="ranking"))
    assert "keeps no decision by itself" in one(system_text("one", "", kind="declared"))
