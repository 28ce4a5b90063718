"""The one base of all errors: what is wrong, where, what to do next."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable


class BoussoleError(Exception):
    """Bad input or usage, described in one paragraph: what is wrong, where, and the next step."""

    def __init__(self, what: str, *, where: str = "", next_step: str = "") -> None:
        self.what, self.where, self.next_step = what, where, next_step
        super().__init__(" ".join(part for part in (f"{where}:" if where else "", what, next_step) if part))


class SystemFileError(BoussoleError):
    """A system file that cannot be used."""


class SourceError(BoussoleError):
    """A file or table of decisions that cannot be read or breaks its contract."""


class LakeError(BoussoleError):
    """The lake is busy, missing or of another version."""


class NoLakeError(LakeError):
    """Nothing was ever brought into the lake; every other LakeError says that it could not be read or written."""


class PrivacyError(BoussoleError):
    """A key is missing, a sealed text was changed, or something cannot be purged."""


class CharterError(BoussoleError):
    """A charter that cannot be used."""


class LedgerError(BoussoleError):
    """The ledger does not hold together."""


class LostLedgerError(LedgerError):
    """There was a ledger, and it is gone: nothing is read or written until it is restored, or begun anew."""


class ReportError(BoussoleError):
    """A report that cannot be made."""


_OF_STRUCTURE = ("BinderException", "CatalogException", "IOException", "ParserException")
_PLACE = re.compile(r"(Malformed JSON) in file .*(, at byte \d+ in [a-z/]+ \d+)")


def reason_of(error: Exception) -> str:
    """Return the message of an error in one line; of a database's error only its kind where it could quote a row."""
    first = str(error).split("\n", maxsplit=1)[0].rstrip(".")
    if not from_database(error):
        return first
    kind = type(error).__name__
    if kind in _OF_STRUCTURE:
        return first.partition(": ")[2] or first
    place = _PLACE.search(first)
    return "".join(place.groups()) if place else kind


def from_database(error: BaseException) -> bool:
    """Whether DuckDB raised an error."""
    return type(error).__module__.strip("_").split(".")[0] == "duckdb"


def printable(text: str) -> str:
    """Return somebody else's text on one short line, without control characters that a terminal would obey."""
    return "".join(each if each.isprintable() else " " for each in text).strip()[:300]


MOST_LISTED = 20


def nearest(word: str, known: Iterable[str]) -> str:
    """Name the nearest known word, or list the known words; of many those most like it."""
    choices = sorted(known)
    close = difflib.get_close_matches(word, choices, n=1)
    if close:
        return f"Did you mean '{close[0]}'?"
    listed = sorted(difflib.get_close_matches(word, choices, n=MOST_LISTED, cutoff=0))
    more = f" and {len(choices) - len(listed)} more" if len(listed) < len(choices) else ""
    return f"Known: {', '.join(listed)}{more}."
