"""A small workspace that uses most of what a system file can declare: two months, a small group, two audits."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd

from boussole.audits.decisions import IngestReport, ingest
from boussole.audits.log_names import LogName
from boussole.audits.privacy import keys
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from tests.written import system_text

SYSTEM = system_text(
    "offers",
    """
timezone: UTC
columns:
  id: ref
  decided_at: day
  decision: {column: contacted, selected: [true], not_selected: [false]}
  score: {column: score, range: [0, 1]}
  outcome: {column: hired, positive: [true], observed_for: all, absent: missing}
  stages: [read, contacted, replied]
  PERSON
actors: {read: tool, contacted: adviser, replied: candidate}
groups:
  gender: {column: gender, reference: M}
  origin: {column: origin}
  basis: {column: basis, from: sensitive, basis: "Article 9(2)(j) GDPR", expires: 2027-06-30}
controls: {job: {column: job}}
intersections: [[gender, origin]]
features: [distance]
windows: {audit: month, reference: 2026-01-01/2026-01-31}
privacy: {suppress_below: 11, pseudonymise: [ref]}
SENSITIVE
""",
    kind="ranking",
)
JANUARY = dt.date(2026, 1, 1), dt.date(2026, 1, 31)
FEBRUARY = dt.date(2026, 2, 1), dt.date(2026, 2, 28)
AS_OF = dt.date(2026, 6, 1)
FEW = 7
"""Decisions a month about the group that must be hidden."""


def frame(*, rows: int = 1600, seed: int = 5) -> pd.DataFrame:
    """Decisions of January and February; in each month seven are about people of the origin `few`."""
    draw = np.random.default_rng(seed)
    half = rows // 2
    gender, job = draw.choice(["F", "M"], rows), draw.choice(["cook", "mason", "nurse"], rows)
    origin = draw.choice(["here", "there"], rows, p=[0.7, 0.3]).astype(object)
    origin[:FEW] = origin[half : half + FEW] = "few"
    score = np.round(draw.beta(4, 4, rows) - 0.05 * (gender == "F") + 0.05, 3).clip(0, 1)
    contacted, hired = draw.random(rows) < score, draw.random(rows) < 0.2 + 0.5 * score
    return pd.DataFrame(
        {
            "ref": [f"r{i}" for i in range(rows)],
            "who": [f"p{i // 2 if i % 4 < 2 else i}" for i in range(rows)],
            "day": [dt.date(2026, 1 if i < half else 2, 1 + i % 28) for i in range(rows)],
            "contacted": contacted,
            "score": score,
            "hired": pd.Series(np.where(draw.random(rows) < 0.1, None, hired), dtype="boolean"),
            "read": contacted | (draw.random(rows) < 0.5),
            "replied": contacted & (draw.random(rows) < 0.6),
            "gender": gender,
            "origin": origin,
            "job": job,
            "distance": draw.integers(0, 60, rows),
        }
    )


def make(home: Path, *, clustered: bool = False) -> Workspace:
    """A workspace that declares the system and holds no decision yet."""
    made = Workspace.create(home)
    keys.write(made.keys / "bucket.key", b"k" * 32)
    text = SYSTEM.replace("PERSON", "person: who" if clustered else "team: job")
    if clustered:
        text = text.replace("SENSITIVE", "sensitive: {path: people.csv, key: who}")
        (home / "people.csv").write_text(
            "who,basis\n" + "".join(f"p{i},{'yes' if i % 5 else 'no'}\n" for i in range(1600)), encoding="utf-8"
        )
    else:
        lines = [line for line in text.split("\n") if not line.strip().startswith(("basis:", "SENSITIVE"))]
        text = "\n".join(lines)
    (made.home / "systems" / "offers.yaml").write_text(text, encoding="utf-8")
    return made


def bring(workspace: Workspace, rows: pd.DataFrame, log: LogName = "decisions") -> IngestReport:
    """Brings rows into the lake."""
    path = workspace.home / f"{log}-{len(list(workspace.home.glob('*.parquet')))}.parquet"
    rows.to_parquet(path)
    return ingest(workspace, workspace.system("offers"), path, log=log)


def audited(home: Path, *, clustered: bool = False) -> Workspace:
    """The workspace with its decisions, and both months audited."""
    made = make(home, clustered=clustered)
    bring(made, frame())
    for start, end in (JANUARY, FEBRUARY):
        run_audit(made, made.system("offers"), start=start, end=end, as_of=AS_OF)
    return made
