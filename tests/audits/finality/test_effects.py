"""Effects by group and time: by hand, by ordinary least squares, by brute force, by simulation; and what is hidden."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
import statsmodels.formula.api as smf
import yaml
from scipy.stats import t as student

from boussole.audits.counts.read import PANEL
from boussole.audits.measures import Measure
from boussole.audits.metrics.before_after import Study, before_after_measures, study
from boussole.audits.systems.model import System
from tests.written import system_text

Rng = np.random.Generator


def panel(rng: Rng, *, started: int, others: int, months: int = 14, effect: float = 0.0, drift: float = 0.0):
    """Rates, weights and starts: agencies differ, months move all alike, errors last; starts in two months."""
    size = started + others
    starts = np.where(np.arange(size) < started, rng.choice([8, 10], size), -1)
    error, noise = np.zeros((size, months)), rng.normal(0, 0.008, (size, months))
    for month in range(months):
        error[:, month] = noise[:, month] + (0.5 * error[:, month - 1] if month else 0)
    since = (starts[:, None] >= 0) & (np.arange(months)[None, :] >= starts[:, None])
    trend = drift * np.arange(months)[None, :] * (starts[:, None] >= 0)
    rates = rng.normal(0.1, 0.02, size)[:, None] + rng.normal(0, 0.01, months) + error + effect * since + trend
    return rates, rng.uniform(100, 600, size), starts


def test_two_months_are_ordinary_least_squares() -> None:
    """One month before, one after: the interaction of a regression weighted by people."""
    rng = np.random.default_rng(1)
    rates, weights, starts = rng.normal(0.1, 0.02, (60, 2)), rng.uniform(100, 600, 60), np.repeat([1, -1], [25, 35])
    long = pd.DataFrame(
        {
            "y": rates.ravel(),
            "after": np.tile([0, 1], 60),
            "own": np.repeat(starts > 0, 2) * 1,
            "w": np.repeat(weights, 2),
        }
    )
    fitted = smf.wls("y ~ after * own", long, weights=long["w"]).fit(
        cov_type="cluster", cov_kwds={"groups": np.repeat(np.arange(60), 2)}
    )
    found = study(rates, weights, starts).overall
    assert found.value == pytest.approx(fitted.params["after:own"], rel=1e-9)
    assert found.se == pytest.approx(fitted.bse["after:own"], rel=0.08)  # CV3 is a little wider than CV1
    assert found.se > fitted.bse["after:own"]


def test_equal_agencies_of_two_months_are_welch() -> None:
    """Of equal weights, the error and degrees of freedom are those of Welch's test of the changes."""
    rng = np.random.default_rng(2)
    rates, starts = rng.normal(0.1, 0.02, (30, 2)), np.repeat([1, -1], [12, 18])
    change = rates[:, 1] - rates[:, 0]
    parts = [change[starts > 0].var(ddof=1) / 12, change[starts < 0].var(ddof=1) / 18]
    found = study(rates, np.ones(30), starts).overall
    assert found.se == pytest.approx(np.sqrt(sum(parts)))
    assert found.df == pytest.approx(sum(parts) ** 2 / (parts[0] ** 2 / 11 + parts[1] ** 2 / 17))


def test_staggered_starts_by_hand() -> None:
    """Ten agencies start in month 1, ten in month 2, ten never do. The others gain 1 a month, those that started 1 more
    in their first month and 3 more in their second: first 1, 3 (months 1, 2), then 1 (month 2)."""
    first, second, others = [10.0, 12.0, 15.0], [20.0, 21.0, 23.0], [5.0, 6.0, 7.0]
    rates = np.array([first] * 10 + [second] * 10 + [others] * 10)
    weights = np.repeat([1.0, 3.0, 1.0], 10)
    found = study(rates, weights, np.repeat([1, 2, -1], 10))
    assert found.overall.value == pytest.approx((1 * (1 + 3) / 2 + 3 * 1) / 4)
    assert {month: round(effect.value, 9) for month, (effect, _) in found.months.items()} == {-2: 0, 0: 1, 1: 3}
    assert {month: effect.agencies for month, (effect, _) in found.months.items()} == {-2: 10, 0: 20, 1: 10}


def test_errors_are_those_of_leaving_out_each_agency() -> None:
    """By brute force: the whole study again without each agency."""
    rates, weights, starts = panel(np.random.default_rng(3), started=14, others=12)
    found, variance = study(rates, weights, starts), 0.0
    for side in (starts >= 0, starts < 0):
        moved = []
        for agency in np.flatnonzero(side):
            kept = np.arange(len(starts)) != agency
            moved.append(study(rates[kept], weights[kept], starts[kept]).overall.value - found.overall.value)
        variance += (len(moved) - 1) / len(moved) * float(np.square(moved).sum())
    assert found.overall.se == pytest.approx(np.sqrt(variance), rel=1e-9)


@pytest.mark.costly
@pytest.mark.parametrize(("started", "others", "times"), [(10, 10, 400), (87, 60, 150)])
def test_intervals_hold_and_trends_are_not_accused_too_often(started: int, others: int, times: int) -> None:
    """Of many panels without an effect: 95 in 100 intervals hold it, all months together too, and the test of trends
    errs in 5 in 100 or less; limits leave room for three standard errors of so many panels."""
    rng = np.random.default_rng(4)
    found = [study(*panel(rng, started=started, others=others)) for _ in range(times)]
    room = 3 * np.sqrt(0.05 * 0.95 / times)
    assert abs(np.mean([_holds(each) for each in found]) - 0.95) < room
    assert np.mean([all(abs(e.value) < half for e, half in each.months.values()) for each in found]) > 0.95 - room
    assert np.mean([each.trends is not None and each.trends.p < 0.05 for each in found]) < 0.05 + room


