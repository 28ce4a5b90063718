"""The answers of the API, from what the pages read. Every one takes a workspace and what was asked."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from importlib.metadata import version
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Connection

from audits import ledger
from audits.errors import nearest
from audits.ledger.search import Asked, Listed, search, span
from audits.metrics.registry import REGISTRY
from audits.workspace import Workspace
from charter.coverage import Use
from charter.records import audit_at, prove_entry, request_of
from charter.records.database import reading
from charter.records.kinds import KINDS
from dashboard import store
from dashboard.api.refusals import MissingError, UnknownError
from dashboard.api.shapes import (
    Audited,
    AuditOut,
    CharterOut,
    EntryOut,
    Health,
    Judged,
    LeftOutOut,
    Measures,
    Page,
    SystemOut,
)

Given = Mapping[str, Any]
Document = Mapping[str, Any]


def systems(workspace: Workspace, given: Given) -> Page[SystemOut]:
    """Every use of the register, in the order of the ids."""
    return Page[SystemOut](**_some("/api/systems", [_system(use) for use in store.scene(workspace).uses], given))


def system(workspace: Workspace, given: Given) -> SystemOut:
    """One use of the register."""
    return _system(_use(workspace, given["system"]))


def audits(workspace: Workspace, given: Given) -> Page[AuditOut]:
    """The audits of a system, the oldest window first."""
    name = _use(workspace, given["system"]).system.id
    found = [
        AuditOut(
            entry=each.entry,
            start=each.start,
            end=each.end,
            decisions=each.decisions,
            left_out=_left_out(each.left_out),
            charter=each.charter,
            articles=_marks(each.articles),
        )
        for each in store.scene(workspace).history.get(name, ())
    ]
    return Page[AuditOut](**_some(f"/api/systems/{name}/audits", found, given))


def measures(workspace: Workspace, given: Given) -> Measures:
    """The measures of a system's latest audit, as they were sealed."""
    use = _use(workspace, given["system"])
    if use.audit is None:
        raise MissingError(
            f"nobody has audited '{use.system.id}' yet.", next_step="Its verdicts rest on what people state."
        )
    audit, metric, status = use.audit, given.get("metric"), given.get("status")
    _known("metric", metric, {*(each.name for each in REGISTRY.all()), *(each["metric"] for each in audit["measures"])})
    found = [
        each for each in audit["measures"] if metric in (None, each["metric"]) and status in (None, each["status"])
    ]
    short = _audited(audit)
    return Measures(
        system=use.system.id,
        entry=short.entry,
        start=short.start,
        end=short.end,
        **_some(f"/api/systems/{use.system.id}/measures", found, given),
    )


def verdicts(workspace: Workspace, given: Given) -> Page[Judged]:
    """Every question that the charter asks of each system, with its answer as it stands today."""
    if "system" in given:
        _use(workspace, given["system"])
    _known("article", given.get("article"), {each.id for each in store.scene(workspace).charter.articles})
    found = [
        Judged(
            system=use.system.id,
            entry=_audited(use.audit).entry if use.audit else None,
            left_out=_left_out(use.audit.get("left_out")) if use.audit else None,
            verdict=verdict,
        )
        for use in store.scene(workspace).uses
        for verdict in use.verdicts
        if given.get("system") in (None, use.system.id)
        and given.get("article") in (None, verdict["article"])
        and given.get("verdict") in (None, verdict["verdict"])
    ]
    return Page[Judged](**_some("/api/verdicts", found, given))


def audit(workspace: Workspace, given: Given) -> Document:
    """The whole document of an audit, as it was sealed."""
    found = audit_at(workspace, given["entry"])
    if found is None:
        raise MissingError(f"entry {given['entry']} seals no audit.", next_step="See /api/ledger?kind=audit.")
    return found


def charter(workspace: Workspace, _given: Given) -> CharterOut:
    """The charter in force, with its fingerprint."""
    found = store.scene(workspace).charter
    return CharterOut(sha256=found.sha256, version=found.version, charter=found.model_dump(mode="json"))


def entries(workspace: Workspace, given: Given) -> Page[EntryOut]:
    """The entries of the ledger, the newest first."""
    asked = Asked(kind=given.get("kind", ""), system=given.get("system", ""))
    skip, take = given["skip"], given["take"]
    with reading(workspace) as connection:
        total, found = (0, []) if connection is None else search(connection, asked, skip=skip, take=take)
        kinds = set() if connection is None else set(span(connection).kinds)
    _known("kind", given.get("kind"), {"audit", *KINDS, *kinds})
    if not total and "system" in given:
        _use(workspace, given["system"])
    items = [_entry(each) for each in found]
    return Page[EntryOut](items=items, total=total, next=_next("/api/ledger", given, skip + len(items), total))


