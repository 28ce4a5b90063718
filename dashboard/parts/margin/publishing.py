"""What can be made of one's own comment: a question, or a disagreement with a decision on the draft. Nothing of a
margin is published otherwise: the form of the act starts with the comment's words, and its author sends it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from boussole.audits.workspace import Workspace
from boussole.charter.committee import margin
from boussole.charter.committee.margin import SavedNote
from boussole.charter.committee.meetings.sessions import session
from boussole.charter.committee.people.members import sitting_on
from boussole.charter.committee.voted import VotedText
from boussole.charter.committee.voting.votes import decided
from boussole.charter.record_types.acts import Consensus, Dissent, Minutes, Tally
from boussole.dashboard.access.people.permissions import Action, allowed
from boussole.dashboard.access.people.person import Person
from boussole.dashboard.parts.drafts.forms import author
from boussole.dashboard.views import store
from boussole.dashboard.views.chamber import Chamber, reads_drafts
from boussole.dashboard.words.addresses import ask_href, number_of, session_href
from boussole.dashboard.words.say import Say

Link = tuple[str, str]


def own_words(workspace: Workspace, me: Person, asked: str) -> str:
    """The words of the comment that an address names, to its author; empty for anybody else."""
    number = number_of(asked)
    known = margin.note(workspace, number) if number is not None else None
    chamber = store.chambers(workspace).get(known.committee) if known else None
    if known is None or chamber is None or known.author != author(me) or not reads_drafts(me, chamber):
        return ""
    return known.text


def acts_of(
    chamber: Chamber,
    me: Person,
    notes: Sequence[SavedNote],
    say: Say,
    *,
    texts: Mapping[str, VotedText],
    query: dict[str, str],
) -> dict[int, list[Link]]:
    """By comment, where whoever wrote it can have its words sealed."""
    if not allowed(me.role, Action.TAKE_PART) or me.member is None:
        return {}
    mine = [note for note in notes if note.author == me.member and not note.withdrawn]
    return {
        note.id: [
            (
                say("Ask it as a written question"),
                ask_href(note.system or "", note.question or "", query=query, margin=str(note.id)),
            ),
            *_dissents(chamber, me.member, note, say, texts=texts, query=query),
        ]
        for note in mine
    }


def _dissents(
    chamber: Chamber, member: str, note: SavedNote, say: Say, *, texts: Mapping[str, VotedText], query: dict[str, str]
) -> list[Link]:
    """The decisions on the draft of a comment with which its author can still disagree."""
    subjects = {sha256 for sha256, text in texts.items() if text.draft == note.draft}
    house = chamber.house
    entries = [entry for kind in (Tally, Consensus) for entry, _ in house.standing(kind)]
    found = []
    for entry in entries:
        decision, _ = decided(house, entry)
        if decision.subject not in subjects or house.last(Minutes, decision.of) is not None:
            continue
        noted = any(act.member == member for _, act in house.about(Dissent, entry))
        if not noted and member in sitting_on(house, session(house, decision.of).day):
            href = session_href(decision.of, query=query, anchor=f"dissent-{decision.of}-{entry}", margin=str(note.id))
            found.append((say("Have it noted as your disagreement, in the minutes"), href))
    return found
