"""The drift page: for whom it moved, what happened meanwhile, who sees which windows, and Evidently's report."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from jsonschema import Draft202012Validator
from scipy.stats import norm

from boussole.audits.decisions import ingest
from boussole.audits.drift import stored
from boussole.audits.drift.distances import METRICS as DISTANCES_OF
from boussole.audits.drift.measures import METRICS as INDICES
from boussole.audits.drift.pairs import exact_pair, window_asked
from boussole.audits.errors import ReportError
from boussole.audits.retention.purge import purge
from boussole.audits.systems import load_system
from boussole.audits.uncertainty.holm import holm
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from boussole.charter.document import AuditDocument
from boussole.charter.document.differences.distances import DriftDocument
from boussole.charter.drift.rule import moved_groups
from boussole.charter.incidents.book import enter
from boussole.charter.record_types.incidents import Incident
from boussole.charter.schemas import audit_schema, drift_schema
from boussole.dashboard.cli.audits import DISTANCES
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.drift import view
from boussole.dashboard.pages.drift.evidently_report import ReportView, header, make
from boussole.dashboard.views.charts.over_time import Spot, small_multiple, time_axis
from boussole.dashboard.views.drift.figures import name_of_measure
from boussole.dashboard.views.drift.for_whom import ForWhom, for_whom
from boussole.dashboard.views.drift.view import DriftQuery
from tests.audits.readings import read_last
from tests.conftest import Run
from tests.dashboard.app_at import bodies
from tests.written import audited, drift_rule, sample, system_text
from tests.written import measure as written

COLUMNS = {
    "id": "id",
    "decided_at": "day",
    "decision": {"column": "chosen", "selected": [True], "title": {"en": "called", "fr": "appelées"}},
    "score": {"column": "score", "range": [0, 1]},
}
SYSTEM = sample(
    COLUMNS,
    {"sex": "M"},
    windows={"audit": "month", "reference": "2026-01-01/2026-01-31"},
    privacy={"suppress_below": 11},
)
Document = Mapping[str, Any]


def month(number: int) -> Window:
    return Window(dt.date(2026, number, 1), dt.date(2026, number + 1, 1) - dt.timedelta(days=1))


def measure(
    metric: str, group: str | None, value: float | None, *, reason: str | None = None, **params: Any
) -> Document:
    known = value is not None
    return written(
        id=f"{metric}/sex={group}" if group else metric,
        group={"sex": group} if group else None,
        value=value,
        status="ok" if known else "undefined" if reason == "reference_not_audited" else "suppressed",
        reason=reason,
        n=900 if known else None,
        interval={"low": value - 0.01, "high": value + 0.01, "method": "student"} if known else None,
        params=params,
    )


def document(
    scores: Mapping[str, float | None], *, p: float = 0.5, reason: str = "hidden_in_reference"
) -> AuditDocument:
    """An audit in which the scores of each group changed by so much; those of M are compared with."""
    found = [measure("mean_score_change", None, 0.01, values=[0.51, 0.5])]
    for group, value in scores.items():
        told = {} if value is None else {"values": [0.5 + value, 0.5], "reference_n": 800}
        found.append(measure("mean_score_change", group, value, reason=reason if value is None else None, **told))
        if group != "M":
            base = scores["M"]
            gap = None if value is None or base is None else value - base
            more = {} if gap is None else {"changes": [value, base], "p": p, "p_adjusted": p}
            found.append(
                measure(
                    "mean_score_change_difference",
                    group,
                    gap,
                    reason=reason if gap is None else None,
                    against="sex=M",
                    **more,
                )
            )
    return audited(measures=found)


def shown(documents: Mapping[Window, AuditDocument], lang: str = "en") -> ForWhom:
    found = for_whom(documents, SYSTEM, speaker(lang), rule=drift_rule())
    assert found is not None
    return found


def test_the_sentence_names_both_groups_with_their_directions() -> None:
    found = shown({month(3): document({"F": -0.041, "M": -0.012}, p=0.001)})
    assert found.sentences[0] == "Scores did not move alike for all: F, down by 0.04; M, down by 0.01."
    assert (found.tone, found.period) == ("watch", "March 2026, beside January 2026")
    (part,) = found.parts
    assert part.groups.rows[0][:4] == ["F", "0.500", "0.459", "−0.041 (between −0.051 and −0.031)"]
    assert part.groups.rows[0][4:] == ["M", "−0.029 (between −0.039 and −0.019)"]
    assert part.groups.marks == ["watch", ""]
    french = shown({month(3): document({"F": -0.041, "M": 0.0}, p=0.001)}, "fr")
    assert french.sentences[0] == (
        "Les scores n’ont pas bougé de la même façon pour tous\u202f: F, en baisse de 0,04\u202f; M, sans changement."
    )


@pytest.mark.parametrize("size", [0.02, 0.026, 0.03, 0.06])
def test_a_triangle_stands_where_its_bar_holds_no_zero(size: float) -> None:
    """Of three groups, held to a twelfth of the level of a year: what is found leaves its part to the others."""
    scores: dict[str, float | None] = {"F": -size, "X": -0.04, "Y": 0.001, "M": 0.0}
    found = document(scores).written()
    own = [each for each in found["measures"] if each["metric"] == "mean_score_change_difference"]
    p = [float(2 * norm.sf(abs(each["value"]) / 0.01)) for each in own]
    for each, chance, again in zip(own, p, holm(p), strict=True):
        test = {"kind": "wald", "estimate": each["value"], "se": 0.01, "method": "student"}
        each["params"].update(test=test, p=chance, p_adjusted=again)
    for each in moved_groups(AuditDocument.of(found), drift_rule()):
        if each.difference is None:
            assert each.between is None
            continue
        assert each.between is not None
        low, high = each.between
        assert each.difference.value is not None
        assert low < each.difference.value < high
        assert each.otherwise == (not low <= 0 <= high)


def test_hidden_groups_are_named_with_the_reason() -> None:
    found = shown({month(3): document({"F": None, "M": -0.01, "X": None})})
    table = found.parts[0].groups
    assert table.rows[0][3] == "hidden (it was not shown in the reference period)"
    assert "hidden (it was not shown in the reference period)" in found.parts[0].alt
    nobody = shown({month(3): document({"F": None, "M": None})})
    assert nobody.sentences == ["No group can be shown in both periods: for whom it moved is not known."]
    assert (nobody.tone, nobody.parts[0].drawn) == ("unknown", None)


def test_without_an_audit_of_the_reference_it_says_which_to_make() -> None:
    found = shown({month(3): document({"F": None, "M": None}, reason="reference_not_audited")})
    assert found.missing == "Not told (sex): no audit has told the groups of the reference period, January 2026."
    html = Template("pages/drift/drift.html", speaker("en"))("for_whom", found)
    assert "<code>boussole audit --system sample --from 2026-01-01 --to 2026-01-31</code>" in html


@pytest.mark.parametrize("documents", [{}, {Window(dt.date(2026, 1, 1), dt.date(2026, 3, 31)): document({"M": 0.0})}])
def test_nothing_is_said_where_no_month_was_looked_at(documents: Mapping[Window, AuditDocument]) -> None:
    assert for_whom(documents, SYSTEM, speaker("en"), rule=drift_rule()) is None
    assert Template("pages/drift/drift.html", speaker("en"))("for_whom", None) == ""


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
    return "".join(bodies("drift", **asked))


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


@pytest.mark.parametrize(
    ("measure", "named"),
    [
        ("reached_in_time_ratio", "Personnes sans smartphone qui répondent à temps, pour 100 qui en ont un"),
        ("silent_control_ratio", "Personnes contrôlées sans avoir répondu, pour 100 qui avaient répondu"),
        ("late_reply_ratio/sex=F", "Réponses arrivées après la clôture de la liste, par "),
        ("stage_selection_rate_ratio/sex=F|stage=sent", "Part des personnes qui avancent à chaque étape, par "),
        ("exposure_ratio/sex=F", "Attention que reçoit une place dans une liste, par "),
    ],
)
def test_a_figure_that_moved_bears_no_name_of_a_metric(measure: str, named: str) -> None:
    assert name_of_measure(measure, SYSTEM, speaker("fr")).startswith(named)


TEXT = """
columns:
  id: ref
  decided_at: day
  decision: {column: taken, selected: [true], not_selected: [false]}
  score: {column: score, range: [0, 1]}
