"""The reports of a workspace: what each is about, and whether what it holds is what was sealed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from audits.errors import BoussoleError, ReportError
from audits.languages import LANGUAGES
from audits.workspace import Workspace
from charter.records.summaries import AuditSummary
from dashboard.report.checking import check
from dashboard.report.periods import parse_period

NAME = re.compile(r"boussole-(?P<period>\d{4}(?:-Q[1-4]|-\d\d(?:-\d\d)?)?)-(?P<lang>[a-z]{2})\.pdf")
PERIODS = 24
"""Periods of which a report is offered, the latest first."""


@dataclass(frozen=True, kw_only=True)
class Report:
    """One PDF. `entries` are those whose seals it carries; `problems` say what does not hold of it."""

    name: str
    period: str
    lang: str
    made: dt.datetime
    size: int
    entries: Sequence[int]
    problems: Sequence[str]


def named(name: str) -> tuple[str, str]:
    """The period and language that a file's name tells; both empty where it is no report's.

    >>> named("boussole-2026-Q3-fr.pdf"), named("boussole-2026-09-30-en.pdf"), named("../x.pdf")
    (('2026-Q3', 'fr'), ('2026-09-30', 'en'), ('', ''))
    """
    found = NAME.fullmatch(name)
    return (found["period"], found["lang"]) if found and found["lang"] in LANGUAGES else ("", "")


def report_path(workspace: Workspace, name: str) -> Path | None:
    """The file of a report by its name; None for a name that is none, or where there is no such file."""
    if not named(name)[0]:
        return None
    path = workspace.reports / name
    return path if path.is_file() and not path.is_symlink() else None


def reports(workspace: Workspace) -> list[Report]:
    """All reports, those of the latest period first."""
    paths = [path for path in workspace.reports.glob("boussole-*.pdf") if report_path(workspace, path.name)]
    found = [_read(workspace.home, path.name, (stat := path.stat()).st_mtime_ns, stat.st_size) for path in paths]
    return sorted(found, key=lambda report: (_last_day(report.period), report.made, report.lang), reverse=True)


@lru_cache(maxsize=256)
def _read(home: Path, name: str, made: int, size: int) -> Report:
    """What a file holds; one that has not changed is not read again, since what is sealed stays."""
    workspace = Workspace(home)
    period, lang = named(name)
    entries, problems = _checked(workspace, name)
    moment = dt.datetime.fromtimestamp(made / 1e9).astimezone()
    return Report(name=name, period=period, lang=lang, made=moment, size=size, entries=entries, problems=problems)


def _checked(workspace: Workspace, name: str) -> tuple[Sequence[int], Sequence[str]]:
    """The entries whose seals a report carries, and what does not hold of it."""
    try:
        found = check(workspace.reports / name, workspace=workspace)
    except BoussoleError as error:
        return (), (error.what,)
    return found.in_ledger or (), found.problems


def period_title(period: str, lang: str) -> str:
    """A period in words; the day to which the newest audits go, where a report has none.

    >>> period_title("2026-Q3", "en"), period_title("2026-09-30", "en")
    ('Third quarter of 2026', '')
    """
    try:
        return parse_period(period).title(lang)
    except ReportError:
        return ""


def _last_day(period: str) -> str:
    try:
        return parse_period(period).window.end.isoformat()
    except ReportError:
        return period


def periods(history: Sequence[AuditSummary]) -> list[str]:
    """The months, quarters and years in which an audit ends, as they are typed, the latest first."""
    names = set()
    for each in history:
        year = each.end.year
        names |= {f"{year}-{each.end.month:02}", f"{year}-Q{(each.end.month - 1) // 3 + 1}", str(year)}
    return sorted(names, key=lambda name: (_last_day(name), -len(name), name), reverse=True)[:PERIODS]
