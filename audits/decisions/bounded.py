"""How many groups a source would make: more than an audit can look at are refused before anything is written."""

from __future__ import annotations

import duckdb

from boussole.audits.decisions.contracts import Contract
from boussole.audits.decisions.examine import left_out
from boussole.audits.decisions.sources import OpenSource
from boussole.audits.errors import SourceError
from boussole.audits.lake.tables import describe, quote, table
from boussole.audits.systems.values import too_many


def hold_bounded(connection: duckdb.DuckDBPyConnection, opened: OpenSource, contract: Contract, *, lake: bool) -> None:
    """Raises SourceError where groups whose values the file does not declare would get too many by this source.

    A lake that has too many already can still take what brings no new ones.
    """
    system = contract.system
    if contract.log != "decisions":
        return
    free = [name for name, group in system.groups.items() if not group.order and group.source == "log"]
    if not free:
        return
    rows = f"{opened.relation} WHERE true{left_out(connection)}"
    came = _values(connection, rows, {name: contract.select[f"g_{name}"] for name in free})
    target = table(system, "decisions")
    known = describe(connection, target) if lake else {}
    stored = {name: quote(f"g_{name}") for name in free if f"g_{name}" in known}
    held = _values(connection, target, stored) if stored else {}
    fresh = {name for name in free if came[name] - held.get(name, set())}
    if not fresh:
        return
    sizes = {name: len(group.order) for name, group in system.groups.items()}
    sizes |= {name: len(came[name] | held.get(name, set())) for name in free}
    found = too_many(sizes, [by for by in system.attributes if fresh & set(by)])
    if found:
        what, many, most = found
        most_of = max(fresh, key=lambda name: (sizes[name], name))
        raise SourceError(
            f"{what}: this file brings {many:,} groups, too many to compare (at most {most}); the column "
            f"'{system.groups[most_of].column}' alone has {sizes[most_of]:,} different values.",
            where=opened.name,
            next_step=f"Write in the system file which values there are, as in `{most_of}: {{column: "
            f"{system.groups[most_of].column}, values: [A, B]}}` (others count as undeclared), or its `bands`; or take "
            "the group out.",
        )


def _values(connection: duckdb.DuckDBPyConnection, rows: str, columns: dict[str, str]) -> dict[str, set[str]]:
    listed = ", ".join(f"list(DISTINCT {sql})" for sql in columns.values())
    found = connection.execute(f"SELECT {listed} FROM {rows}").fetchone() or ()
    return {name: set(values or ()) - {None} for name, values in zip(columns, found, strict=True)}
