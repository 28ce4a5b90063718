"""What became of a column, in words: beside the figures, on the timeline, and going on in a sentence."""

from __future__ import annotations

from dataclasses import dataclass

from boussole.audits.drift.schema import SET_ASIDE, SchemaMove
from boussole.audits.languages import capital
from boussole.audits.systems.model import System
from boussole.dashboard.charts.groups import attribute_name
from boussole.dashboard.views.drift.words import name_of
from boussole.dashboard.words.say import Say


@dataclass(frozen=True, kw_only=True)
class MoveWords:
    """`whole`: a sentence with its day; `short`: on a timeline; `said`: going on in a sentence."""

    whole: str
    short: str
    said: str


def move_words(move: SchemaMove, system: System, say: Say) -> MoveWords:
    """The words of one change; no value is named."""
    name, date = column_words(move.column, system, say), say.date(move.on)
    head = capital(name)
    short = say("{column}: other data", column=head)
    never_seen = (
        say("{column}: values came that were never seen before ({date}).", column=head, date=date),
        say("values of “{column}” came that were never seen before", column=name),
    )
    words = {
        "changed_type": (
            say("{column}: the column changed its type ({date}).", column=head, date=date),
            say("the column “{column}” changed its type", column=name),
        ),
        "lost_column": (
            say("{column}: the column was missing from a file ({date}).", column=head, date=date),
            say("the column “{column}” was missing from a file", column=name),
        ),
        "absent_column": (
            say("{column}: the log does not have this column ({date}).", column=head, date=date),
            say("the column “{column}” was not in the log", column=name),
        ),
        "new_column": (
            say("{column}: the column came with a later file ({date}).", column=head, date=date),
            say("the column “{column}” came into the log", column=name),
        ),
        "new_value": never_seen,
        "rare_value": never_seen,
        "undeclared_value": (
            say("{column}: values came that the system file does not declare ({date}).", column=head, date=date),
            say("values of “{column}” came that are not declared", column=name),
        ),
        "mostly_undeclared": (
            say(
                "{column}: most values of a file are not declared in the system file ({date}).", column=head, date=date
            ),
            say("most values of “{column}” in a file were not declared", column=name),
        ),
        "infinite_value": (
            say("{column}: infinite numbers came, read as missing ({date}).", column=head, date=date),
            say("infinite numbers came in the column “{column}”", column=name),
        ),
        SET_ASIDE: (
            say("{column}: rows were left out because of what this column held ({date}).", column=head, date=date),
            say("rows were left out because of what “{column}” held", column=name),
        ),
    }
    whole, said = words[move.kind]
    return MoveWords(whole=whole, short=short, said=said)


def column_words(column: str, system: System, say: Say) -> str:
    """A column of the log as people call what it holds."""
    score = system.log.score
    if score is not None and column == score.column:
        return say("the scores")
    for name, group in system.groups.items():
        if group.column == column:
            return attribute_name([name], say, system=system)
    return name_of(column, "inputs", system, say) if column in system.watched else column
