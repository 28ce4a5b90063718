"""Each source as a row of the data page: how fresh it is, when it was read, what it gave, and the words of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from boussole.audits.decisions.freshness import Late, lateness
from boussole.audits.decisions.overview import LogArrivals, LogContents, LogState, SchemaChangeCount
from boussole.audits.log_names import LogName
from boussole.audits.systems import System
from boussole.audits.systems.kinds import Every
from boussole.audits.systems.logs import LOG_TYPES
from boussole.dashboard.markup.words import Say
from boussole.dashboard.views.store import StoreFacts
from boussole.experiments.status import SourceStatus

FRESH, LATE, FAILED, SILENT, FREE, HIDDEN = "fresh", "late", "failed", "silent", "free", "hidden"
MARKS = {
    FRESH: "kept",
    LATE: "watch",
    FAILED: "watch",
    SILENT: "unknown",
    FREE: "not_examined",
    HIDDEN: "unknown",
}
"""The mark of each state: `silent` has given nothing yet, of `free` nobody has said how often something is due,
`hidden` cannot be told while the lake cannot be read."""


@dataclass(frozen=True, kw_only=True)
class SourceFault:
    """What is wrong with a source, what to do, and the tool's own words where there are no plain ones."""

    sentence: str
    step: str
    message: str = ""


@dataclass(frozen=True, kw_only=True)
class SourceRow:
    """One source."""

    system: str
    title: str
    source: str
    logs: str
    state: str
    mark: str
    freshness: str
    due: str
    newest: str
    read: str
    rows: str
    set_aside: str
    problem: SourceFault | None


@dataclass(frozen=True, kw_only=True)
class _SystemSources:
    system: System
    title: str
    held: Sequence[LogContents]
    readable: bool
    now: dt.datetime
    say: Say

    @property
    def zone(self) -> ZoneInfo:
        return self.system.zone


def source_rows(facts: StoreFacts, systems: Mapping[str, System], *, now: dt.datetime, say: Say) -> list[SourceRow]:
    """One row for each declared source, then for each other way by which rows came; `now` knows its zone."""
    found: list[SourceRow] = []
    for name, system in systems.items():
        seen = _SystemSources(
            system=system,
            title=say.text(system.title, name),
            held=facts.lake.systems.get(name, LogState()).held,
            readable=facts.trouble is None,
            now=local(now, system.zone),
            say=say,
        )
        mine = [status for status in facts.statuses if status.system == name]
        ways = {status.source.partition(":")[0] for status in mine}
        arrived = [item for item in facts.lake.arrived if item.system == name and _way(item) not in ways]
        found += [*(_declared(status, seen) for status in mine), *(_other(item, seen) for item in arrived)]
    return found


def _way(item: LogArrivals) -> str:
    """The kind of source that something came from: traces come from the same source as runs."""
    return item.way.removesuffix("-traces")


def _declared(status: SourceStatus, seen: _SystemSources) -> SourceRow:
    say = seen.say
    newest = _newest(seen, status.source.partition(":")[0], status.log)
    last = newest or (local(status.last_new, seen.zone) if status.last_new else None)
    late = lateness(status.every, last, seen.now) if last else None
    state = _state(status, last=last, late=late, readable=seen.readable)
    return SourceRow(
        system=seen.system.id,
        title=seen.title,
        source=source_words(status.source, say),
        logs=log_words(status.log, say) if status.log else "",
        state=state,
        mark=MARKS[state],
        freshness=_freshness(state, late, say),
        due=say("due {every}", every=every_words(status.every, say)) if status.every else "",
        newest=say.date(newest.date()) if newest else "",
        read=_read(status, seen),
        rows=_whole(status.rows, say),
        set_aside=_whole(status.quarantined, say),
        problem=_problem(status, state, last, say),
    )


def _whole(count: int | None, say: Say) -> str:
    """A count; a dash where nobody can say: it is no 0."""
    return "—" if count is None else say.whole(count)


def _newest(seen: _SystemSources, way: str, log: LogName | None) -> dt.datetime | None:
    found = {
        held.log: max(moments)
        for held in seen.held
        if (moments := [at for by, at in held.by_way.items() if by.removesuffix("-traces") == way])
    }
    return found.get(log or "decisions") or (None if log else max(found.values(), default=None))


def _state(status: SourceStatus, *, last: dt.datetime | None, late: Late | None, readable: bool) -> str:
    if status.failure:
        return FAILED
    if not readable:
        return HIDDEN
    if last is None:
        return SILENT
    if status.every is None:
        return FREE
    return LATE if late else FRESH


