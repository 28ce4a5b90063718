"""The access log: what it notes, what the ledger keeps of it, and that it is gone when its time is over."""

from __future__ import annotations

import datetime as dt
import sqlite3

import pytest

from boussole.audits import ledger
from boussole.audits.workspace import Workspace
from boussole.charter.records.database import reading
from boussole.charter.records.verification import verify_records
from boussole.dashboard.server.access import log
from boussole.dashboard.server.access.log import changed_days, close_days, purge
from boussole.dashboard.server.access.permissions import Action, Person, Role
from tests.dashboard.access.test_matrix import look as page_of

FIRST, SECOND, THIRD = (dt.date(2026, 11, day) for day in (1, 2, 3))
ADA = Person(role=Role.STEWARD, subject="subject-of-ada", authenticated=True)


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setattr(log, "_lately", type(log._lately)())
    monkeypatch.setattr(log, "_closed", {})
    return Workspace.create(tmp_path / "w")


@pytest.fixture
def on(monkeypatch):
    """Notes on a day."""

    def day(which: dt.date) -> None:
        monkeypatch.setattr(log, "now", lambda: dt.datetime.combine(which, dt.time(9), tzinfo=dt.UTC))

    return day


def sealed(workspace, kind):
    with reading(workspace) as connection:
        return [] if connection is None else [payload for *_, payload in ledger.payloads(connection, kinds=(kind,))]


def noted(workspace):
    return [(row.event, row.subject, row.role, row.place) for row in log.entries(workspace)]


def two_days(workspace, on):
    on(FIRST)
    log.note(workspace, "sign_in", subject=ADA.subject, role=ADA.role)
    log.look(workspace, ADA, Action.SEE_ROWS, place="/rows")
    on(SECOND)
    log.note(workspace, "sign_out", subject=ADA.subject, role=ADA.role)


def test_restricted_looks_and_refusals_are_noted_once(workspace):
    for _ in range(3):
        log.look(workspace, ADA, Action.SEE_ROWS, place="/rows")
        log.look(workspace, ADA, Action.SEE_COMPASS, place="/")
        log.look(workspace, ADA, Action.TAKE_PART, place="/vote")
    assert noted(workspace) == [("look", ADA.subject, "steward", "/rows"), ("refused", ADA.subject, "steward", "/vote")]


def test_the_first_note_of_a_day_closes_those_before(workspace, on):
    two_days(workspace, on)
    (day,) = sealed(workspace, "access_day")
    assert (day["day"], day["looks"]) == ("2026-11-01", 2)
    assert set(day) == {"day", "looks", "sha256"}, "the ledger can't be erased: it names nobody"
    assert close_days(workspace, SECOND) == 0
    assert changed_days(workspace) == []
    assert verify_records(workspace).ok


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM looks WHERE event = 'look'",
        "UPDATE looks SET subject = 'somebody else' WHERE id = 1",
        "INSERT INTO looks (at, event, subject, role, place) VALUES ('2026-11-01T10:00:00Z', 'look', 's', '', '')",
        "DELETE FROM days",
        "DELETE FROM days; DELETE FROM looks",
        "UPDATE days SET digest = 'x', salt = 'x'",
    ],
)
def test_a_closed_day_that_was_changed_is_told(workspace, on, change):
    two_days(workspace, on)
    with sqlite3.connect(workspace.access) as file:
        file.executescript(change)
    assert changed_days(workspace) == ["2026-11-01"]


def test_somebody_who_changed_the_log_is_told_by_the_command_line(workspace, on, command):
    two_days(workspace, on)
    with sqlite3.connect(workspace.access) as file:
        file.execute("DELETE FROM looks WHERE id = 1")
    done = command("--workspace", workspace.home, "access", "log", "--check")
    assert (done.returncode, "2026-11-01" in done.stderr) == (1, True)


