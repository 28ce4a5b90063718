"""The law page says what each provision asks, since when, what answers, and what nothing answers."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from boussole.dashboard.markup.templates import PageData, Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.views.law import law_page
from boussole.dashboard.views.scene import Scene
from tests.as_json import documents

TODAY = dt.date(2026, 11, 26)


def judged(scene: Scene, *systems: str) -> Scene:
    """A scene in which each system has one question on selection, kept but for the first, which is broken."""
    latest: dict[str, Any] = {}
    for at, system in enumerate(systems):
        verdict = {"template": "selection_rate_ratio", "indicator": "selection_rate_ratio_gender"}
        latest[system] = {
            "window": {"start": "2026-10-01", "end": "2026-10-31"},
            "evidence": {"entry": at},
            "verdicts": [{**verdict, "verdict": "kept" if at else "broken"}],
        }
    return replace(scene, latest=documents(latest))


def page(scene: Scene, lang: str = "en") -> PageData:
    return law_page(scene, speaker(lang), on=TODAY, query={"lang": lang})


def html(made: PageData, lang: str = "en") -> str:
    say = speaker(lang)
    return "".join(Template("pages/law/law.html", say)(each, made) for each in ("head", "summary", "provisions"))


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_page_never_says_that_a_law_is_respected(scene: Scene, lang: str) -> None:
    written = html(page(judged(scene, "matchft"), lang), lang).lower()
    assert "conforme" not in written
    assert "compli" not in written
    assert {"fr": "ne veut pas dire qu’une loi est respectée", "en": "does not mean that a law is respected"}[
        lang
    ] in written


def test_texts_are_escaped(scene: Scene) -> None:
    law = scene.charter.laws["gdpr_9"].model_copy(update={"title": {"fr": "<b>x</b>", "en": "<b>x</b>"}})
    charter = scene.charter.model_copy(update={"laws": {"gdpr_9": law}, "articles": []})
    assert "<b>" not in html(page(replace(scene, charter=charter, latest={})))


def test_a_charter_without_law_says_so(scene: Scene) -> None:
    charter = scene.charter.model_copy(update={"laws": {}, "frameworks": {}, "articles": []})
    made = page(replace(scene, charter=charter, latest={}))
    assert made["headline"] == "This charter names no text of law."
    assert "<table" not in html(made)
