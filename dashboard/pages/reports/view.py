"""The reports of a workspace: each checked against what was sealed; one made beside the page, which takes seconds."""

from __future__ import annotations

import datetime as dt
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from boussole.audits.errors import BoussoleError, ReportError
from boussole.audits.hashing import sha256_hex
from boussole.audits.languages import LANGUAGES, capital
from boussole.audits.workspace import Workspace
from boussole.charter.records.store.summaries import AuditSummary
from boussole.dashboard.markup.templates import PageData
from boussole.dashboard.markup.words import Say, language_names
from boussole.dashboard.markup.words.addresses import evidence_href
from boussole.dashboard.report.attachments import Ledger, ReportCheck, ReportSeals, held, read_report
from boussole.dashboard.server.process import noted
from boussole.dashboard.views.fields import ChoiceField, Option, settled
from boussole.dashboard.views.papers import in_file, parse_period, period_title, report_title

# A report takes seconds: it is made beside the page, one at a time, whether somebody looks or not.


State = Literal["waiting", "running", "done", "failed"]
KEPT = 50
"""Jobs that are remembered after they ended."""
LOOKED_AT_EVERY = 1.5
"""Seconds after which a page looks again at what is under way."""


@dataclass(kw_only=True)
class Job:
    """One report that was asked for, about some `systems` or all. `told`: the name of the file, or what failed."""

    home: Path
    period: str | None
    lang: str
    systems: tuple[str, ...] = ()
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


_jobs: OrderedDict[tuple[Path, str | None, str, tuple[str, ...]], Job] = OrderedDict()
_lock = threading.Lock()
_turn = threading.Lock()


def make(workspace: Workspace, *, period: str | None, lang: str, systems: tuple[str, ...] = ()) -> Job:
    """Has a report made; one that is under way is not made twice."""
    key = (workspace.home, period, lang, systems)
    with _lock:
        held = _jobs.get(key)
        if held is not None and held.under_way:
            return held
        job = _jobs[key] = Job(home=workspace.home, period=period, lang=lang, systems=systems)
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
            path = write_report(Workspace(job.home), period=job.period, lang=job.lang, out=None, systems=job.systems)
            job.told, job.state = path.name, "done"
        except BoussoleError as error:
            job.told, job.next_step, job.state = error.what, error.next_step or "", "failed"
        except Exception as error:  # noqa: BLE001 (it is noted and told)
            noted(error, f"the report {job.period or 'of all'} in {job.lang}")
            job.told, job.state = "", "failed"


# The reports of a workspace: what each is about, whether what it holds is what was sealed, and what is being made.


TAKE = "/report-file"
"""Where reports are taken from."""
NAME = re.compile(
    r"boussole-(?P<period>\d{4}(?:-Q[1-4]|-\d\d(?:-\d\d)?)?)(?:-(?P<systems>[a-z][a-z0-9_+]{0,159}))?-(?P<lang>[a-z]{2})"
    r"(?:-[1-9]\d{0,5})?\.pdf"
)
KNOWN = 256
"""Files of which it is remembered what they are."""
PERIODS = 24
"""Periods of which a report is offered, the latest first."""


SealState = Literal["sealed", "unsealed", "changed", "damaged"]
"""As it was made; made before reports were sealed; another file than was sealed; with other attachments."""


_known: dict[str, ReportSeals | None] = {}


@dataclass(frozen=True, kw_only=True)
class Report:
    """One PDF. `entry` seals the file, `entries` the audits that it carries, of the `chosen` systems, or of all."""

    name: str
    period: str
    lang: str
    made: dt.datetime
    size: int
    state: SealState
    entry: int | None
    entries: Sequence[int]
    chosen: Sequence[str] = ()


