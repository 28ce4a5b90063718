"""The drift page: one sentence that fits the figures, what happened meanwhile, and every empty state by its name."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from boussole.audits.decisions import ingest
from boussole.audits.drift.compared import compared
from boussole.audits.drift.counts import VersionDays, WindowCounts, rate_steps
from boussole.audits.drift.series import DriftSeries, Point
from boussole.audits.drift.shifts import Series, shifts
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from boussole.charter.drift.groups import GroupSizes, mix_measures
from boussole.charter.drift.rule import rule_of
from boussole.charter.drift.system_drift import Drift
from boussole.charter.incidents.book import enter
from boussole.charter.record_types.incidents import Incident
from boussole.charter.records.in_force import AdoptionAct, CharterInUse
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.drift.view import YEARS, themes, uncompared
from boussole.dashboard.views.charts.over_time import Spot, small_multiple, time_axis
from boussole.dashboard.views.drift.figures import name_of_measure
from boussole.dashboard.views.drift.view import DriftPage, DriftQuery, drift_page
from boussole.dashboard.views.scene import Scene
from tests.audits.readings import read_last
from tests.dashboard.app_at import app_at
from tests.written import sample, system_text

EDGES = {"score": [0.25, 0.5, 0.75], "distance": [5.0, 10.0, 20.0], "<b>age": [30.0, 40.0]}
STILL = {"score": [250, 250, 250, 250, 0], "distance": [300, 300, 200, 200, 0], "<b>age": [400, 300, 300, 0]}
SYSTEM = sample(
    {
        "id": "id",
        "decided_at": "day",
        "decision": {"column": "chosen", "selected": [True], "title": {"en": "called", "fr": "appelées"}},
        "score": {"column": "score", "range": [0, 1]},
    },
    ("gender",),
    features=["distance", "<b>age", "never"],
    windows={"audit": "month", "reference": "2026-01-01/2026-01-31"},
)
Made = Callable[..., DriftPage]


def month(number: int) -> Window:
    return Window(dt.date(2026, number, 1), dt.date(2026, number + 1, 1) - dt.timedelta(days=1))


def said(women: int) -> GroupSizes:
    """What an audit told of 1,000 decisions."""
    return GroupSizes(decisions=1000, groups={"gender": {"F": women, "M": 1000 - women}}, expired=frozenset())


def series_of(
    bins: Sequence[dict[str, list[int]]],
    *,
    decided: Sequence[int] | None = None,
    women: Sequence[int] | None = None,
    reasons: dict[int, str] | None = None,
) -> DriftSeries:
    """One month after the other, the first of which is the reference; 1,000 decisions each."""
    windows = {month(i): i - 1 for i in range(1, len(bins) + 1)}
    everybody = np.zeros((len(bins), 40, 2, 3), dtype=np.int64)
    for i in range(len(bins)):
        selected = decided[i] if decided else 300
        everybody[i, 0, 1, 2], everybody[i, 0, 0, 2] = selected, 1000 - selected
    columns = {name: np.array([{**STILL, **each}[name] for each in bins]) for name in EDGES}
    counts = WindowCounts(windows=windows, everybody=everybody, edges=EDGES, bins=columns)
    first = month(1)
    points = []
    for window, i in windows.items():
        reason = "is_reference" if not i else (reasons or {}).get(i)
        measures = [] if reason else compared(counts, (first, window), SYSTEM, as_of=dt.date(2027, 1, 1))
        if women and not reason:
            told = [said(women[at]) for at in (0, i)]
            measures += mix_measures(*told, SYSTEM, design_effect=1.0)
        points.append(Point(window=window, against=first, decisions=1000, reason=reason, measures=measures))
    return DriftSeries(
        system=SYSTEM,
        step="month",
        against="reference",
        points=points,
        columns=list(EDGES),
        empty=["never"],
        versions=[
            VersionDays(name="1.0", first=first.start, last=month(2).end),
            VersionDays(name="<2.0>", first=month(3).start, last=month(4).end),
        ],
        unfinished=False,
        selected=rate_steps(counts, list(windows), SYSTEM),
        deciding={point.window: {"1.0" if point.window.start < month(3).start else "<2.0>": 1.0} for point in points},
    )


@pytest.fixture
def made(scene: Scene) -> Made:
    seen = replace(scene, systems={"sample": SYSTEM})

    def make(series: DriftSeries, lang: str = "en", looked: Sequence[Series] = (), **more: Any) -> DriftPage:
        asked = DriftQuery(system="sample", against=series.against, by=series.step)
        act = AdoptionAct(
            entry=1, on=dt.date(2026, 2, 9), sealed_on=dt.date(2026, 2, 9), role="chair", document="d", sha256="s"
        )
        charter = CharterInUse(sha256="s", version="1.1", entry=1, first_used_on=act.on, acts=(act,))
        given: dict[str, Any] = {"systems": ["sample"], "fine": False, "with_incidents": False}
        rule = rule_of(seen.charter, series.system, step=series.step)
        drift = Drift(
            series=series, rule=rule, charters=[charter], looked=looked, shifts=shifts(looked, rate=rule.of_shifts)
        )
        return drift_page(seen, drift, asked, speaker(lang), query={"lang": lang}, **(given | more))

    return make


def whole(page: DriftPage, lang: str = "en") -> str:
    say = speaker(lang)
    drift = Template("pages/drift/drift.html", say)
    parts = [
        drift("head", page),
        drift("notes", page),
        drift("timeline", page, uncompared(page.columns, say)),
        drift("sections", themes(page)),
    ]
    return "".join([*parts, drift("closing", page, "boussole drift --system sample", YEARS)])


MOVED = {"distance": [50, 100, 350, 500, 0]}


def test_few_decisions_do_not_settle_it(made: Made) -> None:
    few = {"score": [9, 3, 4, 4, 0], "distance": [4, 9, 3, 4, 0], "<b>age": [8, 6, 6, 0]}
    page = made(series_of([STILL, few]))
    assert page.rows[0][1][1].state == "unknown"
    assert "We cannot tell about" in " ".join(page.summary.more)


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        ("no_reference", "no reference period is declared"),
        ("empty_reference", "the period compared with holds no decision"),
        ("small_group", "hidden: fewer than 11 people or decisions"),
        ("overlaps", "it shares days with the period compared with"),
    ],
)
def test_windows_that_are_not_compared_say_why(made: Made, reason: str, why: str) -> None:
    page = made(series_of([STILL, MOVED, STILL], reasons={1: reason, 2: reason}))
    assert page.summary.headline == f"Nothing can be compared: {why}."
    assert page.summary.tone == "unknown"
    written = whole(page)
    assert f"Not compared, February 2026; March 2026: {why}." in written
    last = made(series_of([STILL, MOVED, STILL], reasons={2: reason}))
    assert last.summary.headline.startswith("February 2026 compared with January 2026")
    assert f"March 2026 is not compared: {why}." in last.summary.more


def test_the_server_takes_only_what_it_knows() -> None:
    query = {"system": "sample", "against": "examined", "by": "day"}
    assert DriftQuery.of(query, fine=True) == DriftQuery(system="sample", against="examined", by="day")
    assert DriftQuery.of(query, fine=False).by == "month"  # committees get no free windows
    assert DriftQuery.of({"against": "<script>", "by": "hour"}, fine=True) == DriftQuery()


def test_months_lie_at_their_true_distance_and_missing_ones_are_seen() -> None:
    """Three months of which one came half a year later were drawn as three neighbours, joined by one line."""
    months = [(2026, 1, 31), (2026, 2, 28), (2026, 9, 30)]
    axis = time_axis([Window(dt.date(year, month, 1), dt.date(year, month, last)) for year, month, last in months])
    drawn = small_multiple([Spot(value=0.05, state="kept", event=False)] * 3, axis, level=0.1)
    first, second, third = (float(each) for each in re.findall(r'<circle cx="([\d.]+)"', drawn))
    assert (third - second) / (second - first) == pytest.approx(214.5 / 29.5, rel=0.03)
    assert drawn.count("<rect") == 1
    lines = re.findall(r'<polyline points="([^"]+)"', drawn)
    assert [len(line.split()) for line in lines] == [2], "no line runs through months that are not there"


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Months of decisions of one system, of which April was read before its end, and another that has none."""
    workspace = Workspace.create(tmp_path_factory.mktemp("drift") / "w")
    for name in ("jobs", "nothing"):
        (workspace.home / "systems" / f"{name}.yaml").write_text(system_text(name, LOG), encoding="utf-8")
    days = [f"2026-{month:02}-{day:02}" for month in (1, 2, 3, 4) for day in range(1, 29) for _ in range(20)]
    log = pd.DataFrame({"ref": [f"r{i}" for i in range(len(days))], "day": days})
    log["taken"], log["distance"] = log.index % 3 == 0, (log.index % 40) + 60.0 * (log["day"] > "2026-03")
    path = workspace.home / "log.parquet"
    log.to_parquet(path)
    ingest(workspace, workspace.system("jobs"), path)
    read_last(workspace, dt.date(2026, 4, 28))
    return workspace


