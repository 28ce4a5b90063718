"""Notes on the items of an agenda, and what the rules ask of taking one."""

from __future__ import annotations

from boussole.charter.committee.sessions import session
from boussole.charter.committee.state import CommitteeState
from boussole.charter.record_types.acts import ItemNote


def note_on(house: CommitteeState, of: int, item: str) -> tuple[int, ItemNote] | None:
    """The note that counts on an item of a session, with its entry; None where there is none."""
    found = [(entry, act) for entry, act in house.about(ItemNote, of) if act.item == item]
    return found[-1] if found else None


def admit_note(house: CommitteeState, act: ItemNote) -> None:
    """Holds a note to the rules: an item of a session that was not cancelled. Raises RefusedError."""
    found = session(house, act.of)
    found.needs_state("called", "open", "closed", "no_quorum")
    found.item(act.item)
