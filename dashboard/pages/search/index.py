"""The index: SQLite's full text search, over letters without accents, and over how people say things otherwise."""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from boussole.dashboard.markup.glossary import plain_letters
from boussole.dashboard.server.access.permissions import Action

LONGEST = 200
"""Letters of what is looked for."""
MOST = 12
"""Words of it."""
_WORD = re.compile(r"\d+(?:\.\d+)+|\w+")
SAID: Mapping[str, Sequence[tuple[str, str]]] = {
    "fr": (
        ("50 ans", "seniors aînés aînées personnes âgées vieux vieilles fin de carrière quinquagénaires"),
        ("55 ans", "seniors aînés aînées personnes âgées fin de carrière"),
        ("25 ans", "jeunes débutants"),
        ("sexe", "genre femmes hommes parité"),
        ("opinion divergente", "désaccord avis minoritaire contraire dissidence"),
        ("discrimination", "égalité inégalité injustice traitement inégal"),
        ("recours", "plainte réclamation contester se plaindre"),
        ("incident", "panne erreur problème bug"),
        ("avis", "position du comité"),
        ("dérive", "changement évolution a bougé"),
        ("quorum", "assez de membres présents"),
        ("charte", "engagements règles promesses"),
        ("réseau", "agences"),
        ("département", "territoire région quartier"),
        ("demandeurs d’emploi", "chômeurs chômeuses chômage"),
        ("se passer de", "refuser refus s’opposer"),
        ("boussole", "accueil première page"),
        ("glossaire", "aide vocabulaire définitions"),
    ),
    "en": (
        ("50 and over", "seniors older people elderly end of career"),
        ("55 and over", "seniors older people elderly"),
        ("under 25", "youth young people beginners"),
        ("sex", "gender women men parity"),
        ("dissent", "divergent opinion minority view disagreement"),
        ("discrimination", "equality inequality injustice unequal treatment"),
        ("appeal", "complaint complain contest"),
        ("incident", "outage error problem bug"),
        ("opinion", "position of the committee"),
        ("drift", "change moved"),
        ("quorum", "enough members present"),
        ("charter", "commitments rules promises"),
        ("district", "territory region neighbourhood"),
        ("job seekers", "unemployed unemployment"),
        ("do without", "refuse refusal object"),
        ("women", "woman"),
        ("compass", "home first page"),
        ("glossary", "help vocabulary definitions"),
    ),
}
"""By language: words of pages, and what people look for who mean them."""

_SMALL = """
a au aux avec ce ces d de des du en et l la le les leur n ou par pour que qui s sa se son sur un une
an and are as at by for from in is of on or the to with
"""
SMALL = frozenset(_SMALL.split())
"""Words that hold no meaning alone: whoever looks for others besides does not ask for these."""


def also_said(text: str, lang: str) -> str:
    """What else people call what a text speaks of.

    >>> also_said("Les 50 ans et plus", "fr").split()[0]
    'seniors'
    """
    plain = f" {plain_letters(text)} "
    return " ".join(words for held, words in SAID.get(lang, ()) if plain_letters(held) in plain)


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One thing that can be found, and the action that somebody needs to be allowed to find it."""

    kind: str
    action: Action
    title: str
    text: str
    href: str
    also: str = ""
    """Other words by which it is found, which are not shown."""


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A piece that was found, the best first."""

    piece: Piece
    rank: float


