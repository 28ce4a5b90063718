"""Texts from their log to the verdict: looked through, marked, reworked, judged after the edit, and kept nowhere."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from boussole.audits.decisions import ingest
from boussole.audits.retention.purge import purge
from boussole.audits.texts import reading
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from boussole.charter.document import AuditDocument
from tests.audits.privacy.helpers import found_in_clear, found_when_opened
from tests.end_to_end import chain
from tests.end_to_end.chain import again, answer, confirm, of, report, verify_packs
from tests.written import system_text, written_workspace

SEPTEMBER = Window(dt.date(2026, 9, 1), dt.date(2026, 9, 30))
IN_SEPTEMBER = {"happened_on": dt.date(2026, 9, 4), "on": dt.date(2026, 10, 2)}
TEXTS = "{adverts: [advert], outside: [employer], personal: [NIR, IBAN], kept: false}"
WRITER = system_text(
    "writer",
    f"""
generations:
  {{id: id, at: at, input: null, output: draft, sent: final, use: task, team: team, outcome: outcome, recipient: to,
   texts: {TEXTS}}}
""",
    kind="generation",
    title="{fr: Plume, en: Quill}",
)
LAWFUL = "Vendeur ou vendeuse, CDI."
UNLAWFUL = f"{LAWFUL} Nous cherchons une personne de moins de 30 ans."
NIR = "Numéro de sécurité sociale : 2 85 07 75 120 001 15."
WORDS = "Zibeline quatre-vingt-trois"


@pytest.fixture
def plain_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Readers that take no seconds to start: an age, and a number."""

    def finds(word: str, what: str):
        return reading.Remembered(lambda texts: [what if word in text else "" for text in texts])

    worded, named = finds("moins de 30", "age"), finds("sécurité sociale", "NIR")
    monkeypatch.setattr(reading, "wording", lambda: worded)
    monkeypatch.setattr(reading, "personal", lambda _: named)


def made(home: Path, *rows: tuple[int, dict[str, str | None]], system: str = WRITER) -> Workspace:
    """A workspace with so many texts of each kind in September 2026, of 60 teams in turn."""
    workspace = written_workspace(home, system)
    usual = {"draft": LAWFUL, "final": None, "task": "advert", "outcome": "kept", "to": "employer"}
    logged = pd.DataFrame([{**usual, **row} for n, row in rows for _ in range(n)]).astype(object)
    logged["id"] = [f"a{number}" for number in range(len(logged))]
    logged["at"] = [f"2026-09-{1 + number % 30:02}T09:00:00" for number in range(len(logged))]
    logged["team"] = [f"T{number % 60}" for number in range(len(logged))]
    bring(workspace, logged)
    return workspace


def bring(workspace: Workspace, logged: pd.DataFrame) -> None:
    """Texts from a file that is gone afterwards."""
    assert chain.bring(workspace, logged, "generations").quarantined == 0
    for path in workspace.home.parent.glob("*.parquet"):
        path.unlink()


def audit(workspace: Workspace, **more: Any) -> AuditDocument:
    return chain.audit(workspace, SEPTEMBER, **more)


EDITED_AWAY = {"draft": UNLAWFUL, "final": LAWFUL, "outcome": "edited"}
OUT = {"draft": UNLAWFUL}


@pytest.mark.slow
@pytest.mark.usefixtures("plain_readers")
def test_what_went_out_is_judged_after_the_edit_and_checked_without_us(tmp_path: Path) -> None:
    inside = {"draft": NIR, "to": "agent", "task": "mail"}
    put_in, rejected = {"final": UNLAWFUL, "outcome": "edited"}, {"draft": UNLAWFUL, "outcome": "rejected"}
    untold, unseen = {"outcome": None}, {"outcome": "edited"}
    rows = [(400, {}), (7, EDITED_AWAY), (3, OUT), (1, put_in), (2, rejected), (5, untold), (4, unseen), (6, inside)]
    workspace = made(tmp_path / "w", *rows, (2, {"draft": NIR, "task": "mail"}))
    document = audit(workspace)
    adverts, personal = of(document, "3.7"), of(document, "6.4")
    assert document.decisions == 430
    assert (adverts.reason, adverts.logged.n, adverts.logged.cases, adverts.logged.unlabelled) == (
        "logged_case", 400 + 7 + 3 + 1, 3 + 1, 5 + 4,
    )  # fmt: skip
    assert (adverts.logged.detected.texts, adverts.logged.detected.flagged) == (422, 7 + 3 + 2)
    assert (personal.reason, personal.logged.cases, personal.logged.detected.flagged) == ("logged_case", 2, 8)
    assert "les règles trouvent un critère interdit dans 4" in adverts.sentence["fr"]
    assert audit(workspace, dry_run=True, exact=True).measures == document.measures
    verify_packs(workspace, tmp_path)


