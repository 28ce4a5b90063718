"""How many words a page says before anything is opened: budgets held on the demo, as its chair sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from boussole.audits.languages import LANGUAGES
from boussole.audits.workspace import Workspace
from boussole.dashboard.views import store
from tests.dashboard.app_at import bodies
from tests.dashboard.before_folds import words_shown

MOST = {"compass": 350, "answer": 250, "system": 300, "article": 600, "drift": 600}
TOO_LONG = {"equite": 603, "where_models_run": 351, "better_than_before": 251, "precision_difference_gender_age": 262}
"""Words of the pages that say more than they should, which may say less and not more. No other page joins them."""


def addresses(page: str, demo: Workspace) -> Iterator[dict[str, str]]:
    """What is asked of a page, what it is about last; of answers one for each question: others say as much."""
    scene = store.scene(demo)
    if page == "answer":
        for system, document in scene.standing.items():
            asked = {each.template or each.indicator: each.indicator for each in document.verdicts}.values()
            yield from ({"system": system, "question": key} for key in asked)
    elif page == "article":
        yield from ({page: each.id} for each in scene.charter.articles)
    elif page == "system":
        yield from ({page: name} for name in scene.systems)
    else:
        yield {"system": "matchft"} if page == "drift" else {}


@pytest.mark.costly
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("page", MOST)
def test_a_page_says_no_more_than_its_budget(
    page: str, lang: str, demo_home: Path, monkeypatch: pytest.MonkeyPatch, be: Callable[..., None]
) -> None:
    """But for what stands around every page."""
    monkeypatch.setenv("BOUSSOLE_HOME", str(demo_home))
    be("chair")
    for asked in addresses(page, Workspace(demo_home)):
        said = sum(words_shown(part) for part in bodies(page, lang=lang, **asked) if 'class="foot"' not in part)
        assert 20 < said <= TOO_LONG.get(next(reversed(asked.values()), ""), MOST[page]), asked
