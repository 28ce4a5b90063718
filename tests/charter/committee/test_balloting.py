"""Voting in a real workspace: processes at once, one killed in the middle, and what a secret vote gives away."""

from __future__ import annotations

import hashlib
import itertools
import multiprocessing
import os
import shutil
import signal
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from boussole.charter.committee.acts import meeting
from boussole.charter.committee.acts.meeting import annul_vote, end_vote, vote_in_secret, vote_openly
from boussole.charter.committee.acts.proving import faults, shown_as
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.committee.voting.votes import (
    ballot_commitment,
    commitment,
    locked,
    new_key,
    unlocked,
    with_ballot,
)
from boussole.charter.record_types.acts import Ballot, Participation, Recusal, ShownBallot, Tally
from boussole.charter.records import open_records, verify_records
from boussole.charter.records.statements import write
from tests.charter.committee.desk import m, reason
from tests.charter.committee.hall import NAME, who

FORK = multiprocessing.get_context("fork")
VOTES = {1: "for", 2: "against", 3: "for", 4: "abstain", 5: "for"}


def cast(hall, vote, number, choice="for"):
    return vote_in_secret(hall.workspace, NAME, vote=vote, voter=m(number), choice=choice, who=who())


def say(hall, vote, number, choice="for"):
    return vote_openly(hall.workspace, NAME, vote=vote, voter=m(number), choice=choice, who=who())


def test_nobody_finds_an_open_vote_in_the_ledger_before_its_end_by_trying_all(hall):
    vote = hall.vote(hall.session(1, 2, 3))
    say(hall, vote, 1)
    assert say(hall, vote, 1).statement.choice == "for"
    (said,) = (each for _, each in hall.house.standing(Ballot))
    other = say(hall, vote, 2).statement
    assert len({said.blind, other.blind, None}) == 3
    assert say(hall, vote, 2).statement == other


def end(hall, vote):
    return end_vote(hall.workspace, NAME, vote=vote, who=who())


def keys(hall):
    return sorted(path.name for path in (hall.workspace.keys / "ballots").glob("*"))


def boxes(hall):
    with open_records(hall.workspace).begin() as connection:
        return connection.exec_driver_sql("SELECT vote, key, ballots FROM ballot_boxes").all()


def in_processes(*calls):
    """Run calls in as many processes, at the same moment; those killed on the way return nothing."""
    ready, told = FORK.Barrier(len(calls)), FORK.Queue()

    def run(call):
        ready.wait()
        try:
            call()
            told.put("done")
        except RefusedError as error:
            told.put(error.reason)
        told.close()
        told.join_thread()
        os._exit(0)

    processes = [FORK.Process(target=run, args=(call,)) for call in calls]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=120)
    alive = [process for process in processes if process.exitcode == 0]
    return sorted(told.get(timeout=10) for _ in alive)


def test_a_secret_vote_is_tallied_as_a_whole_and_proved(hall):
    vote = hall.vote(hall.of, secret=True)
    nonces = {number: cast(hall, vote, number, choice)[1] for number, choice in VOTES.items()}
    tally = end(hall, vote).statement
    assert (tally.in_favour, tally.against, tally.abstained, tally.adopted) == (3, 1, 1, True)
    assert {number: shown_as(tally, nonce) for number, nonce in nonces.items()} == VOTES
    assert shown_as(tally, "0" * 32) is None
    sealed = [act.box for _, act in hall.house.about(Participation, vote)]
    assert sealed[-1] == commitment(vote, tally.salt, tally.ballots)
    assert len(set(sealed)) == 5
    # The participation of a voter is the same whatever they vote, but for a commitment under a salt of its own.
    said = [act.model_dump(exclude={"voter", "box"}) for _, act in hall.house.about(Participation, vote)]
    assert all(each == said[0] for each in said)
    assert not hall.house.about(Ballot, vote)
    assert list(faults(hall.house)) == []
    assert verify_records(hall.workspace).ok
    assert (keys(hall), boxes(hall)) == ([], [])
    assert end(hall, vote).statement == tally


