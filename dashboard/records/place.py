"""What a form of a session is about: the session, and the item, vote, decision or opinion under it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from boussole.audits.workspace import Workspace
from boussole.charter.committee.meetings.sessions import Session, session
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.record_types.acts import Item
from boussole.dashboard.views import store
from boussole.dashboard.views.chamber import Chamber, chamber_of
from boussole.dashboard.words.addresses import number_of


@dataclass(frozen=True, kw_only=True)
class Place:
    """`entry` is that of the vote, decision or opinion, `item` that of the agenda, where the form is about one."""

    workspace: Workspace
    chamber: Chamber
    found: Session
    entry: int | None = None
    item: Item | None = None

    @property
    def of(self) -> str:
        """As the address of a form names it."""
        under = self.item.id if self.item is not None else self.entry
        return str(self.found.entry) if under is None else f"{self.found.entry}-{under}"

    def at(self, *, entry: int | None = None, item: Item | None = None) -> Place:
        """The place of something under the same session."""
        return replace(self, entry=entry, item=item)

    @property
    def about(self) -> int:
        """The entry that the form is about. Raises RefusedError where it names none."""
        if self.entry is None:
            raise RefusedError("apart", entry=self.found.entry)
        return self.entry

    @property
    def on(self) -> Item:
        """The item that the form is about. Raises RefusedError where it names none."""
        if self.item is None:
            return self.found.item("")
        return self.item

    @property
    def seen(self) -> int:
        """The last entry of the committee that somebody sees who looks now."""
        return self.chamber.house.acts[-1].entry


def place_of(workspace: Workspace, of: str) -> Place | None:
    """What an address names; None where there is nothing of this name."""
    head, _, under = of.partition("-")
    number, entry = number_of(head), number_of(under)
    chamber = None if number is None else chamber_of(store.chambers(workspace), number)
    if chamber is None or number is None:
        return None
    found = session(chamber.house, number)
    item = next((each for each in found.call.agenda if each.id == under), None)
    if under and entry is None and item is None:
        return None
    return Place(workspace=workspace, chamber=chamber, found=found, entry=entry, item=item)
