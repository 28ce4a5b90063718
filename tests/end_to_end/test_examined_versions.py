"""Versions from the log to the verdict: judged by the register, sealed, computed again, and checked without us."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pandas as pd
import pytest

from boussole.audits.counts.read import read_versions
from boussole.audits.decisions import ingest
from boussole.audits.lake import reading, writing
from boussole.audits.retention.purge import purge
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.auditing.rerun import chosen, rerun
from boussole.charter.document import AuditDocument
from boussole.charter.judging.by_article import current
from boussole.charter.records import stored_audits
from boussole.charter.records.facts import facts_of
from boussole.charter.text.loading import load_charter
from tests.end_to_end.chain import confirm
from tests.written import system_text

SYSTEM = system_text(
    "offers",
    """
columns:
  id: ref
  decided_at: day
  decision: {column: contacted, selected: [true], not_selected: [false]}
  model_version: version
groups: {gender: {column: gender, reference: M}}
VERSIONS
""",
    kind="ranking",
)
OLD = 'versions: {"1.4": {examined_on: 2026-02-20}}'
START, END, AS_OF = dt.date(2026, 3, 1), dt.date(2026, 3, 31), dt.date(2026, 4, 5)


def made(home: Path, *, versions: str = OLD, new: int = 100, unnamed: int = 0) -> Workspace:
    """1,000 decisions of March; the last ones, from the 20th, by version 2.0."""
    workspace = Workspace.create(home)
    declare(workspace, versions)
    names = ["1.4"] * (1000 - new - unnamed) + ["2.0"] * new + [None] * unnamed
    days = [dt.date(2026, 3, 20) if name == "2.0" else dt.date(2026, 3, 4) for name in names]
    rows = pd.DataFrame({"ref": range(1000), "day": days, "contacted": True, "version": names})
    rows["gender"] = ["F", "M"] * 500
    path = home.parent / "decisions.parquet"
    rows.to_parquet(path)
    workspace = Workspace(home)
    ingest(workspace, workspace.system("offers"), path)
    return workspace


def declare(workspace: Workspace, versions: str) -> None:
    (workspace.home / "systems" / "offers.yaml").write_text(SYSTEM.replace("VERSIONS", versions), encoding="utf-8")


def audit(workspace: Workspace, **more) -> AuditDocument:
    return run_audit(workspace, workspace.system("offers"), start=START, end=END, as_of=AS_OF, **more)


def answer(document: AuditDocument) -> tuple[str, str | None]:
    return next((each.verdict, each.reason) for each in document.verdicts if each.template == "examined_version")


@pytest.mark.costly
def test_a_version_is_told_with_its_days_and_how_much_it_decided(tmp_path: Path) -> None:
    document = audit(made(tmp_path / "w", unnamed=7), dry_run=True)
    assert [each.written() for each in document.versions or ()] == [
        {"version": "1.4", "first": "2026-03-04", "last": "2026-03-04", "n": 893},
        {"version": "2.0", "first": "2026-03-20", "last": "2026-03-20", "n": 100},
        {"version": None, "first": "2026-03-04", "last": "2026-03-04", "n": 7},
    ]
    assert answer(document) == ("watch", "record_overdue")


@pytest.mark.costly
@pytest.mark.parametrize(
    ("versions", "new", "unnamed", "expected"),
    [
        (OLD, 0, 0, ("kept", "record_kept")),
        (OLD, 100, 0, ("watch", "record_overdue")),
        ('versions: {"1.4": {examined_on: 2026-03-05}}', 0, 0, ("broken", "record_late")),
    ],
)
def test_the_register_decides(tmp_path: Path, versions: str, new: int, unnamed: int, expected) -> None:
    assert answer(audit(made(tmp_path / "w", versions=versions, new=new, unnamed=unnamed), dry_run=True)) == expected


def test_what_the_register_says_since_counts_without_another_audit(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w")
    sealed = audit(workspace)

    def today(day: str) -> tuple[str, str | None]:
        facts = facts_of(workspace, as_of=dt.date.fromisoformat(day))
        return answer(
            current(sealed, charter=load_charter(), system=Workspace(workspace.home).system("offers"), facts=facts)
        )

    assert today("2026-04-19") == ("watch", "record_overdue")
    assert today("2026-04-20") == ("broken", "record_missing")
    declare(workspace, OLD.replace("}}", '}, "2.0": {examined_on: 2026-03-10}}'))
    assert today("2026-04-20") == ("kept", "record_kept")


@pytest.mark.costly
def test_it_is_sealed_computed_again_and_checked_without_us(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w")
    sealed = audit(workspace)
    confirm(workspace, tmp_path)
    (stored,) = stored_audits(workspace)
    assert json.loads(stored.text)["versions"] == [each.written() for each in sealed.versions or ()]
    with writing(workspace) as connection:
        connection.execute("UPDATE lake.offers.daily SET model_version = '1.4' WHERE model_version = '2.0'")
    (found,) = rerun(workspace, chosen(workspace))
    assert found.ok, found  # who decided may be corrected since: the sealed state still says what it said


WRITER = system_text(
    "writer",
    """
