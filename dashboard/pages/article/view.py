"""The page of an article as data: what it promises, how it stands, what it rests on, and what can be taken along."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from boussole.audits.languages import capital
from boussole.audits.mixed import MixedText
from boussole.audits.workspace import Workspace
from boussole.charter.amending.plain import called
from boussole.charter.deadlines.days import months_later
from boussole.charter.text.model import Article
from boussole.dashboard.markup.words.addresses import article_href
from boussole.dashboard.markup.words.say import Say, speaker_in
from boussole.dashboard.pages.article.questions import OnePage, QuestionView, question_page, questions
from boussole.dashboard.pages.article.records import (
    Advice,
    Entry,
    Finding,
    ProvisionLine,
    advised,
    entries,
    found,
    provided,
)
from boussole.dashboard.pages.article.standing import Month, SystemStanding, Trend, headline, sheet, standings, trend
from boussole.dashboard.server.cache import Stamp, newest, stamp
from boussole.dashboard.views import store
from boussole.dashboard.views.answers.small_print import Cap, caps
from boussole.dashboard.views.parts.taking import Figure, Source, Wanted, sealed, systems_named
from boussole.dashboard.views.scene import Scene

NAMED = 3
"""Systems that the answer on top names; the table below it names all."""


@dataclass(frozen=True, kw_only=True)
class ArticleQuery:
    """What the address asks for: an article, one of its questions alone, a page of systems or answers."""

    article: str = ""
    question: str = ""
    page: int = 1

    @classmethod
    def of(cls, query: Mapping[str, str]) -> ArticleQuery:
        """What an address asks for; a page that is no number is the first."""
        page = query.get("page", "")
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1
        return cls(article=query.get("article", ""), question=query.get("question", ""), page=number)


@dataclass(frozen=True, kw_only=True)
class Promise:
    """What the article promises, in whose words, and why it matters to whom."""

    order: str
    title: str
    href: str
    commitment: str
    draft: bool
    why: Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class ArticlePage:
    """The whole page; or all answers to one question of it, where that is asked for (`one`)."""

    promise: Promise
    tone: str
    headline: str
    others: str
    standings: Sequence[SystemStanding]
    more: int
    capped: Sequence[Cap]
    trend: Trend
    asked: Sequence[QuestionView]
    untouched: Sequence[QuestionView]
    law: Sequence[ProvisionLine]
    findings: Sequence[Finding]
    advice: Sequence[Advice]
    entries: Sequence[Entry]
    one: OnePage | None = None


def article_page(
    scene: Scene, chosen: ArticleQuery, say: Say, *, on: dt.date, query: dict[str, str]
) -> ArticlePage | None:
    """The page of an article on a day; None where the charter in force has no such article."""
    article = scene.article(chosen.article)
    if article is None:
        return None
    rows = standings(scene, article.id, say, query=query)
    tone, answer, others = headline(rows, say)
    asked = questions(scene, article, say, query=query)
    one = question_page(scene, article, chosen.question, say, page=chosen.page, query=query)
    return ArticlePage(
        promise=_promise(scene, article, say, query=query),
        tone=tone,
        headline=answer,
        others=others,
        standings=rows[:NAMED],
        more=max(0, len(rows) - NAMED),
        capped=caps(scene, say, query=query, article=article.id),
        trend=trend(scene, article.id, rows, say, page=chosen.page, on=on, query=query),
        asked=[each for each in asked if each.answers],
        untouched=[each for each in asked if not each.answers],
        law=provided(scene, article, say, on=on, query=query),
        findings=found(scene, article.id, say, query=query),
        advice=advised(scene, article.id, say, query=query),
        entries=entries(scene, article, say, query=query),
        one=one,
    )


def _promise(scene: Scene, article: Article, say: Say, *, query: dict[str, str]) -> Promise:
    why = [
        (_whom(called(scene.charter, "person", say.lang), say), say.text(article.why.person)),
        (_whom(called(scene.charter, "agent", say.lang), say), say.text(article.why.agent)),
    ]
    return Promise(
        order=str(article.order),
        title=say.text(article.title),
        href=article_href(article.id, query=query),
        commitment=say.text(article.commitment),
        draft=article.text.status == "draft wording",
        why=why,
    )


def _whom(people: str, say: Say) -> str:
    """For whom it matters; a name in another language stands alone, since no preposition here fits it."""
    return capital(people) if isinstance(people, MixedText) else say("For {people}", people=people)


def kept_article(workspace: Workspace, chosen: ArticleQuery, lang: str) -> ArticlePage | None:
    """The page of an article, drawn once; None where the charter in force has no such article."""
    return _article_page(workspace.home, stamp(workspace), store.day_in(workspace), chosen, lang)


@newest(400)
def _article_page(home: Path, seen_at: Stamp, today: dt.date, chosen: ArticleQuery, lang: str) -> ArticlePage | None:
    return article_page(
        store.scene_at(home, seen_at, today),
        chosen,
        speaker_in(Workspace(home), lang),
        on=today,
        query={"lang": lang},
    )


def figures(wanted: Wanted) -> dict[str, Figure]:
    """The table of an article; nothing where no system is asked."""
    workspace, say, chosen = wanted.workspace, wanted.say, ArticleQuery.of(wanted.query)
    page = kept_article(workspace, chosen, say.lang)
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
