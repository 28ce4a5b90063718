"""Acting on the page of a committee: who sits, what they declare, what is put to it; and minutes that are approved."""

from __future__ import annotations

import datetime as dt
import re

from boussole.charter.committee.acts.meeting import convene, open_session
from boussole.charter.committee.people.directory import directory
from boussole.charter.committee.people.members import holder_of, sitting_on
from boussole.charter.committee.rules import write_template
from boussole.charter.record_types.acts import (
    Attendance,
    Consensus,
    Interest,
    Mandate,
    MandateEnd,
    Minutes,
    Office,
    Referral,
)
from tests.charter.committee.desk import AGENDA, DAY, START, m
from tests.charter.committee.hall import NAME, who
from tests.charter.committee.test_matters import LATER
from tests.dashboard.committee.hand import act
from tests.dashboard.committee.test_looks import look, seen_text
from tests.written import system_text


def house(name):
    return f"/committee-act/{name}/external"


def names(hall):
    return {member: each.name for member, each in directory(hall.workspace).items()}


def test_a_new_member_is_seated_once_and_named_beside_the_ledger(hand, hall):
    seat = {"member": m(77), "name": "Ana <b>de Lima</b>", "college": "sciences", "start": "2026-09-15"}
    entry = hand.done(house("seat"), **seat)
    assert hand.done(house("seat"), **seat) == entry
    assert (hand.last(Mandate)[1].member, names(hall)[m(77)]) == (m(77), "Ana <b>de Lima</b>")
    assert "Ana &lt;b&gt;de Lima&lt;/b&gt;" in look("committee", lang="en")
    told = hand.refused(house("seat"), **{**seat, "member": m(78), "college": "press"})
    assert "does not fit: College" in told
    both = hand.refused(house("seat"), **{**seat, "member": m(78), "again": m(1)})
    assert "Give the name of a new member, or choose one" in both
    overlap = hand.refused(house("seat"), member=m(79), again=m(1), college="sciences", start="2026-09-16")
    assert "Awa Diop already has a mandate in these days" in overlap
    assert m(79) not in names(hall)


def test_a_member_is_replaced_their_mandate_ended_and_an_office_given(hand, hall):
    mandate = next(entry for entry, said in hall.house.standing(Mandate) if said.member == m(5))
    seat = {"member": m(80), "name": "Noé Roy", "college": "sciences", "start": "2026-10-01", "replaces": str(mandate)}
    hand.done(house("seat"), **seat)
    after = sitting_on(hand.hall.house, dt.date(2026, 10, 1))
    assert (m(80) in after, m(5) in after) == (True, False)
    other = next(entry for entry, said in hall.house.standing(Mandate) if said.member == m(4))
    hand.done(house("end-mandate"), of=str(other), last_day="2026-09-30")
    assert hand.last(MandateEnd)[1].last_day == dt.date(2026, 9, 30)
    hand.done(house("office"), member=m(2), office="deputy", start="2026-09-15")
    assert holder_of(hand.hall.house, "deputy", DAY) == m(2)
    assert len(hand.hall.house.standing(Office)) == 2


def test_a_member_declares_their_own_interest(hand, hall):
    (hall.workspace.home / "systems" / "chat.yaml").write_text(system_text("chat", "", kind="generation"), "utf-8")
    hand.done(house("interest"), role="member", by=3, systems=["chat"], text="A contract.")
    said = hand.last(Interest)[1]
    assert (said.member, said.systems, said.by) == (m(3), ["chat"], m(3))
    assert "Say in what" in hand.refused(house("interest"), role="member", by=3, text="?")
    assert "Say first which member" in hand.refused(house("interest"), role="member", systems=["chat"])
    assert "does not fit" in hand.refused(house("interest"), role="member", by=3, systems=["ghost"])
    assert hand.send(house("interest"), role="secretary", by=3, systems=["chat"]).status_code == 403


def test_matters_are_put_to_the_committee_or_taken_up_by_members(hand):
    asked = {"subject": "Two <regions>", "due_on": "2026-10-15"}
    hand.done(house("refer"), origin="authority", sender="CNIL", **asked)
    assert (hand.last(Referral)[1].origin, hand.last(Referral)[1].sender) == ("authority", "CNIL")
    hand.done(house("refer-ourselves"), role="member", by=2, supporters=[m(3)], **asked)
    assert hand.last(Referral)[1].supporters == [m(2), m(3)]
    told = hand.refused(house("refer"), origin="organisation", sender="X", subject="Y", due_on="2026-01-01")
    assert "too early" in told
    page = look("committee", lang="en")
    assert "Two &lt;regions&gt;" in page
    assert "Members of the committee (by the members themselves)" in seen_text(page)


def test_the_page_of_a_committee_offers_what_a_role_may_do(hand, be):
    def offered():
        return set(re.findall(r'action="/committee-act/([a-z-]+)/', look("committee", lang="en")))

    for role, member, forms in (
        ("reader", None, set()),
        ("auditor", m(2), set()),
        ("member", None, {"refer"}),
        ("member", m(2), {"refer", "refer-ourselves", "interest"}),
        ("steward", None, {"refer"}),
        ("secretary", None, {"convene", "refer", "seat", "end-mandate", "office", "adopt"}),
    ):
        be(role, member)
        assert offered() == forms, role


def test_rules_are_adopted_once_and_offered_again_when_the_file_says_others(hand, hall, be):
    be("chair", m(1))
    entry = hand.done(house("adopt"), role="chair", by=1, text="In the session of today.")
    assert hand.done(house("adopt"), role="chair", by=1, text="In the session of today.") == entry
    assert hand.hall.house.adopted.text == "In the session of today."
    assert "These rules are in force already." in hand.refused(house("adopt"), role="chair", by=1)
    assert 'action="/committee-act/adopt/' not in look("committee", lang="en")
    write_template(hall.workspace, "external")
    path = hall.workspace.home / "committees" / "external.yaml"
    path.write_text(path.read_text("utf-8").replace("notice_days: 5 ", "notice_days: 6 "), "utf-8")
    assert 'action="/committee-act/adopt/' in look("committee", lang="en")


def test_what_was_done_is_said_where_it_was_done(hand, be):
    be("secretary")
    entry = hand.done(house("office"), member=m(2), office="deputy", start="2026-09-15")
    page = look("committee", lang="en", done=str(entry), at="office")
    assert page.index('id="members"') < page.index("It is recorded and sealed.")
    assert page.index("It is recorded and sealed.") < page.index('action="/committee-act/seat/')


def test_the_next_session_approves_the_minutes_by_their_fingerprint(hand, hall, of):
    hand.done(act("close", of), at="2026-09-15T15:00")
    hand.done(act("minutes", of))
    content = hand.last(Minutes)[1].content
    again = {"starts": START.replace(hour=17), "ends": START.replace(hour=18), "place": "Room 9"}
    called = convene(hall.workspace, NAME, who=who(DAY - LATER), agenda=AGENDA, **again).entry
    for number in (1, 2, 3):
        hall.do(Attendance, of=called, member=m(number), mode="in_person", at=again["starts"])
    open_session(hall.workspace, NAME, of=called, who=who())
    decision = hand.done(act("consensus", called, "minutes"), title="Approve", subject=content)
    assert hand.hall.house.get(Consensus, decision).subject is not None
    assert f"entry {decision}" in look("session", session=str(of), lang="en")
