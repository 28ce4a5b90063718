"""Names of occupations in one gender alone: by pairs of endings (-eur/-euse, …) and lists of what they miss."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from boussole.audits.yaml_files import parse

Gender = Literal["masculine", "feminine"]
Words = Annotated[frozenset[str], BeforeValidator(lambda text: frozenset(text.split()))]
Phrases = Annotated[frozenset[str], BeforeValidator(lambda text: frozenset(each.strip() for each in text.split("|")))]
_MASCULINE: Gender = "masculine"
_FEMININE: Gender = "feminine"
_WORD = re.compile(rb"[a-z][a-z'-]*")
_NEVER = ("ment", "isation", "age", "ifier", "ilier-e")
"""Endings of things and of verbs."""
_SIDE_BY_SIDE = re.compile(rb"(?<![a-z-])([a-z-]{4,30}) ?(?:/|ou|et) ?(?:une? |des |d'une? |deux )?([a-z-]{4,30})")
_PAIRED = re.compile(rb" ?(?:/|ou|et) ?(?:une? )?(?:valet|homme|femme|agent|garcon|fille|dame)")
"""What makes a phrase one of two genders."""
_SHORTEST = 5
"""Letters above which a word in -ee may be a participle."""
_HEADS = 3
"""Words of a title among which its head may stand: adjectives and first nouns come before it."""


class TitleWords(BaseModel):
    """What `rules/titles.yaml` holds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    pairs: tuple[tuple[str, str], ...] = Field(min_length=1)
    masculine: Words
    feminine: Words
    phrases: Phrases
    epicene: Words
    adjectives_feminine: Words
    adjectives_masculine: Words
    not_titles: Words
    links: Words
    before: Words


@cache
def title_words() -> TitleWords:
    """The words that ship."""
    file = files("boussole.audits.texts") / "rules" / "titles.yaml"
    return TitleWords.model_validate(parse(file.read_text(encoding="utf-8")))


@lru_cache(maxsize=256)
def _names_pair(text: bytes) -> bool:
    """Whether a text names an occupation in both genders, side by side: then other titles in it are not the post's."""
    for found in _SIDE_BY_SIDE.finditer(text):
        one, other = found[1].decode(), found[2].decode()
        if other in partners(one) and (gender_of(one) or gender_of(other)):
            return True
    return False


@cache
def gender_of(word: str) -> Gender | None:
    """Return the gender in which a word names an occupation; None where it names none, or both."""
    words = title_words()
    for form in _singulars(word):
        if form in words.not_titles | words.epicene or form.endswith(_NEVER):
            return None
        for gender, known in ((_MASCULINE, words.masculine), (_FEMININE, words.feminine)):
            if form in known:
                return gender
    return _by_ending(word) or next(
        (said for part in word.split("-") if part != word and (said := gender_of(part))), None
    )


def _by_ending(word: str) -> Gender | None:
    for form in _singulars(word):
        for place, gender in ((1, _FEMININE), (0, _MASCULINE)):
            if any(form.endswith(pair[place]) and len(form) > len(pair[place]) + 1 for pair in title_words().pairs):
                return gender
    return None


@cache
def partners(word: str) -> frozenset[str]:
    """Return the forms of a word in the other gender, singular and plural."""
    made = set[str]()
    more = (
        ("", "e"),
        ("o", "a"),
        ("e", "ee"),
        ("on", "onne"),
        ("ien", "ienne"),
        ("er", "ere"),
        ("if", "ive"),
        ("f", "ffe"),
    )
    odd = {
        "hote": "hotesse",
        "maitre": "maitresse",
        "barman": "barmaid",
        "garcon": "serveuse",
        "steward": "hotesse",
        "majordome": "gouvernante",
        "maieuticien": "sage-femme",
        "sage-homme": "sage-femme",
    }
    for form in _singulars(word):
        for masculine, feminine in (*title_words().pairs, *more, *odd.items()):
            if form.endswith(masculine):
                made.add(form.removesuffix(masculine) + feminine)
            if form.endswith(feminine):
                made.add(form.removesuffix(feminine) + masculine)
    made -= set(_singulars(word))
    return frozenset(made | {f"{each}s" for each in made})


def one_gender(title: bytes, article: bytes, text: bytes) -> tuple[int, int] | None:
    """Find the word in a title that names one gender alone; None where both are meant, or no occupation."""
    found = _alone(title, article, text)
    return None if found is None or _names_pair(text) else found


def _alone(title: bytes, article: bytes, text: bytes) -> tuple[int, int] | None:
    """Return the same, whatever other titles the text names."""
    words = title_words()
    for phrase in words.phrases:
        if title.startswith(phrase.encode()):
            others = frozenset().union(*map(partners, phrase.replace("-", " ").split()))
            pair = _PAIRED.match(title, len(phrase))
            return None if pair or others & _words_of(text) else (0, len(phrase))
    found = list(_WORD.finditer(title))[:_HEADS]
    for number, each in enumerate(found):
        word = each[0].decode().strip("'-")
        if word in words.links and number:
            return None
        if _epicene(word):
            following = found[number + 1][0].decode() if number + 1 < len(found) else ""
            adjective = following in words.adjectives_feminine | words.adjectives_masculine or _agreed(following)
            apposed = word == "aide" and following and gender_of(following)
            marked = article.decode() in ("un", "une") or (
                (adjective or apposed) and not partners(following) & _words_of(text)
            )
            return (each.start(), each.end()) if marked else None
        if gender_of(word) and number <= 1:
            others = frozenset().union(*map(partners, (word, *word.split("-"))))
            alone = not others & _words_of(text) and not _feminised(word, text)
            return (each.start(), each.end()) if alone else None
        if word not in words.before:
            return None
    return None


def _agreed(word: str) -> bool:
    """Whether a word is a participle in the feminine: `qualifiee`, `experimentees`."""
    return any(len(form) > _SHORTEST and form.endswith("ee") for form in _singulars(word)) and not any(
        form in title_words().not_titles for form in _singulars(word)
    )


def _epicene(word: str) -> bool:
    words = title_words()
    return any(form in words.epicene or form.endswith(("iste", "logue", "therapeute")) for form in _singulars(word))


@lru_cache(maxsize=1)  # the text that is being read: none is kept for longer
def _words_of(text: bytes) -> frozenset[str]:
    return frozenset(each[0].decode() for each in _WORD.finditer(text)) | frozenset(
        part for each in _WORD.finditer(text) for part in each[0].decode().split("-")
    )


@lru_cache(maxsize=1)
def _feminised_in(_: bytes) -> dict[str, bool]:
    """Words of one text and whether they go on so, filled as they are asked for."""
    return {}


def _feminised(word: str, text: bytes) -> bool:
    """Whether the word goes on with an ending of the other gender: `vendeur/se`, `technicien-ne`."""
    known = _feminised_in(text)
    if word not in known:
        known[word] = _goes_on(word, text)
    return known[word]


def _goes_on(word: str, text: bytes) -> bool:
    return re.search(re.escape(word.encode()) + rb" ?[/(.-] ?[a-z]{1,6}\b", text) is not None and (
        re.search(re.escape(word.encode()) + rb" ?[/(] ?(?:e|ne|se|ve|re|trice|euse|ere|iere)s?\b", text) is not None
    )


def _singulars(word: str) -> tuple[str, ...]:
    """A word, and without its ending of the plural."""
    if word.endswith("aux"):
        return word, f"{word[:-3]}al"
    return (word, word[:-1]) if word.endswith(("s", "x")) and len(word) > 3 else (word,)
