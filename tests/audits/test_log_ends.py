"""Up to which day a log beside the decisions is known: where it stops, has a hole, and where it is only quiet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import pandas as pd
import pyarrow as pa
import pytest

from boussole.audits.counts import log_ends
from boussole.audits.counts.log_ends import end_sql, ends_of
from boussole.audits.decisions import ingest
from boussole.audits.lake import reading
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from tests.written import system_text, written_workspace

MARCH = Window(dt.date(2026, 3, 1), dt.date(2026, 3, 31))
SYSTEM = system_text(
    "offers",
    """
columns:
  id: ref
  decided_at: day
  decision: {column: contacted, selected: [true], not_selected: [false]}
  person: who
contacts: {person: who, at: sent, kind: kind}
groups: {gender: {column: gender, reference: M}}
""",
    kind="ranking",
)


def day(month: int, number: int) -> dt.date:
    return dt.date(2026, month, number)


def every(first: dt.date, last: dt.date, step: int = 1) -> list[dt.date]:
    return [first + dt.timedelta(days=i) for i in range(0, (last - first).days + 1, step)]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Decisions on each day from February to April."""
    workspace = written_workspace(tmp_path_factory.mktemp("w") / "w", SYSTEM)
    days = every(day(2, 1), day(4, 10))
    decided = pd.DataFrame({"ref": range(len(days)), "day": days, "contacted": True, "gender": "F"})
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
