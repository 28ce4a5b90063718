"""The page of an audited system kept between two looks, and what can be taken along of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from boussole.audits.workspace import Workspace
from boussole.charter.document import AuditDocument
from boussole.dashboard.markup.words.addresses import system_href
from boussole.dashboard.markup.words.say import Say, speaker_in
from boussole.dashboard.server.cache import Stamp, newest, stamp
from boussole.dashboard.views import store
from boussole.dashboard.views.charts.sheet import Cell, Sheet, mark
from boussole.dashboard.views.matrix import Matrix, QuestionRow, matrix
from boussole.dashboard.views.parts.taking import Figure, Source, Wanted, sealed_now
from boussole.dashboard.views.scene import Scene, period
from boussole.dashboard.views.system import SystemHead, system_head

# What can be taken along of a system: its questions and answers by group.


def figures(wanted: Wanted) -> dict[str, Figure]:
    """The matrix; nothing of a system that nobody has examined, or that there is not."""
    workspace, say, system = wanted.workspace, wanted.say, wanted.query.get("system", "")
    scene = store.scene(workspace)
    document = scene.examined.get(system)
    if document is None:
        return {}
    audit = document if isinstance(document, AuditDocument) else None
    return {
        "questions": Figure(
            title=say("Questions and answers by group"),
            source=Source(
                organisation=workspace.settings.organisation,
                about=scene.title(system, say),
                period=period(audit, say) if audit else "",
                charter=audit.charter.version if audit else scene.charter.version,
                seal=sealed_now(workspace, [document]),
            ),
            href=system_href(system, query={"lang": say.lang}),
            fill=lambda: _made(scene, system, say),
        )
    }


def _made(scene: Scene, system: str, say: Say) -> Sheet:
    return sheet(matrix(scene, system, say, query={"lang": say.lang}), say)


def sheet(page: Matrix, say: Say) -> Sheet:
    """The table of the questions that somebody has examined, each article before its own."""
    names = [say("For all") if page.columns else say("The answer"), *page.columns]
    first = f"{say('Question')} … {page.ending}" if page.ending else say("Question")
    rows: list[list[Cell]] = []
    for article in page.articles:
        if article.examined:
            rows.append([article.title, mark(article.verdict, say), *[""] * (len(names) - 1)])
            rows += [_row(each, len(names), say) for each in article.examined]
    return Sheet(head=[first, *names], rows=rows)


def _row(row: QuestionRow, wide: int, say: Say) -> list[Cell]:
    if row.alone is not None:
        return [row.text, mark(row.alone.verdict, say), *[""] * (wide - 1)]
    return [row.text, "", *[mark(each.verdict, say) if each else "" for each in row.cells]]


# The page of an audited system, kept between two looks.


@dataclass(frozen=True, kw_only=True)
class SystemScreen:
    """What a system is, and all of its questions."""

    head: SystemHead
    matrix: Matrix


def system_page(workspace: Workspace, system: str, lang: str) -> SystemScreen:
    """The page of an audited system."""
    return _system_page(workspace.home, stamp(workspace), store.day_in(workspace), system, lang)


@newest(400)
def _system_page(home: Path, seen_at: Stamp, today: dt.date, system: str, lang: str) -> SystemScreen:
    scene, say = store.scene_at(home, seen_at, today), speaker_in(Workspace(home), lang)
    return SystemScreen(head=system_head(scene, system, say), matrix=matrix(scene, system, say, query={"lang": lang}))
