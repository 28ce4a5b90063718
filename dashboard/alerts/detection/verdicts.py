"""The verdicts of a system since somebody last looked: every audit in its order, then what people have stated.

Each audit is looked at with what people have stated until today, so that a statement is told once, as itself, and an
audit for what its figures changed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from boussole.audits.errors import BoussoleError
from boussole.audits.systems.model import System
from boussole.audits.workspace import Workspace
from boussole.charter.document import AuditDocument, Standing
from boussole.charter.document.base import given
from boussole.charter.judging.current import current
from boussole.charter.judging.families import asked_of
from boussole.charter.judging.verdicts import summarise, verdicts_in_short
from boussole.charter.records import audit_at
from boussole.charter.records.database import reading
from boussole.charter.records.facts import facts_of
from boussole.charter.records.in_force import kept_charter
from boussole.charter.records.models import Audit
from boussole.charter.text.model import Charter
from boussole.dashboard.alerts.changes import BLIND, Cause, KnownState, SubjectChange, changes_between, states_of
from boussole.dashboard.views.scene import Scene

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
        together=document.accumulated.measures if document.accumulated else (),
        rule=rule,
    )
    return states_of(summarise(charter, found, system=system.id, facts=facts), found)
