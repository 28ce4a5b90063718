"""What alerts say: a catalogue of their own beside the one of the pages."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from boussole.audits.languages import LANGUAGES, Catalogue, capital, typeset
from boussole.dashboard.markup.words.say import Say, count, speaker

FOLDER = Path(__file__).parent / "locale"


class AlertSay(Say):
    """The messages of alerts in one language."""

    def __init__(self, lang: str) -> None:
        super().__init__(lang)
        self._catalogue = Catalogue(FOLDER, lang)

    def plural(self, one: str, many: str, n: int, **values: str) -> str:
        """The message for one thing or for `n` of them; the count is a word, as pages write it."""
        text = self._catalogue.ngettext(one, many, n).format(n=count(n, speaker(self.lang)), **values)
        return typeset(capital(text), self.lang)


@cache
def teller(lang: str) -> AlertSay:
    """The teller of a language; one that is not spoken here becomes the default."""
    return AlertSay(lang if lang in LANGUAGES else LANGUAGES[0])
