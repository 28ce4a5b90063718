"""Notes on the items of an agenda and papers of a session, and what the rules ask of them."""

from __future__ import annotations

from boussole.charter.committee.meetings.sessions import session
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.committee.state import CommitteeState
from boussole.charter.record_types.acts import FrozenPack, ItemNote, Minutes, SessionPaper


def note_on(house: CommitteeState, of: int, item: str) -> tuple[int, ItemNote] | None:
    """The note that counts on an item of a session, with its entry; None where there is none."""
    found = [(entry, act) for entry, act in house.about(ItemNote, of) if act.item == item]
    return found[-1] if found else None


def admit_note(house: CommitteeState, act: ItemNote) -> None:
    """Holds a note to the rules: an item of a session that was not cancelled. Raises RefusedError."""
    found = session(house, act.of)
    found.needs_state("called", "open", "closed", "no_quorum")
    found.item(act.item)


def admit_paper(house: CommitteeState, act: SessionPaper) -> None:
    """Raises RefusedError unless a paper tells the pack or the minutes that were sealed last of its session."""
    house.get(FrozenPack if act.paper == "file" else Minutes, act.made_from)
    last = told_by(house, session(house, act.of).entry, act.paper)
    if last != act.made_from:
        raise RefusedError("not_last", entry=act.of if last is None else last)


def source_of(house: CommitteeState, entry: int, paper: str) -> int:
    """The entry of what a paper of a session is to tell. Raises RefusedError where there is none."""
    found = told_by(house, entry, paper)
    if found is None:
        raise RefusedError("not_frozen" if paper == "file" else "not_minuted")
    return found


def told_by(house: CommitteeState, entry: int, paper: str) -> int | None:
    """The entry of the pack frozen last, or of the minutes sealed last, that a paper of a session tells, if any."""
    last = house.last(FrozenPack if paper == "file" else Minutes, entry)
    return last[0] if last else None
