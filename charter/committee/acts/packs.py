"""Frozen packs: the evidence that a session works on, as it stood at a moment, and what changed since another one."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, select

from boussole.audits import ledger
from boussole.audits.ledger.tree import entry_table, size_of
from boussole.audits.workspace import Workspace
from boussole.charter.committee.acting import Who, turn
from boussole.charter.committee.meetings.sessions import session
from boussole.charter.document import AuditDocument
from boussole.charter.judging.by_article import current
from boussole.charter.record_types.acts import Convocation, FrozenPack, PackAudit
from boussole.charter.records import SealedStatement, register_charter
from boussole.charter.records.database import reading
from boussole.charter.records.facts import facts_of
from boussole.charter.records.in_force import CharterInUse, in_force, judging_then, kept_charter, versions
from boussole.charter.records.store.audits import audits_at, latest_rows
from boussole.charter.text.model import Charter


@dataclass(frozen=True, kw_only=True)
class PackVerdictChange:
    """A question of a system that is answered otherwise; None where it is not asked on that side."""

    system: str
    article: str
    indicator: str
    before: str | None
    after: str | None


@dataclass(frozen=True, kw_only=True)
class PackChanges:
    """What differs between two frozen packs. `sealed` counts the entries of each kind that came in between."""

    charter: tuple[str, str] | None
    added: Sequence[PackAudit]
    removed: Sequence[PackAudit]
    renewed: Sequence[tuple[PackAudit, PackAudit]]
    verdicts: Sequence[PackVerdictChange]
    sealed: Mapping[str, int]

    @property
    def none(self) -> bool:
        """Whether nothing of the evidence differs."""
        return not (self.charter or self.added or self.removed or self.renewed or self.verdicts)


def freeze(workspace: Workspace, name: str, *, of: int, who: Who) -> SealedStatement:
    """Freeze the evidence for a session, or freeze it anew; where nothing came since, the pack that there is."""
    with turn(workspace, name) as now:
        found = session(now.house, of)
        last = now.house.last(FrozenPack, found.entry)
        if last is not None and size_of(now.connection) == last[0] + 1:
            return now.house.sealed(last[0])
        charter = in_force(workspace).charter
        register_charter(now.connection, charter)
        return now.seal(
            FrozenPack(
                **asdict(who),
                committee=name,
                of=found.entry,
                size=size_of(now.connection),
                root=ledger.root(now.connection),
                charter=charter.sha256,
                charter_version=charter.version,
                audits=_audits(now.connection),
                replaces=last[0] if last else None,
            )
        )


def pack_now(workspace: Workspace, pack: FrozenPack, *, on: dt.date) -> FrozenPack:
    """What the same pack would hold if it were frozen now, on a day: nothing of it is sealed."""
    charter = in_force(workspace).charter
    with reading(workspace) as connection:
        assert connection is not None  # noqa: S101 (there is a pack, so there are records)
        now = {"size": size_of(connection), "root": ledger.root(connection), "audits": _audits(connection)}
    return pack.model_copy(update={**now, "on": on, "charter": charter.sha256, "charter_version": charter.version})


def pack_before(workspace: Workspace, called: Convocation, *, of: int, entry: int, on: dt.date) -> FrozenPack:
    """What the pack of a session would have held, had it been frozen before an entry of the ledger: none is sealed."""
    charter = _charter_before(workspace, entry)
    with reading(workspace) as connection:
        assert connection is not None  # noqa: S101 (there is an entry, so there are records)
        return FrozenPack(
            role=called.role,
            committee=called.committee,
            on=on,
            of=of,
            size=entry,
            root=ledger.root(connection, size=entry),
            charter=charter.sha256,
            charter_version=charter.version,
            audits=_audits(connection, before=entry),
        )


def _charter_before(workspace: Workspace, entry: int) -> CharterInUse | Charter:
    """The version that judged before an entry: the one adopted last by then, else the one used last."""
    known = [each for each in versions(workspace) if each.entry < entry]
    acts = [(act.entry, each) for each in known for act in each.acts if act.entry < entry]
    if acts:
        return max(acts, key=lambda pair: pair[0])[1]
    return known[-1] if known else in_force(workspace).charter


def standing(workspace: Workspace, pack: FrozenPack) -> dict[str, AuditDocument]:
    """The audits of a pack by system, with the verdicts that rested on statements at the moment it was frozen."""
    here = in_force(workspace).charter
    charter = here if here.sha256 == pack.charter else kept_charter(workspace, pack.charter)
    adopted = judging_then(workspace, charter, before=pack.size).adopted
    facts = facts_of(workspace, as_of=pack.on, before=pack.size, adopted=adopted)
    documents, systems = audits_at(workspace, {each.entry for each in pack.audits}), workspace.systems
    found: dict[str, AuditDocument] = {}
    for each in pack.audits:
        document, system = documents[each.entry], systems.get(each.system)
        found[each.system] = (
            document if system is None else current(document, charter=charter, system=system, facts=facts)
        )
    return found


def pack_changes(workspace: Workspace, before: FrozenPack, after: FrozenPack) -> PackChanges:
    """What changed from one frozen pack to another: audits, and what people stated in between."""
    old, new = ({each.system: each for each in pack.audits} for pack in (before, after))
    differ = [name for name in sorted(old.keys() | new.keys()) if old.get(name) != new.get(name)]
    verdicts = answered_otherwise(standing(workspace, before), standing(workspace, after))
    return PackChanges(
        charter=(before.charter_version, after.charter_version) if before.charter != after.charter else None,
        added=[new[name] for name in differ if name not in old],
        removed=[old[name] for name in differ if name not in new],
        renewed=[(old[name], new[name]) for name in differ if name in old and name in new],
        verdicts=verdicts,
        sealed=_sealed_between(workspace, before.size, after.size),
    )


def _audits(connection: Connection, *, before: int | None = None) -> list[PackAudit]:
    return [
        PackAudit(
            system=row.system,
            entry=row.entry,
            document=row.document_sha256,
            start=dt.date.fromisoformat(row.window_start),
            end=dt.date.fromisoformat(row.window_end),
        )
        for row in latest_rows(connection, before=before)
    ]


def answered_otherwise(
    before: Mapping[str, AuditDocument], after: Mapping[str, AuditDocument]
) -> list[PackVerdictChange]:
    """The questions answered otherwise, system by system, in the order of the later audit."""
    found = []
    for system in sorted(before.keys() | after.keys()):
        old, new = (
            {(each.article, each.indicator): each.verdict for each in (side[system].verdicts if system in side else ())}
            for side in (before, after)
        )
        found += [
            PackVerdictChange(system=system, article=key[0], indicator=key[1], before=old.get(key), after=new.get(key))
            for key in dict.fromkeys([*new, *old])
            if old.get(key) != new.get(key)
        ]
    return found


def _sealed_between(workspace: Workspace, start: int, end: int) -> dict[str, int]:
    position = entry_table.c.position
    query = select(entry_table.c.kind).where(position >= start, position < end)
    with reading(workspace) as connection:
        return {} if connection is None else dict(Counter(connection.execute(query).scalars()))
