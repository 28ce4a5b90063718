"""Acting on the page of a committee: who sits, what they declare, what is put to it; and minutes that are approved."""

from __future__ import annotations

import re

from boussole.charter.committee.people.directory import directory
from boussole.charter.committee.rules import write_template
from boussole.charter.record_types.acts import (
    Mandate,
)
from tests.charter.committee.desk import m
from tests.dashboard.committee.test_looks import look


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
