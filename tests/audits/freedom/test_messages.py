"""Messages, worked out by hand: outside decent hours, after a STOP, first ones and their notices; what is purged."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dateutil.easter import easter as other_easter
from statsmodels.stats.proportion import proportion_confint

from boussole.audits.counts.corrections import read_logs
from boussole.audits.counts.read import SHARES
from boussole.audits.cubes.contacts import easter, messages, national
from boussole.audits.cubes.logs import recount
from boussole.audits.cubes.update import rebuild
from boussole.audits.errors import SystemFileError
from boussole.audits.lake import reading, writing
from boussole.audits.measures import Measure
from boussole.audits.metrics.freedom import AFTER_STOP, OUTSIDE_HOURS, TOO_OFTEN, contact_measures
from boussole.audits.metrics.notices import notice_measures
from boussole.audits.metrics.shares import PART_OF_MONTH
from boussole.audits.retention.purge import purge
from boussole.audits.systems.logs.contacts import FIRST, HOURS, LACKING, OFTEN, PLACED, STOPPED, TIMED, UNTOLD
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from tests.audits import logged
from tests.audits.freedom.test_shares import SYSTEM as OFFERS
from tests.audits.freedom.test_shares import rows
from tests.audits.logged import APRIL, MARCH, read_log, sides
from tests.sparing import slow_case
from tests.written import system_text, written_workspace

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
HEAD = "who,sent,kind,answered,dept"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return written_workspace(tmp_path / "w", SYSTEM)


def bring(workspace: Workspace, *rows: str, head: str = HEAD, **more: Any) -> None:
    logged.bring(workspace, "contacts", head, *rows, **more)


def counted(workspace: Workspace, window: Window, *, exact: bool = False) -> dict[str, tuple[int, int]]:
    """Cases and all, of each thing that is counted."""
    read = read_log(workspace, "contacts", window, exact=exact)
    return {part: sides(read, part) for part in (read["part"].unique().to_pylist() if read else ())}


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
    rows = [f"p{i},{sent},contact,,{dept}" for i, (sent, dept, _) in enumerate(CASES)]
    bring(workspace, *rows[::2])
    bring(workspace, *rows[1::2], name="late")
    with reading(workspace) as connection:
        held = messages(connection, workspace.system("offers"), "true", stop="false")
        found = dict(connection.execute(f"SELECT person, outside FROM ({held})").fetchall())
    said = {f"{sent} in {dept}": found[f"p{i}"] for i, (sent, dept, _) in enumerate(CASES)}
    assert said == {f"{sent} in {dept}": outside for sent, dept, outside in CASES}
    assert counted(workspace, MARCH)[HOURS] == (10, 20)
    assert counted(workspace, MARCH) == counted(workspace, MARCH, exact=True)
    with writing(workspace) as connection:
        before = connection.execute("FROM lake.offers.contacts_counted ORDER BY ALL").fetchall()
        rebuild(connection, workspace.system("offers"))
        assert connection.execute("FROM lake.offers.contacts_counted ORDER BY ALL").fetchall() == before


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
        quarantined=2,
    )
    found = counted(workspace, MARCH)
    assert (found[HOURS], found[PLACED], found[TIMED], found[OFTEN]) == ((0, 3), (2, 4), (1, 4), (0, 4))
    with reading(workspace) as connection:
        aside = connection.execute('SELECT "column", reason FROM lake.offers.quarantine ORDER BY row').fetchall()
    assert aside == [("answered", "the reply is older than the message"), ("who", "the person is missing")]


FEBRUARY = tuple(f"p1,2026-02-{day}T11:00:00,contact,,75" for day in (16, 17, 18, 19))


@pytest.mark.slow
def test_after_a_purge_the_cube_alone_knows_who_was_written_to_before(workspace: Workspace) -> None:
    bring(workspace, *FEBRUARY, "p1,2026-03-04T11:00:00,contact,,75", "p2,2026-04-01T11:00:00,contact,,75")
    march, april = counted(workspace, MARCH), counted(workspace, APRIL)
    assert march[OFTEN] == (1, 1)
    purge(workspace, before=dt.date(2026, 3, 1))
    assert counted(workspace, MARCH) == counted(workspace, MARCH, exact=True) == march
    for part in (Window(dt.date(2026, 3, 2), dt.date(2026, 3, 31)), Window(dt.date(2026, 3, 1), dt.date(2026, 3, 3))):
        assert counted(workspace, part) == {PART_OF_MONTH: (0, 1)}
    assert counted(workspace, APRIL, exact=True) == april
    with writing(workspace) as connection:
        rebuild(connection, workspace.system("offers"))
    assert (counted(workspace, MARCH), counted(workspace, APRIL)) == (march, april)
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
    assert counted(workspace, Window(dt.date(2026, 5, 1), dt.date(2026, 5, 1))) == {}


def test_easter_is_that_of_another_library_and_the_country_has_eleven_holidays() -> None:
    years = range(1900, 2200)
    assert [easter(year) for year in years] == [other_easter(year) for year in years]
    assert [f"{day:%m-%d}" for day in national([2026])] == [
        "01-01", "04-06", "05-01", "05-08", "05-14", "05-25", "07-14", "08-15", "11-01", "11-11", "12-25",
    ]  # fmt: skip


def stopped(workspace: Workspace, window: Window = MARCH) -> tuple[int, int]:
    """Who was written to all the same, of who had said STOP; the same from the cube and from the rows."""
    found = counted(workspace, window)
    assert found == counted(workspace, window, exact=True)
    return found[STOPPED]


LAST = "other,2026-03-31T19:00:00,contact,,75"


@pytest.mark.costly
@pytest.mark.parametrize(
    ("messages", "found"),
    [
        slow_case([], (0, 0)),  # nobody said STOP
        slow_case(["p 03-10T10:00 STOP"], (0, 1)),
        (["p 03-10T10:00:00 stop", "p 03-11T10:00:00 contact"], (0, 1)),  # 24 hours sharp
        (["p 03-10T10:00:00 Opt-Out", "p 03-11T10:00:01 contact"], (1, 1)),
        slow_case(["p 03-10T10:00 STOP", "p 03-09T10:00 contact"], (0, 1)),  # before
        # two of them: the first counts, and who is written to twice counts once
        (["p 03-10T10:00 STOP", "p 03-20T10:00 STOP", "p 03-12T10:00 contact", "p 03-13T10:00 contact"], (1, 1)),
        slow_case(["p 03-31T10:00 STOP"], (0, 0)),  # no message left since it was in force
        slow_case(["p 02-10T10:00 STOP", "q 03-02T10:00 STOP"], (0, 2)),
        slow_case(["p 03-10 STOP", "p 03-11T23:00 contact"], (0, 1)),  # a day alone counts from its end
        (["p 03-10 STOP", "p 03-12T00:01 contact"], (1, 1)),
        slow_case(["p 03-10T10:00 STOP", "p 04-11T10:00 contact"], (0, 1)),  # a case of April
    ],
)
def test_who_is_written_to_after_a_stop(workspace: Workspace, messages: list[str], found: tuple[int, int]) -> None:
    bring(workspace, *("{},2026-{},{},,75".format(*each.split()) for each in messages), LAST)
    assert stopped(workspace) == found


@pytest.mark.costly
def test_a_stop_that_comes_late_and_one_of_a_month_before_count(workspace: Workspace) -> None:
    bring(workspace, "p,2026-03-12T10:00:00,contact,,75", LAST)
    assert stopped(workspace) == (0, 0)
    bring(workspace, "p,2026-02-10T10:00:00,STOP,,75", name="late")
    assert stopped(workspace) == (1, 1)


@pytest.mark.costly
def test_a_purge_does_not_forget_who_said_stop(workspace: Workspace) -> None:
    bring(
        workspace,
        "p,2026-02-10T10:00:00,STOP,2026-02-10T10:00:00,75",
        "p,2026-02-10T09:00:00,contact,,75",
        "old,2022-02-10T10:00:00,STOP,,75",  # more than three years ago
        "old,2022-02-10T09:00:00,contact,,75",
        LAST,
    )
    assert stopped(workspace) == (0, 2)
    with writing(workspace) as connection:
        connection.execute("ALTER TABLE lake.offers.contacts ADD COLUMN later VARCHAR")
        connection.execute("UPDATE lake.offers.contacts SET later = '?', smartphone = 'no', closes_at = \"at\"")
    (gone,) = purge(workspace, before=dt.date(2026, 3, 1), today=dt.date(2026, 4, 1))
    assert gone.rows == {"contacts": 3}
    with reading(workspace) as connection:
        left = connection.execute(
            'SELECT * EXCLUDE (batch, "row", id, bucket, person) FROM lake.offers.contacts '
            "WHERE day < DATE '2026-03-01'"
        ).fetchall()
        names = [each[0] for each in connection.description or ()]
    said = {"kind": "STOP", "at": dt.datetime.fromisoformat("2026-02-10T10:00:00"), "day": dt.date(2026, 2, 10)}
    assert [dict(zip(names, row, strict=True)) for row in left] == [dict.fromkeys(names) | said]
    assert {"reply_at", "department", "closes_at", "smartphone", "later"} <= {*names}
    bring(workspace, "p,2026-04-07T10:00:00,contact,,75", "old,2026-04-07T10:00:00,contact,,75", name="april")
    assert counted(workspace, APRIL)[STOPPED] == (1, 1)
    assert purge(workspace, before=dt.date(2026, 3, 1), today=dt.date(2026, 4, 1)) == []


def after_stop(*stops: tuple[int, int, int]) -> Measure:
    read = rows(**{OFTEN: [(b, 0, 10) for b in range(40)], STOPPED: [*stops]})
    (found,) = (each for each in contact_measures(read, OFFERS) if each.metric == AFTER_STOP)
    return found


def test_the_share_worked_out_by_hand() -> None:
    found = after_stop((3, 2, 48), (7, 0, 50))
    assert (found.value, found.n, found.clusters, found.params) == (0.02, 100, 2, {"cases": 2, "hours": 24})
    assert found.interval is not None
    # Wilson by hand: (p + z²/2n ∓ z √(p(1−p)/n + z²/4n²)) ÷ (1 + z²/n)
    z, p, n = 1.959964, 0.02, 100
    half = z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    ends = [(p + z * z / (2 * n) + side * half) / (1 + z * z / n) for side in (-1, 1)]
    assert [found.interval.low, found.interval.high] == pytest.approx(ends, rel=1e-5)


@pytest.mark.parametrize(
    ("stops", "status", "reason", "params"),
    [
        ((0, 0, 10), "suppressed", "small_group", {"some": False}),
        ((0, 1, 9), "suppressed", "small_group", {"some": True}),  # that there is one is never hidden
        ((0, 0, 11), "ok", None, {"cases": 0, "hours": 24}),
    ],
)
def test_of_few_people_no_number_is_told(stops, status, reason, params) -> None:
    found = after_stop(stops)
    assert (found.status, found.reason, found.params) == (status, reason, params)


@pytest.mark.costly
def test_a_log_without_a_stop_says_nothing(workspace: Workspace) -> None:
    bring(workspace, LAST)
    with reading(workspace) as connection:
        read = read_logs(connection, workspace.system("offers"), MARCH)["contacts"]
    found = {each.metric: each for each in contact_measures(read, OFFERS)}
    assert (found[AFTER_STOP].status, found[AFTER_STOP].reason) == ("undefined", "no_stop")
    assert read.schema == SHARES


TEMPLATES = "who,sent,kind,template"
CONTACTS = """
contacts:
  person: who
  at: sent
  kind: kind
  template: template
  notices: {A1: {approved_on: 2026-01-05, document: n° 2}, A2: {approved_on: 2026-03-10}, B1: {missing: too long}}
