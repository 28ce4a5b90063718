"""What can be taken along of the first page: the compass, with its table."""

from __future__ import annotations

from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import compass_href
from boussole.dashboard.views import store
from boussole.dashboard.views.charts.tables import Sheet, mark
from boussole.dashboard.views.compass import Compass, compass, headline
from boussole.dashboard.views.parts.taking import Drawing, Figure, Source, Wanted, sealed_now, systems_named, time_of


def figures(wanted: Wanted) -> dict[str, Figure]:
    """The compass; nothing where nobody has audited anything."""
    workspace, say = wanted.workspace, wanted.say
    scene, query = store.scene(workspace), {"lang": say.lang}
    if not scene.latest:
        return {}

    def view() -> Compass:
        return compass(scene, say, query=query)

    return {
        "compass": Figure(
            title=say("Where does the charter stand?"),
            sentence=headline(scene, say),
            source=Source(
                organisation=workspace.settings.organisation,
                about=systems_named([scene.title(system, say) for system in scene.examined], say),
                period=time_of(scene.latest.values(), say),
                charter=scene.charter.version,
                seal=sealed_now(workspace, scene.examined.values()),
            ),
            href=compass_href(query=query, anchor="compass"),
            draw=lambda: drawing(view()),
            fill=lambda: sheet(view(), say),
        )
    }


def drawing(view: Compass) -> Drawing:
    """The rose with its names, and how to read it."""
    return Drawing(svg=view.rose, notes=[view.rose_note])


def sheet(view: Compass, say: Say) -> Sheet:
    """The table beside the rose."""
    rows = [
        [
            f"{row.order} {row.title}",
            *[mark(verdict, say) for verdict in row.verdicts],
            f"{row.answered}/{row.asked}",
        ]
        for row in view.rows
    ]
    return Sheet(head=[say("Article"), *view.columns, say("Questions answered")], rows=rows)
