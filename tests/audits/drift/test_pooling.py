"""Values without a name: whatever windows are told, each value with a name, and all without one, are nobody or many."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.drift.pooling import Pools, pools_of
from audits.drift.values import UNKNOWN, Values
from audits.windows import Window, period_of

FIRST, DAYS = dt.date(2026, 1, 1), 90
FEWEST = 11
people = st.lists(
    st.tuples(st.integers(0, DAYS - 1), st.sampled_from(["a", "b", "c", "d", UNKNOWN]), st.integers(1, 30)),
    min_size=1,
    max_size=60,
)


def counted(rows: list[tuple[int, str, int]], kind: str) -> dict[dt.date, Values]:
    """By the first day of a month, or of a piece that weeks and months cut each other into."""
    found: dict[dt.date, Values] = {}
    for number, value, n in rows:
        day = FIRST + dt.timedelta(days=number)
        week, month = (period_of(day, each).start for each in ("week", "month"))  # type: ignore[arg-type]
        found.setdefault(month if kind == "month" else max(week, month), Values())[value] += n
    return found


def holds(parts: dict[dt.date, Values], end: dt.date, pool: frozenset[str]) -> None:
    """In each part until a day each value with a name, and all without one, are none or many, or all have none."""
    for values in (values for day, values in parts.items() if day <= end):
        assert all(n >= FEWEST for value, n in values.items() if value not in pool and value != UNKNOWN)
        together = sum(values[value] for value in pool)
        assert not 0 < together < FEWEST or not values.keys() - pool - {UNKNOWN}


@pytest.mark.attack("small groups", "values of a column, rare in one window, from what several windows tell of it")
@given(rows=people)
def test_in_no_part_of_a_window_few_have_a_name_or_none(rows: list[tuple[int, str, int]]) -> None:
    months, pieces = counted(rows, "month"), counted(rows, "piece")
    pools = pools_of(pieces, fewest=FEWEST)
    before = dict.fromkeys(("month", "week"), frozenset[str]())
    for number in range(DAYS):
        end = FIRST + dt.timedelta(days=number)
        month = Window(FIRST, period_of(end, "month").end)
        week = Window(end, end)
        told = {"month": pools.of(month), "week": pools.of(week)}
        holds(months, month.end, told["month"])
        holds(pieces, end, told["week"])
        assert all(before[kind] <= told[kind] for kind in told), "who lost a name never has one again"
        if month.end <= end:
            assert told["month"] <= told["week"], "what months do not name weeks do not"
        before = told


def test_without_decisions_nothing_is_pooled() -> None:
    assert Pools().of(Window(FIRST, FIRST)) == frozenset()
    assert pools_of({}, fewest=FEWEST).of(Window(FIRST, FIRST)) == frozenset()