def named(name: str) -> tuple[str, str, str]:
    """The period, the language and the chosen systems that a file's name tells; all empty where it is no report's.

    >>> named("boussole-2026-Q3-fr.pdf"), named("boussole-2026-09-30-en.pdf"), named("../x.pdf")
    (('2026-Q3', 'fr', ''), ('2026-09-30', 'en', ''), ('', '', ''))
    >>> named("boussole-2026-Q3-fr-2.pdf"), named("boussole-2026-chatft+matchft-fr.pdf")
    (('2026-Q3', 'fr', ''), ('2026', 'fr', 'chatft+matchft'))
    """
    found = NAME.fullmatch(name)
    if found is None or found["lang"] not in LANGUAGES:
        return "", "", ""
    return found["period"], found["lang"], found["systems"] or ""


def report_path(workspace: Workspace, name: str) -> Path | None:
    """The file of a report by its name; None for a name that is none, or where there is no such file."""
    if not named(name)[0]:
        return None
    path = workspace.reports / name
    return path if path.is_file() and not path.is_symlink() else None


def reports(workspace: Workspace) -> list[Report]:
    """All reports, those of the latest period first."""
    paths = [path for path in workspace.reports.glob("boussole-*.pdf") if report_path(workspace, path.name)]
    ledger = Ledger(workspace)
    found = [_read(ledger, path) for path in paths]
    return sorted(found, key=lambda report: (_last_day(report.period), report.made, report.lang), reverse=True)


def content_to_take(workspace: Workspace, name: str) -> bytes | None:
    """The bytes of a report, None where there is none; raises ReportError for a file that is not as it was sealed."""
    path = report_path(workspace, name)
    if path is None:
        return None
    content = path.read_bytes()
    if _state(_checked(Ledger(workspace), name, content), name) in ("changed", "damaged"):
        raise ReportError(
            "this file is not the report that was sealed: it was changed after it was made.",
            where=name,
            next_step="Make the report again; a backup has the one that was sealed.",
        )
    return content


def _read(ledger: Ledger, path: Path) -> Report:
    content = path.read_bytes()
    found = _checked(ledger, path.name, content)
    sealed = found.sealed if found is not None else None
    if sealed is None:
        made = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
    else:
        made = dt.datetime.fromisoformat(sealed.time)
    period, lang, _ = named(path.name)
    return Report(
        name=path.name,
        period=period,
        lang=lang,
        made=made,
        size=len(content),
        state=_state(found, path.name),
        entry=sealed.entry if sealed else None,
        entries=() if found is None else found.in_ledger or (),
        chosen=sealed.chosen if sealed else (),
    )


def _state(found: ReportCheck | None, name: str) -> SealState:
    if found is None or found.problems:
        return "damaged"
    if found.sealed is not None:
        sealed = found.sealed.period, found.sealed.lang, in_file(found.sealed.chosen)
        return "sealed" if named(name) == sealed else "changed"
    return "changed" if found.others else "unsealed"


def _checked(ledger: Ledger, name: str, content: bytes) -> ReportCheck | None:
    """What a report holds, as the ledger knows it now; None for a file that is none. A content is read once."""
    key = sha256_hex(content)
    try:
        found = _known[key]
    except KeyError:
        found = _read_report(ledger.workspace.reports / name, content)
        if len(_known) >= KNOWN:
            _known.clear()
        _known[key] = found
    return None if found is None else held(found, ledger)


def _read_report(path: Path, content: bytes) -> ReportSeals | None:
    try:
        return read_report(path, content)
    except ReportError:
        return None


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


LONGEST = 100
"""Characters of one thing that an address asks for."""


@dataclass(frozen=True, kw_only=True)
class ReportsQuery:
    """Which reports an address asks for, or are to be made: of a period, in a language, with a system."""

    period: str = ""
    language: str = ""
    system: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> ReportsQuery:
        """What an address asks for, unread."""
        return cls(**{key: query.get(key, "")[:LONGEST] for key in cls.__dataclass_fields__})


