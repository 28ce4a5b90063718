"""How the data files of a system are written: what a reader cannot always tell from the file itself."""

from __future__ import annotations

import codecs
import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from boussole.audits.systems.kinds import Strict

ORDERS = {"%d/%m/%Y": "day/month/year", "%m/%d/%Y": "month/day/year"}
"""The two readings of 01/02/2026, with their names."""
_WORDS = {
    "%d": ("jj", "dd", "day", "jour"),
    "%m": ("mm", "month", "mois"),
    "%Y": ("aaaa", "yyyy", "year", "annee", "année"),
    "%y": ("aa", "yy"),
}


def _codec(value: Any) -> Any:
    """The name that Python gives an encoding of text: latin1 is iso8859-1."""
    if not isinstance(value, str):
        return value
    try:
        found = codecs.lookup(value)
        "é".encode(found.name, "replace").decode(found.name)
    except (LookupError, UnicodeError, TypeError):
        raise ValueError(f"unknown encoding '{value}': use utf-8, cp1252, latin-1, iso-8859-15, utf-16…") from None
    return found.name


def _separator(value: Any) -> Any:
    named = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";"}
    found = named.get(value, value)
    if not isinstance(found, str) or len(found) != 1 or not found.isascii() or found in '"\r\n\0' or found.isalnum():
        raise ValueError(f"'{value}' is no separator: use one of , ; | or tab")
    return found


def _dates(value: Any) -> Any:
    """A format of strptime; `dd/mm/yyyy` and `jj/mm/aaaa` are understood."""
    if not isinstance(value, str):
        return value
    made = value
    if "%" not in value:
        names = {word: code for code, words in _WORDS.items() for word in words}
        made = re.sub(r"[^\W\d_]+", lambda found: names.get(found[0].lower(), found[0]), value)
    if not ("%d" in made and "%m" in made and ("%Y" in made or "%y" in made)):
        raise ValueError(
            f"'{value}' is no way to write a date: use dd/mm/yyyy, mm/dd/yyyy, or a format such as %d.%m.%Y"
        )
    return made


class Files(Strict):
    """How data files are written; what is absent is found out, said, and refused where it cannot be told."""

    encoding: Annotated[str | None, BeforeValidator(_codec)] = Field(
        None, description="utf-8, cp1252 (French Excel), latin-1, utf-16…"
    )
    separator: Annotated[str, BeforeValidator(_separator)] | None = Field(
        None, description="What stands between two columns: `;`, `,`, `|` or tab"
    )
    decimal: Literal[",", "."] | None = Field(None, description="What stands before decimals: `,` or `.`")
    dates: Annotated[str | None, BeforeValidator(_dates)] = Field(
        None, description="dd/mm/yyyy, mm/dd/yyyy, or a format such as `%d.%m.%Y`; 2026-09-30 is always understood"
    )
    header: bool | None = Field(
        None, description="`false`: the first line is a row, and columns are named column1, column2…"
    )
    sheet: str | None = Field(None, description="The sheet of an Excel workbook")

    def over(self, other: Files) -> Files:
        """These choices, and those of another where these say nothing."""
        return Files(**{**other.model_dump(exclude_none=True), **self.model_dump(exclude_none=True)})
