"""The data page and that of texts: what they say of hand-made facts, and that nothing of a row reaches them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from boussole.audits.decisions import ingest
from boussole.audits.decisions import overview as lake
from boussole.audits.decisions.quarantine import Discard
from boussole.audits.decisions.written import TaskTexts, named_tasks
from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from boussole.charter.records.facts import Facts
from boussole.charter.text.loading import load_charter
from boussole.dashboard.markup.templates import PageData, Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.data.view import data_page
from boussole.dashboard.pages.generations.view import generations_page
from boussole.dashboard.pages.system.view import declared_tables
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.views.store import StoreFacts
from boussole.dashboard.views.system_tables import WrittenView, written
from boussole.experiments.declared_measures import DeclaredMeasure
from boussole.experiments.status import SourceStatus
from tests.as_json import documents
from tests.written import system_text

NOW = dt.datetime(2026, 11, 25, 9, 5, tzinfo=dt.UTC)  # 10:05 in Paris
at = dt.datetime.fromisoformat
STATUS = SourceStatus(
    system="matchft",
    source="mlflow:matchft",
    log=None,
    every="week",
    last_attempt=NOW,
    last_success=NOW,
    last_new=NOW,
    files=13,
    rows=61204,
    quarantined=2,
    failure=None,
    late=False,
)


@pytest.fixture
def scene(tmp_path: Path, systems: dict[str, System], matchft: dict[str, Any]) -> Scene:
    charter = load_charter(Workspace.create(tmp_path / "w"))
    return Scene(charter=charter, systems=systems, latest=documents({"matchft": matchft}), previous={})


def held(newest: str, way: str = "mlflow") -> lake.LogContents:
    return lake.LogContents(log="decisions", rows=61204, by_way={way: at(newest)})


def held_by(state: lake.LogState | None = None, *, arrived: tuple[lake.LogArrivals, ...] = ()) -> lake.Overview:
    return lake.Overview(arrived=arrived, systems={"matchft": state or lake.LogState(held=(held("2026-11-20T12:00"),))})


def page(scene: Scene, facts: StoreFacts, lang: str = "en") -> PageData:
    return data_page(scene, facts, speaker(lang), now=NOW, query={})


def html(made: PageData, lang: str = "en") -> str:
    data = Template("pages/data/data.html", speaker(lang))
    return data("head", made) + data("sources", made) + data("systems", made)


def test_what_came_by_another_way_does_not_make_a_source_fresh(scene: Scene) -> None:
    state = lake.LogState(
        held=(lake.LogContents(log="decisions", rows=2, by_way={"file": at("2026-11-24"), "mlflow": at("2026-09-30")}),)
    )
    by_hand = lake.LogArrivals(
        system="matchft", log="decisions", way="file", files=1, rows=2, quarantined=0, last=at("2026-11-24")
    )
    made = page(scene, StoreFacts(statuses=[STATUS], lake=held_by(state, arrived=(by_hand,))))
    assert [(row.source, row.state) for row in made["rows"]] == [
        ("MLflow, experiment “matchft”", "late"),
        ("Files brought in by hand", "free"),
    ]


@pytest.mark.parametrize(
    ("failure", "sentence", "message"),
    [
        ("the MLflow server does not answer.", "The MLflow server does not answer.", ""),
        ("the moon is full.", "Something of it could not be read.", "the moon is full."),
    ],
)
def test_a_failure_is_told_in_plain_words_else_quoted(scene: Scene, failure: str, sentence: str, message: str) -> None:
    before = NOW - dt.timedelta(days=1)
    status = replace(STATUS, failure=failure, last_success=before)
    made = page(scene, StoreFacts(statuses=[status], lake=held_by()))
    problem = made["problems"][0]["problem"]
    assert (made["headline"], problem.sentence, problem.message) == (
        "One source was not fully read.",
        sentence,
        message,
    )
    assert made["rows"][0].read == "yesterday at 10:05; tried today at 10:05"


FREE = replace(STATUS, every=None)
UNREAD = replace(STATUS, source="duckdb:a.duckdb?table=t", last_new=None, last_success=None, last_attempt=None)


@pytest.mark.parametrize(
    ("status", "state", "headline"),
    [
        (FREE, "free", "Nobody can say: how often something new is due is not declared."),
        (UNREAD, "silent", "One source has given nothing yet."),
    ],
)
def test_what_nobody_can_say_is_said(scene: Scene, status: SourceStatus, state: str, headline: str) -> None:
    made = page(scene, StoreFacts(statuses=[status], lake=held_by()))
    assert (made["rows"][0].state, made["headline"], made["tone"]) == (state, headline, "unknown")


def test_each_trouble_has_its_question_and_the_rest_is_one_line(scene: Scene) -> None:
    moment = at("2026-10-02T08:00")
    state = lake.LogState(
        held=(held("2026-11-20T12:00"),),
        aside=(lake.RowsAside(log="decisions", column="age", reason="not a number", rows=1200, last=moment),),
        changed=(
            lake.SchemaChangeCount(
                log="decisions", kind="changed_type", column="age", detail="number -> text", times=1, last=moment
            ),
        ),
        discarded=(
            Discard(
                system="matchft", log="decisions", chosen="all", rows=31, reason="tests", role="steward", at=moment
            ),
        ),
        sealed=(lake.SealedMonth(month=dt.date(2025, 1, 1), decisions=900, at=moment),),
        excluded=(
            lake.Exclusion(system="matchft", origin="mlflow:1f", excluded=True, reason="gone", decisions=70, at=moment),
        ),
    )
    made = page(scene, StoreFacts(statuses=[STATUS], lake=held_by(state)))
    told = made["systems"][0]
    assert [block.question for block in told["blocks"]] == [
        "Were rows set aside?",
        "Were rows left out for good?",
        "Have the columns changed?",
        "Have runs left the figures?",
        "Were old rows erased?",
    ]
    assert told["nothing"] == ""
    left_out = told["blocks"][1]
    assert "31 rows which were set aside will not be corrected" in left_out.answer
    assert left_out.rows[0][:4] == ["31", "decisions", "tests", "steward"]
    cells = [cell for block in told["blocks"] for row in block.rows for cell in row]
    assert {
        "1,200",
        "The values were numbers, now they are text.",
        "It is no longer in MLflow.",
        "January 2025",
    } <= set(cells)
    assert made["others"] == "1,200 rows are set aside and wait to be corrected."
    quiet = page(scene, StoreFacts(statuses=[STATUS], lake=held_by()))["systems"][0]
    assert quiet["blocks"] == []
    assert quiet["nothing"].startswith("No row is set aside. The columns are as they were.")


def test_a_system_whose_file_was_removed_is_named(scene: Scene) -> None:
    old = lake.LogArrivals(
        system="old", log="decisions", way="file", files=1, rows=2, quarantined=0, last=at("2026-01-01")
    )
    made = page(scene, StoreFacts(statuses=[STATUS], lake=held_by(arrived=(old,))))
    assert made["removed"] == ["old"]
    assert "whose file was removed: old." in html(made)


def test_declared_figures_are_marked_and_never_look_recomputed(systems: dict[str, System]) -> None:
    def measure(group: dict[str, str], value: float | None, *, suppressed: bool = False) -> DeclaredMeasure:
        return DeclaredMeasure(
            run="mlflow:0123456789ab",
            logged_at=at("2026-09-30T10:00"),
            kind="algorithm",
            groups=group,
            metric="selection_rate",
            value=value,
            count=None if suppressed else 640,
            suppressed=suppressed,
        )

    given = [measure({"gender": "F"}, 0.2031), measure({"gender": "<b>"}, None, suppressed=True), measure({}, None)]
    tables = declared_tables(given, systems["matchft"], speaker("en"))
    assert tables[0]["head"] == ["Group", "Share predicted positive (selection rate)", "People"]
    assert [list(row) for row in tables[0]["rows"]] == [
        ["Women", "0.203", "640"],
        ["gender: <b>", "hidden", ""],
        ["Everybody", "", "640"],
    ]
    shown = Template("pages/system/system.html", speaker("en"))("declared", tables)
    assert "Declared by the team, not recomputed" in shown
    assert 'id="declared"' in shown
    assert "<b>" not in shown


TODAY = dt.date(2026, 11, 27)
LOG = "generations: {id: id, at: at, input: prompt, output: text, tokens_out: tokens, feedback: said}\n"


def writer_text(more: str) -> str:
    return system_text("writer", more, kind="generation")


def shown(told: WrittenView, lang: str) -> str:
    return str(Template("pages/system/system.html", speaker(lang))("written", told))


def test_what_few_agents_made_of_texts_is_not_told() -> None:
    """Nor what became of few texts, whoever used them."""

    def told(task: str | None, texts: int, agents: int | None) -> TaskTexts:
        return TaskTexts(task=task, texts=texts, agents=agents, became=(texts, 0, 0))

    tasks = [told("mail", 90, 11), told("advert", 80, 10), told("rare", 6, 6), told(None, 9, 9)]
    found = named_tasks(tasks, 11)
    assert [(each.task, each.texts, each.became) for each in found] == [
        ("mail", 90, (90, 0, 0)),
        ("advert", 80, None),
        (None, 15, None),  # of nine agents at least, who may be all
    ]
    bare = named_tasks([told("mail", 90, None), told("rare", 6, None)], 11)
    assert [each.became for each in bare] == [(90, 0, 0), None]
    assert named_tasks([], 11) == ()


def test_a_log_that_says_less_is_told_with_less(tmp_path: Path) -> None:
    Workspace.create(home := tmp_path / "w")
    bare = writer_text("generations: {id: id, at: at, input: null, output: null}\n")
    (home / "systems" / "writer.yaml").write_text(bare, encoding="utf-8")
    workspace = Workspace(home)
    assert lake.overview(workspace).systems == {}
    path = tmp_path / "texts.csv"
    path.write_text("id,at\nt1,2026-09-02T09:00:00\n", encoding="utf-8")
    ingest(workspace, workspace.system("writer"), path, log="generations")
    found = lake.overview(workspace).systems["writer"].written
    assert found is not None
    page = shown(written(found, workspace.system("writer"), None, speaker("en")), "en")
    assert (found.texts, found.tasks, "The log does not say." in page, "<table" in page) == (1, (), True, False)


def writer(more: str) -> System:
    return System.model_validate(yaml.safe_load(writer_text(more)))


def look(scene: Scene, system: System) -> dict[str, str]:
    seen = replace(scene, systems={**scene.systems, "writer": system}, facts=Facts(as_of=TODAY))
    return dict(generations_page(seen, StoreFacts(), speaker("en"), query={})["writers"][0].facts)


def test_where_no_text_came_in_or_none_is_kept_the_page_says_so(scene: Scene) -> None:
    assert look(scene, writer(LOG))["Texts that came in"] == "none yet"
    unkept = LOG.replace("said}", "said, texts: {kept: false}}")
    assert look(scene, writer(unkept))["What is kept of each"] == "its length, what its user said of it"
