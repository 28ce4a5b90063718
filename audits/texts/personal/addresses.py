"""Postal addresses: number, kind of street and name, with postcode and town where they follow; also in prose."""

from __future__ import annotations

import re
from collections.abc import Iterator

from boussole.audits.texts.personal.findings import Span
from boussole.audits.texts.personal.names import is_first_name
from boussole.audits.texts.personal.words import either

_STREET = either("streets")
_PLURALS = re.compile(r"all[ée]es|cours|places|villas|passages|routes|r[ée]sidences", re.IGNORECASE)
"""Kinds of street that are counted things too, unless a postcode or a town follows."""
_CAPITAL_LETTER = re.compile(r"[A-ZÀ-ÖØ-Þ]")
_DOUBTFUL = re.compile(rf"{either('doubtful_streets')}(?!\w)", re.IGNORECASE)
_LINK = r"(?:de|du|des|la|le|les|et|en|sur|sous|aux?|à|lès|lez|d|l)"
_CAPITAL = r"(?:(?:[dlDL]['’])?[A-ZÀ-ÖØ-ÝŒ0-9][\w.’'\-]*)"
_LOWER = r"(?:(?:[dlDL]['’])?[a-zà-öø-ÿœ][\w’'\-]*)"
_NUMBER = r"(?P<number>\d{1,4}(?:[ ]?(?:bis|ter|quater|[a-dA-D](?![\w’'])))?(?:[-/]\d{1,3}|[ ]à[ ]\d{1,3})?)"
_HEAD = re.compile(
    rf"(?<![\w,.€/-])(?:n[°ºo]\.?[ ]?)?{_NUMBER}[ ]?,?[ ]{{1,2}}(?P<kind>{_STREET})(?![\w-])[ ]{{0,2}}",
    re.IGNORECASE,
)
_NAME = re.compile(rf"(?:{_LINK}[ ]|[dl]['’](?=[A-ZÀ-Ý0-9]))*{_CAPITAL}(?:[ ](?:{_LINK}[ ])*{_CAPITAL})*", 0)
_SMALL_NAME = re.compile(
    rf"(?:(?:de|du|des|la|le|les|l['’]|d['’])[ ]?){{0,3}}{_LOWER}(?:[ ](?:{_LINK}[ ])?{_LOWER}){{0,4}}?"
    r"(?=[ ]?[,\n]?[ ]?\d{5}\b)"
)
_SMALLEST_NAME = re.compile(
    r"(?:(?:de|du|des)[ ](?:(?:la|l['’])[ ]?)?|(?:la|le|les)[ ]|d['’]|l['’])(?:[a-zà-öø-ÿœ][\w’'\-]*)"
)
_TOWN_LINK = r"(?:(?:sur|sous|en|le|la|les|de|du|des|l[eè]s|et|aux?|d’)[ ])"
_TOWN_WORD = r"(?!C[ÉEe][Dd][Ee])(?:[dlDL]['’])?[A-ZÀ-ÖØ-ÝŒ][\w’'\-]*"
_TOWN = rf"(?:(?:L[ae’']s?[ ]?|L’)?[A-ZÀ-ÖØ-ÝŒ][\w’'\-.]*(?:[ ]{_TOWN_LINK}*{_TOWN_WORD}){{0,4}})"
_SMALL_TOWN = r"(?:(?:saint|st|sainte|ste|la|le|les)[ -])?[a-zà-öø-ÿœ][\w’'\-]*"
_FLOOR = rf"(?:{either('floors')}\.?[ ]?[^\n,]{{0,30}})"
_POSTCODE = r"(?:(?:F|FR)-)?(?P<post>\d{5}|\d{2}[ ]\d{3}|2[AB]\d{3})(?!\d)"
_CEDEX = r"(?:[ ]C[ÉEe][Dd][Ee][XxS]?(?:[ ]\d{1,2})?)?"
_PLACE = re.compile(
    rf"(?:[ ]?[,\-;]?[ ]{{0,2}}\n?[ ]?{_FLOOR}){{0,3}}[ ]?[,\-;.]?[ ]{{0,2}}\n?[ ]{{0,2}}"
    rf"[(]?{_POSTCODE}(?:[ ,-]{{0,2}}(?P<town>{_TOWN}|{_SMALL_TOWN}))?{_CEDEX}[)]?"
    rf"|[ ]?,?[ ](?:à|a|sur)[ ](?P<at>{_TOWN})(?:[ ]?\(\d{{2,5}}\))?"
    rf"|,[ ](?P<after>{_TOWN})(?=[ ]?(?:[.,;\n(]|$))(?:[ ]?\(\d{{2,5}}\))?",
)
_BUILDING = re.compile(
    rf"(?<![\w’'-])(?P<found>(?:{either('buildings')}(?![\w’'-])[^\n,.;:!?]{{0,40}},[ ]?\n?){{1,3}})$", re.IGNORECASE
)
_NO_STREET = re.compile(
    r"(?<!\w)(?:au[ ])?(?P<found>(?:lieu[- ]?dit|hameau(?:[ ]de)?|BP|CS|r[ée]sidence|domaine|lotissement)"
    rf"[ ](?P<name>[^\n,]{{2,40}}?)[ ]?[,\n\-][ ]?(?:\d{{5}})[ ]{_TOWN})",
    re.IGNORECASE,
)
_LETTER = re.compile(r"[^\W\d_]")
_SENTENCE = re.compile(r"[^\W\d_]{3,}[.!?;][\s]|\n[ ]?\n")
"""Where a sentence ends; a short word with a stop is an abbreviation."""
_ESTABLISHMENT = re.compile(rf"(?<![\w-]){either('establishments')}(?![\w-])", re.IGNORECASE)
_RECRUITS = re.compile(r"[ )]?[ ,–-]{1,3}(?:recrute|embauche)(?!\w)")
_HOME = re.compile(rf"(?<![\w-])(?:(?i:{either('homes')})|{either('titles')})(?!\w)")
_CAPITALISED = re.compile(r"(?<![\w’'-])[A-ZÀ-ÖØ-Þ][\w-]+")
_BEFORE = 160
"""Characters before an address that may tell whose it is."""


