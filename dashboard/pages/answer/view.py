"""The page of one answer as data: the sentence, its picture, what it rests on, and what can be taken along of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from starlette.routing import Route

from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from boussole.charter.amending.plain import plainly
from boussole.charter.document import AuditDocument, Standing, VerdictDocument
from boussole.charter.judging.families import takes_cases
from boussole.charter.record_types.inputs import WebForm
from boussole.charter.record_types.kinds import Case, Inspection, Review
from boussole.charter.records import SealedStatement
from boussole.charter.records.facts import ReportedCases
from boussole.dashboard.markup.templates import PageData
from boussole.dashboard.markup.words import Say, speaker_in
from boussole.dashboard.markup.words.addresses import answer_href, article_href, evidence_href, number_of, system_href
from boussole.dashboard.pages.answer.around import ReadingRights, done, not_known
from boussole.dashboard.server.access.permissions import Person, role_title
from boussole.dashboard.server.forms import FormDesk, Titled
from boussole.dashboard.server.process import Stamp, house_stamp, lake_files, newest, stamp, stamp_of
from boussole.dashboard.views import store
from boussole.dashboard.views.answers.asked import indicator_of, question_of, sentence_of, threshold_words, way_called
from boussole.dashboard.views.answers.course import SystemPast, around_start, course, past_of
from boussole.dashboard.views.answers.known import known_words
from boussole.dashboard.views.answers.short import beside, short_answer, told_by
from boussole.dashboard.views.answers.small_print import background, caps
from boussole.dashboard.views.answers.unjudged import unjudged
from boussole.dashboard.views.chamber import Chamber
from boussole.dashboard.views.charts.charts import hundred, hundred_chart, hundred_text, svg
from boussole.dashboard.views.charts.drawings import NARROW, WIDE
from boussole.dashboard.views.records.entering import FormPage, offered, record_routes
from boussole.dashboard.views.records.setting import AnswerFigure, Setting, figure_at
from boussole.dashboard.views.scene import Scene, period_of
from boussole.dashboard.views.system import section

NAME = "answer"
OF_CASES = ("case", "inspection")


def recording(scene: Scene, system: str, key: str, me: Person, say: Say) -> list[Titled]:
    """The forms of what somebody may state of an answer: an attestation, a case, a sample, or a finding on a case."""
    figure = figure_at(scene, system, key, say)
    way = way_called(scene.charter, figure.indicator) if figure else None
    if figure is None or way is None:
        return []
    at = _at(scene, figure, me, say)
    if way.evidence == "attested":
        return offered(NAME, at, "attest")
    if not takes_cases(way):
        return []
    waiting = scene.facts.reported(way.id, system, dt.date.min, dt.date.max)
    reviews = [
        (_told(each, say), form)
        for each in waiting
        if each.state == "open"
        for _, form in offered(NAME, replace(at, of=str(each.entry)), Review.kind)
    ]
    return [*reviews, *offered(NAME, at, *OF_CASES)]


def _told(case: ReportedCases, say: Say) -> str:
    return say.plural(
        "Confirm or refute the case of {date}",
        "Confirm or refute the {n} cases found since {date}",
        case.n,
        date=say.date(case.since),
    )


def _at(scene: Scene, figure: AnswerFigure, me: Person, say: Say) -> Setting:
    proposed = {"system": figure.system, "role": role_title(me.role, say)}
    of = f"{figure.system}.{figure.key}"
    return Setting(person=me, say=say, of=of, scene=scene, figure=figure, proposed=proposed)


def _setting(desk: FormDesk, of: str, form: WebForm) -> Setting | None:
    """The answer that a route names, or that of the case that is reviewed; None where it takes no such record."""
    scene = store.scene(desk.workspace)
    system, _, key = of.partition(".") if form.name != Review.kind else _of_case(scene, of)
    figure = figure_at(scene, system, key, desk.say)
    way = way_called(scene.charter, figure.indicator) if figure else None
    if figure is None or way is None:
        return None
    fits = way.evidence == "attested" if form.name == "attest" else takes_cases(way)
    at = replace(_at(scene, figure, desk.person, desk.say), of=of, workspace=desk.workspace)
    return at if fits else None


def _of_case(scene: Scene, of: str) -> tuple[str, str, str]:
    known: dict[int, Case | Inspection] = {**dict(scene.facts.standing(Case)), **dict(scene.facts.standing(Inspection))}
    entry = number_of(of)
    said = known.get(entry) if entry is not None else None
    document = scene.standing.get(said.system) if said else None
    if said is None or document is None:
        return "", "", ""
    ways = ((each.indicator, indicator_of(scene.charter, each)) for each in document.verdicts)
    return said.system, "", next((key for key, way in ways if way and way.id == said.indicator), "")


def _back(desk: FormDesk, of: str, token: str) -> str:
    system, _, key = of.partition(".") if "." in of else _of_case(store.scene(desk.workspace), of)
    return answer_href(system, key, query=desk.query, sent=token)


def _done(desk: FormDesk, at: Setting, _: WebForm, done: SealedStatement) -> str:
    figure = at.figure
    system, key = (figure.system, figure.key) if figure else ("", "")
    return answer_href(system, key, query=desk.query, done=str(done.entry), anchor="done")


def stating_routes(home: Path) -> list[Route]:
    """The routes of a workspace."""
    return record_routes(home, NAME, FormPage(setting=_setting, back=_back, done=_done))


@dataclass(frozen=True, kw_only=True)
class Picture:
    """The groups for a hundred people, in both widths, and what the drawing says in words."""

    wide: str
    narrow: str
    alt: str


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
) -> PageData | None:
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
    when = (
        period_of(document, told[1] if told else None, say)
        if isinstance(document, AuditDocument) and of_a_period
        else ""
    )
    return {
        "system": system,
        "key": key,
        "title": title,
        "system_href": system_href(system, query=query),
        "article": say.text(article.title),
        "article_href": article_href(article.id, query=query, anchor=_anchor(indicator.id if indicator else "")),
        "question": question_of(scene.charter, verdict, say),
        "verdict": verdict.verdict,
        "sentence": sentence,
        "beside": beside(document, verdict, say, system=declared),
        "known": known_words(scene, system, verdict, say),
        "whole": sentence_of(scene.charter, verdict, say, system=declared),
        "when": when,
        "picture": picture(document, verdict, say, system=declared),
        "around": around_start(document, verdict, say, system=declared),
        "unjudged": unjudged(document, verdict, say, system=declared),
        "course": course(scene, system, verdict, past, say, query=query, single=reader.incidents),
        "lost": past.lost,
        "promised": plainly(indicator.question, say.lang) if indicator else question_of(scene.charter, verdict, say),
        "level": threshold_words(document, verdict, say, charter=scene.charter),
        "deeds": done(scene, chambers, say, article=article.id, system=system, reader=reader, query=query),
        "unknown": not_known(document, verdict, indicator, say, system=declared),
        "caps": caps(scene, say, query=query, article=article.id, system=system),
        "detail": next((each for each in parts.questions if each.key == key), None),
        "section": parts,
        "asked": background(verdict, indicator, scene.charter, say),
        "proof": evidence_href(query=query, entry="" if document.entry is None else str(document.entry)),
        "other_charter": isinstance(document, AuditDocument) and document.charter.sha256 != scene.charter.sha256,
    }


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


def kept_answer(workspace: Workspace, system: str, key: str, lang: str, *, reader: ReadingRights) -> PageData | None:
    """The page of an answer, drawn once; None where the system is asked no such question."""
    seen_at = (*stamp(workspace), *house_stamp(workspace), *stamp_of(lake_files(workspace)))
    return _page(workspace.home, seen_at, store.day_in(workspace), (system, key, lang, reader))


@newest(400)
def _page(home: Path, seen_at: Stamp, today: dt.date, shown: tuple[str, str, str, ReadingRights]) -> PageData | None:
    system, key, lang, reader = shown
    workspace = Workspace(home)
    scene = store.scene_at(home, stamp(workspace), today)
    past = _past(home, seen_at, system) if system in scene.latest else SystemPast(audits={})
    say = speaker_in(Workspace(home), lang)
    chambers = list(store.chambers(workspace).values())
    return answer_page(scene, system, key, say, past=past, chambers=chambers, reader=reader, query={"lang": lang})


@newest(8)
def _past(home: Path, _stamp: Stamp, system: str) -> SystemPast:
    return past_of(Workspace(home), system)
