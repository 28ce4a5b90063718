"""The page of one answer as data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from boussole.audits.systems import System
from boussole.charter.amending.plain import plainly
from boussole.charter.document import AuditDocument, Standing, VerdictDocument
from boussole.dashboard.charts.charts import svg
from boussole.dashboard.charts.dots import NARROW, WIDE
from boussole.dashboard.charts.hundred import hundred, hundred_chart, hundred_text
from boussole.dashboard.pages.answer.done import Deed, Reader, done
from boussole.dashboard.pages.answer.unknown import not_known
from boussole.dashboard.views.answers.around_start import AroundStart, around_start
from boussole.dashboard.views.answers.asked import indicator_of, question_of, sentence_of
from boussole.dashboard.views.answers.caps import Cap, caps
from boussole.dashboard.views.answers.course import Course, Past, course
from boussole.dashboard.views.answers.levels import threshold_words
from boussole.dashboard.views.answers.short import beside, short_answer, told_by
from boussole.dashboard.views.answers.small_print import background
from boussole.dashboard.views.committee.chamber import Chamber
from boussole.dashboard.views.naming import period_of
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.views.system.view import Question, Section, section
from boussole.dashboard.words.addresses import answer_href, article_href, evidence_href, system_href
from boussole.dashboard.words.say import Say


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
    `asked` what a question is about."""

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
    whole: str
    when: str
    picture: Picture | None
    around: Sequence[AroundStart]
    course: Course | None
    lost: str
    promised: str
    level: str
    deeds: Sequence[Deed]
    unknown: Sequence[str]
    caps: Sequence[Cap]
    detail: Question | None
    section: Section
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
    past: Past,
    chambers: Iterable[Chamber],
    reader: Reader,
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
        whole=sentence_of(scene.charter, verdict, say, system=declared),
        when=when,
        picture=picture(document, verdict, say, system=declared),
        around=around_start(document, verdict, say, system=declared),
        course=course(scene, system, verdict, past, say, query=query, single=reader.incidents),
        lost=past.lost,
        promised=plainly(indicator.question, say.lang) if indicator else question_of(scene.charter, verdict, say),
        level=threshold_words(document, verdict, say),
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