def find_addresses(text: str) -> Iterator[Span]:
    """Find addresses with a number, a kind of street and a name, but those of firms and institutions."""
    over = 0
    for match in _HEAD.finditer(text):
        if match.start() < over:
            continue
        end = _end(text, match)
        if end:
            over = end
            start = _start(text, match.start("number"))
            if not _is_of_establishment(text, start, end):
                yield start, end
    for match in _NO_STREET.finditer(text):
        if not _is_of_establishment(text, *match.span("found")):
            yield match.span("found")


def _is_of_establishment(text: str, start: int, end: int) -> bool:
    """Whether what stands around an address says that it is one of a firm or an institution, and of no person."""
    first = max(0, start - _BEFORE)
    for stop in _SENTENCE.finditer(text, first, start):
        first = stop.end()
    before = text[first:start]
    if _HOME.search(before):
        return False
    found = _ESTABLISHMENT.search(before)
    if found is None and not _RECRUITS.match(text, end):
        return False
    names = _CAPITALISED.findall(before, found.end() if found else 0)
    return not any(is_first_name(word, sure=True) for word in names)


def _start(text: str, number: int) -> int:
    """Where an address starts: at its number, or at the building or the park named before it."""
    before = _BUILDING.search(text, max(0, number - 120), number)
    return before.start("found") if before else number


def _end(text: str, head: re.Match[str]) -> int:
    """Where an address ends; 0 where none is."""
    doubtful = bool(_DOUBTFUL.fullmatch(head["kind"]))
    name = _NAME.match(text, head.end()) or _SMALL_NAME.match(text, head.end())
    if name is None and not doubtful:
        name = _SMALLEST_NAME.match(text, head.end())
    if name is None or not _LETTER.search(name[0]) or (doubtful and re.match(r"\D{0,6}\d", name[0])):
        return 0
    end = name.end()
    while text[end - 1] in ".’'-":
        end -= 1
    place = _PLACE.match(text, end)
    if place:
        end = place.end()
        while text[end - 1] in ".’'-":
            end -= 1
    elif _is_counted(head["kind"], name[0], doubtful=doubtful):
        return 0
    return end


def _is_counted(kind: str, name: str, *, doubtful: bool) -> bool:
    """Whether a kind of street without a town is a thing that is counted: three lessons, four aisles."""
    if _PLURALS.fullmatch(kind) and (doubtful or not _CAPITAL_LETTER.search(name)):
        return True
    return doubtful and not name[0].isupper() and not re.match(r"(?:de|du|des|d['’]|la|le|les)", name)