def _freshness(state: str, late: Late | None, say: Say) -> str:
    if late and state == LATE:
        return late_words(late, say)
    words = {
        FRESH: say("Up to date"),
        FAILED: say("Not fully read"),
        SILENT: say("Nothing yet"),
        FREE: say("No frequency declared"),
        HIDDEN: say("Not known at this moment"),
    }
    return words[state]


def _read(status: SourceStatus, seen: _SystemSources) -> str:
    say = seen.say
    if status.last_attempt is None:
        return say("never")
    tried = when(local(status.last_attempt, seen.zone), seen.now, say)
    if status.last_success is None:
        return say("never; tried {when}", when=tried)
    done = when(local(status.last_success, seen.zone), seen.now, say)
    return say("{done}; tried {when}", done=done, when=tried) if status.failure else done


def _problem(status: SourceStatus, state: str, last: dt.datetime | None, say: Say) -> SourceFault | None:
    if state == FAILED and status.failure:
        why, step = failure_words(status.failure, say)
        message = "" if why else status.failure
        return SourceFault(sentence=why or say("Something of it could not be read."), step=step, message=message)
    if state == LATE and last and status.every:
        sentence = say(
            "Its newest row is of {date}, and something new is due {every}: the figures end there.",
            date=say.date(last.date()),
            every=every_words(status.every, say),
        )
        return SourceFault(
            sentence=sentence, step=say("Ask whether rows are still written there, then run `boussole sync`.")
        )
    if state == SILENT:
        step = say("Run `boussole sync`, or check what the system file says of this source.")
        return SourceFault(sentence=say("It has given nothing yet."), step=step)
    return None


def _other(item: LogArrivals, seen: _SystemSources) -> SourceRow:
    """What came without a declared source: nobody has said how often something is due."""
    say = seen.say
    newest = _newest(seen, _way(item), item.log)
    return SourceRow(
        system=seen.system.id,
        title=seen.title,
        source=source_words(item.way, say),
        logs=log_words(item.log, say),
        state=FREE,
        mark=MARKS[FREE],
        freshness=_freshness(FREE, None, say),
        due="",
        newest=say.date(newest.date()) if newest else "",
        read=when(local(item.last, seen.zone), seen.now, say),
        rows=say.whole(item.rows),
        set_aside=say.whole(item.quarantined),
        problem=None,
    )


def log_words(log: LogName, say: Say) -> str:
    """What the rows of a log are."""
    return say.text(LOG_TYPES[log].title)


def source_words(source: str, say: Say) -> str:
    """The name of a source, from the one that a sync gives it, or from the way that something came.

    >>> from boussole.dashboard.markup.words import speaker
    >>> source_words("duckdb:in/log.duckdb?table=hires (outcomes)", speaker("en"))
    'DuckDB, table “hires”'
    >>> source_words("duckdb:in/log.duckdb?query=1f2e3d4c", speaker("en"))
    'DuckDB, a query of log.duckdb'
    """
    ways = {
        "file": say("Files brought in by hand"),
        "quarantine": say("Rows that were corrected"),
        "mlflow": say("MLflow, no longer named in the system file"),
        "mlflow-traces": say("MLflow traces, no longer named in the system file"),
        "duckdb": say("DuckDB, no longer named in the system file"),
    }
    if source in ways:
        return ways[source]
    kind, _, rest = source.partition(":")
    if kind == "mlflow":
        return say("MLflow, experiment “{name}”", name=rest)
    if kind == "duckdb":
        path, _, what = rest.partition("?table=")
        if what:
            return say("DuckDB, table “{name}”", name=what.partition(" (")[0])
        return say("DuckDB, a query of {file}", file=path.partition("?")[0].rpartition("/")[2])
    return source


def every_words(every: Every, say: Say) -> str:
    """How often, inside a sentence."""
    words: dict[Every, str] = {
        "hour": say("every hour"),
        "day": say("every day"),
        "week": say("every week"),
        "month": say("every month"),
        "quarter": say("every quarter"),
        "year": say("every year"),
    }
    return words[every]


def late_words(late: Late, say: Say) -> str:
    """By how much, as the text of a mark."""
    if late.unit == "hour":
        return say.plural("Late by one hour", "Late by {hours} hours", late.n, hours=say.whole(late.n))
    return say.plural("Late by one day", "Late by {days} days", late.n, days=say.whole(late.n))


def when(moment: dt.datetime, now: dt.datetime, say: Say) -> str:
    """A moment as people say it: with its time only while that matters. Both are on the same clock."""
    days = (now.date() - moment.date()).days
    if days == 0:
        return say("today at {time}", time=say.time(moment))
    if days == 1:
        return say("yesterday at {time}", time=say.time(moment))
    return say.date(moment.date())


