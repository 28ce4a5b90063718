"""What can be taken along of effects on work: surveys, training, time saved and consultations."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.charter.work.effects import consultations, surveys, times, trainings
from boussole.dashboard.charts.sheet import Sheet
from boussole.dashboard.pages.work import work_html
from boussole.dashboard.parts.taking.figure import Figure, Source, Wanted
from boussole.dashboard.parts.taking.seals import sealed
from boussole.dashboard.views import store
from boussole.dashboard.views.work import Row, work_page
from boussole.dashboard.words.addresses import work_href


def figures(wanted: Wanted) -> dict[str, Figure]:
    """Each survey by theme and by group, and each list that has a line."""
    workspace, say = wanted.workspace, wanted.say
    scene, query = store.scene(workspace), {"lang": wanted.say.lang}
    page, facts = work_page(scene, say, query=query), scene.facts
    found: dict[str, Figure] = {}

    def add(name: str, title: str, sheet: Sheet, entries: Sequence[int], *, about: str = "", told: str = "") -> None:
        source = Source(
            organisation=workspace.settings.organisation,
            about=about or say("Effects on work"),
            period=say.date(store.day_in(workspace)),
            charter=scene.charter.version,
            seal=sealed(workspace, entries),
        )
        anchor = "surveys" if name.startswith("survey") else name
        href = work_href(query=query, anchor=anchor)
        found[name] = Figure(title=title, sentence=told, source=source, href=href, fill=lambda: sheet)

    for at, (each, survey) in enumerate(zip(page.surveys, surveys(facts).values(), strict=True)):
        themes = Sheet(head=work_html.survey_heads(say), rows=each.themes)
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
            groups = Sheet(head=each.heads, rows=each.groups)
            add(f"survey-{at}-groups", title, groups, [survey.entry], about=each.title, told=each.hidden)
    listed = [
        ("training", work_html.training_words, page.trainings, [entry for entry, _ in trainings(facts)]),
        ("time", work_html.time_words, page.times, [entry for entry, _ in times(facts)]),
        (
            "consultations",
            work_html.consultation_words,
            page.consultations,
            [entry for entry, _ in consultations(facts)],
        ),
    ]
    for name, words, rows, entries in listed:
        if rows:
            title, heads = words(say)
            add(name, title, _sheet(heads, rows), entries)
    return found


def _sheet(heads: Sequence[str], rows: Sequence[Row]) -> Sheet:
    """The lines as they stand on the page, what is said under the last cell with it."""
    cells = [[*row.cells[:-1], " · ".join(part for part in (row.cells[-1], row.under) if part)] for row in rows]
    return Sheet(head=heads, rows=cells)
