"""How a vote is decided, and what the rules ask of beginning it, voting, and ending it."""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from boussole.charter.committee.meetings.sessions import Session, session
from boussole.charter.committee.people.members import needs_mandate
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.committee.state import CommitteeState
from boussole.charter.committee.voting.presence import aside, count, electors, running, voters
from boussole.charter.record_types.acts import (
    Annulment,
    Ballot,
    Choice,
    Consensus,
    Dissent,
    Minutes,
    Opening,
    Participation,
    Rules,
    ShownBallot,
    Tally,
    Vote,
    VotedItem,
)

CHOICES: tuple[Choice, ...] = ("for", "against", "abstain")
NONCE, SALT, IV = 16, 32, 12
"""Bytes of each."""


@dataclass(frozen=True, kw_only=True)
class Box:
    """All ballots of a vote so far, and the salt of the commitment to them."""

    vote: int
    salt: str
    ballots: tuple[ShownBallot, ...]

    @property
    def commitment(self) -> str:
        """The commitment to these ballots: the participation sealed last holds it."""
        return commitment(self.vote, self.salt, self.ballots)


def ballot_commitment(vote: int, ballot: ShownBallot) -> str:
    """What commits to one ballot of a vote, which is named by its entry in the ledger.

    >>> ballot_commitment(7, ShownBallot(nonce="00" * 16, choice="for"))[:16]
    '3aed3a9bc702cf2a'
    """
    return hashlib.sha256(f"boussole/ballot/1\n{vote}\n{ballot.choice}\n{ballot.nonce}".encode()).hexdigest()


def commitment(vote: int, salt: str, ballots: Sequence[ShownBallot]) -> str:
    """What commits to all ballots of a vote, in whatever order they came."""
    each = sorted(ballot_commitment(vote, ballot) for ballot in ballots)
    return hashlib.sha256("\n".join([f"boussole/box/1\n{vote}\n{salt}", *each]).encode()).hexdigest()


def with_ballot(vote: int, before: Box | None, choice: Choice) -> tuple[Box, str]:
    """A box with one more ballot, under a new salt; and the nonce of that ballot, for its voter alone."""
    nonce = secrets.token_hex(NONCE)
    ballots = [*(before.ballots if before else ()), ShownBallot(nonce=nonce, choice=choice)]
    return Box(vote=vote, salt=secrets.token_hex(SALT), ballots=shuffled(vote, ballots)), nonce


def shuffled(vote: int, ballots: Sequence[ShownBallot]) -> tuple[ShownBallot, ...]:
    """Ballots in the order of their commitments: chance decides it, and not when they were cast."""
    return tuple(sorted(ballots, key=lambda ballot: ballot_commitment(vote, ballot)))


def locked(box: Box, key: bytes) -> bytes:
    """A box encrypted; its length tells how many ballots it holds, and nothing of what they say."""
    text = bytes.fromhex(box.salt) + b"".join(
        bytes.fromhex(ballot.nonce) + bytes([CHOICES.index(ballot.choice)]) for ballot in box.ballots
    )
    iv = secrets.token_bytes(IV)
    return iv + AESGCM(key).encrypt(iv, text, _bound(box.vote))


def unlocked(vote: int, stored: bytes, key: bytes) -> Box:
    """The box as it was locked. Raises RefusedError when it, or its key, is another."""
    try:
        text = AESGCM(key).decrypt(stored[:IV], stored[IV:], _bound(vote))
    except (InvalidTag, ValueError) as error:
        raise RefusedError("box_changed") from error
    width = NONCE + 1
    rows = [text[start : start + width] for start in range(SALT, len(text), width)]
    ballots = tuple(ShownBallot(nonce=row[:NONCE].hex(), choice=CHOICES[row[NONCE]]) for row in rows)
    return Box(vote=vote, salt=text[:SALT].hex(), ballots=ballots)


def new_key() -> bytes:
    """A key for one state of a box."""
    return AESGCM.generate_key(bit_length=256)


def _bound(vote: int) -> bytes:
    return f"boussole/box/1\n{vote}".encode()


@dataclass(frozen=True, kw_only=True)
class VoteOutcome:
    """The figures of a result. `basis` is the number of which more than half must be for it."""

    in_favour: int
    against: int
    abstained: int
    basis: int
    casting: bool
    adopted: bool


def outcome(
    rules: Rules, choices: Sequence[Choice], *, entitled: int, presiding: Choice | None, secret: bool
) -> VoteOutcome:
    """The result of some votes. `entitled`: how many could vote; `presiding`: how who presides voted, if at all.

    Adopted by more than half of the basis; with exactly half, by the casting vote, which a secret ballot has not.

    >>> from boussole.charter.committee.rules import packaged
    >>> rules = packaged("external")
    >>> outcome(rules, ["for", "against"], entitled=3, presiding="for", secret=False).adopted
    True
    >>> outcome(rules, ["for", "against"], entitled=3, presiding=None, secret=True).adopted
    False
    """
    found = Counter(choices)
    basis = found["for"] + found["against"] if rules.votes.majority == "cast" else max(entitled, len(choices))
    tie = 0 < basis == 2 * found["for"]
    casting = tie and rules.votes.casting_vote and not secret and presiding in ("for", "against")
    return VoteOutcome(
        in_favour=found["for"],
        against=found["against"],
        abstained=found["abstain"],
        basis=basis,
        casting=casting,
        adopted=2 * found["for"] > basis or (casting and presiding == "for"),
    )


def open_vote(house: CommitteeState, entry: int) -> tuple[Vote, Session]:
    """A vote in which one can vote now, and its session. Raises RefusedError, and says since when it is over."""
    vote = house.get(Vote, entry)
    if house.about(Annulment, entry):
        raise RefusedError("vote_void")
    for _, tally in house.about(Tally, entry):
        raise RefusedError("vote_over", date=tally.on)
    found = session(house, vote.of)
    found.needs_state("open")
    return vote, found


