"""What can be taken along of the explorer: the groups, and one of them over time."""

from __future__ import annotations

from boussole.dashboard.charts.sheet import sheet_of
from boussole.dashboard.charts.strips import strips_svg
from boussole.dashboard.pages.fairness.cache import documents_of, explorer
from boussole.dashboard.parts.taking.figure import TABLE, Drawing, Figure, Source, Wanted
from boussole.dashboard.parts.taking.seals import sealed
from boussole.dashboard.views import store
from boussole.dashboard.views.fairness_choice import FairnessQuery
from boussole.dashboard.views.naming import period


def figures(wanted: Wanted) -> dict[str, Figure]:
    """The figures of the view that an address asks for."""
    workspace, say = wanted.workspace, wanted.say
    shown = explorer(workspace, FairnessQuery.of(wanted.query), say.lang)
    audits = documents_of(workspace, shown.chosen) if shown else []
    if shown is None or not audits:
        return {}
    source = Source(
        organisation=workspace.settings.organisation,
        about=store.scene(workspace).title(shown.chosen.system, say),
        period=" / ".join(period(each, say) for each in audits),
        charter=" / ".join(dict.fromkeys(each.charter.version for each in audits)),
        seal=sealed(workspace, [each.evidence.entry for each in audits]),
    )
    chart, table, history = shown.chart, shown.table, shown.history
    drawn = TABLE if chart is None else Drawing(svg=strips_svg(chart), notes=[chart.note])
    found = {
        "groups": Figure(
            title=table.caption,
            sentence=shown.answer,
            source=source,
            href=shown.address,
            draw=lambda: drawn,
            fill=lambda: sheet_of(table, say),
        )
    }
    if history is not None:
        found["over-time"] = Figure(
            title=f"{table.caption} – {history.caption}",
            source=source,
            href=shown.address,
            fill=lambda: sheet_of(history, say),
        )
    return found
