"""The page of an article kept between two looks, and what can be taken along of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from boussole.audits.workspace import Workspace
from boussole.charter.deadlines.days import months_later
from boussole.dashboard.markup.words.addresses import article_href
from boussole.dashboard.markup.words.say import Say, speaker_in
from boussole.dashboard.pages.article.view import ArticlePage, ArticleQuery, Line, Month, Trend
from boussole.dashboard.pages.article.view import Cell as MonthCell
from boussole.dashboard.pages.article.view import article_page as drawn
from boussole.dashboard.server.cache import Stamp, newest, stamp
from boussole.dashboard.views import store
from boussole.dashboard.views.charts.sheet import Cell, Mark, Sheet, mark
from boussole.dashboard.views.parts.taking import Figure, Source, Wanted, sealed, systems_named

# The page of an article, kept between two looks.


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


# What can be taken along of an article: how it stands from month to month.


def figures(wanted: Wanted) -> dict[str, Figure]:
    """The table of an article; nothing where no system is asked."""
    workspace, say, chosen = wanted.workspace, wanted.say, ArticleQuery.of(wanted.query)
    page = article_page(workspace, chosen, say.lang)
    if page is None or not page.trend.lines:
        return {}
    trend, scene = page.trend, store.scene(workspace)
    entries = [cell.entry for line in trend.lines for cell in line.cells]
    asked = {"page": str(chosen.page)} if chosen.page > 1 else {}
    return {
        "trend": Figure(
            title=f"{page.promise.title} – {say('From month to month')}",
            sentence=page.headline,
            source=Source(
                organisation=workspace.settings.organisation,
                about=systems_named([line.title for line in trend.lines], say),
                period=_period(trend.months, say),
                charter=scene.charter.version,
                seal=sealed(workspace, entries, now=True),
            ),
            href=article_href(chosen.article, query={"lang": say.lang}, anchor="trend", **asked),
            fill=lambda: sheet(trend, say),
        )
    }


def _period(months: Sequence[Month], say: Say) -> str:
    if not months:
        return ""
    return say.period(months[0].first, months_later(months[-1].first, 1) - dt.timedelta(days=1))


def sheet(trend: Trend, say: Say) -> Sheet:
    """The table as it stands on the page."""
    months = [" ".join([*month.short, *([f"({month.changed})"] if month.changed else [])]) for month in trend.months]
    rows = [
        [_system(line), mark(line.verdict, say), *[_cell(each, say) for each in line.cells]] for line in trend.lines
    ]
    return Sheet(head=[say("System"), say("Today"), *months], rows=rows)


def _system(line: Line) -> str:
    return f"{line.title} ({line.before})" if line.before else line.title


def _cell(cell: MonthCell, say: Say) -> Cell:
    told = mark(cell.verdict, say)
    return (
        Mark(verdict=told.verdict, text=f"{told.text} ({cell.note})") if isinstance(told, Mark) and cell.note else told
    )
