"""Texts that a spreadsheet would run as a formula or a command, and how they are written so that none does.

What counts is the first character that is seen: also in its full-width and small forms, which spreadsheets of some
languages read as the plain ones, and behind blanks, marks of direction and other characters that are not seen.
"""

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
    """A text with an apostrophe before it where a spreadsheet would run it, or where it looks like one of these.

    >>> escaped("=1+1"), escaped("＝1+1"), escaped("\\u200b@x"), escaped("-3,5"), escaped("fr-1"), escaped("'=1")
    ("'=1+1", "'＝1+1", "'\\u200b@x", "'-3,5", 'fr-1', "''=1")
    """
    return f"'{text}" if re.search(RUNS, text) or re.search(ESCAPED, text) else text
