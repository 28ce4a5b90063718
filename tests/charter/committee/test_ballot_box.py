"""The ballots of a secret vote: what commits to them shows none, and what is shown at the end is what was cast."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boussole.charter.committee.refusals import RefusedError
from boussole.charter.committee.voting.ballot_box import (
    Box,
    ballot_commitment,
    commitment,
    locked,
    new_key,
    unlocked,
    with_ballot,
)
from boussole.charter.record_types.acts import ShownBallot

CHOICES = st.lists(st.sampled_from(["for", "against", "abstain"]), min_size=1, max_size=12)


def filled(choices, vote=7):
    found, nonces = None, []
    for choice in choices:
        found, nonce = with_ballot(vote, found, choice)
        nonces.append(nonce)
    return found, nonces


def test_the_commitment_can_be_computed_with_nothing_but_a_hash():
    """An independent computation, from the words of the documentation."""
    ballots = [ShownBallot(nonce="0a" * 16, choice="for"), ShownBallot(nonce="0b" * 16, choice="against")]
    each = [hashlib.sha256(f"boussole/ballot/1\n7\n{b.choice}\n{b.nonce}".encode()).hexdigest() for b in ballots]
    text = "boussole/box/1\n7\n" + "cc" * 32 + "\n" + "\n".join(sorted(each))
    assert commitment(7, "cc" * 32, ballots) == hashlib.sha256(text.encode()).hexdigest()


@settings(deadline=None)
@given(CHOICES)
def test_each_voter_finds_their_ballot_and_no_other_vote_was_added(choices):
    found, nonces = filled(choices)
    shown = {ballot.nonce: ballot.choice for ballot in found.ballots}
    assert shown == dict(zip(nonces, choices, strict=True))
    assert len({found.salt, *nonces}) == len(choices) + 1


@settings(deadline=None)
@given(CHOICES)
def test_the_order_shown_is_that_of_the_commitments_whatever_the_order_cast(choices):
    found, _ = filled(choices)
    each = [ballot_commitment(7, ballot) for ballot in found.ballots]
    assert each == sorted(each)
    assert commitment(7, found.salt, found.ballots[::-1]) == found.commitment


@settings(deadline=None)
@given(CHOICES, st.data())
def test_any_other_ballots_give_another_commitment(choices, data):
    found, _ = filled(choices)
    place = data.draw(st.integers(0, len(choices) - 1))
    changed = list(found.ballots)
    other = next(c for c in ("for", "against") if c != changed[place].choice)
    changed[place] = changed[place].model_copy(update={"choice": other})
    one_less = found.ballots[1:]
    for ballots in (changed, one_less, [*found.ballots, ShownBallot(nonce="0" * 32, choice="for")]):
        assert commitment(7, found.salt, ballots) != found.commitment
    assert commitment(8, found.salt, found.ballots) != found.commitment


@settings(deadline=None)
@given(CHOICES)
def test_what_is_locked_is_unlocked_by_its_key_alone(choices):
    found, _ = filled(choices)
    key = new_key()
    stored = locked(found, key)
    assert unlocked(7, stored, key) == found
    flipped = stored[:-1] + bytes([stored[-1] ^ 1])
    for wrong in ((8, stored, key), (7, stored, new_key()), (7, flipped, key), (7, stored[:9], key)):
        with pytest.raises(RefusedError, match="not the one that the ledger commits to"):
            unlocked(*wrong)


def test_the_length_of_what_is_stored_tells_how_many_and_not_what():
    sizes = {
        len(locked(filled(choices)[0], new_key()))
        for choices in (["for"] * 3, ["against"] * 3, ["abstain"] * 3, ["for", "against", "abstain"])
    }
    assert len(sizes) == 1


def test_two_states_of_one_box_have_nothing_in_common():
    """The same ballots locked twice: whoever compares copies of the database learns nothing."""
    found, _ = filled(["for", "against", "for"])
    first, second = locked(found, new_key()), locked(found, new_key())
    same = sum(a == b for a, b in zip(first, second, strict=True))
    assert same < len(first) / 8
    again = Box(vote=7, salt="ab" * 32, ballots=found.ballots)
    assert again.commitment != found.commitment