"""


def made(tmp_path: Path, contacts: str = CONTACTS) -> Workspace:
    return written_workspace(tmp_path / "w", system_text("offers", contacts, kind="generation"))


def first(workspace: Workspace, window: Window = MARCH, *, exact: bool = False) -> tuple[tuple[int, int], ...]:
    """Cases and all: without an approved notice, without a template, with one that lacks the notice."""
    contacts, read = workspace.system("offers").contacts, read_log(workspace, "contacts", window, exact=exact)
    assert contacts is not None
    assert read is not None
    names = [contacts.part(part) for part in (FIRST, UNTOLD, LACKING)]
    assert {*names} <= {*read["part"].to_pylist()}  # counted, be it 0
    return tuple(sides(read, name) for name in names)


@pytest.mark.costly
@pytest.mark.parametrize(
    ("messages", "found"),
    [
        (["02T10 contact,A1"], ((0, 1), (0, 1), (0, 1))),
        (["02T10 contact, A1 "], ((0, 1), (0, 1), (0, 1))),
        (["02T10 contact,C9"], ((1, 1), (0, 1), (0, 1))),  # nobody knows that template
        (["02T10 contact,A2"], ((1, 1), (0, 1), (0, 1))),  # approved eight days later
        (["10T08 contact,A2"], ((0, 1), (0, 1), (0, 1))),  # on the day itself
        (["02T10 contact,B1"], ((1, 1), (0, 1), (1, 1))),
        (["02T10 contact,"], ((0, 0), (1, 1), (0, 0))),
        (["02T10 contact,A1", "03T10 contact,C9"], ((0, 1), (0, 1), (0, 1))),  # only the first counts
        (["01T10 STOP,", "02T10 contact,A1"], ((0, 1), (0, 1), (0, 1))),  # a STOP is no message
        (["02T10 contact,C9", "02T10 reminder,A1"], ((0, 1), (0, 1), (0, 1))),  # at one moment, one is enough
    ],
)
def test_the_first_message_to_a_person(tmp_path: Path, messages: list[str], found: tuple[tuple[int, int], ...]) -> None:
    workspace = made(tmp_path)
    bring(workspace, *("p,2026-03-{}:00:00,{}".format(*each.split(" ", 1)) for each in messages), head=TEMPLATES)
    assert first(workspace) == found == first(workspace, exact=True)


@pytest.mark.costly
def test_an_earlier_message_that_comes_late_is_the_first(tmp_path: Path) -> None:
    workspace = made(tmp_path)
    bring(workspace, "p,2026-04-02T10:00:00,contact,C9", head=TEMPLATES)
    assert first(workspace, APRIL)[0] == (1, 1)
    bring(workspace, "p,2026-03-02T10:00:00,contact,A1", head=TEMPLATES, name="late")
    assert first(workspace, APRIL) == ((0, 0), (0, 0), (0, 0)) == first(workspace, APRIL, exact=True)
    assert first(workspace)[0] == (0, 1)


@pytest.mark.costly
def test_notices_named_after_the_import_are_counted_from_the_rows_and_never_of_rows_that_were_purged(
    tmp_path: Path,
) -> None:
    workspace = made(tmp_path, "contacts: {person: who, at: sent, kind: kind, template: template}\n")
    bring(workspace, "p,2026-03-02T10:00:00,contact,C9", "q,2026-04-02T10:00:00,contact,A1", head=TEMPLATES)
    file = workspace.home / "systems" / "offers.yaml"
    file.write_text(system_text("offers", CONTACTS, kind="generation"), encoding="utf-8")
    workspace = Workspace(workspace.home)
    assert (first(workspace)[0], first(workspace, APRIL)[0]) == ((1, 1), (0, 1))
    purge(workspace, before=dt.date(2026, 4, 1), today=dt.date(2026, 5, 1))
    system = workspace.system("offers")
    assert notice_measures(read_log(workspace, "contacts"), system) == []


@pytest.mark.costly
def test_who_was_written_to_before_a_purge_is_no_new_person_in_what_was_counted(tmp_path: Path) -> None:
    workspace = made(tmp_path)
    sent = ("p,2026-02-02T10:00:00,contact,A1", "p,2026-04-20T10:00:00,contact,C9", "q,2026-04-21,contact,A1")
    bring(workspace, *sent, head=TEMPLATES)
    purge(workspace, before=dt.date(2026, 3, 1), today=dt.date(2026, 5, 1))
    assert first(workspace, APRIL)[0] == (0, 1) == first(workspace, APRIL, exact=True)[0]
    with writing(workspace) as connection:
        recount(connection, workspace.system("offers"), "contacts")
    assert first(workspace, APRIL)[0] == (0, 1)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("notices: {A1: {approved_on: 2026-01-05}}", "`notices` are those of the column `template`"),
        ("template: t, notices: {A1: {}}", "give exactly one of `approved_on` and `missing`"),
        ("template: t, notices: {A1: {missing: none, document: n}}", "belongs to a notice that was approved"),
    ],
)
def test_notices_that_say_nothing_are_refused(tmp_path: Path, written: str, told: str) -> None:
    workspace = made(tmp_path, f"contacts: {{person: who, at: sent, kind: kind, {written}}}")
    with pytest.raises(SystemFileError, match=told):
        workspace.system("offers")


@pytest.mark.costly
def test_the_measure_and_its_interval(tmp_path: Path) -> None:
    workspace = made(tmp_path)
    sent = ["A1"] * 80 + ["B1"] * 3 + [""] * 2
    bring(workspace, *(f"p{i},2026-03-02T10:00:00,contact,{each}" for i, each in enumerate(sent)), head=TEMPLATES)
    system = workspace.system("offers")
    (found,) = notice_measures(read_log(workspace, "contacts"), system)
    assert found.params == {"cases": 3, "unlabelled": 2, "all": 85, "lacking": 3}
    assert (found.interval.low, found.interval.high) == pytest.approx(proportion_confint(3, 83, method="wilson"))
