"""A report takes seconds: it is made beside the page, one at a time, whether somebody looks or not."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.dashboard.server.trouble import noted

State = Literal["waiting", "running", "done", "failed"]
KEPT = 50
"""Jobs that are remembered after they ended."""
LOOKED_AT_EVERY = 1.5
"""Seconds after which a page looks again at what is under way."""


@dataclass(kw_only=True)
class Job:
    """One report that was asked for, about some `systems` or about all. `told`: the name of the file, or why there is
    none."""

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
