"""People on no list, from the rows to the verdict: counted by person, judged, sealed, computed and checked again."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from boussole.audits.decisions import ingest
from boussole.audits.retention.purge import purge
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.auditing.rerun import chosen, rerun
from boussole.charter.document import AuditDocument
from tests.end_to_end.chain import confirm
from tests.written import system_text

SYSTEM = system_text(
    "offers",
    """
columns:
  id: ref
  decided_at: day
  request: offer
  rank: place
  person: who
groups: {gender: {column: gender, reference: M}}
""",
    kind="ranking",
)
PEOPLE, POOL, LISTED, OFFERS = 1200, 10, 4, 450


def log(*, against: float, seed: int = 5, months: int = 6) -> pd.DataFrame:
    """Offers over months, each of ten people, of whom four are listed; women's chances are lower by `against`."""
    random = np.random.default_rng(seed)
    rows = []
    for offer in range(OFFERS):
        pool = random.choice(PEOPLE, POOL, replace=False)
        scores = random.gumbel(size=POOL) - against * (pool % 2 == 0)
        place = np.argsort(np.argsort(-scores)) + 1
        day = dt.date(2026, 1, 1) + dt.timedelta(days=offer * round(months * 30.17) // OFFERS)
        rows += [
            (f"o{offer}", day, f"p{who}", int(at) if at <= LISTED else None)
            for who, at in zip(pool, place, strict=True)
        ]
    frame = pd.DataFrame(rows, columns=["offer", "day", "who", "place"])
    frame["place"] = frame["place"].astype("Int64")
    frame["ref"] = [f"d{i}" for i in range(len(frame))]
    frame["gender"] = np.where(frame["who"].str[1:].astype(int) % 2 == 0, "F", "M")
    return frame


def made(home: Path, frame: pd.DataFrame) -> Workspace:
    Workspace.create(home)
    (home / "systems" / "offers.yaml").write_text(SYSTEM, encoding="utf-8")
    path = home.parent / f"{home.name}.parquet"
    frame.to_parquet(path)
    ingest(Workspace(home), Workspace(home).system("offers"), path)
    return Workspace(home)


def audit(workspace: Workspace, month: int = 6, **more) -> AuditDocument:
    first = dt.date(2026, month, 1)
    last = (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    return run_audit(workspace, workspace.system("offers"), start=first, end=last, **more)


def told(document: AuditDocument) -> tuple[str, str | None, str]:
    found = next(each for each in document.verdicts if each.template == "never_shortlisted")
    return found.verdict, found.reason, found.sentence["fr"]


def never(frame: pd.DataFrame) -> dict[str, tuple[int, int]]:
    """By pandas: of each group, people without any place, and all."""
    seen = frame.assign(listed=frame["place"].notna()).groupby(["gender", "who"])["listed"].any()
    return {sex: (int((~of).sum()), len(of)) for sex, of in seen.groupby("gender")}


@pytest.mark.costly
def test_people_are_counted_and_not_rows(tmp_path: Path) -> None:
    frame = log(against=0.9)
    document = audit(made(tmp_path / "w", frame), dry_run=True)
    oracle = never(frame)
    for sex, (k, n) in oracle.items():
        share = next(each for each in document.measures if each.id == f"never_shortlisted_rate/gender={sex}")
        assert (share.value, share.n) == (k / n, n)
    (k1, n1), (k0, n0) = oracle["F"], oracle["M"]
    found = next(each for each in document.measures if each.id == "never_shortlisted_rate_ratio/gender=F")
    assert found.value == pytest.approx(k1 / n1 / (k0 / n0), rel=1e-12)
    assert (found.params.months, found.params.first_day) == (6, dt.date(2026, 1, 1))
    assert told(document)[0] == "broken"
    assert "En 6 mois," in told(document)[2]
    assert document == audit(Workspace(tmp_path / "w"), dry_run=True, exact=True).changed(snapshot=document.snapshot)


def test_on_a_short_span_nobody_is_said_to_be_kept(tmp_path: Path) -> None:
    workspace = made(tmp_path / "even", log(against=0.0))
    assert told(audit(workspace, 2, dry_run=True))[:2] == ("unknown", "short_span")
    verdict, reason, sentence = told(audit(workspace, 4, dry_run=True))
    assert (verdict, reason) == ("unknown", "too_few_decisions")
    assert sentence.endswith("il faut six mois de décisions.") or "il faut six mois de décisions" in sentence


@pytest.mark.costly
def test_it_is_sealed_computed_again_and_checked_without_us(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w", log(against=0.9))
    sealed = audit(workspace)
    assert told(sealed)[0] == "broken"
    confirm(workspace, tmp_path)
    purge(workspace, before=dt.date(2026, 3, 1))
    (found,) = rerun(workspace, chosen(workspace))
    assert found.ok, found
    after = next(
        each for each in audit(workspace, dry_run=True).measures if each.id == "never_shortlisted_rate_ratio/gender=F"
    )
    assert (after.params.months, after.params.first_day) == (4, dt.date(2026, 3, 1))
