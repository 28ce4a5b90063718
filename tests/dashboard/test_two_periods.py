"""Two periods side by side on the page of drift: any two that have ended, one chart, the same in its table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from boussole.audits.drift.counts import WindowCounts
from boussole.audits.drift.series import point_of
from boussole.audits.drift.two_windows import TwoWindows, of_values, with_columns
from boussole.audits.windows import Window
from boussole.charter.drift.groups import GroupSizes, mix_measures
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.views.drift.two_periods import Pair, TwoPeriods, fields_of, span, two_periods
from tests.dashboard.app_at import app_at
from tests.written import sample

EDGES = {"score": [0.25, 0.5, 0.75], "<b>age": [30.0, 40.0]}
MONTHS: list[dict[str, list[int]]] = [
    {"score": [250, 250, 250, 250, 0], "<b>age": [0, 500, 500, 0]},
    {"score": [100, 200, 300, 400, 0], "<b>age": [0, 480, 517, 3]},
    {"score": [100, 200, 693, 7, 0], "<b>age": [0, 480, 520, 0]},
]
SYSTEM = sample(
    {
        "id": "id",
        "decided_at": "day",
        "decision": {"column": "chosen", "selected": [True], "title": {"en": "called", "fr": "appelées"}},
        "score": {"column": "score", "range": [0, 1]},
    },
    ("gender",),
    features=["<b>age"],
    windows={"audit": "month", "reference": "2026-01-01/2026-01-31"},
)
COLUMNS = [("inputs-<b>age", "<b>age"), ("score-score", "The score"), ("groups-gender", "Gender")]
WOMEN = [500, 300, 996]


def month(number: int) -> Window:
    return Window(dt.date(2026, number, 1), dt.date(2026, number + 1, 1) - dt.timedelta(days=1))


ENDED = [month(3), month(2), month(1)]


def read(pair: Pair) -> TwoWindows:
    """Three months of a thousand decisions, in which 300 are selected; in March 7 are, and 4 people are no women."""
    everybody = np.zeros((3, 40, 2, 3), dtype=np.int64)
    for at, selected in enumerate((300, 400, 7)):
        everybody[at, 0, 1, 2], everybody[at, 0, 0, 2] = selected, 1000 - selected
    counts = WindowCounts(
        windows={month(at + 1): at for at in range(3)},
        everybody=everybody,
        edges=EDGES,
        bins={name: np.array([each[name] for each in MONTHS]) for name in EDGES},
    )
    older, newer = pair
    point = point_of(newer, older, counts, SYSTEM, "reference", as_of=dt.date(2027, 1, 1))
    found = with_columns(point, counts, [each for each in reversed(ENDED) if each.end <= newer.end], SYSTEM)
    sizes = [GroupSizes(decisions=1000, groups={"gender": {"F": n, "M": 1000 - n}}, expired=frozenset()) for n in WOMEN]
    mixed = mix_measures(sizes[older.start.month - 1], sizes[newer.start.month - 1], SYSTEM, design_effect=1.0)
    mix = [of_values(each, fewest=11) for each in mixed if each.metric == "psi"]
    return replace(found, columns=[*found.columns, *mix])


def shown(
    column: str = "", period: str = "", beside: str = "", *, lang: str = "en", windows: Sequence[Window] = ENDED
) -> TwoPeriods:
    say, usual = speaker(lang), (month(2), month(1))
    fields, pair = fields_of(
        (column, period, beside), say, columns=COLUMNS, windows=windows, usual=usual, system=SYSTEM
    )
    return two_periods(fields, pair, read, SYSTEM, say)


def chosen(found: TwoPeriods) -> Mapping[str, str]:
    return {field.key: field.value for field in found.fields}


def test_the_score_stands_first_in_the_periods_that_the_page_compares() -> None:
    found = shown()
    assert chosen(found) == {"column": "score-score", "period": span(month(2)), "beside": span(month(1))}
    assert found.refused == []
    assert found.told == ("Where both differ most: “0.75 or more”, 40.0% (February 2026), 25.0% (January 2026).")
    assert found.chart is not None
    names = ["Under 0.25", "0.25 to 0.50", "0.50 to 0.75", "0.75 or more"]
    assert [row.name for row in found.chart.rows] == names
    newer, older = found.chart.rows[0].marks
    assert (newer.second, older.second) == (False, True)
    assert newer.said == "Under 0.25, February 2026: 10.0% (between 8.3% and 12.0%), about 100 decisions."
    assert found.chart.scale[0][0] == 0


def test_the_table_says_what_the_marks_say() -> None:
    found = shown()
    assert found.chart is not None
    assert found.table is not None
    marks = [mark for row in found.chart.rows for mark in row.marks]
    assert len(found.table.rows) == len(marks)
    for (name, period, share, _, count), mark in zip(found.table.rows, marks, strict=True):
        assert mark.said.startswith(f"{name}, {period}: {share} ")
        assert f"about {count} decisions" in mark.said


def test_any_two_months_that_have_ended_can_be_chosen() -> None:
    found = shown("score-score", span(month(3)), span(month(2)))
    assert chosen(found)["beside"] == span(month(2))
    assert found.chart is not None
    # 7 of March are few: their class has joined the one before, in both months
    assert [row.name for row in found.chart.rows] == ["Under 0.25", "0.25 to 0.50", "0.50 or more"]
    periods = {row[1] for row in found.table.rows} if found.table else set()
    assert periods == {"March 2026", "February 2026"}


def test_periods_that_share_days_are_not_offered_beside_each_other() -> None:
    quarter = Window(month(1).start, month(3).end)
    found = {field.key: field for field in shown(period=span(quarter), windows=[*ENDED, quarter]).fields}
    assert found["beside"].options == []
    assert shown(period=span(quarter), windows=[*ENDED, quarter]).missing
    others = {field.key: field for field in shown(period=span(month(3)), windows=[quarter, *ENDED]).fields}["beside"]
    assert [option.value for option in others.options] == [span(month(2)), span(month(1))]
    assert [option.name for option in others.options] == ["February 2026", "January 2026 (reference)"]


def test_what_an_address_asks_for_in_vain_is_said() -> None:
    found = shown("inputs-nothing", "2026-03-02/2026-03-08", "<script>")
    assert [(field.key, field.refused) for field in found.refused] == [
        ("column", "inputs-nothing"),
        ("period", "2026-03-02/2026-03-08"),  # nobody gets a window of their own
        ("beside", "<script>"),
    ]
    html = Template("pages/drift/drift.html", speaker("en"))("beside_head", found)
    assert "“&lt;script&gt;” is not here; shown instead: January 2026 (reference)." in html


def test_three_without_a_value_follow_from_nothing() -> None:
    found = shown("inputs-<b>age", span(month(2)), span(month(1)))
    assert found.table is not None
    assert [row[-1] for row in found.table.rows if row[1] == "February 2026"] == ["480", "520"]  # of 997


@pytest.mark.parametrize("column", ["decision-decision", "groups-gender"])
def test_a_share_of_few_people_is_hidden_on_the_chart_and_in_its_table(column: str) -> None:
    """Seven were selected in March, and four were men."""
    say = speaker("en")
    columns = [("decision-decision", "Share of people called"), *COLUMNS]
    asked = (column, span(month(3)), span(month(1)))
    fields, pair = fields_of(asked, say, columns=columns, windows=ENDED, usual=None, system=SYSTEM)
    found = two_periods(fields, pair, read, SYSTEM, say)
    assert found.chart is not None
    assert found.table is not None
    (hidden,) = [mark for row in found.chart.rows for mark in row.marks if mark.dot.value is None]
    assert hidden.dot.note == "hidden: fewer than 11 people or decisions"
    (row,) = [row for row in found.table.rows if row[2] == hidden.dot.note]
    assert row[3:] == ["", ""]
    assert "0.7%" not in str(found)
    assert "0.4%" not in str(found)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_both_are_read_and_reached_by_keyboard_and_markup_of_others_is_text(lang: str) -> None:
    found = replace(shown("inputs-<b>age", lang=lang), asked=True)
    html = Template("pages/drift/drift.html", speaker(lang))("beside", found)
    assert html.count('class="spot"') == 4
    assert "<details open" in html
    assert "<table" in html
    assert "<b>" not in html
    closed = Template("pages/drift/drift.html", speaker(lang))("beside", replace(found, asked=False))
    assert "<details open" not in closed


def test_without_two_periods_the_page_says_so() -> None:
    found = shown(windows=[month(1)])
    assert found.missing == "There are no two periods that have ended and share no day."
    html = Template("pages/drift/drift.html", speaker("en"))("beside", found)
    assert "There are no two periods" in html
    assert "<table" not in html


@pytest.mark.costly
def test_a_choice_is_an_address_and_an_address_a_choice(
    demo_home: Path, monkeypatch: pytest.MonkeyPatch, be: Callable[..., None]
) -> None:
    monkeypatch.setenv("BOUSSOLE_HOME", str(demo_home))
    be("chair")
    seen = app_at("drift", system="matchft", lang="en").run()
    assert not seen.exception
    assert seen.selectbox(key="two-column").value == "score-score"
    seen.selectbox(key="two-column").select("inputs-distance_km").run()
    assert not seen.exception
    assert seen.query_params["column"] == "inputs-distance_km"
    bodies = "".join(getattr(each.proto, "body", "") for each in seen.main)
    assert "<details open" in bodies
    assert "Distance to the job (km): both periods, side by side" in bodies
    again = app_at("drift", system="matchft", lang="en", column="inputs-distance_km").run()
    assert again.selectbox(key="two-column").value == "inputs-distance_km"
