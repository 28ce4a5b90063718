"""An act is taken back where it is shown: by who did it, or the chair where it was recorded for the committee."""

from __future__ import annotations

import re

import pytest

from boussole.charter.record_types.acts import Interest, Mandate, Recusal, Referral, Retraction
from tests.charter.committee.desk import m
from tests.dashboard.committee.hand import act
from tests.dashboard.committee.test_looks import look
from tests.written import system_text

HOUSE = "/committee-act/take-back/external"
WHY = "Entered by mistake."


@pytest.fixture
def interest(hand, hall):
    """The declared interest of the third member."""
    (hall.workspace.home / "systems" / "chat.yaml").write_text(system_text("chat", "", kind="generation"), "utf-8")
    hand.done("/committee-act/interest/external", role="member", by=3, systems=["chat"], text="A contract.")
    return hand.last(Interest)[0]


def offered(page="committee", lang="en", **asked):
    """The acts that a page offers to take back."""
    text = look(page, lang=lang, **asked)
    form = re.search(r'<form action="/(?:committee|session)-act/take-back/.*?</form>', text, re.DOTALL)
    return dict(re.findall(r'<option value="([0-9]+)"[^>]*>([^<]+)<', form[0])) if form else {}


@pytest.mark.costly
def test_a_member_takes_back_their_own_act_once(hand, interest, be):
    be("member", m(3))
    told = offered()
    assert list(told) == [str(interest)]
    assert re.fullmatch(r"Declared interest, .+, \d+ \w+ \d{4} \(entry \d+\)", told[str(interest)])
    entry = hand.done(HOUSE, role="member", by=3, of=str(interest), text=WHY)
    assert hand.done(HOUSE, role="member", by=3, of=str(interest), text=WHY) == entry
    said = hand.last(Retraction)[1]
    assert (said.of, said.text, said.by) == (interest, WHY, m(3))
    assert hand.hall.house.standing(Interest) == []
    assert offered() == {}
    again = hand.refused(HOUSE, role="member", by=3, of=str(interest), text="For another reason.")
    assert str(interest) in again


def test_nobody_takes_back_what_somebody_else_did(hand, interest, be):
    for role, number in (("member", 2), ("chair", 1)):
        be(role, m(number))
        assert str(interest) not in offered()
        assert "does not fit" in hand.refused(HOUSE, role=role, by=number, of=str(interest), text=WHY)
    assert hand.send(HOUSE, role="secretary", of=str(interest), text=WHY).status_code == 403
    assert hand.hall.house.standing(Retraction) == []


@pytest.mark.costly
def test_the_chair_takes_back_what_was_recorded_for_the_committee_and_nothing_that_others_built_on(hand, hall, be):
    hand.done("/committee-act/refer/external", origin="authority", sender="CNIL", subject="X", due_on="2026-10-15")
    matter = hand.last(Referral)[0]
    be("chair", m(1))
    assert str(matter) in offered()
    acted = {str(entry) for entry, _ in hall.house.standing(Mandate)}
    assert acted.isdisjoint(offered())
    be("member", m(2))
    assert offered() == {}
    assert "Nothing is filled in: Why" in hand.refused(HOUSE, role="chair", by=1, of=str(matter), text=" ")
    hand.done(HOUSE, role="chair", by=1, of=str(matter), text=WHY)
    assert hand.hall.house.standing(Referral) == []


@pytest.mark.costly
def test_a_session_shows_what_of_it_can_be_taken_back(hand, hall, be):
    hand.done(act("recuse", hall.of, "matchft"), role="member", by=4, ground="choice")
    recusal = hand.last(Recusal)[0]
    be("member", m(4))
    assert list(offered("session", session=str(hall.of))) == [str(recusal)]
    assert "Retirer un acte" in look("session", session=str(hall.of), lang="fr")
    be("member", m(2))
    assert offered("session", session=str(hall.of)) == {}
    hand.done(act("take-back", hall.of), role="member", by=4, of=str(recusal), text=WHY)
    assert hand.hall.house.standing(Recusal) == []
