"""The page of an article, kept between two looks."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from boussole.audits.workspace import Workspace
from boussole.dashboard.pages.article.view import ArticlePage, ArticleQuery
from boussole.dashboard.pages.article.view import article_page as drawn
from boussole.dashboard.runtime.cache import newest
from boussole.dashboard.runtime.stamps import Stamp, stamp
from boussole.dashboard.views import store
from boussole.dashboard.words.speaking import speaker_in


def article_page(workspace: Workspace, chosen: ArticleQuery, lang: str) -> ArticlePage | None:
    """The page of an article; None where the charter in force has no such article."""
    return _article_page(workspace.home, stamp(workspace), store.day_in(workspace), chosen, lang)


@newest(400)
def _article_page(home: Path, seen_at: Stamp, today: dt.date, chosen: ArticleQuery, lang: str) -> ArticlePage | None:
    return drawn(
        store.scene_at(home, seen_at, today),
        chosen,
        speaker_in(Workspace(home), lang),
        on=today,
        query={"lang": lang},
    )
