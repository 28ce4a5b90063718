"""What can be taken along of the explorer: the groups, and one of them over time."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.charter.document import AuditDocument
from boussole.dashboard.charts.sheet import sheet_of
from boussole.dashboard.charts.strips import strips_svg
from boussole.dashboard.pages.fairness.cache import documents_of, explorer, windows_of
from boussole.dashboard.parts.taking.figure import TABLE, Drawing, Figure, Source, Wanted
from boussole.dashboard.parts.taking.naming import charters_of, time_of
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
    about = store.scene(workspace).title(shown.chosen.system, say)

    def source(of: Sequence[AuditDocument], when: str) -> Source:
        return Source(
            organisation=workspace.settings.organisation,
            about=about,
            period=when,
            charter=charters_of(of),
            seal=sealed(workspace, [each.evidence.entry for each in of]),
        )

    chart, table, history = shown.chart, shown.table, shown.history
    found = {
        "groups": Figure(
            title=table.caption,
            sentence=shown.answer,
            source=source(audits, " / ".join(period(each, say) for each in audits)),
            href=shown.address,
            draw=lambda: TABLE if chart is None else Drawing(svg=strips_svg(chart), notes=[chart.note]),
            fill=lambda: sheet_of(table, say),
        )
    }
    if history is not None:
        windows = windows_of(workspace, shown.chosen.system)
        found["over-time"] = Figure(
            title=f"{table.caption} – {history.caption}",
            source=source(windows, time_of(windows, say)),
            href=shown.address,
            fill=lambda: sheet_of(history, say),
        )
    return found
