"""Effects on work as HTML."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.dashboard.forms.forms_html import PageForms, Titled
from boussole.dashboard.markup.elements import Html, details, el, join, link, stacked, table
from boussole.dashboard.views.work import Row, SurveyView, WorkPage
from boussole.dashboard.words.say import Say


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


def surveys(page: WorkPage, say: Say) -> Html:
    """The last survey of each system, beside the one before."""
    return el(
        "section",
        el("h2", say("How do agents find their work?"), id="surveys"),
        *[_survey(each, say) for each in page.surveys],
        el("p", say("No survey was brought in yet.")) if not page.surveys else None,
        class_="house-of",
    )


def _survey(each: SurveyView, say: Say) -> Html:
    columns = [say("Theme"), say("Mean"), say("The survey before"), say("Change")]
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
        )
        if each.groups
        else None
    )
    return el(
        "div",
        el("h3", each.title),
        el("p", each.told, " · ", link(*each.sealed), class_="place"),
        table(columns, [list(row) for row in each.themes], caption=each.title, class_="data", hidden_caption=True),
        groups,
        el("p", each.hidden, class_="note") if each.hidden else None,
    )


def training(page: WorkPage, say: Say) -> Html:
    """Who was trained."""
    heads = [say("System"), say("Training"), say("Period"), say("Trained"), say("Before their first use")]
    return _listed(
        page.trainings,
        heads,
        title=say("Are people trained before they use it?"),
        none=say("Nothing was recorded of training."),
        id_="training",
    )


def time(page: WorkPage, say: Say) -> Html:
    """Time saved, and where it went."""
    heads = [say("System"), say("Period"), say("Time saved"), say("Posts moved"), say("Where it went")]
    return _listed(
        page.times,
        heads,
        title=say("What time was saved, and where did it go?"),
        none=say("Nothing was recorded of time saved."),
        id_="time",
    )


def consultations(page: WorkPage, say: Say) -> Html:
    """The staff representatives, and when they were consulted."""
    heads = [say("Step"), say("Who is consulted"), say("System"), say("Day"), say("In a few words")]
    note = say(
        "In France, staff representatives are consulted before a tool that changes work is brought in, and may name an "
        "expert (Labour Code, L.2312-8 and L.2315-94)."
    )
    listed = _listed(
        page.consultations,
        heads,
        title=say("When were staff representatives consulted?"),
        none=say("No consultation was recorded."),
        id_="consultations",
    )
    return join([listed, el("p", note, class_="note")])


def _listed(rows: Sequence[Row], heads: Sequence[str], *, title: str, none: str, id_: str) -> Html:
    cells = [
        [*row.cells[:-1], join([row.cells[-1], el("span", row.under, " · ", link(*row.sealed), class_="under")])]
        for row in rows
    ]
    shown = stacked(list(heads), cells, caption=title, class_="house", hidden_caption=True)
    return el("section", el("h2", title, id=id_), shown if rows else el("p", none), class_="house-of")


def acting(forms: Sequence[Titled], say: Say, acting: PageForms) -> Html:
    """What the reader may record."""
    return (
        el("section", el("h2", say("Record something")), *acting.shown(forms, say), class_="house-of")
        if forms
        else Html("")
    )
