"""Incidents and appeals: what is entered, corrected, closed and answered."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from boussole.audits.workspace import Workspace
from boussole.charter.deadlines.appeals import appeals, counts, grouped, new_number
from boussole.charter.deadlines.incidents import in_time, incidents
from boussole.charter.incidents.book import Book, admit, enter, faults
from boussole.charter.incidents.refusals import EntryRefusedError
from boussole.charter.record_types.incidents import Appeal
from boussole.charter.record_types.kinds import Case, Withdrawal
from boussole.charter.records import statements
from tests.charter.incidents.made import DAY, appeal, at, closure, decision, facts, incident, reported, sealed, update
from tests.written import system_text


def one(*said, today=dt.date(2026, 3, 31)):
    return incidents(facts(*said, today=today))[0]


@pytest.mark.parametrize(
    ("severity", "personal_data", "due"),
    [
        ("minor", False, []),
        ("significant", False, []),
        ("serious", False, ["2026-03-17T23:59:00"]),
        ("widespread", False, ["2026-03-04T23:59:00"]),
        ("fatal", False, ["2026-03-12T23:59:00"]),
        ("minor", True, ["2026-03-05T09:30:00"]),
        ("fatal", True, ["2026-03-12T23:59:00", "2026-03-05T09:30:00"]),
    ],
)
def test_the_law_counts_days_and_hours_from_the_moment_it_was_known(severity, personal_data, due):
    told = one(incident(severity=severity, personal_data=personal_data))
    assert [each.due_at.isoformat() for each in told.deadlines] == due


@pytest.mark.parametrize(
    ("known", "due"),
    [  # clocks go forward on 29 March 2026 at 2:00, and went back on 26 October 2025 at 3:00
        ("2026-03-27T12:00:00", "2026-03-30T13:00:00"),
        ("2025-10-24T12:00:00", "2025-10-27T11:00:00"),
        ("2026-03-02T12:00:00", "2026-03-05T12:00:00"),
    ],
)
def test_hours_are_counted_where_clocks_change_too_and_the_high_risk_duty_binds_later(known, due):
    said = incident(severity="minor", personal_data=True, known_at=known, happened_on=known[:10], on=known[:10])
    assert [each.due_at.isoformat() for each in one(said).deadlines] == [due]
    duties = [each.delay for each in one(incident(personal_data=True)).deadlines]  # serious, and a breach
    assert [(each.in_force, each.to_check) for each in duties] == [
        (dt.date(2027, 12, 2), True),
        (dt.date(2018, 5, 25), False),
    ]


@pytest.mark.parametrize(
    ("said", "today", "state"),
    [
        ([], 17, "waiting"),
        ([], 18, "overdue"),
        ([reported(at(17, 23, 59))], 31, "on_time"),
        ([reported(at(18, 0, 0))], 31, "late"),
        ([reported(at(10), duty=None)], 31, "overdue"),
        ([reported(at(20)), reported(at(16))], 31, "on_time"),
    ],
)
def test_a_report_is_held_to_its_minute(said, today, state):
    told = one(incident(), *said, today=dt.date(2026, 3, today))
    assert [each.state for each in told.deadlines] == [state]
    assert told.overdue == (state == "overdue")


def test_what_was_late_stays_late_when_it_is_graded_otherwise_afterwards():
    graded_before = one(incident(severity="widespread"), update(day=4, severity="serious"))
    assert [each.due_at.day for each in graded_before.deadlines] == [17]
    graded_after = one(incident(severity="widespread"), update(day=5, severity="minor"))
    assert [(each.due_at.day, each.state) for each in graded_after.deadlines] == [(4, "overdue")]
    assert graded_after.severity == "minor"
    told = one(incident(severity="minor"), update(day=9, severity="fatal", known_at=at(8, 18)))
    assert [each.due_at.isoformat() for each in told.deadlines] == ["2026-03-18T23:59:00"], "from when it was known"


def test_open_ones_come_first_and_overdue_ones_before_them():
    found = incidents(
        facts(
            incident(title="minor", severity="minor"),
            incident(title="waiting"),
            incident(title="overdue", severity="widespread"),
            incident(title="closed", severity="minor"),
            closure(3, day=9),
            today=dt.date(2026, 3, 10),
        )
    )
    assert [each.incident.title for each in found] == ["overdue", "waiting", "minor", "closed"]
    assert (in_time(found).on_time, in_time(found).due) == (0, 1)
    withdrawn = Withdrawal(role="Steward", on=dt.date(2026, 3, 21), of=1, text="It goes on.")
    assert one(incident(severity="minor"), closure(day=20), withdrawn).closure is None


def refused(*said):
    *before, last = said
    with pytest.raises(EntryRefusedError) as raised:
        admit(Book(sealed(*before)), last)
    return raised.value.reason


def test_what_may_not_be_entered_is_refused_with_its_reason():
    assert refused(incident(), closure()) == "not_reported"
    assert refused(incident(severity="minor"), closure(), closure(day=21)) == "is_closed"
    assert refused(incident(severity="minor"), closure(), update(day=21, text="Again.")) == "is_closed"
    assert refused(incident(), update(reported_to="CNIL", reported_at=at(1))) == "before_known"
    assert refused(incident(findings=[7])) == "no_evidence"
    gone = Withdrawal(role="Steward", on=dt.date(2026, 3, 21), of=0, text="Twice.")
    assert refused(incident(), gone, update(day=22, text="More.")) == "withdrawn"
    case = Case(role="Agency", on=DAY, indicator="undeclared_use", system="matchft", happened_on=DAY)
    assert refused(appeal(1), appeal(1, text="Again.")) == "number_taken"
    assert refused(appeal(1, text="Madame Martin conteste.")) == "personal_name"
    with pytest.raises(EntryRefusedError, match="31 January"):
        admit(Book(sealed(appeal(1))), decision(0, dt.date(2026, 1, 30)))
    admit(Book(sealed(case)), incident(findings=[0]))
    admit(Book(sealed(incident(), reported(at(20)))), closure(day=21))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Il a écrit à jean.dupont@exemple.fr.", "personal_email"),
        ("Rappeler le 06 12 34 56 78.", "personal_phone"),
        ("Rappeler le +33 6 12 34 56 78.", "personal_phone"),
        ("Dossier 1234567X.", "personal_number"),
        ("NIR 1 85 05 78 006 084 36.", "personal_number"),
        ("FR76 3000 6000 0112 3456 7890 189", "personal_account"),
        ("Mme Durand n’a pas été contactée.", "personal_name"),
        ("On a vu madame\u00a0Durand, hier.", "personal_name"),
        ("MME\nDURAND a appelé.", "personal_name"),
        ("Rappeler le 06\u200912\u200934\u200956\u200978.", "personal_phone"),
        ("Rappeler le 06\u201112\u201134\u201156\u201178.", "personal_phone"),
        ("NIR 1\u202f85\u202f05\u202f78\u202f006\u202f084\u202f36.", "personal_number"),
        ("La directrice et le monsieur. Le soir, messieurs.", None),
        ("M. de La Tour", None),
        ("Madame la directrice, le 25 novembre 2026, à 12 000 personnes ; 2 392 282 décisions.", None),
        ("Une candidate de 52 ans, article 73(2), règlement 2024/1689.", None),
    ],
)
def test_nothing_that_leads_to_a_person_is_sealed(text, reason):
    said = incident(text=text)
    if reason is None:
        admit(Book(), said)
    else:
        assert refused(said) == reason


def test_the_ledger_is_held_to_the_same_rules_and_forged_entries_are_told_one_by_one():
    lawful = [incident(), reported(at(10)), closure(day=20)]
    assert list(faults(sealed(*lawful))) == []
    found = list(faults(sealed(incident(), closure(), update(day=21, text="Écrire à a@b.fr"))))
    assert [(entry, reason.reason) for entry, reason in found] == [(1, "not_reported"), (2, "personal_email")]
    about_nothing = [
        update(of=7, text="x"),
        closure(of=1),
        decision(of=0),
        decision(of=9),
        update(text="before", day=1),
    ]
    found = list(faults(sealed(incident(), *about_nothing, reported(at(10), of=0))))
    assert [(entry, reason.reason) for entry, reason in found] == [
        *((entry, "apart") for entry in (1, 2, 3, 4)),
        (5, "before_known"),
    ]
    assert str(found[0][1]).startswith("Entry 7 is nothing that this can be about.")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: incident(known_at=at(3)), "in that order"),
        (lambda: incident(happened_on=dt.date(2026, 3, 3)), "known before it happened"),
        (lambda: incident(text="  "), "say what happened"),
        (lambda: incident(known_at=at(2).replace(tzinfo=dt.UTC)), "time of `timezone`"),
        (update, "Say something"),
        (lambda: update(reported_to="CNIL"), "give both"),
        (lambda: update(text="x", duty="gdpr_33"), "to whom it was reported"),
        (lambda: update(text="x", known_at=at(3)), "another `severity`"),
        (lambda: update(day=8, reported_to="CNIL", reported_at=at(9)), "before"),
        (lambda: closure(cause=" "), "cause and the measures"),
        (lambda: appeal(received_on=dt.date(2026, 1, 1)), "before the decision was made"),
    ],
)
def test_an_entry_that_says_too_little_is_refused(make, message):
    with pytest.raises(ValidationError, match=message):
        make()


def test_an_incident_names_a_question_that_is_asked_of_its_system(tmp_path):
    """Whichever way it is entered: the form, the API and the command all end here."""
    home = Workspace.create(tmp_path / "home").home
    (home / "systems" / "chat.yaml").write_text(system_text("chat", "", kind="generation"), encoding="utf-8")
    made = Workspace(home)
    for question, reason in (("selection_rate_ratio", "not_asked"), ("personal_data_in_text", "no_such_question")):
        with pytest.raises(EntryRefusedError) as refused:
            enter(made, incident(system="chat", question=question))
        assert refused.value.reason == reason
    assert statements(made) == []
    said = incident(system="chat", question="personal_data_in_texts")
    assert enter(made, said).statement == said


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
    again = [appeal(1), decision(0, outcome="rejected"), decision(0, dt.date(2026, 3, 9))]
    found = appeals(facts(*again, today=TODAY))[0]
    assert (found.decision[0], found.decision[1].outcome) == (2, "upheld"), "what is decided last counts"
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