def _holds(found: Study) -> bool:
    effect = found.overall
    return bool(abs(effect.value) < student.ppf(0.975, effect.df) * effect.se)


def test_trends_that_differ_are_found() -> None:
    rng = np.random.default_rng(5)
    found = [study(*panel(rng, started=40, others=60, drift=0.002)) for _ in range(20)]
    assert sum(each.trends is not None and each.trends.p < 0.05 for each in found) >= 18


TEXT = system_text(
    "offers",
    """
columns: {id: ref, decided_at: day, decision: {column: contacted, selected: [true]}, person: who}
agencies:
  {agency: agency, month: month, started: started, people: people, count: returned, outcome: outcome,
   outcomes: {days: {title: {fr: jours, en: days}, better: fewer}}}
""",
    kind="ranking",
)
SYSTEM = System.model_validate(yaml.safe_load(TEXT))
MONTHS = [f"2025-{month:02}" for month in range(1, 13)]
Row = dict[str, Any]


def given(*, started: int = 14, others: int = 12, part: str = "work", seed: int = 1) -> list[Row]:
    """Agencies of 100 people or so that start in August or October."""
    rng, rows = np.random.default_rng(seed), []
    for agency in range(started + others):
        people, rate = int(rng.integers(90, 200)), rng.uniform(0.25, 0.4)
        start = MONTHS[[7, 9][agency % 2]] if agency < started else None
        rows += [
            {"part": part, "value1": "", "bin": agency + 1, "window": month, "reason": start, "n": people}
            | {"total": int(rng.binomial(people, rate))}
            for month in MONTHS
        ]
    return rows


def measured(rows: list[Row]) -> list[Measure]:
    return before_after_measures(pa.Table.from_pylist(rows, PANEL), SYSTEM)


def one(rows: list[Row]) -> Measure:
    (found,) = measured(rows)
    return found


def test_groups_add_up_and_an_outcome_of_which_fewer_is_better_is_bad_above() -> None:
    rows = given(part="days")
    halves = [{**row, "value1": side, "n": n, "total": k} for row in rows for side, n, k in _halves(row)]
    assert one(halves).document() == one(rows).document()
    assert one(rows).params["bad_side"] == "above"
    assert [each.id for each in measured([*given(), *rows])] == [
        "effect_since_start/outcome=days",
        "effect_since_start/outcome=work",
    ]


def _halves(row: Row) -> list[tuple[str, int, int]]:
    n, k = row["n"] // 2, row["total"] // 2
    return [("F", n, k), ("M", row["n"] - n, row["total"] - k)]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        (given(started=0), "nobody_started"),
        (given(started=9), "few_agencies"),
        (given(others=9), "few_agencies"),
        ([row for row in given() if row["bin"] > 2 or row["window"] != "2025-05"], "agencies_with_gaps"),
        ([row for row in given() if row["window"] > "2025-06"], "short_before"),
        ([{**row, "n": 100, "total": 30} for row in given()], "nothing_varies"),
        (
            [{**r, "total": r["total"] + (3 * int(r["window"][5:]) if r["reason"] else 0)} for r in given()],
            "not_parallel",
        ),
    ],
)
def test_what_cannot_be_told_says_why(rows: list[Row], reason: str) -> None:
    found = one(rows)
    assert (found.status, found.reason, found.value) == ("undefined", reason, None)
    assert ("months" in found.params) == (reason in ("not_parallel", "nothing_varies"))


@pytest.mark.parametrize(("field", "reason"), [("n", "small_group"), ("total", "small_numerator")])
def test_few_people_or_cases_are_hidden(field: str, reason: str) -> None:
    few = ("2025-03", None)
    found = one([{**row, field: 1} if (row["window"], row["reason"]) == few else row for row in given(others=10)])
    assert (found.status, found.reason) == ("suppressed", reason)
    assert (found.n, found.clusters, set(found.params)) == (None, None, {"bad_side", "scale"})


def test_one_agency_with_a_gap_among_many_is_left_out_and_so_is_one_that_had_started_before() -> None:
    rows = given(started=20, others=20)
    whole = one([row for row in rows if row["bin"] not in (20, 40)])
    early = [{**row, "reason": "2024-10"} if row["bin"] == 20 else row for row in rows]
    found = one([{**row, "n": 0} if (row["bin"], row["window"]) == (40, "2025-05") else row for row in early])
    assert (found.value, found.interval) == (whole.value, whole.interval)
    assert (found.params["already_started"], found.params["with_gaps"], found.params["agencies"]) == (1, 1, 19)


def test_an_agency_that_starts_after_the_last_month_has_not_started_yet() -> None:
    """It is compared as one that does not start: nothing that was counted came after its start."""
    rows = given()
    later = [{**row, "reason": "2026-03"} if row["bin"] > 24 else row for row in rows]
    assert one(later).document() == one(rows).document()
    assert (one(later).params["already_started"], one(later).params["others"]) == (0, 12)
