"""The state of the logs: counts, dates, reasons and lateness as written down by hand, never a value of a row."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import pytest

from boussole.audits.decisions import ingest
from boussole.audits.decisions.freshness import Late, lateness
from boussole.audits.decisions.overview import Overview, exclude, include, overview
from boussole.audits.errors import LakeError
from boussole.audits.retention.purge import purge
from boussole.audits.systems.kinds import Every
from boussole.audits.workspace import Workspace
from tests.written import system_text, written_workspace

SYSTEM = system_text(
    "loans",
    """
columns:
  id: ref
  decided_at: day
  decision: {column: granted, selected: ["yes"], not_selected: ["no"]}
  outcome: {column: repaid, positive: ["yes"], observed_for: all, absent: missing, recorded_at: noted}
groups:
  sex: {column: sex}
""",
)
HEAD = "ref,day,granted,repaid,sex\n"
FIRST = HEAD + "a1,2026-07-01,yes,,F\na2,2026-08-02,no,,M\nsecret-3,not-a-day,no,,M\n,2026-08-03,no,,M\n"
SECOND = "ref,day,granted,repaid,sex,note\na4,2026-08-04,yes,,F,x\na5,2026-08-05,maybe,,X,x\na6,2026-08-06,no,,X,x\n"
LATE = "ref,repaid,noted\na1,yes,2026-10-09\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return written_workspace(tmp_path / "w", SYSTEM)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two files of decisions and one of outcomes, brought in once for all tests."""
    folder = tmp_path_factory.mktemp("overview")
    workspace = written_workspace(folder / "w", SYSTEM)
    loans = workspace.system("loans")
    for name, content, origin, log in (
        ("first.csv", FIRST, None, "decisions"),
        ("second.csv", SECOND, "mlflow:run1/boussole/decisions/b.csv", "decisions"),
        ("late.csv", LATE, None, "outcomes"),
    ):
        (folder / name).write_text(content, encoding="utf-8")
        ingest(workspace, loans, folder / name, origin=origin, log=log)
    return workspace.home


@pytest.fixture
def filled(template: Path, tmp_path: Path) -> Workspace:
    shutil.copytree(template, tmp_path / "w")
    return Workspace(tmp_path / "w")


def test_a_workspace_without_data_has_nothing_to_tell(workspace: Workspace) -> None:
    assert overview(workspace) == Overview()


def test_what_came_what_is_held_and_what_was_set_aside_is_told_and_nothing_of_it_quoted(filled: Workspace) -> None:
    found, at = overview(filled), dt.datetime.fromisoformat
    came = [(item.log, item.way, item.files, item.rows, item.quarantined) for item in found.arrived]
    assert came == [("decisions", "file", 1, 2, 2), ("decisions", "mlflow", 1, 2, 1), ("outcomes", "file", 1, 1, 0)]
    state = found.systems["loans"]
    assert state.of("decisions").oldest == at("2026-07-01")
    held = {item.log: (item.rows, item.newest) for item in state.held}
    assert held == {"decisions": (4, at("2026-08-06")), "outcomes": (1, at("2026-10-09"))}
    assert {(item.column, item.rows) for item in state.aside} == {("day", 1), ("ref", 1), ("granted", 1)}
    assert not any(word in repr(state) for word in ("secret-3", "not-a-day", "maybe"))
    changed = {(each.kind, each.column, each.detail) for each in state.changed}
    assert {("new_column", "note", ""), ("rare_value", "sex", "1")} <= changed


@pytest.mark.slow
def test_runs_that_are_out_months_that_are_sealed_and_systems_without_a_file_are_told(filled: Workspace) -> None:
    loans = filled.system("loans")
    exclude(filled, loans, "mlflow:run1", reason="deleted")
    state = overview(filled).systems["loans"]
    assert [(item.origin, item.reason, item.decisions) for item in state.excluded] == [("mlflow:run1", "deleted", 2)]
    assert [item.rows for item in state.held if item.log == "decisions"] == [2]
    include(filled, loans, "mlflow:run1", reason="restored")
    assert overview(filled).systems["loans"].excluded == ()
    purge(filled, before=dt.date(2026, 8, 1))
    sealed = overview(filled).systems["loans"].sealed
    assert [(item.month, item.decisions) for item in sealed] == [(dt.date(2026, 7, 1), 1)]
    path = filled.home / "systems" / "loans.yaml"  # it names a log since of which nothing came
    path.write_text(SYSTEM + "contacts: {person: who, at: at, kind: kind}\n", encoding="utf-8")
    assert "contacts" not in {item.log for item in overview(Workspace(filled.home)).systems["loans"].held}
    path.unlink()
    seen = overview(Workspace(filled.home))
    assert (seen.systems, {item.system for item in seen.arrived}) == ({}, {"loans"})


