"""Telephone numbers: of France, overseas and, with their country code, of anywhere. Short ones are nobody's."""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers

from boussole.audits.texts.personal.findings import Span
from boussole.audits.texts.personal.words import either

_GAP = r"[ \t.\-_/]{0,3}"
_NATIONAL = re.compile(rf"(?<![\d+,])(?<!\d[.\-/])(?P<found>\(?0\)?{_GAP}[1-9]\)?(?:{_GAP}\d){{8}})(?!\d)(?![.,\-]\d)")
_ABROAD = re.compile(
    r"(?<![\w+])(?P<found>(?:\+|\(\+|(?<!\d[ .\-])00)[ \t.]?[1-9]\d{0,2}\)?"
    rf"{_GAP}(?:\(0\))?(?:{_GAP}\(?\d\)?){{6,13}})(?!\d)"
)
_BARE = re.compile(rf"(?<![\d+])(?<!\d[ .\-])(?P<found>(?:33{_GAP}(?:\(0\))?{_GAP})?[1-79](?:{_GAP}\d){{8}})(?!\d)")
_CALL = re.compile(rf"\b{either('calls')}\b\W{{0,3}}[^\n]{{0,25}}$", re.IGNORECASE)
_OTHER_NUMBERS = re.compile(
    rf"\b(?:dossier|{either('other_numbers')})(?:[ \t]+(?:d['’]|de[ \t]|du[ \t]|l['’])?[ \t]?[^\W\d_]{{1,15}}){{0,2}}"
    r"[ \t.]*(?:n[°ºo]\.?|num[ée]ro|\#)?[ \t]*[:=#]?[ \t]*$",
    re.IGNORECASE,
)


def find_phones(text: str) -> Iterator[Span]:
    """Find telephone numbers of ten digits, and those with a country code that fit its plan (phonenumbers)."""
    over = 0
    for match in sorted(_candidates(text), key=lambda one: one.span("found")):
        start, end = match.span("found")
        if start < over or _OTHER_NUMBERS.search(text, max(0, start - 60), start):
            continue
        if match.re is _NATIONAL and _inside(text, start, over):
            continue
        if match.re is _ABROAD:
            end = _plausible(text, start, end)
            if not end:
                continue
        over = end
        yield _bare(text, start, end)


def _candidates(text: str) -> Iterator[re.Match[str]]:
    yield from _NATIONAL.finditer(text)
    yield from _ABROAD.finditer(text)
    for match in _BARE.finditer(text):
        if _CALL.search(text, max(0, match.start() - 60), match.start()):
            yield match


def _inside(text: str, start: int, over: int) -> bool:
    """Whether a longer row of digits goes on before a number: then it is a part of something else."""
    before = re.search(r"(\d+) $", text[max(0, start - 12) : start])
    return before is not None and over < start - 1 and len(before[1]) > 1


def _bare(text: str, start: int, end: int) -> Span:
    """A number without brackets that stand around it, or open before it and close later."""
    end -= text[start:end].endswith(")")
    found = text[start:end]
    return start + (found.startswith("(") and found.count("(") > found.count(")")), end


def _plausible(text: str, start: int, end: int) -> int:
    """Where a number with a country code ends; 0 where there is no such number."""
    found = text[start:end]
    while len(re.sub(r"\D", "", found)) >= 8:
        number = re.sub(r"\(0\)", "", found)
        digits = re.sub(r"\D", "", number)
        if _possible("+" + digits.removeprefix("00") if number.lstrip("(").startswith("00") else "+" + digits):
            return start + len(found)
        found = re.sub(r"[ \t.\-_/]*\(?\d+\)?$", "", found)
    return 0


def _possible(number: str) -> bool:
    """Whether a number in full is of a plan; a French or overseas one may keep the 0 of its national form."""
    if number.startswith("+330"):
        number = "+33" + number[4:]
    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return False
    if parsed.country_code == 33:
        return len(str(parsed.national_number)) == 9
    return phonenumbers.is_possible_number(parsed)
