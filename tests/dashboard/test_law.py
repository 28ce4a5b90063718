"""The law page says what each provision asks, since when, what answers, and what nothing answers."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import Any

import pytest

from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.views.law import LawPage, ProvisionRow, law_page
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


def page(scene: Scene, lang: str = "en") -> LawPage:
    return law_page(scene, speaker(lang), on=TODAY, query={"lang": lang})


def row(made: LawPage, title: str) -> ProvisionRow:
    return next(row for part in made.parts for row in part.rows if title in row.title)


def html(made: LawPage, lang: str = "en") -> str:
    say = speaker(lang)
    return "".join(Template("pages/law/law.html", say)(each, made) for each in ("head", "summary", "provisions"))


def test_the_answer_stands_in_one_sentence(scene: Scene) -> None:
    made = page(judged(scene, "matchft"))
    rows = [row for part in made.parts for row in part.rows]
    with_question = sum(bool(row.questions) for row in rows)
    assert made.headline == (
        f"At least one question answers to {with_question} of {len(rows)} provisions; "
        f"none to {len(rows) - with_question}."
    )
    assert made.subtitle == f"{len(rows)} provisions of 10 texts, on 26 November 2026"


def test_a_provision_names_its_date_its_questions_and_what_they_say(scene: Scene) -> None:
    found = row(page(judged(scene, "matchft")), "29 CFR 1607.4(D)")
    assert found.since == "Since 25 September 1978"
    assert found.doubt == "to be checked"
    first = found.questions[0]
    assert (first.number, first.text) == (
        "3.1",
        "With the system, are people selected as often in one group as in another?",
    )
    (told,) = first.told
    assert told.verdict == "broken"
    assert told.href == "/answer?system=matchft&question=selection_rate_ratio_gender&lang=en"
    assert told.seal == "/evidence?lang=en&entry=0"
    assert row(page(judged(scene, "matchft")), "Art. 10:").since == "Not before 2 December 2027"


def test_many_systems_are_counted(scene: Scene) -> None:
    found = row(page(judged(scene, "a", "b", "c", "d")), "LL144: yearly")
    assert [(told.text, told.href) for told in found.questions[0].told] == [("Not kept: 1", None), ("Kept: 3", None)]


def test_counts_of_a_text_add_up(scene: Scene) -> None:
    for part in page(judged(scene, "matchft")).parts:
        assert sum(part.counts[:3]) == len(part.rows)


def test_what_no_question_covers_is_said_with_its_reason(scene: Scene) -> None:
    written = html(page(judged(scene, "matchft")))
    assert row(page(scene_without(scene)), "Art. 11:").uncovered
    assert re.search(r'class="tag">Not covered</span><span class="under">That file is the provider', written)
    assert 'class="tag">Non couverte</span>' in html(page(judged(scene, "matchft"), "fr"), "fr")


def scene_without(scene: Scene) -> Scene:
    return replace(scene, latest={})


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
    assert made.headline == "This charter names no text of law."
    assert "<table" not in html(made)