LOG = """
columns:
  id: ref
  decided_at: day
  decision: {column: taken, selected: [true], not_selected: [false]}
features: [distance]
windows: {audit: month, reference: "2026-01-01/2026-01-31"}
"""


def opened(**asked: str) -> str:
    """What the page shows."""
    seen = app_at("drift", **asked).run()
    assert not seen.exception
    return "".join(getattr(element.proto, "body", "") for element in seen.main)


@pytest.mark.costly
def test_the_page_is_held_to_the_role_on_the_server(
    lake: Workspace, be: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A member who writes `by=day` into the address gets whole months; a data scientist gets days."""
    monkeypatch.setenv("BOUSSOLE_HOME", str(lake.home))
    be("member")
    shown = opened(system="jobs", by="day", lang="en")
    assert "March 2026 compared with January 2026: the inputs changed (distance)." in shown
    assert "By month, compared with" in shown
    assert "by=week" not in shown
    be("data_scientist")
    assert "By day, compared with the period before" in opened(system="jobs", by="day", against="previous", lang="en")
    asked = opened(system="nothing", lang="en")
    assert "Which system?" in asked
    assert "/drift?system=jobs" in asked
    assert "&lt;script&gt;" in opened(system="<script>", lang="en")


@pytest.mark.costly
def test_incidents_stand_beside_for_those_who_may_see_them(
    lake: Workspace, be: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOUSSOLE_HOME", str(lake.home))
    known = dt.datetime(2026, 3, 9, 8)  # noqa: DTZ001 (in the time of its own time zone)
    day = dt.date(2026, 3, 9)
    told = {"title": "Offers <b>too far</b>", "text": "The radius grew.", "happened_on": day, "known_at": known}
    enter(lake, Incident(role="steward", on=day, system="jobs", severity="significant", **told))
    be("member")
    shown = opened(system="jobs", lang="en")
    assert "an incident happened: Offers &lt;b&gt;too far&lt;/b&gt; (9 March 2026)" in shown
    assert "/incidents?lang=en#i-0" in shown
    be("reader")
    assert "too far" not in opened(system="jobs", lang="en")


def test_since_is_the_first_month_of_a_shift_and_not_the_one_in_which_its_distance_passed_the_level(made: Made) -> None:
    """30, 30, 44, 55 and 55 of 100: the PSI of March is 0.08, that of April 0.26, and the level is 0.1."""
    page = made(series_of([STILL] * 5, decided=[300, 300, 440, 550, 550]))
    assert "the decisions changed" in page.summary.headline
    assert "So it has been since March 2026." in page.summary.more


@pytest.mark.parametrize(
    ("measure", "named"),
    [
        ("reached_in_time_ratio", "Personnes sans smartphone qui répondent à temps, pour 100 qui en ont un"),
        ("silent_control_ratio", "Personnes contrôlées sans avoir répondu, pour 100 qui avaient répondu"),
        ("late_reply_ratio/gender=F", "Réponses arrivées après la clôture de la liste, par "),
        ("stage_selection_rate_ratio/gender=F|stage=sent", "Part des personnes qui avancent à chaque étape, par "),
        ("exposure_ratio/gender=F", "Attention que reçoit une place dans une liste, par "),
    ],
)
def test_a_figure_that_moved_bears_no_name_of_a_metric(measure: str, named: str) -> None:
    assert name_of_measure(measure, SYSTEM, speaker("fr")).startswith(named)
