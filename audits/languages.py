"""French and English as a reader expects them: numbers, dates, typography, catalogues of messages."""

from __future__ import annotations

import datetime as dt
import gettext
import io
import re
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from babel import Locale
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from boussole.audits.errors import BoussoleError
from boussole.audits.mixed import around, begun

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
NARROW = "\u202f"
"""The narrow no-break space of French typography."""
MINUS = "\u2212"

_LOCALES = {"fr": Locale("fr"), "en": Locale("en", "GB")}


def number(value: float, lang: str, digits: int = 2) -> str:
    """Format a number with exactly `digits` decimals."""
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(round(value, digits) + 0.0, format=pattern, locale=_locale(lang)).replace("-", MINUS)


def whole(n: float, lang: str) -> str:
    """Format a number rounded to a whole one."""
    return number(n, lang, 0)


def percent(value: float, lang: str, digits: int = 1) -> str:
    """Format a share in percent."""
    return number(100 * value, lang, digits) + (f"{NARROW}%" if lang == "fr" else "%")


def date_words(date: dt.date, lang: str) -> str:
    """Format a date in words."""
    words = format_date(date, "long", locale=_locale(lang))
    return re.sub(r"^1 ", "1er ", words) if lang == "fr" else words


def period_words(first: dt.date, last: dt.date, lang: str) -> str:
    """Format a period of whole days, both included, in words that follow "decisions …"."""
    if first == last:
        return ("du " if lang == "fr" else "of ") + date_words(first, lang)
    start, end = date_words(first, lang), date_words(last, lang)
    return f"du {start} au {end}" if lang == "fr" else f"from {start} to {end}"


def french(text: str) -> str:
    """Put no-break spaces and typographic apostrophes into French text; applying it twice changes nothing."""
    text = _apostrophes(text)
    text = re.sub(r"[ \u00a0]+(?=[;:!?%»€])", NARROW, text)
    text = re.sub(r"(?<=«)[ \u00a0]+", NARROW, text)
    text = re.sub(r"\b(n°) (?=\S)", "\\1\u00a0", text)
    return re.sub(r"(?<=\d)[ \u00a0](?=\d{3}(?!\d))", NARROW, text)


def typeset(text: str, lang: str) -> str:
    """Put text into the typography of its language."""
    return around(text, {"fr": french, "en": english}.get(lang, str))


def english(text: str) -> str:
    """English text with typographic apostrophes."""
    return _apostrophes(text)


def _apostrophes(text: str) -> str:
    return re.sub(r"(?<=\w)'(?=\w)", "’", text)


def capital(text: str) -> str:
    """Return text that starts a line: first letter in upper case, the rest as it is."""
    return begun(text, lambda first: first[:1].upper() + first[1:])


def inside(title: str) -> str:
    """Return a title as it stands inside a sentence: first letter in lower case, unless it begins an acronym."""
    return title if title[1:2].isupper() else begun(title, lambda first: first[:1].lower() + first[1:])


def bracketed(text: str) -> str:
    """Return a text as it stands inside parentheses."""
    return around(text, lambda piece: piece.replace("(", "[").replace(")", "]"))


class Catalogue:
    """The messages of one language, from `FOLDER/LANG/LC_MESSAGES/messages.po`, by default the English ones."""

    def __init__(self, folder: Path, lang: str) -> None:
        self.lang = lang
        self._messages = _read(folder, lang)

    def gettext(self, message: str) -> str:
        """The message in this language."""
        return self._messages.gettext(message)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """The message for `n` things in this language."""
        return self._messages.ngettext(singular, plural, n)


@cache
def _read(folder: Path, lang: str) -> gettext.NullTranslations:
    _locale(lang)
    path = folder / lang / "LC_MESSAGES" / "messages.po"
    if not path.is_file():
        if lang == "en":
            return gettext.NullTranslations()
        raise BoussoleError("there is no catalogue of messages here.", where=str(path), next_step="Add this file.")
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=lang))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _locale(lang: str) -> Locale:
    if lang not in _LOCALES:
        raise BoussoleError(f"'{lang}' is not a language of Boussole.", next_step=f"Use {' or '.join(LANGUAGES)}.")
    return _LOCALES[lang]
