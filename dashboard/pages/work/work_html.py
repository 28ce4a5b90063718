"""Effects on work as HTML, what can be taken along of them, and where their forms are sent."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from starlette.routing import Route

from boussole.charter.work.effects import consultations as consultations_of
from boussole.charter.work.effects import surveys as surveys_of
from boussole.charter.work.effects import times, trainings
from boussole.dashboard.markup.elements import Html, details, el, join, link, stacked, table
from boussole.dashboard.markup.words.addresses import work_href
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.server.forms.forms_html import PageForms, Titled
from boussole.dashboard.views import store
from boussole.dashboard.views.charts.sheet import Sheet
from boussole.dashboard.views.parts.taking import Figure, Source, Wanted, sealed
from boussole.dashboard.views.parts.taking_html import Along, nothing
from boussole.dashboard.views.records.entering import FormPage, record_routes
from boussole.dashboard.views.records.setting import Setting
from boussole.dashboard.views.work import Row, SurveyView, WorkPage, work_page

# Effects on work as HTML.


def head(page: WorkPage, say: Say) -> Html:
    """The title, and the answer."""
    more = [el("p", text) for text in page.others]
    return el(
        "header",
        el("h1", say("Effects on work")),
        el(
            "p",
            say("What agents answer, whether they are trained, what time is saved and where it goes."),
            class_="subtitle",
        ),
        el("div", el("p", el("strong", page.headline)), *more, class_=f"lead lead-{page.tone}"),
    )


def survey_heads(say: Say) -> list[str]:
    """The head of the table of a survey."""
    return [say("Theme"), say("Mean"), say("The survey before"), say("Change")]


def surveys(page: WorkPage, say: Say, *, along: Along = nothing) -> Html:
    """The last survey of each system, beside the one before; `along`: the fold under each table."""
    return el(
        "section",
        el("h2", say("How do agents find their work?"), id="surveys"),
        *[_survey(each, f"survey-{at}", say, along) for at, each in enumerate(page.surveys)],
        el("p", say("No survey was brought in yet.")) if not page.surveys else None,
        class_="house-of",
    )


def _survey(each: SurveyView, name: str, say: Say, along: Along) -> Html:
    groups = (
        details(
            say("By group"),
            table(
                list(each.heads),
                [list(row) for row in each.groups],
                caption=say("By group"),
                class_="data",
                hidden_caption=True,
            ),
            along(f"{name}-groups"),
        )
        if each.groups
        else None
    )
    return el(
        "div",
        el("h3", each.title),
        el("p", each.told, " · ", link(*each.sealed), class_="place"),
        table(
            survey_heads(say),
            [list(row) for row in each.themes],
            caption=each.title,
            class_="data",
            hidden_caption=True,
        ),
        along(name),
        groups,
        el("p", each.hidden, class_="note") if each.hidden else None,
    )


def training_words(say: Say) -> tuple[str, list[str]]:
    """What is asked of training, and the head of its table."""
    heads = [say("System"), say("Training"), say("Period"), say("Trained"), say("Before their first use")]
    return say("Are people trained before they use it?"), heads


def training(page: WorkPage, say: Say, *, along: Along = nothing) -> Html:
    """Who was trained."""
    return _listed(
        page.trainings, training_words(say), "training", none=say("Nothing was recorded of training."), along=along
    )


def time_words(say: Say) -> tuple[str, list[str]]:
    """What is asked of time saved, and the head of its table."""
    heads = [say("System"), say("Period"), say("Time saved"), say("Posts moved"), say("Where it went")]
    return say("What time was saved, and where did it go?"), heads


def time(page: WorkPage, say: Say, *, along: Along = nothing) -> Html:
    """Time saved, and where it went."""
    return _listed(page.times, time_words(say), "time", none=say("Nothing was recorded of time saved."), along=along)


def consultation_words(say: Say) -> tuple[str, list[str]]:
    """What is asked of consultations, and the head of their table."""
    heads = [say("Step"), say("Who is consulted"), say("System"), say("Day"), say("In a few words")]
    return say("When were staff representatives consulted?"), heads


def consultations(page: WorkPage, say: Say, *, along: Along = nothing) -> Html:
    """The staff representatives, and when they were consulted."""
    note = say(
        "In France, staff representatives are consulted before a tool that changes work is brought in, and may name an "
        "expert (Labour Code, L.2312-8 and L.2315-94)."
    )
    none = say("No consultation was recorded.")
    listed = _listed(page.consultations, consultation_words(say), "consultations", none=none, along=along)
    return join([listed, el("p", note, class_="note")])


def _listed(rows: Sequence[Row], words: tuple[str, Sequence[str]], name: str, *, none: str, along: Along) -> Html:
    title, heads = words
    cells = [
        [*row.cells[:-1], join([row.cells[-1], el("span", row.under, " · ", link(*row.sealed), class_="under")])]
        for row in rows
    ]
    shown = stacked(list(heads), cells, caption=title, class_="house", hidden_caption=True)
    return el("section", el("h2", title, id=name), shown if rows else el("p", none), along(name), class_="house-of")


def acting(forms: Sequence[Titled], say: Say, acting: PageForms) -> Html:
    """What the reader may record."""
    return (
        el("section", el("h2", say("Record something")), *acting.shown(forms, say), class_="house-of")
        if forms
        else Html("")
    )


# What can be taken along of effects on work: surveys, training, time saved and consultations.


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

    for at, (each, survey) in enumerate(zip(page.surveys, surveys_of(facts).values(), strict=True)):
        themes = Sheet(head=survey_heads(say), rows=each.themes)
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
        ("training", training_words, page.trainings, [entry for entry, _ in trainings(facts)]),
        ("time", time_words, page.times, [entry for entry, _ in times(facts)]),
        (
            "consultations",
            consultation_words,
            page.consultations,
            [entry for entry, _ in consultations_of(facts)],
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


# Where the forms of effects on work are sent.


PAGE = FormPage(
    setting=lambda desk, _, __: Setting(person=desk.person, say=desk.say, workspace=desk.workspace),
    back=lambda desk, _, token: work_href(query=desk.query, sent=token),
    done=lambda desk, _, __, done: work_href(query=desk.query, done=str(done.entry), anchor="done"),
)


def work_routes(home: Path) -> list[Route]:
    """The routes of a workspace."""
    return record_routes(home, "work", PAGE)
