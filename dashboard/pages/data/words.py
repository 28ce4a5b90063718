"""The words of the data page: logs, sources, frequencies, how late, what changed."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from boussole.audits.decisions.freshness import Late
from boussole.audits.decisions.overview import SchemaChangeCount
from boussole.audits.log_names import LogName
from boussole.audits.systems.kinds import Every
from boussole.audits.systems.logs import LOG_TYPES
from boussole.dashboard.words.say import Say


def log_words(log: LogName, say: Say) -> str:
    """What the rows of a log are."""
    return say.text(LOG_TYPES[log].title)


def source_words(source: str, say: Say) -> str:
    """The name of a source, from the one that a sync gives it, or from the way that something came.

    >>> from boussole.dashboard.words.say import speaker
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
