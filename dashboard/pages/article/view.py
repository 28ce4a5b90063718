"""The page of an article as data: how it stands in each system, and how it has stood from month to month."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boussole.audits.languages import capital, inside
from boussole.audits.mixed import MixedText
from boussole.charter.amending.plain import called
from boussole.charter.deadlines.days import months_later
from boussole.charter.document.answers.verdict import worst
from boussole.charter.records import AuditSummary
from boussole.charter.text.model import Article
from boussole.dashboard.markup.marks import ORDER
from boussole.dashboard.markup.words.addresses import article_href, charter_href, evidence_href, system_href
from boussole.dashboard.markup.words.say import Say, count
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
from boussole.dashboard.views.answers.small_print import Cap, caps
from boussole.dashboard.views.compass import of_the_others
from boussole.dashboard.views.scene import Scene

# How an article stands, system by system: its verdict, how its questions came out, what caps it.


ANSWERS = ("broken", "watch", "kept", "unknown", "not_examined")
"""In which order the questions of a system are told."""


@dataclass(frozen=True, kw_only=True)
class SystemStanding:
    """One system: its verdict on the article, and how the questions of the article came out for it."""

    system: str
    title: str
    href: str
    verdict: str
    counts: Mapping[str, int]


def standings(scene: Scene, article: str, say: Say, *, query: dict[str, str]) -> list[SystemStanding]:
    """Every system of which the article asks something, or that an outside authority caps, the worst first."""
    found = []
    for system, document in scene.standing.items():
        counts = Counter[str](each.verdict for each in document.verdicts if each.article == article)
        verdict = next((each.verdict for each in document.articles if each.article == article), None)
        if verdict is not None and (counts or verdict != "not_examined"):
            found.append(
                SystemStanding(
                    system=system,
                    title=scene.title(system, say),
                    href=system_href(system, query=query, anchor=article if system in scene.latest else ""),
                    verdict=verdict,
                    counts=counts,
                )
            )
    return sorted(found, key=lambda each: (ORDER.index(each.verdict), -each.counts[each.verdict], each.title))


def headline(found: Sequence[SystemStanding], say: Say) -> tuple[str, str, str]:
    """The tone, the answer over all systems in one sentence, and how the other systems stand."""
    counts = Counter[str](each.verdict for each in found)
    first = next((verdict for verdict in ("broken", "watch", "unknown", "kept") if counts[verdict]), None)
    if first is None:
        return "unknown", say("Nobody has examined this commitment yet."), ""
    n, known = counts[first], count(len(found), say)
    told = {
        "broken": say.plural(
            "Not kept for one system of {known}.", "Not kept for {n} systems of {known}.", n, known=known
        ),
        "watch": say.plural(
            "To be watched for one system of {known}; broken for none.",
            "To be watched for {n} systems of {known}; broken for none.",
            n,
            known=known,
        ),
        "unknown": say.plural(
            "We cannot tell for one system of {known}; it is broken for none.",
            "We cannot tell for {n} systems of {known}; it is broken for none.",
            n,
            known=known,
        ),
        "kept": say.plural("Kept for one system of {known}.", "Kept for {n} systems of {known}.", n, known=known),
    }
    return first, told[first], of_the_others(counts, first, say)


def told(counts: Mapping[str, int], say: Say) -> str:
    """ "Not kept on one question, kept on 5, one unanswered": how the questions of one system came out."""
    first = {
        "broken": say.plural("not kept on one question", "not kept on {n} questions", counts["broken"]),
        "watch": say.plural("to be watched on one question", "to be watched on {n} questions", counts["watch"]),
        "kept": say.plural("kept on one question", "kept on {n} questions", counts["kept"]),
        "unknown": say.plural("one question unanswered", "{n} questions unanswered", counts["unknown"]),
        "not_examined": say.plural(
            "one question that nobody has examined", "{n} questions that nobody has examined", counts["not_examined"]
        ),
    }
    more = {
        "watch": say.plural("to be watched on one", "to be watched on {n}", counts["watch"]),
        "kept": say.plural("kept on one", "kept on {n}", counts["kept"]),
        "unknown": say.plural("one unanswered", "{n} unanswered", counts["unknown"]),
        "not_examined": say.plural(
            "one that nobody has examined", "{n} that nobody has examined", counts["not_examined"]
        ),
    }
    there = [verdict for verdict in ANSWERS if counts[verdict]]
    if not there:
        return say("Nothing is asked")
    return ", ".join([first[there[0]], *(inside(more[verdict]) for verdict in there[1:])])


# How an article has stood from month to month: one row a system, one cell for each month in which a window ends.


BACK, COLUMNS, ROWS = 13, 12, 15
"""Months to look back, months shown at most, systems on one page."""


@dataclass(frozen=True, kw_only=True)
class Month:
    """One column. `changed` says that from here on another charter judges; empty where it does not."""

    first: dt.date
    short: tuple[str, str]
    changed: str = ""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What the audits whose windows end in a month say; `note` where that is not a window of that month alone."""

    verdict: str = ""
    note: str = ""
    href: str = ""
    entry: int | None = None


