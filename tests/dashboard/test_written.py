"""What a page tells of a system that writes: counted by task, and little where few made it or the log says less."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import yaml

from boussole.audits.decisions import ingest
from boussole.audits.decisions.overview import overview
from boussole.audits.decisions.written import TaskTexts, named_tasks
from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from boussole.charter.records.facts import Facts
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.generations.view import generations_page
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.views.store import StoreFacts
from boussole.dashboard.views.system_tables import WrittenView, written
from tests.written import system_text

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
    assert overview(workspace).systems == {}
    path = tmp_path / "texts.csv"
    path.write_text("id,at\nt1,2026-09-02T09:00:00\n", encoding="utf-8")
    ingest(workspace, workspace.system("writer"), path, log="generations")
    found = overview(workspace).systems["writer"].written
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