def test_a_purge_leaves_no_name_in_any_file(workspace, on):
    two_days(workspace, on)
    close_days(workspace, THIRD)
    done = purge(workspace, before=THIRD)
    assert (done.looks, noted(workspace)) == (3, [])
    files = [path for path in workspace.home.rglob("*") if path.is_file()]
    assert workspace.access in files
    assert not [path for path in files if b"subject-of-ada" in path.read_bytes()]
    assert sealed(workspace, "access_purge") == [{"before": "2026-11-03", "looks": 3, "days": 2}]
    assert changed_days(workspace) == [], "what a purge took is not missing"


def test_a_day_that_is_not_closed_is_not_erased(workspace, on):
    on(FIRST)
    log.note(workspace, "sign_in", subject="x")
    assert purge(workspace, before=THIRD).looks == 0
    assert len(noted(workspace)) == 1


def test_it_is_erased_by_itself_when_its_time_is_over(workspace, on):
    two_days(workspace, on)
    on(SECOND + dt.timedelta(days=366))
    log.note(workspace, "sign_in", subject="later")
    assert [subject for _, subject, *_ in noted(workspace)] == ["later"]


def test_the_command_line(workspace, command, monkeypatch):
    log.note(workspace, "sign_in", subject="ada", role=Role.READER)
    asked = ("--workspace", workspace.home, "access")
    assert "\tsign_in\tada\treader\t-" in command(*asked, "log").stdout
    assert "the one that the ledger sealed" in command(*asked, "log", "--check").stderr
    assert "Nobody is signed in." in command(*asked, "sessions").stderr
    done = command(*asked, "revoke", "abcdef")
    assert (done.returncode, "no open session is 'abcdef'" in done.stderr) == (2, True)
    assert command(*asked, "revoke", "").returncode == 2
    assert "0 note(s)" in command(*asked, "purge").stderr
    assert command(*asked, "purge", "--before", "2999-01-01").returncode == 2
    assert "\tlook\tcommand line/" in command(*asked, "log").stdout, "who reads the log is in the log"


@pytest.mark.attack("access log", "a name that begins a line of its own, or moves the cursor of who reads the log")
def test_nothing_that_is_noted_breaks_a_line_of_the_log(workspace, command):
    posing = "eve\n2026-11-01T09:00:00Z\tsign_in\tada\x1b[2J\u2028"
    log.note(workspace, "sign_in_refused", subject=posing, place="a\rb\tc")
    lines = command("--workspace", workspace.home, "access", "log").stdout.split("\n")
    (found,) = [line for line in lines if "sign_in_refused" in line]
    assert found.split("\t")[1] == "sign_in_refused"
    assert len(found.split("\t")) == 5, "who, what, role and place stand each in its column"
    assert not [line for line in lines if line.startswith("2026-11-01")]
    assert all(each.isprintable() or each == "\t" for line in lines for each in line)


def test_rows_seen_at_the_command_line_are_noted(workspace, command):
    command("--workspace", workspace.home, "quarantine", "list")
    ((event, _, role, place),) = noted(workspace)
    assert (event, role, place) == ("look", "operator", "boussole quarantine list")


@pytest.mark.attack(
    "rows", "single rows are taken away at the command line without a reason, or with one that says nothing"
)
def test_single_rows_are_read_for_a_reason_that_is_noted(workspace, command, tmp_path, tries):
    words = ("--workspace", workspace.home, "quarantine", "export", tmp_path / "rows.csv", "--system", "offers")
    for unsaid in ((), ("--reason", ""), ("--reason", " \n "), ("--reason", "x" * 151), ("--reason", "to\x1b[2Jmend")):
        tries.add()
        assert command(*words, *unsaid).returncode == 2, unsaid
    assert noted(workspace) == []
    command(*words, "--reason", "dates to  mend")
    ((event, _, role, place),) = noted(workspace)
    assert (event, role, place) == ("look", "operator", "boussole quarantine export: dates to mend")


def test_who_sees_single_appeals_is_noted_and_who_sees_their_number_is_not(workspace, be, monkeypatch):
    monkeypatch.setenv("BOUSSOLE_HOME", str(workspace.home))
    be("member")
    page_of("incidents")
    assert noted(workspace) == []
    be("agent")
    page_of("incidents")
    assert noted(workspace) == [("look", "local", "agent", "/incidents")]
