"""What the page of effects on work gives to take along, and where its forms are sent."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from starlette.routing import Route

from boussole.charter.work.effects import consultations as consultations_of
from boussole.charter.work.effects import surveys as surveys_of
from boussole.charter.work.effects import times, trainings
from boussole.dashboard.markup.words.addresses import work_href
from boussole.dashboard.views import store
from boussole.dashboard.views.charts.tables import MarkedTable
from boussole.dashboard.views.incidents_and_work import WorkTable, work_page
from boussole.dashboard.views.parts.taking import Figure, FigureSource, FiguresQuery, sealed
from boussole.dashboard.views.records.entering import FormPage, record_routes
from boussole.dashboard.views.records.setting import Setting


def figures(wanted: FiguresQuery) -> dict[str, Figure]:
    """Each survey by theme and by group, and each list that has a line."""
    workspace, say = wanted.workspace, wanted.say
    scene, query = store.scene(workspace), {"lang": wanted.say.lang}
    page, facts = work_page(scene, say, query=query), scene.facts
    found: dict[str, Figure] = {}

    def add(
        name: str, title: str, sheet: MarkedTable, entries: Sequence[int], *, about: str = "", told: str = ""
    ) -> None:
        source = FigureSource(
            organisation=workspace.settings.organisation,
            about=about or say("Effects on work"),
            period=say.date(store.day_in(workspace)),
            charter=scene.charter.version,
            seal=sealed(workspace, entries),
        )
        anchor = "surveys" if name.startswith("survey") else name
        href = work_href(query=query, anchor=anchor)
        found[name] = Figure(title=title, sentence=told, source=source, href=href, fill=lambda: sheet)

    for at, (each, survey) in enumerate(zip(page.surveys, surveys_of(facts).values(), strict=True)):
        themes = MarkedTable(head=page.survey_heads, rows=each.themes)
        add(
            f"survey-{at}",
            say("How do agents find their work?"),
            themes,
            [survey.entry],
            about=each.title,
            told=each.told,
        )
        if each.groups:
            title = f"{say('How do agents find their work?')} – {say('By group')}"
            groups = MarkedTable(head=each.heads, rows=each.groups)
            add(f"survey-{at}-groups", title, groups, [survey.entry], about=each.title, told=each.hidden)
    sealed_in = (
        [entry for entry, _ in trainings(facts)],
        [entry for entry, _ in times(facts)],
        [entry for entry, _ in consultations_of(facts)],
    )
    for listed, entries in zip(page.lists, sealed_in, strict=True):
        if listed.rows:
            add(listed.name, listed.title, _sheet(listed), entries)
    return found


def _sheet(listed: WorkTable) -> MarkedTable:
    """The lines as they stand on the page, what is said under the last cell with it."""
    cells = [[*row.cells[:-1], " · ".join(part for part in (row.cells[-1], row.under) if part)] for row in listed.rows]
    return MarkedTable(head=listed.heads, rows=cells)


PAGE = FormPage(
    setting=lambda desk, _, __: Setting(person=desk.person, say=desk.say, workspace=desk.workspace),
    back=lambda desk, _, token: work_href(query=desk.query, sent=token),
    done=lambda desk, _, __, done: work_href(query=desk.query, done=str(done.entry), anchor="done"),
)


def work_routes(home: Path) -> list[Route]:
    """The routes of a workspace."""
    return record_routes(home, "work", PAGE)
