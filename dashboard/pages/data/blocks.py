"""What there is to say of the data of one system, and of its rows set aside: a question, a sentence, a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from boussole.audits.decisions.overview import LogState, RowsAside, SchemaChangeCount
from boussole.audits.reasons import Reason
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
    """The words of a reason for which a row is set aside; one of another version is quoted as it is.

    >>> from boussole.dashboard.markup.words import speaker
    >>> reason_words("not a number", speaker("en"))[0]
    'It is not a number.'
    >>> reason_words("something new", speaker("en"))[0]
    'something new'
    """
    known = Reason.of(reason)
    if known is None:
        return reason, _correct(say)
    missing = _missing(say).get(known)
    return (missing, _complete(say)) if missing else _table(say)[known]


def _table(say: Say) -> dict[Reason, Words]:
    return {**_of_identity(say), **_of_time(say), **_of_people(say), **_of_values(say), **_of_lines(say)}


def _correct(say: Say) -> str:
    return say("Export these rows, correct them, bring them in again.")


def _complete(say: Say) -> str:
    return say("Have the column filled where the log is written, then bring the rows in again.")


def _which_date(say: Say) -> str:
    return say("Check which of the two dates is wrong.")


def _missing(say: Say) -> dict[Reason, str]:
    identifier = say("The identifier is missing.")
    return {
        Reason.ID_MISSING: identifier,
        Reason.PERSON_MISSING: identifier,
        Reason.ACCOUNT_MISSING: say("The account is missing."),
        Reason.AGENT_MISSING: say("The agent is missing."),
        Reason.TEAM_MISSING: say("The team is missing."),
        Reason.AGENCY_MISSING: say("The agency is missing."),
        Reason.KIND_MISSING: say("The kind of message is missing."),
        Reason.DECISION_MISSING: say("The decision is missing."),
        Reason.DATE_MISSING: say("The date is missing."),
        Reason.PEOPLE_MISSING: say("The number of people is missing."),
        Reason.COUNT_MISSING: say("The count is missing."),
        Reason.SAYS_NOTHING: say("The row says nothing: neither an outcome nor a stage."),
    }


def _of_identity(say: Say) -> dict[Reason, Words]:
    other = say("If these are different decisions, give each its own identifier; if not, nothing is lost.")
    return {
        Reason.DUPLICATE_IN_FILE: (
            say("The identifier appears twice in the same file; the first row was kept."),
            other,
        ),
        Reason.DUPLICATE_IN_LAKE: (say("The log already holds this identifier; its row stays as it was."), other),
        Reason.DIFFERS: (
            say("The log already holds this decision, and its row says something else there; that one stays."),
            say("Find out which is right: a decision that was taken is not rewritten. Correct the file, or discard."),
        ),
        Reason.CHANGED: (
            say("The decision is no longer the one that was logged; the first one stays."),
            say("Find out who changed it: a decision that was taken is not rewritten."),
        ),
    }


def _of_time(say: Say) -> dict[Reason, Words]:
    return {
        Reason.NO_DATE: (say("It is not a date."), say("Write dates as 2026-09-30, then bring the rows in again.")),
        Reason.OUT_OF_TIME: (
            say("The date is too old or in the future."),
            say("Check the clock and the format of dates there."),
        ),
        Reason.NO_SUCH_HOUR: (
            say("There is no such hour: on that day clocks were put forward over it."),
            say("Have hours written with their offset from UTC, or check `timezone` in the system file."),
        ),
        Reason.OLD_REPLY: (say("The reply is older than the message."), _which_date(say)),
        Reason.OLD_REVIEW: (say("The review is older than the decision it is about."), _which_date(say)),
        Reason.CLOSED_BEFORE: (say("The list closed before the message was sent."), _which_date(say)),
        Reason.SEALED: (
            say("Its month is closed: the rows of that month were erased."),
            say("Nothing: the counts of a closed month stay as they are."),
        ),
        Reason.PAST: (
            say("It is older than what was erased for its age."),
            say("Nothing: what was erased does not come back."),
        ),
    }


def _of_people(say: Say) -> dict[Reason, Words]:
    return {
        Reason.UNKNOWN_TEAM: (
            say("It is none of the teams that the system file lists."),
            say("If it is a new team, add it to the system file; if not, correct the rows."),
        ),
        Reason.TWO_TEAMS: (
            say("This agent is in another team in the same month; their first team was kept."),
            say("Check in which team the agent was that month, then correct the rows."),
        ),
        Reason.NEGATIVE_TIME: (say("A review cannot take less than no time."), _correct(say)),
        Reason.EXACT_AGE: (
            say("It is an exact age, which is not kept."),
            say("Have a band written in its place, such as 25-49."),
        ),
    }


def _of_values(say: Say) -> dict[Reason, Words]:
    number, whole = say("It is not a number."), say("It is not a whole number of 0 or more.")
    return {
        Reason.NO_NUMBER: (number, _correct(say)),
        Reason.NOT_FINITE: (number, _correct(say)),
        Reason.WORDS: (
            number,
            say("If the column holds words, give it `kind: category` in the system file; if not, correct the rows."),
        ),
        Reason.NOT_WHOLE: (whole, _correct(say)),
        Reason.WEIGHT: (whole, _correct(say)),
        Reason.RANK: (say("The rank is not a whole number from 1."), _correct(say)),
        Reason.OUT_OF_RANGE: (
            say("The number is outside the range that the system file gives."),
            say("Check `range` in the system file, then the rows."),
        ),
        Reason.SCORE: (
            say("The score is outside the range that the system file declares."),
            say("Check `score.range` in the system file, then the rows."),
        ),
        Reason.NO_STAGE: (say("It is neither true nor false."), _correct(say)),
        Reason.NO_DECISION: (
            say("It is none of the decisions that the system file names."),
            say("If it is a new decision, add it to the system file; if not, correct the rows."),
        ),
        Reason.NOT_DECLARED: (
            say("It is none of the values that the system file declares."),
            say("If it is a new value, add it to the system file; if not, correct the rows."),
        ),
    }


def _of_lines(say: Say) -> dict[Reason, Words]:
    return {
        Reason.TOO_LONG: (
            say("The value is too long."),
            say("Look for a text, or a file, in the place of a value, or for a quotation mark that does not close."),
        ),
        Reason.FORMULA: (
            say("It is a spreadsheet formula, not a value."),
            say("Export the values from the spreadsheet."),
        ),
        Reason.EXCEL_ERROR: (
            say("It is an error of Excel, not a value."),
            say("Correct the cell in the workbook, then bring the rows in again."),
        ),
        Reason.UNREADABLE: (
            say("The line cannot be split into columns."),
            say("Check separators and quotation marks of the file."),
        ),
        Reason.NAMELESS: (
            say("A value stands in a column without a name."),
            say("Name the column in the first line, or remove the value."),
        ),
        Reason.TOTALS: (
            say("It is a line of totals, nobody’s decision."),
            say("Nothing: it counts nowhere. Leave it out of the next export."),
        ),
    }
