"""A session as a state machine: whatever members do, in whatever order, the house agrees with a model of a few sets."""

from __future__ import annotations

import math

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from boussole.charter.committee.acts.proving import faults
from boussole.charter.committee.meetings.sessions import session
from boussole.charter.committee.refusals import RefusedError
from boussole.charter.committee.voting.presence import count, electors
from boussole.charter.committee.voting.votes import choices_of, result
from boussole.charter.record_types import acts
from tests.charter.committee.desk import CALLED, DAY, HOUR, SAID, START, Desk, changed, m

SEATS = tuple(range(1, 7))
CHAIR = 1
ANYBODY = st.integers(1, 8)  # two of them are strangers
YESTERDAY = DAY.replace(day=DAY.day - 1)


class Meeting(RuleBasedStateMachine):
    """The model: who sits, who is there, who holds whose proxy, who stands aside, who voted what."""

    @initialize(
        per_member=st.integers(0, 2),
        represented=st.booleans(),
        recused=st.booleans(),
        cast=st.booleans(),
        early=st.sets(st.sampled_from(SEATS)),
    )
    def begin(self, per_member, represented, recused, cast, early):
        self.rules = changed(
            proxies={"per_member": per_member},
            quorum={"represented_count": represented, "recused_count": recused},
            votes={"majority": "cast" if cast else "present"},
        )
        self.desk = Desk(self.rules)
        self.desk.seat(*SEATS)
        self.desk.office(CHAIR)
        self.of = self.desk.call()
        self.sitting, self.there, self.aside = set(SEATS), set(), set()
        self.proxies, self.proxy_entries, self.votes, self.past = {}, {}, {}, []
        self.phase, self.vote, self.chair, self.minutes = "called", None, None, 0
        for who in sorted(early):
            self.arrive_as(who, "in_person")

    def tries(self, act, *, allowed):
        """Seal an act: it is refused exactly when the model says so. Returns its entry."""
        return self.done(lambda: self.desk.seal(act), allowed=allowed)

    def done(self, call, *, allowed):
        entry = reason = None
        try:
            entry = call()
        except RefusedError as error:
            reason = error
        assert (reason is None) == allowed, reason or "sealed, though not allowed"
        return entry

    def able(self):
        """Who may vote now, and who casts it."""
        present = (self.there & self.sitting) - self.aside
        absent = self.sitting - self.there - self.aside
        return {n: n for n in present} | {n: h for n, h in self.proxies.items() if n in absent and h in present}

    def enough(self, aside):
        present = (self.there & self.sitting) - aside
        absent = self.sitting - self.there - aside
        represented = [n for n, h in self.proxies.items() if n in absent and h in present]
        members = len(self.sitting) if self.rules.quorum.recused_count else len(self.sitting - aside)
        here = len(present) + (len(represented) if self.rules.quorum.represented_count else 0)
        return bool(present) and here >= math.ceil(members / 2)

    @rule(who=ANYBODY, remote=st.booleans())
    def arrive(self, who, remote):
        self.arrive_as(who, "remote" if remote else "in_person")

    def arrive_as(self, who, mode):
        allowed = who in self.sitting and self.phase != "closed"
        act = self.attendance(who, mode)
        if self.tries(act, allowed=allowed) is not None:
            self.there.add(who)

    @rule(who=ANYBODY)
    def leave(self, who):
        allowed = who in self.sitting and who in self.there and self.phase != "closed"
        if self.tries(self.attendance(who, "left"), allowed=allowed) is not None:
            self.there.discard(who)

    def attendance(self, who, mode):
        self.minutes += 1
        at = START + self.minutes * HOUR / 60
        return acts.Attendance(**SAID, on=DAY, of=self.of, member=m(who), mode=mode, at=at)

    @rule(giver=st.integers(2, 7), holder=st.integers(2, 7))
    def give_proxy(self, giver, holder):
        held = list(self.proxies.values())
        allowed = (
            self.phase != "closed"
            and {giver, holder} <= self.sitting
            and giver != holder
            and giver not in self.there
            and giver not in self.proxies
            and holder not in self.proxies
            and giver not in held
            and held.count(holder) < self.rules.proxies.per_member
        )
        act = acts.Proxy(**SAID, on=DAY, of=self.of, giver=m(giver), holder=m(holder), text=str(self.minutes))
        entry = self.tries(act, allowed=allowed)
        if entry is not None:
            self.proxies[giver], self.proxy_entries[giver] = holder, entry

    @rule(who=ANYBODY)
    def stand_aside(self, who):
        voted = who in self.votes or any(who in cast for cast in self.past)
        allowed = who in self.sitting and self.phase != "closed" and not voted
        act = acts.Recusal(**SAID, on=DAY, of=self.of, item="matchft", member=m(who), ground="choice")
        if self.tries(act, allowed=allowed) is not None:
            self.aside.add(who)

    @precondition(lambda self: len(self.sitting) > 4)
    @rule(who=st.sampled_from(SEATS))
    def mandate_ends(self, who):
        entry = 1 + SEATS.index(who)
        act = acts.MandateEnd(**SAID, on=DAY, of=entry, last_day=YESTERDAY)
        if self.tries(act, allowed=True) is not None:
            self.sitting.discard(who)

    @precondition(lambda self: self.phase == "called" or self.minutes % 5 == 0)
    @rule(chair=ANYBODY, proper=st.booleans())
    def open(self, chair, proper):
        must = CHAIR if CHAIR in self.there & self.sitting else None
        chair = min(self.there & self.sitting, default=chair) if proper else chair
        fits = chair == must if must else chair in self.there & self.sitting
        allowed = self.phase == "called" and self.enough(set()) and fits
        if self.done(lambda: self.desk.open(self.of, chair), allowed=allowed) is not None:
            self.phase, self.chair = "open", chair

    @precondition(lambda self: self.phase == "open")
    @rule(number=st.integers(1, 3))
    def begin_vote(self, number):
        allowed = self.phase == "open" and self.vote is None and self.enough(self.aside)
        entry = self.done(lambda: self.desk.vote(self.of, title=f"Text {number}"), allowed=allowed)
        if entry is not None:
            self.vote, self.votes = entry, {}

    @precondition(lambda self: self.vote is not None)
    @rule(voter=ANYBODY, by=ANYBODY, proper=st.booleans(), choice=st.sampled_from(["for", "against", "abstain"]))
    def cast(self, voter, by, proper, choice):
        by = self.able().get(voter, voter) if proper else by
        allowed = self.able().get(voter) == by and voter not in self.votes
        act = acts.Ballot(**SAID, on=DAY, of=self.vote, voter=m(voter), choice=choice, by=m(by))
        if self.tries(act, allowed=allowed) is not None:
            self.votes[voter] = (by, choice)

    @precondition(lambda self: self.vote is not None)
    @rule()
    def count_votes(self):
        house, choices = self.desk.house, list(choices_of(self.desk.house, self.vote).values())
        found = result(house, self.vote, choices)
        said = [choice for _, choice in self.votes.values()]
        basis = len([c for c in said if c != "abstain"])
        if self.rules.votes.majority == "present":
            basis = len(self.able().keys() | self.votes.keys())
        chair = self.votes.get(self.chair, (None, None))[1]
        wins = 2 * said.count("for") > basis or (2 * said.count("for") == basis > 0 and chair == "for")
        assert (found.adopted, found.basis, found.in_favour) == (wins, basis, said.count("for"))
        act = acts.Tally(
            **SAID, on=DAY, of=self.vote, count=count(house, session(house, self.of), "matchft"), **vars(found)
        )
        if self.tries(act, allowed=bool(self.votes)) is not None:
            self.vote_over()

    @precondition(lambda self: len(self.votes) > 2)
    @rule()
    def annul(self):
        self.tries(acts.Annulment(**SAID, on=DAY, of=self.vote, text="Void."), allowed=True)
        self.vote_over()

    def vote_over(self):
        self.past.append({voter: by for voter, (by, _) in self.votes.items()})
        self.vote, self.votes = None, {}

    @precondition(lambda self: self.past)
    @rule()
    def close(self):
        allowed = self.phase == "open" and self.vote is None
        if self.tries(acts.Closing(**SAID, on=DAY, of=self.of, at=START + 2 * HOUR), allowed=allowed) is not None:
            self.phase = "closed"

    @invariant()
    def the_house_agrees_with_the_model(self):
        if hasattr(self, "desk"):
            found = session(self.desk.house, self.of)
            assert electors(self.desk.house, found, "matchft") == {m(n): m(h) for n, h in self.able().items()}
            assert count(self.desk.house, found).reached == self.enough(set())
            assert found.state == self.phase

    def teardown(self):
        if hasattr(self, "desk"):
            assert list(faults(self.desk.house)) == []


Meeting.TestCase.settings = settings(max_examples=20, stateful_step_count=50, deadline=None)
TestMeeting = Meeting.TestCase


@pytest.mark.slow
class TestMoreMeetings(Meeting.TestCase):
    settings = settings(max_examples=80, stateful_step_count=50, deadline=None)


assert CALLED < YESTERDAY < DAY
