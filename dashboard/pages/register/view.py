"""What can be taken along of the register: how far uses are examined, and the table of those that are shown."""

from __future__ import annotations

from boussole.dashboard.markup.words import Say
from boussole.dashboard.views import store
from boussole.dashboard.views.charts.strips import coverage_svg
from boussole.dashboard.views.charts.tables import MarkedTable
from boussole.dashboard.views.parts.taking import Drawing, Figure, FigureSource, FiguresQuery, sealed_now
from boussole.dashboard.views.register import RegisterPage, register_page
from boussole.dashboard.views.register_words import RegisterQuery


def figures(wanted: FiguresQuery) -> dict[str, Figure]:
    """The dots of all uses, and the table of those that the address asks for."""
    workspace, say = wanted.workspace, wanted.say
    today, query, chosen = store.day_in(workspace), {"lang": say.lang}, RegisterQuery.of(wanted.query)
    register, scene = store.register(workspace, today), store.scene(workspace)
    if not register.uses:
        return {}
    page = register_page(register, chosen, say, query=query)
    source = FigureSource(
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
            draw=lambda: Drawing(
                svg=coverage_svg([(strip.title, strip.counts) for strip in page.strips], say), notes=[page.reading]
            ),
            fill=lambda: _counts(page, say),
        ),
        "uses": Figure(
            title=say("All uses"),
            sentence=page.shown,
            source=source,
            href=chosen.href(query),
            fill=lambda: _uses(page),
        ),
    }


def _counts(page: RegisterPage, say: Say) -> MarkedTable:
    head = [say("Which uses"), say("Examined"), say("In part"), say("Not at all")]
    return MarkedTable(head=head, rows=[[strip.title, *map(say.whole, strip.counts)] for strip in page.strips])


def _uses(page: RegisterPage) -> MarkedTable:
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
    return MarkedTable(head=page.columns, rows=rows)
