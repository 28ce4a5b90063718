"""The page of an article as data: how it stands, month by month, question by question, and what it rests on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boussole.audits.languages import capital
from boussole.audits.mixed import MixedText
from boussole.charter.amending.plain import called
from boussole.charter.text.model import Article
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
from boussole.dashboard.pages.article.standing import SystemStanding, headline, standings
from boussole.dashboard.pages.article.trend import Trend, trend
from boussole.dashboard.views.answers.caps import Cap, caps
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.words.addresses import article_href
from boussole.dashboard.words.say import Say

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
