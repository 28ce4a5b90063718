"""How good decisions were, as the page shows it: due or not, hidden, and nothing at all."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from boussole.audits.drift.by_score import ByScore
from boussole.audits.drift.meaning import meaning_measures
from boussole.audits.drift.performance import performance
from boussole.audits.drift.series import DriftSeries, Point
from boussole.audits.measures import Counts
from boussole.audits.windows import Window
from boussole.charter.drift.readings import readings
from boussole.dashboard.markup.elements import MARKS
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.views.charts.over_time import ExpectedMonth, MonthValue, months_picture, scale_of, time_axis
from boussole.dashboard.views.drift.performance import Performing, performing
from tests.audits.drawn import Case, drawn, places
from tests.written import drift_rule, sample

RULE = drift_rule()
TODAY = dt.date(2026, 6, 20)
FALLEN = np.full(101, -0.8)


def month(number: int) -> Window:
    return Window(dt.date(2026, number, 1), dt.date(2026, number + 1, 1) - dt.timedelta(days=1))


def system(observed: str = "all") -> Any:
    outcome = {"column": "y", "positive": [1], "matures_after_days": 30, "observed_for": observed, "absent": "missing"}
    decision = {"column": "chosen", "selected": [True], "title": {"en": "called", "fr": "appelées"}}
    columns = {"id": "id", "decided_at": "day", "decision": decision, "outcome": outcome}
    columns["score"] = {"column": "score", "range": [0, 1]}
    return sample(columns, (), windows={"audit": "month", "reference": "2026-01-01/2026-01-31"})


def shown(
    *, observed: str = "all", n: int = 4000, lang: str = "en", due: bool = True, judged: bool = True
) -> Performing | None:
    """January is the reference, the world changes in April; the outcomes of May are not due in June.

    `judged`: whether anybody has held what scores mean to a level.
    """
    random = np.random.default_rng(3)
    windows = [month(number) for number in range(1, 6)]
    counts = {
        window: with_missing(
            drawn(Case("chances", n, n), n, places(2, 2), random, odds=FALLEN if window == month(4) else None)
        )
        for window in windows
    }
    declared = system(observed)
    found = performance(
        ByScore(counts=counts, clustered=False),
        windows,
        month(1),
        declared,
        as_of=TODAY if due else dt.date(2026, 2, 10),
    )
    series = DriftSeries(
        system=declared,
        step="month",
        against="reference",
        points=[point(counts, window) for window in windows],
        columns=[],
        empty=[],
        versions=[],
        unfinished=False,
        performance=found,
    )
    read = [readings(each if judged else replace(each, measures=[]), RULE) for each in series.points]
    return performing(series, read, [], speaker(lang), documents={})


def point(counts: dict[Window, Counts], window: Window) -> Point:
    """A month beside January, with what scores mean in it."""
    due = dt.date(2026, 6, 30) if window == month(5) else None
    pair = counts[month(1)][:-1], counts[window][:-1]
    first = window == month(1)
    found = [] if first else meaning_measures(*pair, clustered=False, fewest=11, readable_from=due)
    reason = "is_reference" if first else None
    return Point(window=window, against=month(1), decisions=int(pair[1].sum()), reason=reason, measures=found)


def with_missing(counts: Counts) -> Counts:
    """The bin of those without a score, empty."""
    return np.concatenate([counts, np.zeros_like(counts[:1])])


def test_what_came_and_what_is_expected_in_words() -> None:
    told = shown()
    assert told is not None
    assert [each.anchor for each in told.figures] == [
        f"performance-{name}"
        for name in ("accuracy", "precision", "auc", "true_positive_rate", "false_positive_rate", "meaning")
    ]
    came, waits, let_expect, doubt = told.sentences
    assert came.startswith("April 2026: decisions were right in ")
    assert waits.startswith("May 2026: outcomes can be read from 30 June 2026 on; until then ")
    assert waits.endswith("of 100 are expected.")
    assert let_expect.startswith("Of April 2026, scores alone let expect ")
    assert doubt.startswith("Since April 2026 the same scores have been followed by other outcomes than before")
    assert told.tone == "watch"
    accuracy = told.figures[0]
    assert (list(accuracy.sentences), len(told.figures[1].sentences)) == ([], 3), "what the section says, once"
    assert (accuracy.states, accuracy.head[-1]) == ((), "Expected, of 100"), (
        "a range is shown, and nothing judged by it"
    )
    assert accuracy.rows[0][-1] == "none: this is the reference period"
    assert "30 June 2026" in accuracy.rows[4][2]
    meaning = told.figures[-1]
    assert meaning.states == ["not_examined", "unknown", "unknown", "watch", "not_examined"]
    assert float(meaning.rows[3][2]) < float(meaning.rows[3][3]) - 5  # came, and to be expected, of 100
    assert meaning.rows[3][4].startswith("× 0.4")  # e to the −.8 is .45
    marks = Template("pages/drift/drift.html", speaker("en"))("performance", told).count("badge-watch")
    assert marks == 1, "April alone, of what scores mean"


def test_one_month_outside_what_was_expected_accuses_nobody() -> None:
    """By chance alone one in twenty is; what scores mean is held to the charter's level, and that decides."""
    told = shown(judged=False)
    assert told is not None
    assert told.tone == "unknown"
    assert all("watch" not in each.states and MARKS["watch"].ink not in each.svg for each in told.figures)


