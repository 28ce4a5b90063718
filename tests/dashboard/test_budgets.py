"""How many words a page says before anything is opened: budgets held on the demo, as its chair sees it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from boussole.audits.languages import LANGUAGES
from boussole.audits.workspace import Workspace
from boussole.dashboard.views import store
from tests.dashboard.app_at import app_at
from tests.dashboard.before_folds import words_shown

HOME, ANSWER, SYSTEM, ARTICLE, DRIFT = 350, 250, 300, 600, 600


@pytest.fixture(scope="module")
def demo(demo_home: Path) -> Workspace:
    return Workspace(demo_home)


@pytest.fixture
def words(demo: Workspace, monkeypatch: pytest.MonkeyPatch, be: Callable[..., None]) -> Callable[..., int]:
    """How many words the page at an address says, but for what stands around every page."""
    monkeypatch.setenv("BOUSSOLE_HOME", str(demo.home))
    be("chair")

    def counted(page: str, **asked: str) -> int:
        seen = app_at(page, **asked).run()
        assert not seen.exception
        parts = [getattr(each.proto, "body", "") for each in seen.main]
        return sum(words_shown(part) for part in parts if 'class="foot"' not in part)

    return counted


@pytest.mark.costly
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_system_is_one_screen(words: Callable[..., int], demo: Workspace, lang: str) -> None:
    for name in store.scene(demo).systems:
        assert 20 < words("system", system=name, lang=lang) <= SYSTEM, name


TOO_LONG = {"equite": 603, "where_models_run": 351, "better_than_before": 251, "precision_difference_gender_age": 262}
"""Words of the pages that say more than they should, which may say less and not more. No other page joins them."""


@pytest.mark.costly
@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_article_says_its_answers_in_a_word(words: Callable[..., int], demo: Workspace, lang: str) -> None:
    said = {each.id: words("article", article=each.id, lang=lang) for each in store.scene(demo).charter.articles}
    assert min(said.values()) > 20
    assert {name: n for name, n in said.items() if n > TOO_LONG.get(name, ARTICLE)} == {}


@pytest.mark.costly
@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_answer_is_read_in_a_minute(words: Callable[..., int], demo: Workspace, lang: str) -> None:
    """One for each question: those about other groups say as much."""
    for system, document in store.scene(demo).standing.items():
        asked = {each.template or each.indicator: each.indicator for each in document.verdicts}.values()
        said = {key: words("answer", system=system, question=key, lang=lang) for key in asked}
        assert min(said.values()) > 20
        assert {key: n for key, n in said.items() if n > TOO_LONG.get(key, ANSWER)} == {}


@pytest.mark.costly
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_has_moved_is_told_in_few_words(words: Callable[..., int], lang: str) -> None:
    """What each picture and table adds is in folds: what moved, and for whom, is said before."""
    assert 20 < words("drift", system="matchft", lang=lang) <= DRIFT


@pytest.mark.costly
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_first_page_is_read_at_once(words: Callable[..., int], lang: str) -> None:
    assert 20 < words("compass", lang=lang) <= HOME
