"""Whether what a system file calls the id identifies a decision: a source is refused whole where it does not."""

from __future__ import annotations

import duckdb

from boussole.audits.decisions.contracts import Contract
from boussole.audits.decisions.sources import OpenSource
from boussole.audits.errors import SourceError
from boussole.audits.lake.tables import literal
from boussole.audits.systems.model import System

TRIFLE = 3
"""Repeated ids that are set aside in any source, however short: slips of the hand."""
SHARE = 100
"""Beyond 1 row in so many, repeated ids are no slip: from that share of rows left out on, an audit of the rest could
answer no question anyway."""


def hold_id(connection: duckdb.DuckDBPyConnection, opened: OpenSource, contract: Contract, *, rows: int) -> None:
    """Make the temporary table `repeated` (row, and whether it differs from the first row of its id).

    Raises SourceError where an id stands for several decisions.
    """
    unread = set(opened.types) - set(opened.columns)
    told = connection.execute("SELECT count(*), count(*) FILTER (differs) FROM repeated").fetchone()
    repeated, differing = told or (0, 0)
    if (repeated if unread else differing) <= max(TRIFLE, rows // SHARE):
        return
    columns = contract.id_column.replace(" + ", ", ")
    written = f"[{columns}]" if ", " in columns else columns
    raise SourceError(
        f"`id: {written}` has only {rows - repeated:,} different values in {rows:,} rows: it does not identify a "
        "decision.",
        where=opened.name,
        next_step="Name the column that does, or several that do together (`id: [offer, person]`), or write "
        "`id: {row_number: true}`; `boussole systems new --from FILE` proposes one. If whole rows stand in the file "
        "several times, export each once.",
    )


def hold_rows(connection: duckdb.DuckDBPyConnection, system: System, *, origin: str, sha256: str) -> None:
    """Raise SourceError for other content under the name of a file whose decisions are identified by their rows."""
    if system.log.key:
        return
    earlier = (
        f"SELECT 1 FROM lake.main.ingested WHERE system = {literal(system.id)} AND log = 'decisions' "
        f"AND origin = {literal(origin)} AND sha256 <> {literal(sha256)} AND accepted > 0"
    )
    if connection.execute(earlier).fetchone():
        raise SourceError(
            "a file of this name was imported before, with another content. Decisions that are known by their rows "
            "alone cannot be told from those of a corrected file: all of them would count twice.",
            where=origin,
            next_step="If all its decisions are new, give the file another name. If it corrects the earlier one, name "
            "the columns that identify a decision in `columns.id`, and import into a workspace anew.",
        )
