"""What audits have shown of a window, and what another one on the same decisions must hide beside them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from boussole.audits.measures import Cells
from boussole.audits.suppression.lattice import Key, Lattice
from boussole.audits.suppression.rules import Suppression, hide, suppress
from boussole.audits.systems.model import System
from boussole.audits.windows import Window

REASON = "protects_other_window"


@dataclass(frozen=True, kw_only=True)
class ShownWindow:
    """A window that was shown before, and what it hid.

    `attributes`: those shown (None: all); `unknown_hidden`: those whose people of unknown group were not; `curve`:
    whether calibration curves were; `scored`: what was hidden of those with a score (None: all); `without_score`:
    whether somebody has none; `apart`: groups in none of its figures; `of`: another system that it was about.
    """

    window: Window
    hidden: Suppression
    attributes: Collection[tuple[str, ...]] | None = None
    unknown_hidden: Collection[tuple[str, ...]] = ()
    curve: bool = False
    scored: Suppression | None = None
    without_score: bool = False
    apart: Collection[Key] = ()
    of: System | None = None

    def untold(self, keys: Collection[Key]) -> set[Key]:
        """Return the groups of whose decisions nothing was published."""
        silent = {key for key in keys if self.attributes is not None and key[0] and key[0] not in self.attributes}
        unknown = {key for key in keys if None in key[1] and key[0] in self.unknown_hidden}
        return silent | unknown | (self.hidden.decisions.keys() & keys)

    def untold_outcomes(self, keys: Collection[Key]) -> set[Key]:
        """Return the groups of whose outcomes nothing was published."""
        return self.untold(keys) | _unknown(keys) | (self.hidden.outcomes.keys() & keys)


def _unknown(keys: Collection[Key]) -> set[Key]:
    return {key for key in keys if None in key[1]}


def also_hidden(
    tables: Sequence[Cells],
    shown: Sequence[ShownWindow],
    *,
    system: System,
    silent: Collection[tuple[str, ...]] = (),
) -> Suppression:
    """Choose what an audit must hide of the decisions and outcomes of a window in view of what others `shown` of it."""
    own = suppress([table for table in tables if table.by not in silent], system=system)
    keys = {(table.by, group) for table in tables for group in table.groups}
    known = {key for each in shown for key in keys - each.untold(keys)}
    of_outcomes = {key for each in shown for key in keys - each.untold_outcomes(keys)}
    lattice = Lattice(
        tables,
        silent={(by, group) for by, group in keys if by in silent},
        known={"decisions": known, "outcomes": of_outcomes},
    )
    found = hide(lattice, system=system, also=own)
    return Suppression(
        decisions=_reasons(found.decisions, own.decisions), outcomes=_reasons(found.outcomes, own.outcomes)
    )


def _reasons(found: Mapping[Key, str], own: Mapping[Key, str]) -> dict[Key, str]:
    """Return all that must be hidden, with the audit's own reason for what it hides by itself."""
    return {key: own.get(key, REASON) for key in found}
