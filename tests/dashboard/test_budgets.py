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


@pytest.mark.costly
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_an_article_says_its_answers_in_a_word(words: Callable[..., int], demo: Workspace, lang: str) -> None:
    for article in store.scene(demo).charter.articles:
        assert 20 < words("article", article=article.id, lang=lang) <= ARTICLE, article.id


@pytest.mark.costly
@pytest.mark.parametrize(("lang", "each_question"), [("fr", False), ("en", True)])
def test_an_answer_is_read_in_a_minute(
    words: Callable[..., int], demo: Workspace, lang: str, each_question: bool
) -> None:
    """One for each verdict of each system, or one for each question: those about other groups say as much."""
    for system, document in store.scene(demo).standing.items():
        asked = {(e.template or e.indicator) if each_question else e.verdict: e.indicator for e in document.verdicts}
        for key in asked.values():
            assert 20 < words("answer", system=system, question=key, lang=lang) <= ANSWER, (system, key)


@pytest.mark.costly
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_has_moved_is_told_in_few_words(words: Callable[..., int], lang: str) -> None:
    """What each picture and table adds is in folds: what moved, and for whom, is said before."""
    assert 20 < words("drift", system="matchft", lang=lang) <= DRIFT


@pytest.mark.costly
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_first_page_is_read_at_once(words: Callable[..., int], lang: str) -> None:
    assert 20 < words("compass", lang=lang) <= HOME
