"""What a charter says of no system in particular: its questions, and what it calls people."""

from __future__ import annotations

import re

from boussole.audits.languages import capital, typeset
from boussole.audits.mixed import foreign
from boussole.audits.systems.kinds import Texts
from boussole.charter.judging.families import NO_GROUPS, SELECTED, said, spoken
from boussole.charter.text.model import Charter, Word

ANY_SYSTEM = {"en": "the system", "fr": "le système"}
SAME_CRITERIA = {"en": "same legitimate factors", "fr": "mêmes critères légitimes"}


PEOPLE: dict[Word, Texts] = {
    "person": {"fr": "une personne concernée", "en": "a person concerned"},
    "agent": {"fr": "un agent", "en": "an agent"},
}
"""What people are called where a charter has no `words` of its own."""


def called(charter: Charter, word: Word, lang: str) -> str:
    """What a charter calls the people of a role, in a language, else in one of its own, which goes with it.

    >>> from boussole.charter.text.loading import load_charter
    >>> called(load_charter(), "person", "en")
    'a job seeker'
    """
    texts = charter.words.get(word) or PEOPLE[word]
    own = spoken(texts, lang)
    return _marked(typeset(texts[own], own), own, lang)


def plainly(question: Texts, lang: str) -> str:
    """The question with the names of a system replaced by general words, or left out where they stand in brackets.

    >>> plainly({"en": "With {system}, are people {decision} as often ({group})?"}, "en")
    'With the system, are people selected as often?'
    >>> plainly({"fr": "Où tournent les modèles de {system} ?"}, "fr") == "Où tournent les modèles du système\u202f?"
    True
    """
    asked, lang = lang, spoken(question, lang)
    text = re.sub(r"[ \u00a0\u202f]\(\{\w+\}\)", "", question[lang])
    names = {"system": ANY_SYSTEM, "decision": SELECTED[True], "group": NO_GROUPS, "controls": SAME_CRITERIA}
    for name, words in names.items():
        text = text.replace(f"{{{name}}}", said(words, lang))
    text = text.replace(" de le ", " du ").replace(" à le ", " au ") if lang == "fr" else text
    return _marked(capital(typeset(text, lang)), lang, asked)


def _marked(text: str, lang: str, around: str) -> str:
    """A text as it is where it is in the language of what surrounds it, else with its own."""
    return text if lang == around else foreign(text, lang)
