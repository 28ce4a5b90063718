"""The quorum and how votes are decided, by hand; and every reason for which a vote is refused."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from boussole.charter.committee.meetings.sessions import session
from boussole.charter.committee.voting.presence import count, quorum_of
from boussole.charter.committee.voting.votes import choices_of, decided, outcome, result
from boussole.charter.record_types import acts
from tests.charter.committee.desk import CALLED, DAY, HOUR, RULES, SAID, START, Desk, changed, m, reason


@pytest.fixture
def desk():
    """Six members, of whom four are there, and a fifth gave the second a proxy; the session is open."""
    made = Desk()
    made.seat(1, 2, 3, 4, 5, 6)
    made.office(1)
    made.of = made.call()
    made.seal(acts.Proxy(**SAID, on=CALLED, of=made.of, giver=m(5), holder=m(2)))
    made.arrive(made.of, 1, 2, 3, 4)
    made.open(made.of, 1)
    return made


def ballot(of, voter, choice="for", by=None, **more):
    return acts.Ballot(**{**SAID, "on": DAY, **more}, of=of, voter=m(voter), choice=choice, by=m(by) if by else None)


def secret(of, voter, by=None):
    return acts.Participation(**SAID, on=DAY, of=of, voter=m(voter), box="0" * 64, by=m(by) if by else None)


def tally(desk, vote, **changes):
    found = session(desk.house, desk.of)
    values = vars(result(desk.house, vote, list(choices_of(desk.house, vote).values())))
    values |= {"count": count(desk.house, found, "matchft"), "of": vote, "on": DAY}
    return acts.Tally(**SAID, **(values | changes))


def annulment(vote, text="Wrong text."):
    return acts.Annulment(**SAID, on=DAY, of=vote, text=text)


@pytest.mark.parametrize(
    ("votes", "chair", "adopted", "casting"),
    [
        ("f", None, True, False),
        ("fa", None, False, False),
        ("fa", "for", True, True),
        ("fa", "against", False, True),
        ("fa", "abstain", False, False),
        ("ffa---", None, True, False),
        ("---", "abstain", False, False),
        ("", None, False, False),
    ],
)
def test_more_for_than_against_and_who_presides_decides_between_equals(votes, chair, adopted, casting):
    names = {"f": "for", "a": "against", "-": "abstain"}
    found = outcome(RULES, [names[v] for v in votes], entitled=9, presiding=chair, secret=False)
    assert (found.adopted, found.casting) == (adopted, casting)


def test_a_majority_of_those_there_counts_abstentions_and_some_rules_and_secrecy_exclude_a_casting_vote():
    rules = changed(votes={"majority": "present"})
    five = ["for"] * 5
    assert outcome(rules, five, entitled=9, presiding=None, secret=False).adopted
    assert not outcome(rules, five, entitled=10, presiding=None, secret=False).adopted
    assert outcome(rules, five, entitled=10, presiding="for", secret=False).casting
    assert not outcome(rules, [*five, *["abstain"] * 6], entitled=1, presiding=None, secret=False).adopted
    for rules, secretly in ((RULES, True), (changed(votes={"casting_vote": False}), False)):
        assert not outcome(rules, ["for", "against"], entitled=2, presiding="for", secret=secretly).adopted


def test_an_open_vote_from_its_beginning_to_its_result(desk):
    vote = desk.vote(desk.of)
    for number, choice in ((1, "for"), (2, "against"), (3, "for"), (4, "abstain")):
        desk.seal(ballot(vote, number, choice))
    desk.seal(ballot(vote, 5, "against", by=2))
    end = desk.seal(tally(desk, vote))
    said, adopted = decided(desk.house, end)
    act = desk.house.get(acts.Tally, end)
    assert (act.in_favour, act.against, act.abstained, act.basis) == (2, 2, 1, 4)
    assert (act.casting, adopted, said.title) == (True, True, "Adopt")


def test_each_vote_that_may_not_be_cast_is_refused_with_its_reason(desk):
    desk.seal(acts.Recusal(**SAID, on=DAY, of=desk.of, item="matchft", member=m(4), ground="interest"))
    vote = desk.vote(desk.of)
    desk.seal(ballot(vote, 1))
    assert reason(desk.seal, ballot(vote, 1, "against")) == "voted"
    assert reason(desk.seal, ballot(vote, 4)) == "stands_aside"
    assert reason(desk.seal, ballot(vote, 6)) == "not_there"
    assert reason(desk.seal, ballot(vote, 6, by=2)) == "not_there"
    assert reason(desk.seal, ballot(vote, 9)) == "no_mandate"
    assert reason(desk.seal, ballot(vote, 5)) == "not_their_proxy"
    assert reason(desk.seal, ballot(vote, 5, by=3)) == "not_their_proxy"
    assert reason(desk.seal, ballot(vote, 2, by=3)) == "not_their_proxy"
    assert reason(desk.seal, secret(vote, 3)) == "not_secret_vote"
    assert reason(desk.seal, ballot(vote, 3, on=CALLED)) == "not_session_day"
    end = tally(desk, vote)
    desk.seal(end)
    assert reason(desk.seal, ballot(vote, 3)) == "vote_over"
    assert reason(desk.seal, end) == "vote_over"


def test_nobody_votes_once_the_vote_is_annulled_or_the_session_over(desk):
    vote = desk.vote(desk.of)
    desk.seal(ballot(vote, 1))
    assert reason(desk.seal, acts.Closing(**SAID, on=DAY, of=desk.of, at=START + HOUR)) == "vote_running"
    assert reason(desk.seal, annulment(vote, " ")) == "no_text"
    desk.seal(annulment(vote))
    assert reason(desk.seal, ballot(vote, 2)) == "vote_void"
    assert reason(desk.seal, annulment(vote)) == "vote_void"
    desk.seal(acts.Closing(**SAID, on=DAY, of=desk.of, at=START + HOUR))
    assert reason(desk.vote, desk.of) == "session_closed"


def test_a_vote_begins_on_an_item_of_an_open_session_with_a_quorum_and_one_at_a_time(desk):
    assert reason(desk.vote, desk.of, "chatft") == "no_item"
    assert reason(desk.vote, desk.of, on=CALLED) == "not_session_day"
    assert reason(desk.vote, desk.call()) == "session_not_open"
    vote = desk.vote(desk.of)
    assert reason(desk.vote, desk.of, title="Another") == "vote_running"
    assert desk.vote(desk.of, "minutes")
    desk.seal(annulment(vote))
    for number in (1, 2, 3):
        desk.arrive(desk.of, number, mode="left", at=START + HOUR)
    assert reason(desk.vote, desk.of) == "no_quorum"


def test_a_secret_ballot_needs_enough_voters_to_be_secret(desk):
    for number in (1, 3):
        desk.seal(acts.Recusal(**SAID, on=DAY, of=desk.of, item="matchft", member=m(number), ground="choice"))
    assert desk.vote(desk.of, secret=True)
    few = Desk(changed(quorum={"share": "1/3"}))
    few.seat(1, 2, 3, 4, 5, 6)
    of = few.call()
    few.arrive(of, 1, 2)
    few.open(of, 1)
    assert reason(few.vote, of, secret=True) == "too_few_for_secret"


def test_a_secret_vote_takes_no_open_ballot_and_ends_only_with_enough_of_them(desk):
    vote = desk.vote(desk.of, secret=True)
    assert reason(desk.seal, ballot(vote, 1)) == "not_open_vote"
    empty = {"in_favour": 0, "against": 0, "abstained": 0, "basis": 0, "casting": False, "adopted": False}
    assert reason(desk.seal, tally(desk, vote, **empty)) == "no_votes"
    for number in (1, 2):
        desk.seal(secret(vote, number))
    assert reason(desk.seal, secret(vote, 1)) == "voted"
    assert reason(desk.seal, tally(desk, vote, **empty)) == "too_few_secret_ballots"
    desk.seal(secret(vote, 3))
    assert reason(desk.seal, tally(desk, vote, **empty)) == "not_open_vote"


def test_a_result_is_what_the_votes_come_to(desk):
    vote = desk.vote(desk.of)
    desk.seal(ballot(vote, 1))
    desk.seal(ballot(vote, 2, "against"))
    for wrong in ({"in_favour": 2}, {"adopted": False}, {"casting": False}, {"basis": 9}):
        assert reason(desk.seal, tally(desk, vote, **wrong)) == "other_votes"
    right = tally(desk, vote)
    assert reason(desk.seal, tally(desk, vote, count=right.count.model_copy(update={"present": 9}))) == "count_differs"
    assert reason(desk.seal, tally(desk, vote, salt="0" * 64, ballots=[{"nonce": "0" * 32, "choice": "for"}])) == (
        "not_secret_vote"
    )
    with pytest.raises(ValidationError, match="together"):
        tally(desk, vote, salt="0" * 64)
    desk.seal(right)


def test_a_consensus_needs_a_quorum_and_no_open_vote(desk):
    now = count(desk.house, session(desk.house, desk.of), "matchft")
    consensus = acts.Consensus(**SAID, on=DAY, of=desk.of, item="matchft", title="Adopt", count=now)
    vote = desk.vote(desk.of)
    assert reason(desk.seal, consensus) == "vote_running"
    desk.seal(annulment(vote))
    entry = desk.seal(consensus)
    assert decided(desk.house, entry) == (consensus, True)
    other = consensus.model_copy(update={"count": now.model_copy(update={"present": 1})})
    assert reason(desk.seal, other) == "count_differs"


def test_a_member_has_their_dissent_noted_until_the_minutes_are_sealed(desk):
    desk.seal(acts.Recusal(**SAID, on=DAY, of=desk.of, item="matchft", member=m(4), ground="choice"))
    now = count(desk.house, session(desk.house, desk.of), "matchft")
    entry = desk.seal(acts.Consensus(**SAID, on=DAY, of=desk.of, item="matchft", title="Adopt", count=now))
    words = {**SAID, "on": DAY, "of": entry, "text": "Too early."}
    desk.seal(acts.Dissent(**words, member=m(6)))
    assert reason(desk.seal, acts.Dissent(**words, member=m(4))) == "stands_aside"
    assert reason(desk.seal, acts.Dissent(**words, member=m(9))) == "no_mandate"
    desk.seal(acts.Closing(**SAID, on=DAY, of=desk.of, at=START + HOUR))
    desk.seal(acts.Dissent(**words, member=m(2)))
    minutes = acts.Minutes(**SAID, on=DAY, of=desk.of, content="0" * 64, size=1)
    entry = desk.seal(minutes)
    assert reason(desk.seal, acts.Dissent(**words, member=m(1))) == "minuted"
    assert reason(desk.seal, minutes) == "not_last"
    desk.seal(minutes.model_copy(update={"replaces": entry}))
    with pytest.raises(ValidationError, match="needs its words"):
        acts.Dissent(**{**words, "text": " "}, member=m(1))


@pytest.mark.parametrize(
    ("members", "there", "needed", "reached"),
    [
        ("abcdefghijk", "abcde", 6, False),
        ("abcdefghijk", "abcdef", 6, True),
        ("abcdefghij", "abcde", 5, True),
        ("abcdefghij", "abcd", 5, False),
        ("a", "", 1, False),
        ("", "", 0, False),
    ],
)
def test_half_of_the_members_at_least(members, there, needed, reached):
    found = quorum_of(RULES, members=members, there=there)
    assert (found.needed, found.reached) == (needed, reached)


def test_those_from_afar_and_represented_count_as_there_and_those_aside_do_not_where_the_rules_say_so():
    room = {"members": "abcdef", "there": "ab", "remote": "b", "proxies": {"c": "a"}}
    found = quorum_of(RULES, **room)
    assert (found.present, found.remote, found.represented, found.counted, found.reached) == (2, 1, 1, 3, True)
    assert not quorum_of(changed(quorum={"represented_count": False}), **room).reached
    aside = {"members": "abcd", "there": "ab", "aside": "a"}
    assert (quorum_of(RULES, **aside).needed, quorum_of(RULES, **aside).reached) == (2, False)
    other = quorum_of(changed(quorum={"recused_count": False}), **aside)
    assert (other.members, other.needed, other.present, other.reached) == (3, 2, 1, False)
    for there, reached in (("a", True), ("", False)):  # a second call needs somebody
        assert quorum_of(RULES, members="abcdefgh", there=there, needs_quorum=False).reached is reached
