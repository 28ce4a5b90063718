"""The page of an answer kept between two looks, and what can be taken along of it, picture and figure."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.words.say import Say, speaker_in
from boussole.dashboard.pages.answer.view import AnswerPage, Reader
from boussole.dashboard.pages.answer.view import answer_page as drawn
from boussole.dashboard.server.cache import Stamp, house_stamp, lake_files, newest, stamp, stamp_of
from boussole.dashboard.views import store
from boussole.dashboard.views.answers.course import Course, Past, past_of
from boussole.dashboard.views.charts.sheet import Sheet, mark, sheet_of
from boussole.dashboard.views.parts.taking import TABLE, Drawing, Figure, Source, Wanted, charters_of, sealed, time_of

# The page of an answer, kept between two looks.


def answer_page(workspace: Workspace, system: str, key: str, lang: str, *, reader: Reader) -> AnswerPage | None:
    """The answer of a system to a question; None where it is asked no such question."""
    seen_at = (*stamp(workspace), *house_stamp(workspace), *stamp_of(lake_files(workspace)))
    return _page(workspace.home, seen_at, store.day_in(workspace), (system, key, lang, reader))


@newest(400)
def _page(home: Path, seen_at: Stamp, today: dt.date, shown: tuple[str, str, str, Reader]) -> AnswerPage | None:
    system, key, lang, reader = shown
    workspace = Workspace(home)
    scene = store.scene_at(home, stamp(workspace), today)
    past = _past(home, seen_at, system) if system in scene.latest else Past(audits={})
    say = speaker_in(Workspace(home), lang)
    chambers = list(store.chambers(workspace).values())
    return drawn(scene, system, key, say, past=past, chambers=chambers, reader=reader, query={"lang": lang})


@newest(8)
def _past(home: Path, _stamp: Stamp, system: str) -> Past:
    """The audits of a system and the versions of its model; what cannot be read is said."""
    return past_of(Workspace(home), system)


# What can be taken along of an answer: the answer with its picture, and its figure over time.


NOTHING_ELSE = Reader(committee=False, incidents=False)
"""What is taken along tells nothing of what only some may see."""


def figures(wanted: Wanted) -> dict[str, Figure]:
    """The figures of one answer of one system."""
    workspace, say, query = wanted.workspace, wanted.say, wanted.query
    page = answer_page(workspace, query.get("system", ""), query.get("question", ""), say.lang, reader=NOTHING_ELSE)
    if page is None:
        return {}
    cited = page.citation
    source = Source(
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
            fill=lambda: Sheet(head=columns(say), rows=course.rows),
        )
    return found


def columns(say: Say) -> list[str]:
    """The head of the table of a figure over time."""
    return [say("Period"), say("Figure"), say("Interval that decides"), say("Verdict")]


def drawing_of(page: AnswerPage) -> Drawing:
    if page.picture is not None:
        return Drawing(svg=page.picture.wide)
    chart = page.detail.chart if page.detail is not None else None
    return TABLE if chart is None else Drawing(svg=chart.svg, notes=[chart.note])


def _sheet(page: AnswerPage, say: Say) -> Sheet:
    """The table of the groups; of an answer without figures, its verdict."""
    if page.detail is not None and page.detail.table is not None:
        return sheet_of(page.detail.table, say)
    return Sheet(head=[say("Question"), say("Verdict")], rows=[[page.question, mark(page.verdict, say)]])


def _course(course: Course, say: Say) -> Drawing:
    happened = [f"{at}. {each.text} · {say.date(each.on)}" for at, each in enumerate(course.happened, 1)]
    notes = [each for each in (course.whom, course.levels, course.note) if each]
    return Drawing(svg=course.svg, notes=[*notes, *happened])
