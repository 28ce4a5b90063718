"""A bank with its own charter, and a charter in one language that Boussole does not speak: audits, pages, report."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pypdf
import pytest
import yaml

from boussole.audits.decisions import ingest
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.templates import write_template
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.report import write_report
from boussole.dashboard.views.compass import compass
from boussole.dashboard.views.law import law_page
from boussole.dashboard.views.scene import load
from boussole.dashboard.views.system import system_page
from tests.written import system_text, written_workspace

SYSTEM = system_text(
    "credit_score",
    """
columns:
  id: application
  decided_at: ts
  decision: {column: granted, selected: [true], not_selected: [false], title: {en: granted a loan, fr: acceptées}}
groups:
  sex:
    column: sex
    title: {en: Sex, fr: Sexe}
    reference: M
    values: {F: {en: women, fr: femmes}, M: {en: men, fr: hommes}}
windows: {audit: all}
""",
    title="{en: Loan desk, fr: Prêts}",
)
ROWS = {"F": (400, 200), "M": (400, 320)}
"""Applications and loans granted: 50 and 80 in 100, a ratio of 62.5 for 100, far below the breach level."""


def workspace_with(folder: Path, template: str) -> Workspace:
    """A workspace with a template's charter and one system."""
    workspace = written_workspace(folder, SYSTEM)
    write_template(template, folder / "charter")
    return workspace


def audited(workspace: Workspace) -> dict:
    frame = pd.DataFrame(
        [(sex, at < granted) for sex, (asked, granted) in ROWS.items() for at in range(asked)],
        columns=["sex", "granted"],
    )
    frame.insert(0, "application", [f"A{n}" for n in range(len(frame))])
    frame["ts"] = pd.Timestamp("2026-09-01") + pd.to_timedelta(np.arange(len(frame)) % 600, unit="h")
    file = workspace.home / "applications.csv"
    frame.to_csv(file, index=False)
    ingest(workspace, workspace.system("credit_score"), str(file))
    return run_audit(workspace, workspace.system("credit_score")).written()


def pages(workspace: Workspace, lang: str) -> str:
    """Every page that shows the charter, as HTML."""
    scene, say = load(workspace), speaker(lang)
    view, page = compass(scene, say, query={}), system_page(scene, "credit_score", say)
    law = law_page(scene, say, on=dt.date(2026, 11, 26), query={})
    return "".join(
        [
            Template("pages/compass/compass.html", say)("head", view),
            Template("pages/compass/compass.html", say)("overview", view),
            Template("views/parts/system.html", say)("head", page, "/", "/data"),
            *(Template("views/parts/system.html", say)("article", section, "") for section in page.sections),
            Template("pages/law/law.html", say)("provisions", law),
        ]
    )


@pytest.mark.costly
def test_a_bank_audits_by_its_own_charter(tmp_path: Path) -> None:
    workspace = workspace_with(tmp_path / "bank", "bank")
    document = audited(workspace)
    verdicts = {verdict["indicator"]: verdict for verdict in document["verdicts"]}
    approvals = verdicts["approvals_sex"]
    assert document["charter"]["id"] == "credit_charter"
    assert approvals["verdict"] == "broken"
    assert approvals["question"]["en"] == "With Loan desk, is credit granted as often in one group as in another (sex)?"
    assert "people are granted a loan among women where 100 are" in approvals["sentence"]["en"]
    assert verdicts["human_review"]["verdict"] == "not_examined"
    for lang, expected in (("en", "Fair access to credit"), ("fr", "Un accès équitable au crédit")):
        shown = pages(workspace, lang)
        assert expected in shown
        assert "Consumer Credit Directive" in shown or "crédit aux consommateurs" in shown
        for word in ("job seeker", "demandeur d’emploi", "employer"):
            assert word not in shown.lower()
        assert expected in report_of(workspace, lang)


def report_of(workspace: Workspace, lang: str) -> str:
    read = pypdf.PdfReader(write_report(workspace, period=None, lang=lang, out=None))
    return " ".join(" ".join(page.extract_text() for page in read.pages).split())


def test_a_charter_in_another_language_is_shown_in_its_own(tmp_path: Path) -> None:
    workspace = workspace_with(tmp_path / "stadt", "minimal")
    for path in sorted((workspace.home / "charter").glob("*.yaml")):
        path.write_text(yaml.safe_dump(in_german(yaml.safe_load(path.read_text(encoding="utf-8")))), encoding="utf-8")
    document = audited(workspace)
    assert document["charter"]["id"] == "our_charter"
    assert document["verdicts"][0]["verdict"] == "broken"
    # In one language throughout: the names that a system lacks in it are English ones.
    asked = "DE With Loan desk, are people granted a loan as often in one group as in another (sex)?"
    assert document["verdicts"][0]["question"]["en"] == asked
    shown = pages(workspace, "en")
    assert "DE Fairness" in shown
    assert "DE With" in shown
    assert "DE Fairness" in report_of(workspace, "en")


def in_german(value: object) -> object:
    """The same charter with `de` in place of `en`, every text marked."""
    if isinstance(value, dict):
        return {
            "de" if key == "en" else key: f"DE {inner}" if key == "en" else in_german(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return ["de" if inner == "en" else in_german(inner) for inner in value]
    return value
