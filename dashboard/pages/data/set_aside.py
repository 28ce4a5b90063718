"""What was wrong with rows set aside, and what a steward can do about it, in plain words."""

from __future__ import annotations

from collections.abc import Callable

from boussole.audits.decisions.contracts.decisions import WORDS
from boussole.audits.decisions.examine import CHANGED, DUPLICATE_IN_FILE, DUPLICATE_IN_LAKE, SEALED
from boussole.audits.decisions.held import DIFFERS
from boussole.dashboard.words.say import Say

Words = tuple[str, str]
"""What is wrong, and what to do."""


def reason_words(reason: str, say: Say) -> Words:
    """The words of a reason of the contract; one that has none here is quoted as it is.

    >>> from boussole.dashboard.words.say import speaker
    >>> reason_words("not a number", speaker("en"))[0]
    'It is not a number.'
    >>> reason_words("something new", speaker("en"))[0]
    'something new'
    """
    found = next((words for known, words in _table(say) if known(reason)), None)
    return found or (reason, _correct(say))


def _table(say: Say) -> list[tuple[Callable[[str], bool], Words]]:
    return [*_of_identity(say), *_of_time(say), *_of_values(say)]


def _is(*reasons: str) -> Callable[[str], bool]:
    return lambda reason: reason in reasons


def _starts(start: str) -> Callable[[str], bool]:
    return lambda reason: reason.startswith(start)


def _correct(say: Say) -> str:
    return say("Export these rows, correct them, bring them in again.")


def _complete(say: Say) -> str:
    return say("Have the column filled where the log is written, then bring the rows in again.")


def _of_identity(say: Say) -> list[tuple[Callable[[str], bool], Words]]:
    return [
        (_is("the id is missing", "the person is missing"), (say("The identifier is missing."), _complete(say))),
        (
            _is(DUPLICATE_IN_FILE),
            (
                say("The identifier appears twice in the same file; the first row was kept."),
                say("If these are different decisions, give each its own identifier; if not, nothing is lost."),
            ),
        ),
        (
            _is(DUPLICATE_IN_LAKE),
            (
                say("The log already holds this identifier; its row stays as it was."),
                say("If these are different decisions, give each its own identifier; if not, nothing is lost."),
            ),
        ),
        (
            _is(DIFFERS),
            (
                say("The log already holds this decision, and its row says something else there; that one stays."),
                say(
                    "Find out which is right: a decision that was taken is not rewritten. Correct the file, or discard."
                ),
            ),
        ),
        (
            _is(CHANGED),
            (
                say("The decision is no longer the one that was logged; the first one stays."),
                say("Find out who changed it: a decision that was taken is not rewritten."),
            ),
        ),
    ]


def _of_time(say: Say) -> list[tuple[Callable[[str], bool], Words]]:
    return [
        (_is("the date is missing"), (say("The date is missing."), _complete(say))),
        (
            _starts("not a date"),
            (say("It is not a date."), say("Write dates as 2026-09-30, then bring the rows in again.")),
        ),
        (
            _starts("the date is before"),
            (say("The date is too old or in the future."), say("Check the clock and the format of dates there.")),
        ),
        (
            _is(SEALED),
            (
                say("Its month is closed: the rows of that month were erased."),
                say("Nothing: the counts of a closed month stay as they are."),
            ),
        ),
        (
            _is("the reply is older than the message"),
            (say("The reply is older than the message."), say("Check which of the two dates is wrong.")),
        ),
    ]


def _of_values(say: Say) -> list[tuple[Callable[[str], bool], Words]]:
    return [
        (_is("the decision is missing"), (say("The decision is missing."), _complete(say))),
        (_is("the kind of message is missing"), (say("The kind of message is missing."), _complete(say))),
        (
            _starts("the row says nothing"),
            (say("The row says nothing: neither an outcome nor a stage."), _complete(say)),
        ),
        (
            _starts("neither a `selected`"),
            (
                say("It is none of the decisions that the system file names."),
                say("If it is a new decision, add it to the system file; if not, correct the rows."),
            ),
        ),
        (_is("a stage is true or false"), (say("It is neither true nor false."), _correct(say))),
        (
            _is("not a number", "NaN or infinite", "not a whole number, 0 or more"),
            (say("It is not a number."), _correct(say)),
        ),
        (
            _is(WORDS),
            (
                say("It is not a number."),
                say(
                    "If the column holds words, give it `kind: category` in the system file; if not, correct the rows."
                ),
            ),
        ),
        (_starts("the weight must"), (say("It is not a whole number of 0 or more."), _correct(say))),
        (
            _starts("outside the range"),
            (
                say("The number is outside the range that the system file gives."),
                say("Check `range` in the system file, then the rows."),
            ),
        ),
        (
            _starts("the score is outside"),
            (
                say("The score is outside the range that the system file declares."),
                say("Check `score.range` in the system file, then the rows."),
            ),
        ),
        (
            _is("a spreadsheet formula, not a value"),
            (say("It is a spreadsheet formula, not a value."), say("Export the values from the spreadsheet.")),
        ),
        (
            _starts("the line cannot be read"),
            (say("The line cannot be split into columns."), say("Check separators and quotation marks of the file.")),
        ),
    ]
