"""Versions from the log to the verdict: judged by the register, sealed, computed again, and checked without us."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pandas as pd
import pytest

from boussole.audits.counts.read import read_versions
from boussole.audits.lake import reading, writing
from boussole.audits.retention.purge import purge
from boussole.audits.workspace import Workspace
from boussole.charter.document import AuditDocument
from boussole.charter.judging.by_article import current
from boussole.charter.records import stored_audits
from boussole.charter.records.facts import facts_of
from boussole.charter.text.loading import load_charter
from tests.end_to_end import chain
from tests.end_to_end.chain import MARCH, OFFERS, again, answer, bring, confirm, declared, of
from tests.written import system_text

DECIDES = OFFERS.replace("  person: who", "  model_version: version")
WRITES = system_text(
    "writer",
    """
generations: {id: ref, at: at, input: null, output: null, model_version: version}
LOGS
""",
    kind="generation",
)
OLD = 'versions: {"1.4": {examined_on: 2026-02-20}}'
ASKED = "examined_version"


def decided(home: Path, *, unnamed: int = 0) -> Workspace:
    """1,000 decisions of March; the last hundred, of the 20th, by version 2.0, and so many before by none."""
    names = ["1.4"] * (900 - unnamed) + ["2.0"] * 100 + [None] * unnamed
    days = [dt.date(2026, 3, 20 if name == "2.0" else 4) for name in names]
    rows = pd.DataFrame({"ref": range(1000), "day": days, "contacted": True, "version": names})
    workspace = declared(home, OLD, text=DECIDES)
    bring(workspace, rows.assign(gender=["F", "M"] * 500))
    return workspace


def written(home: Path, *names: str, hole: int = 0) -> Workspace:
    """Texts of March, one an hour, by these versions; after half of them, none for so many days."""
    at = pd.date_range("2026-03-04", periods=len(names), freq="h").to_series()
    at.iloc[len(at) // 2 :] += pd.Timedelta(days=hole)
    workspace = declared(home, OLD, text=WRITES)
    rows = pd.DataFrame({"ref": [f"t{n}" for n in range(len(names))], "at": at.to_numpy(), "version": names})
    bring(workspace, rows, "generations")
    return workspace


def audit(workspace: Workspace) -> AuditDocument:
    return chain.audit(workspace, as_of=dt.date(2026, 4, 5))


def told(version: str | None, first: int, last: int, n: int) -> dict[str, object]:
    return {"version": version, "first": f"2026-03-{first:02}", "last": f"2026-03-{last:02}", "n": n}


def test_what_the_register_says_since_counts_without_another_audit(tmp_path: Path) -> None:
    workspace = decided(tmp_path / "w")
    sealed = audit(workspace)

    def today(day: str) -> tuple[str, str | None]:
        facts = facts_of(workspace, as_of=dt.date.fromisoformat(day))
        system = Workspace(workspace.home).system("offers")
        return answer(current(sealed, charter=load_charter(), system=system, facts=facts), ASKED)

    assert today("2026-04-19") == ("watch", "record_overdue")
    assert today("2026-04-20") == ("broken", "record_missing")
    file = workspace.home / "systems" / "offers.yaml"
    text = file.read_text(encoding="utf-8").replace(OLD, OLD.replace("}}", '}, "2.0": {examined_on: 2026-03-10}}'))
    file.write_text(text, encoding="utf-8")
    assert today("2026-04-20") == ("kept", "record_kept")


@pytest.mark.costly
def test_versions_that_decide_are_told_and_checked_without_us(tmp_path: Path) -> None:
    workspace = decided(tmp_path / "w", unnamed=7)
    sealed = audit(workspace)
    assert answer(sealed, ASKED) == ("watch", "record_overdue")
    confirm(workspace, tmp_path)
    (stored,) = stored_audits(workspace)
    versions = [told("1.4", 4, 4, 893), told("2.0", 20, 20, 100), told(None, 4, 4, 7)]
    assert json.loads(stored.text)["versions"] == versions
    with writing(workspace) as connection:
        connection.execute("UPDATE lake.offers.daily SET model_version = '1.4' WHERE model_version = '2.0'")
    again(workspace)  # who decided may be corrected since: the sealed state still says what it said


@pytest.mark.costly
def test_a_hole_in_the_texts_keeps_nothing_and_is_checked_without_us(tmp_path: Path) -> None:
    workspace = written(tmp_path / "w", *["1.4"] * 360, hole=12)
    sealed = audit(workspace)
    assert answer(sealed, ASKED) == ("unknown", "log_stops")
    (found,) = sealed.left_out.ends or () if sealed.left_out else ()
    assert (found.log, found.last, str(found.again)) == ("generations", dt.date(2026, 3, 11), "2026-03-23")
    confirm(workspace, tmp_path, packs=["all"])


@pytest.mark.costly
def test_versions_that_write_are_told_and_checked_without_us(tmp_path: Path) -> None:
    workspace = written(tmp_path / "w", *["1.4"] * 180, *["2.0"] * 20)
    sealed = audit(workspace)
    assert [each.written() for each in sealed.versions or ()] == [told("1.4", 4, 11, 180), told("2.0", 11, 12, 20)]
    assert "Of 200 texts, 20 were written by a version" in of(sealed, ASKED).sentence["en"].replace("\u00a0", " ")
    confirm(workspace, tmp_path, packs=["all"])
    purge(workspace, system_id="writer", before=dt.date(2026, 4, 1))
    with reading(workspace) as connection:
        assert read_versions(connection, workspace.system("writer"), MARCH).num_rows == 0
