"""What can be taken along of the data page: the state of every source."""

from __future__ import annotations

import datetime as dt

from boussole.audits.languages import inside
from boussole.dashboard.charts.sheet import Cell, Mark, Sheet
from boussole.dashboard.pages.data.data_html import columns
from boussole.dashboard.pages.data.view import DataPage, data_page
from boussole.dashboard.parts.taking.figure import Figure, Source, Wanted
from boussole.dashboard.parts.taking.seals import sealed
from boussole.dashboard.views import store
from boussole.dashboard.words.addresses import data_href
from boussole.dashboard.words.say import Say


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