@dataclass(frozen=True, kw_only=True)
class Line:
    """One system: how it stands today, and its cells from the oldest month to the newest."""

    title: str
    href: str
    verdict: str
    cells: Sequence[Cell]
    before: str
    """When it was audited last, where no month shows it."""


@dataclass(frozen=True, kw_only=True)
class Trend:
    """The table, and the addresses of the pages before and after this one; empty where there is none."""

    months: Sequence[Month]
    lines: Sequence[Line]
    where: str
    previous: str
    next: str
    charter: str


def trend(
    scene: Scene,
    article: str,
    rows: Sequence[SystemStanding],
    say: Say,
    *,
    page: int,
    on: dt.date,
    query: dict[str, str],
) -> Trend:
    """The page of the table that is asked for, the last one where there are fewer."""
    since = months_later(on, -BACK)
    recent = {
        system: [each for each in history if each.end > since and _said(each, article)]
        for system, history in scene.history.items()
    }
    months = _months([each for history in recent.values() for each in history], scene, say)
    last = max(1, -(-len(rows) // ROWS))
    page = min(max(page, 1), last)
    shown = rows[(page - 1) * ROWS : page * ROWS]
    return Trend(
        months=months,
        lines=[
            _line(each, scene, article, say, audits=recent.get(each.system, ()), months=months, query=query)
            for each in shown
        ],
        where=_where(page, len(rows), say) if last > 1 else "",
        previous=article_href(article, query=query, page=str(page - 1), anchor="trend") if page > 1 else "",
        next=article_href(article, query=query, page=str(page + 1), anchor="trend") if page < last else "",
        charter=charter_href(query=query, anchor="versions"),
    )


def _where(page: int, n: int, say: Say) -> str:
    return say(
        "Systems {first} to {last} of {n}, the worst first",
        first=say.whole((page - 1) * ROWS + 1),
        last=say.whole(min(page * ROWS, n)),
        n=say.whole(n),
    )


def _said(each: AuditSummary, article: str) -> str | None:
    """The verdict of an audit on an article; None where it asked nothing of the system."""
    return next((said.verdict for said in each.articles if said.article == article and said.asked), None)


def _months(audits: Sequence[AuditSummary], scene: Scene, say: Say) -> list[Month]:
    """The last months from the first in which a window ends to the last, those without any in between included."""
    by_month: dict[dt.date, list[AuditSummary]] = {}
    for each in sorted(audits, key=lambda each: each.end):
        by_month.setdefault(each.end.replace(day=1), []).append(each)
    if not by_month:
        return []
    newest = max(by_month)
    start = max(min(by_month), months_later(newest, 1 - COLUMNS))
    seen = {each.charter for month, found in by_month.items() if month < start for each in found}
    months = []
    for first in _from(start, newest):
        judged = {each.charter for each in by_month.get(first, ())}
        new = judged - seen if seen else set()
        months.append(Month(first=first, short=say.short_month(first), changed=_changed(new, scene, say)))
        seen |= judged
    return months


def _from(first: dt.date, last: dt.date) -> list[dt.date]:
    found = [first]
    while found[-1] < last:
        found.append(months_later(found[-1], 1))
    return found


def _changed(new: set[str], scene: Scene, say: Say) -> str:
    """That another version of the charter judges from a month on, with its number where it is known."""
    numbers = sorted(scene.versions[sha256] for sha256 in new if sha256 in scene.versions)
    if numbers:
        return say("charter {version}", version=numbers[-1])
    return say("new charter") if new else ""


def _line(
    standing: SystemStanding,
    scene: Scene,
    article: str,
    say: Say,
    *,
    audits: Sequence[AuditSummary],
    months: Sequence[Month],
    query: dict[str, str],
) -> Line:
    by_month: dict[dt.date, list[AuditSummary]] = {}
    for each in audits:
        by_month.setdefault(each.end.replace(day=1), []).append(each)
    cells = [_cell(by_month.get(month.first, ()), article, say, query=query) for month in months]
    history = scene.history.get(standing.system, ())
    before = ""
    if not any(cell.verdict for cell in cells) and history:
        before = say("Last window: {period}", period=say.period(str(history[-1].start), str(history[-1].end)))
    return Line(title=standing.title, href=standing.href, verdict=standing.verdict, cells=cells, before=before)


def _cell(audits: Sequence[AuditSummary], article: str, say: Say, *, query: Mapping[str, str]) -> Cell:
    said = [(verdict, each) for each in audits if (verdict := _said(each, article))]
    if not said:
        return Cell()
    verdict = worst([each for each, _ in said])
    shown = next(each for found, each in said if found == verdict)
    note = ""
    if len(said) > 1:
        note = say("worst of {n}", n=say.whole(len(said)))
    elif shown.start.replace(day=1) != shown.end.replace(day=1):
        note = say.period(str(shown.start), str(shown.end))
    return Cell(
        verdict=verdict, note=note, href=evidence_href(query=dict(query), entry=str(shown.entry)), entry=shown.entry
    )


# The page of an article as data: how it stands, month by month, question by question, and what it rests on.


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
