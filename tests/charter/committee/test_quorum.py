"""The quorum, by hand and as a property: nobody who comes takes it away, nobody who leaves brings it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boussole.charter.committee.voting.quorum import count, represented
from tests.charter.committee.desk import RULES, changed

MEMBERS = "abcdefgh"


@st.composite
def rooms(draw):
    """Rules, and who is a member, there, represented, aside."""
    some = st.sets(st.sampled_from(MEMBERS))
    numerator = draw(st.integers(1, 7))
    rules = changed(
        quorum={
            "share": f"{numerator}/{draw(st.integers(numerator, 7))}",
            "represented_count": draw(st.booleans()),
            "recused_count": draw(st.booleans()),
        }
    )
    proxies = draw(st.dictionaries(st.sampled_from(MEMBERS), st.sampled_from(MEMBERS)))
    return {
        "rules": rules,
        "members": draw(some),
        "there": draw(some),
        "proxies": {giver: holder for giver, holder in proxies.items() if giver != holder},
        "aside": draw(some),
        "needs_quorum": draw(st.booleans()),
    }


def counted(room, **changes):
    room = {**room, **changes}
    return count(room.pop("rules"), **room)


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
    found = count(RULES, members=members, there=there)
    assert (found.needed, found.reached) == (needed, reached)


def test_those_from_afar_and_represented_count_as_there_where_the_rules_say_so():
    room = {"members": "abcdef", "there": "ab", "remote": "b", "proxies": {"c": "a"}}
    found = count(RULES, **room)
    assert (found.present, found.remote, found.represented, found.counted, found.reached) == (2, 1, 1, 3, True)
    assert not count(changed(quorum={"represented_count": False}), **room).reached


def test_who_stands_aside_is_not_there_and_by_default_still_counts_among_the_members():
    room = {"members": "abcd", "there": "ab", "aside": "a"}
    assert (count(RULES, **room).needed, count(RULES, **room).reached) == (2, False)
    other = count(changed(quorum={"recused_count": False}), **room)
    assert (other.members, other.needed, other.present, other.reached) == (3, 2, 1, False)


def test_a_second_call_needs_somebody_and_no_quorum():
    assert count(RULES, members="abcdefgh", there="a", needs_quorum=False).reached
    assert not count(RULES, members="abcdefgh", there="", needs_quorum=False).reached


@pytest.mark.costly
@settings(deadline=None)
@given(rooms(), st.sampled_from(MEMBERS))
def test_who_comes_never_takes_the_quorum_away(room, member):
    if counted(room).reached:
        assert counted(room, there=room["there"] | {member}).reached


@pytest.mark.costly
@settings(deadline=None)
@given(rooms(), st.sampled_from(MEMBERS))
def test_a_proxy_more_never_takes_it_away_and_a_recusal_never_adds_anybody(room, member):
    before = counted(room)
    for holder in MEMBERS:
        if member not in room["proxies"] and member != holder:
            assert counted(room, proxies={**room["proxies"], member: holder}).counted >= before.counted
    assert counted(room, aside=room["aside"] | {member}).counted <= before.counted


@pytest.mark.costly
@settings(deadline=None)
@given(rooms())
def test_nobody_counts_twice_and_strangers_never(room):
    found = counted(room)
    assert found.counted <= len(room["members"] - room["aside"])
    inside = {**room, "there": room["there"] & room["members"]}
    assert counted(inside) == found
    named = represented(members=room["members"], there=room["there"], proxies=room["proxies"], aside=room["aside"])
    assert named.keys() <= room["members"] - room["there"] - room["aside"]
    assert set(named.values()) <= (room["members"] & room["there"]) - room["aside"]
