"""The verdicts of a system, and its drift, since somebody last looked: every audit in its order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from boussole.audits.drift.series import DriftSeries
from boussole.audits.errors import BoussoleError
from boussole.audits.languages import LANGUAGES, capital
from boussole.audits.systems.model import System
from boussole.audits.workspace import Workspace
from boussole.charter.document import AuditDocument, Standing
from boussole.charter.document.base import given
from boussole.charter.drift.read import read_all
from boussole.charter.drift.readings import THEMES, ThemeReading
from boussole.charter.drift.system_drift import Drift, drift_of
from boussole.charter.judging.by_article import summarise
from boussole.charter.judging.current import current
from boussole.charter.judging.families import asked_of
from boussole.charter.judging.verdicts import verdicts_in_short
from boussole.charter.records import audit_at
from boussole.charter.records.database import reading
from boussole.charter.records.facts import facts_of
from boussole.charter.records.in_force import kept_charter
from boussole.charter.records.models import Audit
from boussole.charter.text.model import Charter
from boussole.dashboard.alerts.messages import (
    BLIND,
    Cause,
    KnownState,
    SubjectChange,
    changes_between,
    is_told,
    states_of,
    teller,
)
from boussole.dashboard.markup.words import Say, speaker
from boussole.dashboard.views.drift.summary import summary
from boussole.dashboard.views.drift.words import period_words, theme_words, why_not
from boussole.dashboard.views.scene import Scene

# The verdicts of a system since somebody last looked: every audit in its order, then what people have stated.
#
# Each audit is looked at with what people have stated until today, so that a statement is told once, as itself, and
# an
# audit for what its figures changed.


Why = Callable[[str, str | None, str], Cause]


@dataclass(frozen=True, kw_only=True)
class SystemMark:
    """Up to where a system was looked at: see `charter.records.models.AlertSystem`."""

    version: int = 0
    seen_until: int = -1
    audit: int | None = None
    charter: str = ""


@dataclass(frozen=True, kw_only=True)
class Verdicts:
    """What changed, what is known from now on, and up to where was looked."""

    changes: Sequence[SubjectChange]
    known: Mapping[str, KnownState]
    seen: SystemMark


def verdicts(
    workspace: Workspace, scene: Scene, system: str, seen: SystemMark, known: Mapping[str, KnownState]
) -> Verdicts:
    """The changes of a system's verdicts since it was looked at, in the order in which they came."""
    standing = scene.standing.get(system)
    if standing is None:
        return Verdicts(changes=[], known=known, seen=replace(seen, charter=scene.charter.sha256))
    if not seen.version:
        return _first(scene, system, standing)
    found: list[SubjectChange] = []
    last = _stood(workspace, scene, system, seen)
    if last is not None:
        why = _stated(workspace, scene, system, seen, last)
        former = audit_at(workspace, given(last.entry))
        more, known = _step(known, last, scene, system, why, former=former, today=True)
        found += more
    newer, until = _newer(workspace, system, seen)
    for entry in newer:
        document = _brought_up(workspace, scene, system, entry)
        if document is None or (last is not None and document.window.end < last.window.end):
            continue  # a look back at an old month changes nothing that stands
        why = _audited(workspace, scene, system, last, document)
        if last is None:  # its first audit: what nobody could tell before was not looked at
            known = {name: each for name, each in known.items() if each.state not in BLIND}
        more, known = _step(known, document, scene, system, why, former=last)
        found, last = found + more, document
    if last is None:
        unmeasured: Cause = "stated" if seen.charter == scene.charter.sha256 else "stated_or_charter"
        more, known = _step(known, standing, scene, system, lambda *_: unmeasured, today=True)
        found += more
    audit = last.entry if last else None
    return Verdicts(
        changes=found,
        known=known,
        seen=replace(seen, seen_until=until, audit=audit, charter=scene.charter.sha256),
    )


def _first(scene: Scene, system: str, standing: Standing) -> Verdicts:
    """A system that nobody has looked at: only what needs attention is told, since when its audits say so."""
    entry = standing.entry
    window = _window(standing, scene, today=entry is None)
    found, known = changes_between({}, standing, system=system, window=window, entry=entry, cause=lambda *_: "audit")
    known = {name: replace(each, since=_began(scene, system, name, each)) for name, each in known.items()}
    told = [replace(each, start=known[each.subject].since) for each in found]
    seen = SystemMark(seen_until=-1 if entry is None else entry, audit=entry, charter=scene.charter.sha256)
    return Verdicts(changes=told, known=known, seen=seen)


def _began(scene: Scene, system: str, subject: str, known: KnownState) -> str:
    """The first day of the windows in a row, up to the last, that say the same."""
    began = known.since
    for audit in reversed(scene.history.get(system, ())):
        if states_of(audit.articles, audit.verdicts).get(subject) != known.state:
            break
        began = min(began, audit.start.isoformat())
    return began


