"""What can be taken along of an answer: the answer with its picture, and its figure over time."""

from __future__ import annotations

from dataclasses import replace

from boussole.dashboard.charts.sheet import Sheet, mark, sheet_of
from boussole.dashboard.pages.answer.cache import answer_page
from boussole.dashboard.pages.answer.done import Reader
from boussole.dashboard.pages.answer.view import AnswerPage
from boussole.dashboard.parts.taking.figure import TABLE, Drawing, Figure, Source, Wanted
from boussole.dashboard.parts.taking.naming import charters_of, time_of
from boussole.dashboard.parts.taking.seals import sealed
from boussole.dashboard.views.answers.course import Course
from boussole.dashboard.words.say import Say

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
            draw=lambda: drawn(page),
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


def drawn(page: AnswerPage) -> Drawing:
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
