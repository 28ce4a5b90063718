"""Texts that a spreadsheet would run as a formula or a command, and how they are written so that none does."""

from __future__ import annotations

import re

SIGNS = "=+-@|%"
WIDE = "＝＋－＠｜％﹦﹢﹣﹫﹪−⁼⁺⁻₌₊₋"
"""Other forms of the same signs."""
_UNSEEN = (
    " \u00a0\u00ad\u034f\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u2064\u2066-\u206f\u3000\ufeff"
    "\\x00-\\x1f\\x7f-\u009f"
)
RUNS = f"^(?:[{_UNSEEN}]*[{re.escape(SIGNS)}{WIDE}]|[\\t\\r\\n])"
ESCAPED = f"^'+{RUNS[1:]}"
"""Regular expressions that Python and DuckDB both read: what would be run, and what `escaped` wrote."""


def escaped(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run, or that looks as if it had one already."""
    return f"'{text}" if re.search(RUNS, text) or re.search(ESCAPED, text) else text
