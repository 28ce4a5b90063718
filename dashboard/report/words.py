"""What reports say: a catalogue of their own beside the one of the pages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from boussole.audits.languages import LANGUAGES, Catalogue, capital, typeset
from boussole.dashboard.markup.words.say import Say, count, speaker

FOLDER = Path(__file__).parent / "locale"
ANSWER = 30
"""Characters of the longest answer ("No."): longer first sentences are findings."""


class ReportSay(Say):
    """Speaks one language with the messages of reports.

    >>> teller("en")("Contents"), teller("fr")("Contents")
    ('Contents', 'Sommaire')
    """

    def __init__(self, lang: str) -> None:
        super().__init__(lang)
        self._catalogue = Catalogue(FOLDER, lang)

    def plural(self, one: str, many: str, n: int, **values: str) -> str:
        """The message for one thing or for `n` of them; the count is a word, as pages write it."""
        text = self._catalogue.ngettext(one, many, n).format(n=count(n, speaker(self.lang)), **values)
        return typeset(capital(text), self.lang)

    def text(self, texts: Mapping[str, str] | None, default: str = "") -> str:
        """The text of a system or charter in this language, in its typography."""
        return typeset(super().text(texts, default), self.lang)


@cache
def teller(lang: str) -> ReportSay:
    """The teller of a language; one that is not spoken here becomes the default."""
    return ReportSay(lang if lang in LANGUAGES else LANGUAGES[0])


def answer_first(sentence: str) -> dict[str, str]:
    """The answer apart from what explains it.

    >>> answer_first("No. 74 for 100.")
    {'lead': 'No.', 'rest': ' 74 for 100.'}
    """
    lead, stop, rest = sentence.partition(". ")
    return {"lead": f"{lead}.", "rest": f" {rest}"} if stop and len(lead) < ANSWER else {"lead": "", "rest": sentence}
