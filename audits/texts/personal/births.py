"""Dates of birth: a date in figures or words, where the words around it speak of a birth of a person."""

from __future__ import annotations

import re
from collections.abc import Iterator

from boussole.audits.texts.personal.findings import Span
from boussole.audits.texts.personal.names import is_first_name
from boussole.audits.texts.personal.words import either

_MONTH = either("months")
_UNITS = r"(?:une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize)"
_TENS = r"(?:vingts?|trente|quarante|cinquante|soixante|quatre[- ]vingts?|dix)"
_BELOW_100 = rf"(?:{_TENS}(?:[- ](?:et[- ])?(?:dix[- ])?{_UNITS})?|{_UNITS})"
_DAY_WORDS = rf"(?:premier|(?:vingt|trente)(?:[- ](?:et[- ])?{_UNITS})?|dix[- ](?:sept|huit|neuf)|{_UNITS})"
_YEAR_WORDS = rf"(?:(?:mille|mil)[- ]neuf[- ]cents?(?:[- ]{_BELOW_100})?|deux[- ]mille(?:[- ](?:et[- ])?{_BELOW_100})?)"
_YEAR = r"(?:(?:19|20)\d{2})"
_DAY = r"(?:3[01]|[12]\d|0?[1-9])"
_MONTH_NUMBER = r"(?:1[0-2]|0?[1-9])"
_GAP = r"[ ]{0,2}[/.\-][ ]{0,2}"
_DATE = re.compile(
    rf"(?<![\w/.])(?:"
    rf"{_DAY}{_GAP}{_MONTH_NUMBER}{_GAP}(?:{_YEAR}|\d{{2}})(?![\d/]|[.\-]\d)"
    rf"|{_YEAR}{_GAP}{_MONTH_NUMBER}{_GAP}{_DAY}(?!\d)"
    rf"|{_DAY} {_MONTH_NUMBER} {_YEAR}(?!\d)"
    rf"|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2]){_YEAR}(?!\d)"
    rf"|(?:1[ ]?er|{_DAY}|{_DAY_WORDS})[ -]{_MONTH}[ -](?:{_YEAR}|{_YEAR_WORDS}|['’]?\d{{2}}(?!\d))"
    rf")(?!\w)",
    re.IGNORECASE,
)
_BORN = re.compile(either("born"), re.IGNORECASE)
_NOT_OF_A_PERSON = re.compile(rf"\b{either('not_people')}s?\b", re.IGNORECASE)
_OTHER_BIRTH = re.compile(
    rf"\b{either('deeds_of_birth')}\s+(?:(?:de|d['’]|la|sa|ma|une?)\s*)*$|\blieu\s+(?:et\s+\w+\s+)?de\s+$",
    re.IGNORECASE,
)
_DATE_AND_PLACE = re.compile(r"\bdates?\s+(?:et|/|,)\s+lieux?\s+de\s+$", re.IGNORECASE)
_BETWEEN = re.compile(rf"\b{either('no_birth_between')}", re.IGNORECASE)
_CALLED_SO = re.compile(
    r"[ ,:(\[-]{0,4}(?:(?:est|c’est|qui est)\s)?(?:(?:la|ma|sa|votre|notre|le|mon|son)\s)?(?:date|jour)\s+de\s+"
    r"(?:(?:la|ma|sa|votre|notre)\s)?naissance|[ ,(]{0,3}(?:DDN|mon anniversaire|son anniversaire)\b",
    re.IGNORECASE,
)
_LONG_AGO = re.compile(r"(?<!\d)(?:19[3-9]\d|200\d)(?!\d)|(?:mille|mil)[- ]neuf[- ]cent", re.IGNORECASE)
_AFTER_WHOM = re.compile(
    r"\b(?:(?P<kin>(?i:conjointe?|mari|femme|[ée]poux|[ée]pouse|fils|fille|m[èe]re|p[èe]re|fr[èe]re|s[œo]e?ur))"
    r"|(?P<name>[A-ZÀ-Ý][\w’'-]*(?:[ ][A-ZÀ-Ý][\w’'-]*){1,3}))[ ]?(?:[,(:-]|,?[ ]le)[ ]?$"
)
_STOP = re.compile(r"[!?;]|(?<![A-Z])\.(?=\s+[A-ZÀ-Ý])|\n\s*\n")


def find_births(text: str) -> Iterator[Span]:
    """Whole dates with a word of birth before them in their sentence or right after them, or right after a person.

    A year or a month alone is none, nor is the date of something else (a meeting, a deed, the birth of a company).
    """
    for match in _DATE.finditer(text):
        start, end = match.span()
        if _born_before(text, start) or _CALLED_SO.match(text, end) or _of_a_person(text, start, match[0]):
            yield start, end


def _born_before(text: str, start: int) -> bool:
    """Whether the words between a word of birth and a date let it be the date of that birth."""
    before = text[max(0, start - 90) : start]
    told = list(_BORN.finditer(before))
    if not told:
        return False
    word, between = told[-1], before[told[-1].end() :]
    if _STOP.search(between) or _DATE.search(between) or len(between) > 75:
        return False
    if _BETWEEN.search(between) or re.match(r"rena|rené", word[0], re.IGNORECASE):
        return False
    ahead = text[max(0, start - 90 - 60) : max(0, start - 90) + word.start()]
    ahead = re.split(r"[.!?;\n]\s", ahead)[-1]
    if word[0].lower().startswith("naiss") and _OTHER_BIRTH.search(ahead) and not _DATE_AND_PLACE.search(ahead):
        return False
    if re.match(r"\s*pr[ée]vue?|\s*attendue?", between, re.IGNORECASE):
        return False
    return not (word[0].lower().startswith("n") and _NOT_OF_A_PERSON.search(ahead[-45:]))


def _of_a_person(text: str, start: int, date: str) -> bool:
    """Whether a date of long ago stands right after a name or a relative: « Amandine Collet, 02/02/1991 »."""
    year = _LONG_AGO.search(date)
    before = _AFTER_WHOM.search(text, max(0, start - 45), start)
    if year is None or before is None:
        return False
    return before["kin"] is not None or any(is_first_name(word) for word in before["name"].split())
