"""The one base of all errors: what is wrong, where, what to do next."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class BoussoleError(Exception):
    """Bad input or usage, told in one paragraph: what is wrong, where, and the next step.

    The command line prints it without a traceback and exits with 2.
    """

    def __init__(self, what: str, *, where: str = "", next_step: str = "") -> None:
        self.what, self.where, self.next_step = what, where, next_step
        super().__init__(" ".join(part for part in (f"{where}:" if where else "", what, next_step) if part))


class SystemFileError(BoussoleError):
    """A system file that cannot be used."""


class SourceError(BoussoleError):
    """A file or table of decisions that cannot be read or breaks its contract."""


class LakeError(BoussoleError):
    """The lake is busy, missing or of another version."""


class PrivacyError(BoussoleError):
    """A key is missing, a sealed text was changed, or something cannot be purged."""


class CharterError(BoussoleError):
    """A charter that cannot be used."""


class LedgerError(BoussoleError):
    """The ledger does not hold together."""


class ReportError(BoussoleError):
    """A report that cannot be made."""


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint that names the nearest known word, or lists them all.

    >>> nearest("tilte", ["title", "owner"])
    "Did you mean 'title'?"
    >>> nearest("zzz", ["owner", "title"])
    'Known: owner, title.'
    """
    choices = sorted(known)
    close = difflib.get_close_matches(word, choices, n=1)
    return f"Did you mean '{close[0]}'?" if close else f"Known: {', '.join(choices)}."
