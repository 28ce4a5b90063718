"""Change points: planted ones are found, steady years rarely accused, seasons named, people who come back known."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from boussole.audits.decisions import ingest
from boussole.audits.drift.calibration import MONTHS, year_maxima
from boussole.audits.drift.recurring import NOBODY, Recurring, lags_of, read_recurring
from boussole.audits.drift.shifts import TABLE, level_of, shifts, step_of
from boussole.audits.drift.splits import Series, Step, between, moments, scores
from boussole.audits.lake import reading
from boussole.audits.measure_params import StoredTest
from boussole.audits.measures import Interval, Measure
from boussole.audits.privacy import keys
from boussole.audits.privacy.pseudonyms import BUCKET_RING
from boussole.audits.windows import Window, period_of
from tests.written import system_text, written_workspace


def month(at: int) -> Window:
    return period_of(dt.date(2024 + at // 12, at % 12 + 1, 1), "month")


def drawn(
    rng: np.random.Generator,
    *,
    months: int = 2 * MONTHS,
    n: tuple[int, int] = (800, 1000),
    rate: Callable[[int], float] = lambda at: 0.2,
    ratio: Callable[[int], float] = lambda at: 0.9,
    name: str = "selection_rate_ratio/gender=F",
) -> Series:
    steps = []
    for at in range(months):
        k = (rng.binomial(n[0], rate(at) * ratio(at)), rng.binomial(n[1], rate(at)))
        steps.append(Step(window=month(at), k=(float(k[0]), float(k[1])), n=(float(n[0]), float(n[1]))))
    return Series(id=name, scale="ratio", steps=steps)


def test_a_planted_break_is_found_in_its_month_and_told_with_both_sides() -> None:
    found = []
    for seed in range(40):
        series = drawn(np.random.default_rng(seed), n=(4000, 5000), ratio=lambda at: 0.95 if at < 18 else 0.8)
        found += shifts([series, drawn(np.random.default_rng(seed + 99), name="steady")])
    moved = [each for each in found if each.id != "steady"]
    assert len(moved) == 40
    assert sum(each.since == month(18) for each in moved) >= 30
    assert all(abs(each.since.start.month - 7) <= 2 for each in moved)
    assert np.mean([each.before for each in moved]) == pytest.approx(0.95, abs=0.02)
    assert np.mean([each.after for each in moved]) == pytest.approx(0.8, abs=0.02)
    assert all(month(18) <= each.noticed for each in moved)
    assert not any(each.seasonal for each in moved)
    assert len(found) - len(moved) <= 4


def test_a_season_is_named() -> None:
    for seed in range(10):
        summer = drawn(
            np.random.default_rng(seed),
            n=(8000, 9000),
            ratio=lambda at: 0.8 if at % 12 in (6, 7, 8, 9, 10, 11) else 1.0,
        )
        (found,) = shifts([summer])
        assert found.seasonal, seed


@pytest.mark.costly
def test_what_changes_for_everybody_is_no_change_of_a_ratio() -> None:
    accused = sum(
        bool(shifts([drawn(np.random.default_rng(seed), rate=lambda at: 0.1 if at < 18 else 0.4)]))
        for seed in range(200)
    )
    assert accused <= 14


def test_the_table_is_that_of_the_simulation() -> None:
    maxima = year_maxima(np.random.default_rng(5), 40_000)
    for chance, level in TABLE[:6]:
        share = float((maxima > level).mean())
        assert abs(share - chance) < 4 * math.sqrt(chance / 40_000) + 0.001, chance
    assert level_of(1, rate=0.05) == pytest.approx(TABLE[2][1])
    assert level_of(2000) > level_of(400) > 4.8


def test_few_cases_are_no_window_and_one_window_is_no_series() -> None:
    few = Series(id="x", scale="ratio", steps=[Step(window=month(at), k=(3, 4), n=(50, 60)) for at in range(12)])
    assert shifts([few]) == []
    assert shifts([Series(id="x", scale="value", steps=[Step(window=month(0), estimate=1.0, se=0.1, size=100)])]) == []
    assert shifts([]) == []


def test_steps_come_from_what_documents_say() -> None:
    measure = Measure(metric="selection_rate", value=0.9, n=100)
    test = StoredTest(kind="score_ratio", k=(9, 10), n=(50, 50), df=39)
    assert step_of(month(0), measure, test) == Step(window=month(0), k=(9, 10), n=(50, 50), df=39)
    rate = replace(measure, clusters=40, interval=Interval(low=0.8, high=1.0, method="jackknife"))
    found = step_of(month(0), rate, None)
    assert found is not None
    assert (found.estimate, found.size, found.df) == (0.9, 100, 39)
    assert found.se == pytest.approx(0.1 / 2.0227, rel=1e-3)
    none = Measure(metric="selection_rate", status="undefined", reason="zero_denominator")
    assert step_of(month(0), none, test) is None
    assert step_of(month(0), measure, None) is None


@pytest.mark.costly
def test_a_year_of_months_sees_what_no_month_shows_by_itself() -> None:
    """An eighth less for half a year, of 5,000 decisions a month and side."""
    found = 0
    for seed in range(50):
        series = drawn(np.random.default_rng(seed), n=(5000, 5000), ratio=lambda at: 1.0 if at < 18 else 0.88)
        others = [drawn(np.random.default_rng(999 + i), name=str(i)) for i in range(5)]
        found += any(each.id == series.id for each in shifts([series, *others]))
    assert found >= 45


COLUMNS = """
columns:
  id: ref
  decided_at: day
  decision: {column: chosen, selected: [true], not_selected: [false]}
  score: {column: score, range: [0, 1]}
  outcome: {column: hired, positive: [true], matures_after_days: 0, observed_for: all, absent: missing}
  person: who
