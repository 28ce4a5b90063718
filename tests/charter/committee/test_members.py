"""Who sits on a committee: mandates, replacements, offices; and each refusal with its reason."""

from __future__ import annotations

import datetime as dt

import pytest

from boussole.charter.committee.people.members import holder_of, interested, sitting_on, sittings
from boussole.charter.record_types.acts import Interest, Mandate, MandateEnd, Office
from tests.charter.committee.desk import DAY, SAID, Desk, m, reason

JANUARY = dt.date(2026, 1, 1)
LAST = dt.date(2026, 12, 31)


ONE = dt.timedelta(days=1)


@pytest.fixture
def desk():
    return Desk()


def mandate(number, start=JANUARY, end=LAST, **more):
    return Mandate(**SAID, on=JANUARY, member=m(number), start=start, end=end, **{"college": "sciences", **more})


def test_a_mandate_lasts_from_its_first_to_its_last_day(desk):
    entry = desk.seal(mandate(1))
    desk.seal(mandate(1, start=LAST + ONE, end=None))  # renewed it follows the one before
    days = [JANUARY - ONE, JANUARY, LAST, dt.date(2031, 1, 1)]
    assert [m(1) in sitting_on(desk.house, day) for day in days] == [False, True, True, True]
    desk.seal(MandateEnd(**SAID, on=DAY, of=entry, last_day=DAY))
    assert [m(1) in sitting_on(desk.house, day) for day in (DAY, DAY + ONE, LAST)] == [True, False, False]


def test_a_replacement_ends_the_mandate_the_day_before(desk):
    entry = desk.seal(mandate(1))
    assert m(1) not in sitting_on(desk.house, LAST + ONE)
    desk.seal(mandate(2, start=DAY, replaces=entry))
    assert [(each.member, each.last_day) for each in sittings(desk.house)] == [(m(1), DAY - ONE), (m(2), LAST)]


@pytest.mark.parametrize(
    ("act", "why"),
    [
        (mandate(2, college="press"), "college"),
        (mandate(1, start=DAY), "mandate_overlaps"),
        (mandate(1, start=dt.date(2025, 1, 1), end=None), "mandate_overlaps"),
        (mandate(2, start=DAY, replaces=1, college="salaries"), "same_college"),
        (mandate(1, start=dt.date(2027, 1, 1), replaces=1, end=None), "same_member"),
        (mandate(2, start=JANUARY, replaces=1), "mandate_order"),
        (mandate(2, start=dt.date(2028, 1, 1), end=None, replaces=1), "mandate_order"),
        (mandate(2, start=DAY, replaces=7), "apart"),
        (mandate(2, start=DAY, replaces=0), "not_that_kind"),
        (MandateEnd(**SAID, on=DAY, of=1, last_day=dt.date(2027, 1, 1)), "mandate_order"),
        (Office(**SAID, on=DAY, member=m(2), office="chair", start=DAY), "no_mandate"),
        (Office(**SAID, on=DAY, member=m(1), office="chair", start=dt.date(2027, 1, 1)), "mandate_ended"),
        (Interest(**SAID, on=DAY, member=m(2), systems=["matchft"]), "no_mandate"),
    ],
)
def test_what_the_rules_do_not_allow_is_refused(desk, act, why):
    desk.seal(mandate(1))
    assert reason(desk.seal, act) == why


def test_an_office_is_held_by_the_member_named_last_while_their_mandate_lasts(desk):
    desk.seal(mandate(1))
    desk.seal(mandate(2, end=DAY))
    for number, start in ((1, JANUARY), (2, dt.date(2026, 6, 1))):
        desk.seal(Office(**SAID, on=start, member=m(number), office="chair", start=start))
    days = [dt.date(2026, 5, 31), dt.date(2026, 6, 1), DAY, DAY + ONE]
    assert [holder_of(desk.house, "chair", day) for day in days] == [m(1), m(2), m(2), None]
    assert holder_of(desk.house, "deputy", DAY) is None


def test_the_last_declaration_of_an_interest_counts(desk):
    """So an interest that has ended, or was declared by mistake, is declared again with its last day."""
    desk.seal(mandate(1))
    desk.seal(Interest(**SAID, on=JANUARY, member=m(1), systems=["matchft", "chat"]))
    desk.seal(Interest(**SAID, on=DAY, member=m(1), systems=["chat"], until=DAY))
    held = [
        [interested(desk.house, systems={system}, referral=None, day=day) for day in (DAY, DAY + ONE)]
        for system in ("matchft", "chat")
    ]
    assert held == [[{m(1)}, {m(1)}], [{m(1)}, set()]]
