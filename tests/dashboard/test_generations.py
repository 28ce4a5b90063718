"""The page of generated texts says what came in, what is examined, and honestly what nobody has looked at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import yaml

from boussole.audits.decisions.overview import LogContents, LogState, Overview
from boussole.audits.systems import System
from boussole.charter.records.facts import Facts
from boussole.charter.records.statements import SealedStatement
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.generations.view import GenerationsPage, generations_page
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.views.store import StoreFacts

EN, FR = speaker("en"), speaker("fr")
TODAY = dt.date(2026, 11, 27)
WRITER = """
id: writer
kind: generation
title: {fr: "Plume <b>", en: "Quill <b>"}
purpose: {fr: "Écrit.", en: "Writes."}
owner: Direction
status: pilot
risk: limited
risk_reason: x
"""
LOG = "generations: {id: id, at: at, input: prompt, output: text, tokens_out: tokens, feedback: said}\n"


def writer(more: str = "") -> System:
    return System.model_validate(yaml.safe_load(WRITER + more))


def look(
    scene: Scene,
    system: System,
    *,
    facts: StoreFacts | None = None,
    lang: str = "en",
    sealed: Sequence[SealedStatement] = (),
) -> GenerationsPage:
    stated = Facts(as_of=TODAY, sealed=tuple(sealed))
    seen = replace(scene, systems={**scene.systems, "writer": system}, facts=stated)
    return generations_page(seen, facts or StoreFacts(), speaker(lang), query={"lang": lang})


def test_the_texts_that_came_in_are_counted_and_none_is_shown(scene: Scene) -> None:
    held = LogContents(
        log="generations",
        rows=12345,
        by_way={"mlflow-traces": dt.datetime(2026, 10, 31, 9, tzinfo=dt.UTC)},
        oldest=dt.datetime(2026, 10, 1, 9, tzinfo=dt.UTC),
    )
    facts = StoreFacts(lake=Overview(systems={"writer": LogState(held=(held,))}))
    told = dict(look(scene, writer(LOG), facts=facts).writers[0].facts)
    assert told["Texts that came in"] == "12,345, October 2026"
    assert told["What is kept of each"] == (
        "what was asked and written (encrypted, never shown), its length, what its user said of it"
    )
    unkept = LOG.replace("said}", "said, texts: {kept: false}}")
    assert dict(look(scene, writer(unkept)).writers[0].facts)["What is kept of each"] == (
        "its length, what its user said of it"
    )
    assert dict(look(scene, writer(LOG)).writers[0].facts)["Texts that came in"] == "none yet"
