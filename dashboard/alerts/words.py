"""The words of alerts: their catalogue, and what a problem or a caution of a channel means."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from boussole.audits.languages import LANGUAGES, Catalogue, capital, typeset
from boussole.dashboard.markup.words import Say, count, speaker

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
    """The words of a language; one that is not spoken here becomes the default."""
    return AlertSay(lang if lang in LANGUAGES else LANGUAGES[0])


def problem_words(problem: str, tell: AlertSay) -> str:
    """A problem in words, and what to do where something can be done. `problem`: a code, then a number of the server's.

    >>> problem_words("http 500", teller("en"))
    'The webhook answered 500 instead of taking the message.'
    """
    code, _, detail = problem.partition(" ")
    words = {
        "nobody": tell("Nobody answers at that address: the server is off, or its port is closed."),
        "timeout": tell("The server does not answer in time."),
        "name": tell("The name of the server is not known: is it written right?"),
        "certificate": tell("The certificate of the server was not accepted."),
        "no_tls": tell("The mail server offers no encryption or no sign-in as the address asks."),
        "broken": tell("The server broke the connection off."),
        "sign_in": tell("The mail server does not accept the name and password ({detail}).", detail=detail),
        "mail": tell("The mail server did not take the message ({detail}).", detail=detail),
        "http": tell("The webhook answered {detail} instead of taking the message.", detail=detail),
        "settings": tell("The address of a channel is missing or wrong: `boussole doctor` says why."),
    }
    return words.get(code) or tell("The service did not take the message ({detail}).", detail=detail or code)


def clear_words(tell: AlertSay) -> str:
    """What should be known of a channel that is not encrypted."""
    return tell("It is not encrypted: whoever is on the way reads what is sent, and the address itself.")
