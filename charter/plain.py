"""A question of the charter as it reads when it is asked of no system in particular."""

from __future__ import annotations

from audits.languages import capital, typeset
from audits.systems.kinds import Texts
from charter.families import NO_GROUPS, SELECTED, said

ANY_SYSTEM = {"fr": "le système", "en": "the system"}
SAME_CRITERIA = {"fr": "mêmes critères légitimes", "en": "same legitimate factors"}


def plainly(question: Texts, lang: str) -> str:
    """The question with the names of a system replaced by general words.

    >>> plainly({"en": "With {system}, are people {decision} as often ({group})?"}, "en")
    'With the system, are people selected as often (groups)?'
    """
    text = said(question, lang)
    names = {"system": ANY_SYSTEM, "decision": SELECTED[True], "group": NO_GROUPS, "controls": SAME_CRITERIA}
    for name, words in names.items():
        text = text.replace(f"{{{name}}}", words[lang])
    return capital(typeset(text, lang))
