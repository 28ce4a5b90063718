"""The report's section of a system that writes: the texts of the audit's own period, and each question about them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest

from boussole.audits.decisions import ingest
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.dashboard.report.edition import Edition, edition, teller
from boussole.dashboard.report.systems import part
from tests.dashboard.test_written import ROWS, SYSTEM


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, Edition]:
    """Texts of August and September; the audit is of August."""
    home = tmp_path_factory.mktemp("printed") / "w"
    Workspace.create(home)
    (home / "systems" / "writer.yaml").write_text(SYSTEM, encoding="utf-8")
    log = pd.DataFrame([row[:4] for row in ROWS for _ in range(row[4])], columns=["task", "outcome", "place", "month"])
    log["at"] = [f"2026-{month:02}-{1 + n % 30:02}T09:00:00" for n, month in enumerate(log.pop("month"))]
    log["id"], log["by"], log["model"], log["tokens"] = [f"t{n}" for n in range(len(log))], "Us", "m", 300
    log["team"] = [f"T{n % 40}" for n in range(len(log))]
    log.to_parquet(path := home.parent / "texts.parquet")
    workspace = Workspace(home)
    ingest(workspace, workspace.system("writer"), path, log="generations")
    august = {"start": dt.date(2026, 8, 1), "end": dt.date(2026, 8, 31)}
    run_audit(workspace, workspace.system("writer"), **august)
    return workspace, edition(workspace, None)


@pytest.mark.costly
def test_the_texts_are_those_of_the_audit_and_each_answer_leads_to_its_question(
    printed: tuple[Workspace, Edition],
) -> None:
    _, seen = printed
    for lang, told, place in (("en", "500 texts, August 2026.", "Us, Paris: 500"), ("fr", "500 textes", "Us, Paris")):
        data = part(seen, "writer", teller(lang))
        found = data["written"]
        assert told in found["told"]
        assert found["tasks"] == [["mail", "500", *found["tasks"][0][2:]]]  # none of September
        assert found["tasks"][0][2].startswith("100")
        assert place in found["facts"][0][1].replace("\N{NARROW NO-BREAK SPACE}", " ")
        anchors = {each["anchor"]: each["verdict"] for article in data["articles"] for each in article["questions"]}
        assert [row["number"] for row in found["rows"]][-4:] == ["7.1", "7.2", "7.4", "7.5"]
        for row in found["rows"]:
            assert anchors[row["anchor"]] == row["verdict"]
            assert row["answer"]
            assert row["name"]


@pytest.mark.costly
def test_what_the_workspace_no_longer_holds_is_said_and_answers_stay(printed: tuple[Workspace, Edition]) -> None:
    _, seen = printed
    found = part(replace(seen, written={}), "writer", teller("en"))["written"]
    assert "does not hold the texts" in found["told"]
    assert (found["tasks"], bool(found["rows"])) == ([], True)
