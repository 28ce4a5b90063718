"""Numbers that name a person: NIR, IBAN, the identifier of France Travail, telephone numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import phonenumbers
from stdnum import iban, numdb
from stdnum.exceptions import ValidationError
from stdnum.fr import nir

from boussole.audits.texts.personal.findings import Span
from boussole.audits.texts.personal.words import either

_SPACE = r"[ \t.\-_/]{0,3}"
_NATIONAL = re.compile(
    rf"(?<![\d+,])(?<!\d[.\-/])(?P<found>\(?0\)?{_SPACE}[1-9]\)?(?:{_SPACE}\d){{8}})(?!\d)(?![.,\-]\d)"
)
_ABROAD = re.compile(
    r"(?<![\w+])(?P<found>(?:\+|\(\+|(?<!\d[ .\-])00)[ \t.]?[1-9]\d{0,2}\)?"
    rf"{_SPACE}(?:\(0\))?(?:{_SPACE}\(?\d\)?){{6,13}})(?!\d)"
)
_BARE = re.compile(
    rf"(?<![\d+])(?<!\d[ .\-])(?P<found>(?:33{_SPACE}(?:\(0\))?{_SPACE})?[1-79](?:{_SPACE}\d){{8}})(?!\d)"
)
_CALL = re.compile(rf"\b{either('calls')}\b\W{{0,3}}[^\n]{{0,25}}$", re.IGNORECASE)
_OTHER_PHONES = re.compile(
    rf"\b(?:dossier|{either('other_numbers')})(?:[ \t]+(?:d['’]|de[ \t]|du[ \t]|l['’])?[ \t]?[^\W\d_]{{1,15}}){{0,2}}"
    r"[ \t.]*(?:n[°ºo]\.?|num[ée]ro|\#)?[ \t]*[:=#]?[ \t]*$",
    re.IGNORECASE,
)


def find_phones(text: str) -> Iterator[Span]:
    """Find telephone numbers of ten digits, and those with a country code that fit its plan (phonenumbers)."""
    over = 0
    for match in sorted(_candidates(text), key=lambda one: one.span("found")):
        start, end = match.span("found")
        if start < over or _OTHER_PHONES.search(text, max(0, start - 60), start):
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


_GAP = r"[ \t.\-_/]{0,3}\n?"
"""What people write between two digits of one number."""
_NIR = re.compile(rf"(?=(?<!\d)(?P<found>[1-478](?:{_GAP}\d){{4}}{_GAP}\d{_GAP}[\dABab](?:{_GAP}\d){{6}}))")
_APART = r"[ \t]?[,;(|\-]?[ \t]{0,2}"
_NAMED = rf"{_APART}cl(?:ef|[eé])[ \t]{{0,2}}(?:n°|[:=])?[ \t]{{0,2}}"
"""What people write between a NIR and its key: « (clé 83) »."""
_KEY = re.compile(rf"(?:{_GAP}|{_APART}|{_NAMED})(\d){_GAP}(\d)(?!\d)", re.IGNORECASE)
_MORE = re.compile(rf"(?:{_GAP}|{_NAMED})\d", re.IGNORECASE)
_SHAPE = re.compile(
    r"[1-478]\d\d(?:0[1-9]|1[0-2]|[2-3]\d|4[0-2]|[5-9]\d)(?:0[1-9]|[1-9]\d|2[AB])(?!000)\d{3}(?!000)\d{3}"
)
_SECURITY = re.compile(either("social_security"), re.IGNORECASE)


def find_nir(text: str) -> Iterator[Span]:
    """Find French social security numbers: 13 characters and a key that fits, or no key where the words say so."""
    over = 0
    for match in _NIR.finditer(text):
        start, end = match.span("found")
        if start < over:
            continue
        number = nir.compact(re.sub(r"[\s\-_/]", "", match["found"]))
        if not _SHAPE.fullmatch(number):
            continue
        key = _KEY.match(text, end)
        if key and nir.is_valid(number + key[1] + key[2]):
            over = key.end()
            yield start, over
        elif not _MORE.match(text, end) and _SECURITY.search(text, max(0, start - 60), start):
            over = end
            yield start, end


_IBAN = re.compile(r"(?=(?:(?<![A-Za-z0-9])|(?<=IBAN))(?P<country>[A-Za-z][ \t]?[A-Za-z])[ \t.\-]?\d[ \t.\-]?\d)")
_PART = re.compile(r"[ \t.\-_/]{0,3}\n?[A-Za-z0-9]")


def find_iban(text: str) -> Iterator[Span]:
    """International bank account numbers: as long and built as their country says (ISO 13616), key modulo 97."""
    over = 0
    for match in _IBAN.finditer(text):
        start, length = match.start(), iban_length(match["country"][0].upper() + match["country"][-1].upper())
        if start < over or not length:
            continue
        end = start
        for _ in range(length):
            part = _PART.match(text, end)
            if part is None:
                break
            end = part.end()
        else:
            alone = end == len(text) or not text[end].isalnum()
            if alone and _is_iban(text[start:end]):
                over = end
                yield start, end


def _is_iban(text: str) -> bool:
    """Whether the key, the length and the parts of an IBAN are right."""
    try:
        iban.validate(re.sub(r"[\s_/]", "", text), check_country=False)
    except ValidationError:
        return False
    return True


@cache
def iban_length(country: str) -> int:
    """Return how long an IBAN of a country is; 0 where the registry knows none."""
    known = numdb.get("iban").info(f"{country}0")[0][1]
    return 4 + sum(int(size) for size in re.findall(r"(\d+)!", known.get("bban", ""))) if known else 0


_FT = re.compile(
    r"(?<![\w-])(?P<found>(?:\d{3}[ .]?)?\d{7}[ \-]?[A-Z]|\d{8}[ \-]?[A-Z]|\d{2}[ .]?\d{3}[ .]?\d{3}[ .]?\d{3}"
    r"|\d{11}|\d{4}[ .]\d{3}[ .]?[A-Z])(?!\w)(?![.,]\d)",
    re.IGNORECASE,
)
_FT_WORDS = re.compile(either("ft_ids"), re.IGNORECASE)
_OTHER_NUMBERS = re.compile(rf"\b{either('other_numbers')}\b[^.!?\n;]{{0,24}}$", re.IGNORECASE)


def find_ft_id(text: str) -> Iterator[Span]:
    """Find identifiers of France Travail in the forms publicly known, where the words before say that they are such."""
    for match in _FT.finditer(text):
        before = text[max(0, match.start() - 70) : match.start()]
        told = list(_FT_WORDS.finditer(before))
        if told and not _OTHER_NUMBERS.search(before[told[-1].end() :]):
            yield match.span("found")
