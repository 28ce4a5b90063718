"""The glossary: its words, read once, where they stand in a text, its page, and the links that lead to it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from boussole.audits.languages import LANGUAGES, typeset
from boussole.audits.yaml_files import parse
from boussole.dashboard.markup.elements import Child, Html, details, el, facts, join
from boussole.dashboard.markup.words.addresses import glossary_href
from boussole.dashboard.markup.words.reading import Kind, reading
from boussole.dashboard.markup.words.say import Say

# The words of the glossary, read once, and where they stand in a text.


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


class Theme(BaseModel):
    """Words that belong together."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    theme: str
    title: Mapping[str, str]
    words: Sequence[Word]


@cache
def themes() -> tuple[Theme, ...]:
    """The glossary, in its order."""
    return tuple(TypeAdapter(list[Theme]).validate_python(parse(_FILE.read_text(encoding="utf-8"))))


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


# The glossary page, and the links that lead to it from where a word stands.


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
    """Beside a figure, on request: what its marks mean, after what is said `first` of this one. Without `links` where
    the glossary is out of reach."""
    told = [el("p", linked(sentence, say) if links else sentence) for sentence in reading(kind, say)]
    told = [el("p", first), *told] if first else told
    return details(say("How to read this"), *told, class_="how")
