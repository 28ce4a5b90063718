"""The drift of a system since somebody last looked: every part of it, month by month, as the drift page reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from boussole.audits.drift.series import DriftSeries
from boussole.audits.errors import BoussoleError
from boussole.audits.languages import LANGUAGES, capital
from boussole.audits.workspace import Workspace
from boussole.charter.drift.read import read_all
from boussole.charter.drift.readings import THEMES, Reading
from boussole.charter.drift.system_drift import Drift, drift_of
from boussole.dashboard.alerts.changes import BLIND, Cause, KnownState, SubjectChange, is_told
from boussole.dashboard.alerts.words import teller
from boussole.dashboard.views.drift.summary import summary
from boussole.dashboard.views.drift.words import period_words, theme_words, why_not
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.words.say import Say, speaker

WAITING = {"not_mature", "not_audited"}
"""Reasons that time removes: a part that waits for its outcomes or its audit has not changed."""
BEFORE = ("is_reference", "no_earlier", "overlaps")
"""Windows in which there is nothing to compare yet."""


@dataclass(frozen=True, kw_only=True)
class DriftChanges:
    """What changed, and what is known from now on."""

    changes: Sequence[SubjectChange]
    known: Mapping[str, KnownState]


def drifted(workspace: Workspace, scene: Scene, system: str, known: Mapping[str, KnownState]) -> DriftChanges:
    """The changes of a system's drift since it was looked at; none where it has no decision.

    Months that are compared with the reference period, as the page shows them first. Of a part that nobody had looked
    at, only that it has moved is told, and since when.
    """
    declared = scene.systems.get(system)
    if declared is None or declared.columns is None:
        return DriftChanges(changes=[], known=known)
    try:
        drift = drift_of(
            workspace, declared, against="reference", step="month", today=scene.facts.as_of, charter=scene.charter
        )
    except BoussoleError:  # no decision yet, or no lake: the data page says so
        return DriftChanges(changes=[], known=known)
    if drift.series.unfinished:
        return DriftChanges(changes=[], known=known)
    read = read_all(drift)
    found, after = [], dict(known)
    for theme in THEMES:
        subject = f"drift/{theme}"
        states = list(_states(drift.series, read, theme))
        more, last = _walked(system, subject, states, known.get(subject))
        found += [replace(each, told=_told(drift, each)) for each in more]
        if last is not None:
            after[subject] = last
    return DriftChanges(changes=sorted(found, key=lambda each: each.end), known=after)


def _states(
    series: DriftSeries, read: Sequence[Mapping[str, Reading]], theme: str
) -> Iterator[tuple[tuple[str, str], str]]:
    """The windows in which something is known of a part, oldest first, with its state."""
    for point, each in zip(series.points, read, strict=True):
        reading = each[theme]
        blind = reading.state == "not_examined"
        waits = not point.reason and (not reading.reasons or set(reading.reasons.values()) <= WAITING)
        if point.reason in BEFORE or (blind and waits):
            continue
        yield (point.window.start.isoformat(), point.window.end.isoformat()), reading.state


def _walked(
    system: str, subject: str, states: Sequence[tuple[tuple[str, str], str]], known: KnownState | None
) -> tuple[list[SubjectChange], KnownState | None]:
    """The changes from window to window since the one that was seen last, and what is known at the end."""
    if known is None:
        return _first(system, subject, states)
    found = []
    for (start, end), state in states:
        if end < known.window_end:
            continue
        if state == known.state:
            known = replace(known, window_end=end)
            continue
        cause: Cause = "decisions_again" if end == known.window_end else "decisions"
        if is_told(known.state, state):
            found.append(_change(system, subject, known, state, window=(start, end), cause=cause))
        known = KnownState(state=state, since=start, window_end=end)
    return found, known


def _first(
    system: str, subject: str, states: Sequence[tuple[tuple[str, str], str]]
) -> tuple[list[SubjectChange], KnownState | None]:
    if not states:
        return [], None
    (start, end), state = states[-1]
    for (earlier, _), other in reversed(states):
        if other != state:
            break
        start = earlier
    found = [_change(system, subject, None, state, window=(start, end))] if is_told(None, state) else []
    return found, KnownState(state=state, since=start, window_end=end)


def _change(
    system: str,
    subject: str,
    known: KnownState | None,
    state: str,
    *,
    window: tuple[str, str],
    cause: Cause = "decisions",
) -> SubjectChange:
    return SubjectChange(
        system=system,
        subject=subject,
        before=known.state if known else None,
        after=state,
        since=known.since if known else None,
        start=window[0],
        end=window[1],
        entry=None,
        cause=cause,
        document=None,
    )


def _told(drift: Drift, change: SubjectChange) -> dict[str, str]:
    """What the drift page says on top of the window of a change, in every language. Incidents are left out: not every
    reader may see them."""
    upto = [at for at, point in enumerate(drift.series.points) if point.window.end.isoformat() <= change.end]
    series = replace(drift.series, points=drift.series.points[: upto[-1] + 1])
    return {lang: _sentence(drift, series, change, speaker(lang)) for lang in LANGUAGES}


def _sentence(drift: Drift, series: DriftSeries, change: SubjectChange, say: Say) -> str:
    tell, last = teller(say.lang), series.points[-1]
    if last.reason is not None:
        period, why = period_words(last.window, say), why_not(last.reason, series.system, say)
        return tell("{period} is not compared: {why}.", period=capital(period), why=why)
    read = read_all(drift)[: len(series.points)]
    headline = summary(series, read, [], say).headline
    reasons = dict.fromkeys(read[-1][change.name].reasons.values())
    if change.after not in BLIND or not reasons:
        return headline
    why = ", ".join(why_not(reason, series.system, say) for reason in reasons)
    return tell("{theme}: {why}.", theme=theme_words(change.name, say), why=why)
