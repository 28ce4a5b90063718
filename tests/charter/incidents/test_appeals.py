"""Appeals: two clocks, late ones first, counts that give nobody away, and no way back to a person."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from boussole.charter.deadlines.appeals import appeals, counts, grouped, new_number
from boussole.charter.incidents.book import Book, admit
from boussole.charter.incidents.refusals import EntryRefusedError
from boussole.charter.record_types.incidents import Appeal
from boussole.charter.record_types.kinds import Withdrawal
from tests.charter.incidents.made import DAY, appeal, decision, facts, sealed

TODAY = dt.date(2026, 3, 31)


def test_an_explanation_is_due_after_a_month_and_an_appeal_after_two():
    found = {each.appeal.asks: each for each in appeals(facts(appeal(1), appeal(2, asks="explanation"), today=TODAY))}
    assert found["explanation"].due_on == dt.date(2026, 2, 28)
    assert found["contest"].due_on == dt.date(2026, 3, 31)
    assert (found["explanation"].state, found["contest"].state) == ("overdue", "waiting")
    assert (found["explanation"].days, found["contest"].late) == (59, False)


def test_late_ones_come_first_then_the_next_due_then_the_latest_decisions():
    said = [
        appeal(1, received_on=dt.date(2026, 2, 20), on=DAY),
        appeal(2),
        appeal(3, received_on=dt.date(2026, 1, 20), decided_on=dt.date(2026, 1, 2)),
        appeal(4),
        decision(1, dt.date(2026, 3, 3)),
        decision(3, dt.date(2026, 3, 30), outcome="rejected"),
    ]
    found = appeals(facts(*said, today=TODAY))
    assert [(each.entry, each.state, each.days) for each in found] == [
        (2, "overdue", 70),
        (0, "waiting", 39),
        (3, "decided", 58),
        (1, "decided", 31),
    ]


def test_what_is_decided_last_counts_and_a_withdrawn_decision_does_not():
    again = [appeal(1), decision(0, outcome="rejected"), decision(0, dt.date(2026, 3, 9))]
    found = appeals(facts(*again, today=TODAY))[0]
    assert (found.decision[0], found.decision[1].outcome) == (2, "upheld")
    gone = Withdrawal(role="Mediator", on=dt.date(2026, 3, 10), of=2, text="By mistake.")
    assert appeals(facts(*again, gone, today=TODAY))[0].decision[0] == 1


def test_counts_tell_delays_and_reviews_that_were_asked_for_in_vain():
    said = [appeal(1), appeal(2, human_review=True), appeal(3), decision(0), decision(1, reviewed=False)]
    told = counts(appeals(facts(*said, decision(2, dt.date(2026, 4, 2)), today=dt.date(2026, 4, 3))))
    assert (told.received, told.waiting, told.overdue, told.decided, told.decided_late) == (3, 0, 0, 3, 1)
    assert (told.days, told.without_human) == (30, 1)
    assert counts([]).days is None


@given(st.lists(st.sampled_from("abcd"), max_size=80), st.integers(2, 12))
def test_no_hidden_count_follows_from_the_total(groups, below):
    found = appeals(facts(*[appeal(n) for n in range(len(groups))]))
    named = dict(zip([each.entry for each in found], groups, strict=True))
    shown = grouped(found, lambda each: named[each.entry], below=below)
    hidden = [group for group, n in shown.items() if n is None]
    assert all(n is None or n >= below for n in shown.values())
    rest = len(groups) - sum(n for n in shown.values() if n is not None)
    if hidden and len(hidden) < len(shown):  # something stands beside it
        assert len(hidden) > 1
        assert rest >= below


def test_an_appeal_has_a_number_of_its_own_and_no_room_for_a_name():
    assert new_number() != new_number()
    assert appeal(number=3).number == "r_00000003"
    allowed = {"role", "on", "signed_in", "text", "document", "system", "number", "asks", "ground", "decided_on",
               "received_on", "human_review", "blind"}  # fmt: skip
    assert set(Appeal.model_fields) == allowed
    with pytest.raises(ValidationError, match="pattern"):
        appeal(number=1).model_validate({**appeal(1).model_dump(), "number": "DUPONT"})


def test_what_may_not_be_entered_is_refused():
    with pytest.raises(EntryRefusedError, match="already"):
        admit(Book(sealed(appeal(1))), appeal(1, text="Again."))
    with pytest.raises(EntryRefusedError, match="31 January"):
        admit(Book(sealed(appeal(1))), decision(0, dt.date(2026, 1, 30)))
    with pytest.raises(EntryRefusedError, match="name somebody"):
        admit(Book(), appeal(1, text="Madame Martin conteste."))
    with pytest.raises(ValidationError, match="before the decision was made"):
        appeal(received_on=dt.date(2026, 1, 1))
