"""The whole months in which one version of a model decided alone, before and after it changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from boussole.audits.drift.counts import VersionDays, read_versions
from boussole.audits.errors import BoussoleError, nearest
from boussole.audits.lake.tables import table
from boussole.audits.systems.model import System
from boussole.audits.windows import Window, period_of


@dataclass(frozen=True, kw_only=True)
class VersionWindows:
    """Two versions, each with the whole month that is closest to the change and has no other version in it; `mixed`:
    the months between, in which both decided."""

    before: VersionDays
    after: VersionDays
    windows: tuple[Window, Window]
    mixed: Sequence[Window]


def version_windows(
    connection: duckdb.DuckDBPyConnection, system: System, before: str, after: str, *, last: dt.date
) -> VersionWindows:
    """The last whole month of one version and the first whole month of a later one; `last`: the last day that
    is over and known.

    Raises BoussoleError where a version is unknown, the first did not begin before the second, or one has no whole
    month to itself.
    """
    known = {version.name: version for version in read_versions(connection, system)}
    one, two = (_known(name, known, system) for name in (before, after))
    if one.first >= two.first:
        raise BoussoleError(
            f"the version '{before}' did not begin before '{after}': {one.first} and {two.first}.",
            next_step=f"Give the earlier one first: {after}..{before}.",
        )
    months = months_of(connection, system)
    old, new = (
        [month for month, versions in months.items() if versions == {name} and month.end <= last]
        for name in (before, after)
    )
    old = [month for month in old if month.end < two.first]
    for name, found in ((before, old), (after, new)):
        if not found:
            raise BoussoleError(
                f"the version '{name}' has no whole month that has ended and in which no other decided.",
                next_step="Wait for the end of the month, or compare decisions by `boussole compare VERSION VERSION`.",
            )
    windows = old[-1], new[0]
    mixed = [month for month in months if windows[0].end < month.start and month.end < windows[1].start]
    return VersionWindows(before=one, after=two, windows=windows, mixed=mixed)


def months_of(connection: duckdb.DuckDBPyConnection, system: System) -> Mapping[Window, frozenset[str | None]]:
    """The versions that decided in each month, oldest month first; None where the log names none."""
    rows = connection.execute(
        f"SELECT CAST(date_trunc('month', day) AS DATE) AS month, list(DISTINCT coalesce(model_version, '')) "
        f"""FROM {table(system, "daily")} WHERE "by" = '' GROUP BY month ORDER BY month"""
    ).fetchall()
    return {period_of(month, "month"): frozenset(name or None for name in names) for month, names in rows}


def _known(name: str, known: Mapping[str, VersionDays], system: System) -> VersionDays:
    if name not in known:
        hint = nearest(name, known) if known else "Its log names no version: declare `columns.model_version`."
        raise BoussoleError(
            f"there are no decisions of the version '{name}' of '{system.id}'. {hint}",
            next_step="The page of drift names the versions and when each began.",
        )
    return known[name]
