"""Messages outside decent hours, worked out by hand: hours, days, holidays, other clocks, and what is told."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from dateutil.easter import easter as other_easter

from boussole.audits.counts.corrections import read_logs
from boussole.audits.cubes.contacts import easter, messages, national
from boussole.audits.cubes.update import rebuild
from boussole.audits.decisions import ingest
from boussole.audits.lake import reading, writing
from boussole.audits.metrics.freedom import AFTER_STOP, OUTSIDE_HOURS, TOO_OFTEN, contact_measures
from boussole.audits.metrics.shares import PART_OF_MONTH
from boussole.audits.retention.purge import purge
from boussole.audits.systems.logs.contacts import HOURS, OFTEN, PLACED, TIMED
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from tests.written import system_text

SYSTEM = system_text(
    "offers",
    """
columns:
  id: ref
  decided_at: day
  decision: {column: contacted, selected: [true]}
  person: who
contacts: {person: who, at: sent, kind: kind, reply_at: answered, department: dept}
privacy: {suppress_below: 2, pseudonymise: [ref]}
""",
    kind="ranking",
)
MARCH = Window(dt.date(2026, 3, 1), dt.date(2026, 3, 31))
HEAD = "who,sent,kind,answered,dept"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace.create(tmp_path / "w")
    (made.home / "systems" / "offers.yaml").write_text(SYSTEM, encoding="utf-8")
    return Workspace(made.home)


def bring(workspace: Workspace, *rows: str, name: str = "messages", origin: str | None = None):
    path = workspace.home.parent / f"{name}.csv"
    path.write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    return ingest(workspace, workspace.system("offers"), path, log="contacts", origin=origin)


def counted(workspace: Workspace, window: Window, *, exact: bool = False) -> dict[str, tuple[int, int]]:
    """Cases and all, of each thing that is counted."""
    with reading(workspace) as connection:
        rows = read_logs(connection, workspace.system("offers"), window, exact=exact)
        rows = rows["contacts"].to_pylist() if rows else []
    parts = {row["part"] for row in rows}
    return {
        part: (
            sum(row["n"] for row in rows if row["part"] == part and row["decision"]),
            sum(row["n"] for row in rows if row["part"] == part),
        )
        for part in parts
    }


def month_of(day: str) -> Window:
    first = dt.date.fromisoformat(day[:10]).replace(day=1)
    return Window(first, (first + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1))


CASES = [
    ("2026-03-04T10:00:00", "75", False),  # a Wednesday
    ("2026-03-04T09:59:59", "75", True),
    ("2026-03-04T13:00:00", "75", False),
    ("2026-03-04T13:00:01", "75", True),
    ("2026-03-04T13:59:59", "75", True),
    ("2026-03-04T14:00:00", "75", False),
    ("2026-03-04T20:00:00", "75", False),
    ("2026-03-04T20:00:01", "75", True),
    ("2026-03-07T11:00:00", "75", True),  # a Saturday
    ("2026-03-08T11:00:00", "75", True),  # a Sunday
    ("2026-07-14T11:00:00", "75", True),  # a Tuesday
    ("2026-04-06T11:00:00", "75", True),  # Easter Monday
    ("2026-05-14T11:00:00", "75", True),  # Ascension, a Thursday
    ("2026-04-03T11:00:00", "75", False),  # Good Friday
    ("2026-04-03T11:00:00", "67", True),
    ("2025-12-26T11:00:00", "57", True),  # a Friday
    ("2025-12-26T11:00:00", "54", False),
    ("2026-03-04T09:30:00", "974", False),  # 12:30 in Réunion, three hours ahead in winter
    ("2026-03-04T10:30:00", "974", True),  # 13:30
    ("2026-07-08T10:30:00", "974", False),  # 12:30: two hours in summer
    ("2026-03-04T12:00:00", "972", True),  # 7:00 in Martinique
    ("2026-03-04T16:00:00", "972", False),  # 11:00
    ("2026-05-22T17:00:00", "972", True),  # 11:00 of a Friday: the abolition of slavery
    ("2026-05-22T17:00:00", "75", False),
    ("2026-03-06T23:30:00", "976", True),  # Saturday 1:30 in Mayotte
    ("2026-03-04T09:00:00Z", "75", False),  # 10:00 in Paris
    ("2026-03-04T11:00:00", "1", False),  # Ain, written as a number
    ("2026-03-04T11:00:00", "2a", False),
    ("2026-03-04T11:00:00", "Bretagne", False),  # nobody knows where: the clock of the system
    ("2026-03-04T09:30:00", "", True),
]


@pytest.mark.costly
def test_a_message_is_held_to_the_clock_and_calendar_of_the_person(workspace: Workspace) -> None:
    bring(workspace, *(f"p{i},{sent},contact,,{dept}" for i, (sent, dept, _) in enumerate(CASES)))
    with reading(workspace) as connection:
        held = messages(connection, workspace.system("offers"), "true", stop="false")
        found = dict(connection.execute(f"SELECT person, outside FROM ({held})").fetchall())
    said = {f"{sent} in {dept}": found[f"p{i}"] for i, (sent, dept, _) in enumerate(CASES)}
    assert said == {f"{sent} in {dept}": outside for sent, dept, outside in CASES}
    assert counted(workspace, month_of("2026-03-04")) == counted(workspace, month_of("2026-03-04"), exact=True)


@pytest.mark.costly
def test_what_cannot_be_placed_is_told_and_a_day_alone_is_no_time(workspace: Workspace) -> None:
    bring(
        workspace,
        "p1,2026-03-04T11:00:00,contact,,75",
        "p2,2026-03-04T11:00:00,contact,,",
        "p3,2026-03-04T11:00:00,contact,,XX",
        "p4,2026-03-04,contact,,75",
        "p1,2026-03-05T23:00:00,STOP,,75",  # of the person: whenever they like
        "p2,2026-03-05T11:00:00,contact,2026-03-05T10:00:00,75",  # answered before it was sent: set aside
        ",2026-03-05T11:00:00,contact,,75",
    )
    found = counted(workspace, MARCH)
    assert (found[HOURS], found[PLACED], found[TIMED], found[OFTEN]) == ((0, 3), (2, 4), (1, 4), (0, 4))
    with reading(workspace) as connection:
        aside = connection.execute('SELECT "column", reason FROM lake.offers.quarantine ORDER BY row').fetchall()
    assert aside == [("answered", "the reply is older than the message"), ("who", "the person is missing")]


@pytest.mark.costly
def test_counts_follow_each_batch_and_a_rebuild_gives_the_same(workspace: Workspace) -> None:
    bring(workspace, "p1,2026-03-04T11:00:00,contact,,75", "p1,2026-02-04T11:00:00,contact,,75")
    bring(workspace, "p2,2026-03-07T11:00:00,contact,,75", name="late")
    assert counted(workspace, MARCH)[HOURS] == (1, 2)
    assert counted(workspace, month_of("2026-02-04"))[HOURS] == (0, 1)
    with reading(workspace) as connection:
        before = connection.execute("FROM lake.offers.contacts_counted ORDER BY ALL").fetchall()
    with writing(workspace) as connection:
        rebuild(connection, workspace.system("offers"))
        assert connection.execute("FROM lake.offers.contacts_counted ORDER BY ALL").fetchall() == before


FEBRUARY = tuple(f"p1,2026-02-{day}T11:00:00,contact,,75" for day in (16, 17, 18, 19))


@pytest.mark.slow
def test_after_a_purge_the_cube_alone_knows_who_was_written_to_before(workspace: Workspace) -> None:
    bring(workspace, *FEBRUARY, "p1,2026-03-04T11:00:00,contact,,75", "p2,2026-04-01T11:00:00,contact,,75")
    march, april = counted(workspace, MARCH), counted(workspace, month_of("2026-04-01"))
    assert march[OFTEN] == (1, 1)
    purge(workspace, before=dt.date(2026, 3, 1))
    assert counted(workspace, MARCH) == counted(workspace, MARCH, exact=True) == march
    for part in (Window(dt.date(2026, 3, 2), dt.date(2026, 3, 31)), Window(dt.date(2026, 3, 1), dt.date(2026, 3, 3))):
        assert counted(workspace, part) == {PART_OF_MONTH: (0, 1)}
    assert counted(workspace, month_of("2026-04-01"), exact=True) == april
    with writing(workspace) as connection:
        rebuild(connection, workspace.system("offers"))
    assert (counted(workspace, MARCH), counted(workspace, month_of("2026-04-01"))) == (march, april)
    bring(workspace, "p3,2026-03-05T11:00:00,contact,,75", name="late")
    assert counted(workspace, MARCH)[OFTEN] == (0, 2)  # counted anew, of the rows that are left


@pytest.mark.costly
@pytest.mark.parametrize(
    ("start", "end"), [("03-15", "03-31"), ("03-01", "03-30"), ("02-02", "03-31"), ("03-21", "03-21")]
)
@pytest.mark.parametrize("exact", [False, True])
def test_of_part_of_a_month_nothing_is_told(workspace: Workspace, start: str, end: str, exact: bool) -> None:
    """Else two windows that differ by a day would tell, subtracted, of that day."""
    bring(workspace, "p1,2026-03-04T11:00:00,contact,,75", "p1,2026-03-21T11:00:00,contact,,75")
    part = Window(dt.date.fromisoformat(f"2026-{start}"), dt.date.fromisoformat(f"2026-{end}"))
    assert counted(workspace, part, exact=exact) == {PART_OF_MONTH: (0, 1)}
    with reading(workspace) as connection:
        read = read_logs(connection, workspace.system("offers"), part, exact=exact)["contacts"]
    found = contact_measures(read, workspace.system("offers"))
    assert {(each.status, each.reason, each.n) for each in found} == {("undefined", PART_OF_MONTH, None)}
    assert [each.metric for each in found] == [OUTSIDE_HOURS, TOO_OFTEN, AFTER_STOP]
    none = month_of("2026-05-01")
    assert counted(workspace, Window(none.start, none.start)) == {}


def test_easter_is_that_of_another_library() -> None:
    years = range(1900, 2200)
    assert [easter(year) for year in years] == [other_easter(year) for year in years]


def test_the_country_has_eleven_holidays() -> None:
    assert [f"{day:%m-%d}" for day in national([2026])] == [
        "01-01", "04-06", "05-01", "05-08", "05-14", "05-25", "07-14", "08-15", "11-01", "11-11", "12-25",
    ]  # fmt: skip