def entry(workspace: Workspace, given: Given) -> EntryOut:
    """One entry of the ledger."""
    with reading(workspace) as connection:
        found = ledger.entry_at(_there(connection, given["entry"]), given["entry"])
    return EntryOut(
        entry=found.index, kind=found.kind, payload=dict(found.payload), time=found.time, leaf_hash=found.leaf_hash
    )


def proof(workspace: Workspace, given: Given) -> str:
    """The proof that an entry stands in the ledger, below a checkpoint signed now (C2SP tlog-proof)."""
    with reading(workspace) as connection:
        _there(connection, given["entry"])
    return str(prove_entry(workspace, given["entry"], store.checkpoint(workspace)))


def checkpoint(workspace: Workspace, given: Given) -> str:
    """A checkpoint of the whole ledger, signed now (C2SP signed note): keep it elsewhere."""
    return str(request_of(workspace, store.checkpoint(workspace), since=given["since"]))


def health(workspace: Workspace, _given: Given) -> Health:
    """Whether the server answers and can read its workspace."""
    with reading(workspace):
        return Health(status="ok", version=version("boussole"))


def _there(connection: Connection | None, index: int) -> Connection:
    """The connection, once the ledger is known to have an entry. Raises MissingError where it has no such one."""
    if connection is None or not span(connection).size:
        raise MissingError("the ledger has no entry yet.", next_step="Run `boussole audit` first.")
    size = span(connection).size
    if index >= size:
        raise MissingError(f"the ledger has {size} entries, none of index {index}.", next_step="See /api/ledger.")
    return connection


def _known(what: str, name: str | None, names: Collection[str]) -> None:
    """Raises UnknownError for a name that is none of those known, with the nearest of them."""
    if name is not None and name not in names:
        close = difflib.get_close_matches(name, sorted(names), n=3, cutoff=0.4)
        hint = f"The nearest: {', '.join(close)}." if close else f"Known: {', '.join(sorted(names))}."
        raise UnknownError(f"there is no {what} '{name}'. {hint}", where="query", next_step="Ask for one of these.")


def _use(workspace: Workspace, name: str) -> Use:
    uses = {use.system.id: use for use in store.scene(workspace).uses}
    if name not in uses:
        known = nearest(name, uses) if uses else "There is none yet."
        raise MissingError(f"there is no system '{name}'. {known}", next_step="See /api/systems.")
    return uses[name]


def _system(use: Use) -> SystemOut:
    said = use.system
    return SystemOut(
        id=said.id,
        kind=said.kind,
        title=said.title,
        purpose=said.purpose,
        owner=said.owner,
        status=said.status,
        risk=said.risk,
        provider=said.provider,
        hosting=said.hosting,
        audit=_audited(use.audit) if use.audit else None,
        articles=use.articles,
    )


def _audited(audit: Document) -> Audited:
    window = audit["window"]
    return Audited(
        entry=audit["evidence"]["entry"],
        start=window["start"][:10],
        end=window["end"][:10],
        decisions=audit["decisions"],
        left_out=_left_out(audit.get("left_out")),
    )


def _left_out(told: Document | None) -> LeftOutOut | None:
    return (
        None if told is None else LeftOutOut(**{name: told[name] for name in LeftOutOut.model_fields if name in told})
    )


def _marks(articles: Sequence[Document]) -> dict[str, Any]:
    return {each["article"]: each["verdict"] for each in articles}


def _entry(found: Listed) -> EntryOut:
    return EntryOut(
        entry=found.index, kind=found.kind, payload=dict(found.payload), time=found.time, leaf_hash=found.leaf_hash
    )


def _some(path: str, found: Sequence[Any], given: Given) -> dict[str, Any]:
    """The part of a list that was asked for."""
    skip, take = given["skip"], given["take"]
    items = list(found[skip : skip + take])
    return {"items": items, "total": len(found), "next": _next(path, given, skip + len(items), len(found))}


def _next(path: str, given: Given, reached: int, total: int) -> str | None:
    if not given["skip"] < reached < total:
        return None
    in_path = path.startswith(f"/api/systems/{given.get('system')}/")
    asked = {key: value for key, value in given.items() if key != "skip" and not (key == "system" and in_path)}
    return f"{path}?{urlencode({**asked, 'skip': reached})}"
