"""A hundred systems, a year of monthly audits, judged again and shown: `python -m benchmarks.year FOLDER`.

Prints JSON, beside the time of Python's `json`, which only reads the same documents.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from boussole.audits.measures import Cells, Strata
from boussole.audits.metrics import measure_cells
from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.replay import replay
from boussole.charter.document import AuditDocument, MeasureDocument
from boussole.charter.judging.by_article import summarise
from boussole.charter.judging.coverage import coverage
from boussole.charter.judging.verdicts import judge
from boussole.charter.records import save_audit
from boussole.charter.records.in_force import in_force
from boussole.charter.registry.due import due
from boussole.charter.registry.inventory import register_of
from boussole.charter.text.loading import load_charter
from boussole.charter.text.model import Charter
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.views.register import register_page
from boussole.dashboard.views.register_words import Register, RegisterQuery

SYSTEMS, MONTHS, TODAY = 100, 12, dt.date(2026, 1, 15)
SYSTEM: dict[str, Any] = {
    "kind": "selection",
    "purpose": {"fr": "Essai.", "en": "Trial."},
    "owner": "A role",
    "status": "pilot",
    "risk": "high",
    "columns": {
        "id": "id",
        "decided_at": "ts",
        "decision": {"column": "called", "selected": [1]},
        "outcome": {"column": "good", "positive": [1], "observed_for": "all", "absent": "missing"},
    },
    "groups": {"sex": {"column": "sex", "reference": "M"}, "age": {"column": "age", "bands": [25, 50]}},
    "controls": {"job": {"column": "job"}},
}


def main() -> None:
    """Fills the records, then times reading, judging and showing them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    home = parser.parse_args().folder / "year"
    shutil.rmtree(home, ignore_errors=True)
    workspace = Workspace.create(home)
    _fill(workspace)
    _once(home)  # the first look loads libraries and translations
    judging, showing = (min(_timed(act, home) for _ in range(3)) for act in (_judge, _show))
    with sqlite3.connect(workspace.governance) as connection:
        texts = [text for (text,) in connection.execute("SELECT document FROM audits")]
    reading = min(_timed(lambda _: [json.loads(text) for text in texts], home) for _ in range(3))
    told = {"systems": SYSTEMS, "months": MONTHS, "judge": judging, "show": showing, "json": reading}
    comparisons = sum(len(each["comparisons"]) for text in texts for each in json.loads(text)["verdicts"])
    print(json.dumps(told | {"comparisons": comparisons, "megabytes": sum(map(len, texts)) / 1e6}))


def _timed(act: Callable[[Path], object], home: Path) -> float:
    started = time.perf_counter()
    act(home)
    return time.perf_counter() - started


def _once(home: Path) -> None:
    _judge(home)
    _show(home)


def _judge(home: Path) -> int:
    """Every audit of the year judged again by the charter in force, with what had been stated then."""
    workspace = Workspace(home)
    return replay(workspace, in_force(workspace).charter).verdicts


def _show(home: Path) -> int:
    """The register of all systems as its page shows it, with how each article stands today."""
    workspace, say = Workspace(home), speaker("fr")
    charter, facts, uses = register_of(workspace, today=TODAY)
    found = due(charter, uses, facts=facts, oldest={})
    register = Register(charter=charter, uses=uses, coverage=coverage(charter, uses), due=found, today=TODAY)
    page = register_page(register, RegisterQuery(), say, query={})
    template = Template("pages/register/register.html", say)
    shown = template("head", page) + template("overview", page) + template("uses", page)
    return len(shown)


def _fill(workspace: Workspace) -> None:
    charter, rng = load_charter(), np.random.default_rng(1)
    heads = [{"id": f"s{n:03}", "title": {"fr": f"Système {n}", "en": f"System {n}"}} for n in range(SYSTEMS)]
    drawn = [_measures(System.model_validate(heads[0] | SYSTEM), rng) for _ in range(MONTHS)]
    for head in heads:
        system = System.model_validate(head | SYSTEM)
        (workspace.home / "systems" / f"{system.id}.yaml").write_text(yaml.safe_dump(head | SYSTEM), encoding="utf-8")
        for month, measures in enumerate(drawn, start=1):
            save_audit(workspace, _document(charter, system, measures, month), charter=charter)


def _measures(system: System, rng: np.random.Generator) -> list[MeasureDocument]:
    """Measures of 12,000 decisions: sex and age, by themselves, within two jobs."""
    tables, strata = [Cells(by=(), groups=((),), counts=_counts(rng, [12_000]), clustered=False)], []
    for by, groups in ((("sex",), ("F", "M")), (("age",), ("<25", "25-49", "50+"))):
        counts = [_counts(rng, [6_000 // len(groups)] * len(groups)) for _ in range(2)]
        names = tuple((group,) for group in groups)
        tables.append(Cells(by=by, groups=names, counts=counts[0] + counts[1], clustered=False))
        jobs = np.stack([each.sum(axis=3) for each in counts], axis=1)
        strata.append(Strata(by=by, groups=names, strata=(("a",), ("b",)), counts=jobs, clustered=False))
    found = measure_cells(tables, system=system, strata=strata)
    return [MeasureDocument.of(measure.document()) for measure in found]


def _counts(rng: np.random.Generator, sizes: list[int]) -> Any:
    """Counts (groups, one bucket, decision, outcome) of groups of these sizes."""
    shares = [0.35, 0.15, 0.1, 0.15, 0.2, 0.05]
    return np.array([rng.multinomial(size, shares).reshape(1, 2, 3) for size in sizes], dtype=np.int64)


def _document(charter: Charter, system: System, measures: list[MeasureDocument], month: int) -> AuditDocument:
    start = dt.date(2025, month, 1)
    end = dt.date(2025 + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)
    verdicts = judge(charter, system, measures, window_start=start, window_end=end)
    made: dict[str, Any] = {
        "schema": "boussole.audit/1",
        "system": system.id,
        "window": {"start": start.isoformat(), "end": end.isoformat(), "timezone": system.timezone},
        "reference": None,
        "as_of": end.isoformat(),
        "snapshot": month,
        "evidence": {**dict.fromkeys(("cubes", "rows", "system"), "sha256:" + "0" * 64), "statements": 0},
        "charter": {
            "id": charter.id,
            "version": charter.version,
            "sha256": charter.sha256,
            "adopted_before_window": False,
        },
        "code": "sha256:" + "0" * 64,
        "decisions": 12_000,
        "measures": [each.written() for each in measures],
        "verdicts": [each.written() for each in verdicts],
        "articles": [each.written() for each in summarise(charter, verdicts)],
        "rule": 1,
        "method": 1,
    }
    return AuditDocument.of(made)


if __name__ == "__main__":
    main()
