"""The words of the drift page: periods, themes, states, and why something has no figure."""

from __future__ import annotations

import datetime as dt
from functools import cache, lru_cache

from babel.dates import format_date

from boussole.audits.drift.compared import DECISION, OUTCOME
from boussole.audits.drift.control_counts import CONTROL
from boussole.audits.drift.series import Against, Step
from boussole.audits.languages import capital, inside
from boussole.audits.languages import period_words as plain_period
from boussole.audits.measures import Measure
from boussole.audits.systems.model import System
from boussole.audits.windows import Window
from boussole.charter.drift.readings import GAPS, MEANING
from boussole.charter.drift.rule import SCORE
from boussole.charter.judging.families import decision
from boussole.charter.judging.wording.naming import feature
from boussole.dashboard.charts.groups import attribute_name, reason_words
from boussole.dashboard.words.say import Say

WEEK, MONTH = 7, 28


@cache
def state_words(state: str, say: Say) -> str:
    """What a mark means here."""
    words = {
        "kept": say("Steady"),
        "watch": say("Has moved"),
        "broken": say("Has moved a lot"),
        "unknown": say("We cannot tell"),
        "not_examined": say("Not compared"),
    }
    return words[state]


def theme_words(theme: str, say: Say) -> str:
    """A theme as the head of a row."""
    words = {
        "inputs": say("The inputs"),
        SCORE: say("The scores"),
        DECISION: say("The decisions"),
        OUTCOME: say("What became of people"),
        MEANING: say("What scores mean"),
        "groups": say("The groups"),
        GAPS: say("What each is given"),
    }
    return words[theme]


def name_of(column: str, theme: str, system: System, say: Say) -> str:
    """A column or an attribute as people call it, inside a sentence."""
    if theme == "groups":
        return inside(attribute_name([column], say, system=system))
    control = system.controls.get(column.removesuffix(f" ({CONTROL})"))
    if control is not None and column not in system.watched:
        return inside(say.text(control.title, column))
    return feature(system, column, say.lang)


def title_of(measure: Measure, theme: str, system: System, say: Say) -> str:
    """What a drawing is about."""
    column = (measure.group or ("",))[0]
    if theme == SCORE:
        return say("The score")
    if theme == DECISION:
        return say("Share of people {selected}", selected=decision(system, say.lang))
    if theme == OUTCOME:
        return say("Share of positive outcomes, of those known")
    return capital(name_of(column, theme, system, say))


@lru_cache(maxsize=4096)
def period_words(window: Window, say: Say) -> str:
    """A window by its name: a month, a week, a day, or from when to when."""
    if window.start == window.end:
        return say.date(window.start)
    if not window.start.weekday() and (window.end - window.start).days == WEEK - 1:
        return say("week of {date}", date=say.date(window.start))
    return say.period(str(window.start), str(window.end))


def beside_words(window: Window, say: Say) -> str:
    """The name of a window as it goes on after "compared with".

    >>> from boussole.dashboard.words.say import speaker
    >>> beside_words(Window(dt.date(2018, 1, 1), dt.date(2018, 10, 31)), speaker("en"))
    'the period from 1 January 2018 to 31 October 2018'
    >>> beside_words(Window(dt.date(2018, 1, 1), dt.date(2018, 1, 31)), speaker("en"))
    'January 2018'
    """
    told = period_words(window, say)
    unnamed = told == plain_period(window.start, window.end, say.lang)
    return say("the period {ends}", ends=told) if unnamed else told


def since_words(window: Window, say: Say) -> str:
    """From when on something holds: a month by its name, else the first day."""
    if (window.end - window.start).days >= MONTH - 1:
        return say("So it has been since {month}.", month=period_words(window, say))
    return say("So it has been since {date}.", date=say.date(window.start))


def short_words(window: Window, step: Step, say: Say) -> tuple[str, str]:
    """The name of a window in two short lines."""
    if step == "month":
        return say.short_month(window.start)
    return format_date(window.start, "d MMM", locale=say.lang), str(window.start.year)


def against_words(against: Against, say: Say) -> str:
    """What windows are compared with."""
    words = {
        "reference": say("the reference period"),
        "previous": say("the period before"),
        "examined": say("the period examined last"),
    }
    return words[against]


def step_words(step: Step, say: Say) -> str:
    """How time is cut."""
    return {"month": say("by month"), "week": say("by week"), "day": say("by day")}[step]


def why_not(reason: str, system: System, say: Say, *, readable_from: str = "") -> str:
    """Why a window or a column has no figure, in a few words."""
    return _why_not(reason, system.privacy.suppress_below, say, readable_from)


@cache
def _why_not(reason: str, least: int, say: Say, readable_from: str) -> str:
    words = {
        "no_reference": say("no reference period is declared"),
        "empty_reference": say("the period compared with holds no decision"),
        "no_earlier": say("no period before it holds a decision"),
        "none_examined": say("no earlier period was examined"),
        "is_reference": say("this is the reference period"),
        "overlaps": say("it shares days with the period compared with"),
        "empty_window": say("this period holds no decision"),
        "small_group": say("hidden: fewer than {n} people or decisions", n=say.whole(least)),
        "no_values": say("the column is empty in one of the two periods"),
        "one_bin": say("the column holds one value only"),
        "not_audited": say("one of the two periods has no audit"),
        "groups_hidden": say("too few groups can be shown"),
        "is_group": say("its values are groups: what audits tell of them stands there"),
        "not_counted": say("its values are counted by whole months, since the file declares them"),
        "few_outcomes": say("too few outcomes to tell"),
        "few_reference_outcomes": say("too few outcomes in the reference period"),
        "other_scores": say("many of these scores did not occur in the reference period"),
        "one_score": say("there is one score only"),
    }
    if reason == "not_mature" and readable_from:
        date = say.date(dt.date.fromisoformat(readable_from))
        return say("what became of people can be read from {date} on", date=date)
    return words.get(reason) or reason_words(reason, say)