def test_where_outcomes_are_seen_only_for_the_selected_there_is_precision_alone() -> None:
    told = shown(observed="selected")
    assert told is not None
    assert [each.title for each in told.figures][:-1] == ["Share of positive outcomes among those called"]
    assert told.sentences[0].startswith("April 2026: of 100 people called, the outcome was positive for ")


def test_few_outcomes_are_hidden_and_nothing_is_expected_of_few() -> None:
    assert shown(n=12) is None
    some = shown(n=40)
    assert some is not None
    cells = [cell for each in some.figures for row in each.rows for cell in row]
    assert any("hidden: fewer than 11" in cell for cell in cells)
    assert any("too few outcomes in the reference period" in cell for cell in cells)
    assert shown(due=False) is None  # January's own outcomes are not due: nothing came and nothing can be expected


def test_a_drawing_tells_what_came_from_what_is_expected_by_shape() -> None:
    months = [
        ExpectedMonth(came=MonthValue(value=0.8, ends=(0.78, 0.82)), event=True),
        ExpectedMonth(came=MonthValue(value=0.8), expected=MonthValue(value=0.82, ends=(0.8, 0.84))),
        ExpectedMonth(came=MonthValue(value=0.7), expected=MonthValue(value=0.82, ends=(0.8, 0.84)), moved=True),
        ExpectedMonth(expected=MonthValue(value=0.81)),
        ExpectedMonth(),
    ]
    scale = scale_of(months, step=0.05)
    assert scale == (0.7, 0.85)
    windows = [Window(dt.date(2026, month, 1), dt.date(2026, month, 28)) for month in range(1, 6)]
    drawn_months = months_picture(months, time_axis(windows), scale)
    assert drawn_months.count("<circle") == 2
    assert drawn_months.count('fill="#fff"') == 3
    assert drawn_months.count('stroke-dasharray="4 3"') == 3
    assert drawn_months.count('stroke-dasharray="1 4"') == 1
    assert scale_of([ExpectedMonth()], step=0.05) is None
    assert scale_of([ExpectedMonth(came=MonthValue(value=1.0))], step=0.05) == (1.0, 1.05)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_drawing_has_words_and_data(lang: str) -> None:
    told = shown(lang=lang)
    assert told is not None
    written = Template("pages/drift/drift.html", speaker(lang))("performance", told)
    assert written.count("<article") == written.count("<table") == len(told.figures) == 6
    for each in told.figures:
        assert len(each.alt) > 60
        assert {len(row) for row in each.rows} == {len(each.head) - bool(each.states)}
        assert len(each.states) == len(each.words) == (5 if each.anchor == "performance-meaning" else 0)
        assert len(each.rows) == len(each.readings) == 5