def fields_of(
    found: Sequence[Report],
    history: Sequence[AuditSummary],
    asked: ReportsQuery,
    say: Say,
    *,
    titles: Mapping[str, str],
    may_make: bool,
) -> list[ChoiceField]:
    """The periods, languages and systems that can be chosen: those with a report or, for makers of one, an audit."""
    ready = sorted({each.period for each in found} | set(periods(history) if may_make else ()), key=_newest_first)
    spoken = language_names(say)
    told = {system for each in found for system in systems_of(each, history)}
    told |= {each.system for each in history} if may_make else set()
    named: list[tuple[str, str, str, list[tuple[str, str]]]] = [
        ("period", say("Period"), say("All periods"), [(each, _period_words(each, say)) for each in ready]),
        ("language", say("Language"), say("All languages"), [(each, spoken[each]) for each in LANGUAGES]),
        ("system", say("System"), say("All systems"), [(each, titles.get(each, each)) for each in sorted(told)]),
    ]
    return [
        settled(
            key, label, getattr(asked, key), [Option(value=value, name=name) for value, name in [("", every), *more]]
        )
        for key, label, every, more in named
    ]


def chosen_of(fields: Sequence[ChoiceField]) -> ReportsQuery:
    """What was chosen, of what there is."""
    return ReportsQuery(**{field.key: field.value for field in fields})


def _newest_first(period: str) -> tuple[int, int, str]:
    """A period by its last day, the longest first of those that end together."""
    return -dt.date.fromisoformat(_last_day(period)).toordinal(), len(period), period


def _period_words(period: str, say: Say) -> str:
    return capital(period_title(period, say.lang) or say("newest audits up to {date}", date=say.date(period)))


def systems_of(report: Report, history: Sequence[AuditSummary]) -> set[str]:
    """The systems whose audits a report carries."""
    return {each.system for each in history if each.entry in report.entries}


def picked(found: Sequence[Report], history: Sequence[AuditSummary], chosen: ReportsQuery) -> list[Report]:
    """The reports of a period, in a language, with a system."""
    return [
        each
        for each in found
        if chosen.period in ("", each.period)
        and chosen.language in ("", each.lang)
        and (not chosen.system or chosen.system in systems_of(each, history))
    ]


def under_way(found: Sequence[Job], say: Say, *, titles: Mapping[str, str]) -> tuple[str, Sequence[PageData]]:
    """What is being made, and how it ended: the tone of it all, and each. `titles`: of systems."""
    ended = "broken" if found and found[0].state == "failed" else "kept"
    lines = [
        {
            "state": "under way" if job.under_way else "done" if job.state == "done" else "failed",
            "what": report_title(job.period, job.lang, say, [titles.get(each, each) for each in job.systems]),
            "seconds": say.whole(job.seconds),
            "told": job.told,
            "href": f"{TAKE}/{job.told}",
            "next_step": job.next_step,
        }
        for job in found
    ]
    return "unknown" if any(job.under_way for job in found) else ended, lines


def listed(found: Sequence[Report], say: Say, *, query: Mapping[str, str], titles: Mapping[str, str]) -> list[PageData]:
    """Every report with what it holds. `titles`: of systems."""
    told = {
        "sealed": say("Yes: byte for byte as it was sealed"),
        "unsealed": say("Nobody can say: it was made before reports were sealed"),
        "changed": say("No: the file was changed after it was made. Make the report again."),
        "damaged": say("No: what is attached to it is not what was sealed. Make the report again."),
    }
    return [
        {
            "title": capital(
                report_title(each.period, each.lang, say, [titles.get(name, name) for name in each.chosen])
            ),
            "made": say.short_moment(each.made),
            "told": told[each.state],
            "whole": each.state in ("sealed", "unsealed"),
            "seals": [
                (say("entry {n}", n=str(entry)), evidence_href(query=query, entry=str(entry)))
                for entry in [*([each.entry] if each.entry is not None else []), *each.entries]
            ],
            "size": say.whole(max(1, each.size // 1000)),
            "href": f"{TAKE}/{each.name}",
        }
        for each in found
    ]
