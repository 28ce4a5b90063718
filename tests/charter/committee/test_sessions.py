"""Sessions: called in time, opened with a quorum, closed; proxies and recusals; and each refusal with its reason."""

from __future__ import annotations

import datetime as dt

import pytest
from pydantic import ValidationError

from boussole.charter.committee.meetings.sessions import session, sessions
from boussole.charter.committee.voting.presence import count, electors, presiding
from boussole.charter.record_types import acts
from tests.charter.committee.desk import AGENDA, CALLED, DAY, HOUR, SAID, START, Desk, changed, m, reason

NIGHT = dt.datetime(2026, 9, 16, 0, 30)  # noqa: DTZ001 (in the committee's own time)


@pytest.fixture
def desk():
    made = Desk()
    made.seat(1, 2, 3, 4, 5, 6)
    made.office(1)
    made.office(2, "deputy")
    return made


def proxy(of, giver, holder):
    return acts.Proxy(**SAID, on=DAY, of=of, giver=m(giver), holder=m(holder))


def recusal(of, member, item="matchft"):
    return acts.Recusal(**SAID, on=DAY, of=of, item=item, member=m(member), ground="interest")


def test_five_days_of_notice_are_enough_and_fewer_need_an_emergency_and_rules_that_know_it(desk):
    assert desk.call(on=DAY - dt.timedelta(days=5))
    assert reason(desk.call, on=DAY - dt.timedelta(days=4)) == "late_notice"
    assert reason(desk.call, on=DAY, urgent=True) == "no_text"
    assert desk.call(on=DAY, urgent=True, text="A serious incident.")
    strict = Desk(changed(sessions={"urgent": False}))
    assert reason(strict.call, on=DAY, urgent=True, text="A serious incident.") == "no_urgency"


def test_a_convocation_is_refused_for_a_day_gone_by_and_for_what_its_rules_do_not_allow(desk):
    assert reason(desk.call, on=DAY + dt.timedelta(days=1)) == "order_of_days"
    assert reason(desk.call, rules="0" * 64) == "other_rules"
    assert reason(desk.call, agenda=[acts.Item(id="x", title="X", referral=99)]) == "apart"
    assert reason(Desk(changed(sessions={"remote": False})).call) == "no_remote"
    for wrong, told in (
        ({"ends": START}, "ends after it starts"),
        ({"agenda": [AGENDA[0], AGENDA[0]]}, "given twice"),
        ({"starts": START + dt.timedelta(seconds=1)}, "day, hour and minute"),
        ({"agenda": []}, "at least 1 item"),
    ):
        with pytest.raises(ValidationError, match=told):
            desk.call(**wrong)


def test_a_change_needs_notice_only_where_it_adds_something_or_comes_earlier(desk):
    of, late = desk.call(), DAY - dt.timedelta(days=1)
    later = {"starts": START + dt.timedelta(days=7), "ends": START + dt.timedelta(days=7) + HOUR}
    desk.call(on=late, amends=of, **later)
    desk.call(on=late, amends=of, **later, place="Room 2", agenda=AGENDA[:1])
    assert (session(desk.house, of).call.place, session(desk.house, of).day) == ("Room 2", DAY + dt.timedelta(days=7))
    four_days_before = DAY + dt.timedelta(days=3)
    assert reason(desk.call, on=four_days_before, amends=of, **later, agenda=AGENDA) == "late_notice"
    desk.call(on=four_days_before, amends=of, **later, place="Room 3", agenda=AGENDA[:1])
    assert reason(desk.call, on=late, amends=of, agenda=AGENDA[:1]) == "late_notice"
    assert [each.entry for each in sessions(desk.house)] == [of]


def test_what_was_opened_or_cancelled_is_not_changed(desk):
    of = desk.call()
    change = desk.call(amends=of, place="Room 2")
    assert reason(desk.call, amends=change) == "not_last"
    desk.seal(acts.Cancellation(**SAID, on=CALLED, of=of))
    assert reason(desk.call, amends=of) == "session_cancelled"
    assert reason(desk.arrive, of, 1) == "session_cancelled"
    assert reason(desk.seal, acts.Cancellation(**SAID, on=CALLED, of=of)) == "session_cancelled"


def test_a_session_opens_with_its_quorum_and_the_chair_presides(desk):
    of = desk.call()
    desk.arrive(of, 2, 3)
    assert reason(desk.open, of, 2) == "no_quorum"
    desk.arrive(of, 4, mode="remote")
    assert presiding(desk.house, session(desk.house, of)) == m(2)
    assert reason(desk.open, of, 3) == "presides"
    desk.arrive(of, 1)
    assert reason(desk.open, of, 2) == "presides"
    desk.open(of, 1)
    found = session(desk.house, of)
    assert found.state == "open"
    assert (found.opening.count.present, found.opening.count.remote, found.opening.count.needed) == (4, 1, 3)
    assert reason(desk.open, of, 1) == "opened"