def admit_vote(house: CommitteeState, act: Vote) -> None:
    """Raises RefusedError unless the item is open, has a quorum and no other vote, and a secret vote enough voters."""
    found = _deciding(house, act)
    able = electors(house, found, act.item)
    if act.secret and len(able) < found.rules.votes.secret_fewest:
        raise RefusedError("too_few_for_secret", found=len(able), needed=found.rules.votes.secret_fewest)


def admit_consensus(house: CommitteeState, act: Consensus) -> None:
    """Raises RefusedError unless the item belongs to an open session and has a quorum and no vote open on it."""
    found = _deciding(house, act)
    if act.count != count(house, found, act.item):
        raise RefusedError("count_differs")


def _deciding(house: CommitteeState, act: Vote | Consensus) -> Session:
    found = session(house, act.of)
    found.needs_state("open")
    found.needs_day(act.on)
    found.item(act.item)
    vote = running(house, found, act.item)
    if vote is not None:
        raise RefusedError("vote_running", entry=vote)
    now = count(house, found, act.item)
    if not now.reached:
        raise RefusedError("no_quorum", counted=now.counted, needed=max(now.needed, 1))
    return found


def admit_ballot(house: CommitteeState, act: Ballot | Participation) -> None:
    """Raises RefusedError unless a member who may vote now and has not does so, in the kind of vote that it is."""
    vote, found = open_vote(house, act.of)
    if vote.secret != isinstance(act, Participation):
        raise RefusedError("not_open_vote" if vote.secret else "not_secret_vote")
    if act.voter in voters(house, act.of):
        raise RefusedError("voted", member=act.voter)
    found.needs_day(act.on)
    needs_mandate(house, act.voter, found.day)
    if act.voter in aside(house, found, vote.item):
        raise RefusedError("stands_aside", member=act.voter)
    caster = electors(house, found, vote.item).get(act.voter)
    if caster is None:
        raise RefusedError("not_there", member=act.voter)
    if (act.by or act.voter) != caster:
        raise RefusedError("not_their_proxy", member=act.voter, holder=act.by or act.voter)


def admit_tally(house: CommitteeState, act: Tally) -> None:
    """Raises RefusedError where a tally does not say what the votes come to, or too few keep a secret ballot secret."""
    vote, found = open_vote(house, act.of)
    found.needs_day(act.on)
    ready(house, act.of)
    if vote.secret != (act.salt is not None):
        raise RefusedError("not_open_vote" if vote.secret else "not_secret_vote")
    choices = [each.choice for each in act.ballots] if vote.secret else list(choices_of(house, act.of).values())
    expected = result(house, act.of, choices)
    if len(choices) != len(voters(house, act.of)) or any(getattr(act, k) != v for k, v in vars(expected).items()):
        raise RefusedError("other_votes")
    if vote.secret and not _as_sealed(house, act):
        raise RefusedError("other_votes")
    if act.count != count(house, found, vote.item):
        raise RefusedError("count_differs")


def _as_sealed(house: CommitteeState, act: Tally) -> bool:
    last = house.last(Participation, act.of)
    return last is not None and last[1].box == commitment(act.of, act.salt or "", act.ballots)


def ready(house: CommitteeState, entry: int) -> None:
    """Checks that a vote can end: somebody voted, and a secret one stays so. Raises RefusedError."""
    vote, found = open_vote(house, entry)
    cast, fewest = len(voters(house, entry)), found.rules.votes.secret_fewest
    if not cast:
        raise RefusedError("no_votes")
    if vote.secret and cast < fewest:
        raise RefusedError("too_few_secret_ballots", found=cast, needed=fewest)


def choices_of(house: CommitteeState, entry: int) -> dict[str, Choice]:
    """What each member voted in an open vote, by member."""
    return {act.voter: act.choice for _, act in house.about(Ballot, entry)}


def result(house: CommitteeState, entry: int, choices: Sequence[Choice]) -> VoteOutcome:
    """The figures of the result, were the vote counted now."""
    vote, found = open_vote(house, entry)
    opening = house.last(Opening, found.entry)
    chair = opening[1].presiding if opening else None
    able = electors(house, found, vote.item).keys() | voters(house, entry).keys()
    return outcome(
        found.rules,
        choices,
        entitled=len(able),
        presiding=choices_of(house, entry).get(chair or ""),
        secret=vote.secret,
    )


def admit_annulment(house: CommitteeState, act: Annulment) -> None:
    """Holds an annulment to the rules: the vote is open, and a reason is given. Raises RefusedError."""
    open_vote(house, act.of)
    if not act.text.strip():
        raise RefusedError("no_text")


def decided(house: CommitteeState, entry: int) -> tuple[VotedItem, bool]:
    """What a tally or a consensus decided on, and whether it adopted it. Raises RefusedError for any other entry."""
    for _, tally in [each for each in house.standing(Tally) if each[0] == entry]:
        return house.get(Vote, tally.of), tally.adopted
    return house.get(Consensus, entry), True


def admit_dissent(house: CommitteeState, act: Dissent) -> None:
    """Raises RefusedError unless it is of a member of that day who took part, before the minutes are sealed."""
    decision, _ = decided(house, act.of)
    found = session(house, decision.of)
    needs_mandate(house, act.member, found.day)
    if act.member in aside(house, found, decision.item):
        raise RefusedError("stands_aside", member=act.member)
    minutes = house.last(Minutes, found.entry)
    if minutes:
        raise RefusedError("minuted", entry=minutes[0])
