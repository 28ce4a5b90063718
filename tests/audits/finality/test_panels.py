"""Counts by agency and month as they are measured: gaps, groups, and what is hidden."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import yaml

from boussole.audits.counts.read import PANEL
from boussole.audits.measures import Measure
from boussole.audits.metrics.before_after import before_after_measures
from boussole.audits.systems.model import System
from tests.written import system_text

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


def _broken(row: Row, *, agency: int, month: str) -> bool:
    return bool(row["bin"] == agency and row["window"] == month)


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
    found = one(
        [
            {**row, field: 1 if row["window"] == "2025-03" and row["reason"] is None else row[field]}
            for row in given(others=10)
        ]
    )
    assert (found.status, found.reason) == ("suppressed", reason)
    assert (found.n, found.clusters, set(found.params)) == (None, None, {"bad_side", "scale"})


def test_one_agency_with_a_gap_among_many_is_left_out_and_so_is_one_that_had_started_before() -> None:
    rows = given(started=20, others=20)
    whole = one([row for row in rows if row["bin"] not in (20, 40)])
    early = [{**row, "reason": "2024-10"} if row["bin"] == 20 else row for row in rows]
    found = one([{**row, "n": 0} if _broken(row, agency=40, month="2025-05") else row for row in early])
    assert (found.value, found.interval) == (whole.value, whole.interval)
    assert (found.params["already_started"], found.params["with_gaps"], found.params["agencies"]) == (1, 1, 19)


def test_an_agency_that_starts_after_the_last_month_has_not_started_yet() -> None:
    """It is compared as one that does not start: nothing that was counted came after its start."""
    rows = given()
    later = [{**row, "reason": "2026-03"} if row["bin"] > 24 else row for row in rows]
    assert one(later).document() == one(rows).document()
    assert (one(later).params["already_started"], one(later).params["others"]) == (0, 12)
