"""A lake that an earlier version filled: twenty bins without sums."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import wasserstein_distance

from boussole.audits.cubes.edges import coarse_columns, edges_of
from boussole.audits.cubes.update import rebuild
from boussole.audits.decisions import ingest
from boussole.audits.drift.pairs import exact_pair
from boussole.audits.errors import BoussoleError
from boussole.audits.lake import writing
from boussole.audits.lake.tables import table
from boussole.audits.measures import Measure
from boussole.audits.systems.model import System
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from tests.written import sample

FEBRUARY = Window(dt.date(2026, 2, 1), dt.date(2026, 2, 28))


def rows(month: int, *, name: str = "") -> pd.DataFrame:
    random = np.random.default_rng(month)
    return pd.DataFrame(
        {
            "id": [f"{name}{month}-{i}" for i in range(3000)],
            "ts": [pd.Timestamp(2026, month, 1 + i % 28) for i in range(3000)],
            "chosen": random.random(3000) < 0.5,
            "x": random.lognormal(0.3 * month, 1, 3000),
        }
    )


@pytest.fixture
def earlier(tmp_path: Path) -> tuple[Workspace, System]:
    system = sample(
        {"id": "id", "decided_at": "ts", "decision": {"column": "chosen", "selected": [True]}},
        {},
        features=["x"],
        windows={"audit": "month", "reference": "2026-01-01/2026-01-31"},
    )
    workspace = Workspace.create(tmp_path / "home")
    for month in (1, 2):
        rows(month).to_parquet(tmp_path / f"{month}.parquet")
        ingest(workspace, system, tmp_path / f"{month}.parquet")
    quantiles = [float(each) for each in np.unique(np.quantile(rows(1)["x"], np.arange(1, 20) / 20))]
    with writing(workspace) as connection:
        connection.execute(f"DELETE FROM {table(system, 'edges')}")
        connection.executemany(
            f"INSERT INTO {table(system, 'edges')} VALUES ('x', ?, ?)", [[i, edge] for i, edge in enumerate(quantiles)]
        )
        rebuild(connection, system)
        connection.execute(f"ALTER TABLE {table(system, 'histograms')} DROP COLUMN total")
        connection.execute(f"DROP TABLE {table(system, 'values')}")
    return workspace, system


def moved(workspace: Workspace, system: System) -> Measure:
    pair = exact_pair(workspace, system, window=FEBRUARY, as_of=dt.date(2026, 6, 1))
    return next(each for each in pair.measures if each.metric == "wasserstein")


@pytest.mark.costly
def test_it_is_read_with_what_its_bins_prove(earlier: tuple[Workspace, System]) -> None:
    found, true = moved(*earlier), wasserstein_distance(rows(1)["x"], rows(2)["x"])
    assert found.params["clipped"] is True
    assert "high" not in found.params
    assert found.params["low"] <= true


@pytest.mark.slow(lighter="test_it_is_read_with_what_its_bins_prove")
def test_an_import_leaves_what_was_counted_without_sums_unknown(
    earlier: tuple[Workspace, System], tmp_path: Path
) -> None:
    """Half a sum is no sum: the same days hold decisions of both versions."""
    workspace, system = earlier
    rows(2, name="more").to_parquet(tmp_path / "more.parquet")
    ingest(workspace, system, tmp_path / "more.parquet")
    assert moved(workspace, system).params["clipped"] is True


@pytest.mark.slow(lighter="test_it_is_read_with_what_its_bins_prove")
def test_a_rebuild_adds_sums_and_new_bins_where_they_are_asked_for(earlier: tuple[Workspace, System]) -> None:
    workspace, system = earlier
    true = wasserstein_distance(rows(1)["x"], rows(2)["x"])
    widths = []
    for bins in (False, True):
        with writing(workspace) as connection:
            before = edges_of(connection, system)
            rebuild(connection, system, bins=bins)
            assert (edges_of(connection, system) == before) is not bins
            assert coarse_columns(connection, system) == ([] if bins else ["x"])
        found = moved(workspace, system)
        assert found.params["low"] <= true <= found.params["high"]
        widths.append(found.params["high"] - found.params["low"])
    assert widths[1] < 0.02 * float(rows(1)["x"].std())
    assert widths[1] < widths[0] / 5


def test_bins_are_not_chosen_anew_where_rows_are_gone(earlier: tuple[Workspace, System]) -> None:
    workspace, system = earlier
    with writing(workspace) as connection:
        connection.execute(f"INSERT INTO {table(system, 'sealed')} VALUES (DATE '2026-01-01', 3000, now())")
        with pytest.raises(BoussoleError, match="2026-01 were purged"):
            rebuild(connection, system, bins=True)