def test_copies_of_the_database_between_two_votes_link_nobody(hall, tmp_path):
    """Whoever copies the database after every vote holds five boxes, no key to any, and five ballots without names."""
    vote, copies = hall.vote(hall.of, secret=True), []
    nonces = []
    for number, choice in VOTES.items():
        nonces.append(cast(hall, vote, number, choice)[1])
        ((_, key, ballots),) = boxes(hall)
        copies.append(ballots)
        assert keys(hall) == [key]
        stored = b"".join(path.read_bytes() for path in hall.workspace.home.glob("governance.sqlite*"))
        assert not any(bytes.fromhex(nonce) in stored or nonce.encode() in stored for nonce in nonces)
    last_key = (hall.workspace.keys / "ballots" / keys(hall)[0]).read_bytes()
    for copy in copies[:-1]:  # not even who also took the last key can open the earlier ones
        with pytest.raises(InvalidTag):
            AESGCM(last_key).decrypt(copy[:12], copy[12:], f"boussole/box/1\n{vote}".encode())
    shared = [
        set(zip(range(len(a)), a, strict=False)) & set(zip(range(len(b)), b, strict=False))
        for a, b in itertools.pairwise(copies)
    ]
    assert all(len(same) < 20 for same in shared)
    tally = end(hall, vote).statement
    assert [shown_as(tally, nonce) for nonce in nonces] == list(VOTES.values())


def test_a_second_vote_is_refused_and_changes_nothing(hall):
    vote = hall.vote(hall.of, secret=True)
    cast(hall, vote, 1)
    before = boxes(hall)
    assert reason(cast, hall, vote, 1, "against") == "voted"
    assert (boxes(hall), len(keys(hall))) == (before, 1)


def test_votes_that_come_too_late_or_from_those_who_may_not_are_refused(hall):
    hall.do(Recusal, of=hall.of, item="matchft", member=m(5), ground="interest")
    vote = hall.vote(hall.of, secret=True)
    assert reason(cast, hall, vote, 5) == "stands_aside"
    assert reason(cast, hall, vote, 9) == "no_mandate"
    for number in (1, 2):
        cast(hall, vote, number)
    assert reason(end, hall, vote) == "too_few_secret_ballots"
    cast(hall, vote, 3)
    end(hall, vote)
    assert reason(cast, hall, vote, 4) == "vote_over"
    assert (keys(hall), boxes(hall)) == ([], [])


def test_an_annulled_vote_destroys_its_ballots_and_is_held_again(hall):
    vote = hall.vote(hall.of, secret=True)
    cast(hall, vote, 1)
    annul_vote(hall.workspace, NAME, vote=vote, who=who(), text="The wrong text.")
    assert (keys(hall), boxes(hall)) == ([], [])
    assert reason(hall.vote, hall.of, secret=True) == "no_longer"
    again = hall.vote(hall.of, secret=True, anew=True)
    assert hall.vote(hall.of, secret=True, anew=True) == again
    for number in (1, 2, 3):
        cast(hall, again, number)
    assert end(hall, again).statement.adopted


@pytest.mark.parametrize("harm", ["other_box", "no_box", "older_box", "no_key"])
def test_a_box_that_was_tampered_with_is_told_and_the_vote_can_be_annulled(hall, harm):
    vote = hall.vote(hall.of, secret=True)
    for number in (1, 2):
        older = boxes(hall)
        older_key = [(path, path.read_bytes()) for path in (hall.workspace.keys / "ballots").glob("*")]
        cast(hall, vote, number)
    with open_records(hall.workspace).begin() as connection:
        if harm == "other_box":
            connection.exec_driver_sql("UPDATE ballot_boxes SET ballots = zeroblob(length(ballots))")
        if harm == "no_box":
            connection.exec_driver_sql("DELETE FROM ballot_boxes")
        if harm == "older_box":
            connection.exec_driver_sql("UPDATE ballot_boxes SET key = ?, ballots = ?", older[0][1:])
    if harm == "older_box":
        for path, content in older_key:
            path.write_bytes(content)
    if harm == "no_key":
        shutil.rmtree(hall.workspace.keys / "ballots")
    expected = "lost_key" if harm == "no_key" else "box_changed"
    assert reason(cast, hall, vote, 3) == expected
    annul_vote(hall.workspace, NAME, vote=vote, who=who(), text="The box was damaged.")
    assert boxes(hall) == []


