"""What there is to say of the data of one system, and of its rows set aside: a question, a sentence, a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from boussole.audits.decisions.contracts.decisions import WORDS
from boussole.audits.decisions.examine import CHANGED, DUPLICATE_IN_FILE, DUPLICATE_IN_LAKE, SEALED
from boussole.audits.decisions.held import DIFFERS
from boussole.audits.decisions.overview import LogState, RowsAside, SchemaChangeCount
from boussole.audits.systems import System
from boussole.dashboard.markup.words import Say
from boussole.dashboard.pages.data.sources import change_words, exclusion_words, local, log_words, when

MOST = 12
"""Rows of a table that are shown; the command line lists them all."""
Words = tuple[str, str]
"""What is wrong, and what to do."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """One question. `commands` are what a steward types, each with what it does."""

    question: str
    answer: str
    head: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    more: str = ""
    commands: Sequence[tuple[str, str]] = ()
    link: tuple[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class DataBlock:
    """A system and what is known of its data."""

    system: System
    state: LogState
    now: dt.datetime
    say: Say

    @property
    def zone(self) -> ZoneInfo:
        return self.system.zone

    def when(self, moment: dt.datetime) -> str:
        """A moment of the lake (UTC) as the system's people say it."""
        return when(local(moment, self.zone), local(self.now, self.zone), self.say)


def blocks(seen: DataBlock) -> tuple[list[Block], str]:
    """The questions that have something to tell, and one line for those that have not."""
    made = [(_set_aside(seen), seen.say("No row is set aside."))]
    made += [(_discarded(seen), "")]
    made += [(_changed(seen), seen.say("The columns are as they were."))]
    made += [(_excluded(seen), seen.say("No run has left the figures."))]
    made += [(_sealed(seen), seen.say("No row was erased for its age."))]
    return [block for block, _ in made if block], " ".join(nothing for block, nothing in made if nothing and not block)


def cut(rows: Sequence[Sequence[str]], say: Say) -> tuple[Sequence[Sequence[str]], str]:
    """The rows of a table that are shown, and how many more there are."""
    left = len(rows) - MOST
    more = say.plural("One more line is not shown.", "{n} more lines are not shown.", left) if left > 0 else ""
    return rows[:MOST], more


def _set_aside(seen: DataBlock) -> Block | None:
    say, aside = seen.say, seen.state.aside
    if not aside:
        return None
    total = sum(item.rows for item in aside)
    told = [(item, reason_words(item.reason, say)) for item in aside]
    rows, more = cut(
        [[_column(item, say), why, say.whole(item.rows), step] for item, (why, step) in told],
        say,
    )
    name = seen.system.id
    return Block(
        question=say("Were rows set aside?"),
        answer=say.plural(
            "Yes. One row, which came {when}, does not keep to the contract of the log, so it is in no figure. It is "
            "kept, encrypted, until somebody corrects it.",
            "Yes. {rows} rows, of which the last came {when}, do not keep to the contract of the log, so they are in "
            "no figure. They are kept, encrypted, until somebody corrects them.",
            total,
            rows=say.whole(total),
            when=seen.when(max(item.last for item in aside)),
        ),
        head=[say("Column"), say("What is wrong"), say("Rows"), say("What to do")],
        rows=rows,
        more=more,
        commands=[
            (
                say("Export them, as they came, to a file that only you can read:"),
                f"boussole quarantine export FILE --system {name} --reason WHY",
            ),
            (
                say("Correct them there, then bring them in again:"),
                f"boussole quarantine resubmit FILE --system {name}",
            ),
        ],
    )


def _discarded(seen: DataBlock) -> Block | None:
    say, discarded = seen.say, seen.state.discarded
    if not discarded:
        return None
    total = sum(item.rows for item in discarded)
    rows, more = cut(
        [
            [say.whole(item.rows), log_words(item.log, say), item.reason, item.role, seen.when(item.at)]
            for item in reversed(discarded)
        ],
        say,
    )
    return Block(
        question=say("Were rows left out for good?"),
        answer=say.plural(
            "Yes. Somebody decided that one row which was set aside will not be corrected. It is in no figure.",
            "Yes. Somebody decided that {rows} rows which were set aside will not be corrected. They are in no figure.",
            total,
            rows=say.whole(total),
        ),
        head=[say("Rows"), say("Log"), say("Why"), say("Who decided"), say("When")],
        rows=rows,
        more=more,
    )


def _column(item: RowsAside | SchemaChangeCount, say: Say) -> str:
    """A column, with its log where that is not the log of decisions."""
    return item.column if item.log == "decisions" else f"{item.column} ({log_words(item.log, say)})"


def _changed(seen: DataBlock) -> Block | None:
    say, changed = seen.say, seen.state.changed
    if not changed:
        return None
    told = [(item, change_words(item, say)) for item in changed]
    rows, more = cut(
        [[_column(item, say), what, seen.when(item.last), step] for item, (what, step) in told],
        say,
    )
    return Block(
        question=say("Have the columns changed?"),
        answer=say.plural(
            "Yes: one change. Rows still come in; what it means has to be looked at.",
            "Yes: {changes} changes. Rows still come in; what they mean has to be looked at.",
            len(changed),
            changes=say.whole(len(changed)),
        ),
        head=[say("Column"), say("What changed"), say("Seen"), say("What to do")],
        rows=rows,
        more=more,
    )


def _excluded(seen: DataBlock) -> Block | None:
    say, excluded = seen.say, seen.state.excluded
    if not excluded:
        return None
    newest = sorted(excluded, key=lambda item: item.at, reverse=True)
    total = sum(item.decisions for item in excluded)
    rows, more = cut(
        [
            [
                item.origin.removeprefix("mlflow:"),
                exclusion_words(item.reason, say),
                say.whole(item.decisions),
                seen.when(item.at),
            ]
            for item in newest
        ],
        say,
    )
    return Block(
        question=say("Have runs left the figures?"),
        answer=say.plural(
            "Yes. One run was deleted in MLflow. Its {rows} decisions wait outside the figures; they come back if the "
            "run does.",
            "Yes. {n} runs were deleted in MLflow. Their {rows} decisions wait outside the figures; they come back if "
            "the runs do.",
            len(excluded),
            rows=say.whole(total),
        ),
        head=[say("MLflow run"), say("Why"), say("Decisions"), say("Since")],
        rows=rows,
        more=more,
    )


def _sealed(seen: DataBlock) -> Block | None:
    say, sealed = seen.say, seen.state.sealed
    if not sealed:
        return None
    rows, more = cut(
        [[say.month(item.month), say.whole(item.decisions), seen.when(item.at)] for item in reversed(sealed)],
        say,
    )
    return Block(
        question=say("Were old rows erased?"),
        answer=say.plural(
            "Yes, for one month. Its counts stay as they were and can no longer be recomputed from rows.",
            "Yes, for {n} months. Their counts stay as they were and can no longer be recomputed from rows.",
            len(sealed),
        ),
        head=[say("Month"), say("Decisions erased"), say("Erased")],
        rows=rows,
        more=more,
    )


def reason_words(reason: str, say: Say) -> Words:
    """The words of a reason of the contract; one that has none here is quoted as it is.

    >>> from boussole.dashboard.markup.words import speaker
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
