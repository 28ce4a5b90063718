"""What somebody has seen of what concerns them, and whether they want it by e-mail: outside the ledger, erasable."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from boussole.audits.workspace import Workspace
from boussole.dashboard.access.database import (
    access,
    letter_item_table,
    letter_table,
    moment,
    reading,
    seen_table,
    stamp,
    wish_table,
)

KEPT = dt.timedelta(days=400)
"""How long is remembered that something was seen: longer than anything is told."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """Whether somebody wants letters, and in which language: empty, in that of the organisation."""

    letters: bool = True
    lang: str = ""


def seen(workspace: Workspace, reader: str) -> Mapping[str, dt.datetime]:
    """What somebody has seen, with the moment at which they first did."""
    query = select(seen_table.c.key, seen_table.c.at).where(seen_table.c.reader == reader)
    with reading(workspace) as connection:
        return {row.key: moment(row.at) for row in connection.execute(query)}


def remember(workspace: Workspace, reader: str, keys: Iterable[str], *, now: dt.datetime) -> None:
    """Notes that somebody has seen some things; what they had seen before keeps its moment."""
    rows = [{"reader": reader, "key": key, "at": stamp(now)} for key in keys]
    if not rows:
        return
    with access(workspace) as connection:
        connection.execute(delete(seen_table).where(seen_table.c.at < stamp(now - KEPT)))
        connection.execute(insert(seen_table).on_conflict_do_nothing(), rows)


def wish_of(workspace: Workspace, reader: str) -> Wish:
    """What somebody wants; letters where they have said nothing."""
    with reading(workspace) as connection:
        row = connection.execute(select(wish_table).where(wish_table.c.reader == reader)).first()
    return Wish(letters=bool(row.letters), lang=row.lang) if row else Wish()


def write_wish(workspace: Workspace, reader: str, wish: Wish) -> None:
    """Notes what somebody wants."""
    values = {"reader": reader, "letters": int(wish.letters), "lang": wish.lang}
    with access(workspace) as connection:
        made = insert(wish_table).values(values)
        connection.execute(made.on_conflict_do_update(index_elements=["reader"], set_=values))


def forget(workspace: Workspace, reader: str) -> None:
    """Erases all that is remembered of somebody: what they saw, what they want, and their letters."""
    with access(workspace) as connection:
        for table in (seen_table, wish_table, letter_table, letter_item_table):
            connection.execute(delete(table).where(table.c.reader == reader))
