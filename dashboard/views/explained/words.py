"""Words of a sheet: how values, scores and the columns of a system are written."""

from __future__ import annotations

from boussole.audits.decisions.single import Cell
from boussole.audits.languages import inside
from boussole.audits.systems import System
from boussole.dashboard.words.say import Say


def column_name(system: System, column: str, say: Say) -> str:
    """What readers call a column: its title as an input, a group or a control; else its own name, in quotes."""
    named = {each.column: each.title for each in system.controls.values()}
    named |= {each.column: each.title for each in system.groups.values()}
    title = system.feature_titles.get(column) or named.get(column)
    return say.text(title) if title else say("“{column}”", column=column)


def listed(system: System, columns: list[str], say: Say) -> str:
    """Columns one after the other, inside a sentence."""
    return ", ".join(inside(column_name(system, each, say)) for each in columns)


def cell(value: Cell, say: Say) -> str:
    """A value as it is read: numbers with as many decimals as matter."""
    if value is None:
        return say("not logged")
    if isinstance(value, str):
        return value
    digits = next((n for n in range(3) if round(value, n) == round(value, 2)), 2)
    return say.number(value, min(digits, 1) if abs(value) >= 10 else digits)


def score(value: float, say: Say) -> str:
    """A score, to the third decimal."""
    return say.number(value, 3)


def signed(value: float, say: Say) -> str:
    """Points, with their sign."""
    return f"+{say.number(value)}" if value > 0 else say.number(value)
