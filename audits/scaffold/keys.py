"""Guessing what identifies a decision: a column, several together, or nothing but its row."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from boussole.audits.scaffold import profile as w
from boussole.audits.scaffold.people import Key, SystemDraft
from boussole.audits.scaffold.profile import Profile, named

UNMATCHED = (
    "no column is unique, nor are two or three identifiers together: late outcomes and corrected files cannot "
    "be matched"
)
MOST_PARTS = 3
"""Columns that are proposed as an id together."""
MOST_TRIED = 7
"""Columns whose combinations are looked at: 56 of them."""
DATE_PART = 2
"""How well a date identifies a decision with others; better than a name, worse than an identifier."""


def identify(draft: SystemDraft) -> None:
    """Propose what identifies a row: one column with distinct values, by its name, else several, else the row."""
    table = draft.table
    unique = [c for c in table.columns.values() if table.unique(c) and not c.dated and not c.fractional]
    safe = [column for column in unique if not draft.direct(column)]
    if safe or unique:
        best = max(safe or unique, key=_id_score)
        draft.key = Key((best.name,), _unique(draft, best), sure=_id_score(best) > 0)
        draft.taken.add(best.name)
        return
    parts = _together(draft)
    if parts:
        why = draft.say("no column is unique; together these are, in all rows: do they identify a decision?")
        draft.key = Key(tuple(column.name for column in parts), why)
        return
    draft.key = Key((), draft.say(UNMATCHED))


def _id_score(column: Profile) -> int:
    if named(column.words, w.ROW_NUMBER):
        return 1
    if not named(column.words, w.ID):
        return 0
    return 2 if named(column.words, w.PERSON | w.REQUEST) else 4 if named(column.words, w.DECISION_ID) else 3


def _unique(draft: SystemDraft, column: Profile) -> str:
    """Why a column whose values are all different is taken for the id."""
    if named(column.words, w.ROW_NUMBER):
        instead = "`{row_number: true}`"
        return draft.say(
            "each row has a value of its own; where each file numbers its rows anew, write {instead}", instead=instead
        )
    if named(column.words, w.ID):
        return draft.say("each row has a value of its own, and its name says so")
    return draft.say("each row has a value of its own, but its name does not say what it is")


def _together(draft: SystemDraft) -> tuple[Profile, ...]:
    """The fewest identifiers that are different in each row together, the best named first; none if there are none."""
    parts = [column for column in draft.table.columns.values() if _part(draft, column) and column.distinct > 1]
    parts = sorted(parts, key=lambda column: -_part(draft, column))[:MOST_TRIED]
    for size in range(2, MOST_PARTS + 1):
        for chosen in itertools.combinations(parts, size):
            if _meant(draft, chosen) and draft.table.unique_together(chosen):
                return chosen
    return ()


def _meant(draft: SystemDraft, chosen: Sequence[Profile]) -> bool:
    """Whether columns could identify a decision by what they are: a place says nothing without its list."""
    names = {column.name for column in chosen}
    rank, request = draft.column("rank"), draft.column("request")
    if rank and rank.name in names:
        return request is not None and request.name in names
    return any(_part(draft, column) > DATE_PART for column in chosen)


def _part(draft: SystemDraft, column: Profile) -> int:
    """Rate how well a column can identify a decision with others; 0: not at all."""
    if draft.sensitive(column) or column.fractional:
        return 0
    if draft.direct(column):
        return 1
    if column.dated:
        return DATE_PART if named(column.words, w.DATE | w.DATE_BEST) else 0
    if column in (draft.column("rank"), draft.column("request")):
        return 4
    return 4 if named(column.words, w.PERSON | w.REQUEST) else 3 if named(column.words, w.ID) else 0
