"""What may be taken back, and until when: never what others have built on."""

from __future__ import annotations

from boussole.charter.committee.meetings.sessions import session, sessions
from boussole.charter.committee.people.members import has_acted
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.committee.state import CommitteeState
from boussole.charter.committee.voting.presence import admit_lifting, admit_revocation, running
from boussole.charter.committee.voting.votes import decided
from boussole.charter.record_types.acts import (
    Act,
    CommitteeAnswer,
    CommitteeQuestion,
    Dissent,
    Interest,
    Mandate,
    Minutes,
    Opinion,
    Proxy,
    Rapporteur,
    Recusal,
    Referral,
    Retraction,
)


def admit_retraction(house: CommitteeState, act: Retraction) -> None:
    """Holds a retraction to the rules: the act stands, nothing was built on it, and a reason is given. Raises
    RefusedError."""
    if not act.text.strip():
        raise RefusedError("no_text")
    said = house.get(Act, act.of)
    if said.kind not in Retraction.about:
        raise RefusedError("not_retractable", entry=act.of)
    if isinstance(said, Mandate) and has_acted(house, said):
        raise RefusedError("has_acted", member=said.member)
    if isinstance(said, Proxy):
        session(house, said.of).needs_state("called", "open")
        admit_revocation(house, said)
    if isinstance(said, Recusal):
        admit_lifting(house, said)
    if isinstance(said, Interest):
        _no_vote_running(house)
    if isinstance(said, Rapporteur | Referral):
        _no_opinion(house, act.of if isinstance(said, Referral) else said.of)
    if isinstance(said, CommitteeQuestion) and house.about(CommitteeAnswer, act.of):
        raise RefusedError("answered", entry=act.of)
    if isinstance(said, Dissent):
        _not_minuted(house, said)


def _no_vote_running(house: CommitteeState) -> None:
    for found in sessions(house):
        vote = running(house, found)
        if vote is not None:
            raise RefusedError("vote_running", entry=vote)


def _no_opinion(house: CommitteeState, referral: int) -> None:
    for entry, opinion in house.standing(Opinion):
        if opinion.referral == referral:
            raise RefusedError("issued", entry=entry)


def _not_minuted(house: CommitteeState, said: Dissent) -> None:
    minutes = house.last(Minutes, decided(house, said.of)[0].of)
    if minutes:
        raise RefusedError("minuted", entry=minutes[0])
