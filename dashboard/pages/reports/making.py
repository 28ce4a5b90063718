"""Reports are made beside the page, one at a time; what each is about, and whether it holds what was sealed."""

from __future__ import annotations

import datetime as dt
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from boussole.audits.errors import BoussoleError, ReportError
from boussole.audits.hashing import sha256_hex
from boussole.audits.languages import LANGUAGES
from boussole.audits.workspace import Workspace
from boussole.charter.records.store.lookup import last_entry
from boussole.charter.records.store.summaries import AuditSummary
from boussole.dashboard.report.attachments import ReportCheck, check
from boussole.dashboard.server.trouble import noted
from boussole.dashboard.views.periods import parse_period

# A report takes seconds: it is made beside the page, one at a time, whether somebody looks or not.


State = Literal["waiting", "running", "done", "failed"]
KEPT = 50
"""Jobs that are remembered after they ended."""
LOOKED_AT_EVERY = 1.5
"""Seconds after which a page looks again at what is under way."""


@dataclass(kw_only=True)
class Job:
    """One report that was asked for. `told`: the name of the file, or why there is none."""

    home: Path
    period: str | None
    lang: str
    asked: float = field(default_factory=time.monotonic)
    state: State = "waiting"
    told: str = ""
    next_step: str = ""

    @property
    def under_way(self) -> bool:
        return self.state in ("waiting", "running")

    @property
    def seconds(self) -> int:
        """Since when it is under way."""
        return int(time.monotonic() - self.asked)


_jobs: OrderedDict[tuple[Path, str | None, str], Job] = OrderedDict()
_lock = threading.Lock()
_turn = threading.Lock()


def make(workspace: Workspace, *, period: str | None, lang: str) -> Job:
    """Has a report made; one that is under way is not made twice."""
    key = (workspace.home, period, lang)
    with _lock:
        held = _jobs.get(key)
        if held is not None and held.under_way:
            return held
        job = _jobs[key] = Job(home=workspace.home, period=period, lang=lang)
        _jobs.move_to_end(key)
        while len(_jobs) > KEPT and not next(iter(_jobs.values())).under_way:
            _jobs.popitem(last=False)
    threading.Thread(target=_run, args=(job,), name=f"report-{period}-{lang}", daemon=True).start()
    return job


def jobs(workspace: Workspace, *, since: dt.timedelta = dt.timedelta(hours=1)) -> list[Job]:
    """What is under way here, and what ended of late, the latest first."""
    with _lock:
        mine = [job for job in reversed(_jobs.values()) if job.home == workspace.home]
    return [job for job in mine if job.under_way or job.seconds < since.total_seconds()]


def _run(job: Job) -> None:
    from boussole.dashboard.report import write_report  # takes seconds to load

    with _turn:
        job.state = "running"
        try:
            path = write_report(Workspace(job.home), period=job.period, lang=job.lang, out=None)
            job.told, job.state = path.name, "done"
        except BoussoleError as error:
            job.told, job.next_step, job.state = error.what, error.next_step or "", "failed"
        except Exception as error:  # noqa: BLE001 (it is noted and told)
            noted(error, f"the report {job.period or 'of all'} in {job.lang}")
            job.told, job.state = "", "failed"


# The reports of a workspace: what each is about, and whether what it holds is what was sealed.


NAME = re.compile(r"boussole-(?P<period>\d{4}(?:-Q[1-4]|-\d\d(?:-\d\d)?)?)-(?P<lang>[a-z]{2})(?:-[1-9]\d{0,5})?\.pdf")
KNOWN = 256
"""Files of which it is remembered what they are."""
PERIODS = 24
"""Periods of which a report is offered, the latest first."""


SealState = Literal["sealed", "unsealed", "changed", "damaged"]
"""As it was made; made before reports were sealed; another file than was sealed; with other attachments."""


_known: dict[tuple[Path, str, int | None], ReportCheck | None] = {}


@dataclass(frozen=True, kw_only=True)
class Report:
    """One PDF. `entry` seals the file, `entries` the audits that it carries."""

    name: str
    period: str
    lang: str
    made: dt.datetime
    size: int
    state: SealState
    entry: int | None
    entries: Sequence[int]


def named(name: str) -> tuple[str, str]:
    """The period and language that a file's name tells; both empty where it is no report's.

    >>> named("boussole-2026-Q3-fr.pdf"), named("boussole-2026-09-30-en.pdf"), named("../x.pdf")
    (('2026-Q3', 'fr'), ('2026-09-30', 'en'), ('', ''))
    >>> named("boussole-2026-Q3-fr-2.pdf")
    ('2026-Q3', 'fr')
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
    found = [_read(workspace, path) for path in paths]
    return sorted(found, key=lambda report: (_last_day(report.period), report.made, report.lang), reverse=True)


def content_to_take(workspace: Workspace, name: str) -> bytes | None:
    """The bytes of a report as they are handed out; None where there is no such report.

    Raises ReportError for a file that is another than the one that was sealed: who takes it here would believe it.
    """
    path = report_path(workspace, name)
    if path is None:
        return None
    content = path.read_bytes()
    if _state(_checked(workspace, name, content), name) in ("changed", "damaged"):
        raise ReportError(
            "this file is not the report that was sealed: it was changed after it was made.",
            where=name,
            next_step="Make the report again; a backup has the one that was sealed.",
        )
    return content


def _read(workspace: Workspace, path: Path) -> Report:
    content = path.read_bytes()
    found = _checked(workspace, path.name, content)
    sealed = found.sealed if found is not None else None
    if sealed is None:
        made = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
    else:
        made = dt.datetime.fromisoformat(sealed.time)
    period, lang = named(path.name)
    return Report(
        name=path.name,
        period=period,
        lang=lang,
        made=made,
        size=len(content),
        state=_state(found, path.name),
        entry=sealed.entry if sealed else None,
        entries=() if found is None else found.in_ledger or (),
    )


def _state(found: ReportCheck | None, name: str) -> SealState:
    if found is None or found.problems:
        return "damaged"
    if found.sealed is not None:
        return "sealed" if named(name) == (found.sealed.period, found.sealed.lang) else "changed"
    return "changed" if found.others else "unsealed"


def _checked(workspace: Workspace, name: str, content: bytes) -> ReportCheck | None:
    """What a report holds; None for a file that is none. It is read once for each content and state of the ledger."""
    key = workspace.home, sha256_hex(content), last_entry(workspace)
    with suppress(KeyError):
        return _known[key]
    try:
        found = check(workspace.reports / name, workspace=workspace, content=content)
    except ReportError:
        found = None
    if len(_known) >= KNOWN:
        _known.clear()
    _known[key] = found
    return found


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
