"""Acting: sealed once, held to the rules of that moment, never brought back by a request that is sent twice."""

from __future__ import annotations

import datetime as dt
import re
import sqlite3

import pytest

from boussole.audits.errors import BoussoleError
from boussole.charter.committee.acting import committee_state, do, turn
from boussole.charter.committee.acts.proving import faults
from boussole.charter.committee.meetings.sessions import session
from boussole.charter.committee.rules import committees, write_template
from boussole.charter.record_types.acts import (
    Attendance,
    Ballot,
    Mandate,
    Office,
    Proxy,
    RulesInForce,
)
from boussole.charter.records import open_records, seal, statements, verify_records
from boussole.charter.records.statements import write
from tests.charter.committee.desk import CALLED, DAY, SAID, START, m, reason
from tests.charter.committee.hall import NAME


def do_once(workspace, act, *, seen):
    """What a form does that was shown when an entry was the last."""
    with turn(workspace, act.committee) as now:
        return now.seal_once(act, seen=seen)


def attendance(of, number, mode="in_person", minutes=0):
    at = START + dt.timedelta(minutes=minutes)
    return Attendance(**SAID, on=DAY, of=of, member=m(number), mode=mode, at=at)


def written_rules(hall, old, new):
    """The file of rules, with something of it changed."""
    path = hall.workspace.home / "committees" / f"{NAME}.yaml"
    text = (path if path.exists() else write_template(hall.workspace, NAME)).read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_the_rules_are_sealed_before_the_first_act_and_again_when_they_change_until_they_are_adopted(seated):
    kinds = [each.statement.kind for each in statements(seated.workspace)]
    assert (kinds[:2], kinds.count("rules")) == (["rules", "mandate"], 1)
    written_rules(seated, "notice_days: 5 ", "notice_days: 3 ")
    seated.do(Office, on=CALLED, member=m(2), office="deputy", start=CALLED)
    assert [act.rules.sessions.notice_days for _, act in seated.house.standing(RulesInForce)] == [5, 3]
    rules = committees(seated.workspace)[NAME]
    seated.do(RulesInForce, act="adopted", rules=rules)
    assert reason(seated.do, RulesInForce, act="adopted", rules=rules, text="Again.") == "in_force"
    written_rules(seated, "notice_days: 3 ", "notice_days: 0 ")
    assert seated.house.rules.sessions.notice_days == 3
    seated.do(Office, on=CALLED, member=m(3), office="deputy", start=CALLED)
    assert len(seated.house.standing(RulesInForce)) == 3
    assert verify_records(seated.workspace).ok


def test_a_request_sent_twice_does_not_bring_back_what_others_came_after(seated):
    of = seated.session(1, 2, 3)
    for minutes, mode in ((0, "in_person"), (30, "left")):
        do(seated.workspace, attendance(of, 4, mode, minutes))
    assert reason(do, seated.workspace, attendance(of, 4)) == "no_longer"
    assert m(4) not in seated.found(of).there
    do(seated.workspace, attendance(of, 4), anew=True)
    assert m(4) in seated.found(of).there


def test_a_form_says_words_anew_on_purpose_and_once(seated):
    of = seated.session(1, 2, 3)
    first = do_once(seated.workspace, attendance(of, 4), seen=of)
    assert do_once(seated.workspace, attendance(of, 4), seen=of) == first
    left = do(seated.workspace, attendance(of, 4, "left", 30)).entry
    assert do_once(seated.workspace, attendance(of, 4), seen=of) == first, "nothing comes back"
    again = do_once(seated.workspace, attendance(of, 4), seen=left)
    assert (again.statement.anew, again.entry) == (first.entry, left + 1)
    assert do_once(seated.workspace, attendance(of, 4), seen=left) == again
    assert list(faults(seated.house)) == []


def test_a_committee_is_not_mixed_with_another(seated):
    write_template(seated.workspace, NAME)
    write_template(seated.workspace, "internal")
    of = seated.session(1, 2, 3)
    other = {**SAID, "committee": "internal", "on": DAY}
    do(seated.workspace, Mandate(**other, member=m(1), college="experts", start=CALLED))
    assert reason(do, seated.workspace, Proxy(**other, of=of, giver=m(1), holder=m(2))) == "apart"
    assert [act.college for _, act in committee_state(seated.workspace, "internal").standing(Mandate)] == ["experts"]
    with pytest.raises(BoussoleError, match="no committee 'press'"):
        committee_state(seated.workspace, "press")


def test_an_act_that_was_slipped_past_the_rules_is_found(seated):
    of = seated.session(1, 2, 3)
    vote = seated.vote(of)
    with open_records(seated.workspace).begin() as connection:
        forged = write(connection, Ballot(**SAID, on=DAY, of=vote, voter=m(5), choice="for"))
    assert verify_records(seated.workspace).ok
    assert [(fault.entry, fault.reason.reason) for fault in faults(seated.house)] == [(forged.entry, "not_there")]


def test_no_name_and_no_free_text_is_in_the_ledger_and_committees_alone_seal_acts(seated):
    of = seated.session(1, 2, 3, text="Madame Durand demande la parole.")
    with sqlite3.connect(seated.workspace.governance) as connection:
        payloads = [row[0] for row in connection.execute("SELECT payload FROM entries")]
    assert all(set(re.findall(r'"(\w+)":', payload)) == {"record", "system"} for payload in payloads)
    past = committee_state(seated.workspace, NAME, before=of + 1)
    assert (session(past, of).state, seated.found(of).state) == ("called", "open")
    act = Mandate(**SAID, on=CALLED, member=m(9), college="sciences", start=CALLED)
    with pytest.raises(BoussoleError, match="held to rules before it is sealed"):
        seal(seated.workspace, act)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("notice_days: 5 ", "notice_day: 5 ", "Did you mean 'notice_days'"),
        ("share: 1/2 ", "share: 3/2 ", "`share` is above 0"),
        ("timezone: Europe/Paris", "timezone: Europe/Pari", "is no time zone"),
        ("id: external", "id: extern", "Rename it to extern.yaml"),
        ("id: follow_up", "id: minutes", "'minutes' is given twice"),
        ("per_member: 1", "per_member: many", "integer"),
    ],
)
def test_a_fault_in_a_file_is_named(seated, old, new, told):
    written_rules(seated, old, new)
    with pytest.raises(BoussoleError, match=re.escape(told)) as raised:
        committees(seated.workspace)
    assert "external.yaml" in str(raised.value)
