"""Where bins begin, held to the quantiles that DuckDB itself tells."""

from __future__ import annotations

import duckdb
import pytest

from boussole.audits.cubes.edges import MOST_BINS, quantiles

ENDS = [0.0005, 0.001, 0.002, 0.003]
SHARES = sorted([*(i / MOST_BINS for i in range(MOST_BINS + 1)), *ENDS, *(round(1 - end, 4) for end in ENDS)])


@pytest.mark.parametrize("size", [1, 2, 7, 199, 201, 1000, 9_999, 20_001])
@pytest.mark.parametrize("value", ["hash(i)::DOUBLE / 7", "(hash(i) % 300)::DOUBLE", "-sqrt(i)"])
def test_bins_begin_at_the_quantiles_of_the_values_that_are_there(size: int, value: str) -> None:
    with duckdb.connect() as connection:
        connection.execute(
            f"CREATE TABLE log AS SELECT CASE WHEN i % 3 > 0 THEN {value} END AS x FROM range(3 * {size}) t(i)"
        )
        expected = connection.execute(f"SELECT quantile_disc(x, {SHARES}) FROM log").fetchone()
        assert expected is not None
        assert quantiles(connection, "x", "log WHERE x IS NOT NULL") == sorted(set(expected[0]))
