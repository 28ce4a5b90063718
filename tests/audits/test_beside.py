"""Logs beside decisions: read at speed as by hand, and known up to the day on which they stop or have a hole."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from boussole.audits.counts import log_ends
from boussole.audits.counts.log_ends import end_sql, ends_of
from boussole.audits.cubes.reviews import keep_newest
from boussole.audits.decisions import examine, ingest
from boussole.audits.lake import reading
from boussole.audits.systems.logs.contacts import DAYS, MOST, OFTEN
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from tests.audits.logged import bring, read_log, sides
from tests.written import system_text, written_workspace

SYSTEM = system_text(
    "offers",
    """
columns:
  id: ref
  decided_at: day
  decision: {column: contacted, selected: [true]}
  person: who
contacts: {person: who, at: sent, kind: kind, reply_at: answered}
privacy: {suppress_below: 2, pseudonymise: [who]}
""",
    kind="ranking",
)
HEAD = "who,sent,kind,answered"
FIRST = dt.datetime.fromisoformat("2026-03-20")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return written_workspace(tmp_path / "w", SYSTEM)


def sent(rng: np.random.Generator, many: int, *, days: int, after: int = 0) -> list[tuple[str, dt.datetime]]:
    minutes = after * 1440 + rng.choice(days * 1440, many, replace=False)
    return [(f"p{rng.integers(9)}", FIRST + dt.timedelta(minutes=int(minute))) for minute in minutes]


def by_hand(messages: list[tuple[str, dt.datetime]]) -> dict[str, tuple[int, int]]:
    """People written to in each month, and those of them who got more than so many messages in so many days."""
    often, every = set(), set()
    for person, at in messages:
        near = sum(who == person and at - dt.timedelta(days=DAYS) < other <= at for who, other in messages)
        every.add((f"{at:%Y-%m}", person))
        often |= {(f"{at:%Y-%m}", person)} if near > MOST else set()
    people, cases = (Counter(month for month, _ in found) for found in (every, often))
    return {month: (cases[month], people[month]) for month in people}


def counted(workspace: Workspace, month: str) -> tuple[int, int]:
    first = dt.date.fromisoformat(f"{month}-01")
    window = Window(first, (first + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1))
    return sides(read_log(workspace, "contacts", window), OFTEN)


@pytest.mark.costly
def test_looked_up_hashes_and_counts_of_two_imports_are_those_worked_out_by_hand(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second file says some of the first again, with replies, and is counted from its own month on."""
    monkeypatch.setattr(examine, "FEW_ROWS", 1)
    rng = np.random.default_rng(7)
    early, late = sent(rng, 90, days=25), sent(rng, 60, days=14, after=26)
    first = bring(
        workspace,
        "contacts",
        HEAD,
        *(f" {who} ,{at},contact," for who, at in early),
        ",2026-03-21,contact,",
        name="first",
        quarantined=1,
    )
    assert first.accepted == 90
    again = [f"{who},{at},contact,{at + dt.timedelta(hours=1)}" for who, at in early[-10:]]
    second = bring(workspace, "contacts", HEAD, *again, *(f"{who},{at},contact," for who, at in late), name="second")
    assert (second.accepted, second.known, second.updated) == (60, 10, 10)

    messages = by_hand(early + late)
    assert {month: counted(workspace, month) for month in messages} == messages
    assert any(cases for cases, _ in messages.values())
    with reading(workspace) as connection:
        held = 'lake."offers"."contacts"'
        told = connection.execute(
            "SELECT count(*), count(DISTINCT id), count(reply_at), count(DISTINCT person), "
            f"bool_and(person NOT LIKE 'p%') FROM {held}"
        ).fetchall()
    assert told == [(150, 150, 10, len({who for who, _ in early + late}), True)]

    monkeypatch.setattr(examine, "FEW_ROWS", 10**9)
    plain = bring(workspace, "contacts", HEAD, *(f"{who},{at},contact," for who, at in early + late), name="third")
    assert (plain.accepted, plain.known) == (0, 150)  # the same hashes, each worked out for its own row


def test_of_several_words_the_newest_stays() -> None:
    connection = duckdb.connect()
    rows = "(1, 'a', DATE '2026-01-02', 1, 1), (1, 'b', DATE '2026-01-03', 1, 2), (1, 'c', NULL, 2, 1), "
    rows += "(2, 'd', NULL, 1, 3), (2, 'e', NULL, 2, 2), (3, 'f', DATE '2026-01-01', 1, 4)"
    columns = "place, word, recorded_at, batch, row"
    keep_newest(connection, "said", f"SELECT * FROM (VALUES {rows}) v({columns})")
    assert connection.execute("SELECT place, word FROM said ORDER BY place").fetchall() == [
        (1, "b"),
        (2, "e"),
        (3, "f"),
    ]


