"""The demo from end to end: simulate, log to MLflow, sync, audit month by month, let a committee meet, report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from boussole.audits.drift.pairs import exact_pair
from boussole.audits.features.explore import explore, keep
from boussole.audits.runs import complete_windows
from boussole.audits.texts.pairs.prompts import drawn, prompt_set
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.auditing.published import publications, set_apart
from boussole.charter.incidents.entering import enter
from boussole.charter.record_types.uses import Stocktaking
from boussole.charter.records import SealedStatement, documents_of
from boussole.dashboard.cli.demo.committee import settle
from boussole.dashboard.cli.pairs_recording import record_pairs
from boussole.dashboard.cli.sealing import stock_of
from boussole.dashboard.pages.drift.detail_making import make
from boussole.dashboard.report import write_report
from boussole.experiments.demo import FACTS, build
from boussole.experiments.demo.paired import recorded_texts
from boussole.experiments.demo.planted import PLANTED, PlantedEffects
from boussole.experiments.sync import sync

# The demo's stock of uses and models: one model of MLflow belongs to no use, which question 1.5 must see.


STEWARD = "Référent éthique de l’IA"


def take_stock(workspace: Workspace, *, today: dt.date) -> None:
    """Enters the stock of a day."""
    enter(workspace, Stocktaking(role=STEWARD, **stock_of(workspace, today=today)))


Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, kw_only=True)
class Demo:
    """What the demo made."""

    workspace: Workspace
    reports: list[Path]
    facts: Path


def run_demo(home: Path, *, people: int, progress: Progress) -> Demo:
    """Builds the demo workspace with the same calls that a user's own commands make."""
    workspace = build(home, people=people, progress=progress)
    for report in sync(workspace, progress=progress):
        for failure in report.failures:
            raise failure
    measured = [system for system in workspace.deciding.values() if system.measured]
    for system in measured:
        windows = complete_windows(workspace, system)
        for done, window in enumerate(windows, 1):
            run_audit(workspace, system, start=window.start, end=window.end)
            progress(f"audits of {system.id}", done, len(windows))
        if system.only_writes:
            continue
        keep(workspace, explore(workspace, system, earlier=partial(publications, workspace, system)))
        apart = set_apart(workspace, system, documents_of(workspace, system.id))
        make(workspace, exact_pair(workspace, system, apart=apart))
    settle(workspace, today=workspace.today())
    take_stock(workspace, today=workspace.today())
    seal_pairs(workspace, today=workspace.today())
    reports = [write_report(workspace, period=None, lang=lang, out=None) for lang in ("fr", "en")]
    return Demo(workspace=workspace, reports=reports, facts=workspace.home / FACTS)


SYSTEM, ROLE, MODEL = "chatft", "Référent éthique de l’IA", "chatft-1 (textes inventés)"
DAYS_BEFORE = 20


def seal_pairs(
    workspace: Workspace, *, today: dt.date, planted: PlantedEffects = PLANTED, cues: Sequence[str] = ()
) -> SealedStatement:
    """Seals the test of some cues, or of all, made some days before."""
    prompts = list(drawn(prompt_set(), cues))
    texts = recorded_texts(prompts, planted)
    on = today - dt.timedelta(days=DAYS_BEFORE)
    return record_pairs(workspace, prompts, texts, system=SYSTEM, model=MODEL, role=ROLE, on=on)
