"""Keyed hashes of values that come again and again, computed once for each value."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import duckdb

from boussole.audits.decisions.contracts import Contract
from boussole.audits.decisions.reviews import looked_up
from boussole.audits.lake.tables import keep, one, quote
from boussole.audits.privacy.pseudonyms import bucket, pseudonym

FEW_ROWS = 10_000
"""In fewer rows than this nothing is gained."""
AGAIN = 2
"""In so many rows a value must stand on average, or it is as well hashed in each of them."""


@contextmanager
def keyed_once(
    connection: duckdb.DuckDBPyConnection, contract: Contract, relation: str, good: str
) -> Iterator[tuple[Contract, str]]:
    """Yield the contract and the relation of a source with the keyed hashes of its texts; `good`: SQL of its rows."""
    kept: list[str] = []
    source, rows = f"{relation} WHERE true{good}", one(connection, f"SELECT count(*) FROM {relation}")
    hashes = _hashes(contract) if rows >= FEW_ROWS else {}
    select = dict(contract.select)
    if looked_up(contract) and select["id"] == contract.mark():
        select["id"] = quote("touched:id")
        ids = "(SELECT DISTINCT row, id FROM touched)"
        relation = f"(SELECT s.*, t.id AS {select['id']} FROM {relation} s LEFT JOIN {ids} t ON t.row = s.row)"
    for text, roles in hashes.items():
        name = f"keyed_{len(kept)}"
        keep(connection, name, f"SELECT DISTINCT {text} AS clear FROM {source}")
        kept.append(name)
        if one(connection, f"SELECT count(*) FROM {name}") * AGAIN > rows:
            continue
        columns = {role: quote(f"{name}:{role}") for role in roles}
        listed = ", ".join(f"{hashed.format('clear')} AS {columns[role]}" for role, hashed in roles.items())
        keep(connection, name, f"SELECT clear, {listed} FROM {name}")
        told = quote(f"{name}:text")
        relation = (
            f"(SELECT s.*, {', '.join(f'{name}.{column}' for column in columns.values())} "
            f"FROM (SELECT *, {text} AS {told} FROM {relation}) s LEFT JOIN {name} ON {name}.clear = s.{told})"
        )
        select |= columns
    yield replace(contract, select=select), relation
    for name in kept:
        connection.execute(f"DROP TABLE {name}")


def _hashes(contract: Contract) -> dict[str, dict[str, str]]:
    """Texts whose keyed hash is stored, each with the roles that it is stored in, and SQL with a place for the text."""
    texts = dict.fromkeys([*map(contract.read.text, contract.read.types), *contract.texts])
    ways = (pseudonym("{}"), bucket("{}"))
    found = {
        text: {role: way for role, sql in contract.select.items() for way in ways if sql == way.format(text)}
        for text in texts
        if text != contract.identity
    }
    return {text: roles for text, roles in found.items() if roles}