generations: {id: ref, at: at, input: null, output: null, model_version: version}
VERSIONS
""",
    kind="generation",
)


def written(home: Path, *, versions: str, names: list[str | None], hole: int = 0) -> Workspace:
    """Texts of March, one an hour, by these versions; after half of them, none for so many days."""
    Workspace.create(home)
    (home / "systems" / "writer.yaml").write_text(WRITER.replace("VERSIONS", versions), encoding="utf-8")
    at = pd.date_range("2026-03-04", periods=len(names), freq="h").to_series()
    at.iloc[len(at) // 2 :] += pd.Timedelta(days=hole)
    rows = pd.DataFrame({"ref": [f"t{n}" for n in range(len(names))], "at": at.to_numpy(), "version": names})
    rows.to_parquet(path := home.parent / "texts.parquet")
    workspace = Workspace(home)
    ingest(workspace, workspace.system("writer"), path, log="generations")
    return workspace


def audit_of_texts(workspace: Workspace, **more) -> AuditDocument:
    return run_audit(workspace, workspace.system("writer"), start=START, end=END, as_of=AS_OF, **more)


@pytest.mark.costly
@pytest.mark.parametrize(
    ("versions", "names", "expected"),
    [
        (OLD, ["1.4"] * 200, ("kept", "record_kept")),
        (OLD, ["1.4"] * 180 + ["2.0"] * 20, ("watch", "record_overdue")),
        ('versions: {"1.4": {examined_on: 2026-03-05}}', ["1.4"] * 200, ("broken", "record_late")),
        (OLD, ["1.4"] * 190 + [None] * 10, ("unknown", "record_untold")),
        ("", ["1.4"] * 200, ("not_examined", "no_version")),
        (OLD, [None] * 200, ("not_examined", "no_version")),
    ],
)
def test_versions_that_write_are_held_to_the_register(
    tmp_path: Path, versions: str, names: list[str | None], expected: tuple[str, str]
) -> None:
    document = audit_of_texts(written(tmp_path / "w", versions=versions, names=names), dry_run=True)
    assert answer(document) == expected


@pytest.mark.costly
def test_a_hole_in_the_texts_keeps_nothing_and_is_checked_without_us(tmp_path: Path) -> None:
    workspace = written(tmp_path / "w", versions=OLD, names=["1.4"] * 360, hole=12)
    sealed = audit_of_texts(workspace)
    assert answer(sealed) == ("unknown", "log_stops")
    (found,) = sealed.left_out.ends or () if sealed.left_out else ()
    assert (found.log, found.last, str(found.again)) == ("generations", dt.date(2026, 3, 11), "2026-03-23")
    confirm(workspace, tmp_path, packs=["all"])


@pytest.mark.costly
def test_versions_that_write_are_sealed_computed_again_and_checked_without_us(tmp_path: Path) -> None:
    workspace = written(tmp_path / "w", versions=OLD, names=["1.4"] * 180 + ["2.0"] * 20)
    sealed = audit_of_texts(workspace)
    assert [each.written() for each in sealed.versions or ()] == [
        {"version": "1.4", "first": "2026-03-04", "last": "2026-03-11", "n": 180},
        {"version": "2.0", "first": "2026-03-11", "last": "2026-03-12", "n": 20},
    ]
    found = next(each for each in sealed.verdicts if each.template == "examined_version")
    assert (
        "Of 200 texts, 20 were written by a version of the model that the register does not name as examined: 2.0"
        in ((found.sentence or {})["en"].replace("\u00a0", " "))
    )
    confirm(workspace, tmp_path, packs=["all"])
    purge(workspace, system_id="writer", before=dt.date(2026, 4, 1))
    with reading(workspace) as connection:
        assert read_versions(connection, workspace.system("writer"), Window(START, END)).num_rows == 0
