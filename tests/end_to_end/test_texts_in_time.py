"""What agents make of texts, from their log to the verdicts on questions 2.1 and 2.2; checked without us."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from boussole.audits.decisions import ingest
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.rerun import chosen, rerun
from boussole.charter.document import AuditDocument
from tests.end_to_end.test_generated_texts import WRITER, audit, checked, of

SYSTEM = (
    WRITER[: WRITER.index("generations:")]
    + """
generations:
  {id: id, at: at, input: null, output: null, team: team, outcome: outcome, agent: who, shown_at: shown, sent_at: sent,
   words: words}
"""
)


def made(home: Path, *, edited: int, hasty: int, teams: int = 30, agents: int = 12, system: str = SYSTEM) -> Workspace:
    """Ten texts of each agent in September 2026; of a hundred so many edited, and so many sent too fast."""
    Workspace.create(home)
    (home / "systems" / "writer.yaml").write_text(system, encoding="utf-8")
    n = teams * agents * 10
    log = pd.DataFrame({"id": [f"t{number}" for number in range(n)], "words": 100})
    place = pd.Series(range(n)) * 37 % 100
    log["outcome"] = ["edited" if each < edited else "kept" for each in place]
    log["who"] = [f"a{number % (teams * agents)}" for number in range(n)]
    log["team"] = [f"T{number % teams}" for number in range(n)]
    log["at"] = log["shown"] = [f"2026-09-{1 + number % 30:02}T09:00:00" for number in range(n)]
    fast = place * 61 % 100 < hasty
    log["sent"] = pd.to_datetime(log["shown"]) + pd.to_timedelta([19 if each else 20 for each in fast], unit="s")
    log.to_parquet(path := home.parent / "texts.parquet")
    workspace = Workspace(home)
    assert ingest(workspace, workspace.system("writer"), path, log="generations").quarantined == 0
    return workspace


def answers(document: AuditDocument) -> dict[str, tuple[str, str | None]]:
    return {each.number: (each.verdict, each.reason) for each in document.verdicts if each.number in ("2.1", "2.2")}


@pytest.mark.costly
@pytest.mark.parametrize(
    ("edited", "hasty", "expected"),
    [
        (40, 80, [("kept", "all_kept"), ("watch", "beyond_watch")]),  # never broken by itself
        (0, 80, [("watch", "beyond_watch"), ("broken", "beyond_breach")]),
    ],
)
def test_answers_follow_what_agents_do(tmp_path: Path, edited: int, hasty: int, expected: list) -> None:
    workspace = made(tmp_path / "w", edited=edited, hasty=hasty, teams=30 if edited else 100)
    document = audit(workspace, dry_run=edited > 0)
    assert [*answers(document).values()] == expected
    assert f"Sur 100 textes que les agents ont envoyés, {hasty}" in of(document, "2.2").sentence["fr"]
    assert (
        of(document, "2.1").question["fr"].startswith("Avec Plume, est-ce vraiment l’agent qui décide de ce qui part")
    )
    if not edited:
        (again,) = rerun(workspace, chosen(workspace))
        assert again.ok, again
        assert checked(workspace, tmp_path / "pack") == 0


def test_of_small_teams_nothing_is_told(tmp_path: Path) -> None:
    document = audit(made(tmp_path / "w", edited=40, hasty=80, agents=10))
    assert [*answers(document).values()] == [("unknown", "small_teams")] * 2
    assert all(each.value is None for each in document.measures if "texts" in each.metric)


@pytest.mark.costly
def test_what_a_log_does_not_say_is_not_examined(tmp_path: Path) -> None:
    untimed = SYSTEM.replace(" shown_at: shown, sent_at: sent,", "")
    document = audit(made(tmp_path / "w", edited=40, hasty=0, teams=2, system=untimed), dry_run=True)
    assert answers(document)["2.2"] == ("not_examined", "no_texts_in_time")
    assert "when it was shown and when it was sent" in of(document, "2.2").sentence["en"]
    nobody = untimed.replace(" agent: who,", " calls: {places: [x]}, place: team,")
    document = audit(made(tmp_path / "n", edited=40, hasty=0, teams=2, system=nobody), dry_run=True)
    assert answers(document)["2.1"] == ("not_examined", "no_reworked_texts")
