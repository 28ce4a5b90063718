"""Texts that a session decides on to the letter: drafts of opinions that are complete, and minutes to approve."""

from __future__ import annotations

from boussole.charter.committee.meetings.sessions import session
from boussole.charter.committee.papers.drafts import SavedDraft
from boussole.charter.committee.papers.minutes import approved
from boussole.charter.committee.placeholders import unwritten
from boussole.charter.committee.voted import VotedText, wording_in
from boussole.charter.committee.voting.votes import decided
from boussole.charter.record_types.acts import Convocation, Item, Minutes, OpinionText
from boussole.dashboard.records.place import Place
from boussole.dashboard.views import store
from boussole.dashboard.words.say import Say


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
