"""Statements of health about a person; a word of health counts only where the words before it say it of somebody."""

from __future__ import annotations

import re
from collections.abc import Iterator

import re2

from boussole.audits.texts.personal.findings import Span
from boussole.audits.texts.personal.words import either

_STATE = rf"(?P<state>{either('health_states')})(?![\w’'-])"
_THING = rf"(?P<thing>{either('health_things')})(?![\w’'-])"
_FEW = r"(?:[^\s.,;:!?()\n]{1,20}[ ]){0,3}?"
_ELIDED = r"(?:[ldLD]['’])?"
_BEING = (
    r"(?:suis|es|est|[êe]tes|[ée]tai[st]|[ée]tiez|[êe]tre|(?:ai|as|a|avez|avait|avais)[ ][ée]t[ée]|reste|demeure|"
    r"d[ée]clar[ée]e?|reconnue?|reconna[iî]tre)"
)
_HAVING = (
    r"(?:ai|as|a|avez|avait|avais|aurait|eu|souffr\w{1,6}|atteinte?[ ]d[e’']|atteinte?|vi[ts][ ]avec|pr[ée]sente|"
    r"fait|subi|subit|porteu(?:r|se)|sors|sort|sortie?|prends?|prenez|b[ée]n[ée]ficie|touche|per[cç]oi[st]|d[ée]clar[ée]|"
    r"signal[ée]e?s?|(?:est|suis|[êe]tes)[ ]suivie?|obtenu|demand[ée]|d[ée]pos[ée]|"
    r"(?:est|suis|[êe]tes|[ée]tait|d[ée]place)[ ]en)"
)
_AFTER = r"(?:[àa][ ]cause|suite|en[ ]raison|apr[èe]s|depuis)[ ](?:[àa][ ]|d[eu][ ]|d[’'])?"
_OWN = r"(?:mon|ma|mes|son|sa|ses|votre|vos|ton|ta)"
_SAID = re.compile(
    rf"(?<![\w-])(?:{_BEING}[ ]{_FEW}{_ELIDED}{_STATE}|(?:{_HAVING}[ ]|{_AFTER}){_FEW}{_ELIDED}{_THING}"
    rf"|{_OWN}[ ]{_THING.replace('thing', 'own')})",
    re.IGNORECASE,
)
_WHO = re.compile(
    rf"(?<![\w’'-])(?:je|tu|il|elle|vous|nous|{either('health_people')}|{_OWN}[ ]\w+"
    r"|(?:M|MM|Mme|Mlle|Dr)\.?[ ](?=[A-ZÀ-Ý])|j(?=['’])|[Mm](?=['’]a))",
    re.IGNORECASE,
)
_NAMED = re.compile(r"(?:^|[\s(:])[A-ZÀ-Ý][a-zà-ÿ]+(?:-[A-ZÀ-Ý][a-zà-ÿ]+)?[ ]+(?=$|[a-zà-ÿ])")
_ASKED = re.compile(rf"(?<![\w’'-]){either('health_asked')}", re.IGNORECASE)
_DENIED = re.compile(
    r"(?<![\w’'-])(?:n[e’']|pas|aucune?|sans|ni|jamais)[ ]?$|\bjamais\b|\bn[e’'][ ]?\w+[ ](?:pas|plus|jamais|ni)\b",
    re.I,
)
_NOT_AFTER = re.compile(rf"[ ]?(?:{either('health_not_after')})", re.IGNORECASE)
_OTHERS = re.compile(rf"(?<![\w’'-]){either('health_others')}", re.IGNORECASE)
_STOP = re.compile(r"[.!?;\n](?=\s|$)")
_NEAR = 120
"""Characters before a word of health in which the person stands."""
_ROOM = re2.Options()
_ROOM.max_mem, _ROOM.log_errors, _ROOM.never_capture, _ROOM.case_sensitive = 1 << 26, False, True, False
_WORDS = re2.compile(rf"{either('health_states')}|{either('health_things')}".replace(r"\w", r"[\pL\pN_]"), _ROOM)
_BEFORE, _BEYOND = 100, 80
"""Characters before a word of health in which what says it begins, and after one in which a longer word may end."""


def find_health(text: str) -> Iterator[Span]:
    """Words of health that a text says of a person; not those of offers, institutions, questions and conditions."""
    for match in (each for part in _worth_reading(text) for each in _SAID.finditer(text, *part)):
        name = next(each for each in ("state", "thing", "own") if match[each])
        start, end = match.span(name)
        sentence = _sentence(text, match.start(), end)
        before, inside = sentence[0], text[match.start() : start]
        if _NOT_AFTER.match(text, end) or _ASKED.search(f"{before}{inside}") or sentence[1]:
            continue
        if _DENIED.search(f"{before}{inside}".rsplit(",", 1)[-1]) or _OTHERS.search(inside):
            continue
        if name == "own" or _of_a_person(f"{before}{inside}"):
            yield start, end


def _worth_reading(text: str) -> Iterator[Span]:
    """The parts of a text around words of health: in the others nothing is said of any, and RE2 passes over them."""
    first = last = 0
    for match in _WORDS.finditer(text):
        start, end = match.start() - _BEFORE, min(match.end() + _BEYOND, len(text))
        if start > last and last:
            yield first, last
        first = max(0, start) if start > last or not last else first
        last = end
    if last:
        yield first, last


def _of_a_person(before: str) -> bool:
    """Whether the words before say who it is, and no group of people since."""
    who = max((each.end() for each in _WHO.finditer(before)), default=-1)
    who = max((each.end() for each in _NAMED.finditer(before)), default=who) if who < 0 else who
    return who >= 0 and _OTHERS.search(before, who) is None


def _sentence(text: str, start: int, end: int) -> tuple[str, bool]:
    """What stands before in the sentence, and whether it asks."""
    begun = max(0, start - _NEAR)
    before = _STOP.split(text[begun:start])[-1]
    stop = _STOP.search(text, end, end + _NEAR)
    return before, stop is not None and stop[0] == "?"
