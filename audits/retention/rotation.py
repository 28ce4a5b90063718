"""Rotation of keys: stored pseudonyms go through one more key, sealed texts are sealed anew, the lake is rebuilt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from boussole.audits.errors import BoussoleError, PrivacyError
from boussole.audits.lake import has_lake
from boussole.audits.lake.connection import Name, columns, qualified, rebuild, tables
from boussole.audits.lake.tables import one, quote
from boussole.audits.log_names import LOGS
from boussole.audits.privacy import keys, text
from boussole.audits.privacy.pseudonyms import KNOWN, RING, link, set_key, set_link
from boussole.audits.privacy.removals import noted, removal
from boussole.audits.retention.purge import TWIN
from boussole.audits.systems.logs import LOG_TYPES
from boussole.audits.systems.model import System
from boussole.audits.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class RotationResult:
    """The length of the chain of keys now, and how many stored columns went through the new one."""

    keys: int
    columns: int


def rotate(workspace: Workspace) -> RotationResult:
    """Bring the lake under a new key of pseudonyms and a new key of texts; buckets stay as they are.

    Old keys of texts are removed. Raises PrivacyError when there is no lake, a key is missing, or a system's file is.
    """
    if not has_lake(workspace):
        raise PrivacyError(
            "there is nothing to bring under a new key: nothing was imported yet.",
            where=str(workspace.home),
            next_step="Import first; the first import makes the first key.",
        )
    done: list[RotationResult] = []

    def plan(connection: duckdb.DuckDBPyConnection) -> Mapping[Name, str]:
        set_key(connection, workspace)
        position = _chain(connection) + 1
        key = keys.add(workspace.keys, RING, position)
        set_link(connection, key, position)
        changed = _pseudonyms(connection, workspace, position)
        queries = {name: _select(name, values) for name, values in _with_texts(connection, workspace, changed).items()}
        row = f"SELECT '{RING}', {position}, '{keys.key_id(key)}'"
        queries["main", "secrets"] = f"SELECT * FROM {KNOWN} UNION ALL {row}"
        done.append(RotationResult(keys=position, columns=sum(map(len, changed.values()))))
        return {**queries, **noted(connection, [removal("rotation", keys=position)])}

    try:
        rebuild(workspace, plan)
    except duckdb.Error as error:
        if "PrivacyError" not in str(error):
            raise
        raise PrivacyError(
            "a sealed text cannot be read with the keys that are there; nothing was changed.",
            where=str(workspace.keys),
            next_step="Put the missing key file back from the backup of the folder keys/.",
        ) from None
    for number in keys.numbers(workspace.keys, text.RING)[:-1]:
        keys.path_of(workspace.keys, text.RING, number).unlink()
    return done[-1]


def _chain(connection: duckdb.DuckDBPyConnection) -> int:
    return one(connection, f"SELECT count(*) FROM {KNOWN} WHERE ring = '{RING}'")


def _pseudonyms(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, position: int
) -> dict[Name, dict[str, str]]:
    """The columns of each table that hold pseudonyms, each with the SQL of its new value."""
    found: dict[Name, dict[str, str]] = {}
    for name in tables(connection):
        if name[0] != "main":
            present = columns(connection, name)
            held = [column for column in _keyed(_system(workspace, name[0]), name[1]) if column in present]
            found[name] = {column: link(quote(column), position) for column in held}
    return found


def _system(workspace: Workspace, system_id: str) -> System:
    try:
        return workspace.system(system_id)
    except BoussoleError as error:
        raise PrivacyError(
            f"the lake holds decisions of '{system_id}', whose file is gone: its pseudonyms cannot be told.",
            where=str(workspace.home / "systems"),
            next_step=f"Put {system_id}.yaml back, then run the command again.",
        ) from error


def _keyed(system: System, table: str) -> list[str]:
    """The columns of a table that hold keyed hashes: declared identifiers, and what is always hashed."""
    if table == "quarantine":
        return ["fingerprint", "mark"]
    log = next((name for name in LOGS if name == table.removeprefix(TWIN)), None)
    if log is None:
        return []
    private, kind, part, own = set(system.privacy.pseudonymise), LOG_TYPES[log], system.section(log), system.columns
    roles: dict[str, Sequence[str | None]] = {}
    if part is not None:
        roles = {role: [column] for role, column in kind.identifying(part).items()}
    elif own and kind.of_decisions:
        roles = {"id": own.key}
    elif own and log == "decisions":
        roles = {"id": own.key, "person": [own.person], "request": [own.request], "team": [own.team]}
    always = {*kind.keyed, "id"} if kind.hashed else {*kind.keyed}
    return [*always, *(role for role, made_of in roles.items() if role not in always and private.intersection(made_of))]


def _with_texts(
    connection: duckdb.DuckDBPyConnection, workspace: Workspace, changed: dict[Name, dict[str, str]]
) -> dict[Name, dict[str, str]]:
    """Seal every sealed text anew under a new key; without texts there is no new key."""
    sealed = {
        name: [column for column, kind in columns(connection, name).items() if kind == "BLOB"] for name in changed
    }
    ring = keys.numbers(workspace.keys, text.RING)
    if ring:
        keys.add(workspace.keys, text.RING, ring[-1] + 1)
        text.register(connection, workspace)
    again = {name: {column: f"seal_again({quote(column)})" for column in found} for name, found in sealed.items()}
    return {name: {**values, **(again[name] if ring else {})} for name, values in changed.items()}


def _select(name: Name, values: Mapping[str, str]) -> str:
    listed = ", ".join(f"{value} AS {quote(column)}" for column, value in values.items())
    return f"SELECT * REPLACE ({listed}) FROM {qualified(name)}" if values else f"FROM {qualified(name)}"
