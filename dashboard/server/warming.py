"""Pages drawn ahead, so that nobody waits for the first look."""

from __future__ import annotations

from boussole.audits.languages import LANGUAGES
from boussole.audits.workspace import Workspace
from boussole.dashboard.pages.article.along import article_page
from boussole.dashboard.pages.article.view import ArticleQuery
from boussole.dashboard.pages.system.along import system_page
from boussole.dashboard.views import store


def warm(workspace: Workspace) -> None:
    """Draw every page ahead, in both languages, so that nobody waits for the first look."""
    store.register(workspace, store.day_in(workspace))
    seen = store.scene(workspace)
    for lang in LANGUAGES:
        for article in seen.charter.articles:
            article_page(workspace, ArticleQuery(article=article.id), lang)
        for system in seen.latest:
            system_page(workspace, system, lang)