@pytest.mark.slow
@pytest.mark.usefixtures("plain_readers")
def test_a_case_that_a_human_confirms_breaks_the_promise_and_refuted_ones_keep_nothing(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w", (1500, {}), (1, OUT))
    question, later = "prohibited_criterion_in_adverts", dt.date(2026, 10, 3)
    report(workspace, question, "refuted", **IN_SEPTEMBER)
    assert answer(audit(workspace, as_of=later, dry_run=True), "3.7") == ("unknown", "logged_refuted")
    report(workspace, question, "confirmed", **IN_SEPTEMBER)
    assert answer(audit(workspace, as_of=later), "3.7") == ("broken", "case_confirmed")
    again(workspace)


@pytest.mark.parametrize(
    ("texts", "reasons"),
    [("", ("no_adverts", "no_personal_kinds")), ("texts: {adverts: [advert]}", ("logged_wide", "no_personal_kinds"))],
)
@pytest.mark.usefixtures("plain_readers")
def test_what_the_file_does_not_hold_texts_to_is_not_examined(
    tmp_path: Path, texts: str, reasons: tuple[str, str]
) -> None:
    system = WRITER.replace(f"texts: {TEXTS}", texts)
    document = audit(made(tmp_path / "w", (40, {}), system=system), dry_run=True)
    assert (of(document, "3.7").reason, of(document, "6.4").reason) == reasons
    assert "need not be stored" in of(document, "6.4").sentence["en"]


@pytest.mark.costly
@pytest.mark.usefixtures("plain_readers")
@pytest.mark.parametrize("kept", [False, True])
def test_no_text_is_found_in_any_file_before_and_after_a_purge(tmp_path: Path, kept: bool) -> None:
    system = WRITER.replace("kept: false", f"kept: {str(kept).lower()}")
    wrong = {"draft": f"{WORDS}. {UNLAWFUL} {NIR}", "outcome": "kept"}
    other = {"final": f"{WORDS}, ocelot.", "outcome": "edited"}
    workspace = made(tmp_path / "w", (20, {}), (3, wrong), (1, other), system=system)
    found = audit(workspace)
    assert of(found, "3.7").logged.detected.flagged == 3
    assert of(found, "6.4").logged.cases == 3
    needles = [each.encode() for each in ("Zibeline", "75 120 001", "moins de 30", "ocelot")]
    assert not found_in_clear(workspace, needles)
    opened = {needle for _, needle in found_when_opened(workspace, needles)}
    assert opened == ({*needles[:3]} if kept else set())  # encrypted, where the file says so; what went out never is
    purge(workspace, before=dt.date(2026, 10, 1), today=dt.date(2026, 11, 30))
    assert not found_in_clear(workspace, needles)
    assert not found_when_opened(workspace, needles)
    anew = audit(Workspace(workspace.home), dry_run=True)
    assert (anew.decisions, anew.measures) == (found.decisions, found.measures)


@pytest.mark.costly
@pytest.mark.usefixtures("plain_readers")
@pytest.mark.parametrize("kept", [False, True])
def test_a_row_that_is_set_aside_keeps_no_text_that_others_would_not(tmp_path: Path, kept: bool) -> None:
    """Neither a row whose moment cannot be read, nor a line that is none; the rest of the row stays to be corrected."""
    workspace = made(tmp_path / "w", (20, {}), system=WRITER.replace("kept: false", f"kept: {str(kept).lower()}"))
    path = tmp_path / "late.csv"
    path.write_text(
        "id,at,draft,final,task,outcome,to,team\n"
        "b1,2026-09-05T09:00:00,plain,plain,advert,kept,employer,T1\n"
        f'b2,yesterday,"{WORDS}. {UNLAWFUL}","{WORDS}, ocelot.",advert,edited,employer,T2\n'
        "b3,2026-09-05T09:00:00,caracal,serval,advert,kept,employer,T1,one,two,three\n",
        encoding="utf-8",
    )
    assert ingest(workspace, workspace.system("writer"), path, log="generations").quarantined == 2
    path.unlink()
    needles = [each.encode() for each in ("Zibeline", "moins de 30", "ocelot", "caracal", "serval", "yesterday")]
    assert not found_in_clear(workspace, needles[:5])
    opened = {needle for _, needle in found_when_opened(workspace, needles)}
    assert opened == {needles[5]} | ({*needles[:2]} if kept else set())


# --- marked as generated ------------------------------------------------------------------------------------------

MARKED = system_text(
    "writer",
    """
generations:
  {id: id, at: at, input: null, output: null, use: task, team: team, outcome: outcome, recipient: to, marked: mark,
   texts: {marking: {marks: {m1: {approved_on: 2026-05-04}}, recipients: [employer]}}}
""",
    kind="generation",
)


def marked(home: Path, *rows: tuple[int, dict[str, str | None]]) -> Workspace:
    return made(home, *((n, {"mark": "m1", **row}) for n, row in rows), system=MARKED)


@pytest.mark.costly
@pytest.mark.parametrize(
    ("rows", "expected", "told"),
    [
        ([(600, {})], ("kept", "logged_none"), "portent tous une marque approuvée"),
        ([(599, {}), (1, {"mark": None})], ("watch", "logged_unlabelled"), "D’un texte, on ne sait pas s’il devait"),
        ([(600, {}), (9, {"mark": None, "to": "agent"})], ("kept", "logged_none"), "Les 600 textes sortis"),
        ([(9, {}), (1, {"mark": "none"})], ("watch", "logged_hidden"), "aucun nombre n’est donné"),
    ],
)
def test_answers_follow_the_marks(
    tmp_path: Path, rows: list[tuple[int, dict[str, str | None]]], expected: tuple[str, str], told: str
) -> None:
    found = audit(marked(tmp_path / "w", *rows), dry_run=True)
    assert answer(found, "5.5") == expected
    assert told in of(found, "5.5").sentence["fr"]


def test_a_confirmed_case_of_before_the_law_is_watched_and_all_is_checked_without_us(tmp_path: Path) -> None:
    workspace = marked(tmp_path / "w", (597, {}), (3, {"mark": "none"}), (2, {"mark": None}))
    found = of(audit(workspace, dry_run=True), "5.5")
    assert (found.reason, "3 ne portent aucune marque approuvée" in found.sentence["fr"]) == ("logged_case", True)
    report(workspace, "generated_texts_marked", "confirmed", **IN_SEPTEMBER)
    found = of(audit(workspace, as_of=dt.date(2026, 10, 3)), "5.5")
    assert (found.verdict, found.reason, found.cases.early) == ("watch", "case_confirmed", 1)
    assert (found.logged.n, found.logged.cases, found.logged.unlabelled) == (600, 3, 2)
    assert "from 2 December 2026 on" in found.sentence["en"]
    confirm(workspace, tmp_path)


# --- reworked, and read -------------------------------------------------------------------------------------------

TIMED = system_text(
    "writer",
    """
generations:
  {id: id, at: at, input: null, output: null, team: team, outcome: outcome, agent: who, shown_at: shown, sent_at: sent,
   words: words}
""",
    kind="generation",
    title="{fr: Plume, en: Quill}",
)


def sent(home: Path, *, edited: int, hasty: int, teams: int = 30, system: str = TIMED) -> Workspace:
    """Ten texts of each of a dozen agents of each team; of a hundred so many edited, and so many sent too fast."""
    agents = teams * 12
    log = pd.DataFrame({"id": [f"t{number}" for number in range(agents * 10)], "words": 100})
    number = log.index.to_series()
    place = number * 37 % 100
    log["outcome"] = ["edited" if each < edited else "kept" for each in place]
    log["who"], log["team"] = "a" + (number % agents).astype(str), "T" + (number % teams).astype(str)
    log["at"] = log["shown"] = [f"2026-09-{1 + each % 30:02}T09:00:00" for each in number]
    fast = place * 61 % 100 < hasty
    log["sent"] = pd.to_datetime(log["shown"]) + pd.to_timedelta([19 if each else 20 for each in fast], unit="s")
    workspace = written_workspace(home, system)
    bring(workspace, log)
    return workspace


@pytest.mark.costly
@pytest.mark.parametrize(
    ("edited", "expected"),
    [
        (40, [("kept", "all_kept"), ("watch", "beyond_watch")]),  # never broken by itself
        (0, [("watch", "beyond_watch"), ("broken", "beyond_breach")]),
    ],
)
def test_answers_follow_what_agents_do(tmp_path: Path, edited: int, expected: list) -> None:
    workspace = sent(tmp_path / "w", edited=edited, hasty=80, teams=30 if edited else 100)
    document = audit(workspace)
    assert [answer(document, number) for number in ("2.1", "2.2")] == expected
    assert "Sur 100 textes que les agents ont envoyés, 80" in of(document, "2.2").sentence["fr"]
    asked = of(document, "2.1").question["fr"]
    assert asked.startswith("Avec Plume, est-ce vraiment l’agent qui décide de ce qui part")
    if not edited:
        confirm(workspace, tmp_path)


@pytest.mark.costly
def test_what_a_log_does_not_say_is_not_examined(tmp_path: Path) -> None:
    untimed = TIMED.replace(" shown_at: shown, sent_at: sent,", "")
    document = audit(sent(tmp_path / "w", edited=40, hasty=0, teams=2, system=untimed), dry_run=True)
    assert answer(document, "2.2") == ("not_examined", "no_texts_in_time")
    assert "when it was shown and when it was sent" in of(document, "2.2").sentence["en"]
    nobody = untimed.replace(" agent: who,", " calls: {places: [x]}, place: team,")
    document = audit(sent(tmp_path / "n", edited=40, hasty=0, teams=2, system=nobody), dry_run=True)
    assert answer(document, "2.1") == ("not_examined", "no_reworked_texts")