def local(moment: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """A moment on the clock of a system; without a zone it is taken as UTC.

    >>> local(dt.datetime(2026, 11, 25, 12, 0), ZoneInfo("Europe/Paris"))
    datetime.datetime(2026, 11, 25, 13, 0)
    """
    aware = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
    return aware.astimezone(zone).replace(tzinfo=None)


def change_words(changed: SchemaChangeCount, say: Say) -> tuple[str, str]:
    """What changed in the columns of a log, and what to do about it."""
    before, _, after = changed.detail.partition(" -> ")
    told = {
        "new_column": (
            say("A new column, which is not read."),
            say("If it matters for fairness, add it to the system file."),
        ),
        "read_column": (
            say("A new column, which is read from now on."),
            say("Nothing, if it is meant: what it says is in no earlier row."),
        ),
        "lost_column": (
            say("The column is gone."),
            say("Ask the team why: what rests on it can no longer be measured."),
        ),
        "absent_column": (
            say("The column is not there; it counts as not known yet."),
            say("Nothing, if it comes later in a log of its own."),
        ),
        "changed_type": (
            say("The values were {before}, now they are {after}.", before=_kind(before, say), after=_kind(after, say)),
            say("Check that the values still mean the same."),
        ),
        "new_value": (
            say("Values never seen before: {values}.", values=changed.detail),
            say("Check that they are meant; if not, have them corrected where the log is written."),
        ),
        "rare_value": (
            say("Values never seen before, which few rows have: {n}.", n=changed.detail),
            say("Look in the file which they are; they are not named here, as they could say who somebody is."),
        ),
        "undeclared_value": (
            say("Rows came with a value that is not declared: they count as undeclared."),
            say("Have them corrected where the log is written, or declare the value in the system file."),
        ),
        "mostly_undeclared": (
            say("Most rows of a file came with a value that is not declared: they count as undeclared."),
            say(
                "If the log only spells values otherwise, declare its spelling in the system file for what comes next; "
                "rows that came in stay as they are."
            ),
        ),
        "infinite_value": (
            say("Infinite numbers, read as missing."),
            say("Have them corrected where the log is written."),
        ),
        "hour_twice": (
            say("Hours that there are twice, when clocks go back, came without their offset: read as the first."),
            say("Have hours written with their offset from UTC where the log is written."),
        ),
        "stage_skipped": (
            say("A stage was reached without the one before it, which counts as reached."),
            say("Have it corrected where the log is written; a stage that can be skipped has no place in `stages`."),
        ),
        "stop_again": (
            say("People said STOP again: the first one counts."),
            say("Nothing: each STOP is kept."),
        ),
        "early_review": (
            say("Reviews that came in before their decision are older than it: they do not count."),
            say("Have the clock of the reviews, or of the decisions, corrected where the log is written."),
        ),
        "unknown_department": (
            say("Departments that are not known: their messages go by the clock of the system."),
            say("Have them corrected where the log is written."),
        ),
        "unread_value": (
            say("Values that mean neither yes nor no: read as not known."),
            say("Have them corrected where the log is written, or name them in the system file."),
        ),
    }
    return told.get(changed.kind, (changed.kind.replace("_", " "), ""))


def _kind(kind: str, say: Say) -> str:
    words = {"number": say("numbers"), "text": say("text"), "date": say("dates"), "true or false": say("true or false")}
    return words.get(kind, kind)


def exclusion_words(reason: str, say: Say) -> str:
    """Why the rows of a run are out of the figures."""
    words = {
        "deleted": say("It was deleted in MLflow."),
        "gone": say("It is no longer in MLflow."),
    }
    return words.get(reason, reason)


def failure_words(failure: str, say: Say) -> tuple[str, str]:
    """Why a source could not be read and what to do, where that is known in plain words; else the message says it."""
    start = say(
        "Start it, or correct `mlflow_tracking_uri`, then run `boussole sync` again: nothing is lost meanwhile."
    )
    name = say("Correct the name in the system file, then run `boussole sync` again.")
    known = {
        "does not answer": (say("The MLflow server does not answer."), start),
        "takes too long to answer": (say("The MLflow server takes too long to answer."), start),
        "no such DuckDB file": (say("The DuckDB file is not there."), name),
        "no MLflow experiment": (say("MLflow knows no experiment of this name."), name),
        "no table": (say("The DuckDB file holds no table of this name."), name),
    }
    mend = say("Mend what it names, then run `boussole sync` again: nothing is lost meanwhile.")
    return next((words for sign, words in known.items() if sign in failure), ("", mend))
