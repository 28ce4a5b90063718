"""Audits of several windows and systems that are sealed together: all of them, or none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from boussole.audits.counts.left_out import periods_held
from boussole.audits.counts.read import days_of
from boussole.audits.lake import reading
from boussole.audits.systems.model import System
from boussole.audits.windows import Window, complete_periods, ended_periods, period_of, unread_period
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.auditing.differences import differences
from boussole.charter.document import AuditDocument
from boussole.charter.records import audits_of
from boussole.charter.records.in_force import InForce


@dataclass(frozen=True, kw_only=True)
class LogPeriod:
    """One period of a log and its decisions; `complete`: it is over, and its sources were read since."""

    window: Window
    decisions: int
    complete: bool = True


@dataclass(frozen=True, kw_only=True)
class PeriodAudit:
    """A period with its document; `unchanged` where a stored audit says the same, which is then the document."""

    window: Window
    document: AuditDocument
    unchanged: bool


def periods_of(workspace: Workspace, system: System) -> list[LogPeriod]:
    """All periods of a log of the system's kind, oldest first, those without decisions included."""
    with reading(workspace) as connection:
        days = days_of(connection, system)
        held = periods_held(connection, system)
    kind = system.windows.audit
    if kind == "all":
        return [LogPeriod(window=window, decisions=n) for window, n in held.items()]
    windows = ended_periods(days.first, period_of(days.last, kind).end, kind)
    complete = complete_periods(days, kind)
    return [LogPeriod(window=each, decisions=held.get(each, 0), complete=each in complete) for each in windows]


@dataclass(frozen=True, kw_only=True)
class UnreadPeriod:
    """A period that is over, and whose sources were not read since; `read`: the day they last were, if one is noted."""

    window: Window
    read: dt.date | None


def unread_of(workspace: Workspace, system: System) -> UnreadPeriod | None:
    """The newest period of a log, where it is over and nobody knows whether all of it has come in."""
    with reading(workspace) as connection:
        days = days_of(connection, system)
    window = unread_period(days, system.windows.audit)
    return None if window is None else UnreadPeriod(window=window, read=days.read)


def audit_periods(
    workspace: Workspace,
    system: System,
    periods: Sequence[LogPeriod],
    *,
    judging: InForce,
    as_of: dt.date | None = None,
    exact: bool = False,
    beside: Sequence[AuditDocument] = (),
) -> list[PeriodAudit]:
    """Audits periods in their order without sealing any; each hides what earlier ones and those `beside` oblige to."""
    stored: dict[Window, AuditDocument] = {}
    for document in audits_of(workspace, system.id):
        stored[document.window.days] = document
    made: list[AuditDocument] = []
    found: list[PeriodAudit] = []
    for period in periods:
        document = run_audit(
            workspace,
            system,
            start=period.window.start,
            end=period.window.end,
            as_of=as_of,
            exact=exact,
            dry_run=True,
            judging=judging,
            beside=[*beside, *made],
        )
        before = stored.get(period.window)
        same = before is not None and unchanged(before, document)
        found.append(
            PeriodAudit(window=period.window, document=before if same and before else document, unchanged=same)
        )
        made += [] if same else [document]
    return found


def unchanged(stored: AuditDocument, made: AuditDocument) -> bool:
    """Whether an audit says what a stored one of its window says, of the same declaration of its system."""
    same_system = stored.evidence.system == made.evidence.system
    return same_system and not differences(_own(stored), _own(made), texts=False)


def _own(document: AuditDocument) -> AuditDocument:
    return document.changed(left_out=document.left_out.changed(other_periods=0))
