"""The register page as HTML, and what can be taken along of it."""

from __future__ import annotations

from boussole.dashboard.markup.elements import Html, badge, details, el, join, link, picture, stacked
from boussole.dashboard.markup.marks import ORDER
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.views import store
from boussole.dashboard.views.charts.sheet import Sheet
from boussole.dashboard.views.charts.strips import coverage_strip_svg, coverage_svg, strip_text
from boussole.dashboard.views.parts.lists import due_item
from boussole.dashboard.views.parts.taking import Drawing, Figure, Source, Wanted, sealed_now
from boussole.dashboard.views.parts.taking_html import Along, nothing
from boussole.dashboard.views.register import RegisterPage, Row, register_page
from boussole.dashboard.views.register_words import RegisterQuery

# The register page as HTML.


def head(page: RegisterPage, say: Say) -> Html:
    """The title, the answer, and its picture beside where it started."""
    overlooked = (
        el(
            "p",
            say("High risk, in service, and nobody has looked:"),
            " ",
            join([link(*each) for each in (*page.overlooked, page.overlooked_more) if each], ", "),
            ".",
        )
        if page.overlooked
        else None
    )
    return el(
        "header",
        el("h1", say("Which uses of AI are examined?")),
        el("p", page.subtitle, class_="subtitle"),
        el(
            "div",
            el("p", el("strong", page.headline), " ", *page.told),
            overlooked,
            class_=f"lead lead-{page.tone}",
        ),
    )


def coverage_note(say: Say) -> str:
    """How to read the dots."""
    return say(
        "A full dot is a use of which somebody has looked at every question of the charter, whatever the answer; "
        "a half dot, at some; a ring, at none."
    )


def columns(say: Say) -> list[str]:
    """The head of the table of uses."""
    return [say("Use"), say("Status, risk"), say("Articles"), say("Looked at"), say("Missing"), say("Next due")]


def overview(page: RegisterPage, say: Say, *, along: Along = nothing) -> Html:
    """The picture, with the fold `along` under it, and what is due next."""
    strips = [
        el(
            "div",
            el("p", title),
            picture(coverage_strip_svg(counts), strip_text(counts, say), class_="strip"),
        )
        for title, counts in page.strips
    ]
    figure = el("figure", *strips, el("figcaption", coverage_note(say)), class_="strips") if strips else None
    lines = el("ul", *[due_item(line) for line in page.due], class_="lines due") if page.due else None
    more = (
        details(
            say.plural("See one more", "See {n} more", len(page.later)),
            el("ul", *[due_item(line) for line in page.later], class_="lines due"),
        )
        if page.later
        else None
    )
    nothing = None if page.due else el("p", say("Nothing is due."))
    return el(
        "div",
        el("section", el("h2", say("How far are we?")), figure, along("examined")),
        el("section", el("h2", say("What is due next?"), id="due"), lines, more, nothing),
        class_="two",
    )


def uses(page: RegisterPage, say: Say, *, along: Along = nothing) -> Html:
    """The table of all uses that fit; `along`: the fold under it."""
    rows = [_row(row) for row in page.rows]
    whole = link(say("Show all uses"), page.everything) if page.everything else None
    return el(
        "div",
        el("p", el("strong", page.shown), " " if whole else None, whole, class_="shown", role="status"),
        stacked(columns(say), rows, caption=say("The register"), class_="uses", hidden_caption=True) if rows else None,
        legend(say) if rows else None,
        along("uses") if rows else None,
        class_="register",
    )


def uses_title(say: Say) -> Html:
    """The title over what can be chosen and what it shows."""
    return el("section", el("h2", say("All uses"), id="uses"), class_="register-title")


def legend(say: Say) -> Html:
    """The marks, and in which order they stand in a row."""
    marks = [badge(verdict, say) for verdict in reversed(ORDER)]
    told = say(
        "Marks stand in the order of the articles; a dash: the article asks nothing of it. "
        "“Looked at”: questions that somebody has looked at, of those that the charter asks."
    )
    return join([el("p", *marks, class_="legend", aria_label=say("Legend"), role="note"), el("p", told, class_="note")])


def empty(say: Say) -> Html:
    """A workspace without any system: what to do first."""
    steps = [
        (say("Write an empty register to fill in."), "boussole systems import --template register.xlsx"),
        (say("Bring it in: every fault is named with its cell."), "boussole systems import register.xlsx"),
        (say("Or describe one system from its data."), "boussole systems new --from FILE"),
    ]
    return join(
        [
            el("h1", say("Which uses of AI are examined?")),
            el("div", el("p", el("strong", say("The register is empty."))), class_="lead lead-unknown"),
            el("ol", *[el("li", text, " ", el("code", command)) for text, command in steps], class_="steps"),
        ]
    )


def _row(row: Row) -> list[Html | str]:
    marks = [el("img", src=f"/app/static/mark-{v}.svg", alt="", width="14", height="14") for v in row.verdicts]
    late = el("span", row.late, class_="under") if row.late else None
    risk = el("strong", row.risk) if row.grave else row.risk
    return [
        join([link(row.title, row.href), el("span", row.owner, class_="under")]),
        join([row.status, el("span", risk, class_="under")]),
        el("span", *marks, class_="marks", role="img", aria_label=row.verdicts_told),
        row.examined,
        join([row.missing, late]),
        el("span", row.next, class_="overdue" if row.overdue else None) if row.next else "",
    ]


# What can be taken along of the register: how far uses are examined, and the table of those that are shown.


def figures(wanted: Wanted) -> dict[str, Figure]:
    """The dots of all uses, and the table of those that the address asks for."""
    workspace, say = wanted.workspace, wanted.say
    today, query, chosen = store.day_in(workspace), {"lang": say.lang}, RegisterQuery.of(wanted.query)
    register, scene = store.register(workspace, today), store.scene(workspace)
    if not register.uses:
        return {}
    page = register_page(register, chosen, say, query=query)
    source = Source(
        organisation=workspace.settings.organisation,
        about=say.plural("One use in the register", "{n} uses in the register", len(register.uses)),
        period=say.date(today),
        charter=scene.charter.version,
        seal=sealed_now(workspace, scene.latest.values()),
    )
    return {
        "examined": Figure(
            title=say("How far are we?"),
            sentence=page.headline,
            source=source,
            href=chosen.href(query),
            draw=lambda: Drawing(svg=coverage_svg(page.strips, say), notes=[coverage_note(say)]),
            fill=lambda: _counts(page, say),
        ),
        "uses": Figure(
            title=say("All uses"),
            sentence=page.shown,
            source=source,
            href=chosen.href(query),
            fill=lambda: _uses(page, say),
        ),
    }


def _counts(page: RegisterPage, say: Say) -> Sheet:
    head = [say("Which uses"), say("Examined"), say("In part"), say("Not at all")]
    return Sheet(head=head, rows=[[title, *map(say.whole, counts)] for title, counts in page.strips])


def _uses(page: RegisterPage, say: Say) -> Sheet:
    rows = [
        [
            f"{row.title} · {row.owner}" if row.owner else row.title,
            f"{row.status} · {row.risk}",
            row.verdicts_told,
            row.examined,
            f"{row.missing} · {row.late}" if row.late else row.missing,
            row.next,
        ]
        for row in page.rows
    ]
    return Sheet(head=columns(say), rows=rows)
