"""The page of a system as data: its questions, who uses it, its models, what it writes, and what is taken along."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from boussole.audits.decisions.adopted import GroupAdoption
from boussole.audits.decisions.adoption import Depth, MonthlyAdoption
from boussole.audits.systems.logs.human_actions import TEAM
from boussole.audits.workspace import Workspace
from boussole.charter.document import AuditDocument
from boussole.dashboard.markup.elements import Html
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say, speaker_in
from boussole.dashboard.markup.words.addresses import system_href
from boussole.dashboard.server.process import Stamp, newest, stamp
from boussole.dashboard.views import store
from boussole.dashboard.views.charts.tables import Cell, MarkedTable, mark
from boussole.dashboard.views.parts.taking import Figure, FigureSource, FiguresQuery, sealed_now
from boussole.dashboard.views.scene import Scene, period
from boussole.dashboard.views.system import SystemHead, system_head
from boussole.dashboard.views.system_tables import Matrix, QuestionRow, matrix

Row = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class AttributeTable:
    """The groups of one attribute."""

    title: str
    head: Sequence[str]
    rows: Sequence[Row]


@dataclass(frozen=True, kw_only=True)
class UsedBy:
    """How many use it, how to read that, by which group, and how often."""

    told: str
    reading: str
    tables: Sequence[AttributeTable]
    facts: Sequence[tuple[str, str]]


def used_by(found: MonthlyAdoption, say: Say) -> Html:
    """The part of the page of a system; nothing of an agent or a team."""
    return Template("pages/system/adoption.html", say)("section", users_view(found, say))


def users_view(found: MonthlyAdoption, say: Say) -> UsedBy:
    """The same as data."""
    if found.whole is None:
        return UsedBy(told=_untold(found, say), reading=_reading(say), tables=(), facts=())
    names = {"region": say("Region"), "role": say("Role"), "age_band": say("Age band")}
    titles = {"region": say("By region"), "role": say("By role"), "age_band": say("By age")}
    head = [say("May use it"), say("Used it"), say("Against all others")]
    return UsedBy(
        told=_told(found, found.whole, say),
        reading=_reading(say),
        tables=[
            AttributeTable(title=titles[by], head=[names[by], *head], rows=[_user_row(each, say) for each in groups])
            for by, groups in found.groups.items()
        ],
        facts=_facts(found, found.whole, say),
    )


def _told(found: MonthlyAdoption, whole: GroupAdoption, say: Say) -> str:
    return say(
        "{active} of the {entitled} agents who may use it did so, {period}: {share} ({low} to {high}).",
        active=say.whole(whole.active),
        entitled=say.whole(whole.entitled),
        period=say.period(found.first, found.last),
        share=say.percent(whole.share, 0),
        low=say.percent(whole.low, 0),
        high=say.percent(whole.high, 0),
    )


def _untold(found: MonthlyAdoption, say: Say) -> str:
    period = say.period(found.first, found.last)
    if found.untold == "unnamed":
        return say("Nobody can tell, {period}: too many uses name no agent.", period=period)
    return say("Not told, {period}: fewer than {n} agents used it, or did not.", period=period, n=str(TEAM))


def _reading(say: Say) -> str:
    return say(
        "No promise of the charter rests on this, and using it is no duty. Nothing is told of an agent or a team. "
        "Groups of which fewer than {n} agents used it, or did not, are told with others; so are those that could be "
        "worked out. The ranges allow for agents of one team who do alike.",
        n=str(TEAM),
    )


def _user_row(each: GroupAdoption, say: Say) -> Row:
    share = say(
        "{share} ({low} to {high})",
        share=say.percent(each.share, 0),
        low=say.percent(each.low, 0),
        high=say.percent(each.high, 0),
    )
    return each.name or say("all others, or not told"), say.whole(each.entitled), share, _beside(each, say)


def _beside(each: GroupAdoption, say: Say) -> str:
    """By how much a group differs from all others, where it clearly does."""
    if each.apart is None or each.differs is None:
        return say("no clear gap")
    points = sorted(abs(100 * end) for end in each.apart[1:])
    n, low, high = (say.number(end, 0) for end in (abs(100 * each.apart[0]), *points))
    if each.differs == "below":
        return say("{n} points fewer ({low} to {high})", n=n, low=low, high=high)
    return say("{n} points more ({low} to {high})", n=n, low=low, high=high)


def _facts(found: MonthlyAdoption, whole: GroupAdoption, say: Say) -> list[tuple[str, str]]:
    often = [
        say("{days}: {share}", days=_days(each, say), share=say.percent(each.agents / whole.active, 0))
        for each in found.depth
    ]
    months = [
        say("{month}: {share}", month=say.month(month), share=say.percent(share, 0)) for month, share in found.before
    ]
    outside = "" if found.outside is None else say("{n} agents used it.", n=say.whole(found.outside))
    return [
        (say("Of those who used it"), say.apart(often)),
        (say("Uses each"), say("{n} on average", n=say.number(found.uses, 1))),
        (say("Months before"), say.apart(months)),
        (say("Without an account"), outside),
    ]


def _days(each: Depth, say: Say) -> str:
    if each.last is None:
        return say("on {n} days or more", n=str(each.first)) if each.first > 1 else say("on any number of days")
    if each.first == each.last:
        return say("on one day") if each.first == 1 else say("on {n} days", n=str(each.first))
    return say("on {first} to {last} days", first=str(each.first), last=str(each.last))


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


def figures(wanted: FiguresQuery) -> dict[str, Figure]:
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
            source=FigureSource(
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


def _made(scene: Scene, system: str, say: Say) -> MarkedTable:
    return sheet(matrix(scene, system, say, query={"lang": say.lang}), say)


def sheet(page: Matrix, say: Say) -> MarkedTable:
    """The table of the questions that somebody has examined, each article before its own."""
    names = [say("For all") if page.columns else say("The answer"), *page.columns]
    first = f"{say('Question')} … {page.ending}" if page.ending else say("Question")
    rows: list[list[Cell]] = []
    for article in page.articles:
        if article.examined:
            rows.append([article.title, mark(article.verdict, say), *[""] * (len(names) - 1)])
            rows += [_row(each, len(names), say) for each in article.examined]
    return MarkedTable(head=[first, *names], rows=rows)


def _row(row: QuestionRow, wide: int, say: Say) -> list[Cell]:
    if row.alone is not None:
        return [row.text, mark(row.alone.verdict, say), *[""] * (wide - 1)]
    return [row.text, "", *[mark(each.verdict, say) if each else "" for each in row.cells]]
