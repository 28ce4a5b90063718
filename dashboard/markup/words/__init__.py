"""What pages and charts say: the catalogue of a language, its numbers, its dates; beside it, the addresses of pages."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_timezone_location
from starlette.requests import Request

from boussole.audits import languages
from boussole.audits.errors import BoussoleError
from boussole.audits.languages import LANGUAGES
from boussole.audits.mixed import MixedText, filled, foreign, joined
from boussole.audits.workspace import Workspace

# What pages and charts say: the catalogue of one language, its numbers and its dates.


FOLDER = Path(__file__).parent / "locale"
PARIS = ZoneInfo("Europe/Paris")


class Say:
    """Speaks one language, by one clock: `say("Kept")` translates, the methods write numbers, dates and moments.

    >>> say = speaker("en")
    >>> say("{n} systems", n=say.whole(2))
    '2 systems'
    """

    def __init__(self, lang: str, zone: dt.tzinfo = PARIS, main: str = languages.LANGUAGES[0]) -> None:
        self.lang, self.zone, self.main = lang, zone, main
        self._catalogue = languages.Catalogue(FOLDER, lang)

    def __call__(self, message: str, **values: str) -> str:
        translated = self._catalogue.gettext(message)
        return languages.typeset(filled(translated, values) if values else translated, self.lang)

    def plural(self, one: str, many: str, n: int, **values: str) -> str:
        """The message for one thing or for `n` of them; `{n}` is written out where people would."""
        translated = self._catalogue.ngettext(one, many, n)
        text = filled(translated, {"n": count(n, self), **values})
        return languages.typeset(languages.capital(text), self.lang)

    def apart(self, texts: Iterable[str]) -> str:
        """Texts one after the other, with semicolons between them.

        >>> speaker("en").apart(["a, b", "c"]), speaker("fr").apart(["a, b", "c"]) == "a, b\u202f; c"
        ('a, b; c', True)
        """
        return joined("\u202f; " if self.lang == "fr" else "; ", texts)

    def number(self, value: float, digits: int = 2) -> str:
        return languages.number(value, self.lang, digits)

    def percent(self, value: float, digits: int = 1) -> str:
        return languages.percent(value, self.lang, digits)

    def whole(self, value: float) -> str:
        return languages.whole(value, self.lang)

    def date(self, value: str | dt.date) -> str:
        """A day in words, from a date or an ISO moment."""
        day = dt.date.fromisoformat(value[:10]) if isinstance(value, str) else value
        return languages.date_words(day, self.lang)

    def time(self, value: dt.datetime) -> str:
        """The time of a moment, to the minute.

        >>> moment = dt.datetime(2026, 11, 25, 9, 5)
        >>> speaker("en").time(moment), speaker("fr").time(moment) == "9\u00a0h\u00a005"
        ('09:05', True)
        """
        return f"{value.hour}\u00a0h\u00a0{value:%M}" if self.lang == "fr" else f"{value:%H:%M}"

    def moment(self, value: dt.datetime) -> str:
        """A moment on this clock, which is named; one without a zone is in UTC, as everything is stored.

        >>> speaker("en").moment(dt.datetime(2026, 7, 1, 22, 30, tzinfo=dt.UTC))
        '2 July 2026 at 00:30 (Paris time)'
        """
        say = self
        return say("{moment} ({clock})", moment=say.short_moment(value), clock=say.clock)

    def short_moment(self, value: dt.datetime) -> str:
        """A moment on this clock, where the clock is named beside."""
        say, here = self, (value if value.tzinfo else value.replace(tzinfo=dt.UTC)).astimezone(self.zone)
        return say("{date} at {time}", date=say.date(here.date()), time=say.time(here))

    @property
    def clock(self) -> str:
        """How this clock is called.

        >>> speaker("en").clock, speaker("fr", ZoneInfo("Europe/Athens")).clock == "heure d\u2019Athènes"
        ('Paris time', True)
        >>> speaker("fr", ZoneInfo("UTC")).clock
        'UTC'
        """
        if dt.datetime(2026, 1, 1, tzinfo=self.zone).tzname() == "UTC":
            return "UTC"
        say, city = self, get_timezone_location(str(self.zone), locale=self.lang, return_city=True)
        text = say("{city} time", city=city)
        return re.sub(r" de (?=[AEIOUYÉÈÎ])", " d’", text) if self.lang == "fr" else text

    def month(self, day: dt.date) -> str:
        """The month of a day, by its name."""
        return format_date(day, "LLLL yyyy", locale=self.lang)

    def short_month(self, day: dt.date) -> tuple[str, str]:
        """The month and the year of a day, as short as people write them.

        >>> speaker("fr").short_month(dt.date(2026, 9, 1)), speaker("en").short_month(dt.date(2026, 9, 1))
        (('sept.', '2026'), ('Sep', '2026'))
        """
        return format_date(day, "LLL", locale=self.lang), str(day.year)

    def period(self, start: str | dt.date, end: str | dt.date) -> str:
        """A window of whole days, both included: a month or quarter by its name, any other by its ends.

        >>> speaker("en").period("2026-07-01", "2026-09-30"), speaker("fr").period("2026-09-01", "2026-09-30")
        ('3rd quarter 2026', 'septembre 2026')
        >>> speaker("en").period("2026-09-01", "2026-09-29")
        'from 1 September 2026 to 29 September 2026'
        """
        first, last = (day if isinstance(day, dt.date) else dt.date.fromisoformat(day[:10]) for day in (start, end))
        months = (last.year - first.year) * 12 + last.month - first.month + 1
        whole_months = first.day == 1 and (last + dt.timedelta(days=1)).day == 1
        if whole_months and months == 1:
            return self.month(first)
        if whole_months and months == 3 and first.month % 3 == 1:
            return format_date(first, "QQQQ yyyy", locale=self.lang)
        return languages.period_words(first, last, self.lang)

    def text(self, texts: Mapping[str, str] | None, default: str = "") -> str:
        """The text of a system or charter in this language, else in the first it has, which goes with it."""
        if not texts:
            return default
        if texts.get(self.lang):
            return languages.typeset(texts[self.lang], self.lang)
        lang, text = next(iter(texts.items()))
        return foreign(languages.typeset(text, lang), lang)

    def written(self, text: str) -> str:
        """What people wrote in a record, which holds no language: in the organisation’s main one, and set as that is.

        >>> speaker("en").written("Trois agences").passages, type(speaker("fr").written("Trois agences")).__name__
        ((('Trois agences', 'fr'),), 'str')
        >>> speaker("fr").written("Qui ?") == speaker("en").written("Qui ?") == "Qui\u202f?"
        True
        """
        if isinstance(text, MixedText) or not text:
            return text
        text = languages.typeset(text, self.main)
        return text if self.main == self.lang else foreign(text, self.main)


@cache
def speaker(lang: str, zone: dt.tzinfo = PARIS, main: str = languages.LANGUAGES[0]) -> Say:
    """The speaker of a language, else of the default, by the clock of a place, among people of a `main` language."""
    return Say(lang if lang in languages.LANGUAGES else languages.LANGUAGES[0], zone, main)


def language_names(say: Say) -> dict[str, str]:
    """The languages spoken here, by their codes."""
    return {"fr": say("French"), "en": say("English")}


def count(n: int, say: Say) -> str:
    """A small number as a word.

    >>> count(2, speaker("en")), count(27, speaker("en"))
    ('two', '27')
    """
    words = (say("no"), say("one"), say("two"), say("three"), say("four"), say("five"), say("six"))
    more = (say("seven"), say("eight"), say("nine"), say("ten"), say("eleven"), say("twelve"))
    return [*words, *more][n] if 0 <= n <= 12 else say.whole(n)


# Who speaks in a workspace: in a reader's language, by the clock of the organisation and among people of its own.


def speaker_in(workspace: Workspace, lang: str) -> Say:
    """The speaker of a language in a workspace; by the usual clock where its settings cannot be read."""
    try:
        settings = workspace.settings
        return speaker(lang, settings.zone, settings.language)
    except BoussoleError:
        return speaker(lang)


def speaker_for(request: Request, workspace: Workspace) -> Say:
    """Who speaks to whoever sent a form: in the language of the page on which it stood."""
    return speaker_in(workspace, request.query_params.get("spoken", ""))


def chosen_language(request: Request) -> dict[str, str]:
    """What every address carries on: the language, once somebody has chosen it."""
    lang = request.query_params.get("lang", "")
    return {"lang": lang} if lang in LANGUAGES else {}
