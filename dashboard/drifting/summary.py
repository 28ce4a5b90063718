"""The one sentence on top of the drift page, since when it holds, and what happened then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from audits.drift.compared import DECISION, OUTCOME
from audits.drift.series import DriftSeries
from audits.languages import capital
from charter.groups_over_time import CALIBRATION
from dashboard.drifting.events import Event
from dashboard.drifting.readings import GAPS, SCORE, THEMES, Reading
from dashboard.drifting.words import name_of, period_words, since_words, why_not
from dashboard.words import Say

MOVED = ("watch", "broken")


@dataclass(frozen=True, kw_only=True)
class Summary:
    """`tone`: the key of a mark; `headline`, then what else is to be said, one sentence each."""

    tone: str
    headline: str
    more: Sequence[str] = ()


def summary(series: DriftSeries, read: Sequence[Mapping[str, Reading]], happened: Sequence[Event], say: Say) -> Summary:
    """What the newest compared window says."""
    compared = [at for at, point in enumerate(series.points) if point.reason is None]
    if not compared:
        return _nothing(series, say)
    at = compared[-1]
    now, point = read[at], series.points[at]
    moved = [theme for theme in THEMES if now[theme].state in MOVED]
    unknown = [theme for theme in THEMES if now[theme].state == "unknown"]
    more = _since(series, read, moved, at, happened=happened, say=say)
    still = [theme for theme in THEMES if now[theme].state == "kept"]
    if moved and still:
        more.append(say("Not beyond the level: {themes}.", themes=_listed([_subject(t, say) for t in still], say)))
    if unknown:
        subjects = _listed([_subject(theme, say) for theme in unknown], say)
        more.append(say("We cannot tell about {themes}: too few decisions, or an empty column.", themes=subjects))
    if series.points[-1].reason is not None:
        last = series.points[-1]
        why = why_not(last.reason or "", series.system, say)
        more.append(say("{period} is not compared: {why}.", period=capital(period_words(last.window, say)), why=why))
    against = period_words(point.against, say) if point.against else ""
    told = {"period": capital(period_words(point.window, say)), "against": against}
    if moved:
        clauses = _listed(_clauses(moved, now, series, say), say)
        tone = "broken" if any(now[theme].state == "broken" for theme in moved) else "watch"
        return Summary(
            tone=tone, headline=say("{period} compared with {against}: {what}.", **told, what=clauses), more=more
        )
    if unknown and not still:
        return Summary(
            tone="unknown", headline=say("{period} compared with {against}: we cannot tell.", **told), more=more
        )
    more += _before(series, read, at, say)
    return Summary(
        tone="kept",
        headline=say("{period} compared with {against}: nothing moved beyond its level.", **told),
        more=more,
    )


def _nothing(series: DriftSeries, say: Say) -> Summary:
    """Why no window is compared, and what to do."""
    reasons = {point.reason for point in series.points} - {"is_reference"}
    reason = next(iter(sorted(filter(None, reasons))), "is_reference")
    steps = {
        "no_reference": say("Compare with the period before, or declare `windows.reference` in the system file."),
        "empty_reference": say("Bring in the decisions of the reference period, or declare another one."),
        "none_examined": say("A period counts as examined once it is audited; `boussole audit` does it."),
        "is_reference": say("The next period that ends will be compared with it."),
        "no_earlier": say("The next period that ends will be compared with it."),
    }
    headline = say("Nothing can be compared: {why}.", why=why_not(reason, series.system, say))
    return Summary(tone="unknown", headline=headline, more=[steps[reason]] if reason in steps else [])


def _clauses(themes: Sequence[str], read: Mapping[str, Reading], series: DriftSeries, say: Say) -> list[str]:
    """What happened to each theme; that scores mean something else is a clause of its own."""
    found = []
    for theme in themes:
        if theme == GAPS and CALIBRATION in read[theme].states:
            found.append(say("scores no longer mean what they meant"))
        found.append(_clause(theme, read[theme], series, say))
    return found


def _clause(theme: str, reading: Reading, series: DriftSeries, say: Say) -> str:
    names = _listed([name_of(name, theme, series.system, say) for name in reading.moved], say)
    n = say.whole(len(reading.moved))
    clauses = {
        "inputs": say("the inputs changed ({names})", names=names),
        SCORE: say("the scores changed"),
        DECISION: say("the decisions changed"),
        OUTCOME: say("what became of people changed"),
        "groups": say("the groups changed ({names})", names=names),
        GAPS: say("what audits measure moved for good ({n} of its figures)", n=n),
    }
    return clauses[theme]


def _subject(theme: str, say: Say) -> str:
    subjects = {
        "inputs": say("the inputs"),
        SCORE: say("the scores"),
        DECISION: say("the decisions"),
        OUTCOME: say("what became of people"),
        "groups": say("the groups"),
        GAPS: say("what audits measure of groups"),
    }
    return subjects[theme]


def _since(
    series: DriftSeries,
    read: Sequence[Mapping[str, Reading]],
    moved: Sequence[str],
    at: int,
    *,
    happened: Sequence[Event],
    say: Say,
) -> list[str]:
    """The first of the windows in a row in which the same moved, and what happened in it or while it was uncertain."""
    if not moved:
        return []
    first = _run(read, moved, at, MOVED)
    sure, unsure = series.points[first], series.points[_run(read, moved, first, (*MOVED, "unknown"))]
    told = [since_words(sure.window, say)] if first < at else []
    events = [event for event in happened if unsure.window.start <= event.on <= sure.window.end]
    if events:
        said = _listed([say("{what} ({date})", what=event.said, date=say.date(event.on)) for event in events], say)
        told.append(say("When it began, {events}. That explains nothing by itself.", events=said))
    return told


def _run(read: Sequence[Mapping[str, Reading]], themes: Sequence[str], at: int, states: Sequence[str]) -> int:
    """Where the windows in a row begin in which one of the themes is in one of these states."""
    while at and any(read[at - 1][theme].state in states for theme in themes):
        at -= 1
    return at


def _before(series: DriftSeries, read: Sequence[Mapping[str, Reading]], at: int, say: Say) -> list[str]:
    """What moved last before the window that is told of."""
    for earlier in reversed(range(at)):
        if moved := [theme for theme in THEMES if read[earlier][theme].state in MOVED]:
            clauses = _listed(_clauses(moved, read[earlier], series, say), say)
            period = period_words(series.points[earlier].window, say)
            return [say("Last move before that: {period}, {what}.", period=period, what=clauses)]
    return []


def _listed(parts: Sequence[str], say: Say) -> str:
    """Several things, the last one after "and"."""
    if len(parts) < 2:
        return "".join(parts)
    return say("{first} and {last}", first=", ".join(parts[:-1]), last=parts[-1])
