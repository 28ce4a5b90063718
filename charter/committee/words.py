"""What a committee's papers say, in one language: convocations, calendar files, minutes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from audits.languages import Catalogue, capital, date_words, typeset

LOCALE = Path(__file__).parent / "locale"

MESSAGES = {
    "session": "{committee}: session",
    "extraordinary_session": "{committee}: extraordinary session",
    "second_call": "Second call: no quorum is needed.",
    "urgent": "Called with less notice: {reason}",
    "from_afar": "One can take part from afar.",
    "agenda": "Agenda",
}


class Words:
    """Speaks one language.

    >>> Words("en")("session", committee="Ethics committee")
    'Ethics committee: session'
    """

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self._catalogue = Catalogue(LOCALE, lang)

    def __call__(self, key: str, **values: str) -> str:
        return typeset(self._catalogue.gettext(MESSAGES[key]).format(**values), self.lang)

    def date(self, day: dt.date) -> str:
        return date_words(day, self.lang)

    def time(self, moment: dt.datetime) -> str:
        """Hour and minute.

        >>> Words("en").time(dt.datetime(2026, 12, 3, 9, 5))
        '09:05'
        """
        return f"{moment.hour}\u00a0h\u00a0{moment:%M}" if self.lang == "fr" else f"{moment:%H:%M}"

    def text(self, texts: dict[str, str]) -> str:
        """A text of the rules in this language, else in the first it has."""
        return capital(typeset(texts.get(self.lang) or next(iter(texts.values())), self.lang))
