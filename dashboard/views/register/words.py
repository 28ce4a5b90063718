"""What the register's own words are in a language: statuses, risk classes, what a use lacks, when something is due."""

from __future__ import annotations

import datetime as dt
from typing import get_args

from boussole.audits.languages import inside
from boussole.audits.systems.kinds import Risk, Status
from boussole.charter.judging.coverage import Coverage
from boussole.dashboard.words.say import Say

STATUSES: tuple[str, ...] = ("production", "pilot", "design", "retired")
RISKS: tuple[str, ...] = get_args(Risk)
EXAMINED: tuple[str, ...] = ("none", "part", "whole")
FAR = 60
"""Days beyond which a date says more than a number of days."""


def status_word(status: Status | str, say: Say) -> str:
    """Where a use stands.

    >>> from boussole.dashboard.words.say import speaker
    >>> status_word("pilot", speaker("fr")), status_word("retired", speaker("en"))
    ('en essai', 'abandoned')
    """
    words = {
        "design": say("in design"),
        "pilot": say("on trial"),
        "production": say("in service"),
        "retired": say("abandoned"),
    }
    return words[status]


def risk_word(risk: Risk | str, say: Say) -> str:
    """The class under the AI Act."""
    words = {
        "prohibited": say("prohibited"),
        "high": say("high"),
        "limited": say("limited"),
        "minimal": say("minimal"),
    }
    return words[risk]


def examined_word(examined: str, say: Say) -> str:
    """How far a use is examined."""
    words = {"whole": say("wholly"), "part": say("in part"), "none": say("not at all")}
    return words[examined]


def hosting_word(hosting: str, say: Say) -> str:
    """Where a model runs."""
    words = {
        "own-datacentre": say("own data centre"),
        "dedicated-cloud": say("dedicated cloud"),
        "external": say("external"),
    }
    return words[hosting]


def examination(name: str, say: Say) -> str:
    """An examination that a use needs, as a noun that starts a line."""
    words = {
        "impact_assessment": say("Impact assessment"),
        "fria": say("Fundamental rights assessment"),
        "ethics_review": say("Ethics review"),
        "works_council": say("Works council"),
        "start": say("Date of the first trial"),
    }
    return words[name]


def listed(names: list[str], say: Say) -> str:
    """Nouns in one line: "impact assessment, works council"."""
    words = [examination(name, say) for name in names]
    return ", ".join([*words[:1], *map(inside, words[1:])])


def when(day: dt.date, today: dt.date, say: Say) -> str:
    """How far away a day is: "in 4 days", "12 days late", or the date where that says more."""
    left = (day - today).days
    if left > FAR:
        return say("on {date}", date=say.date(day))
    if left < -FAR:
        return say("late since {date}", date=say.date(day))
    if left < 0:
        return say.plural("one day late", "{n} days late", -left)
    return say.plural("tomorrow", "in {n} days", left) if left else say("today")


def coverage_words(found: Coverage, say: Say) -> str:
    """How many of the uses that touch people are examined, wholly, in part or not at all."""
    if not found.live:
        return say("No use is on trial or in service.")
    if len(found.whole) == found.live:
        return say("Every use on trial or in service is examined.")
    if len(found.none) == found.live:
        return say.plural(
            "The only use on trial or in service has not been examined.",
            "None of the {n} uses on trial or in service has been examined.",
            found.live,
        )
    if found.live == 1:
        return say("The only use on trial or in service is examined in part.")
    parts = [
        say.plural("one is examined wholly", "{n} are examined wholly", len(found.whole))
        if found.whole
        else say("none is examined wholly"),
        say.plural("one in part", "{n} in part", len(found.part)) if found.part else say("none in part"),
        say.plural("one not at all", "{n} not at all", len(found.none)) if found.none else say("none is left out"),
    ]
    listed_parts = ", ".join(map(inside, parts))
    return say("Of {live} uses on trial or in service, {parts}.", live=say.whole(found.live), parts=listed_parts)
