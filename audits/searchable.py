"""What a search over the rows of a window may look at: nobody set apart, no group that is hidden or has no basis."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import duckdb

from boussole.audits.counts.apart import read_apart
from boussole.audits.counts.common import find_common
from boussole.audits.counts.read import cells_from_counts, days_of, read_counts
from boussole.audits.counts.withheld import Earlier, read_withheld, withheld_of
from boussole.audits.cubes.update import sealed_months
from boussole.audits.errors import BoussoleError
from boussole.audits.lake import reading
from boussole.audits.standing import standing
from boussole.audits.suppression.apart import Apart, within
from boussole.audits.suppression.lattice import Key
from boussole.audits.suppression.rules import suppress
from boussole.audits.systems.model import System
from boussole.audits.windows import Window, choose_window
from boussole.audits.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Searchable:
    """A window that is open: its attributes whose legal basis holds, the rows set apart, and the hidden groups."""

    connection: duckdb.DuckDBPyConnection
    window: Window
    names: Sequence[str]
    apart: Sequence[Apart]
    hidden: Collection[Key]


@contextmanager
def searchable(
    workspace: Workspace,
    system: System,
    *,
    start: dt.date | None = None,
    end: dt.date | None = None,
    as_of: dt.date | None = None,
    earlier: Earlier | None = None,
) -> Iterator[Searchable]:
    """Yield a window of a system (its own when not given) to be searched; `earlier` as in `measure_window`.

    Raises BoussoleError where nothing is decided, and where rows of the window were purged.
    """
    if not system.decides:
        raise BoussoleError(
            f"'{system.id}' declares no decision, and what is searched is who is selected.",
            where=system.id,
            next_step="See `exposure_ratio` in its audit: what its lists say of groups.",
        )
    today = dt.datetime.now(system.zone).date()
    with reading(workspace) as connection:
        window = choose_window(system, days_of(connection, system), start=start, end=end)
        if gone := sealed_months(connection, system, within=window):
            raise BoussoleError(
                f"the rows of {', '.join(f'{month:%Y-%m}' for month in gone)} were purged: nothing can be confirmed.",
                where=system.id,
                next_step="Choose a later window with --from and --to.",
            )
        stands = standing(system, window, as_of=as_of or today, today=today)
        told, read_on = earlier(window) if earlier is not None else (), as_of or today
        published, common = find_common(connection, workspace, system, window, told)
        apart = read_apart(connection, system, window, published, as_of=read_on, without=stands.expired)
        out = within(apart, window)
        counts = read_counts(connection, system, window, as_of=read_on, without=stands.expired, apart=out)
        rows = read_withheld(
            connection, window, published, as_of=read_on, without=stands.expired, apart=apart, common=common
        )
        hidden = suppress(cells_from_counts(counts, system), system=system, also=withheld_of(rows)).decisions
        names = [name for name in system.groups if name not in stands.expired]
        yield Searchable(connection=connection, window=window, names=names, apart=out, hidden=list(hidden))
