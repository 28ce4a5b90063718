"""What calls cost, as pages and reports say it: by provider, place and model, in both languages, and the unknown."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml

from boussole.audits.metrics.costs import SUMS
from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from boussole.charter.document import AuditDocument
from boussole.charter.text.loading import load_charter
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.answer.view import NOTHING_ELSE, AnswerPage, answer_page
from boussole.dashboard.pages.generations.view import generations_page
from boussole.dashboard.views.answers.course import SystemPast
from boussole.dashboard.views.calls import _euros, asked_of, calls_view, cost_line
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.views.store import StoreFacts
from tests.end_to_end.test_calls import PRICED, audit, with_tokens
from tests.written import system_text

EN, FR = speaker("en"), speaker("fr")
NARROW = "\N{NARROW NO-BREAK SPACE}"
Audited = tuple[AuditDocument, System]


def writer(calls: str) -> System:
    text = system_text("w", f"generations: {{id: id, at: at, model_version: m, {calls}}}", kind="generation")
    return System.model_validate(yaml.safe_load(text))


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Audited:
    """Sixty calls whose price is known, of ten without tokens read; forty of a model without a price."""
    workspace = with_tokens(tmp_path_factory.mktemp("calls") / "w")
    return audit(workspace, dry_run=True), Workspace(workspace.home).system("offers")


@pytest.mark.costly
def test_a_table_says_what_is_known_of_each_kind_of_call(audited: Audited) -> None:
    document, system = audited
    view = calls_view(document, system, EN)
    assert view is not None
    assert view.head == ["Provider", "Place", "Model", "Calls", "Tokens read", "Tokens written", "Cost"]
    assert view.rows == [
        ["Mistral AI", "Paris", "small", "60", "at least 50,000", "30,000", "at least 0.20 €"],
        ["Mistral AI", "Paris", "other", "40", "40,000", "20,000", "not known"],
    ]
    assert view.notes == [
        "Tokens read: 10 of 100 calls do not tell.",
        "Cost: of 50 of 100 calls it is not known, or not all of it.",
    ]
    assert view.months == [["March 2026", "100", "at least 0.20 €"]]


@pytest.mark.costly
def test_what_is_not_known_of_all_figures_alike_is_said_once(audited: Audited) -> None:
    document, system = audited
    alike = tuple(
        each.changed(params=each.params.changed(all=100, unknown=7)) if each.metric in SUMS else each
        for each in document.measures
    )
    view = calls_view(document.changed(measures=alike), system, EN)
    assert view is not None
    assert view.notes == ["7 of 100 calls do not tell all their tokens: what stands here is the least."]


@pytest.mark.costly
def test_one_line_tells_it_in_both_languages(audited: Audited) -> None:
    document, system = audited
    told = "at least 0.20 € for 100 calls; tokens read: at least 90,000, written: 50,000"
    assert cost_line(document, system, EN) == told
    french = cost_line(document, system, FR).replace(NARROW, "_")
    assert french == "au moins 0,20_€ pour 100 appels_; jetons lus_: au moins 90_000, écrits_: 50_000"


@pytest.mark.costly
def test_an_audit_that_did_not_count_it_is_told_as_such_and_never_as_nothing(audited: Audited) -> None:
    document, system = audited
    before = document.changed(measures=tuple(each for each in document.measures if "cost" not in each.metric))
    assert cost_line(before, system, EN) == "not known (this audit did not count it)"
    view = calls_view(before, system, FR)
    assert view is not None
    assert {row[-1] for row in view.rows} == {"inconnu"}
    assert f"Coût{NARROW}: inconnu (cet audit ne l’a pas compté)." in view.notes
    assert view.months == []


@pytest.mark.parametrize(
    ("calls", "asked"),
    [
        ("tokens_out: tokens, calls: {places: [Paris]}", []),
        ("tokens_in: read, calls: {places: [Paris]}", ["tokens_read"]),
        (f"tokens_in: read, tokens_out: t, calls: {{{PRICED}}}", ["tokens_read", "tokens_written", "cost_of_calls"]),
        ("tokens_in: read", []),
    ],
)
def test_a_system_is_asked_for_what_its_file_declares(systems: dict[str, System], calls: str, asked: list[str]) -> None:
    assert asked_of(writer(calls)) == asked
    assert asked_of(None) == []
    assert calls_view(None, systems["matchft"], EN) is None


@pytest.mark.costly
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_page_of_texts_folds_it(audited: Audited, scene: Scene, lang: str) -> None:
    document, system = audited
    say = speaker(lang)
    seen = replace(scene, systems={"offers": system}, latest={"offers": document})
    page = generations_page(seen, StoreFacts(), say, query={}, past={"offers": [document]})
    (told,) = page.writers
    shown = str(Template("pages/generations/generations.html", say)("writer", told))
    fold = shown[shown.index("<details") :]
    assert {"en": "Calls, tokens and cost by provider and place", "fr": "Appels, jetons et coût par fournisseur"}[
        lang
    ] in fold
    assert "Paris" in fold
    assert dict(told.facts)[{"en": "Cost of its calls", "fr": "Coût des appels"}[lang]] == cost_line(
        document, system, say
    )


@pytest.mark.costly
def test_it_stands_beside_the_question_where_models_run_and_no_other(audited: Audited, scene: Scene) -> None:
    document, system = audited
    seen = replace(scene, charter=load_charter(), systems={"offers": system}, latest={"offers": document})

    def asked(question: str) -> AnswerPage | None:
        past = SystemPast(audits={document.window.days: document})
        return answer_page(seen, "offers", question, EN, past=past, chambers=[], reader=NOTHING_ELSE, query={})

    page, other = asked("where_models_run"), asked("examined_first")
    assert page is not None
    assert other is not None
    assert other.calls is None
    assert page.calls == calls_view(document, system, EN)
    shown = str(Template("pages/answer/answer.html", EN)("behind", page, ""))
    assert "Calls, tokens and cost by provider and place" in shown


def test_no_table_where_nothing_was_audited() -> None:
    priced = writer(f"tokens_in: read, tokens_out: t, calls: {{{PRICED}}}")
    assert (calls_view(None, priced, EN), cost_line(None, priced, EN)) == (None, "")


def test_what_costs_little_is_not_told_as_nothing() -> None:
    told = [_euros(value, EN, least=least) for value in (0.000012, 0.00004, 0.0) for least in (False, True)]
    assert told == ["0.00001 €", "0.00001 €", "0.00004 €", "0.00004 €", "0.00 €", "0.00 €"]