@pytest.mark.parametrize("places", [[5, 10**18, 5, 7], [1, 2, 2], [10**18 + 3, 10**18 + 1], [4], []])
def test_places_far_apart_or_near_each_keep_one_word(places: list[int]) -> None:
    connection = duckdb.connect()
    said = (
        "SELECT unnest(?::BIGINT[]) AS place, NULL::DATE AS recorded_at, 1 AS batch, generate_subscripts(?, 1) AS row"
    )
    connection.execute(f"CREATE TABLE came AS {said}", [places, places])
    keep_newest(connection, "said", "FROM came")
    last = {place: row for row, place in enumerate(places, 1)}
    assert dict(connection.execute("SELECT place, row FROM said").fetchall()) == last
    assert connection.execute("SELECT count(*) FROM said").fetchall() == [(len(last),)]


MARCH = Window(dt.date(2026, 3, 1), dt.date(2026, 3, 31))


def day(month: int, number: int) -> dt.date:
    return dt.date(2026, month, number)


def every(first: dt.date, last: dt.date, step: int = 1) -> list[dt.date]:
    return [first + dt.timedelta(days=i) for i in range(0, (last - first).days + 1, step)]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Decisions on each day from February to April."""
    workspace = written_workspace(tmp_path_factory.mktemp("w") / "w", SYSTEM)
    days = every(day(2, 1), day(4, 10))
    decided = pd.DataFrame({"ref": range(len(days)), "day": days, "contacted": True})
    decided["who"] = decided["ref"]
    path = workspace.home.parent / "decided.parquet"
    decided.to_parquet(path)
    ingest(Workspace(workspace.home), Workspace(workspace.home).system("offers"), path)
    return Workspace(workspace.home)


def known(
    base: Workspace, monkeypatch: pytest.MonkeyPatch, days: Iterable[dt.date], each: int = 3, log: str = "contacts"
) -> list[dict]:
    """What is told of a log, so many rows on each of these days: its table is put in the place of the lake's."""
    rows = pa.table({"day": [one for one in days for _ in range(each)]})
    with reading(base) as connection:
        connection.register("messages", rows)
        monkeypatch.setitem(log_ends.DAYS, log, lambda _: "SELECT day, 1 AS n FROM messages")
        sql = end_sql(connection, base.system("offers"), log, MARCH)
        found = connection.execute(sql or "").to_arrow_table().rename_columns(["part", "column", "reason", "n"])
    return [end.document() for end in ends_of(found.to_pylist())]


ALL = every(day(2, 1), day(4, 10))


def without(first: dt.date, last: dt.date) -> list[dt.date]:
    return [each for each in ALL if not first <= each <= last]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (ALL, []),
        (every(day(2, 1), day(3, 12)), [{"log": "contacts", "last": "2026-03-12", "days": 19}]),
        # ten days are missing within the window; then the log goes on
        (
            without(day(3, 8), day(3, 17)),
            [{"log": "contacts", "last": "2026-03-07", "days": 24, "again": "2026-03-18"}],
        ),
        # from before the window to its middle, and from its end on
        (
            without(day(2, 20), day(3, 9)),
            [{"log": "contacts", "last": "2026-02-19", "days": 40, "again": "2026-03-10"}],
        ),
        (without(day(3, 25), day(4, 5)), [{"log": "contacts", "last": "2026-03-24", "days": 7, "again": "2026-04-06"}]),
        (without(day(2, 3), day(2, 25)), []),  # a hole before the window
        (without(day(3, 8), day(3, 14)), []),  # a week that everybody has off
        # written by campaigns, each fortnight: quiet by nature
        ([each for each in every(day(2, 1), day(4, 20)) if each.toordinal() % 14 < 2], []),
        # it begins eleven days after the decisions of the window
        (every(day(3, 12), day(4, 10)), [{"log": "contacts", "last": "2026-02-28", "days": 31, "again": "2026-03-12"}]),
        (every(day(3, 5), day(4, 10)), []),
    ],
)
def test_a_log_is_known_up_to_its_first_hole(
    base: Workspace, monkeypatch: pytest.MonkeyPatch, days: list[dt.date], expected: list[dict]
) -> None:
    assert known(base, monkeypatch, days) == expected
    # decisions make their windows: a hole in them alone is told, not where they begin or stop
    own = [each | {"log": "decisions"} for each in expected if days[0] == ALL[0] and "again" in each]
    assert known(base, monkeypatch, days, log="decisions") == own


def test_few_rows_make_no_hole(base: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where one message is sent in two days, ten days without any are chance: five were to be expected."""
    days = [each for each in without(day(3, 8), day(3, 17)) if each.toordinal() % 2]
    assert known(base, monkeypatch, days, each=1) == []
