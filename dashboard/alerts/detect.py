"""Finding what changed and putting it into the outbox: one transaction for each system."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, delete, insert, select

from boussole.audits.alert_settings import AlertSettings, Digest
from boussole.audits.errors import BoussoleError
from boussole.audits.hashing import sha256_hex
from boussole.audits.workspace import Workspace
from boussole.charter.records.database import open_records, reading
from boussole.charter.records.models import AlertState, AlertSystem
from boussole.dashboard.alerts.channels import Channel, channels, check_choices
from boussole.dashboard.alerts.messages import ChangeMessage, Draft, KnownState, Message, SubjectChange, keep, queue
from boussole.dashboard.alerts.outbox import forget
from boussole.dashboard.alerts.texts import facts
from boussole.dashboard.alerts.verdicts import SystemMark, drifted, verdicts
from boussole.dashboard.server.access.database import now as this_moment
from boussole.dashboard.server.access.database import stamp
from boussole.dashboard.views.scene import Scene, load

# When a message is due: at once, or with the next digest.


DAY = dt.timedelta(days=1)


def due_at(now: dt.datetime, digest: Digest, settings: AlertSettings) -> dt.datetime:
    """The moment (UTC) at which what is found now is to be sent: the next digest begins after it.

    >>> settings = AlertSettings(digest_hour=7, timezone="Europe/Paris")
    >>> moment = dt.datetime(2026, 11, 27, 9, 0, tzinfo=dt.UTC)  # a Friday
    >>> [due_at(moment, digest, settings).isoformat() for digest in ("off", "daily", "weekly")]
    ['2026-11-27T09:00:00+00:00', '2026-11-28T06:00:00+00:00', '2026-11-30T06:00:00+00:00']
    """
    if digest == "off":
        return now
    here = now.astimezone(settings.zone)
    day = here.date()
    while True:
        found = dt.datetime.combine(day, dt.time(settings.digest_hour), tzinfo=settings.zone)
        if found > now and (digest == "daily" or not day.weekday()):
            return found.astimezone(dt.UTC)
        day += DAY


# Finding what changed and putting it into the outbox: one transaction for each system.
#
# What is compared is read first, without keeping anybody waiting. If somebody else has noted something of the same
# system
# meanwhile, nothing is written and it is looked at again: so a change is found once, however many look.


TRIES = 5


@dataclass(frozen=True, kw_only=True)
class SystemCheck:
    """One system as it was looked at: what was known before, what changed, and what is known now."""

    system: str
    was: Mapping[str, KnownState]
    seen_before: SystemMark
    changes: Sequence[SubjectChange]
    known: Mapping[str, KnownState]
    seen: SystemMark

    @property
    def nothing_new(self) -> bool:
        return (self.seen_before, dict(self.was)) == (self.seen, dict(self.known))


@dataclass(frozen=True, kw_only=True)
class AlertCheck:
    """What a check found: the changes, and the messages that tell them."""

    changes: Sequence[SubjectChange]
    messages: Sequence[Message]


def check(
    workspace: Workspace,
    *,
    systems: Collection[str] | None = None,
    now: dt.datetime | None = None,
    today: dt.date | None = None,
    dry_run: bool = False,
    meanwhile: Callable[[], None] = lambda: None,
) -> AlertCheck:
    """Looks at every system (or at some), and queues what changed since somebody looked last.

    With `dry_run` nothing is written, not even that somebody looked. `meanwhile` is called between looking and writing.

    Raises BoussoleError where no channel is set up, or one names a system or an article that is not there.
    """
    ways, now = channels(workspace), now or this_moment()
    if not dry_run and workspace.governance.exists():
        open_records(workspace)  # brings older records up to date before anything reads them
    scene = load(workspace, today=today or now.astimezone(workspace.settings.zone).date())
    check_choices(ways, systems=workspace.systems, articles={each.id: each for each in scene.charter.articles})
    found: list[SubjectChange] = []
    messages: dict[str, Message] = {}
    for system in sorted(set(scene.standing) if systems is None else set(systems)):
        looked = _looked(workspace, scene, system)
        if looked.nothing_new and looked.seen_before.version:
            continue
        if dry_run:
            queued = _would(workspace, scene, looked, ways, now)
        else:
            queued, looked = _noted(workspace, scene, looked, ways, now=now, meanwhile=meanwhile)
        found += looked.changes
        for each in queued:
            before = messages.get(each.id)
            messages[each.id] = replace(each, items=[*before.items, *each.items]) if before else each
    return AlertCheck(changes=found, messages=list(messages.values()))


def _looked(workspace: Workspace, scene: Scene, system: str) -> SystemCheck:
    with reading(workspace) as connection:
        seen, known = _seen(connection, system) if connection is not None else (SystemMark(), {})
    judged = verdicts(workspace, scene, system, seen, known)
    moved = drifted(workspace, scene, system, judged.known)
    return SystemCheck(
        system=system,
        was=known,
        seen_before=seen,
        changes=[*judged.changes, *moved.changes],
        known=moved.known,
        seen=judged.seen,
    )


def _seen(connection: Connection, system: str) -> tuple[SystemMark, dict[str, KnownState]]:
    row = connection.execute(select(AlertSystem.__table__).where(AlertSystem.system == system)).first()
    if row is None:
        return SystemMark(), {}
    states = connection.execute(select(AlertState.__table__).where(AlertState.system == system))
    known = {
        each.subject: KnownState(state=each.state, since=each.since, window_end=each.window_end) for each in states
    }
    return SystemMark(version=row.version, seen_until=row.seen_until, audit=row.audit, charter=row.charter), known


def _noted(
    workspace: Workspace,
    scene: Scene,
    looked: SystemCheck,
    ways: Mapping[str, Channel],
    *,
    now: dt.datetime,
    meanwhile: Callable[[], None],
) -> tuple[list[Message], SystemCheck]:
    """Writes what was found, unless somebody else did meanwhile: then it is looked at again."""
    for _ in range(TRIES):
        meanwhile()
        items = _items(workspace, scene, looked, now)
        with open_records(workspace).begin() as connection:
            seen, _known = _seen(connection, looked.system)
            if seen == looked.seen_before:
                return _write(workspace, connection, looked, items, ways=ways, now=now), looked
        looked = _looked(workspace, scene, looked.system)
        if looked.nothing_new:
            return [], looked
    raise BoussoleError(
        f"others kept noting changes of '{looked.system}'.", next_step="Run `boussole alerts check` again."
    )


def _items(
    workspace: Workspace, scene: Scene, looked: SystemCheck, now: dt.datetime
) -> list[tuple[ChangeMessage, str]]:
    """The changes as they are told, not numbered yet, each with its key."""
    return [
        (
            ChangeMessage(
                number=-at,
                system=change.system,
                subject=change.subject,
                before=change.before,
                after=change.after,
                direction=change.direction,
                detected_at=stamp(now),
                facts=facts(change, scene),
            ),
            _key(workspace, change, looked.seen_before.version + 1, at),
        )
        for at, change in enumerate(looked.changes, 1)
    ]


def _key(workspace: Workspace, change: SubjectChange, version: int, at: int) -> str:
    """What makes a change this one: its subject, both states, the audit, and how often its system had changed."""
    what = [str(workspace.home), change.system, change.subject, change.before, change.after, change.entry, version, at]
    return sha256_hex(json.dumps(what).encode())


def _write(
    workspace: Workspace,
    connection: Connection,
    looked: SystemCheck,
    items: Sequence[tuple[ChangeMessage, str]],
    *,
    ways: Mapping[str, Channel],
    now: dt.datetime,
) -> list[Message]:
    """Notes what is known now, the changes, and the messages that tell them, in the caller's transaction."""
    _keep(connection, looked)
    forget(connection, before=now - dt.timedelta(days=workspace.settings.alerts.keep_days))
    numbered = [(replace(told, number=keep(connection, told, key)), key) for told, key in items]
    keys = {told.number: key for told, key in numbered}
    drafts = _drafts(workspace, [told for told, _ in numbered], ways, now)
    return [queue(connection, draft, keys) for draft in drafts]


