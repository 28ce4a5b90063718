"""What happened meanwhile: versions of the model, of the charter, and incidents, each with its day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from audits.drift.series import DriftSeries, Point
from audits.windows import Window
from charter.in_force import Version
from charter.incidents.incidents import incidents
from charter.records.incidents import Incident
from charter.side_by_side import MOST
from dashboard.addresses import charter_href, drift_href, incidents_href
from dashboard.drifting.beside import anchor_of
from dashboard.scene import Scene
from dashboard.words import Say


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened on a day; `said` as it goes on in a sentence, `short` as it stands alone."""

    on: dt.date
    short: str
    said: str
    href: str = ""


def events(
    scene: Scene,
    series: DriftSeries,
    charters: Sequence[Version],
    say: Say,
    *,
    query: dict[str, str],
    with_incidents: bool,
) -> list[Event]:
    """All of them, oldest first; that the first version decides is where the log begins, and no event."""
    begun = min((version.first for version in series.versions), default=None)
    shown = [version.name for version in series.versions][-MOST:]
    found = [
        Event(
            on=version.first,
            short=say("Version {version} begins", version=version.name),
            said=say("version {version} of the model began to decide", version=version.name),
            href=drift_href(series.system.id, query=query, anchor=anchor_of(version.name))
            if version.name in shown
            else "",
        )
        for version in series.versions
        if version.first != begun
    ]
    for charter in charters:
        for act in charter.acts:
            found.append(
                Event(
                    on=act.on,
                    short=say("Charter {version}", version=charter.version),
                    said=say("version {version} of the charter was adopted", version=charter.version),
                    href=charter_href(query=query, anchor="versions"),
                )
            )
    if with_incidents:
        told = [each for each in incidents(scene.facts) if each.incident.system == series.system.id]
        found += [_incident(each.entry, each.incident, say, query=query) for each in told]
    return sorted(found, key=lambda event: (event.on, event.short))


def _incident(entry: int, incident: Incident, say: Say, *, query: dict[str, str]) -> Event:
    return Event(
        on=incident.happened_on,
        short=say("Incident"),
        said=say("an incident happened: {title}", title=incident.title),
        href=incidents_href(query=query, anchor=f"i-{entry}"),
    )


def within(found: Sequence[Event], point: Point) -> list[Event]:
    """Those of the days of a window."""
    return on_days(found, point.window)


def on_days(found: Sequence[Event], window: Window) -> list[Event]:
    """The same of any window."""
    return [event for event in found if window.start <= event.on <= window.end]
