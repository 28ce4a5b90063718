"""What happened meanwhile: versions of the model, of the charter, and incidents, each with its day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from boussole.audits.drift.series import DriftSeries, Point
from boussole.audits.mixed import joined
from boussole.audits.windows import Window
from boussole.charter.comparing.months import MOST
from boussole.charter.deadlines.incidents import incidents
from boussole.charter.record_types.incidents import Incident
from boussole.charter.records.in_force import Version
from boussole.dashboard.views.drift.beside import anchor_of
from boussole.dashboard.views.drift.schema_words import MoveWords, move_words
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.words.addresses import charter_href, data_href, drift_href, incidents_href
from boussole.dashboard.words.say import Say

NAMED = 3
"""Columns that one event names in a sentence."""


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
    incident_titles: bool = True,
) -> list[Event]:
    """All of them, oldest first; that the first version decides is where the log begins, and no event.

    Without `incident_titles`, of an incident only the day is told.
    """
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
        found += [_incident(each.entry, each.incident, say, query=query, title=incident_titles) for each in told]
    found += _of_columns(series, say, query=query)
    return sorted(found, key=lambda event: (event.on, event.short))


def _of_columns(series: DriftSeries, say: Say, *, query: dict[str, str]) -> list[Event]:
    """What became of columns, told once a day; a log that never had a column is no event."""
    days: dict[dt.date, list[MoveWords]] = {}
    for move in series.changes:
        if move.kind != "absent_column":
            days.setdefault(move.on, []).append(move_words(move, series.system, say))
    href = data_href(query=query, anchor=series.system.id)
    return [
        Event(
            on=day,
            short=words[0].short if len(words) == 1 else say("{n} columns: other data", n=say.whole(len(words))),
            said=joined(", ", [each.said for each in words[:NAMED]]),
            href=href,
        )
        for day, words in days.items()
    ]


def _incident(entry: int, incident: Incident, say: Say, *, query: dict[str, str], title: bool) -> Event:
    return Event(
        on=incident.happened_on,
        short=say("Incident"),
        said=say("an incident happened: {title}", title=incident.title) if title else say("an incident happened"),
        href=incidents_href(query=query, anchor=f"i-{entry}"),
    )


def within(found: Sequence[Event], point: Point) -> list[Event]:
    """The events of the days of a window."""
    return on_days(found, point.window)


def on_days(found: Sequence[Event], window: Window) -> list[Event]:
    """The events of any days, from the first to the last."""
    return [event for event in found if window.start <= event.on <= window.end]
