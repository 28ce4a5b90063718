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
    """A number with exactly `digits` decimals.

    >>> number(1234.5, "en"), number(1234.5, "fr") == "1\u202f234,50", number(-0.001, "fr", 1)
    ('1,234.50', True, '0,0')
    """
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(round(value, digits) + 0.0, format=pattern, locale=_locale(lang)).replace("-", MINUS)


def whole(n: float, lang: str) -> str:
    """A number rounded to a whole one.

    >>> whole(12000, "en"), whole(12000, "fr") == "12\u202f000"
    ('12,000', True)
    """
    return number(n, lang, 0)


def percent(value: float, lang: str, digits: int = 1) -> str:
    """A share in percent.

    >>> percent(0.214, "en"), percent(0.214, "fr") == "21,4\u202f%"
    ('21.4%', True)
    """
    return number(100 * value, lang, digits) + (f"{NARROW}%" if lang == "fr" else "%")


def date_words(date: dt.date, lang: str) -> str:
    """A date in words.

    >>> date_words(dt.date(2026, 7, 1), "fr"), date_words(dt.date(2026, 7, 1), "en")
    ('1er juillet 2026', '1 July 2026')
    """
    words = format_date(date, "long", locale=_locale(lang))
    return re.sub(r"^1 ", "1er ", words) if lang == "fr" else words


def period_words(first: dt.date, last: dt.date, lang: str) -> str:
    """A period of whole days, both included, in words that follow "decisions …".

    >>> period_words(dt.date(2026, 7, 1), dt.date(2026, 9, 30), "fr")
    'du 1er juillet 2026 au 30 septembre 2026'
    >>> period_words(dt.date(2026, 7, 1), dt.date(2026, 7, 1), "en")
    'of 1 July 2026'
    """
    if first == last:
        return ("du " if lang == "fr" else "of ") + date_words(first, lang)
    start, end = date_words(first, lang), date_words(last, lang)
    return f"du {start} au {end}" if lang == "fr" else f"from {start} to {end}"


def french(text: str) -> str:
    """French text with its no-break spaces and typographic apostrophes; applying it twice changes nothing.

    Only existing spaces are replaced, so addresses and times such as 10:30 stay as they are.

    >>> french("« L'écart : 12 000 ; vrai ? »") == "«\u202fL’écart\u202f: 12\u202f000\u202f; vrai\u202f?\u202f»"
    True
    """
    text = _apostrophes(text)
    text = re.sub(r"[ \u00a0]+(?=[;:!?%»€])", NARROW, text)
    text = re.sub(r"(?<=«)[ \u00a0]+", NARROW, text)
    text = re.sub(r"\b(n°) (?=\S)", "\\1\u00a0", text)
    return re.sub(r"(?<=\d)[ \u00a0](?=\d{3}(?!\d))", NARROW, text)


def typeset(text: str, lang: str) -> str:
    """Text in the typography of its language.

    >>> typeset("Why ?", "en"), typeset("Pourquoi ?", "fr") == "Pourquoi\u202f?"
    ('Why ?', True)
    >>> typeset("today's", "en") == "today\u2019s"
    True
    """
    return around(text, {"fr": french, "en": english}.get(lang, str))


def english(text: str) -> str:
    """English text with typographic apostrophes."""
    return _apostrophes(text)


def _apostrophes(text: str) -> str:
    return re.sub(r"(?<=\w)'(?=\w)", "’", text)


def capital(text: str) -> str:
    """Text that starts a line: first letter in upper case, the rest as it is.

    >>> capital("femmes"), capital("QPV"), capital("")
    ('Femmes', 'QPV', '')
    """
    return begun(text, lambda first: first[:1].upper() + first[1:])


def inside(title: str) -> str:
    """A title as it stands inside a sentence: first letter in lower case, unless it begins an acronym.

    >>> inside("Sexe"), inside("QPV"), inside("Âge au dépôt")
    ('sexe', 'QPV', 'âge au dépôt')
    """
    return title if title[1:2].isupper() else begun(title, lambda first: first[:1].lower() + first[1:])


def bracketed(text: str) -> str:
    """A text as it stands inside parentheses.

    >>> bracketed("distance (km)")
    'distance [km]'
    """
    return around(text, lambda piece: piece.replace("(", "[").replace(")", "]"))


class Catalogue:
    """The messages of one language, read from `FOLDER/LANG/LC_MESSAGES/messages.po`; English is the source.

    A message without a translation is returned as it is.
    """

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
