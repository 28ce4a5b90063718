"""Records that are about others: what an entry is about, directly or not, even where a file was tampered with."""

from __future__ import annotations

import datetime as dt

from boussole.charter.record_types.kinds import Reply
from boussole.charter.records.readable import Records
from boussole.charter.records.statements import SealedStatement

DAY = dt.date(2026, 11, 1)


def _records(*about: tuple[int, int]) -> Records:
    """Replies, each at an entry and about another one."""
    said = {"role": "R", "on": DAY, "system": None, "text": "T", "accepted": "yes"}
    made = {entry: Reply(**said, of=of) for entry, of in about}
    return Records(sealed={n: SealedStatement(entry=n, sealed_on=DAY, statement=each) for n, each in made.items()})


def test_what_a_record_is_about_is_followed_to_the_first_even_where_files_were_tampered_with() -> None:
    """Also where a record names itself, or records are about each other in a circle: each is met once."""
    for about, last, above in (
        ([(1, 0), (2, 1), (3, 2)], 3, [2, 1]),
        ([(7, 7)], 7, [7]),
        ([(7, 8), (8, 9), (9, 7)], 7, [8, 9, 7]),
    ):
        records = _records(*about)
        assert list(records.above(records.sealed[last])) == above
    assert [each.sealed.entry for each in _records((7, 7)).readable(Reply)] == [7]
    assert _records((7, 8), (8, 9), (9, 7)).at(8) is not None