def test_an_opening_counts_who_is_there_on_that_day(desk):
    of = desk.call()
    desk.arrive(of, 1, 2, 3)
    found = session(desk.house, of)
    values = {**SAID, "of": of, "presiding": m(1), "count": count(desk.house, found)}
    assert reason(desk.seal, acts.NoQuorum(**SAID, on=DAY, of=of, count=values["count"])) == "quorum_reached"
    assert reason(desk.seal, acts.Opening(**values, on=DAY + dt.timedelta(days=1))) == "not_session_day"
    desk.arrive(of, 4)
    assert reason(desk.seal, acts.Opening(**values, on=DAY)) == "count_differs"


def test_a_second_call_takes_up_the_agenda_and_needs_no_quorum(desk):
    of = desk.call()
    desk.arrive(of, 1)
    again = {"on": DAY, "starts": START + dt.timedelta(days=7), "ends": START + dt.timedelta(days=7) + HOUR}
    assert reason(desk.call, **again, second_call_of=of) == "second_call_once"
    desk.seal(acts.NoQuorum(**SAID, on=DAY, of=of, count=count(desk.house, session(desk.house, of))))
    assert reason(desk.open, of, 1) == "session_lacked_quorum"
    assert reason(desk.call, **again, second_call_of=of, agenda=AGENDA[:1]) == "other_agenda"
    second = desk.call(**again, second_call_of=of)
    assert reason(desk.call, **again, second_call_of=of, place="Room 2") == "second_call_once"
    desk.arrive(second, 1, at=again["starts"])
    desk.open(second, 1)
    assert session(desk.house, second).opening.count.needed == 0


def test_members_come_and_leave_on_the_day_and_excuses_come_before(desk):
    of = desk.call()
    desk.arrive(of, 6, mode="excused", at=START - dt.timedelta(days=3))
    assert reason(desk.arrive, of, 1, at=START - dt.timedelta(days=1)) == "not_session_day"
    assert reason(desk.arrive, of, 6, mode="excused", at=NIGHT) == "not_session_day"
    assert reason(desk.arrive, of, 9) == "no_mandate"
    assert reason(desk.arrive, of, 1, mode="left") == "not_there"
    desk.arrive(of, 1, 2, 3)
    desk.open(of, 1)
    desk.arrive(of, 3, mode="left", at=START + HOUR)
    desk.arrive(of, 3, mode="remote", at=NIGHT)
    assert session(desk.house, of).there == {m(1): "in_person", m(2): "in_person", m(3): "remote"}
    desk.seal(acts.Closing(**SAID, on=DAY, of=of, at=NIGHT))
    assert reason(desk.arrive, of, 4) == "session_closed"
    assert reason(desk.seal, acts.Closing(**SAID, on=DAY, of=of, at=NIGHT)) == "session_closed"


def test_proxies_are_held_one_at_a_time_and_not_passed_on(desk):
    of = desk.call()
    desk.seal(proxy(of, 3, 4))
    for given, told in (
        ((3, 5), "proxy_given"),
        ((5, 4), "holder_full"),
        ((4, 5), "holder_gave"),
        ((5, 3), "holder_gave"),
        ((5, 5), "itself"),
        ((5, 9), "no_mandate"),
    ):
        assert reason(desk.seal, proxy(of, *given)) == told
    desk.arrive(of, 5)
    assert reason(desk.seal, proxy(of, 5, 6)) == "is_there"
    none = Desk(changed(proxies={"per_member": 0}))
    none.seat(1, 2)
    assert reason(none.seal, proxy(none.call(), 1, 2)) == "proxies_none"


def test_who_stands_aside_on_an_item_takes_part_in_the_others(desk):
    of = desk.call()
    desk.seal(proxy(of, 3, 4))
    desk.arrive(of, 1, 2, 4)
    desk.seal(recusal(of, 4))
    found = session(desk.house, of)
    assert electors(desk.house, found, "matchft").keys() == {m(1), m(2)}
    assert electors(desk.house, found, "minutes").keys() == {m(1), m(2), m(3), m(4)}
    assert reason(desk.seal, recusal(of, 9)) == "no_mandate"
    assert reason(desk.seal, recusal(of, 1, "chatft")) == "no_item"


def test_a_declared_interest_keeps_its_member_aside_on_that_system_and_that_matter(desk):
    chat = acts.Referral(
        **SAID, on=CALLED, origin="organisation", sender="Direction", subject="ChatFT", system="chatft"
    )
    referred = desk.seal(chat)
    of = desk.call(agenda=[*AGENDA, acts.Item(id="chat", title="ChatFT", referral=referred)])
    desk.arrive(of, 1, 2, 3, 4)
    desk.seal(acts.Interest(**SAID, on=CALLED, member=m(1), systems=["matchft"]))
    desk.seal(acts.Interest(**SAID, on=CALLED, member=m(2), of=referred))
    desk.seal(acts.Interest(**SAID, on=CALLED, member=m(3), systems=["chatft"], until=DAY - dt.timedelta(days=1)))
    desk.seal(acts.Interest(**SAID, on=CALLED, member=m(4), systems=["chatft"]))
    found = session(desk.house, of)
    away = {item: {m(1), m(2), m(3), m(4)} - electors(desk.house, found, item).keys() for item in ("matchft", "chat")}
    assert away == {"matchft": {m(1)}, "chat": {m(2), m(4)}}
