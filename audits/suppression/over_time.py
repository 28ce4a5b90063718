"""What earlier publications leave to be told: windows that share days are read together.

A year minus its other months is a month: what one window hides, others that overlap it could give away, and their
difference may be about a handful whom no window was about. So the days of all windows that hang together are cut into
pieces on which each window either lies or does not. A reader knows what each window shows and that its counts are the
sums of its pieces; linear programs then find what more the new window must hide, as they do within one window.

Counts are those of today, also for earlier windows. Where earlier publications have given a handful away already,
nothing that the new one hides can take it back.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from boussole.audits.measures import Cells
from boussole.audits.suppression.funnel import Funnel, suppress_stages
from boussole.audits.suppression.lattice import EVERYBODY, Key
from boussole.audits.suppression.rules import NOTHING, Suppression, hide, suppress
from boussole.audits.suppression.together import Together, alike, summed
from boussole.audits.systems.model import System
from boussole.audits.windows import Window

REASON = "protects_other_window"
Pieces = Sequence[Sequence[Cells]]
"""The tables of each piece, with the same groups in each."""


@dataclass(frozen=True, kw_only=True)
class ShownWindow:
    """A window that was shown before, and what it hid; at a stage that `hidden` does not name, everything.

    `attributes`: those of which it told anything (None: all); `unknown_hidden`: those of which it told nothing about
    people of unknown group. By outcome and by stage, nothing is ever told of these. `figures`: the ids of the measures
    that it told and that sums over days follow from. `scored`: what it hid of those who have a score (None: all);
    `without_score`: whether somebody has none. `apart`: the groups whose rows enter none of its figures. `of`: the
    system that it was about, where that has other groups than the one to be audited, or is another on the same rows.
    """

    window: Window
    hidden: Suppression
    attributes: Collection[tuple[str, ...]] | None = None
    unknown_hidden: Collection[tuple[str, ...]] = ()
    figures: Collection[str] = ()
    scored: Suppression | None = None
    without_score: bool = False
    apart: Collection[Key] = ()
    of: System | None = None

    def untold(self, keys: Collection[Key]) -> set[Key]:
        """Of some groups those of whose decisions nothing was told."""
        silent = {key for key in keys if self.attributes is not None and key[0] and key[0] not in self.attributes}
        unknown = {key for key in keys if None in key[1] and key[0] in self.unknown_hidden}
        return silent | unknown | (self.hidden.decisions.keys() & keys)

    def untold_outcomes(self, keys: Collection[Key]) -> set[Key]:
        """Those of whose outcomes nothing was told."""
        return self.untold(keys) | _unknown(keys) | (self.hidden.outcomes.keys() & keys)

    def untold_at(self, stage: str, keys: Collection[Key]) -> set[Key]:
        """Those of whom nothing was told at a stage."""
        if stage not in self.hidden.stages:
            return set(keys)
        return self.untold(keys) | _unknown(keys) | (self.hidden.stages[stage].keys() & keys)


def _unknown(keys: Collection[Key]) -> set[Key]:
    return {key for key in keys if None in key[1]}


def also_hidden(
    window: Window,
    earlier: Sequence[ShownWindow],
    counts: Mapping[Window, Sequence[Cells]],
    *,
    system: System,
    stages: Mapping[Window, Sequence[Sequence[Cells]]] | None = None,
    silent: Collection[tuple[str, ...]] = (),
) -> Suppression:
    """What a window must hide in view of what was shown before.

    `counts`: the tables of each piece of `pieces`; `stages`: for each piece, those of every stage of the funnel, of
    people who reached the stage before; `silent`: attributes of these tables that this window tells nothing of. With
    what the window hides by itself: one choice protects both. Empty where no earlier window shares its days, or nobody
    was decided on.
    """
    if not (earlier or silent) or not any(
        tables[0].counts.any() for piece, tables in counts.items() if window.holds(piece)
    ):
        return NOTHING
    filled = [piece for piece, tables in counts.items() if tables[0].counts.any()]  # that others are empty may be known
    earlier = [each for each in earlier if any(each.window.holds(piece) for piece in filled)]
    if not (earlier or silent):
        return NOTHING
    windows = [window, *(each.window for each in earlier)]
    holding = [[i for i, piece in enumerate(filled) if each.holds(piece)] for each in windows]
    tables = alike([counts[piece] for piece in filled])
    own = suppress(_own(tables, holding, silent), system=system)
    keys = _keys(tables)
    hidden, outcomes = [each.untold(keys) for each in earlier], [each.untold_outcomes(keys) for each in earlier]
    lattice = Together(tables, holding, {"decisions": hidden, "outcomes": outcomes}, silent=silent)
    found = hide(lattice, system=system, also=own)
    decisions = _told(found.decisions, own.decisions)
    funnel = _Stages(
        system=system,
        earlier=earlier,
        holding=holding,
        steps=[alike(tables) for tables in zip(*(stages[piece] for piece in filled), strict=True)] if stages else [],
        decisions=decisions,
        hidden_before=hidden,
        silent=silent,
    )
    return Suppression(decisions=decisions, outcomes=_told(found.outcomes, own.outcomes), stages=funnel.hidden())


def _own(tables: Pieces, holding: Sequence[Sequence[int]], silent: Collection[tuple[str, ...]] = ()) -> list[Cells]:
    """The tables that the new window publishes."""
    return [table for table in summed([tables[i] for i in holding[0]]) if table.by not in silent]


def _keys(tables: Pieces) -> set[Key]:
    return {(table.by, group) for table in tables[0] for group in table.groups}


def _told(found: Mapping[Key, str], own: Mapping[Key, str]) -> dict[Key, str]:
    """All that must be hidden: what the window hides by itself with its own reason."""
    return {key: own.get(key, REASON) for key in found}


@dataclass(frozen=True, kw_only=True)
class _Stages:
    """The stages of all windows. `steps`: the pieces of each stage.

    `decisions`: what the new window hides of decisions; `hidden_before`: what each earlier one does.
    """

    system: System
    earlier: Sequence[ShownWindow]
    holding: Sequence[Sequence[int]]
    steps: Sequence[Pieces]
    decisions: Mapping[Key, str]
    hidden_before: Sequence[Collection[Key]]
    silent: Collection[tuple[str, ...]] = ()

    def hidden(self) -> dict[str, Mapping[Key, str]]:
        """What the new window must hide at each stage.

        That few of everybody within a piece came so far can only be protected by telling nothing of the stage.
        """
        if not self.steps:
            return {}
        tables = [_own(pieces, self.holding, self.silent) for pieces in self.steps]
        own = suppress_stages(tables, system=self.system, decisions=self.decisions)
        totals = [[[table for table in tables if not table.by] for tables in pieces] for pieces in self.steps]
        silent = self._walk(totals, [{key: why for key, why in each.items() if key == EVERYBODY} for each in own])
        found = self._walk(self.steps, [{**each, **alone} for each, alone in zip(silent, own, strict=True)])
        names = self.system.log.stages
        return {name: _told(*each) for name, *each in zip(names, found, own, strict=True)}

    def _walk(self, steps: Sequence[Pieces], wanted: Sequence[Mapping[Key, str]]) -> list[Mapping[Key, str]]:
        """What to hide at each stage with what is `wanted`; of everybody only where these are no groups."""
        before = [self._untold_at(i, _keys(pieces)) for i, pieces in enumerate(steps)]
        lattices = [
            Together(pieces, self.holding, {"decisions": hidden, "outcomes": hidden}, silent=self.silent)
            for pieces, hidden in zip(steps, before, strict=True)
        ]

        def told(level: int, hidden: Mapping[Key, str]) -> set[int]:
            return lattices[0].told([hidden, *(before[level - 1] if level else self.hidden_before)])

        return Funnel(lattices, system=self.system, told=told, whole=True).hide(self.decisions, wanted)

    def _untold_at(self, i: int, keys: Collection[Key]) -> list[Collection[Key]]:
        return [each.untold_at(self.system.log.stages[i], keys) for each in self.earlier]
