"""How an answer came about: how its figure moved from audit to audit, its past, and the months around a start."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boussole.audits.drift.counts import VersionDays, read_versions
from boussole.audits.errors import BoussoleError, NoLakeError
from boussole.audits.lake import reading
from boussole.audits.languages import Catalogue, capital, inside
from boussole.audits.metrics.before_after import EFFECT
from boussole.audits.metrics.corrections import GAP_BY_CORRECTIONS
from boussole.audits.systems import System
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from boussole.charter.deadlines.incidents import incidents
from boussole.charter.document import AuditDocument, Comparison, MeasureDocument, Standing, VerdictDocument
from boussole.charter.judging.wording.findings import level_words, outcome
from boussole.charter.judging.wording.sentences import LOCALE
from boussole.charter.records import documents_of
from boussole.dashboard.markup.elements import word
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import charter_href, drift_href, incidents_href
from boussole.dashboard.views.answers.asked import only_with
from boussole.dashboard.views.answers.known import last_answer
from boussole.dashboard.views.answers.short import compared_people, told_by
from boussole.dashboard.views.charts.charts import figure
from boussole.dashboard.views.charts.groups import NONE, decided, value_name
from boussole.dashboard.views.charts.over_time import NARROW, MonthAround, Stop, course_svg, event_study_svg
from boussole.dashboard.views.charts.tables import signed
from boussole.dashboard.views.scene import Scene, period, period_of

# How the figure that decides an answer has moved from audit to audit, and what happened meanwhile.


MOST = 24
"""Audits that are drawn, the newest."""


@dataclass(frozen=True, kw_only=True)
class DatedEvent:
    """Something that happened on a day: a version of the model or of the charter, an incident."""

    on: dt.date
    text: str
    href: str


@dataclass(frozen=True, kw_only=True)
class Course:
    """The drawing in both widths, with its words, numbered events, table (`rows`) and the audits that it shows."""

    svg: str
    narrow: str
    whom: str
    alt: str
    levels: str
    happened: Sequence[DatedEvent]
    rows: Sequence[tuple[str, str, str, str]]
    audits: Sequence[AuditDocument]
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class SystemPast:
    """The audits of a system by window, and the versions of its model; `lost`: these could not be read."""

    audits: Mapping[Window, AuditDocument]
    versions: Sequence[VersionDays] = ()
    lost: str = ""


def course(
    scene: Scene,
    system: str,
    verdict: VerdictDocument,
    past: SystemPast,
    say: Say,
    *,
    query: dict[str, str],
    single: bool,
) -> Course | None:
    """The figure of the deciding comparison in every audit, if two tell of it; `single`: incidents may be seen."""
    document = scene.latest.get(system)
    if document is None:
        return None
    today = told_by(document, verdict)
    found = today or _told_before(scene, system, verdict, past)
    if found is None:
        return None
    judged, measure = found
    scale, share = 1.0 if measure.params.scale == "distance" else 100.0, measure.params.scale in ("share", "effect")
    windows = sorted(past.audits, key=lambda window: window.end)[-MOST:]
    stops = [_stop(window, past.audits[window], (verdict.indicator, judged.measure), scale, say) for window in windows]
    if len(stops) < 2 or (today is not None and sum(stop.value is not None for stop in stops) < 2):
        return None
    happened = _happened(scene, system, past, say, query=query, single=single)
    happened = [each for each in happened if windows[0].start < each.on <= windows[-1].end]
    numbered = [_with_events(stop, window, happened) for stop, window in zip(stops, windows, strict=True)]
    catalogue, told = Catalogue(LOCALE, say.lang), (("watch", judged.levels.watch), ("breach", judged.levels.breach))
    levels = [(kind, scale * at) for kind, at in told if at is not None]
    words = {kind: level_words(at, measure.params.scale or "", catalogue) for kind, at in told if at is not None}
    breach = say("breach level: {level}", level=words.get("breach", ""))
    names = {
        "watch": say("watch level: {level}", level=words.get("watch", "")),
        "breach": f"{breach} {only_with(verdict, say, charter=scene.charter)}".rstrip(),
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


def _told_before(
    scene: Scene, system: str, verdict: VerdictDocument, past: SystemPast
) -> tuple[Comparison, MeasureDocument] | None:
    """The comparison that told the last answer, else that of the newest audit with a figure; None where none has."""
    newest = sorted(past.audits, key=lambda window: window.end, reverse=True)
    answered = last_answer(scene, system, verdict)
    if answered is not None:
        newest.sort(key=lambda window: (window.start, window.end) != (answered[1].start, answered[1].end))
    for document in (past.audits[window] for window in newest[:MOST]):
        said = next((each for each in document.verdicts if each.indicator == verdict.indicator), None)
        found = told_by(document, said) if said is not None else None
        if found is not None:
            return found
    return None


def _whom(measure: MeasureDocument, say: Say, *, system: System | None) -> str:
    """Whose figure is followed, and with whom these are compared; empty where no system file names them."""
    if system is None or not measure.group:
        return ""
    if measure.params.scale == "distance":
        column = measure.group.get("feature", "")
        name = say.text(system.feature_titles.get(column), value_name("feature", column, say))
        return say("{feature} (0: nothing has moved)", feature=name)
    if measure.params.scale == "effect" and measure.metric != GAP_BY_CORRECTIONS:
        return say("{outcome}, for 100 people (0: no effect)", outcome=_outcome(measure, say, system))
    people = compared_people(measure, say, system=system)
    if measure.params.scale in ("share", "effect"):
        by_corrections = say("Of the gap of {group} to {other}: by corrections, in 100", **people)
        through = say("Of the gap of {group} to {other}: through the tool and the adviser, in 100", **people)
        return capital(through if measure.params.scale == "share" else by_corrections)
    if measure.params.scale == "ratio":
        return capital(say("{group}, for 100 {other}", **people))
    return say("Gap of {group} to {other}, for 100", **people)


def _outcome(measure: MeasureDocument, say: Say, system: System) -> str:
    return capital(outcome(measure, system, Catalogue(LOCALE, say.lang)))


def _stop(window: Window, document: AuditDocument, asked: tuple[str, str], scale: float, say: Say) -> Stop:
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
        verdict=judged.verdict if judged is not None else _uncompared(verdict),
    )


def _uncompared(verdict: VerdictDocument | None) -> str:
    """How an audit that compares nobody answers; not examined where others were compared, or nothing was asked."""
    return verdict.verdict if verdict is not None and not verdict.comparisons else "not_examined"


def _with_events(stop: Stop, window: Window, happened: Sequence[DatedEvent]) -> Stop:
    inside = [at for at, each in enumerate(happened, start=1) if window.start <= each.on <= window.end]
    return Stop(label=stop.label, value=stop.value, bar=stop.bar, verdict=stop.verdict, events=inside)


def _happened(
    scene: Scene, system: str, past: SystemPast, say: Say, *, query: dict[str, str], single: bool
) -> list[DatedEvent]:
    begun = min((version.first for version in past.versions), default=None)
    found = [
        DatedEvent(
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
            found.append(DatedEvent(on=window.end, text=text, href=charter_href(query=query, anchor="versions")))
        seen.add(document.charter.sha256)
    for each in incidents(scene.facts) if single else ():
        if each.incident.system == system:
            text = say("Incident: {title}", title=say.written(each.incident.title))
            href = incidents_href(query=query, anchor=f"i-{each.entry}")
            found.append(DatedEvent(on=each.incident.happened_on, text=text, href=href))
    return sorted(found, key=lambda each: (each.on, each.text))


def _counted(document: AuditDocument, name: str, say: Say) -> str:
    return period_of(document, document.judged_by_id.get(name), say)


def _spoken(row: tuple[str, str, str, str], say: Say) -> str:
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


# What is known of the past of a system, read from the records and the lake.


def past_of(workspace: Workspace, system: str, *, until: dt.date | None = None) -> SystemPast:
    """The audits of a system, of those that end by a day, and the versions of its model."""
    audits = {
        window: each for window, each in documents_of(workspace, system).items() if until is None or window.end <= until
    }
    declared = workspace.systems.get(system)
    if declared is None:
        return SystemPast(audits=audits)
    try:
        with reading(workspace) as connection:
            return SystemPast(audits=audits, versions=read_versions(connection, declared))
    except NoLakeError:
        return SystemPast(audits=audits)
    except BoussoleError as error:
        return SystemPast(audits=audits, lost=str(error.what))


# Month by month around the start: what agencies with the system show beside others, drawn and in words.


@dataclass(frozen=True, kw_only=True)
class AroundStart:
    """One outcome: the drawing in both widths, what it says in words, and the same as a table."""

    title: str
    svg: str
    narrow: str
    alt: str
    told: Sequence[str]
    reading: Sequence[str]
    rows: Sequence[tuple[str, str, str, str]]


def around_start(document: Standing, verdict: VerdictDocument, say: Say, *, system: System | None) -> list[AroundStart]:
    """Each outcome of a question about a start whose months can be told, answered or not; none of other questions."""
    names = {each.measure for each in verdict.comparisons}
    measures = [each for each in document.judged_measures if each.id in names and each.metric == EFFECT]
    if system is None:
        return []
    return [_of(each, say, system=system) for each in measures if each.params.months_of_effect]


def _of(measure: MeasureDocument, say: Say, *, system: System) -> AroundStart:
    told = measure.params.months_of_effect
    months = [
        MonthAround(month=each.month, value=100 * each.value, low=100 * each.low, high=100 * each.high) for each in told
    ]
    rows = [_start_row(each, of.agencies, say) for each, of in zip(months, told, strict=True)]
    start = say("start")

    def write(value: float) -> str:
        return say.number(value, 0 if value == round(value) else 1)

    def count(month: int) -> str:
        return f"{'+' if month > 0 else '−'}{abs(month)}" if month else "0"

    return AroundStart(
        title=capital(outcome(measure, system, Catalogue(LOCALE, say.lang))),
        svg=event_study_svg(months, write, count, start=start),
        narrow=event_study_svg(months, write, count, start=start, width=NARROW),
        alt=" ".join(say("{name}: {verdicts}.", name=row[0], verdicts=f"{row[1]} ({row[2]})") for row in rows),
        told=_words(measure, say),
        reading=_reading(measure, say),
        rows=rows,
    )


def _start_row(each: MonthAround, agencies: int, say: Say) -> tuple[str, str, str, str]:
    low, high = (signed(end, say) for end in (each.low, each.high))
    return (
        month_words(each.month, say),
        signed(each.value, say),
        say("{low} to {high}", low=low, high=high),
        say.whole(agencies),
    )


def month_words(month: int, say: Say) -> str:
    """A month as it is counted from the start.

    >>> from boussole.dashboard.markup.words import speaker
    >>> [month_words(month, speaker("en")) for month in (-3, 0, 1)]
    ['Three months before the start', 'Month of the start', 'One month after']
    """
    if month < 0:
        return say.plural("{n} month before the start", "{n} months before the start", -month)
    return say.plural("{n} month after", "{n} months after", month) if month else say("Month of the start")


def _words(measure: MeasureDocument, say: Say) -> list[str]:
    better = say("below") if measure.params.bad_side == "above" else say("above")
    found = [
        say(
            "After the start, {side} zero is better. The bars hold together: the truth very probably lies in all of "
            "them.",
            side=better,
        ),
    ]
    if measure.reason == "not_parallel":
        found.append(
            say("Before the start, the dots do not stay around zero: these agencies already changed otherwise.")
        )
    elif measure.params.trends:
        found.append(
            say(
                "Before the start, the dots stay around zero, as far as these counts can tell: no proof that both "
                "would have changed alike afterwards."
            )
        )
    return found


def _reading(measure: MeasureDocument, say: Say) -> list[str]:
    dots = say(
        "Each dot: by how much agencies that started changed more, or less, than the others since the month just "
        "before the start, for 100 people."
    )
    if (measure.params.cohorts or 1) > 1:
        return [dots, say("Not all started in the same month: the last months count only those that started early.")]
    return [dots]
