"""What can be taken along of the explorer: the groups, and one of them over time."""

from __future__ import annotations

from boussole.dashboard.charts.sheet import sheet_of
from boussole.dashboard.pages.fairness.cache import document_of, explorer
from boussole.dashboard.parts.taking.figure import TABLE, Drawing, Figure, Source, Wanted
from boussole.dashboard.parts.taking.seals import sealed
from boussole.dashboard.views import store
from boussole.dashboard.views.fairness_choice import FairnessQuery
from boussole.dashboard.views.naming import period


def figures(wanted: Wanted) -> dict[str, Figure]:
    """The figures of the view that an address asks for."""
    workspace, say = wanted.workspace, wanted.say
    shown = explorer(workspace, FairnessQuery.of(wanted.query), say.lang)
    document = document_of(workspace, shown.chosen) if shown else None
    if shown is None or document is None:
        return {}
    source = Source(
        organisation=workspace.settings.organisation,
        about=store.scene(workspace).title(shown.chosen.system, say),
        period=period(document, say),
        charter=document.charter.version,
        seal=sealed(workspace, [document.evidence.entry]),
    )
    chart, table, history = shown.chart, shown.table, shown.history
    drawn = TABLE if chart is None else Drawing(svg=chart.svg, notes=[chart.note])
    found = {
        "groups": Figure(
            title=shown.title,
            sentence=shown.answer,
            source=source,
            href=shown.address,
            draw=lambda: drawn,
            fill=lambda: sheet_of(table, say),
        )
    }
    if history is not None:
        found["over-time"] = Figure(
            title=f"{shown.title} – {history.caption}",
            source=source,
            href=shown.address,
            fill=lambda: sheet_of(history, say),
        )
    return found
