"""The glossary: its words, where they stand in a text, links to its page, and that page; how to read each figure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from boussole.audits.languages import LANGUAGES, typeset
from boussole.audits.yaml_files import parse
from boussole.dashboard.markup.elements import Child, Html, details, el, facts, join
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import glossary_href

_FILE = Path(__file__).with_name("glossary.yaml")
_EDGE = r"(?<![\w-])(?:{})(?![\w-])"


class Word(BaseModel):
    """One word, what it means, and how else pages say it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"[a-z][a-z0-9_]*")
    word: Mapping[str, str]
    text: Mapping[str, str]
    forms: Mapping[str, Sequence[str]] = Field(default_factory=dict)
    see: Sequence[str] = ()
    plain: bool = False
    """An everyday word: it is explained, and not marked where it stands."""


class GlossaryTheme(BaseModel):
    """Words that belong together."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    theme: str
    title: Mapping[str, str]
    words: Sequence[Word]


@cache
def themes() -> tuple[GlossaryTheme, ...]:
    """The glossary, in its order."""
    return tuple(TypeAdapter(list[GlossaryTheme]).validate_python(parse(_FILE.read_text(encoding="utf-8"))))


@cache
def words() -> Mapping[str, Word]:
    """Every word by its id. Raises ValueError where two words have one id."""
    found = [word for theme in themes() for word in theme.words]
    if len({word.id for word in found}) < len(found):
        raise ValueError("two words of the glossary have one id")
    return {word.id: word for word in found}


def called(word: Word, lang: str) -> list[str]:
    """Every way in which pages say a word, its own name first and what stands in brackets apart.

    >>> called(words()["psi"], "en")
    ['Stability index', 'PSI', 'stability index']
    """
    name = word.word[lang]
    own = [part.strip() for part in re.split(r"[(),]", name) if part.strip()]
    forms = [form for form in word.forms.get(lang, ()) if form not in own]
    return list(dict.fromkeys([*own, *(form for form in forms if form.lower() not in map(str.lower, own[1:]))]))


@cache
def _marks(lang: str) -> tuple[re.Pattern[str], Mapping[str, str]]:
    """What finds the words that are marked where they stand, and whose they are."""
    owners: dict[str, str] = {}
    for word in words().values():
        if not word.plain:
            for form in called(word, lang):
                owners.setdefault(typeset(form, lang).lower(), word.id)
    longest = sorted(owners, key=len, reverse=True)
    return re.compile(_EDGE.format("|".join(map(re.escape, longest))), re.IGNORECASE), owners


def marked(text: str, lang: str) -> list[tuple[str, str]]:
    """A text in pieces, each with the id of the word that it is; only the first time that a word stands there.

    >>> marked("A 95% interval, and an interval.", "en")
    [('A ', ''), ('95% interval', 'interval'), (', and an interval.', '')]
    """
    pattern, owners = _marks(lang if lang in LANGUAGES else LANGUAGES[0])
    pieces: list[tuple[str, str]] = []
    seen: set[str] = set()
    at = 0
    for match in pattern.finditer(text):
        owner = owners[match.group().lower()]
        if owner in seen:
            continue
        seen.add(owner)
        pieces += [(text[at : match.start()], ""), (match.group(), owner)]
        at = match.end()
    return [piece for piece in [*pieces, (text[at:], "")] if piece[0]]


def sorted_by_name(lang: str) -> list[Word]:
    """Every word in the order of the alphabet, accents aside."""
    return sorted(words().values(), key=lambda word: plain_letters(word.word[lang]))


def plain_letters(text: str) -> str:
    """A text as one looks it up: small letters, without accents.

    >>> plain_letters("Étalonnage")
    'etalonnage'
    """
    folded = unicodedata.normalize("NFD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    return "".join(letter for letter in folded if not unicodedata.combining(letter))


def linked(text: str, say: Say) -> Html:
    """A text whose technical words lead to what they mean."""
    pieces: list[Child] = [
        el("a", piece, href=glossary_href(owner, query={"lang": say.lang}), target="_self", class_="word")
        if owner
        else piece
        for piece, owner in marked(text, say.lang)
    ]
    return join(pieces)


def explained(pairs: Sequence[tuple[str, Child]], say: Say) -> Html:
    """The small print, where each name that is a technical word leads to what it means."""
    return facts([(linked(name, say), value) for name, value in pairs])


def how_to_read(kind: Kind, say: Say, *, links: bool = True, first: str = "") -> Html:
    """What the marks of a figure mean, shown on request after what is said `first` of this one."""
    told = [el("p", linked(sentence, say) if links else sentence) for sentence in reading(kind, say)]
    told = [el("p", first), *told] if first else told
    return details(say("How to read this"), *told, class_="how")


Kind = Literal["hundred", "shares", "ratios", "drift", "calibration", "rose", "trend", "waterfall"]


def reading(kind: Kind, say: Say) -> list[str]:
    """What the marks of a figure mean, one sentence or two each."""
    interval = say(
        "The bar around a dot is its 95% interval: the true figure very probably lies within it. The fewer people"
        " there are, the wider it is."
    )
    decides = say(
        "The bar around a dot is the interval that decides: what lies outside it is very unlikely, all comparisons and "
        "all looks of the year considered. Wholly beyond the breach level, a group is not kept; wholly beyond the "
        "watch level, it is to be watched. The 95% interval of a figure by itself stands in the table."
    )
    shape = say(
        "The shape and the colour of a dot are its verdict: a disc is kept, a triangle to watch, a square not "
        "kept, a half-filled disc means that we cannot tell."
    )
    dashes = say(
        "The dashed lines are the thresholds. A dot beyond one is not enough: the gap must also be too wide for "
        "chance to explain it. Until then we cannot tell; a dot beyond the watch level is never kept."
    )
    hidden = say(
        "A group without a dot keeps its place and says why: most often its figure is hidden to protect people."
    )
    shares = say(
        "Each line is a group of people. The dot is its share, from 0 to 100%: further right is a larger share."
    )
    ratios = say(
        "Each line is a group of people. The dot says how many of them are selected when 100 people with the same"
        " profile are in the group they are compared with: at 100% both are treated alike."
    )
    hundred = say(
        "Each line is a group of people. The dot is its figure for 100: of the group compared with, or of its own "
        "people where two shares are compared."
    )
    found = {
        "hundred": [hundred, decides, shape, dashes, hidden],
        "shares": [shares, decides, shape, dashes, hidden],
        "ratios": [ratios, decides, shape, dashes, hidden],
        "drift": [
            say(
                "Each line is a watched feature. The dot says how far its spread has moved since the reference "
                "period: 0 is no change at all."
            ),
            decides,
            shape,
            say(
                "The dashed line is the level from which a change is watched. A change is not a fault: it asks "
                "for a look."
            ),
        ],
        "calibration": [
            say(
                "Along the bottom, what the score announces; up the side, what really happened. On the diagonal "
                "both are the same."
            ),
            say("Below the diagonal the score announced too much, above it too little."),
            interval,
        ],
        "rose": [
            say("Each branch is an article of the charter, each ring a system, from the inside out."),
            shape,
            say(
                "The needle points at what most needs attention: the worst verdict, then the widest gap, then the"
                " oldest."
            ),
            say("The table beside it says the same."),
        ],
        "waterfall": [
            say(
                "Read it from the top: each line is a stage, in order. The bar goes from where the group stood before "
                "the stage to where it stands after it (the dot), where 100 of the group compared with got as far."
            ),
            say("A long bar is a stage at which the gap opens, or closes where the dot lies right of its bar."),
            say("The name of each stage says who acts there; the table adds up what each of them opens."),
        ],
        "trend": [
            say("Each line is a system, each column a month. The mark is what the audit of that month said."),
            say(
                "A blue line above a month says that the charter had changed: verdicts before and after may not "
                "compare."
            ),
        ],
    }
    return found[kind]


Named = tuple[str, str]
"""The id of a word and the word."""


@dataclass(frozen=True, kw_only=True)
class GlossaryEntry:
    """A word, what it means, and the words beside which it is understood."""

    id: str
    word: str
    text: str
    see: Sequence[Named]


@dataclass(frozen=True, kw_only=True)
class ThemePart:
    """Words that belong together."""

    id: str
    title: str
    entries: Sequence[GlossaryEntry]


@dataclass(frozen=True, kw_only=True)
class GlossaryPage:
    """The whole page. `alphabet`: each letter with the words that begin with it."""

    themes: Sequence[ThemePart]
    alphabet: Sequence[tuple[str, Sequence[Named]]]


def glossary_page(say: Say) -> GlossaryPage:
    """Every word, with a way in by theme and one by letter."""
    by_letter = groupby(sorted_by_name(say.lang), key=lambda word: plain_letters(word.word[say.lang])[0].upper())
    return GlossaryPage(
        themes=[
            ThemePart(
                id=theme.theme,
                title=say.text(theme.title),
                entries=[
                    GlossaryEntry(
                        id=word.id,
                        word=say.text(word.word),
                        text=say.text(word.text),
                        see=[_named(words()[other], say) for other in word.see],
                    )
                    for word in theme.words
                ],
            )
            for theme in themes()
        ],
        alphabet=[
            (letter if letter.isalpha() else "0–9", [_named(word, say) for word in found])
            for letter, found in by_letter
        ],
    )


def _named(word: Word, say: Say) -> Named:
    return word.id, say.text(word.word)