def _step(
    known: Mapping[str, KnownState],
    document: Standing,
    scene: Scene,
    system: str,
    cause: Why,
    *,
    former: AuditDocument | None = None,
    today: bool = False,
) -> tuple[list[SubjectChange], dict[str, KnownState]]:
    return changes_between(
        known,
        document,
        system=system,
        window=_window(document, scene, today=today),
        entry=document.entry,
        cause=cause,
        former=former,
    )


def _window(document: Standing, scene: Scene, *, today: bool) -> tuple[str, str]:
    """The window that says so; the day of today for what people have stated."""
    day = scene.facts.as_of.isoformat()
    if today or not isinstance(document, AuditDocument):
        return day, day
    return document.window.start.isoformat(), document.window.end.isoformat()


def _stood(workspace: Workspace, scene: Scene, system: str, seen: SystemMark) -> AuditDocument | None:
    """The audit that stood when the system was looked at, with what people have stated until today."""
    return None if seen.audit is None else _brought_up(workspace, scene, system, seen.audit)


def _brought_up(workspace: Workspace, scene: Scene, system: str, entry: int) -> AuditDocument | None:
    document = audit_at(workspace, entry)
    declared = scene.systems.get(system)
    if document is None or declared is None:
        return document
    return current(document, charter=scene.charter, system=declared, facts=scene.facts)


def _newer(workspace: Workspace, system: str, seen: SystemMark) -> tuple[list[int], int]:
    """The entries of the audits sealed since, in their order, and the last of them."""
    query = select(Audit.entry).where(Audit.system == system, Audit.entry > seen.seen_until).order_by(Audit.entry)
    with reading(workspace) as connection:
        found = [] if connection is None else list(connection.execute(query).scalars())
    return found, found[-1] if found else seen.seen_until


def _stated(workspace: Workspace, scene: Scene, system: str, seen: SystemMark, document: AuditDocument) -> Why:
    """Why something changed without a new audit: what people stated, or the charter that judges it."""
    declared = scene.systems.get(system)
    if declared is None or seen.charter == scene.charter.sha256:
        return lambda *_: "stated"
    try:
        then = current(document, charter=kept_charter(workspace, seen.charter), system=declared, facts=scene.facts)
        before = states_of(then.articles, then.verdicts)
    except BoussoleError:  # the text before was never sealed
        return lambda *_: "stated_or_charter"
    return lambda subject, _, after: "stated" if before.get(subject) == after else "charter"


def _audited(workspace: Workspace, scene: Scene, system: str, last: AuditDocument | None, new: AuditDocument) -> Why:
    """Why a new audit says something else: its window, new figures of the same one, another charter or another rule."""
    if last is None:
        return lambda *_: "audit"
    figures: Cause = "again" if last.window == new.window else "audit"
    declared = scene.systems.get(system)
    same_charter, same_rule = last.charter.sha256 == new.charter.sha256, last.rule_then == new.rule_then
    if (same_charter and same_rule) or declared is None:
        return lambda *_: figures

    def judged(sha256: str) -> dict[str, str]:
        return _judged_again(workspace, last, declared, kept_charter(workspace, sha256), rule=new.rule_then)

    try:
        by_rule = {} if same_rule else judged(last.charter.sha256)
        by_charter = by_rule if same_charter else judged(new.charter.sha256)
    except BoussoleError:
        return lambda *_: figures if same_charter else "charter_and_audit"

    def why(subject: str, before: str | None, after: str) -> Cause:
        if by_rule.get(subject) == after:
            return "rule"
        return figures if same_charter else _weighed(by_charter.get(subject), before, after, figures)

    return why


def _weighed(again: str | None, before: str | None, after: str, figures: Cause) -> Cause:
    """What the audit before would say under the new charter tells which of the two did it."""
    if again == after or (again is None and after == "not_asked"):
        return "charter"
    return figures if again == before else "charter_and_audit"


def _judged_again(
    workspace: Workspace, document: AuditDocument, system: System, charter: Charter, *, rule: int
) -> dict[str, str]:
    """The states that another charter or rule gives the same measures, with what people had stated then."""
    facts = facts_of(workspace, as_of=document.as_of, before=document.evidence.statements or 0)
    found = verdicts_in_short(
        asked_of(charter, system),
        document.measures,
        window_start=document.window.start,
        window_end=document.window.end,
        facts=facts,
        left_out=document.left_out,
        together=document.accumulated.figures if document.accumulated else (),
        rule=rule,
    )
    return states_of(summarise(charter, found, system=system.id, facts=facts), found)


# The drift of a system since somebody last looked: every part of it, month by month, as the drift page reads it.


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
    series: DriftSeries, read: Sequence[Mapping[str, ThemeReading]], theme: str
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
        return _first_drift(system, subject, states)
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


def _first_drift(
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
