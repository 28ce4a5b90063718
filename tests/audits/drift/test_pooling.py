"""Values without a name: in no month, up to the end of what is told, few have a name, or few have none."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boussole.audits.cubes.values import UNKNOWN, Values, pool_of, pools_of
from boussole.audits.windows import Window, period_of

FEWEST = 11
counts = st.dictionaries(st.sampled_from(["a", "b", "c", "d", UNKNOWN]), st.integers(1, 60))
months = st.dictionaries(st.integers(1, 9).map(lambda month: dt.date(2026, month, 1)), counts)


@pytest.mark.attack("small groups", "values of a column, rare in one month, from what several windows tell of it")
@given(counted=months)
def test_in_no_month_few_have_a_name_or_none(counted: dict[dt.date, dict[str, int]]) -> None:
    pools = pools_of({month: Values(values) for month, values in counted.items()}, fewest=FEWEST)
    before = frozenset[str]()
    for last in sorted(counted):
        told = pool_of(pools, Window(dt.date(2026, 1, 1), period_of(last, "month").end))
        for values in (Values(counted[month]) for month in counted if month <= last):
            assert all(n >= FEWEST for value, n in values.items() if value not in told and value != UNKNOWN)
            together = sum(values[value] for value in told)
            assert not 0 < together < FEWEST or values.keys() <= told | {UNKNOWN}, "all that there is has none"
        assert before <= told, "who lost a name never has one again"
        before = told


def test_of_two_windows_the_later_one_decides() -> None:
    january, february = (period_of(dt.date(2026, month, 1), "month") for month in (1, 2))
    pools = pools_of({january.start: Values(a=40, b=30), february.start: Values(a=40, b=3)}, fewest=FEWEST)
    assert "b" not in pool_of(pools, january)
    assert pool_of(pools, february, january) == pool_of(pools, january, february) == {"*", "a", "b"}
    assert pool_of((), january) == frozenset()
