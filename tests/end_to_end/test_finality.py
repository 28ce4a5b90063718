"""Counts by agency and month from their file to the verdict: judged, sealed, computed again, and checked without us."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from boussole.audits.counts.read import read_agencies
from boussole.audits.decisions import ingest
from boussole.audits.lake import reading, writing
from boussole.audits.retention.purge import purge
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.auditing.rerun import chosen, rerun
from boussole.charter.document import AuditDocument
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.answer.around import ReadingRights
from boussole.dashboard.pages.answer.view import answer_page
from boussole.dashboard.views.answers.course import SystemPast
from boussole.dashboard.views.scene import load
from tests.end_to_end.chain import confirm
from tests.written import system_text

SYSTEM = system_text(
    "offers",
    """
columns:
  id: ref
  decided_at: day
  decision: {column: contacted, selected: [true], not_selected: [false]}
  person: who
AGENCIES
groups: {gender: {column: gender, reference: M}}
""",
    kind="ranking",
)
AGENCIES = """agencies:
  {agency: agency, month: month, started: started, people: people, count: returned, outcome: outcome,
   outcomes: {work: {title: {fr: "Retours au travail", en: "Returns to work"}}}}"""
MONTHS = [f"2025-{month:02}-01" for month in range(1, 13)] + [f"2026-{month:02}-01" for month in range(1, 4)]


def counts(*, effect: float = 0.0, drift: float = 0.0, agencies: int = 60, started: int = 24) -> pd.DataFrame:
    """Agencies of 1,000 people or so; of those that start, half do in October and half in December 2025."""
    rng, rows = np.random.default_rng(7), []
    season = 0.01 * np.sin(np.arange(len(MONTHS)))
    for agency in range(agencies):
        start = ["2025-10-06", "2025-12-01"][agency % 2] if agency < started else None
        people, level = int(rng.integers(800, 1500)), 0.08 + 0.02 * rng.standard_normal()
        for at, month in enumerate(MONTHS):
            rate = level + season[at] + 0.003 * rng.standard_normal()
            if start:
                rate += (effect if month[:7] >= start[:7] else 0.0) + drift * at
            rows.append((f"A{agency:02}", month, start, people, round(people * max(rate, 0.03)), "work"))
    return pd.DataFrame(rows, columns=["agency", "month", "started", "people", "returned", "outcome"])


def made(home: Path, given: pd.DataFrame | None = None, *, agencies: str = AGENCIES) -> Workspace:
    workspace = Workspace.create(home)
    (home / "systems" / "offers.yaml").write_text(SYSTEM.replace("AGENCIES", agencies), encoding="utf-8")
    workspace = Workspace(home)
    people = [f"p{i}" for i in range(400)]
    decided = pd.DataFrame({"ref": people, "day": dt.date(2026, 3, 4), "contacted": True, "who": people})
    decided["gender"] = ["F", "M"] * 200
    bring(workspace, decided, "decisions")
    if given is not None:
        bring(workspace, given, "agencies")
    return workspace


def bring(workspace: Workspace, frame: pd.DataFrame, log) -> None:
    path = workspace.home.parent / f"{log}-{len(list(workspace.home.parent.glob('*.parquet')))}.parquet"
    frame.to_parquet(path)
    ingest(workspace, workspace.system("offers"), path, log=log)


def audit(workspace: Workspace, **more) -> AuditDocument:
    return run_audit(workspace, workspace.system("offers"), start=dt.date(2026, 3, 1), end=dt.date(2026, 3, 31), **more)


def answer(document: AuditDocument) -> tuple[str, str | None]:
    (found,) = [each for each in document.verdicts if each.template == "better_than_before"]
    return found.verdict, found.reason


def told(document: AuditDocument, lang: str) -> str:
    (found,) = [each for each in document.verdicts if each.template == "better_than_before"]
    return found.sentence[lang]


@pytest.mark.costly
@pytest.mark.parametrize(
    ("effect", "drift", "expected", "said"),
    [
        (0.02, 0.0, ("kept", "all_kept"), "Oui. Dans 24 agences qui ont commencé, on compte depuis "),
        (-0.02, 0.0, ("broken", "beyond_breach"), "Non. Dans 24 agences"),
        (0.02, 0.004, ("unknown", "not_parallel"), "changeaient déjà autrement que les autres"),
    ],
)
def test_verdicts_follow_the_counts(
    tmp_path: Path, effect: float, drift: float, expected: tuple[str, str], said: str
) -> None:
    document = audit(made(tmp_path / "w", counts(effect=effect, drift=drift)), dry_run=True)
    assert answer(document) == expected
    assert said in told(document, "fr")
    assert document == audit(Workspace(tmp_path / "w"), dry_run=True, exact=True).changed(snapshot=document.snapshot)
    (measure,) = [each for each in document.measures if each.metric == "effect_since_start"]
    if expected[0] == "kept":
        assert measure.value == pytest.approx(effect, abs=0.004)
        assert "retours au travail par mois pour 100 personnes" in told(document, "fr")
    assert (measure.value is None) == (expected[0] == "unknown")


@pytest.mark.costly
@pytest.mark.parametrize(("drift", "said"), [(0.004, "ne restent pas autour de zéro")])
def test_its_page_shows_the_months_around_the_start(tmp_path: Path, drift: float, said: str) -> None:
    workspace = made(tmp_path / "w", counts(effect=0.02, drift=drift))
    audit(workspace)
    page = answer_page(
        load(workspace), "offers", "better_than_before", speaker("fr"), past=SystemPast(audits={}), chambers=[],
        reader=ReadingRights(committee=False, incidents=False), query={},
    )  # fmt: skip
    assert page is not None
    (around,) = page["around"]
    assert around.title == "Retours au travail"
    assert any(said in each for each in around.told)
    assert [row[0] for row in around.rows][-7:-4] == ["Deux mois avant le début", "Mois du début", "Un mois après"]
    assert around.svg.count("<circle") == len(around.rows)
    if not drift:
        assert page["sentence"] == (
            "Avec Essai, 10,1 retours au travail par mois pour 100 personnes\u202f; on en attendait 8,1 sans."
        )
    shown = Template("pages/answer/answer.html", speaker("fr"))("pictures", page)
    assert "Avant et après le début" in shown
    assert "autour de zéro" in shown


def test_without_counts_it_is_not_examined(tmp_path: Path) -> None:
    assert answer(audit(made(tmp_path / "a", agencies=""), dry_run=True)) == ("not_examined", "no_agencies")
    assert answer(audit(made(tmp_path / "b"), dry_run=True)) == ("not_examined", "no_measure")


@pytest.mark.costly
def test_it_is_sealed_computed_again_and_checked_without_us(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w", counts(effect=0.02))
    sealed = audit(workspace)
    assert answer(sealed)[0] == "kept"
    confirm(workspace, tmp_path)
    purge(workspace, before=dt.date(2026, 3, 1))
    assert answer(audit(workspace, dry_run=True)) == answer(sealed)
    with writing(workspace) as connection:
        connection.execute("UPDATE lake.offers.agencies SET count = count + 1 WHERE agency = 'A03'")
    (found,) = rerun(workspace, chosen(workspace))
    assert "agencies" in found.recount.now


@pytest.mark.costly
def test_a_start_that_comes_later_is_filled_in_and_changes_no_earlier_window(tmp_path: Path) -> None:
    given = counts(effect=0.02)
    unknown = given.assign(started=given["started"].where(given["month"] < "2025-06-01"))
    unknown["started"] = None
    workspace = made(tmp_path / "w", unknown)
    assert answer(audit(workspace, dry_run=True)) == ("unknown", "nobody_started")
    bring(workspace, given, "agencies")
    assert answer(audit(workspace, dry_run=True))[0] == "kept"


@pytest.mark.costly
def test_the_number_of_an_agency_does_not_tell_which_it_is(tmp_path: Path) -> None:
    """Whatever the codes are called, the rows are the same."""
    given, found = counts(agencies=8, started=3), []
    other = {f"A{i:02}": f"A{code:02}" for i, code in enumerate([5, 2, 7, 0, 3, 6, 1, 4])}
    for name, rows in (("a", given), ("b", given.assign(agency=given["agency"].map(other)))):
        workspace = made(tmp_path / name, rows.sample(frac=1, random_state=3))
        with reading(workspace) as connection:
            march = Window(dt.date(2026, 3, 1), dt.date(2026, 3, 31))
            found.append(read_agencies(connection, workspace.system("offers"), march))
    assert found[0].num_rows == 8 * len(MONTHS)
    assert found[0].equals(found[1])
