"""The sample: proportional, the same every time, and the one that anybody draws again with a hash and a sort."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boussole.audits.decisions import ingest
from boussole.audits.drift import samples
from boussole.audits.drift.samples import SEED, Sample, allocated, draw
from boussole.audits.errors import ReportError
from boussole.audits.lake import reading, writing
from boussole.audits.lake.tables import table
from boussole.audits.systems import System, load_system
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from tests.written import system_text

SYSTEM = """
columns:
  id: ref
  decided_at: day
  decision: {column: taken, selected: [true], not_selected: [false]}
  score: {column: score, range: [0, 1]}
features: [x, never]
groups: {gender: {column: sex}}
windows: {audit: month, reference: "2026-01-01/2026-01-31"}
"""
JANUARY = Window(dt.date(2026, 1, 1), dt.date(2026, 1, 31))
YEAR = Window(dt.date(2026, 1, 1), dt.date(2026, 12, 31))
ROWS = 3_000


def log() -> pd.DataFrame:
    random = np.random.default_rng(5)
    day = pd.Timestamp("2026-01-01") + pd.to_timedelta(random.integers(0, 31, ROWS), unit="D")
    return pd.DataFrame(
        {
            "ref": [f"r{i}" for i in range(ROWS)],
            "day": day,
            "taken": random.random(ROWS) < 0.07,
            "score": random.random(ROWS),
            "x": np.arange(ROWS, dtype=float),
            "never": np.full(ROWS, np.nan),
            "sex": random.choice(["F", "M"], ROWS),
        }
    )


Made = Callable[..., tuple[Workspace, System]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    def make(frame: pd.DataFrame, text: str = SYSTEM) -> tuple[Workspace, System]:
        workspace = Workspace.create(tmp_path_factory.mktemp("samples") / "workspace")
        file = workspace.home / "systems" / "jobs.yaml"
        file.write_text(system_text("jobs", text), encoding="utf-8")
        path = workspace.home / "log.parquet"
        frame.to_parquet(path)
        system = load_system(file)
        ingest(workspace, system, path)
        return workspace, system

    return make


@pytest.fixture(scope="module")
def given_log(made: Made) -> tuple[Workspace, System]:
    return made(log())


def drawn(workspace: Workspace, system: System, window: Window = JANUARY, size: int = 500) -> Sample:
    with reading(workspace) as connection:
        return draw(connection, system, window, size=size)


@pytest.mark.costly
def test_the_sample_is_the_one_that_a_hash_and_a_sort_give(given_log: tuple[Workspace, System]) -> None:
    found, rows = drawn(*given_log), log()
    rows["hash"] = [hashlib.sha256(f"{SEED}{ref}".encode()).hexdigest() for ref in rows.ref]
    strata = rows.groupby(["taken", "day"])
    takes = dict(zip(strata.groups, allocated(list(strata.size()), 500), strict=True))
    expected = pd.concat([part.nsmallest(takes[key], "hash", keep="all") for key, part in with_rank(strata)])
    assert set(found.frame["x"]) == set(expected["x"])
    assert len(found.frame) == found.design.drawn == found.design.rows == 500
    assert found.design.rate == pytest.approx(500 / ROWS)
    assert found.design.strata == sum(take > 0 for take in takes.values())
    pd.testing.assert_frame_equal(found.frame, drawn(*given_log).frame)


def with_rank(strata: object) -> list[tuple[object, pd.DataFrame]]:
    """Hexadecimal digits order as numbers do."""
    return [(key, part.assign(hash=[int(each, 16) / 16**64 for each in part["hash"]])) for key, part in strata]  # type: ignore[attr-defined]


def test_shares_of_decisions_and_of_days_are_those_of_the_window(given_log: tuple[Workspace, System]) -> None:
    found, rows = drawn(*given_log).frame, log()
    taken = (found["decision"] == "1").sum()
    assert abs(taken - 500 * rows.taken.mean()) <= 1
    by_day = Counter(rows.day[found["x"].astype(int)].dt.day)
    assert all(abs(by_day[day] - 500 * share) < 2.5 for day, share in (rows.day.dt.day.value_counts() / ROWS).items())
    assert rows.day[found["x"].astype(int)].is_monotonic_increasing  # so that what Evidently draws goes by time


def test_neither_identifiers_nor_groups_are_in_it(given_log: tuple[Workspace, System]) -> None:
    assert list(drawn(*given_log).frame.columns) == ["score", "decision", "x", "never"]


def test_all_of_a_small_window_and_strata_of_months_in_a_long_one(given_log: tuple[Workspace, System]) -> None:
    whole = drawn(*given_log, YEAR, size=10_000)
    assert (whole.design.drawn, whole.design.decisions, whole.design.step) == (ROWS, ROWS, "month")
    assert (whole.design.rate, whole.design.strata) == (1.0, 2)


def test_few_hashes_are_sorted_and_none_is_missed(
    given_log: tuple[Workspace, System], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = drawn(*given_log).frame
    monkeypatch.setattr(samples, "MARGIN", -3.0)  # too few at first: looked at again, without a limit
    pd.testing.assert_frame_equal(drawn(*given_log).frame, expected)


@pytest.mark.slow
def test_a_row_that_stands_for_many_decisions_comes_as_often(made: Made) -> None:
    rows = log().assign(n=lambda frame: np.where(frame.index % 100 == 0, 1_000, 1))
    found = drawn(*made(rows, SYSTEM.replace("  decision:", "  weight: n\n  decision:")), size=2_000)
    assert (found.design.decisions, found.design.drawn) == (int(rows.n.sum()), 2_000)
    assert len(found.frame) == 2_000
    assert abs(found.design.rows - (30 + 2_000 * 2_970 / 32_970)) < 31 * 2
    times = found.frame["x"].value_counts()
    heavy = times[[float(x) for x in times.index if x % 100 == 0]]
    wanted = 2_000 * 1_000 / rows.n.sum()
    assert heavy.between(wanted - 4, wanted + 4).all()  # rounded in its stratum, and the stratum along all strata
    assert heavy.sum() == pytest.approx(2_000 * 30_000 / rows.n.sum(), abs=31 * 2)


@pytest.mark.costly
def test_rows_that_counts_hold_and_the_lake_does_not(made: Made) -> None:
    workspace, system = made(log().head(50))
    with writing(workspace) as connection:
        connection.execute(f"DELETE FROM {table(system, 'decisions')} WHERE id < 'r2'")
    with pytest.raises(ReportError, match=r"\d+ of the 50 decisions .* cubes rebuild"):
        drawn(workspace, system)


def test_an_empty_window_is_named(given_log: tuple[Workspace, System]) -> None:
    with pytest.raises(ReportError, match="2027-01-01/2027-01-31 holds no decision"):
        drawn(*given_log, replace(JANUARY, start=dt.date(2027, 1, 1), end=dt.date(2027, 1, 31)))


@given(st.lists(st.integers(0, 50), min_size=1, max_size=40), st.integers(0, 300))
def test_every_stretch_of_strata_has_its_share(counts: list[int], size: int) -> None:
    total = sum(counts)
    if not total:
        return
    found, wanted = allocated(counts, size), min(size, total)
    assert sum(found) == wanted
    assert all(0 <= taken <= count for taken, count in zip(found, counts, strict=True))
    for end in range(len(counts) + 1):
        assert abs(sum(found[:end]) - wanted * sum(counts[:end]) / total) < 1
