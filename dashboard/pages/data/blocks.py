"""What there is to say of the data of one system: a question, its answer in a sentence, and the table behind it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from boussole.audits.decisions.overview import LogState, RowsAside, SchemaChangeCount
from boussole.audits.systems import System
from boussole.dashboard.pages.data.set_aside import reason_words
from boussole.dashboard.pages.data.words import change_words, exclusion_words, local, log_words, when
from boussole.dashboard.words.say import Say

MOST = 12
"""Rows of a table that are shown; the command line lists them all."""


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
