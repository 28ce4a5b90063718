"""A workspace with three sealed audits of two systems, counted by hand, and its reports in both languages."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path
from typing import Any

import numpy as np
import pypdf
import pytest

from boussole.audits.counts.left_out import LEFT_OUT, left_out_of
from boussole.audits.cubes.values import Histogram
from boussole.audits.drift.measures import drift_measures
from boussole.audits.measures import Cells, Measure, Strata
from boussole.audits.metrics.measure import measure_cells
from boussole.audits.runs import Run
from boussole.audits.systems import System
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from boussole.charter.records import save_audit
from boussole.charter.records.in_force import in_force
from boussole.dashboard.report import write_report
from tests.as_json import audit_document

OFFERS = """\
id: offers
kind: ranking
title: {fr: Offres, en: Offers}
purpose: {fr: "Contacter des personnes : données inventées.", en: "Contact people: invented data."}
owner: Direction
status: pilot
risk: high
columns:
  id: id
  decided_at: ts
  decision: {column: contacted, selected: [true], not_selected: [false], title: {fr: contactées, en: contacted}}
groups:
  sex:
    column: sex
    title: {fr: Sexe, en: Sex}
    values: {F: {fr: femmes, en: women}, M: {fr: hommes, en: men}}
    reference: M
  origin:
    column: origin
    title: {fr: Nationalité, en: Nationality}
    values:
      a: {fr: nationalité A, en: nationality A}
      b: {fr: nationalité B, en: nationality B}
      c: {fr: nationalité C, en: nationality C}
features: [distance]
windows: {audit: quarter, reference: "2026-01-01/2026-03-31"}
"""
CHECKS = """\
id: checks
kind: selection
title: {fr: Contrôles, en: Checks}
purpose: {fr: "Désigner des dossiers à contrôler.", en: "Choose files to check."}
owner: Direction
status: production
risk: limited
impact_assessment: {done_on: 2025-11-14, document: "AIPD 2025-31"}
columns:
  id: id
  period: 2026-08-31
  decision: {column: checked, selected: [true], title: {fr: contrôlées, en: checked}}
  favourable: false
groups:
  sex: {column: sex, title: {fr: Sexe, en: Sex}, reference: M}
controls:
  trade: {column: trade, title: {fr: métier, en: trade}}
"""
Q2 = Window(dt.date(2026, 4, 1), dt.date(2026, 6, 30))
Q3 = Window(dt.date(2026, 7, 1), dt.date(2026, 9, 30))
AUGUST = Window(dt.date(2026, 8, 1), dt.date(2026, 8, 31))


def cells(by: tuple[str, ...], groups: dict[tuple[str, ...], tuple[int, int]]) -> Cells:
    """Counts (selected, all) of each group, without outcomes."""
    counts = np.zeros((len(groups), 1, 2, 3), dtype=np.int64)
    for position, (selected, total) in enumerate(groups.values()):
        counts[position, 0, :, 2] = (total - selected, selected)
    return Cells(by=by, groups=tuple(groups), counts=counts, clustered=False)


def run_of(system: System, window: Window, measures: list[Measure], *, decisions: int, **given: Any) -> Run:
    """An audit of a system, all of whose decisions count."""
    left_out = left_out_of(LEFT_OUT.empty_table(), counted=decisions)
    kept = dict.fromkeys(("evidence", "rows", "declaration"), f"{given['snapshot'] - 7}" * 64)
    said = {"decisions": decisions, "left_out": left_out, "measures": measures, "histograms": [], **kept, **given}
    return Run(system=system, window=window, **said)


def offers_run(system: System, window: Window, women: int) -> Run:
    """2,000 people; men are contacted 40 times in 100; 5 people of nationality B are too few to show."""
    total = women + 400
    tables = [
        cells((), {(): (total, 2000)}),
        cells(("sex",), {("F",): (women, 1000), ("M",): (400, 1000)}),
        cells(("origin",), {("a",): (total - 112, 1495), ("b",): (2, 5), ("c",): (110, 500)}),
    ]
    histogram = Histogram(feature="distance", edges=(10.0,), reference=(500, 500, 0), current=(700, 1300, 0))
    measures = [*measure_cells(tables, system=system), *drift_measures([histogram])]
    ends = {"reference": Window(dt.date(2026, 1, 1), dt.date(2026, 3, 31)), "as_of": dt.date(2026, 10, 3)}
    return run_of(system, window, measures, decisions=2000, snapshot=7, histograms=[histogram], **ends)


def checks_run(system: System) -> Run:
    """Women are checked 30 times in 100, men 20 times: 150 for 100, where being checked is a harm."""
    tables = [cells((), {(): (1000, 4000)}), cells(("sex",), {("F",): (600, 2000), ("M",): (400, 2000)})]
    by_trade = np.array([[[[650, 350]], [[750, 250]]], [[[750, 250]], [[850, 150]]]], dtype=np.int64)
    trades = Strata(by=("sex",), groups=tables[1].groups, strata=(("0",), ("1",)), counts=by_trade, clustered=False)
    measures = measure_cells(tables, system=system, strata=[trades])
    return run_of(system, AUGUST, measures, decisions=4000, snapshot=8, reference=None, as_of=dt.date(2026, 9, 2))


def fill(workspace: Workspace) -> None:
    """Seal the audits: offers in two quarters (equal, then 50 for 100), checks in August."""
    judging = in_force(workspace)
    offers, checks = workspace.system("offers"), workspace.system("checks")
    runs = [offers_run(offers, Q2, 400), offers_run(offers, Q3, 200), checks_run(checks)]
    for run in runs:
        save_audit(workspace, audit_document(run, judging), charter=judging.charter)


def make_workspace(home: Path, *, organisation: str = "Établissement d’essai") -> Workspace:
    workspace = Workspace.create(home, organisation=organisation)
    for name, text in (("offers", OFFERS), ("checks", CHECKS)):
        (home / "systems" / f"{name}.yaml").write_text(text, encoding="utf-8")
    return workspace


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = make_workspace(tmp_path_factory.mktemp("reports") / "workspace")
    fill(made)
    return made


@pytest.fixture(scope="session")
def french(workspace: Workspace) -> pypdf.PdfReader:
    return read(workspace, "fr")


@pytest.fixture(scope="session")
def english(workspace: Workspace) -> pypdf.PdfReader:
    return read(workspace, "en")


def read(workspace: Workspace, lang: str, *, period: str | None = "2026-Q3") -> pypdf.PdfReader:
    """The report as a reader that needs the file no more."""
    path = write_report(workspace, period=period, lang=lang, out=None)
    return pypdf.PdfReader(io.BytesIO(path.read_bytes()))


def words(pdf: pypdf.PdfReader) -> str:
    """The whole text, every kind of space a plain one."""
    text = " ".join(page.extract_text() for page in pdf.pages)
    return " ".join(text.replace("\u202f", " ").replace("\u00a0", " ").split())


def files_of(pdf: pypdf.PdfReader) -> dict[str, bytes]:
    """The files that are attached, by name."""
    return {name: contents[0] for name, contents in pdf.attachments.items()}
