"""The data page as HTML, and what can be taken along of it: the state of every source."""

from __future__ import annotations

import datetime as dt

from boussole.audits.languages import inside
from boussole.dashboard.markup.elements import Html, badge, code, details, el, join, link, stacked
from boussole.dashboard.markup.words.addresses import data_href
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.pages.data.blocks import Block
from boussole.dashboard.pages.data.sources import SourceRow
from boussole.dashboard.pages.data.view import DataPage, SourceProblem, SystemData, data_page
from boussole.dashboard.views import store
from boussole.dashboard.views.charts.sheet import Cell, Mark, Sheet
from boussole.dashboard.views.parts.taking import Figure, Source, Wanted, sealed
from boussole.dashboard.views.parts.taking_html import Along, nothing

# The data page as HTML.


def head(page: DataPage, say: Say) -> Html:
    """The question, the answer, and what is not as it should be."""
    problems = [_problem(problem) for problem in page.problems]
    return el(
        "header",
        el("h1", say("Is the data up to date?")),
        el("p", page.seen, class_="subtitle"),
        el(
            "div",
            el("p", el("strong", page.headline), " ", page.others),
            el("ul", *problems) if problems else None,
            el("p", say.plural("One more source.", "{n} more sources.", page.more)) if page.more else None,
            _trouble(page, say),
            class_=f"lead lead-{page.tone}",
        ),
    )


def columns(say: Say) -> list[str]:
    """The head of the table of sources."""
    return [
        say("System and source"),
        say("State"),
        say("Newest row"),
        say("Last read"),
        say("Rows received"),
        say("Set aside in all"),
    ]


def sources(page: DataPage, say: Say, *, along: Along = nothing) -> Html:
    """Every source in one table; `along`: the fold under it."""
    return el(
        "section",
        stacked(
            columns(say),
            [_row(row, say) for row in page.rows],
            caption=say("Where the data comes from"),
            class_="sources",
        ),
        along("sources"),
        id="sources",
    )


def systems(page: DataPage, say: Say) -> Html:
    """What there is to say of each system, then of those without data."""
    return join([*(_system(part, say) for part in page.systems), _without(page, say), _removed(page, say), _words(say)])


def empty(page: DataPage, say: Say) -> Html:
    """No data: how it comes in."""
    steps = [
        (
            say("Describe a system in a file of the folder systems/, with its source and how often it is due."),
            "every: week",
        ),
        (say("Bring in what is new there:"), "boussole sync"),
        (say("Or bring in a file:"), "boussole import FILE --system ID"),
    ]
    items = [el("li", text, " ", el("code", command)) for text, command in steps]
    return join([el("ol", *items, class_="steps"), _without(page, say)])


def _trouble(page: DataPage, say: Say) -> Html | None:
    if not page.trouble:
        return None
    told = say("Reload this page in a moment; what is known without it stands below.")
    return el("p", join([told, *(el("q", part, lang="en") for part in page.trouble)], " "))


def _problem(told: SourceProblem) -> Html:
    problem = told.problem
    message = el("q", problem.message, lang="en") if problem.message else None
    step = el("span", code(problem.step), class_="place")
    return el(
        "li", link(told.place, told.href), el("span", join([problem.sentence, message, step], " "), class_="what")
    )


def _row(row: SourceRow, say: Say) -> list[Html | str]:
    logs = f" ({row.logs})" if row.logs else ""
    name = join([el("strong", row.title), el("span", f"{row.source}{logs}", class_="under")])
    state = join([badge(row.mark, say, row.freshness), el("span", row.due, class_="under") if row.due else None])
    return [name, state, row.newest, row.read, row.rows, row.set_aside]


def _system(part: SystemData, say: Say) -> Html:
    answers = link(say("See its answers"), part.href) if part.href else None
    return el(
        "section",
        el("h2", part.title, id=part.id),
        el("p", join([part.holds, answers], " · "), class_="subtitle"),
        *[_block(block, say) for block in part.blocks],
        el("p", part.nothing, class_="told") if part.nothing else None,
        class_="data-of",
    )


def _block(block: Block, say: Say) -> Html:
    table = stacked(
        block.head,
        [[*row[:-1], code(row[-1])] for row in block.rows],
        caption=block.question,
        class_="data",
        hidden_caption=True,
    )
    commands = [el("p", text, el("br"), el("code", command)) for text, command in block.commands]
    return el(
        "div",
        el("h3", block.question),
        el(
            "div",
            el("p", block.answer),
            table if block.rows else None,
            el("p", block.more, class_="note") if block.more else None,
            details(say("How to correct them"), *commands) if commands else None,
            el("p", link(*block.link)) if block.link else None,
        ),
        class_="asked",
    )


def _without(page: DataPage, say: Say) -> Html:
    if not page.without:
        return Html("")
    count = say.plural("One system has no data here", "{n} systems have no data here", len(page.without))
    return details(count, el("ul", *[el("li", title) for title in page.without]), class_="folded")


def _removed(page: DataPage, say: Say) -> Html:
    if not page.removed:
        return Html("")
    text = say.plural(
        "The lake also holds data of a system whose file was removed: {names}.",
        "The lake also holds data of {n} systems whose files were removed: {names}.",
        len(page.removed),
        names=", ".join(page.removed),
    )
    return el("p", text, class_="told")


def _words(say: Say) -> Html:
    """The words of this page, explained."""
    pairs = [
        (say("Up to date"), say("The newest row is no older than the declared frequency allows.")),
        (say("Set aside"), say("A row that breaks the contract of its log: kept encrypted, in no figure.")),
        (say("Rows received"), say("Rows that were accepted from this source since the beginning.")),
    ]
    items = [el("div", el("dt", name), el("dd", meaning)) for name, meaning in pairs]
    return details(say("What these words mean"), el("dl", *items, class_="facts"), class_="folded")


# What can be taken along of the data page: the state of every source.


def figures(wanted: Wanted) -> dict[str, Figure]:
    """The table of the sources; nothing where there is none."""
    workspace, say = wanted.workspace, wanted.say
    scene, facts, query = store.scene(workspace), store.facts(workspace, within=store.A_WHILE), {"lang": say.lang}
    page = data_page(scene, facts, say, now=dt.datetime.now(dt.UTC), query=query)
    if not page.rows:
        return {}
    return {
        "sources": Figure(
            title=say("Where the data comes from"),
            sentence=page.headline,
            source=Source(
                organisation=workspace.settings.organisation,
                about=say("Is the data up to date?"),
                period=inside(page.seen),
                charter="",
                seal=sealed(workspace, []),
            ),
            href=data_href(query=query, anchor="sources"),
            fill=lambda: sheet(page, say),
        )
    }


def sheet(page: DataPage, say: Say) -> Sheet:
    """Every source as its row on the page."""
    rows: list[list[Cell]] = []
    for row in page.rows:
        logs = f" ({row.logs})" if row.logs else ""
        state = f"{row.freshness} · {row.due}" if row.due else row.freshness
        name, told = f"{row.title} · {row.source}{logs}", Mark(verdict=row.mark, text=state)
        rows.append([name, told, row.newest, row.read, row.rows, row.set_aside])
    return Sheet(head=columns(say), rows=rows)
