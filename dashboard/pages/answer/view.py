"""The page of one answer as data: the sentence, its picture, what it rests on, and what can be taken along of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from boussole.charter.amending.plain import plainly
from boussole.charter.document import AuditDocument, Standing, VerdictDocument
from boussole.dashboard.markup.words import Say, speaker_in
from boussole.dashboard.markup.words.addresses import answer_href, article_href, evidence_href, system_href
from boussole.dashboard.pages.answer.around import Deed, ReadingRights, done, not_known
from boussole.dashboard.server.process import Stamp, house_stamp, lake_files, newest, stamp, stamp_of
from boussole.dashboard.views import store
from boussole.dashboard.views.answers.asked import indicator_of, question_of, sentence_of, threshold_words
from boussole.dashboard.views.answers.course import AroundStart, Course, SystemPast, around_start, course, past_of
from boussole.dashboard.views.answers.known import known_words
from boussole.dashboard.views.answers.short import beside, short_answer, told_by
from boussole.dashboard.views.answers.small_print import Cap, background, caps
from boussole.dashboard.views.answers.trends import trend_of_all
from boussole.dashboard.views.answers.unjudged import UnjudgedFigure, unjudged
from boussole.dashboard.views.chamber import Chamber
from boussole.dashboard.views.charts.charts import hundred, hundred_chart, hundred_text, svg
from boussole.dashboard.views.charts.drawings import NARROW, WIDE
from boussole.dashboard.views.charts.tables import MarkedTable, mark, sheet_of
from boussole.dashboard.views.parts.taking import (
    TABLE,
    Drawing,
    Figure,
    FigureSource,
    FiguresQuery,
    charters_of,
    sealed,
    time_of,
)
from boussole.dashboard.views.scene import Scene, period_of
from boussole.dashboard.views.system import ArticleSection, ExaminedQuestion, section


@dataclass(frozen=True, kw_only=True)
class Picture:
    """The groups for a hundred people, in both widths, and what the drawing says in words."""

    wide: str
    narrow: str
    alt: str


@dataclass(frozen=True, kw_only=True)
class Citation:
    """What an answer rests on: the version and the fingerprint of its charter, the fingerprint of its counts, and the
    entry of its audit."""

    version: str
    charter: str
    counts: str
    entry: int | None


@dataclass(frozen=True, kw_only=True)
class AnswerPage:
    """The whole page. `detail` is all that goes with the figure, `section` its article with what stands beside it,
    `unjudged` what is shown beside it and not judged, `asked` what a question is about."""

    system: str
    key: str
    title: str
    system_href: str
    article: str
    article_href: str
    question: str
    verdict: str
    sentence: str
    beside: Sequence[str]
    known: str
    whole: str
    when: str
    picture: Picture | None
    around: Sequence[AroundStart]
    unjudged: Sequence[UnjudgedFigure]
    course: Course | None
    trend: str
    lost: str
    promised: str
    level: str
    deeds: Sequence[Deed]
    unknown: Sequence[str]
    caps: Sequence[Cap]
    detail: ExaminedQuestion | None
    section: ArticleSection
    asked: Sequence[tuple[str, str]]
    citation: Citation
    proof: str
    href: str
    audited: bool
    other_charter: bool


def answer_page(
    scene: Scene,
    system: str,
    key: str,
    say: Say,
    *,
    past: SystemPast,
    chambers: Iterable[Chamber],
    reader: ReadingRights,
    query: dict[str, str],
) -> AnswerPage | None:
    """The answer of a system to a question; None where the charter asks it no such question."""
    document = scene.standing.get(system)
    verdict = next((each for each in document.verdicts if each.indicator == key), None) if document else None
    article = scene.article(verdict.article) if verdict else None
    if document is None or verdict is None or article is None:
        return None
    declared, title = scene.systems.get(system), scene.title(system, say)
    indicator = indicator_of(scene.charter, verdict)
    parts = section(document, article, scene.charter, declared, say, only=key)
    sentence = short_answer(scene.charter, document, verdict, say, system=declared, title=title)
    of_a_period = verdict.verdict != "not_examined" and not verdict.rests_on_statements
    told = told_by(document, verdict)
    audited = isinstance(document, AuditDocument)
    when = (
        period_of(document, told[1] if told else None, say)
        if isinstance(document, AuditDocument) and of_a_period
        else ""
    )
    return AnswerPage(
        system=system,
        key=key,
        title=title,
        system_href=system_href(system, query=query),
        article=say.text(article.title),
        article_href=article_href(article.id, query=query, anchor=_anchor(indicator.id if indicator else "")),
        question=question_of(scene.charter, verdict, say),
        verdict=verdict.verdict,
        sentence=sentence,
        beside=beside(document, verdict, say, system=declared),
        known=known_words(scene, system, verdict, say),
        whole=sentence_of(scene.charter, verdict, say, system=declared),
        when=when,
        picture=picture(document, verdict, say, system=declared),
        around=around_start(document, verdict, say, system=declared),
        unjudged=unjudged(document, verdict, say, system=declared),
        course=course(scene, system, verdict, past, say, query=query, single=reader.incidents),
        trend=trend_of_all(past, verdict, say),
        lost=past.lost,
        promised=plainly(indicator.question, say.lang) if indicator else question_of(scene.charter, verdict, say),
        level=threshold_words(document, verdict, say, charter=scene.charter),
        deeds=done(scene, chambers, say, article=article.id, system=system, reader=reader, query=query),
        unknown=not_known(document, verdict, indicator, say, system=declared),
        caps=caps(scene, say, query=query, article=article.id, system=system),
        detail=next((each for each in parts.questions if each.key == key), None),
        section=parts,
        asked=background(verdict, indicator, scene.charter, say),
        citation=_citation(scene, document),
        proof=evidence_href(query=query, entry="" if document.entry is None else str(document.entry)),
        href=answer_href(system, key, query={"lang": say.lang}),
        audited=audited,
        other_charter=isinstance(document, AuditDocument) and document.charter.sha256 != scene.charter.sha256,
    )


def _anchor(indicator: str) -> str:
    return f"q-{indicator}" if indicator else ""


def picture(document: Standing, verdict: VerdictDocument, say: Say, *, system: System | None) -> Picture | None:
    """The dots of a question, for a hundred people; None where it compares no groups."""
    found = hundred(document, verdict, say, system=system)
    if found is None:
        return None
    minimum = system.privacy.suppress_below if system else 11
    wide, narrow = (
        svg(hundred_chart(found, say, minimum=minimum, layout=layout), say.lang) for layout in (WIDE, NARROW)
    )
    return Picture(wide=wide, narrow=narrow, alt=hundred_text(found, say, minimum=minimum))


def _citation(scene: Scene, document: Standing) -> Citation:
    judged = document.charter if isinstance(document, AuditDocument) else None
    return Citation(
        version=judged.version if judged else scene.charter.version,
        charter=judged.sha256 if judged else scene.charter.sha256,
        counts=document.evidence.cubes if isinstance(document, AuditDocument) else "",
        entry=document.entry,
    )


def kept_answer(workspace: Workspace, system: str, key: str, lang: str, *, reader: ReadingRights) -> AnswerPage | None:
    """The page of an answer, drawn once; None where the system is asked no such question."""
    seen_at = (*stamp(workspace), *house_stamp(workspace), *stamp_of(lake_files(workspace)))
    return _page(workspace.home, seen_at, store.day_in(workspace), (system, key, lang, reader))


@newest(400)
def _page(home: Path, seen_at: Stamp, today: dt.date, shown: tuple[str, str, str, ReadingRights]) -> AnswerPage | None:
    system, key, lang, reader = shown
    workspace = Workspace(home)
    scene = store.scene_at(home, stamp(workspace), today)
    past = _past(home, seen_at, system) if system in scene.latest else SystemPast(audits={})
    say = speaker_in(Workspace(home), lang)
    chambers = list(store.chambers(workspace).values())
    return answer_page(scene, system, key, say, past=past, chambers=chambers, reader=reader, query={"lang": lang})


@newest(8)
def _past(home: Path, _stamp: Stamp, system: str) -> SystemPast:
    """The audits of a system and the versions of its model; what cannot be read is said."""
    return past_of(Workspace(home), system)


NOTHING_ELSE = ReadingRights(committee=False, incidents=False)
"""What is taken along tells nothing of what only some may see."""


def figures(wanted: FiguresQuery) -> dict[str, Figure]:
    """The figures of one answer of one system."""
    workspace, say, query = wanted.workspace, wanted.say, wanted.query
    page = kept_answer(workspace, query.get("system", ""), query.get("question", ""), say.lang, reader=NOTHING_ELSE)
    if page is None:
        return {}
    cited = page.citation
    source = FigureSource(
        organisation=workspace.settings.organisation,
        about=page.title,
        period=page.when,
        charter=cited.version,
        seal=sealed(workspace, [cited.entry]),
    )
    found = {
        "answer": Figure(
            title=page.question,
            sentence=page.sentence,
            verdict=page.verdict,
            source=source,
            href=page.href,
            draw=lambda: drawing_of(page),
            fill=lambda: _sheet(page, say),
            prints=[(say("Charter"), cited.charter), (say("Counts"), cited.counts)],
        )
    }
    found |= {each.name: _beside(each, source, page.href) for each in page.unjudged if each.tables}
    course = page.course
    if course is not None:
        found["over-time"] = Figure(
            title=f"{say('Over time')} – {page.question}",
            source=replace(
                source,
                period=time_of(course.audits, say),
                charter=charters_of(course.audits),
                seal=sealed(workspace, [each.evidence.entry for each in course.audits]),
            ),
            href=page.href,
            draw=lambda: _course(course, say),
            fill=lambda: _over_time(course, say),
        )
    return found


def _beside(told: UnjudgedFigure, source: FigureSource, href: str) -> Figure:
    """What is shown beside an answer; of several tables the first."""
    table = told.tables[0]
    return Figure(
        title=told.title,
        source=source,
        href=href,
        draw=lambda: Drawing(svg=told.svg, notes=told.told) if told.svg else TABLE,
        fill=lambda: MarkedTable(head=table.head, rows=table.rows),
    )


def drawing_of(page: AnswerPage) -> Drawing:
    if page.picture is not None:
        return Drawing(svg=page.picture.wide)
    chart = page.detail.chart if page.detail is not None else None
    return TABLE if chart is None else Drawing(svg=chart.svg, notes=[chart.note])


def _sheet(page: AnswerPage, say: Say) -> MarkedTable:
    """The table of the groups; of an answer without figures, its verdict."""
    if page.detail is not None and page.detail.table is not None:
        return sheet_of(page.detail.table, say)
    return MarkedTable(head=[say("Question"), say("Verdict")], rows=[[page.question, mark(page.verdict, say)]])


def _course(course: Course, say: Say) -> Drawing:
    happened = [f"{at}. {each.text} · {say.date(each.on)}" for at, each in enumerate(course.happened, 1)]
    notes = [each for each in (course.whom, course.levels, course.note) if each]
    return Drawing(svg=course.svg, notes=[*notes, *happened])


def _over_time(course: Course, say: Say) -> MarkedTable:
    head = [say("Period"), say("Figure"), say("Interval that decides"), say("Verdict")]
    return MarkedTable(head=head, rows=course.rows)