class Index:
    """What can be found, in one language, in its words and in those that people use for them."""

    def __init__(self, pieces: Sequence[Piece], lang: str = "") -> None:
        self.pieces = list(pieces)
        self._lock = threading.Lock()
        self._base = sqlite3.connect(":memory:", check_same_thread=False)
        self._base.execute("CREATE VIRTUAL TABLE found USING fts5(title, text, action UNINDEXED, tokenize='unicode61')")
        rows = (
            (at, plain_letters(each.title), plain_letters(_whole(each, lang)), each.action.name)
            for at, each in enumerate(self.pieces)
        )
        self._base.executemany("INSERT INTO found (rowid, title, text, action) VALUES (?, ?, ?, ?)", rows)

    def find(self, starts: Sequence[str], *, actions: Collection[Action]) -> tuple[list[Hit], bool]:
        """What holds words with all these beginnings; where nothing does, with any of them, and then False."""
        if not starts:
            return [], True
        quoted = [f'"{start}"' if whole_word(start) else f'"{start}"*' for start in starts]
        found = self._matches(" AND ".join(quoted), actions)
        if found or len(starts) == 1:
            return found, True
        return self._matches(" OR ".join(quoted), actions), False

    def _matches(self, asked: str, actions: Collection[Action]) -> list[Hit]:
        marks = ", ".join("?" * len(actions))
        query = (
            f"SELECT rowid, bm25(found, 6.0, 1.0) FROM found WHERE found MATCH ? AND action IN ({marks}) ORDER BY 2, 1"
        )
        with self._lock:
            rows = self._base.execute(query, [asked, *(action.name for action in actions)]).fetchall()
        return [Hit(piece=self.pieces[at], rank=rank) for at, rank in rows]


def _whole(piece: Piece, lang: str) -> str:
    return f"{piece.text} {piece.also} {also_said(f'{piece.title} {piece.text} {piece.also}', lang)}"


def whole_word(start: str) -> bool:
    """Whether what is looked for is a word by itself: with a single letter, half of all words begin."""
    return len(start) == 1


def _holds(word: str, starts: Sequence[str]) -> bool:
    plain = plain_letters(word)
    return any(plain == start if whole_word(start) else plain.startswith(start) for start in starts)


def beginnings(asked: str, lang: str = "") -> list[str]:
    """What the words begin with that somebody looks for: without accents, and without what a plural or a feminine adds.

    Small words are left out, unless there is no other.

    >>> beginnings("Égalité des Femmes, n° 12"), beginnings("opinions divergentes"), beginnings("les")
    (['egalit', 'femme', '12'], ['opinion', 'divergent'], ['les'])
    """
    words = _WORD.findall(plain_letters(asked[:LONGEST]))
    told = [word for word in words if word not in SMALL] or words
    return list(dict.fromkeys(_stem(word, lang) for word in told))[:MOST]


def _stem(word: str, lang: str) -> str:
    """A word without the s or x of a plural, and a long one without the e of a feminine.

    >>> _stem("travaux", "fr"), _stem("niveaux", "fr"), _stem("policies", "en"), _stem("maladies", "fr")
    ('trava', 'niveau', 'polic', 'maladi')
    """
    if lang == "fr" and len(word) > 5 and word.endswith("aux") and not word.endswith("eaux"):
        return word[:-2]
    if lang == "en" and len(word) > 5 and word.endswith("ies"):
        return word[:-3]
    one = word[:-1] if len(word) > 3 and word[-1] in "sx" and not word.isdigit() and word not in SMALL else word
    return one[:-1] if len(one) > 5 and one[-1] == "e" else one


def marked(text: str, starts: Sequence[str]) -> list[tuple[str, bool]]:
    """A text in pieces, those that were found marked.

    >>> marked("Équité des genres", ["equi", "genre"])
    [('Équité', True), (' des ', False), ('genres', True)]
    """
    pieces: list[tuple[str, bool]] = []
    at = 0
    for word in _WORD.finditer(text):
        if _holds(word.group(), starts):
            pieces += [(text[at : word.start()], False), (word.group(), True)]
            at = word.end()
    return [piece for piece in [*pieces, (text[at:], False)] if piece[0]]


def excerpt(text: str, starts: Sequence[str], *, letters: int = 200) -> str:
    """The part of a text around the first word that was found; its beginning where none was.

    >>> excerpt("One two three four five six", ["five"], letters=14)
    '… four five six'
    """
    if len(text) <= letters:
        return text
    hits = (word.start() for word in _WORD.finditer(text) if _holds(word.group(), starts))
    first = next(hits, 0)
    start = max(0, min(first - letters // 3, len(text) - letters))
    start = text.find(" ", start) + 1 if start else 0
    end = len(text) if start + letters >= len(text) else text.rfind(" ", start, start + letters)
    return ("… " if start else "") + text[start:end] + (" …" if end < len(text) else "")
