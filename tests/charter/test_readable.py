"""Records that are about others: what an entry is about, directly or not, even where a file was tampered with."""

from __future__ import annotations

import datetime as dt

from boussole.charter.record_types.kinds import Reply
from boussole.charter.records.readable import Records
from boussole.charter.records.statements import SealedStatement

DAY = dt.date(2026, 11, 1)


def _records(*about: tuple[int, int]) -> Records:
    """Replies, each at an entry and about another one."""
    made = (
        SealedStatement(
            entry=entry,
            sealed_on=DAY,
            statement=Reply(role="R", on=DAY, system=None, text="T", of=of, accepted="yes"),
        )
        for entry, of in about
    )
    return Records(sealed={each.entry: each for each in made})


def test_what_a_record_is_about_is_followed_to_the_first() -> None:
    records = _records((1, 0), (2, 1), (3, 2))
    assert list(records.above(records.sealed[3])) == [2, 1]


def test_a_record_that_names_itself_ends_nowhere_else() -> None:
    records = _records((7, 7))
    assert list(records.above(records.sealed[7])) == [7]
    assert [each.sealed.entry for each in records.readable(Reply)] == [7]


def test_records_in_a_circle_are_each_met_once() -> None:
    records = _records((7, 8), (8, 9), (9, 7))
    assert list(records.above(records.sealed[7])) == [8, 9, 7]
    assert records.at(8) is not None
