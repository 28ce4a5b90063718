"""Marks on texts from their log to the verdict; sealed, computed again and checked without us."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from boussole.audits.workspace import Workspace
from boussole.charter.auditing.rerun import chosen, rerun
from boussole.charter.record_types.kinds import Case, Review
from boussole.charter.records.statements import seal as state
from tests.end_to_end.test_generated_texts import WRITER, audit, checked, made, of

SYSTEM = (
    WRITER[: WRITER.index("generations:")]
    + """
generations:
  {id: id, at: at, input: null, output: null, use: task, team: team, outcome: outcome, recipient: to, marked: mark,
   texts: {marking: {marks: {m1: {approved_on: 2026-05-04}}, recipients: [employer]}}}
"""
)


def texts(home: Path, *rows: tuple[int, dict[str, str | None]]) -> Workspace:
    return made(home, *((n, {"mark": "m1", **row}) for n, row in rows), system=SYSTEM)


@pytest.mark.costly
@pytest.mark.parametrize(
    ("rows", "expected", "told"),
    [
        ([(600, {})], ("kept", "logged_none"), "portent tous une marque approuvée"),
        ([(597, {}), (3, {"mark": "none"})], ("watch", "logged_case"), "3 ne portent aucune marque approuvée"),
        ([(599, {}), (1, {"mark": None})], ("watch", "logged_unlabelled"), "D’un texte, on ne sait pas s’il devait"),
        ([(600, {}), (9, {"mark": None, "to": "agent"})], ("kept", "logged_none"), "Les 600 textes sortis"),
        ([(9, {}), (1, {"mark": "none"})], ("watch", "logged_hidden"), "aucun nombre n’est donné"),
    ],
)
def test_answers_follow_the_marks(
    tmp_path: Path, rows: list[tuple[int, dict[str, str | None]]], expected: tuple[str, str], told: str
) -> None:
    found = of(audit(texts(tmp_path / "w", *rows), dry_run=True), "5.5")
    assert (found.verdict, found.reason) == expected
    assert told in found.sentence["fr"]


def test_a_confirmed_case_of_before_the_law_is_watched_and_all_is_checked_without_us(tmp_path: Path) -> None:
    workspace = texts(tmp_path / "w", (597, {}), (3, {"mark": "none"}), (2, {"mark": None}))
    said = {"role": "Committee", "on": dt.date(2026, 10, 2), "system": "writer"}
    case = Case(indicator="generated_texts_marked", happened_on=dt.date(2026, 9, 4), **said)
    state(workspace, Review(of=state(workspace, case).entry, outcome="confirmed", **said))
    found = of(audit(workspace, as_of=dt.date(2026, 10, 3)), "5.5")
    assert (found.verdict, found.reason, found.cases.early) == ("watch", "case_confirmed", 1)
    assert (found.logged.n, found.logged.cases, found.logged.unlabelled) == (600, 3, 2)
    assert "from 2 December 2026 on" in found.sentence["en"]
    (again,) = rerun(workspace, chosen(workspace))
    assert again.ok, again
    assert checked(workspace, tmp_path / "pack") == 0
