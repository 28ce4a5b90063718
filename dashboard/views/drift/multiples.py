"""One drawing for each column, from window to window, and what happened meanwhile."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boussole.audits.drift.distance_params import psi_of
from boussole.audits.drift.series import DriftSeries, Point
from boussole.audits.measures import Measure
from boussole.audits.mixed import joined
from boussole.audits.windows import Window
from boussole.charter.deadlines.incidents import incidents
from boussole.charter.document.base import given
from boussole.charter.drift.rule import DriftLevel
from boussole.charter.drift.system_drift import ThemeReading, theme_of
from boussole.charter.record_types.incidents import Incident
from boussole.charter.records.in_force import CharterInUse
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import charter_href, data_href, incidents_href
from boussole.dashboard.views.charts.over_time import PlaceReading, Spot, places, small_multiple, time_axis
from boussole.dashboard.views.drift.figures import ends_of, figure, in_order, label, of, row, several, table_head
from boussole.dashboard.views.drift.words import (
    MoveWords,
    move_words,
    period_words,
    short_words,
    state_words,
    title_of,
    why_not,
)
from boussole.dashboard.views.scene import Scene

# What happened meanwhile: versions of the model, of the charter, and incidents, each with its day.


COLUMNS_NAMED = 3
"""Columns that one event names in a sentence."""


@dataclass(frozen=True, kw_only=True)
class DriftEvent:
    """Something that happened on a day; `said` as it goes on in a sentence, `short` as it stands alone."""

    on: dt.date
    short: str
    said: str
    href: str = ""


def events(
    scene: Scene,
    series: DriftSeries,
    charters: Sequence[CharterInUse],
    say: Say,
    *,
    query: dict[str, str],
    with_incidents: bool,
    incident_titles: bool = True,
) -> list[DriftEvent]:
    """All events, oldest first, with what is allowed of incidents: nothing, the day, or the title."""
    begun = min((version.first for version in series.versions), default=None)
    found = [
        DriftEvent(
            on=version.first,
            short=say("Version {version} begins", version=version.name),
            said=say("version {version} of the model began to decide", version=version.name),
        )
        for version in series.versions
        if version.first != begun
    ]
    for charter in charters:
        for act in charter.acts:
            found.append(
                DriftEvent(
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


def _of_columns(series: DriftSeries, say: Say, *, query: dict[str, str]) -> list[DriftEvent]:
    """What became of columns, told once a day; a log that never had a column is no event."""
    days: dict[dt.date, list[MoveWords]] = {}
    for move in series.changes:
        if move.kind != "absent_column":
            days.setdefault(move.on, []).append(move_words(move, series.system, say))
    href = data_href(query=query, anchor=series.system.id)
    return [
        DriftEvent(
            on=day,
            short=words[0].short if len(words) == 1 else say("{n} columns: other data", n=say.whole(len(words))),
            said=joined(", ", [each.said for each in words[:COLUMNS_NAMED]]),
            href=href,
        )
        for day, words in days.items()
    ]


def _incident(entry: int, incident: Incident, say: Say, *, query: dict[str, str], title: bool) -> DriftEvent:
    return DriftEvent(
        on=incident.happened_on,
        short=say("Incident"),
        said=say("an incident happened: {title}", title=incident.title) if title else say("an incident happened"),
        href=incidents_href(query=query, anchor=f"i-{entry}"),
    )


def within(found: Sequence[DriftEvent], point: Point) -> list[DriftEvent]:
    """The events of the days of a window."""
    return on_days(found, point.window)


def on_days(found: Sequence[DriftEvent], window: Window) -> list[DriftEvent]:
    """The events of any days, from the first to the last."""
    return [event for event in found if window.start <= event.on <= window.end]


def anchor_at(theme: str, name: str) -> str:
    """The place of a column on the page."""
    return f"{theme}-{name}".replace(" ", "-")


# One drawing for each column: its distance from window to window, what it says in words, and all of its figures.


SPOKEN = 12
"""Windows that the words of a drawing name; all are in its data."""
NAMED = 5
"""Values of a column that a sentence names."""


@dataclass(frozen=True, kw_only=True)
class Multiple:
    """One column. `ends`: the names of the first and last window; `head`, `rows`, `states`: its data."""

    anchor: str
    title: str
    state: str
    badge: str
    sentences: Sequence[str]
    distance: str
    svg: str
    alt: str
    ends: tuple[str, str]
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    states: Sequence[str]
    words: Sequence[str]
    """The states in words."""
    places: Sequence[float] = ()
    """Where each window lies in the drawing, as a share of its width."""

    @property
    def readings(self) -> list[PlaceReading]:
        """What each window says: its period, distance and count, and its mark in words."""
        return [
            PlaceReading(x=x, text=" · ".join((row[0], f"{self.head[3]} {row[3]}", f"{self.head[2]} {row[2]}", word)))
            for x, row, word in zip(self.places, self.rows, self.words, strict=True)
        ]


def multiples(
    series: DriftSeries,
    read: Sequence[Mapping[str, ThemeReading]],
    theme: str,
    *,
    level: DriftLevel,
    happened: Sequence[DriftEvent],
    say: Say,
) -> list[Multiple]:
    """The drawings of one theme, in the order of the system file."""
    first: dict[tuple[str, ...], Measure] = {}
    for point in series.points:
        for measure in point.measures:
            if measure.metric == "psi" and theme_of(measure) == theme:
                first.setdefault(measure.group or (), measure)
    states = [each[theme].states for each in read]
    eventful = [bool(within(happened, point)) for point in series.points]
    return [
        _multiple(
            series, theme, like, [each.get(name, "not_examined") for each in states], eventful, level=level, say=say
        )
        for (name,), like in first.items()
    ]


def _multiple(
    series: DriftSeries,
    theme: str,
    like: Measure,
    states: Sequence[str],
    eventful: Sequence[bool],
    *,
    level: DriftLevel,
    say: Say,
) -> Multiple:
    name = (like.group or ("",))[0]
    found = [of(point, "psi", like) for point in series.points]
    spots = [
        Spot(value=None if each is None else each.value, state=state, event=event)
        for each, state, event in zip(found, states, eventful, strict=True)
    ]
    title, anchor = title_of(like, theme, series.system, say), anchor_at(theme, name)
    ends = [" ".join(short_words(point.window, series.step, say)) for point in (series.points[0], series.points[-1])]
    ordered = in_order(like)
    axis = time_axis([point.window for point in series.points])
    return Multiple(
        anchor=anchor,
        title=title,
        state=states[-1],
        badge=state_words(states[-1], say),
        sentences=_sentences(series.points[-1], like, series, say),
        distance=_distance(found[-1], level, say),
        svg=small_multiple(spots, axis, level=level.watch),
        alt=_spoken(title, spots, series, level, say),
        ends=(ends[0], ends[1]),
        head=table_head(say, ordered=ordered),
        rows=[row(point, like, series, say, ordered=ordered) for point in series.points],
        states=states,
        words=[state_words(state, say) for state in states],
        places=places(axis),
    )


def _sentences(point: Point, like: Measure, series: DriftSeries, say: Say) -> list[str]:
    psi = of(point, "psi", like)
    if psi is None:
        return [say("Not compared: {why}.", why=why_not(point.reason or "", series.system, say))]
    if psi.value is None:
        readable = psi_of(psi).readable_from
        return [say("No figure: {why}.", why=why_not(psi.reason or "", series.system, say, readable_from=readable))]
    told: list[str] = []
    moved = of(point, "wasserstein", like)
    if shares := psi_of(psi).shares:
        told.append(_shares(psi, shares, like, series, say))
    elif moved is not None and moved.value is not None:
        told.append(_moved(moved, say))
    return [*told, *_come_and_gone(psi, say)]


def _moved(moved: Measure, say: Say) -> str:
    value, ends = figure(moved.value or 0.0, say), ends_of(moved, say)
    if ends is None:
        return say("Values differ by {value} on average.", value=value)
    low, high = ends
    if high is None:
        return say("Values differ by about {value} or more on average.", value=value)
    return say("Values differ by {value} on average (from {low} to {high}).", value=value, low=low, high=high)


def _come_and_gone(psi: Measure, say: Say) -> list[str]:
    found = []
    if new := psi_of(psi).new:
        found.append(say("Never seen in the period compared with: {values}.", values=_listed(new, say)))
    if gone := psi_of(psi).gone:
        found.append(say("No longer there: {values}.", values=_listed(gone, say)))
    return found


def _listed(values: Sequence[str], say: Say) -> str:
    if len(values) <= NAMED:
        return ", ".join(values)
    return say("{values} and {n} more", values=", ".join(values[:NAMED]), n=say.whole(len(values) - NAMED))


def _distance(psi: Measure | None, level: DriftLevel, say: Say) -> str:
    at = say.number(level.watch, 2)
    if psi is None or psi.value is None:
        return say("Level: {value}.", value=at)
    return say("Distance (PSI): {value}. Level: {level}.", value=figure(psi.value, say), level=at)


def _shares(psi: Measure, shares: Sequence[Sequence[float]], like: Measure, series: DriftSeries, say: Say) -> str:
    """The share of the selected, or of positive outcomes, in both periods; of groups, the one that moved most."""
    names = given(psi_of(psi).categories)
    gaps = [abs(after - before) for before, after in zip(*shares, strict=True)]
    at = gaps.index(max(gaps)) if several(like) else len(names) - 1
    before, after = (say.percent(side[at]) for side in shares)
    if several(like):
        group = label(names[at], like, series.system, say)
        return say(
            "{group}: {after}, and {before} in the period compared with.", group=group, after=after, before=before
        )
    return say("{after}, and {before} in the period compared with.", after=after, before=before)


def _spoken(title: str, spots: Sequence[Spot], series: DriftSeries, level: DriftLevel, say: Say) -> str:
    parts = []
    for spot, point in list(zip(spots, series.points, strict=True))[-SPOKEN:]:
        told = state_words(spot.state, say).lower()
        told = told if spot.value is None else say("{value}, {state}", value=figure(spot.value, say), state=told)
        parts.append(say("{name}: {verdicts}.", name=period_words(point.window, say), verdicts=told))
    return " ".join([f"{title}.", say("Level: {value}.", value=say.number(level.watch, 2)), *parts])
