"""How good decisions were, as the page shows it: what the audit of each month says, and what scores let expect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from boussole.audits.drift.series import DriftSeries, Point
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.views.drift.monthly import MonthlyFigure
from boussole.dashboard.views.drift.view import performance_figures
from tests.dashboard.test_drift_meaning import month, system
from tests.written import audited

INTERVAL = {"method": "wilson", "level": 0.95, "low": 0.88, "high": 0.92}
NOT_DUE = {"reason": "not_mature", "params": {"readable_from": "2026-06-30"}}


def measures(came: dict[str, Any], low: float, high: float) -> list[dict[str, Any]]:
    expected = {"value": (low + high) / 2, "n": 500, "params": {"will_be": [low, high]}}
    group = {"id": "accuracy/sex=F", "group": {"sex": "F"}, "value": 0.5, "n": 90}
    return [{"id": "accuracy", **came}, group, {"id": "estimated_accuracy", **expected}]


def figures(lang: str = "en", *, audits: Sequence[int] = (1, 3, 4)) -> list[MonthlyFigure]:
    """January is the reference, February has no audit, the outcomes of April are not due."""
    known = {"value": 0.9, "n": 500, "interval": INTERVAL}
    told = {1: measures(known, 0.89, 0.91), 3: measures(known, 0.91, 0.95), 4: measures(NOT_DUE, 0.8, 0.84)}
    documents = {
        month(number): audited(start=str(month(number).start), end=str(month(number).end), measures=told[number])
        for number in audits
    }
    series = DriftSeries(
        system=system(),
        step="month",
        against="reference",
        points=[
            Point(window=month(number), against=month(1), decisions=500, reason=None, measures=[])
            for number in range(1, 5)
        ],
        columns=[],
        empty=[],
        versions=[],
        unfinished=False,
    )
    return performance_figures(series, documents, [], speaker(lang))


def test_what_audits_say_is_shown_and_expected_until_outcomes_are_due() -> None:
    (accuracy,) = figures()
    assert accuracy.head == ["Period", "Decisions", "Came, of 100", "95% interval", "Expected, of 100"]
    assert accuracy.rows == [
        ["January 2026", "500", "90.0", "88.0 to 92.0", ""],
        ["March 2026", "500", "90.0", "88.0 to 92.0", "91.0 to 95.0"],
        ["April 2026", "500", "what became of people can be read from 30 June 2026 on", "", "80.0 to 84.0"],
    ]
    assert accuracy.svg.count("<circle") == 2
    assert accuracy.svg.count('fill="#fff"') == 2
    assert accuracy.alt.endswith(
        "March 2026: 90.0 of 100 came, 93.0 of 100 expected. April 2026: 82.0 of 100 expected."
    )


def test_nothing_is_shown_without_an_audit() -> None:
    assert figures(audits=()) == []