groups:
  sex: {column: sex}
windows: {audit: month}
privacy: {pseudonymise: [ref, who]}
"""
PEOPLE = 600


def log(stay: float) -> pd.DataFrame:
    """Months of people who keep decision, score and outcome; of whom some are replaced each month."""
    rng, frames, who = np.random.default_rng(3), [], np.arange(PEOPLE)
    chosen, score, hired = rng.random(PEOPLE) < 0.3, rng.random(PEOPLE), rng.random(PEOPLE) < 0.5
    for at in range(12):
        day = pd.Timestamp(2025 + at // 12, at % 12 + 1, 10)
        frames.append(
            pd.DataFrame({"who": who, "chosen": chosen, "score": score, "hired": hired, "day": day, "sex": "F"})
        )
        new = rng.random(PEOPLE) > stay
        who = np.where(new, who.max() + 1 + np.arange(PEOPLE), who)
        chosen = np.where(new, rng.random(PEOPLE) < 0.3, chosen)
        score, hired = np.where(new, rng.random(PEOPLE), score), np.where(new, rng.random(PEOPLE) < 0.5, hired)
    frame = pd.concat(frames, ignore_index=True)
    return frame.assign(ref=[f"r{i}" for i in range(len(frame))], who=frame["who"].astype(str))


def recurring(folder: Path, frame: pd.DataFrame, *, person: bool, key: int = 1) -> Recurring:
    """What is read of months of these rows, with or without a column that says who."""
    columns = COLUMNS if person else COLUMNS.replace("person: who", "").replace(", who]", "]")
    workspace = written_workspace(folder, system_text("offers", columns))
    keys.write(keys.path_of(workspace.keys, BUCKET_RING, 1), bytes([key]) * keys.LENGTH)
    frame.to_parquet(folder / "rows.parquet")
    ingest(workspace, workspace.system("offers"), folder / "rows.parquet")
    with reading(workspace) as connection:
        return read_recurring(connection, workspace.system("offers"))


@pytest.mark.costly
@pytest.mark.parametrize("stay", [0.8, 0.0])
def test_buckets_tell_how_many_stay(tmp_path: Path, stay: float) -> None:
    """The mean of three ways to put people into buckets: with one, the fourth lag of scores strays by 0.10 (one sd)."""
    frame = log(stay)
    found = [recurring(tmp_path / str(key), frame, person=True, key=key) for key in (1, 2, 3)]
    for metric in ("selection_rate_ratio", "mean_score", "accuracy"):
        assert all(len(each.of(metric)) >= 8 for each in found)
        assert all(list(each.of(metric)) == sorted(each.of(metric), reverse=True) for each in found)
        nearest, fourth = (float(np.mean([each.of(metric)[at] for each in found])) for at in (0, 3))
        assert nearest == pytest.approx(stay, abs=0.15)
        assert fourth == pytest.approx(stay**4, abs=0.2)
    for each in found:
        assert each.of("accuracy")[0] == max(
            each.of("selection_rate")[0], each.of("mean_score")[0], each.lags["outcomes"][0]
        )


@pytest.mark.costly
def test_where_rows_are_independent_nothing_is_alike(tmp_path: Path) -> None:
    assert recurring(tmp_path / "w", log(0.8), person=False) == NOBODY
    assert NOBODY.of("selection_rate") == NOBODY.of("accuracy") == ()


def test_too_few_months_say_nothing() -> None:
    assert lags_of((np.ones((3, 40)), np.ones((3, 40)))) == ()
    assert lags_of((np.zeros((0, 40)), np.zeros((0, 40)))) == ()


def steps(alike: float, rng: np.random.Generator) -> list[Step]:
    found, drawn = [], float(rng.standard_normal())
    for at in range(24):
        found.append(Step(window=month(at), estimate=0.5 + 0.01 * drawn, se=0.01, size=1000))
        drawn = alike * drawn + np.sqrt(1 - alike**2) * float(rng.standard_normal())
    return found


@pytest.mark.costly
def test_the_gap_of_months_that_hold_the_same_people_varies_as_it_is_said_to() -> None:
    """Over many series: the scores of a split have the variance 1, and without the correlations twice that or more."""
    rng, lags = np.random.default_rng(4), tuple(0.8**lag for lag in range(1, 12))
    drawn = [steps(0.8, rng)[:12] for _ in range(1500)]
    right, blind = (
        np.array([scores(*moments(each, "value"), between(each, alike)) for each in drawn]) for alike in (lags, ())
    )
    assert right[:, 5].std() == pytest.approx(1.0, abs=0.08)
    assert right[:, 1].std() == pytest.approx(1.0, abs=0.1)
    assert blind[:, 5].std() > 1.4


@pytest.mark.costly
def test_series_of_people_who_come_back_are_left_in_peace_and_breaks_are_found() -> None:
    rng, lags = np.random.default_rng(5), tuple(0.8**lag for lag in range(1, 12))
    family = [Series(id=f"s{i}", scale="value", steps=steps(0.8, rng)) for i in range(200)]
    accused = [sum(bool(shifts([replace(each, alike=alike)])) for each in family) for alike in ((), lags)]
    assert accused[0] > 20
    assert accused[1] <= 10, "six by design"
    broken = [
        replace(step, estimate=step.estimate + (0.15 if at >= 18 else 0.0)) for at, step in enumerate(family[0].steps)
    ]
    (found,) = shifts([Series(id="broken", scale="value", steps=broken, alike=lags)])
    assert found.since.start == dt.date(2025, 7, 1)


def test_a_month_that_is_missing_keeps_its_distance() -> None:
    found = steps(0.0, np.random.default_rng(6))
    matrix = between([found[0], found[2], found[14]], (0.5, 0.25))
    assert matrix is not None
    assert matrix.tolist() == [[1.0, 0.25, 0.0], [0.25, 1.0, 0.0], [0.0, 0.0, 1.0]]
    assert between(found, ()) is between(found, (0.0,)) is None