@pytest.mark.costly
def test_messages_and_texts_are_counted_with_their_days(filled: Workspace, tmp_path: Path) -> None:
    path = filled.home / "systems" / "loans.yaml"
    logs = "contacts: {person: who, at: at, kind: kind}\ngenerations: {id: id, at: at, input: null, output: null}\n"
    path.write_text(SYSTEM + logs, encoding="utf-8")
    workspace = Workspace(filled.home)
    rows = {
        "contacts": "who,at,kind\np1,2026-08-01T10:00:00,contact\np2,2026-08-09T10:00:00,contact\n",
        "generations": "id,at\ng1,2026-07-03T08:00:00\ng2,2026-07-04T09:30:00\ng3,2026-07-05T08:00:00\n",
    }
    for log, text in rows.items():
        (tmp_path / f"{log}.csv").write_text(text, encoding="utf-8")
        ingest(workspace, workspace.system("loans"), tmp_path / f"{log}.csv", log=log)
    state = overview(workspace).systems["loans"]
    assert [
        (held.rows, held.oldest, held.newest) for held in (state.of("contacts"), state.of("generations")) if held
    ] == [
        (2, dt.datetime.fromisoformat("2026-08-01T10:00"), dt.datetime.fromisoformat("2026-08-09T10:00")),
        (3, dt.datetime.fromisoformat("2026-07-03T08:00"), dt.datetime.fromisoformat("2026-07-05T08:00")),
    ]


def test_a_lake_whose_catalogue_is_lost_is_no_empty_lake_and_nobody_writes_over_it(filled: Workspace) -> None:
    filled.catalogue.unlink()
    data = sorted(filled.lake.glob("data*/**/*.parquet"))
    assert data
    with pytest.raises(LakeError, match="catalogue of the lake is missing"):
        overview(filled)
    with pytest.raises(LakeError, match="Restore it from a backup"):
        purge(filled, before=dt.date(2026, 8, 1))
    with pytest.raises(LakeError, match="Restore it from a backup"):
        exclude(filled, filled.system("loans"), "mlflow:run1", reason="deleted")
    assert sorted(filled.lake.glob("data*/**/*.parquet")) == data


def test_a_damaged_lake_is_an_error_in_plain_words(filled: Workspace) -> None:
    filled.catalogue.write_bytes(b"no catalogue")
    with pytest.raises(LakeError, match="cannot be read"):
        overview(filled)


at = dt.datetime.fromisoformat
NEWEST = at("2026-09-30T23:59")


@pytest.mark.parametrize(
    ("every", "last_on_time", "first_late"),
    [
        ("day", "2026-10-01", "2026-10-02"),
        ("week", "2026-10-07", "2026-10-08"),
        ("month", "2026-10-31", "2026-11-01"),
        ("quarter", "2026-12-31", "2027-01-01"),
        ("year", "2027-10-01", "2027-10-02"),
    ],
)
def test_a_source_is_late_from_the_day_after_the_longest_time_it_may_take(
    every: Every, last_on_time: str, first_late: str
) -> None:
    assert lateness(every, NEWEST, at(f"{last_on_time}T23:59")) is None
    assert lateness(every, NEWEST, at(first_late)) == Late(1, "day")


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-09-30T12:29", None),
        ("2026-09-30T12:30", Late(1, "hour")),
        ("2026-10-01T10:30", Late(23, "hour")),
        ("2026-10-01T11:30", Late(1, "day")),
    ],
)
def test_hours_are_counted_until_they_make_a_day(now: str, expected: Late | None) -> None:
    assert lateness("hour", at("2026-09-30T10:30"), at(now)) == expected


def test_nothing_is_late_that_nobody_waits_for_or_that_a_clock_ahead_has_written() -> None:
    assert lateness(None, NEWEST, at("2036-01-01")) is None
    assert lateness("day", NEWEST, at("2026-09-29")) is None
    assert lateness("hour", NEWEST, at("2026-09-29")) is None
