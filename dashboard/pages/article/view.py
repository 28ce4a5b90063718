"""The page of an article as data: what it promises, how it stands, what it rests on, and what can be taken along."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from boussole.audits.languages import capital
from boussole.audits.mixed import MixedText, joined
from boussole.audits.workspace import Workspace
from boussole.charter.amending.plain import called
from boussole.charter.committee.advising.advice import (
    FindingHistory,
    RecommendationState,
    findings_about,
    recommended_about,
)
from boussole.charter.document.base import given
from boussole.charter.judging.crosswalk import Provision, of_article
from boussole.charter.record_types.kinds import Attestation, Case, Inspection, Statement
from boussole.charter.text.model import Article
from boussole.dashboard.markup.elements import word
from boussole.dashboard.markup.templates import PageData
from boussole.dashboard.markup.words import Say, speaker_in
from boussole.dashboard.markup.words.addresses import article_href, evidence_href, law_href
from boussole.dashboard.pages.article.questions import question_page, questions
from boussole.dashboard.pages.article.standing import (
    headline,
    standings,
    trend,
)
from boussole.dashboard.server.access.permissions import who_words
from boussole.dashboard.server.process import Stamp, newest, stamp
from boussole.dashboard.views import store
from boussole.dashboard.views.answers.small_print import caps
from boussole.dashboard.views.law import since
from boussole.dashboard.views.register_words import when
from boussole.dashboard.views.scene import Scene, period


def provided(scene: Scene, article: Article, say: Say, *, on: dt.date, query: dict[str, str]) -> list[PageData]:
    """The provisions that the article answers to, in the order of the law page."""
    return [_provided(each, say, query=query) for each in of_article(scene.charter, article.id, on=on)]


def _provided(each: Provision, say: Say, *, query: dict[str, str]) -> PageData:
    return {
        "title": say.text(each.law.title),
        "href": law_href(query=query, anchor=each.law.framework or "other"),
        "asks": say.text(each.law.asks),
        "since": since(each, say),
        "numbers": [(indicator.number, f"#q-{indicator.id}") for _, indicator in each.questions],
    }


def found(scene: Scene, article: str, say: Say, *, query: Mapping[str, str]) -> list[PageData]:
    """The findings of outside authorities about the article, open ones first."""
    return [_finding(scene, each, say, query=query) for each in findings_about(article, scene.facts)]


def _finding(scene: Scene, each: FindingHistory, say: Say, *, query: Mapping[str, str]) -> PageData:
    said = each.finding
    return {
        "verdict": said.cap,
        "caps": say("No better than: {verdict}", verdict=word(said.cap, say)),
        "title": say.written(f"{said.authority}, {said.title}"),
        "told": _about(scene, said, say),
        "text": say.written(said.text),
        "closed": say("Closed on {date}", date=say.date(each.closed[1])) if each.closed else "",
        "entry": _entry(each.entry, say, query=query),
    }


def advised(scene: Scene, article: str, say: Say, *, query: Mapping[str, str]) -> list[PageData]:
    """The recommendations about the article, overdue ones first."""
    recommended = recommended_about(article, scene.facts)
    return [_advice(scene, each, say, query=query) for each in recommended]


def _advice(scene: Scene, each: RecommendationState, say: Say, *, query: Mapping[str, str]) -> PageData:
    said, today = each.said, scene.facts.as_of
    open_ = each.state in ("overdue", "waiting")
    states = {
        "answered": say("Answered"),
        "in_progress": say("In progress"),
        "done": say("Done"),
        "dropped": say("Dropped"),
    }
    outside = [say("outside authority")] if said.outside else []
    told = [
        say.written(said.body),
        *outside,
        _about(scene, said, say),
        say("to: {who}", who=say.written(said.addressee)),
    ]
    if open_:
        told.append(say("answer due on {date}", date=say.date(said.due_on)))
    return {
        "when": capital(when(said.due_on, today, say)) if open_ else states[each.state],
        "overdue": each.state == "overdue",
        "text": say.written(said.text),
        "told": joined(" · ", told),
        "answers": _answers(each, say, query=query),
        "entry": _entry(each.entry, say, query=query),
    }


def _answers(each: RecommendationState, say: Say, *, query: Mapping[str, str]) -> list[tuple[str, tuple[str, str]]]:
    replies = {"yes": say("Accepted"), "partly": say("Accepted in part"), "no": say("Refused")}
    states = {"in_progress": say("In progress"), "done": say("Done"), "dropped": say("Dropped")}
    answers = []
    if each.reply:
        entry, said = each.reply
        answers.append((_said(replies[said.accepted], said, say), _entry(entry, say, query=query)))
    if each.follow_up:
        entry, followed = each.follow_up
        answers.append((_said(states[followed.state], followed, say), _entry(entry, say, query=query)))
    return answers


def _said(what: str, said: Statement, say: Say) -> str:
    by = say("{what}, {date} ({role})", what=what, date=say.date(said.on), role=who_words(said.role, say))
    return say("{by}: “{text}”", by=by, text=say.written(said.text)) if said.text else by


def _about(scene: Scene, said: Statement, say: Say) -> str:
    about = scene.title(said.system, say) if said.system else say("all systems")
    return about + ", " + say.date(said.on)


def entries(scene: Scene, article: Article, say: Say, *, query: Mapping[str, str]) -> list[PageData]:
    """What people stated about the questions of the article, the latest first, then the latest audits."""
    numbers = {indicator.id: indicator.number for indicator in article.ways}
    every: list[tuple[str, int, Attestation | Case | Inspection]] = [
        *((say("Attestation"), entry, each) for entry, each in scene.facts.standing(Attestation)),
        *((say("Case"), entry, each) for entry, each in scene.facts.standing(Case)),
        *((say("Inspection"), entry, each) for entry, each in scene.facts.standing(Inspection)),
    ]
    stated = [each for each in every if each[2].indicator in numbers]
    stated.sort(key=lambda each: (each[2].on, each[1]), reverse=True)
    told = [
        {
            "text": say(
                "{kind} on question {number}, {system} ({role})",
                kind=kind,
                number=numbers[said.indicator],
                system=scene.title(said.system, say) if said.system else say("all systems"),
                role=who_words(said.role, say),
            ),
            "on": say.date(said.on),
            "entry": _entry(entry, say, query=query),
        }
        for kind, entry, said in stated
    ]
    return told + _audits(scene, article, say, query=query)


def _audits(scene: Scene, article: Article, say: Say, *, query: Mapping[str, str]) -> list[PageData]:
    examined = [
        (document.window.end, system, document)
        for system, document in scene.latest.items()
        if document.evidence.entry is not None
        and any(v.article == article.id and v.verdict != "not_examined" for v in document.verdicts)
    ]
    examined.sort(key=lambda each: each[:2], reverse=True)
    return [
        {
            "text": say("Audit of {system}", system=scene.title(system, say)),
            "on": period(document, say),
            "entry": _entry(given(document.entry), say, query=query),
        }
        for _, system, document in examined
    ]


def _entry(entry: int, say: Say, *, query: Mapping[str, str]) -> tuple[str, str]:
    return say("entry {n}", n=str(entry)), evidence_href(query=query, entry=str(entry))


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


def article_page(
    scene: Scene, chosen: ArticleQuery, say: Say, *, on: dt.date, query: dict[str, str]
) -> PageData | None:
    """The page of an article on a day; None where the charter in force has no such article."""
    article = scene.article(chosen.article)
    if article is None:
        return None
    rows = standings(scene, article.id, say, query=query)
    tone, answer, others = headline(rows, say)
    asked = questions(scene, article, say, query=query)
    one = question_page(scene, article, chosen.question, say, page=chosen.page, query=query)
    return {
        "promise": _promise(scene, article, say, query=query),
        "tone": tone,
        "headline": answer,
        "others": others,
        "standings": rows[:NAMED],
        "more": max(0, len(rows) - NAMED),
        "capped": caps(scene, say, query=query, article=article.id),
        "trend": trend(scene, article.id, rows, say, page=chosen.page, on=on, query=query),
        "asked": [each for each in asked if each.answers],
        "untouched": [each for each in asked if not each.answers],
        "law": provided(scene, article, say, on=on, query=query),
        "findings": found(scene, article.id, say, query=query),
        "advice": advised(scene, article.id, say, query=query),
        "entries": entries(scene, article, say, query=query),
        "one": one,
    }


def _promise(scene: Scene, article: Article, say: Say, *, query: dict[str, str]) -> PageData:
    why = [
        (_whom(called(scene.charter, "person", say.lang), say), say.text(article.why.person)),
        (_whom(called(scene.charter, "agent", say.lang), say), say.text(article.why.agent)),
    ]
    return {
        "order": str(article.order),
        "title": say.text(article.title),
        "href": article_href(article.id, query=query),
        "commitment": say.text(article.commitment),
        "draft": article.text.status == "draft wording",
        "why": why,
    }


def _whom(people: str, say: Say) -> str:
    """For whom it matters; a name in another language stands alone, since no preposition here fits it."""
    return capital(people) if isinstance(people, MixedText) else say("For {people}", people=people)


def kept_article(workspace: Workspace, chosen: ArticleQuery, lang: str) -> PageData | None:
    """The page of an article, drawn once; None where the charter in force has no such article."""
    return _article_page(workspace.home, stamp(workspace), store.day_in(workspace), chosen, lang)


@newest(400)
def _article_page(home: Path, seen_at: Stamp, today: dt.date, chosen: ArticleQuery, lang: str) -> PageData | None:
    return article_page(
        store.scene_at(home, seen_at, today),
        chosen,
        speaker_in(Workspace(home), lang),
        on=today,
        query={"lang": lang},
    )
