"""How the figure that decides an answer has moved from audit to audit, and what happened meanwhile."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boussole.audits.drift.counts import Version
from boussole.audits.languages import Catalogue, capital, inside
from boussole.audits.systems import System
from boussole.audits.windows import Window
from boussole.charter.deadlines.incidents import incidents
from boussole.charter.document import AuditDocument, MeasureDocument, VerdictDocument
from boussole.charter.judging.wording.findings import level_words, outcome
from boussole.charter.judging.wording.sentences import LOCALE
from boussole.dashboard.charts.bars import NONE, decided
from boussole.dashboard.charts.course import NARROW, Stop, course_svg
from boussole.dashboard.charts.groups import value_name
from boussole.dashboard.charts.hundred import figure
from boussole.dashboard.markup.marks import word
from boussole.dashboard.views.answers.short import compared_people, told_by
from boussole.dashboard.views.naming import period, period_of
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.words.addresses import charter_href, drift_href, incidents_href
from boussole.dashboard.words.say import Say

MOST = 24
"""Audits that are drawn, the newest."""


@dataclass(frozen=True, kw_only=True)
class Happened:
    """Something that happened on a day: a version of the model or of the charter, an incident."""

    on: dt.date
    text: str
    href: str


@dataclass(frozen=True, kw_only=True)
class Course:
    """The drawing, in both widths, what it says in words, and what happened, numbered as in the drawing; `rows`: the
    same as a table; `audits`: those that it is drawn of, a row each; `whom`: whose figure it is; `note`: that some of
    its figures count earlier periods too."""

    svg: str
    narrow: str
    whom: str
    alt: str
    levels: str
    happened: Sequence[Happened]
    rows: Sequence[tuple[str, str, str, str]]
    audits: Sequence[AuditDocument]
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Past:
    """What is known of the past of a system: its audits by window, and the versions of its model; `lost`: these could
    not be read."""

    audits: Mapping[Window, AuditDocument]
    versions: Sequence[Version] = ()
    lost: str = ""


def course(
    scene: Scene, system: str, verdict: VerdictDocument, past: Past, say: Say, *, query: dict[str, str], single: bool
) -> Course | None:
    """The figure of the comparison that decides today, in every audit; None where fewer than two have it. `single`:
    whether the reader may see incidents."""
    document = scene.latest.get(system)
    found = told_by(document, verdict) if document else None
    if found is None or document is None:
        return None
    judged, measure = found
    scale, share = 1.0 if measure.params.scale == "distance" else 100.0, measure.params.scale in ("share", "effect")
    windows = sorted(past.audits, key=lambda window: window.end)[-MOST:]
    stops = [_stop(window, past.audits[window], (verdict.indicator, judged.measure), scale, say) for window in windows]
    if sum(stop.value is not None for stop in stops) < 2:
        return None
    happened = _happened(scene, system, past, say, query=query, single=single)
    happened = [each for each in happened if windows[0].start < each.on <= windows[-1].end]
    numbered = [_with_events(stop, window, happened) for stop, window in zip(stops, windows, strict=True)]
    catalogue, told = Catalogue(LOCALE, say.lang), (("watch", judged.levels.watch), ("breach", judged.levels.breach))
    levels = [(kind, scale * at) for kind, at in told if at is not None]
    words = {kind: level_words(at, measure.params.scale or "", catalogue) for kind, at in told if at is not None}
    names = {
        "watch": say("watch level: {level}", level=words.get("watch", "")),
        "breach": say("breach level: {level}", level=words.get("breach", "")),
    }
    counted = [_counted(past.audits[window], judged.measure, say) for window in windows]
    rows = [_row(stop, days, say, scale=scale) for stop, days in zip(numbered, counted, strict=True)]
    own = [period(past.audits[window], say) for window in windows]

    def write(value: float) -> str:
        return say.number(value, (1 if value < 10 else 0) if share else 0 if scale > 1 else 2)

    return Course(
        svg=course_svg(numbered, levels, write),
        narrow=course_svg(numbered, levels, write, width=NARROW),
        whom=_whom(measure, say, system=scene.systems.get(system)),
        alt=" ".join(say("{name}: {verdicts}.", name=row[0], verdicts=_spoken(row, say)) for row in rows),
        levels=capital(", ".join(names[kind] for kind, _ in levels)) + "." if levels else "",
        happened=happened,
        rows=rows,
        audits=[past.audits[window] for window in windows],
        note=say("Some figures count earlier periods too: the table says since when.") if counted != own else "",
    )


def _whom(measure: MeasureDocument, say: Say, *, system: System | None) -> str:
    """Whose figure is followed, and with whom these are compared; empty where no system file names them."""
    if system is None or not measure.group:
        return ""
    if measure.params.scale == "distance":
        column = measure.group.get("feature", "")
        name = say.text(system.feature_titles.get(column), value_name("feature", column, say))
        return say("{feature} (0: nothing has moved)", feature=name)
    if measure.params.scale == "effect":
        return say("{outcome}, for 100 people (0: no effect)", outcome=_outcome(measure, say, system))
    people = compared_people(measure, say, system=system)
    if measure.params.scale == "share":
        return capital(say("Of the gap of {group} to {other}: through the tool and the adviser, in 100", **people))
    if measure.params.scale == "ratio":
        return capital(say("{group}, for 100 {other}", **people))
    return say("Gap of {group} to {other}, for 100", **people)


def _outcome(measure: MeasureDocument, say: Say, system: System) -> str:
    return capital(outcome(measure, system, Catalogue(LOCALE, say.lang)))


def _stop(window: Window, document: AuditDocument, asked: tuple[str, str], scale: float, say: Say) -> Stop:
    """One audit; `asked`: the id of a question and of the measure that is followed."""
    indicator, name = asked
    verdict = next((each for each in document.verdicts if each.indicator == indicator), None)
    judged = next((each for each in verdict.comparisons if each.measure == name), None) if verdict else None
    measure = document.judged_by_id.get(name)
    value = measure.value if measure is not None and judged is not None else None
    low, high = decided(judged) if value is not None else NONE
    return Stop(
        label=say.short_month(window.end),
        value=None if value is None else scale * value,
        bar=(None if low is None else scale * low, None if high is None else scale * high),
        verdict=judged.verdict if judged is not None else "not_examined",
    )


def _with_events(stop: Stop, window: Window, happened: Sequence[Happened]) -> Stop:
    inside = [at for at, each in enumerate(happened, start=1) if window.start <= each.on <= window.end]
    return Stop(label=stop.label, value=stop.value, bar=stop.bar, verdict=stop.verdict, events=inside)


def _happened(
    scene: Scene, system: str, past: Past, say: Say, *, query: dict[str, str], single: bool
) -> list[Happened]:
    begun = min((version.first for version in past.versions), default=None)
    found = [
        Happened(
            on=version.first,
            text=say("Version {version} of the model begins", version=version.name),
            href=drift_href(system, query=query),
        )
        for version in past.versions
        if version.first != begun
    ]
    seen: set[str] = set()
    for window, document in sorted(past.audits.items(), key=lambda each: each[0].end):
        if seen and document.charter.sha256 not in seen:
            text = say("Version {version} of the charter judges", version=document.charter.version)
            found.append(Happened(on=window.end, text=text, href=charter_href(query=query, anchor="versions")))
        seen.add(document.charter.sha256)
    for each in incidents(scene.facts) if single else ():
        if each.incident.system == system:
            text = say("Incident: {title}", title=say.written(each.incident.title))
            href = incidents_href(query=query, anchor=f"i-{each.entry}")
            found.append(Happened(on=each.incident.happened_on, text=text, href=href))
    return sorted(found, key=lambda each: (each.on, each.text))


def _counted(document: AuditDocument, name: str, say: Say) -> str:
    """The days that a figure of an audit counts."""
    return period_of(document, document.judged_by_id.get(name), say)


def _spoken(row: tuple[str, str, str, str], say: Say) -> str:
    """A row of the table as it is heard: its figure, between what, and the answer."""
    _, value, between, answer = row
    told = say("{value} ({between})", value=value, between=between) if between else value
    return f"{told}, {inside(answer)}"


def _row(stop: Stop, days: str, say: Say, *, scale: float) -> tuple[str, str, str, str]:
    def written(value: float) -> str:
        return figure(value, say) if scale > 1 else say.number(value)

    low, high = stop.bar
    between = "" if low is None or high is None else say("{low} to {high}", low=written(low), high=written(high))
    return (
        capital(days),
        say("no figure") if stop.value is None else written(stop.value),
        between,
        word(stop.verdict, say),
    )
