"""Drift is judged by the charter's level of error, shared between the looks of a year, wherever it is shown."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from boussole.audits.cubes.values import Histogram
from boussole.audits.drift.measures import index_measures
from boussole.audits.drift.series import Point
from boussole.audits.windows import Window
from boussole.charter.drift.rule import FEATURES, SCORE, rule_of
from boussole.charter.drift.system_drift import readings
from tests.as_json import judge
from tests.charter.builders import CHARTER, amended
from tests.written import drift_rule, sample

SYSTEM = sample(
    {
        "id": "id",
        "decided_at": "day",
        "decision": {"column": "chosen", "selected": [True]},
        "score": {"column": "score", "range": [0, 1]},
    },
    ("gender",),
    features=["first", "second"],
    windows={"audit": "month", "reference": "2026-01-01/2026-01-31"},
)
STILL = ([500, 500, 500, 500, 0], [500, 500, 500, 500, 0])
BEYOND = ([500, 500, 500, 500, 0], [236, 412, 588, 764, 0])
"""A little beyond 0.1: far by one look, not by one of twelve."""
FAR = ([500, 500, 500, 500, 0], [200, 400, 600, 800, 0])


def point(**columns: tuple[list[int], list[int]]) -> Point:
    measures = [
        measure
        for name, sides in columns.items()
        for measure in index_measures(Histogram(name, (0.0, 1.0, 2.0), tuple(sides[0]), tuple(sides[1])).coarse())
    ]
    months = [Window(dt.date(2026, month, 1), dt.date(2026, month, 28)) for month in (2, 1)]
    return Point(window=months[0], against=months[1], decisions=2000, reason=None, measures=measures)


def test_one_look_of_a_year_has_to_be_surer_than_one_alone_and_so_has_a_charter_that_errs_less_often() -> None:
    rule = drift_rule()
    found = point(score=STILL, first=BEYOND, second=STILL)
    assert readings(found, replace(rule, looks=1))["inputs"].states == {"first": "watch", "second": "kept"}
    assert readings(found, rule)["inputs"].states == {"first": "unknown", "second": "kept"}
    # Several columns accuse of a breach no oftener than of a move.
    far = drift_rule(watch=0.01, breach=0.1)
    for each, state in ((replace(far, looks=1), "broken"), (far, "watch")):
        assert readings(found, each)["inputs"].states["first"] == state
    found = point(score=STILL, first=FAR, second=STILL)
    assert readings(found, rule)["inputs"].state == "watch"
    assert readings(found, replace(rule, alpha=1e-6))["inputs"].states["first"] == "unknown"


def test_a_look_at_a_shorter_window_is_one_of_more_and_all_that_drift_is_accused_of_shares_one_level() -> None:
    assert [rule_of(CHARTER, SYSTEM, step=step).looks for step in ("month", "week", "day")] == [12, 52, 365]
    assert rule_of(CHARTER.model_copy(update={"looks": "each"}), SYSTEM, step="day").looks == 1
    rule = rule_of(CHARTER, SYSTEM)
    assert (rule.alpha, rule.of_shifts < rule.alpha) == (CHARTER.alpha, True)
    assert {rule.level(subject).watch for subject in (SCORE, FEATURES)} == {0.1}


@pytest.mark.parametrize("breach", [None, 0.15])
@pytest.mark.parametrize(
    "columns",
    [
        {"score": STILL, "first": FAR, "second": STILL},
        {"score": BEYOND, "first": STILL, "second": STILL},
        {"score": STILL, "first": STILL, "second": STILL},
        {"score": FAR, "first": FAR, "second": BEYOND},
    ],
)
def test_what_the_charter_asks_is_judged_as_in_an_audit(
    columns: dict[str, tuple[list[int], list[int]]], breach: float | None
) -> None:
    charter, found = amended("likeness_to_reference", threshold={"breach": breach}), point(**columns)
    documents = [measure.document() for measure in found.measures]
    given = {
        comparison["measure"].partition("feature=")[2]: comparison["verdict"]
        for verdict in judge(charter, SYSTEM, documents, window_start=found.window.start)
        if verdict["template"] == "likeness_to_reference"
        for comparison in verdict["comparisons"]
    }
    assert set(given) == set(columns)
    read = readings(found, rule_of(charter, SYSTEM))
    assert {**read["inputs"].states, **read["score"].states} == given
