"""Where no article or system is asked for, all of them are shown with how they stand."""

from __future__ import annotations

from boussole.dashboard.markup.words import speaker
from boussole.dashboard.views.parts import notices
from boussole.dashboard.views.scene import Scene

EN = speaker("en")


def test_every_article_has_its_worst_mark_and_its_answers(scene: Scene) -> None:
    found = {each.title: each for each in notices.articles(scene, EN, query={"lang": "en"})}
    assert len(found) == len(scene.charter.articles)
    fair = found["Fairness and non-discrimination"]
    assert fair.kicker == "Article 3"
    assert fair.marks == [("broken", 1)]
    assert fair.href == "/article?article=equite&lang=en"
    summaries = [s for d in scene.latest.values() for s in d.articles if s.article == "equite"]
    answered, asked = sum(each.answered for each in summaries), sum(each.asked for each in summaries)
    assert fair.told == f"Questions answered: {answered} of {asked}"


def test_every_audited_system_has_the_marks_of_its_questions(scene: Scene) -> None:
    found = {each.title: each for each in notices.systems(scene, EN, query={})}
    one = found["MatchFT"]
    assert sum(n for _, n in one.marks) == len(scene.latest["matchft"].verdicts)
    assert "decisions" in one.told
    shown = notices.systems_html(list(found.values()), EN, asked="", query={})
    assert 'href="/system?system=matchft"' in shown
    assert 'role="alert"' not in shown


def test_without_an_audit_the_register_is_shown_the_way(scene: Scene) -> None:
    shown = notices.systems_html([], EN, asked="matchft", query={"lang": "en"})
    assert "“matchft” has no audit in this workspace." in shown
    assert "No system has been audited yet." in shown
    assert 'href="/register?lang=en"' in shown


def test_articles_that_no_audit_asks_anything_of_say_so(scene: Scene) -> None:
    empty = Scene(charter=scene.charter, systems={}, latest={}, previous={})
    found = notices.articles(empty, EN, query={})
    assert {each.told for each in found} == {"No system has been audited yet."}
    assert {mark for each in found for mark, _ in each.marks} == {"not_examined"}


def test_a_question_that_there_is_not_is_no_system_that_there_is_not() -> None:
    shown = notices.systems_html([], EN, asked="ChatFT", query={}, question="<b>")
    assert "No question “&lt;b&gt;” is asked of ChatFT." in shown
    assert "has no audit" not in shown
