"""What an article of a system says today is the same wherever it is read."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from boussole.audits.workspace import Workspace
from boussole.charter.document.answers.verdict import worst
from boussole.charter.judging.coverage import Use
from boussole.charter.record_types.kinds import Finding
from boussole.charter.records import keep_file, seal
from boussole.charter.records.in_force import adopt
from boussole.charter.registry.inventory import register_of
from boussole.charter.text.loading import PACKAGED, load_charter
from boussole.dashboard.alerts.changes import states_of
from boussole.dashboard.api import answers
from boussole.dashboard.api.shapes import PageQuery
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.answer.around import ReadingRights
from boussole.dashboard.pages.answer.view import answer_page
from boussole.dashboard.pages.article.standing import standings
from boussole.dashboard.report.edition import edition
from boussole.dashboard.views.answers.course import SystemPast
from boussole.dashboard.views.compass import compass
from boussole.dashboard.views.scene import Scene, load
from boussole.dashboard.views.system_tables import matrix
from tests.dashboard.conftest import seal_audits, with_systems

NOTHING_ELSE = ReadingRights(committee=False, incidents=False)

EN = speaker("en")
TODAY = dt.date(2026, 11, 28)
Stands = dict[str, dict[str, str]]
"""By system, the verdict on each article."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two audited systems, and one that nobody audited, of which an authority found that it keeps an article not."""
    tmp_path = tmp_path_factory.mktemp("made")
    made = with_systems(tmp_path / "workspace", declared=True)
    (made.home / "charter").mkdir()
    for path in PACKAGED.glob("*.yaml"):  # a committee that has voted on its levels
        text = path.read_text(encoding="utf-8").replace("status: proposed", "status: adopted")
        (made.home / "charter" / path.name).write_text(text, encoding="utf-8")
    (tmp_path / "vote.pdf").write_bytes(b"%PDF-1.4 a vote")
    adopt(made, load_charter(made), role="Committee", on=dt.date(2025, 1, 6), document=tmp_path / "vote.pdf")
    seal_audits(made)
    (tmp_path / "letter.pdf").write_bytes(b"%PDF-1.4 a letter")
    said = {"role": "DPO", "on": dt.date(2026, 11, 2), "authority": "CNIL", "title": "Letter", "system": "sorter"}
    letter = keep_file(made, tmp_path / "letter.pdf")
    seal(made, Finding(**said, articles=["transparence"], cap="broken", document=letter))
    seal(made, Finding(**said | {"system": "matchft"}, articles=["humain"], cap="watch", document=letter))
    return made.home


@pytest.fixture
def workspace(made: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """The day is the same for all that read it."""
    monkeypatch.setattr(Workspace, "today", lambda _: TODAY)
    return Workspace(made)


@pytest.fixture
def scene(workspace: Workspace) -> Scene:
    return load(workspace, today=workspace.today())


@pytest.fixture
def uses(workspace: Workspace) -> list[Use]:
    """What the register says."""
    return register_of(workspace, today=workspace.today())[-1]


@pytest.fixture
def stands(uses: list[Use]) -> Stands:
    return {use.system.id: dict(use.articles) for use in uses}


def test_the_compass_says_what_the_register_says(scene: Scene, stands: Stands) -> None:
    page = compass(scene, EN, query={})
    named = {scene.title(name, EN): name for name in stands}
    articles = [article.id for article in scene.charter.articles]
    for at, title in enumerate(page.columns):
        own = stands[named[title]]
        assert [row.verdicts[at] for row in page.rows] == [own.get(each, "not_examined") for each in articles]
    left = stands.keys() - {named[title] for title in page.columns}
    assert all(verdict == "not_examined" for name in left for verdict in stands[name].values())
    over_all = [worst(own.get(each, "not_examined") for own in stands.values()) for each in articles]
    broken = over_all.count("broken")
    assert broken, "a workspace that is walked has something to say"
    assert page.headline == EN.plural("One commitment is not kept.", "{n} commitments are not kept.", broken)


def test_the_api_says_what_the_register_says(workspace: Workspace, stands: Stands) -> None:
    found = answers.systems(workspace, PageQuery()).items
    assert {each.id: dict(each.articles) for each in found} == stands


def test_the_report_knows_what_the_compass_knows(workspace: Workspace, scene: Scene) -> None:
    """Every verdict with all that it rests on, the adoption of its level too."""
    assert edition(workspace, None, today=TODAY).scene.standing == scene.standing


def test_each_article_page_says_what_the_register_says(scene: Scene, stands: Stands) -> None:
    for article in scene.charter.articles:
        told = {each.system: each.verdict for each in standings(scene, article.id, EN, query={})}
        left = {name for name, own in stands.items() if own.get(article.id, "not_examined") == "not_examined"}
        assert {name: stands[name][article.id] for name in told} == told
        assert stands.keys() - told.keys() <= left


@pytest.mark.costly
def test_each_screen_of_a_system_and_each_answer_say_what_the_register_says(
    scene: Scene, uses: list[Use], stands: Stands
) -> None:
    known = {use.system.id: {each.indicator: each.verdict for each in use.verdicts} for use in uses}
    for name in scene.standing:
        shown = matrix(scene, name, EN, query={})
        assert {article.id: article.verdict for article in shown.articles}.items() <= stands[name].items()
        for key, verdict in known[name].items():
            page = answer_page(
                scene, name, key, EN, past=SystemPast(audits={}), chambers=[], reader=NOTHING_ELSE, query={}
            )
            assert page is not None
            assert page["verdict"] == verdict
            assert f"badge-{verdict}" in Template("pages/answer/answer.html", EN)("head", page, "/")


def test_messages_know_what_the_register_says(scene: Scene, stands: Stands) -> None:
    for name, own in stands.items():
        known = states_of(scene.standing[name])
        assert {subject: state for subject, state in known.items() if subject.startswith("article/")} == {
            f"article/{article}": verdict for article, verdict in own.items() if verdict != "not_examined"
        }
