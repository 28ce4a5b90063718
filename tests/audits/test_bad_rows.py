"""What a log of a matching system holds and should not: told with row and reason, nothing lost, never a crash."""

from __future__ import annotations

from pathlib import Path

import pytest

from boussole.audits.decisions import ingest
from boussole.audits.decisions.report import IngestReport
from boussole.audits.lake import reading
from boussole.audits.reasons import Reason
from boussole.audits.workspace import Workspace
from tests.audits.test_clocks import bring, message, workspace_of
from tests.written import system_text

DECIDED = "ref,at,contacted,who,shortlisted,replied,presented"
REVIEWED = "ref,at,contacted,who,kept,seconds,reviewed,agent,agency"
ABSENT = "absent_column"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return workspace_of(tmp_path / "w")


def told(report: IngestReport) -> dict[tuple[str, str], str]:
    """The notes of an import, but for columns that are not there."""
    return {(each.kind, each.column): each.detail for each in report.changes if each.kind != ABSENT}


def decided(workspace: Workspace, *rows: str, head: str = REVIEWED, name: str = "decisions") -> IngestReport:
    return bring(workspace, rows, head=head, log="decisions", name=name)


def test_a_stage_without_the_one_before_counts_as_reached_and_is_told(workspace: Workspace) -> None:
    report = decided(
        workspace,
        "d1,2026-03-01,true,p1,true,true,true",
        "d2,2026-03-01,true,p2,true,false,true",  # presented and never replied
        "d3,2026-03-01,true,p3,false,true,false",  # replied and never shortlisted
        "d4,2026-03-01,true,p4,true,,true",  # nobody said whether they replied
        head=DECIDED,
    )
    assert report.accepted == 4
    assert told(report) == {("stage_skipped", "replied"): "row 3", ("stage_skipped", "presented"): "row 2"}
    assert "column 'presented': a stage without the one before it, which counts as reached (row 2)" in [
        each.sentence() for each in report.changes
    ]


def test_hours_that_there_are_twice_are_told_and_read_as_the_first(workspace: Workspace) -> None:
    report = bring(
        workspace,
        [
            message("2026-10-25T10:00:00"),
            message("2026-10-25T02:30:00", "2026-10-25T03:10:00", who="q"),
            message("2026-10-25T02:30:00+01:00", who="r"),
            message("2026-10-24T10:00:00", "2026-10-25T02:40:00", who="s"),
            message("2026-10-24T11:00:00", "2026-10-25T02:40:00", who="t"),
        ],
    )
    assert told(report) == {("hour_twice", "sent"): "row 2", ("hour_twice", "answered"): "2 rows, the first is row 4"}
    with reading(workspace) as connection:
        again = connection.execute("SELECT again FROM lake.offers.contacts ORDER BY row").fetchall()
    assert again == [(None,), (None,), (2,), (None,), (None,)]


@pytest.mark.costly
def test_of_two_stops_the_first_counts_and_the_second_is_told(workspace: Workspace) -> None:
    report = bring(
        workspace,
        [
            message("2026-03-10T10:00:00", kind="STOP"),
            message("2026-03-12T10:00:00", kind="stop"),
            message("2026-03-12T10:00:00", kind="STOP", who="q"),
        ],
    )
    assert (report.accepted, told(report)) == (3, {("stop_again", "kind"): "row 2"})
    rows = [message("2026-03-09T10:00:00", kind="STOP"), message("2026-03-20T10:00:00", kind="STOP", who="q")]
    assert told(bring(workspace, rows, name="later")) == {("stop_again", "kind"): "row 2"}


def test_departments_and_answers_that_nobody_can_read_are_told(workspace: Workspace) -> None:
    rows = [
        f"p{i},2026-03-10T10:00:00,contact,,,{department},{phone}"
        for i, (department, phone) in enumerate(
            [("75", "oui"), ("999", "non"), ("1", "peut-etre"), ("2A", ""), ("", "YES"), ("20", "No"), ("974", "maybe")]
        )
    ]
    report = bring(workspace, rows)
    assert report.accepted == len(rows)
    assert told(report) == {
        ("unknown_department", "dept"): "2 rows, the first is row 2",
        ("unread_value", "phone"): "2 rows, the first is row 3",
    }


@pytest.mark.costly
def test_reviews_within_a_file_of_decisions_are_held_to_the_same_as_their_own_log(workspace: Workspace) -> None:
    report = decided(
        workspace,
        "d1,2026-03-01T10:00:00,true,p1,false,60,2026-03-01T10:20:00,x,north",
        "d2,2026-03-01T10:00:00,true,p2,false,-4,2026-03-01T10:20:00,x,north",
        "d3,2026-03-01T10:00:00,true,p3,false,60,2026-03-01T09:20:00,x,north",
        "d4,2026-03-02T10:00:00,true,p4,false,60,2026-03-02T10:20:00,x,south",
        "d5,2026-04-02T10:00:00,true,p5,false,60,2026-04-02T10:20:00,x,south",  # another month
        "d6,2026-03-02T10:00:00,true,p6,,,,,",  # nobody looked at it
        "d7,2026-03-01T10:00:00,true,p7,false,60,2026-03-01,x,north",  # a day alone
        "d8,2026-10-25T02:50:00+02:00,true,p8,false,60,2026-10-25T02:10:00+01:00,x,north",
        "d9,2026-03-02T10:00:00,true,p9,false,60,yesterday,y,north",  # is not stored, and says nothing
    )
    assert [(each.column, each.reason, each.first_row) for each in report.rejections] == [
        ("seconds", "a review takes no negative time", 2),
        ("reviewed", Reason.OLD_REVIEW, 3),
        ("agency", Reason.TWO_TEAMS, 4),
    ]
    assert report.accepted == 6


def test_a_value_that_is_too_long_is_set_aside_with_its_length(workspace: Workspace) -> None:
    report = decided(
        workspace,
        "d1,2026-03-01,true,p1,,,",
        f"d2,2026-03-01,true,{'é' * 1000},,,",  # characters are counted, not bytes
        f"d3,2026-03-01,true,{'p' * 1001},,,",
        f"d4,2026-03-01,true,{'p' * 5_000_000},,,",
        f"{'d' * 2000},2026-03-01,true,p5,,,",
        head=DECIDED,
    )
    assert (report.accepted, report.quarantined) == (2, 3)
    assert [each.sentence() for each in report.rejections] == [
        "column 'who': longer than 1,000 characters (5,000,000 in the longest) (2 rows, the first is row 3)",
        "column 'ref': longer than 1,000 characters (2,000 in the longest) (row 5)",
    ]


@pytest.mark.costly
def test_texts_may_be_longer_than_values(tmp_path: Path) -> None:
    made = Workspace.create(tmp_path / "w")
    section = "generations: {id: text_id, at: written, output: draft, model_version: model}\n"
    (made.home / "systems" / "writer.yaml").write_text(system_text("writer", section, kind="generation"))
    head = "text_id,written,draft,model"
    rows = [f"t{n},2026-03-0{n + 1},{'a' * length},m" for n, length in enumerate((1001, 1_000_000, 1_000_001))]
    (tmp_path / "texts.csv").write_text("\n".join([head, *rows, f"t3,2026-03-04,a,{'m' * 1001}"]) + "\n")
    report = ingest(made, made.system("writer"), tmp_path / "texts.csv", log="generations")
    assert [(each.column, each.reason, each.first_row) for each in report.rejections] == [
        ("draft", "longer than 1,000,000 characters (1,000,001 in the longest)", 3),
        ("model", "longer than 1,000 characters (1,001 in the longest)", 4),
    ]
    assert report.accepted == 2
