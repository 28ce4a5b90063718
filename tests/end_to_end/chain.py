"""From a log to its verdict: workspaces of March 2026, and what every sealed audit must stand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from boussole.audits.decisions import IngestReport, ingest
from boussole.audits.log_names import LogName
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.auditing.rerun import chosen, rerun
from boussole.charter.document import AuditDocument
from boussole.charter.pack import HERE, pack_files, write
from boussole.charter.pack.rerun import rerun_pack
from boussole.charter.pack.verifier.main import judge
from boussole.charter.pack.verifier.pack import Judge
from boussole.charter.record_types.kinds import Case, Review
from boussole.charter.records import sign_checkpoint, stored_audits
from boussole.charter.records.statements import seal as state
from tests.written import system_text, written_workspace

MARCH = Window(dt.date(2026, 3, 1), dt.date(2026, 3, 31))
OFFERS = system_text(
    "offers",
    """
columns:
  id: ref
  decided_at: day
  decision: {column: contacted, selected: [true], not_selected: [false]}
  person: who
LOGS
groups: {gender: {column: gender, reference: M}}
""",
    kind="ranking",
)
PACKS = {"all": True, "open": False}
"""The pack for auditors bound to secrecy, and the open one: whether each is restricted."""


def declared(home: Path, logs: str = "", *, text: str = OFFERS) -> Workspace:
    """A system with such logs beside its decisions, and no row yet."""
    return written_workspace(home, text.replace("LOGS", logs))


def offers(home: Path, logs: str = "", *, people: int = 60) -> Workspace:
    """The same with one decision on each person, of 4 March."""
    workspace = declared(home, logs)
    who = [f"p{i}" for i in range(people)]
    decided = pd.DataFrame({"ref": who, "day": dt.date(2026, 3, 4), "contacted": True, "who": who})
    bring(workspace, decided.assign(gender=["F" if i % 2 == 0 else "M" for i in range(people)]))
    return workspace


def bring(workspace: Workspace, frame: pd.DataFrame, log: LogName = "decisions") -> IngestReport:
    """Rows of a log of the one system of a workspace."""
    (system,) = workspace.systems
    path = workspace.home.parent / f"{log}-{len(list(workspace.home.parent.glob('*.parquet')))}.parquet"
    frame.to_parquet(path)
    return ingest(workspace, workspace.system(system), path, log=log)


def audit(workspace: Workspace, window: Window = MARCH, **more: Any) -> AuditDocument:
    """An audit of March."""
    (system,) = workspace.systems
    return run_audit(workspace, workspace.system(system), start=window.start, end=window.end, **more)


def of(document: AuditDocument, question: str) -> Any:
    """What is said of a question, by its name or number."""
    return next(each for each in document.verdicts if question in (each.template, each.number))


def answer(document: AuditDocument, question: str) -> tuple[str, str | None]:
    """Its verdict, and why."""
    found = of(document, question)
    return found.verdict, found.reason


def measure(document: AuditDocument, metric: str) -> Any:
    """The one measure of a metric."""
    (found,) = (each for each in document.measures if each.metric == metric)
    return found


def report(
    workspace: Workspace,
    question: str,
    outcome: str | None,
    *,
    happened_on: dt.date = dt.date(2026, 3, 4),
    on: dt.date = dt.date(2026, 4, 2),
) -> None:
    """A case, and what a human found of it; one that nobody has looked at yet is reported today."""
    (system,) = workspace.systems
    said = {"role": "Committee", "on": on if outcome else dt.datetime.now(dt.UTC).date(), "system": system}
    entry = state(workspace, Case(indicator=question, happened_on=happened_on, **said)).entry
    if outcome:
        state(workspace, Review(of=entry, outcome=outcome, **said))


def same_without_cubes(workspace: Workspace, document: AuditDocument, **more: Any) -> bool:
    """Whether rows counted one by one give the same document."""
    exact = audit(Workspace(workspace.home), dry_run=True, exact=True, **more)
    return document == exact.changed(snapshot=document.snapshot)


def again(workspace: Workspace) -> None:
    """The one audit of a workspace is computed again to the same figures and verdicts."""
    (found,) = rerun(workspace, chosen(workspace))
    assert found.ok, found


def confirm(workspace: Workspace, folder: Path, *, packs: Sequence[str] = tuple(PACKS)) -> None:
    """The one audit of a workspace is computed again to the same figures and verdicts, and its packs hold."""
    again(workspace)
    verify_packs(workspace, folder, packs=packs)


def verify_packs(workspace: Workspace, folder: Path, *, packs: Sequence[str] = tuple(PACKS)) -> None:
    """The packs of the one audit of a workspace hold, and give its figures and verdicts again."""
    (stored,) = stored_audits(workspace)
    for name in packs:
        pack = folder / name
        write(pack_files(workspace, [stored], note=sign_checkpoint(workspace), restricted=PACKS[name]), pack)
        assert judge(pack, Judge(HERE), one_by_one=True) == 0, name
        (found,) = rerun_pack(pack)
        assert (found.differences, found.verdicts > 0) == ((), True), name