features: [distance, gone, turned]
groups: {gender: {column: sex}}
windows: {audit: month, reference: "2026-01-01/2026-01-31"}
"""
FEBRUARY, JANUARY = window_asked("2026-02-01/2026-02-28"), window_asked("2026-01-01/2026-01-31")
FORM = Draft202012Validator(drift_schema())
NAME = "2026-02-01_2026-02-28_vs_2026-01-01_2026-01-31"


def log(month: int, rows: int) -> pd.DataFrame:
    random = np.random.default_rng(month)
    return pd.DataFrame(
        {
            "ref": [f"person-{month}-{i}" for i in range(rows)],
            "day": pd.Timestamp(f"2026-{month:02}-01") + pd.to_timedelta(random.integers(0, 28, rows), unit="D"),
            "taken": random.random(rows) < 0.3,
            "score": random.random(rows),
            "distance": random.normal(20 + 8 * (month > 1), 5, rows),
            "gone": np.full(rows, np.nan) if month > 1 else random.random(rows),
            "turned": random.integers(0, 5, rows).astype(str) if month > 1 else random.integers(0, 5, rows),
            "sex": random.choice(["sexF", "sexM"], rows),
        }
    )


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = Workspace.create(tmp_path_factory.mktemp("detail") / "workspace")
    file = made.home / "systems" / "jobs.yaml"
    file.write_text(system_text("jobs", TEXT, title="{fr: Emplois, en: Jobs <b>}"), encoding="utf-8")
    for month, rows in ((1, 400), (2, 300)):
        path = made.home / f"log-{month}.parquet"
        log(month, rows).to_parquet(path)
        ingest(made, load_system(file), path)
    return made


@pytest.fixture(scope="module")
def made(workspace: Workspace) -> ReportView:
    return make(workspace, exact_pair(workspace, workspace.system("jobs"), window=FEBRUARY), size=200)


@pytest.mark.costly
def test_page_and_figures_are_kept_for_their_owner_and_name_each_other(made: ReportView) -> None:
    place = made.place
    assert (place.html.name, place.json.name) == (f"{NAME}.html", f"{NAME}.json")
    assert {oct(path.stat().st_mode & 0o777) for path in (place.html, place.json)} == {"0o600"}
    assert place.html.parent.stat().st_mode & 0o077 == 0
    document, page = json.loads(place.json.read_text("utf-8")), place.html.read_text("utf-8")
    assert document["html_sha256"] == stored.sha256_of(page)
    assert made.sha256 == stored.sha256_of(place.json.read_text("utf-8"))
    assert document["schema"] == "boussole.drift/1"
    assert [error.message for error in FORM.iter_errors(document)] == []
    assert DriftDocument.read(place.json.read_bytes()).written() == document
    assert document["evidently"]["drawn"] == {"window": 200, "against": 200}
    assert document["evidently"]["left_out"] == ["gone"]
    assert document["decisions"] == {"window": 300, "against": 400}
    assert stored.scripts_of(place) == document["scripts"]
    # What was decided and the score come first, then what moved most.
    assert document["evidently"]["columns"] == ["score", "decision", "distance", "turned"]


def test_the_form_of_the_json_is_closed_and_knows_every_measure() -> None:
    schema = drift_schema()
    Draft202012Validator.check_schema(schema)
    measure = audit_schema()["$defs"]["MeasureDocument"]
    every = schema["properties"]["measures"]["items"]["discriminator"]["mapping"]
    assert every.keys() == {metric.name for metric in (*INDICES, *DISTANCES_OF)}
    for ref in every.values():
        distance = schema["$defs"][ref.rpartition("/")[2]]
        assert distance["properties"].keys() == measure["properties"].keys() - {
            "p_value"
        }  # no distance compares two groups
        assert distance["required"] == measure["required"]


@pytest.mark.costly
def test_the_command_prints_every_distance_and_its_reading(workspace: Workspace, command: Run, tmp_path: Path) -> None:
    asked = ("--workspace", workspace.home, "drift", "--system", "jobs", "--no-report")
    done = command(*asked, "--against", "previous")
    assert done.returncode == 0, done.stderr
    for words in ("PSI", "Shannon", "Smirnov", "Wasserstein", "missing", "has moved", "no values", "100.0%"):
        assert words in done.stdout, words
    document = json.loads(command(*asked, "--window", "2026-02-01/2026-02-28", "--json", "-").stdout)
    assert [error.message for error in FORM.iter_errors(document)] == []
    assert DriftDocument.read(json.dumps(document)).written() == document
    assert document["readings"]["distance"] in ("watch", "broken")
    assert ("stored" in document, document["window"]["start"]) == (False, "2026-02-01")
    metrics = {each["metric"] for each in document["measures"] if each["group"] == {"feature": "distance"}}
    assert metrics == set(DISTANCES)  # every measure of a number has its column
    refused = command(*asked, "--against", "never")
    assert (refused.returncode, "START/END, or one of: reference, previous, examined" in refused.stderr) == (2, True)


def test_the_words_above_the_report(made: ReportView) -> None:
    top = header(made.report, speaker("en"))
    for words in (
        "Jobs &lt;b&gt;: February 2026 compared with January 2026, seen by Evidently",
        "200 of 300 decisions (February 2026) and 200 of 400 (January 2026)",
        "SHA-256 of “boussole/drift/1”",
        "Not shown: gone.",
    ):
        assert words in top, words
    assert "Emplois" in header(made.report, speaker("fr"))
    assert made.place.html.read_text("utf-8").count("<header") >= 1


def test_the_part_of_the_drift_page(workspace: Workspace, made: ReportView) -> None:
    def shown(pair: object) -> str:
        found = view.detail_view(workspace, DriftQuery(system="jobs"), pair, speaker("en"))  # type: ignore[arg-type]
        return Template("pages/drift/drift.html", speaker("en"))("detail", found)

    there = shown((FEBRUARY, JANUARY))
    assert f'data-frame="/drift-report/jobs/{NAME}/page"' in there
    assert f'href="/drift-report/jobs/{NAME}"' in there
    assert "--window 2026-02-01/2026-02-28 --against 2026-01-01/2026-01-31" in there
    assert "There is no such report on these two periods yet." in shown((JANUARY, FEBRUARY))
    assert shown(None) == ""


@pytest.mark.costly
def test_purged_rows_take_the_report_along_and_the_exact_distances_stay(
    workspace: Workspace, made: ReportView, tmp_path: Path
) -> None:
    copy = Workspace(Path(shutil.copytree(workspace.home, tmp_path / "copy")))
    place = stored.place_of(copy, "jobs", FEBRUARY, JANUARY)
    assert place.html.is_file()
    purge(copy, before=FEBRUARY.start)
    assert not place.html.exists()
    pair = exact_pair(copy, copy.system("jobs"), window=FEBRUARY, against=JANUARY)
    assert pair.decisions == (300, 400)
    with pytest.raises(ReportError, match=r"rows of 2026-01 were purged.*--no-report"):
        make(copy, pair)
