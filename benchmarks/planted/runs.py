"""One run: three months simulated, brought in from files and audited month by month, in this process."""

from __future__ import annotations

import datetime as dt
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import yaml

from benchmarks.planted.effects import CONDITIONS
from benchmarks.planted.results import Key, Result
from benchmarks.planted.sizes import TEXTS
from boussole.audits.lake import writing
from boussole.audits.lake.readings import note_reading
from boussole.audits.runs import complete_windows
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.document import AuditDocument
from boussole.charter.document.answers.verdict import Verdict
from boussole.experiments.demo.build import empty, import_logs
from boussole.experiments.demo.simulation import Log, simulate, write, written_logs

AS_OF = dt.date(2026, 11, 30)
"""The day of the audits."""
BAD = (Verdict.WATCH, Verdict.BROKEN)


def run(key: Key) -> Result:
    """Simulates and judges three months."""
    system, condition, size, seed = key
    began = time.process_time()
    with tempfile.TemporaryDirectory(prefix="boussole-") as folder:
        workspace = empty(Path(folder) / "workspace", effects=CONDITIONS[condition])
        if system == "chatft":
            _allow(workspace, size / TEXTS)
        import_logs(workspace, logs_of(key))
        with writing(workspace) as connection:  # of systems with sources, what is imported does not say that it is all
            note_reading(connection, workspace.system(system), "sync")
        documents = audited(workspace, system, first=0 if condition == "nothing" else 1)
    return Result(
        system=system,
        condition=condition,
        size=size,
        seed=seed,
        accused={month: _accused(each) for month, each in documents.items()},
        told={month: _told(each) for month, each in documents.items()},
        seconds=round(time.process_time() - began, 1),
    )


def logs_of(key: Key) -> Sequence[Log]:
    """What a run simulates, log by log."""
    system, condition, size, seed = key
    if system == "chatft":
        written = write(seed=seed, effects=CONDITIONS[condition], times=size / TEXTS)
        return written_logs(written.texts, written.writers)
    made = simulate(size, seed=seed, effects=CONDITIONS[condition])
    return [*made.logged(), *(each for each in made.exported() if each[0] == system)]


def _allow(workspace: Workspace, times: float) -> None:
    """A budget for so many times the texts of the demo."""
    file = workspace.home / "systems" / "chatft.yaml"
    system = yaml.safe_load(file.read_text(encoding="utf-8"))
    for budget in system["generations"]["calls"]["budgets"].values():
        budget |= {name: budget[name] * times for name in ("co2e_kg", "water_l")}
    file.write_text(yaml.safe_dump(system, allow_unicode=True), encoding="utf-8")


def audited(workspace: Workspace, name: str, *, first: int) -> dict[str, AuditDocument]:
    """The audits of the months from the first on that says something: nearly all is planted in the last one."""
    workspace = Workspace(workspace.home)
    system = workspace.system(name)
    return {
        f"{each.start:%Y-%m}": run_audit(workspace, system, start=each.start, end=each.end, as_of=AS_OF)
        for each in complete_windows(workspace, system)[first:]
    }


def _told(document: AuditDocument) -> dict[str, str]:
    examined = (each for each in document.verdicts if each.verdict != Verdict.NOT_EXAMINED)
    return {each.indicator: str(each.verdict) for each in examined}


def _accused(document: AuditDocument) -> dict[str, tuple[str, ...]]:
    """The questions that are watched or not kept, with the measures that are why."""
    found = {}
    for each in document.verdicts:
        if each.verdict in BAD:
            why = tuple(one.measure for one in each.comparisons if one.verdict in BAD)
            found[each.indicator] = why or (each.metric or each.indicator,)
    return found
