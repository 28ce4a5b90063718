"""What scores mean and how good decisions were, month by month: due or not, too few outcomes, and nothing at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from boussole.audits.drift.meaning import meaning_measures
from boussole.audits.drift.series import DriftSeries, Point
from boussole.audits.measures import Counts
from boussole.audits.windows import Window
from boussole.charter.drift.system_drift import readings
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.views.drift.monthly import MonthlyFigure
from boussole.dashboard.views.drift.summary import meaning_months
from boussole.dashboard.views.drift.view import performance_figures
from tests.audits.drawn import Case, drawn, places
from tests.written import audited, drift_rule, sample

RULE = drift_rule()


FALLEN = np.full(101, -0.8)


def month(number: int) -> Window:
    return Window(dt.date(2026, number, 1), dt.date(2026, number + 1, 1) - dt.timedelta(days=1))


def system(observed: str = "all") -> Any:
    outcome = {"column": "y", "positive": [1], "matures_after_days": 30, "observed_for": observed, "absent": "missing"}
    decision = {"column": "chosen", "selected": [True], "title": {"en": "called", "fr": "appelées"}}
    columns = {"id": "id", "decided_at": "day", "decision": decision, "outcome": outcome}
    columns["score"] = {"column": "score", "range": [0, 1]}
    return sample(columns, (), windows={"audit": "month", "reference": "2026-01-01/2026-01-31"})


def shown(*, n: int = 4000, lang: str = "en", judged: bool = True) -> MonthlyFigure | None:
    """January is the reference, the world changes in April, the outcomes of May are not due in June."""
    random = np.random.default_rng(3)
    windows = [month(number) for number in range(1, 6)]
    counts = {
        window: drawn(Case("chances", n, n), n, places(2, 2), random, odds=FALLEN if window == month(4) else None)
        for window in windows
    }
    series = DriftSeries(
        system=system(),
        step="month",
        against="reference",
        points=[point(counts, window) for window in windows],
        columns=[],
        empty=[],
        versions=[],
        unfinished=False,
    )
    read = [readings(each if judged else replace(each, measures=[]), RULE) for each in series.points]
    return meaning_months(series, read, [], speaker(lang))


def point(counts: dict[Window, Counts], window: Window) -> Point:
    """A month beside January, with what scores mean in it."""
    due = dt.date(2026, 6, 30) if window == month(5) else None
    pair = counts[month(1)], counts[window]
    first = window == month(1)
    found = [] if first else meaning_measures(*pair, clustered=False, fewest=11, readable_from=due)
    reason = "is_reference" if first else None
    return Point(window=window, against=month(1), decisions=int(pair[1].sum()), reason=reason, measures=found)


def test_what_came_stands_beside_what_was_to_be_expected() -> None:
    told = shown()
    assert told is not None
    assert told.states == ["not_examined", "unknown", "unknown", "watch", "not_examined"]
    assert float(told.rows[3][2]) < float(told.rows[3][3]) - 5  # came, and to be expected, of 100
    assert told.rows[3][4].startswith("× 0.4")  # e to the −.8 is .45
    assert "30 June 2026" in told.rows[4][2]
    assert Template("pages/drift/drift.html", speaker("en"))("meaning", told).count("badge-watch") == 1, "April alone"
    assert shown(n=12) is None


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
