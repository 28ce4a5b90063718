"""A workspace of 28 November 2026 is opened, verified, replayed and rerun as on the day it was made.

`tests/data` holds the demo's (`boussole demo --people 2500`, invented people) of commit 947dd1f, less what it was
logged from, and the verdicts that its code gave.
"""

from __future__ import annotations

import datetime as dt
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from boussole.audits.workspace import Workspace
from boussole.charter.auditing.replay import replay
from boussole.charter.auditing.rerun import rerun
from boussole.charter.committee.people.directory import directory
from boussole.charter.records import stored_audits
from boussole.charter.records.database import reading
from boussole.charter.records.in_force import in_force
from boussole.charter.registry.register import register_of
from boussole.dashboard.cli.main import app
from boussole.dashboard.server.access import sessions
from boussole.dashboard.server.access.permissions import COOKIE
from tests.dashboard.app_at import app_at

KEPT = Path(__file__).parents[1] / "data" / "workspace-of-28-november-2026"
MADE = dt.date(2026, 11, 28)
REPORT = "boussole-2026-09-30-fr.pdf"
RECORDED = {"chatft": {"humain": "watch"}, "matchft": {"transparence": "watch"}}
"""Who was trained before use; an explanation that was given in time, and a recommendation that nobody answered."""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    home = tmp_path_factory.mktemp("before")
    with tarfile.open(KEPT.with_suffix(".tar.xz")) as packed:
        packed.extractall(home, filter="data")
    return Workspace(home / "demo")


@pytest.fixture(scope="module")
def then() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(KEPT.with_suffix(".json").read_text(encoding="utf-8"))
    return found


def run(workspace: Workspace, *words: str) -> Result:
    return CliRunner().invoke(app, ["--workspace", str(workspace.home), *words])


def test_its_ledger_holds(workspace: Workspace) -> None:
    done = run(workspace, "verify", "--ledger")
    assert done.exit_code == 3, done.output  # no key and no checkpoint were kept elsewhere
    assert "The ledger holds: 68 entries" in done.output
    assert "Files of evidence: 3, declarations of systems: 1, documents: 0; all are as sealed." in done.output


@pytest.mark.costly
def test_its_report_is_the_sealed_one(workspace: Workspace) -> None:
    done = run(workspace, "verify", str(workspace.home / "reports" / REPORT), "--rerun")
    assert done.exit_code == 0, done.output
    assert "byte for byte the report that was sealed at entry 66" in done.output
    assert "Computed again: the audit as stored." in done.output


def test_its_audits_say_what_they_said(workspace: Workspace, then: dict[str, Any]) -> None:
    assert [told(each.document().written()) for each in stored_audits(workspace)] == then["audits"]


@pytest.mark.slow(lighter="test_its_report_is_the_sealed_one")  # which computes the audit of its month again
def test_its_audits_are_computed_again_to_the_same_figures_and_verdicts(workspace: Workspace) -> None:
    for found in rerun(workspace, list(stored_audits(workspace))):
        assert found.ok, (found.entry, found.problems, found.differences)
        assert found.measures > 900
        assert found.verdicts == 63
        assert found.recount is not None
        assert (found.recount.now, found.recount.then) == ((), ())


def told(document: dict[str, Any]) -> dict[str, Any]:
    return {
        "entry": document["evidence"]["entry"],
        "system": document["system"],
        "window": [document["window"]["start"], document["window"]["end"]],
        "measures": len(document["measures"]),
        "decisions": document["decisions"],
        "verdicts": {verdict["indicator"]: verdict["verdict"] for verdict in document["verdicts"]},
    }


def test_its_charter_judges_as_it_did(workspace: Workspace) -> None:
    found = replay(workspace, in_force(workspace).charter)
    assert found.windows == 3
    assert found.verdicts == 3 * 71
    # Two questions that nothing measured then were asked once; they are asked of each attribute now, and not examined.
    # Others were not asked at all: what corrections make of gaps, and whether controls follow silence.
    new = {"gap_after_corrections", "controls_of_the_silent"}
    assert {each.template for each in found.changes} == {"where_the_gap_opens", "never_shortlisted", *new}
    assert {(each.before, each.after) for each in found.changes} == {
        ("not_asked", "not_examined"),
        ("not_examined", "not_asked"),
    }


def test_its_articles_stand_as_they_did(workspace: Workspace, then: dict[str, Any]) -> None:
    """But where the packaged charter, which nobody adopted here, counts records since that were there already."""
    _, _, uses = register_of(workspace, today=MADE)
    must = {name: {**articles, **RECORDED.get(name, {})} for name, articles in then["register"].items()}
    assert {use.system.id: dict(use.articles) for use in uses} == must


@pytest.mark.costly
@pytest.mark.parametrize(
    ("page", "asked", "told"),
    [
        ("draft", {"number": "1"}, 'id="margin"'),
        ("draft", {"number": "2"}, 'action="/margin/draft/2-1-w1?'),
        ("answer", {"system": "matchft", "question": "better_than_before"}, 'action="/margin/answer/external.matchft'),
        ("ask", {"margin": "1"}, 'name="f-text"'),
    ],
)
def test_its_pages_with_a_margin_are_read_before_there_is_a_table_of_comments(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, page: str, asked: dict[str, str], told: str
) -> None:
    (awa,) = [each.member for each in directory(workspace).values() if each.name == "Awa Diop"]
    monkeypatch.setenv("BOUSSOLE_HOME", str(workspace.home))
    monkeypatch.setattr(sessions, "cookie", {COOKIE: f"chair.{awa}"}.get)
    seen = app_at(page, lang="en", **asked).run()
    assert not seen.exception
    assert told in "".join(getattr(each.proto, "body", "") for each in seen.main)
    with reading(workspace) as connection:
        assert connection is not None
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "0006"
