"""Which two windows are held to each other: any that somebody names, or one in its relation to another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

import duckdb

from boussole.audits.counts.read import days_of
from boussole.audits.drift.compared import compared
from boussole.audits.drift.counts import read_windows
from boussole.audits.drift.series import Against, Examined, control_measures, read_controls
from boussole.audits.errors import BoussoleError
from boussole.audits.lake import reading
from boussole.audits.lake.tables import table
from boussole.audits.measures import Measure
from boussole.audits.suppression.rules import Apart
from boussole.audits.systems.kinds import AuditWindow
from boussole.audits.systems.model import System
from boussole.audits.systems.parts import parse_window
from boussole.audits.windows import Window, choose_window, period_of, reference_window
from boussole.audits.workspace import Workspace

_KINDS: tuple[AuditWindow, ...] = ("day", "week", "month", "quarter", "year")


@dataclass(frozen=True, kw_only=True)
class WindowPair:
    """A window and the one it is compared with, with every distance between them; `decisions`: of both."""

    system: System
    window: Window
    against: Window
    decisions: tuple[int, int]
    as_of: dt.date
    measures: list[Measure]


def exact_pair(
    workspace: Workspace,
    system: System,
    *,
    window: Window | None = None,
    against: Window | Against = "reference",
    examined: Examined | None = None,
    as_of: dt.date | None = None,
    apart: Sequence[Apart] = (),
) -> WindowPair:
    """Measure all distances of a window (by default the last that has ended) from another, from the cubes.

    Raises BoussoleError where there is no such window, where they share days, and where one holds too few decisions.
    """
    as_of = as_of or dt.datetime.now(system.zone).date()
    with reading(workspace) as connection:
        window = window or choose_window(system, days_of(connection, system))
        other = against if isinstance(against, Window) else _other(connection, system, window, against, examined)
        if other.start <= window.end and window.start <= other.end:
            raise BoussoleError(
                f"the windows {_named(window)} and {_named(other)} share days: each would be compared with itself.",
                where=f"system '{system.id}'",
                next_step="Choose two windows that share none, such as --against previous.",
            )
        counts = read_windows(connection, system, [other, window], as_of=as_of, apart=apart)
        controls = read_controls(connection, system, counts)
    for each in (other, window):
        if not counts.decisions(each):
            raise BoussoleError(
                f"the window {_named(each)} holds no decision.",
                where=f"system '{system.id}'",
                next_step="Choose a window that holds decisions; `boussole systems list` tells between which days.",
            )
        if counts.units(each, system) < system.privacy.suppress_below:
            raise BoussoleError(
                f"the window {_named(each)} holds fewer than {system.privacy.suppress_below} people or decisions.",
                where=f"system '{system.id}'",
                next_step="Choose a longer window: so few would be told of one by one.",
            )
    return WindowPair(
        system=system,
        window=window,
        against=other,
        decisions=(counts.decisions(window), counts.decisions(other)),
        as_of=as_of,
        measures=[
            *compared(counts, (other, window), system, as_of=as_of),
            *control_measures(controls, counts, (other, window), system),
        ],
    )


def window_asked(text: str) -> Window:
    """Parse a window written START/END. Raises BoussoleError for anything else."""
    try:
        return Window(*parse_window(text))
    except ValueError as error:
        raise BoussoleError(f"{error}.", next_step="Give first and last day, both included.") from error


def against_asked(text: str) -> Window | Against:
    """Parse a window, or a word for one, to compare with. Raises BoussoleError for anything else."""
    words = get_args(Against)
    if text in words:
        found: Against = text  # type: ignore[assignment]
        return found
    if "/" not in text:
        raise BoussoleError(f"'{text}' is no window.", next_step=f"Give START/END, or one of: {', '.join(words)}.")
    return window_asked(text)


def _other(
    connection: duckdb.DuckDBPyConnection, system: System, window: Window, against: Against, examined: Examined | None
) -> Window:
    found = {
        "reference": lambda: reference_window(system),
        "previous": lambda: previous(connection, system, window),
        "examined": lambda: examined(window) if examined else None,
    }[against]()
    if found is not None:
        return found
    what, step = {
        "reference": (
            f"the system '{system.id}' declares no reference window.",
            "Declare `windows.reference: START/END` in its system file, or give --against previous or START/END.",
        ),
        "previous": (f"no decision was made before {_named(window)}.", "Give --against START/END."),
        "examined": (
            f"no window before {_named(window)} was examined.",
            "A window counts as examined once it is audited: run `boussole audit`, or give --against previous.",
        ),
    }[against]
    raise BoussoleError(what, where=f"system '{system.id}'", next_step=step)


def previous(connection: duckdb.DuckDBPyConnection, system: System, window: Window) -> Window | None:
    """The last window of the same kind before another that holds decisions; of a window of no kind, as many days."""
    row = connection.execute(
        f"""SELECT max(day) FROM {table(system, "daily")} WHERE "by" = '' AND day < ?""", [window.start]
    ).fetchone()
    if row is None or row[0] is None:
        return None
    last: dt.date = row[0]
    kind = next((kind for kind in _KINDS if period_of(window.start, kind) == window), None)
    if kind is not None:
        return period_of(last, kind)
    days = (window.end - window.start).days + 1
    skipped = (window.start - last - dt.timedelta(days=1)).days // days
    end = window.start - dt.timedelta(days=1 + skipped * days)
    return Window(end - dt.timedelta(days=days - 1), end)


def _named(window: Window) -> str:
    return f"{window.start}/{window.end}"
