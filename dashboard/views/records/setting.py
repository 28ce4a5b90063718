"""Where a form of a record stands: who looks, in which language, what it is about, and the texts to decide on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from boussole.charter.committee.meetings.sessions import Session, session
from boussole.charter.committee.papers.drafts import SavedDraft
from boussole.charter.committee.papers.minutes import approved
from boussole.charter.committee.placeholders import unwritten
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.committee.voted import VotedText, wording_in
from boussole.charter.committee.voting.votes import decided
from boussole.charter.record_types.acts import Convocation, Item, Minutes, OpinionText
from boussole.charter.records.facts import Facts, facts_of
from boussole.charter.records.in_force import in_force
from boussole.charter.text.model import Charter
from boussole.dashboard.markup.words.addresses import number_of
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.server.access.person import Person
from boussole.dashboard.views import store
from boussole.dashboard.views.chamber import Chamber, chamber_of
from boussole.dashboard.views.figure import Figure
from boussole.dashboard.views.scene import Scene

# What a form of a session is about: the session, and the item, vote, decision or opinion under it.


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


# Where a form of a record stands: who looks, in which language, and what it is about.


@dataclass(frozen=True, kw_only=True)
class Setting:
    """`of` is what the address names; `chamber` the committee, `place` the session and `figure` the figure that a form
    is about, if any.

    `scene` and the `known` committees are given where a page has them already; `proposed` are values that the form
    starts with, by field.
    """

    person: Person
    say: Say
    of: str = ""
    workspace: Workspace | None = None
    scene: Scene | None = None
    known: Mapping[str, Chamber] | None = None
    chamber: Chamber | None = None
    place: Place | None = None
    figure: Figure | None = None
    proposed: Mapping[str, str] = field(default_factory=dict)

    @property
    def here(self) -> Workspace:
        """The workspace."""
        return self.workspace or Workspace.find()

    @cached_property
    def charter(self) -> Charter:
        """The charter in force."""
        return self.scene.charter if self.scene else in_force(self.here).charter

    @cached_property
    def systems(self) -> Mapping[str, System]:
        """The systems that decide."""
        if self.chamber is not None:
            return self.chamber.systems
        return self.scene.systems if self.scene else self.here.deciding

    @cached_property
    def facts(self) -> Facts:
        """What people have stated."""
        return self.scene.facts if self.scene else facts_of(self.here, as_of=store.day_in(self.here))

    @cached_property
    def chambers(self) -> Mapping[str, Chamber]:
        """The committees of the workspace."""
        return self.known if self.known is not None else store.chambers(self.here)

    @property
    def today(self) -> dt.date:
        """The day, on the committee's own clock where there is one."""
        return self.chamber.now.date() if self.chamber else store.day_in(self.here)

    @property
    def house(self) -> Chamber:
        """The committee that the form is about; there is one."""
        if self.chamber is None:
            raise LookupError("this form is about no committee")
        return self.chamber

    @property
    def session(self) -> Place:
        """The session that the form is about; there is one."""
        if self.place is None:
            raise LookupError("this form is about no session")
        return self.place


# Texts that a session decides on to the letter: drafts of opinions that are complete, and minutes to approve.


def texts(place: Place, say: Say) -> list[tuple[str, str]]:
    """What can be decided on, by its hash: its name."""
    found: list[tuple[str, str]] = []
    for draft in _drafts(place):
        text = _complete(draft)
        if text is not None:
            version = str(draft.version)
            named = say("Draft no. {n}, version {version}: {title}", n=str(draft.id), version=version, title=text.title)
            found.append((text.sha256, named))
    house = place.chamber.house
    for entry, call in house.standing(Convocation):
        last = house.last(Minutes, entry)
        if last is not None and entry != place.found.entry and approved(house, last[1]) is None:
            day = say.date(call.starts.date())
            found.append((last[1].content, say("Minutes of the session of {date}", date=day)))
    return found


def decided_item(place: Place) -> Item:
    """The item under which a decision was taken; an address may name another session."""
    decision, _ = decided(place.chamber.house, place.about)
    return session(place.chamber.house, decision.of).item(decision.item)


def wording_of(place: Place) -> VotedText | None:
    """The text that a decision adopted, in the version in which it was adopted; None where there is none."""
    decision, adopted = decided(place.chamber.house, place.about)
    if not adopted or decision.subject is None:
        return None
    return store.voted(place.workspace, place.chamber.id).get(decision.subject)


def draft_of(place: Place, text: VotedText) -> SavedDraft | None:
    """The draft that an adopted text is the last version of; None where somebody went on writing since."""
    return next((each for each in _drafts(place) if (each.id, each.version) == (text.draft, text.version)), None)


def _drafts(place: Place) -> list[SavedDraft]:
    return store.drafts(place.workspace, place.chamber.id)


def _complete(draft: SavedDraft) -> OpinionText | None:
    """The words of a draft of an opinion; None while it is not complete, or holds words that stand for others."""
    text = wording_in(draft.body) if draft.kind == "opinion" else None
    return None if text is None or unwritten(text) else text
