"""The words of the drift page: periods, themes, states, what became of a column."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache, lru_cache

from babel.dates import format_date

from boussole.audits.drift.compared import DECISION, OUTCOME
from boussole.audits.drift.series import CONTROL, SET_ASIDE, Against, SchemaMove, Step
from boussole.audits.languages import capital, inside
from boussole.audits.languages import period_words as plain_period
from boussole.audits.measures import Measure
from boussole.audits.systems.model import System
from boussole.audits.windows import Window
from boussole.charter.drift.rule import SCORE
from boussole.charter.drift.system_drift import GAPS, MEANING
from boussole.charter.judging.families import decision
from boussole.charter.judging.wording.naming import feature
from boussole.dashboard.markup.words import Say
from boussole.dashboard.views.charts.groups import attribute_name, reason_words

# The words of the drift page: periods, themes, states, and why something has no figure.


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

    >>> from boussole.dashboard.markup.words import speaker
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


def why_not(reason: str, system: System, say: Say, *, readable_from: dt.date | None = None) -> str:
    """Why a window or a column has no figure, in a few words."""
    return _why_not(reason, system.privacy.suppress_below, say, readable_from)


@cache
def _why_not(reason: str, least: int, say: Say, readable_from: dt.date | None) -> str:
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
        "is_control": say("people are compared within it: its values stand among the inputs, one by one"),
        "cuts_months": say("shares are told of whole months only"),
        "one_class": say("too few people have each of its values"),
        "not_counted": say("its values are counted by whole months, since the file declares them"),
        "few_outcomes": say("too few outcomes to tell"),
        "few_reference_outcomes": say("too few outcomes in the reference period"),
        "other_scores": say("many of these scores did not occur in the reference period"),
        "one_score": say("there is one score only"),
    }
    if reason == "not_mature" and readable_from:
        date = say.date(readable_from)
        return say("what became of people can be read from {date} on", date=date)
    return words.get(reason) or reason_words(reason, say)


# What became of a column, in words: beside the figures, on the timeline, and going on in a sentence.


@dataclass(frozen=True, kw_only=True)
class MoveWords:
    """`whole`: a sentence with its day; `short`: on a timeline; `said`: going on in a sentence."""

    whole: str
    short: str
    said: str


def move_words(move: SchemaMove, system: System, say: Say) -> MoveWords:
    """The words of one change; no value is named."""
    name, date = column_words(move.column, system, say), say.date(move.on)
    head = capital(name)
    short = say("{column}: other data", column=head)
    never_seen = (
        say("{column}: values came that were never seen before ({date}).", column=head, date=date),
        say("values of “{column}” came that were never seen before", column=name),
    )
    words = {
        "changed_type": (
            say("{column}: the column changed its type ({date}).", column=head, date=date),
            say("the column “{column}” changed its type", column=name),
        ),
        "lost_column": (
            say("{column}: the column was missing from a file ({date}).", column=head, date=date),
            say("the column “{column}” was missing from a file", column=name),
        ),
        "absent_column": (
            say("{column}: the log does not have this column ({date}).", column=head, date=date),
            say("the column “{column}” was not in the log", column=name),
        ),
        **dict.fromkeys(
            ("new_column", "read_column"),
            (
                say("{column}: the column came with a later file ({date}).", column=head, date=date),
                say("the column “{column}” came into the log", column=name),
            ),
        ),
        "new_value": never_seen,
        "rare_value": never_seen,
        "undeclared_value": (
            say("{column}: values came that the system file does not declare ({date}).", column=head, date=date),
            say("values of “{column}” came that are not declared", column=name),
        ),
        "mostly_undeclared": (
            say(
                "{column}: most values of a file are not declared in the system file ({date}).", column=head, date=date
            ),
            say("most values of “{column}” in a file were not declared", column=name),
        ),
        "infinite_value": (
            say("{column}: infinite numbers came, read as missing ({date}).", column=head, date=date),
            say("infinite numbers came in the column “{column}”", column=name),
        ),
        SET_ASIDE: (
            say("{column}: rows were left out because of what this column held ({date}).", column=head, date=date),
            say("rows were left out because of what “{column}” held", column=name),
        ),
    }
    whole, said = words[move.kind]
    return MoveWords(whole=whole, short=short, said=said)


def column_words(column: str, system: System, say: Say) -> str:
    """A column of the log as people call what it holds."""
    score = system.log.score
    if score is not None and column == score.column:
        return say("the scores")
    for name, group in system.groups.items():
        if group.column == column:
            return attribute_name([name], say, system=system)
    return name_of(column, "inputs", system, say) if column in system.watched else column