def _keep(connection: Connection, looked: SystemCheck) -> None:
    system, seen = looked.system, looked.seen
    for model in (AlertSystem, AlertState):
        connection.execute(delete(model).where(model.system == system))
    connection.execute(
        insert(AlertSystem).values(
            system=system,
            version=looked.seen_before.version + 1,
            seen_until=seen.seen_until,
            audit=seen.audit,
            charter=seen.charter,
        )
    )
    states = [
        {"system": system, "subject": name, "state": each.state, "since": each.since, "window_end": each.window_end}
        for name, each in looked.known.items()
    ]
    if states:
        connection.execute(insert(AlertState), states)


def _drafts(
    workspace: Workspace, items: Sequence[ChangeMessage], ways: Mapping[str, Channel], now: dt.datetime
) -> list[Draft]:
    """One message for each channel that takes any of the changes of a system."""
    return [
        Draft(
            home=str(workspace.home),
            channel=way.name,
            digest=way.digest,
            system=taken[0].system,
            now=now,
            due=due_at(now, way.digest, way.settings),
            items=taken,
        )
        for way in ways.values()
        if (taken := [each for each in items if way.takes(each)])
    ]


def _would(
    workspace: Workspace, scene: Scene, looked: SystemCheck, ways: Mapping[str, Channel], now: dt.datetime
) -> list[Message]:
    """The messages that would be queued, under the numbers that they would have."""
    items = _items(workspace, scene, looked, now)
    keys = {told.number: key for told, key in items}
    return [draft.message(draft.number(keys)) for draft in _drafts(workspace, [told for told, _ in items], ways, now)]
