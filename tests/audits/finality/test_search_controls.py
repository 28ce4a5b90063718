"""Controls of the search for work, worked out by hand: what each was triggered by, and on which days who is silent."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from pydantic import ValidationError
from statsmodels.stats.proportion import proportion_confint

from boussole.audits.counts.corrections import read_logs
from boussole.audits.counts.log_ends import SEARCH_CONTROLS, known_until
from boussole.audits.counts.replies import read_replies
from boussole.audits.decisions import ingest
from boussole.audits.lake import reading
from boussole.audits.lake.tables import one
from boussole.audits.log_names import LogName
from boussole.audits.metrics.search_controls import control_measures
from boussole.audits.systems.logs.search_controls import FROM_REPLIES, UNTOLD, SearchControls
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from tests.audits.logged import MARCH
from tests.written import system_text, written_workspace

CONTROLS = """
search_controls:
  person: who
  at: began
  trigger: why
  triggers: [random, Signal]
  from_replies: [no answer]
  answer_days: 7
  span_days: 30
"""
SYSTEM = """
columns:
  id: ref
  decided_at: day
  decision: {column: contacted, selected: [true], not_selected: [false]}
  person: who
contacts: {person: who, at: sent, kind: kind, reply_at: answered}
groups: {gender: {column: gender, reference: M}}
controls: {job: {column: job, title: {fr: métier, en: job}}}
privacy: {suppress_below: 2}
"""


def made(home: Path, controls: str = CONTROLS) -> Workspace:
    return written_workspace(home, system_text("offers", SYSTEM + controls, kind="ranking"))


def bring(workspace: Workspace, rows: list[tuple], columns: list[str], log: LogName) -> int:
    path = workspace.home.parent / f"{log}.csv"
    pd.DataFrame(rows, columns=columns).to_csv(path, index=False)
    return ingest(workspace, workspace.system("offers"), path, log=log).quarantined


def controlled(workspace: Workspace, *rows: tuple[str, str | None, str | None]) -> int:
    return bring(workspace, list(rows), ["who", "began", "why"], "search_controls")


# Of each month, the controls of one person, and of people counted: cases and all of those of whom it is told what led
# to it; of whom it is not, of all.
COUNTED: dict[str, tuple[list[tuple[int, str | None]], tuple[int, int], tuple[int, int]]] = {
    "2025-01": ([(4, "random")], (0, 1), (0, 1)),
    "2025-02": ([(4, " RANDOM ")], (0, 1), (0, 1)),
    "2025-03": ([(4, "No Answer")], (1, 1), (0, 1)),
    "2025-04": ([(4, None)], (0, 0), (1, 1)),
    "2025-05": ([(4, "heard of nowhere")], (0, 0), (1, 1)),
    "2025-06": ([(4, "random"), (9, "no answer")], (1, 1), (0, 1)),  # a person counts once
    "2025-07": ([(4, None), (9, "no answer")], (1, 1), (0, 1)),
    "2025-08": ([(4, None), (9, "signal")], (0, 0), (1, 1)),  # the other one may have come of silence
    "2025-09": ([(4, "random"), (4, "no answer")], (1, 1), (0, 1)),  # twice on a day
}


@pytest.mark.costly
def test_what_a_control_counts_as_and_who_is_told(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w")
    rows = [("a", f"{month}-{day:02}", why) for month, (controls, *_) in COUNTED.items() for day, why in controls]
    many = [(f"p{i}", "2026-03-04", "no answer" if i < 3 else "random") for i in range(300)]
    assert controlled(workspace, *rows, *many, ("q", "2026-03-04", None)) == 0
    system, year = workspace.system("offers"), Window(dt.date(2025, 1, 1), dt.date(2025, 9, 30))
    assert system.search_controls is not None
    with reading(workspace) as connection:
        read = {exact: read_logs(connection, system, year, exact=exact)["search_controls"] for exact in (False, True)}
        (found,) = control_measures(read_logs(connection, system, MARCH)["search_controls"], system)
        part = read_logs(connection, system, Window(MARCH.start, dt.date(2026, 3, 9)))["search_controls"]
    assert read[False].equals(read[True])
    for month, (_, *expected) in COUNTED.items():
        for name, told in zip((FROM_REPLIES, UNTOLD), expected, strict=True):
            own = [
                each
                for each in read[False].to_pylist()
                if (each["window"], each["part"]) == (month, system.search_controls.part(name))
            ]
            assert (sum(each["n"] * each["decision"] for each in own), sum(each["n"] for each in own)) == told, month
    assert (found.value, found.n, found.params) == (0.01, 300, {"cases": 3, "unlabelled": 1, "all": 301})
    assert found.interval is not None
    low, high = proportion_confint(3, 300, method="wilson")
    assert (found.interval.low, found.interval.high) == (pytest.approx(low), pytest.approx(high))
    (few,) = control_measures(read[False], system)
    assert (few.status, few.reason, few.params) == ("suppressed", "small_group", {"some": True})
    (alone,) = control_measures(part, system)
    assert (alone.status, alone.reason) == ("undefined", "part_of_month")


# One person each: messages (day, day of the reply, kind), days of controls, and of March the days on each side, with
# the day of a control that counts. Seven days after a message who has not answered is silent, for thirty days.
PEOPLE: dict[str, tuple[list[tuple[str, str | None]], list[str], list[tuple[str, int, int]]]] = {
    "silent for the rest of the month": ([("03-04", None)], [], [("silent", 20, 0)]),  # from the 12th on
    "answered on the last day": ([("03-04", "03-11")], [], [("replied", 20, 0)]),
    "answered a day too late": ([("03-04", "03-12")], [], [("silent", 20, 0)]),
    "thirty days and no more": ([("02-01", None)], [], [("silent", 10, 0)]),  # from 9 February to 10 March
    "too long ago": ([("01-20", None)], [], []),
    "controlled while silent": ([("03-04", None)], ["03-15"], [("silent", 3, 1)]),  # 12, 13, 14 and 15: then no more
    "controlled after an answer": ([("03-04", "03-04")], ["03-12"], [("replied", 0, 1)]),
    "controlled before the message": ([("03-04", None)], ["03-03"], [("silent", 20, 0)]),
    "controlled on the day of the message": ([("03-04", None)], ["03-04"], []),
    "controlled while one could still answer": ([("03-04", None)], ["03-11"], []),
    "controlled twice": ([("03-04", None)], ["03-15", "03-20"], [("silent", 3, 1)]),
    "controlled in the month before": ([("02-10", None)], ["02-20", "03-05"], []),
    "answered the next message": ([("03-02", None), ("03-09", "03-10")], [], [("silent", 7, 0), ("replied", 15, 0)]),
    "answered a later one in time": ([("03-04", None), ("03-06", "03-06")], [], [("replied", 20, 0)]),
    "controlled between two landmarks": ([("03-02", None), ("03-09", None)], ["03-12"], [("silent", 2, 1)]),
    "said STOP": ([("03-04", None), ("03-20", "STOP")], [], [("silent", 8, 0)]),  # the 12th to the 19th
    "answered a later one, then said STOP": (
        [("03-02", None), ("03-06", "03-07"), ("03-12", "STOP")],  # before the landmark of the later one
        [],
        [("replied", 2, 0)],  # the 10th and the 11th
    ),
    "said STOP at once": ([("03-04", None), ("03-05", "STOP")], [], []),
    "never decided about": ([("03-04", None)], ["03-15"], []),
}


@pytest.fixture(scope="module")
def everybody(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = made(tmp_path_factory.mktemp("controls") / "w")
    decided = [(name, "2026-01-10", "cook") for name in PEOPLE if name != "never decided about"]
    decided += [(name, "2026-03-30", "nurse") for name in PEOPLE]  # after the message: no profile of then
    rows = [(f"{name} {day}", day, "true", name, "F", job) for name, day, job in decided]
    bring(workspace, rows, ["ref", "day", "contacted", "who", "gender", "job"], "decisions")
    sent = [(name, f"2026-{day} 11:00", reply) for name, (sent, _, _) in PEOPLE.items() for day, reply in sent]
    messages = [
        (name, at, "STOP", None) if reply == "STOP" else (name, at, "contact", reply and f"2026-{reply} 15:00")
        for name, at, reply in sent
    ]
    bring(workspace, messages, ["who", "sent", "kind", "answered"], "contacts")
    filled = [("somebody else", f"{day:%Y-%m-%d}", "random") for day in pd.date_range("2026-01-02", "2026-04-20")]
    own = [(name, f"2026-{day}", "random") for name, (_, days, _) in PEOPLE.items() for day in days]
    assert controlled(workspace, *filled, *own) == 0
    return workspace


def sides(workspace: Workspace, window: Window = MARCH) -> dict[str, tuple[int, int]]:
    """Of each side, its days without a control and those with one."""
    with reading(workspace) as connection:
        rows = read_replies(connection, workspace.system("offers"), window).to_pylist()
    found: dict[str, list[int]] = {}
    for each in (each for each in rows if each["part"] == "controlled"):
        found.setdefault(each["by"], [0, 0])[each["decision"]] += each["n"]
    return {side: (n, hits) for side, (n, hits) in found.items()}


@pytest.mark.costly
def test_days_after_messages_are_counted_by_hand(everybody: Workspace) -> None:
    expected: dict[str, list[int]] = {"silent": [0, 0], "replied": [0, 0]}
    for _, _, told in PEOPLE.values():
        for side, n, hits in told:
            expected[side][0] += n
            expected[side][1] += hits
    assert sides(everybody) == {side: tuple(counts) for side, counts in expected.items()}
    assert sides(everybody, Window(MARCH.start, dt.date(2026, 3, 30))) == {}  # whole months only


@pytest.mark.parametrize("name", PEOPLE)
def test_each_person_counts_as_worked_out(everybody: Workspace, name: str) -> None:
    system = everybody.system("offers")
    with reading(everybody) as connection:
        read_replies(connection, system, MARCH)
        rows = connection.execute(
            "SELECT side, sum(days) - count(*) FILTER (hit), count(*) FILTER (hit) FROM days_after_messages "
            f"WHERE person = '{name}' GROUP BY side ORDER BY side DESC"
        ).fetchall()
    assert rows == sorted(PEOPLE[name][2], reverse=True)


@pytest.mark.parametrize(
    ("days", "last"),
    [
        (pd.date_range("2026-01-01", "2026-04-09"), "2026-04-09"),
        (pd.date_range("2026-01-01", "2026-03-20"), "2026-03-20"),  # it stops
        (pd.date_range("2026-01-01", "2026-04-09").drop(pd.date_range("2026-03-11", "2026-03-13")), "2026-04-09"),
        (pd.date_range("2026-01-01", "2026-04-09").drop(pd.date_range("2026-03-11", "2026-03-24")), "2026-03-10"),
        (pd.date_range("2026-01-01", "2026-04-09").drop(pd.date_range("2026-02-11", "2026-02-24")), "2026-04-09"),
        (pd.date_range("2026-01-01", "2026-04-09").drop(pd.date_range("2026-02-20", "2026-03-10")), "2026-02-19"),
        (pd.date_range("2026-01-05", "2026-04-09", freq="14D"), "2026-03-30"),  # so rare that no day is missed
    ],
)
def test_a_log_is_known_until_its_end_or_a_hole(everybody: Workspace, days: pd.DatetimeIndex, last: str) -> None:
    with duckdb.connect() as connection:
        connection.execute("ATTACH ':memory:' AS lake; CREATE SCHEMA lake.offers")
        logged = pd.DataFrame({"day": days.date})
        assert len(logged)
        connection.execute("CREATE TABLE lake.offers.search_controls AS FROM logged")
        until = known_until(everybody.system("offers"), SEARCH_CONTROLS, MARCH)
        found = connection.execute(f"SELECT last FROM ({until})").fetchone()
    assert found == (dt.date.fromisoformat(last),)


@pytest.mark.costly
def test_bad_rows_are_told_and_nothing_is_lost(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w")
    rows = [
        ("a", "2026-03-04", "random"),
        (None, "2026-03-04", "random"),
        ("b", "the day after", "random"),
        ("c", None, "random"),
        ("a", "2026-03-04", "no answer"),
    ]
    assert controlled(workspace, *rows) == 3  # no person, no day that can be read, no day at all
    with reading(workspace) as connection:
        assert one(connection, "SELECT count(*) FROM lake.offers.search_controls") == 2


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"triggers": ["random"], "from_replies": ["silence"]}, "is not declared: name it"),
        ({"trigger": "why", "triggers": ["random"]}, "give both"),
        ({"trigger": "why", "from_replies": ["silence"]}, "give both"),
        ({"trigger": "why", "triggers": ["a", " Silence"], "from_replies": ["silence"]}, "in both .* silence"),
        ({"answer_days": -1}, "greater than or equal to 0"),
        ({"span_days": 0}, "greater than or equal to 1"),
    ],
)
def test_a_declaration_that_cannot_be_followed_is_refused(more: dict, told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        SearchControls.model_validate({"person": "who", "at": "began", **more})
