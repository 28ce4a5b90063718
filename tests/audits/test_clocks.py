"""Rows that should not be as they are, and moments around changes of clocks and across zones: nothing is lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boussole.audits.counts.corrections import read_corrections, read_logs
from boussole.audits.counts.replies import read_replies
from boussole.audits.decisions import ingest
from boussole.audits.decisions.quarantine import list_rows
from boussole.audits.decisions.report import IngestReport
from boussole.audits.lake import clocks, reading
from boussole.audits.reasons import Reason
from boussole.audits.systems.logs.contacts import LATE, STOPPED
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from tests.audits.privacy.helpers import rows_of
from tests.written import system_text, written_workspace

ZONES = ("Europe/Paris", "America/Miquelon", "Indian/Reunion", "Australia/Lord_Howe", "America/Santiago", "UTC")
HEAD = "who,sent,kind,answered,closed,dept,phone"


def system(zone: str = "Europe/Paris") -> str:
    return system_text(
        "offers",
        f"""
timezone: {zone}
columns:
  id: ref
  decided_at: at
  decision: {{column: contacted, selected: [true], not_selected: [false]}}
  outcome: {{column: hired, positive: [true], observed_for: all, absent: missing, recorded_at: noted}}
  human: {{decision: kept, seconds: seconds, recorded_at: reviewed, agent: agent, team: agency}}
  person: who
  stages: [shortlisted, replied, presented]
contacts:
  {{person: who, at: sent, kind: kind, reply_at: answered, closes_at: closed, department: dept, smartphone: phone}}