def test_a_tally_of_other_ballots_is_found(hall):
    """Whoever writes to the database itself cannot make up a result that fits the participations."""
    vote = hall.vote(hall.of, secret=True)
    for number in (1, 2, 3):
        cast(hall, vote, number, "against")
    true = end(hall, vote).statement
    ballots = [each.model_copy(update={"choice": "for"}) for each in true.ballots]
    made_up = true.model_copy(update={"in_favour": 3, "against": 0, "adopted": True, "ballots": ballots})
    with open_records(hall.workspace).begin() as connection:
        for act in ("update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER records_no_{act}")
        forged = write(connection, made_up)
        connection.exec_driver_sql("DELETE FROM records WHERE kind = 'tally' AND entry < ?", (forged.entry,))
    assert [(each.entry, each.reason.reason) for each in faults(hall.house)] == [(forged.entry, "other_votes")]
    assert not verify_records(hall.workspace).ok


@pytest.mark.costly
@pytest.mark.parametrize(("secret", "vote_by"), [(True, cast), (False, say)])
def test_one_member_in_two_processes_votes_once(hall, secret, vote_by):
    vote = hall.vote(hall.of, secret=secret)
    told = in_processes(lambda: vote_by(hall, vote, 1, "for"), lambda: vote_by(hall, vote, 1, "against"))
    assert told == ["done", "voted"]
    for voter in (2, 3, 4):
        vote_by(hall, vote, voter, "abstain")
    tally = end(hall, vote).statement
    assert (tally.in_favour + tally.against, tally.abstained) == (1, 3)


@pytest.mark.costly
def test_a_vote_and_the_end_of_the_vote_at_once_leave_one_truth(hall):
    vote = hall.vote(hall.of, secret=True)
    for number in (1, 2, 3):
        cast(hall, vote, number)
    told = in_processes(lambda: cast(hall, vote, 4), lambda: end(hall, vote))
    assert told in (["done", "done"], ["done", "vote_over"])
    tally = next(act for _, act in hall.house.about(Tally, vote))
    assert len(tally.ballots) == len(hall.house.about(Participation, vote)) == (4 if told == ["done", "done"] else 3)
    assert (list(faults(hall.house)), keys(hall)) == ([], [])


def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("moment", ["key_written", "before_commit", "before_key_destroyed"])
def test_a_process_killed_in_the_middle_of_a_secret_vote_leaves_all_or_nothing(hall, monkeypatch, moment):
    vote = hall.vote(hall.of, secret=True)
    for number in (1, 2):
        cast(hall, vote, number, "against")

    def killed():
        if moment == "key_written":
            monkeypatch.setattr(meeting.votes, "locked", die)
        if moment == "before_commit":
            really = meeting.Turn.seal
            monkeypatch.setattr(meeting.Turn, "seal", lambda turn, act: (really(turn, act), die()))
        if moment == "before_key_destroyed":
            monkeypatch.setattr(Path, "unlink", die)
        cast(hall, vote, 3)

    assert in_processes(killed) == []
    kept = moment == "before_key_destroyed"
    assert len(keys(hall)) == 2
    assert len(hall.house.about(Participation, vote)) == 2 + kept
    if not kept:
        cast(hall, vote, 3)
    cast(hall, vote, 4)
    assert len(keys(hall)) == 1
    tally = end(hall, vote).statement
    assert (tally.in_favour, tally.against) == (2, 2)
    assert (keys(hall), list(faults(hall.house)), verify_records(hall.workspace).ok) == ([], [], True)


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


@given(CHOICES)
def test_the_order_shown_is_that_of_the_commitments_whatever_the_order_cast(choices):
    found, _ = filled(choices)
    each = [ballot_commitment(7, ballot) for ballot in found.ballots]
    assert each == sorted(each)
    assert commitment(7, found.salt, found.ballots[::-1]) == found.commitment


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
    same = [len(locked(filled([choice] * len(choices))[0], key)) for choice in ("for", "against", "abstain")]
    assert {*same} == {len(stored)}, "its length tells how many and not what"
