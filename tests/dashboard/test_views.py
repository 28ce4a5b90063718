"""The pages say what the documents hold: worst first, nothing left out, every line with its address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.compass.view import Changes, since_audit
from boussole.dashboard.views.compass import Compass, compass
from boussole.dashboard.views.scene import Scene, findings, needle
from boussole.dashboard.views.system import SystemPage, system_page
from tests.as_json import before, documents, summarise, written
from tests.dashboard.before_folds import shown

Document = dict[str, Any]
FR, EN = speaker("fr"), speaker("en")


def judged(scene: Scene, judge: Callable[[Document], str]) -> Scene:
    """The same scene with other verdicts on its questions."""
    latest = {}
    for system, document in written(scene.latest).items():
        verdicts = [{**verdict, "verdict": judge(verdict)} for verdict in document["verdicts"]]
        latest[system] = {**document, "verdicts": verdicts, "articles": summarise(scene.charter, verdicts)}
    return Scene(charter=scene.charter, systems=scene.systems, latest=documents(latest), previous={})


def page(scene: Scene, system: str = "matchft") -> SystemPage:
    return system_page(scene, system, FR)


def view(scene: Scene) -> Compass:
    return compass(scene, FR, query={})


def test_findings_come_worst_first_then_widest(scene: Scene) -> None:
    found = [(finding.system, finding.verdict.indicator) for finding in findings(scene)]
    # Multiples of the level: COMPAS ratio ln(1.69)/ln(1.25) = 2.35, women under 25 ln(0.607)/ln(0.8) = 2.24, COMPAS
    # false positives 0.214/0.10 = 2.14, women ln(0.741)/ln(0.8) = 1.35, people of 50 and over ln(0.764)/ln(0.8) = 1.21.
    assert found[:5] == [
        ("compas", "impact_ratio_race"),
        ("matchft", "impact_ratio_gender_age"),
        ("compas", "false_positive_rate_race"),
        ("matchft", "impact_ratio_gender"),
        ("matchft", "impact_ratio_age"),
    ]
    keys = [finding.key for finding in findings(scene)]
    assert keys == sorted(keys, key=["broken", "watch", "unknown", "kept"].index)
    assert "not_examined" not in keys


def test_the_needle_points_at_the_worst_and_at_nothing_when_all_is_kept(scene: Scene) -> None:
    assert needle(scene) == "equite"
    assert needle(judged(scene, lambda verdict: "kept")) is None
    only_drift = judged(scene, lambda verdict: "watch" if verdict["article"] == "securite" else "kept")
    assert needle(only_drift) == "securite"


@pytest.mark.parametrize(
    ("key", "headline"),
    [
        ("watch", "Seven commitments are to be watched; none is found broken."),
        ("unknown", "On seven commitments we cannot tell; none is found broken."),
        ("kept", "Everything that was examined is kept."),
        ("not_examined", "No question of the charter has been examined yet."),
    ],
)
def test_every_state_has_its_headline(scene: Scene, key: str, headline: str) -> None:
    every = [{"article": article.id, "verdict": key, "answered": 0, "asked": 1} for article in scene.charter.articles]
    latest = {system: {**document, "articles": every} for system, document in written(scene.latest).items()}
    changed = Scene(charter=scene.charter, systems=scene.systems, latest=documents(latest), previous={})
    shown = compass(changed, EN, query={})
    assert (shown.headline, shown.others, shown.tone) == (headline, "", key)


def test_what_nobody_has_examined_comes_before_what_is_kept(scene: Scene) -> None:
    """By the one order of gravity: a page that opens with *kept* where six articles were never looked at misleads."""
    every = [
        {"article": article.id, "verdict": "not_examined" if at else "kept", "answered": 1 - bool(at), "asked": 1}
        for at, article in enumerate(scene.charter.articles)
    ]
    latest = {system: {**document, "articles": every} for system, document in written(scene.latest).items()}
    shown = compass(replace(scene, latest=documents(latest), previous={}), EN, query={})
    assert shown.headline == "Nobody has examined six commitments yet."
    assert (shown.others, shown.tone) == ("Of the others: one kept.", "not_examined")


def changed(scene: Scene, *, every: bool = False, query: dict[str, str] | None = None) -> Changes:
    return since_audit(scene, FR, query=query or {}, every=every)


def test_a_second_audit_of_the_same_window_is_not_an_earlier_one(matchft: Document, matchft_before: Document) -> None:
    assert before([matchft_before, matchft, matchft], matchft) == matchft_before
    assert before([matchft, matchft], matchft) is None


def test_a_charter_that_has_changed_since_is_said(scene: Scene) -> None:
    told = "Jugé sous une autre version de la charte."
    assert page(scene).other_charter
    head = Template("views/parts/system.html", FR)("head", page(scene), "/", "/data")
    assert told in shown(head), "it holds of every mark of the page, and stands in no fold"
    document = {**scene.latest["matchft"].written(), "charter": {"sha256": scene.charter.sha256, "version": "0.1"}}
    now = Scene(charter=scene.charter, systems=scene.systems, latest=documents({"matchft": document}), previous={})
    assert not page(now).other_charter
    assert told not in Template("views/parts/system.html", FR)("head", page(now), "/", "/data")