privacy: {{suppress_below: 2, pseudonymise: [ref]}}
""",
        kind="ranking",
    )


def workspace_of(folder: Path, zone: str = "Europe/Paris") -> Workspace:
    return written_workspace(folder, system(zone))


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return workspace_of(tmp_path / "w")


def bring(
    workspace: Workspace, rows: Sequence[str], *, head: str = HEAD, log: str = "contacts", name: str = "file"
) -> IngestReport:
    path = workspace.home.parent / f"{name}.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return ingest(workspace, workspace.system("offers"), path, log=log)  # type: ignore[arg-type]


def faults(report: IngestReport) -> list[tuple[str, int]]:
    return [(each.reason, each.first_row) for each in report.rejections]


def message(sent: str, answered: str = "", closed: str = "", *, who: str = "p", kind: str = "contact") -> str:
    return f"{who},{sent},{kind},{answered},{closed},75,yes"


GOOD = [
    ("2026-10-25T02:50:00+02:00", "2026-10-25T02:10:00+01:00"),  # twenty minutes later
    ("2026-10-25T00:50:00Z", "2026-10-25T01:10:00Z"),  # the same, in UTC
    ("2026-10-25T02:50:00", "2026-10-25T02:10:00"),  # nobody said which: there is a reading in which it is later
    ("2026-10-25T02:50:00+02:00", "2026-10-25T02:10:00"),
    ("2026-10-25T02:50:00", "2026-10-25T02:10:00+01:00"),
    ("2026-10-25T02:10:00+02:00", "2026-10-25T02:50:00+01:00"),
    ("2026-03-29T01:50:00+01:00", "2026-03-29T03:10:00+02:00"),  # twenty minutes, over the hour that is skipped
    ("2026-03-10T23:50:00-04:00", "2026-03-11T06:10:00+02:00"),  # Martinique, answered from elsewhere
    ("2026-03-10T10:00:00", "2026-03-10"),  # a day alone is not older than its own morning
]
BAD = [
    ("2026-10-25T02:10:00+01:00", "2026-10-25T02:50:00+02:00"),
    ("2026-10-25T02:50:00+02:00", "2026-10-25T02:10:00+02:00"),
    ("2026-10-25T02:50:00+01:00", "2026-10-25T02:10:00+01:00"),
    ("2026-10-25T03:10:00", "2026-10-25T02:50:00"),
    ("2026-03-29T03:10:00+02:00", "2026-03-29T01:50:00+01:00"),
    ("2026-03-11T06:10:00+02:00", "2026-03-10T23:50:00-04:00"),
    ("2026-03-10T10:00:00", "2026-03-09"),
]


@pytest.mark.costly
def test_a_reply_is_held_to_its_message_by_instants(workspace: Workspace) -> None:
    rows = [message(*pair, who=f"p{i}") for i, pair in enumerate([*GOOD, *BAD])]
    report = bring(workspace, rows)
    assert report.accepted == len(GOOD)
    assert [(each.reason, each.rows, each.first_row) for each in report.rejections] == [
        (Reason.OLD_REPLY, len(BAD), len(GOOD) + 1)
    ]


@pytest.mark.parametrize(
    ("written", "local"),
    [
        ("2026-09-01T11:00+02:00", "2026-09-01 11:00:00"),
        ("2026-09-01T11:00Z", "2026-09-01 13:00:00"),
        ("2026-09-01 11:00 +0400", "2026-09-01 09:00:00"),
        ("2026-09-01T11:00:30 +02", "2026-09-01 11:00:30"),
        ("2026-09-01T11:00:00.5-04:00", "2026-09-01 17:00:00.5"),
        ("2026-09-01T11:00:00+14:00", "2026-08-31 23:00:00"),
        ("2026-09-01T11:00:00+14:30", None),
        ("2026-09-01T11:00:00+99:00", None),  # read as four days earlier once
        ("2026-09-01T11:00:00-25:00", None),
        ("2026-09-01T11:00+02:75", None),
    ],
)
def test_a_moment_with_its_offset_needs_no_seconds_and_lies_where_there_are_clocks(
    workspace: Workspace, written: str, local: str | None
) -> None:
    report = bring(workspace, [message(written), message("2026-09-01T11:00:00", who="q")])
    assert faults(report) == ([] if local else [(Reason.NO_DATE, 1)])
    found = rows_of(workspace, 'SELECT "at"::VARCHAR FROM lake.offers.contacts ORDER BY row')
    assert found[:-1] == ([(local,)] if local else [])


@pytest.mark.parametrize("order", [("human_actions", "decisions"), ("decisions", "human_actions")])
def test_a_review_older_than_its_decision_counts_in_neither_order(workspace: Workspace, order: Sequence[str]) -> None:
    files = {
        "decisions": ("ref,at,contacted,who", ["d1,2026-09-04T10:00:00,false,p1", "d2,2026-09-04T10:00:00,false,p2"]),
        "human_actions": (
            "ref,kept,seconds,reviewed,agent,agency",
            ["d1,true,30,2026-09-01T09:00:00,a1,north", "d2,true,40,2026-09-04T11:00:00,a1,north"],
        ),
    }
    told = [bring(workspace, files[log][1], head=files[log][0], log=log, name=log) for log in order]
    found = rows_of(workspace, "SELECT human, human_seconds FROM lake.offers.decisions ORDER BY row")
    assert found == [(None, None), (1, 40.0)]
    if order[0] == "decisions":
        assert faults(told[1]) == [(Reason.OLD_REVIEW, 1)]
    else:
        assert [(each.kind, each.detail) for each in told[1].changes if each.kind == "early_review"] == [
            ("early_review", "row 1")
        ]


def test_what_stands_beside_decisions_alone_is_no_log_of_reviews(workspace: Workspace) -> None:
    """Whoever put people in there is of no team that is known: nothing is measured, and not that there were few."""
    rows = [f"d{i},2026-09-04T10:00:00,{i % 2 == 0},p{i},{i % 3 == 0}" for i in range(60)]
    head = "ref,at,contacted,who,kept"
    assert bring(workspace, rows, head=head, log="decisions").accepted == 60
    september, system = Window(dt.date(2026, 9, 1), dt.date(2026, 9, 30)), workspace.system("offers")

    def corrections() -> int:
        with reading(workspace) as connection:
            return read_corrections(connection, system, september, as_of=dt.date(2026, 12, 1)).num_rows

    assert corrections() == 0
    bring(workspace, ["d1,true,40,2026-09-04T11:00:00,a1,north"], head=REVIEWS, log="human_actions", name="reviews")
    assert corrections() > 0  # of a team that is too small: told how many are apart


@pytest.mark.costly
def test_two_messages_of_one_hour_that_there_is_twice_are_two(workspace: Workspace) -> None:
    rows = [message("2026-10-25T02:30:00+02:00"), message("2026-10-25T02:30:00+01:00")]
    assert bring(workspace, rows).accepted == 2
    assert bring(workspace, [*rows, message("2026-10-26T10:00:00")], name="again").known == 2


@pytest.mark.costly
def test_a_list_closes_after_its_message_and_may_close_tomorrow(workspace: Workspace) -> None:
    soon = (dt.datetime.now(ZoneInfo("Europe/Paris")) + dt.timedelta(days=5)).replace(tzinfo=None)
    report = bring(
        workspace,
        [
            message("2026-10-25T02:50:00+02:00", closed="2026-10-25T02:10:00+01:00"),
            message("2026-03-10T10:00:00", closed="2026-03-10"),
            message("2026-03-11T10:00:00", closed=f"{soon:%Y-%m-%dT%H:%M:%S}"),
            message("2026-03-12T10:00:00", closed="2026-03-12T09:00:00"),
            message("2026-03-13T10:00:00", closed="2050-03-12T09:00:00"),
        ],
    )
    assert faults(report) == [(Reason.CLOSED_BEFORE, 4), ("the date is before 1990 or in the future", 5)]


@pytest.mark.costly
def test_an_hour_that_there_is_not_is_set_aside_with_its_reason(workspace: Workspace) -> None:
    report = bring(
        workspace,
        [
            message("2026-03-29T02:30:00"),
            message("2026-03-29T02:30:00+02:00"),  # half past one in Paris
            message("2026-03-29T01:59:59", "2026-03-29T03:00:00"),
            message("2026-03-28T10:00:00", "2026-03-29T02:00:00"),
        ],
    )
    assert report.accepted == 2
    assert [(each.column, each.reason, each.first_row) for each in report.rejections] == [
        ("sent", Reason.NO_SUCH_HOUR, 1),
        ("answered", Reason.NO_SUCH_HOUR, 4),
    ]


HOURS = [f"2026-03-29T{hour:02d}:30:00" for hour in range(6)]


def decisions_at(times: Sequence[str]) -> list[str]:
    return [f"d{n},{time},true,p{n}" for n, time in enumerate(times)]


@pytest.mark.costly
def test_a_changed_zone_makes_the_same_file_readable_again(workspace: Workspace) -> None:
    """Of six half hours Paris skips one. In UTC there are all; what was accepted keeps its time and counts once."""

    def again(zone: str) -> tuple[bool, int, int, int, int, int]:
        (workspace.home / "systems" / "offers.yaml").write_text(system(zone), encoding="utf-8")
        changed = Workspace(workspace.home)
        told = bring(changed, decisions_at(HOURS), head="ref,at,contacted,who", log="decisions")
        return told.already, told.accepted, told.quarantined, told.known, told.cleared, told.again

    report = bring(workspace, decisions_at(HOURS), head="ref,at,contacted,who", log="decisions")
    assert [each.sentence() for each in report.rejections] == [
        "column 'at': there is no such hour: clocks were put forward over it. Are these times UTC? "
        "Set `timezone: UTC` in the system file and resubmit them unchanged (row 3)"
    ]
    assert again("Europe/Paris") == (True, 5, 1, 0, 0, 1)
    assert again("UTC") == (False, 1, 0, 5, 1, 0)
    assert again("UTC") == (True, 1, 0, 0, 0, 0)
    held = rows_of(workspace, "SELECT decided_at FROM lake.offers.decisions ORDER BY decided_at")
    assert [f"{moment:%Y-%m-%dT%H:%M:%S}" for (moment,) in held] == HOURS
    assert list_rows(workspace, workspace.system("offers")) == []


@pytest.mark.costly
def test_where_clocks_change_at_midnight_a_day_is_a_day(tmp_path: Path) -> None:
    """In Santiago 6 September 2026 has no midnight, and 4 April 2026 two hours before it."""
    workspace = workspace_of(tmp_path / "w", "America/Santiago")
    report = bring(workspace, [message("2026-09-06"), message("2026-09-06T00:30:00"), message("2026-04-05")])
    assert faults(report) == [(Reason.NO_SUCH_HOUR, 2)]


@pytest.mark.costly
@pytest.mark.parametrize(
    ("stop", "sent", "late"),
    [  # a STOP is heeded after 24 hours that pass, whatever the clocks show
        ("2026-03-28T12:00:00", "2026-03-29T12:30:00", 0),  # 23 hours and a half
        ("2026-03-28T12:00:00", "2026-03-29T13:00:01", 1),
        ("2026-10-24T12:00:00", "2026-10-25T11:00:00", 0),
        ("2026-10-24T12:00:00", "2026-10-25T11:30:00", 1),  # 24 hours and a half
        ("2026-10-24T02:30:00+02:00", "2026-10-25T02:10:00+01:00", 1),  # 24 hours and forty minutes
        ("2026-10-24T02:30:00+02:00", "2026-10-25T02:10:00+02:00", 0),
        ("2026-10-25T02:30:00+01:00", "2026-10-26T02:10:00+01:00", 0),
    ],
)
def test_a_stop_is_heeded_by_hours_that_pass(workspace: Workspace, stop: str, sent: str, late: int) -> None:
    last = sent[:8] + "31T10:00:00"
    bring(workspace, [message(stop, kind="STOP"), message(sent), message(last, who="other")])
    month = Window(dt.date.fromisoformat(sent[:8] + "01"), dt.date.fromisoformat(sent[:8] + "31"))
    for exact in (False, True):
        with reading(workspace) as connection:
            rows = read_logs(connection, workspace.system("offers"), month, exact=exact)["contacts"].to_pylist()
        assert sum(row["n"] for row in rows if row["part"] == STOPPED and row["decision"]) == late


def replied(workspace: Workspace, day: str) -> dict[str, list[tuple[int | None, int]]]:
    """Of each part, what was counted of everybody: the decision."""
    first = dt.date.fromisoformat(day).replace(day=1)
    month = Window(first, (first + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1))
    with reading(workspace) as connection:
        rows = read_replies(connection, workspace.system("offers"), month).to_pylist()
    told: dict[str, list[tuple[int | None, int]]] = {}
    for row in rows:
        if not row["by"]:
            told.setdefault(row["part"], []).append((row["decision"], row["n"]))
    return told


@pytest.mark.costly
@pytest.mark.parametrize(
    ("moments", "late"),  # sent, answered, closed; whether too late
    [
        (("2026-10-25T02:50:00+02:00", "2026-10-25T02:10:00+01:00", "2026-10-25T02:05:00+01:00"), 1),
        (("2026-10-25T02:50:00+02:00", "2026-10-25T02:10:00+01:00", "2026-10-25T02:15:00+01:00"), 0),
        (("2026-10-24T23:00:00", "2026-10-25T03:30:00", "2026-10-26T10:00:00"), 0),  # five and a half hours
        (("2026-03-28T23:00:00", "2026-03-29T04:30:00", "2026-03-29T05:00:00"), 0),  # four and a half
    ],
)
def test_replies_are_timed_by_hours_that_pass(workspace: Workspace, moments: tuple[str, str, str], late: int) -> None:
    decided = ["d1,2026-03-01,true,p,", "d2,2026-10-01,true,p,"]
    bring(workspace, decided, head="ref,at,contacted,who,hired", log="decisions", name="decisions")
    bring(workspace, [message(*moments)])
    found = replied(workspace, moments[0][:10])
    assert found[LATE] == [(late, 1)]


REVIEWS = "ref,kept,seconds,reviewed,agent,agency"


@pytest.mark.costly
def test_a_review_is_held_to_its_decision_by_instants(workspace: Workspace) -> None:
    decided = ["2026-10-25T02:50:00+02:00", "2026-10-25T02:10:00+01:00", "2026-10-25T02:30:00", "2026-03-29T01:50:00"]
    rows = [f"d{i},{at},true,p{i}," for i, at in enumerate(decided)]
    bring(workspace, rows, head="ref,at,contacted,who,hired", log="decisions", name="decisions")
    reviews = [
        "d0,false,60,2026-10-25T02:10:00+01:00,x,north",  # twenty minutes later
        "d1,false,60,2026-10-25T02:50:00+02:00,x,north",  # twenty minutes before
        "d2,false,60,2026-10-25T02:10:00,x,north",  # nobody said which hour: it may be later
        "d3,false,60,2026-03-29T03:05:00,x,north",
        "d3,true,60,2026-03-29T01:45:00+01:00,x,north",
    ]
    report = bring(workspace, reviews, head=REVIEWS, log="human_actions", name="reviews")
    assert faults(report) == [(Reason.OLD_REVIEW, 2)]
    assert report.rejections[0].rows == 2


@pytest.mark.costly
def test_of_two_words_the_later_instant_counts(workspace: Workspace) -> None:
    bring(workspace, ["d0,2026-10-20,true,p,"], head="ref,at,contacted,who,hired", log="decisions", name="decisions")
    for name, said, at in (
        ("a", "false", "2026-10-25T02:10:00+01:00"),
        ("b", "true", "2026-10-25T02:50:00+02:00"),
        ("c", "true", "2026-10-25T01:59:00+02:00"),
    ):
        row = f"d0,{said},60,{at},x,north"
        bring(workspace, [row], head=REVIEWS, log="human_actions", name=name)
        bring(workspace, [f"d0,{said},{at}"], head="ref,hired,noted", log="outcomes", name=f"o{name}")
    assert rows_of(workspace, "SELECT human, outcome FROM lake.offers.decisions") == [(0, 0)]


SINCE = dt.datetime(1990, 1, 1, tzinfo=dt.UTC)
moments = st.one_of(
    st.integers(0, 38 * 365 * 24 * 60).map(lambda minutes: SINCE + dt.timedelta(minutes=minutes)),
    st.sampled_from(clocks.changes("Europe/Paris", 2027)).map(lambda change: change.at.replace(tzinfo=dt.UTC)),
)


@pytest.fixture(scope="module")
def engine() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


@pytest.mark.parametrize("zone", ZONES)
def test_every_hour_around_each_change_is_read_as_the_standard_library_reads_it(
    zone: str, engine: duckdb.DuckDBPyConnection
) -> None:
    """An oracle that knows nothing of our SQL: `zoneinfo`, with its fold."""
    there, rows = ZoneInfo(zone), list[tuple[dt.datetime, dt.datetime, int]]()
    for change in clocks.changes(zone, 2027)[-8:]:
        for minutes in range(-180, 181, 15):
            utc = change.at + dt.timedelta(minutes=minutes)
            local = utc.replace(tzinfo=dt.UTC).astimezone(there)
            rows.append((utc, local.replace(tzinfo=None, fold=0), local.fold))
    some = dt.datetime(2026, 6, 1, 10, tzinfo=dt.UTC)
    rows.append((some.replace(tzinfo=None), some.astimezone(there).replace(tzinfo=None), 0))
    values = ", ".join(f"(TIMESTAMP '{utc}', TIMESTAMP '{local}', {fold})" for utc, local, fold in rows)
    code = clocks.said("local", "(utc AT TIME ZONE 'UTC')", zone, repeated=clocks.twice("local", zone))
    at = clocks.instant(clocks.Moment("local", "true", f"({code})"), zone)
    query = (
        f"SELECT utc, local, fold, {code} AS code, {clocks.twice('local', zone)}, {clocks.skipped('local', zone)}, "
        f"{at} - epoch_us(utc) FROM (VALUES {values}) r(utc, local, fold)"
    )
    for utc, local, fold, found, twice, skipped, off in engine.execute(query).fetchall():
        first, second = (local.replace(tzinfo=there, fold=each).utcoffset() for each in (0, 1))
        timed = local.time() != dt.time()
        assert twice == (first > second and timed), (utc, local)
        assert not skipped
        assert found == (0 if not twice else clocks.SECOND if fold else clocks.FIRST)
        assert off == 0 or (not timed and first > second)


@given(one=moments, minutes=st.integers(-200, 200))
def test_moments_that_tell_their_offset_are_in_the_order_of_their_instants(
    engine: duckdb.DuckDBPyConnection, one: dt.datetime, minutes: int
) -> None:
    zone, other = "Europe/Paris", one + dt.timedelta(minutes=minutes)
    local = {name: moment.astimezone(ZoneInfo(zone)) for name, moment in (("a", one), ("b", other))}
    if dt.time() in (moment.time() for moment in local.values()):
        return
    found = []
    for moment in local.values():
        sql = f"TIMESTAMP '{moment.replace(tzinfo=None, fold=0)}'"
        repeated = clocks.twice(sql, zone)
        code = clocks.said(sql, f"TIMESTAMPTZ '{moment.isoformat()}'", zone, repeated=repeated)
        found.append(clocks.Moment(sql, repeated, f"({code})"))
    before = clocks.surely_before(*found)
    assert engine.execute(f"SELECT {before}").fetchone() == (one < other,)


DECIDED = "ref,at,contacted,who,shortlisted,replied,presented"
REVIEWED = "ref,at,contacted,who,kept,seconds,reviewed,agent,agency"
ABSENT = "absent_column"


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
    again = rows_of(workspace, "SELECT again FROM lake.offers.contacts ORDER BY row")
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
