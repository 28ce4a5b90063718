"""Texts from their log to the verdict: looked through as they come in, judged after the edit, and kept nowhere."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from boussole.audits.decisions import ingest
from boussole.audits.retention.purge import purge
from boussole.audits.texts import reading
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.auditing.rerun import chosen, rerun
from boussole.charter.document import AuditDocument
from boussole.charter.pack import HERE, pack_files, write
from boussole.charter.pack.verifier.main import judge
from boussole.charter.pack.verifier.pack import Judge
from boussole.charter.record_types.kinds import Case, Review
from boussole.charter.records import sign_checkpoint, stored_audits
from boussole.charter.records.statements import seal as state
from tests.audits.privacy.helpers import found_in_clear, found_when_opened

WRITER = """
id: writer
kind: generation
title: {fr: Plume, en: Quill}
purpose: {fr: "Écrit.", en: "Writes."}
owner: Direction
status: pilot
risk: limited
risk_reason: x
generations:
  id: id
  at: at
  input: null
  output: draft
  sent: final
  use: task
  team: team
  outcome: outcome
  recipient: to
  texts: {adverts: [advert], outside: [employer], personal: [NIR, IBAN], kept: false}
"""
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
    Workspace.create(home)
    (home / "systems" / "writer.yaml").write_text(system, encoding="utf-8")
    bring(Workspace(home), *rows)
    return Workspace(home)


def bring(workspace: Workspace, *rows: tuple[int, dict[str, str | None]], name: str = "a") -> None:
    usual = {"draft": LAWFUL, "final": None, "task": "advert", "outcome": "kept", "to": "employer"}
    logged = pd.DataFrame([{**usual, **row} for n, row in rows for _ in range(n)]).astype(object)
    logged["id"] = [f"{name}{number}" for number in range(len(logged))]
    logged["at"] = [f"2026-09-{1 + number % 30:02}T09:00:00" for number in range(len(logged))]
    logged["team"] = [f"T{number % 60}" for number in range(len(logged))]
    path = workspace.home.parent / f"{name}.parquet"
    logged.to_parquet(path)
    ingest(workspace, workspace.system("writer"), path, log="generations")
    path.unlink()


def audit(workspace: Workspace, **more) -> AuditDocument:
    return run_audit(workspace, workspace.system("writer"), **more)


def of(document: AuditDocument, number: str):
    return next(each for each in document.verdicts if each.number == number)


def checked(workspace: Workspace, folder: Path) -> int:
    """What the verifier says of packs of the audits that are stored, with their rows and without."""
    answers = []
    for restricted in (True, False):
        made_of = pack_files(
            workspace, stored_audits(workspace), note=sign_checkpoint(workspace), restricted=restricted
        )
        write(made_of, folder / str(restricted))
        answers.append(judge(folder / str(restricted), Judge(HERE), one_by_one=True))
    return max(answers)


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
    assert checked(workspace, tmp_path / "pack") == 0


@pytest.mark.slow
@pytest.mark.usefixtures("plain_readers")
def test_a_case_that_a_human_confirms_breaks_the_promise_and_refuted_ones_keep_nothing(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w", (1500, {}), (1, OUT))
    said = {"role": "Committee", "on": dt.date(2026, 10, 2)}
    which = {"indicator": "prohibited_criterion_in_adverts", "system": "writer"}
    case = state(workspace, Case(**which, happened_on=dt.date(2026, 9, 4), **said)).entry
    state(workspace, Review(of=case, outcome="refuted", system="writer", **said))
    later = dt.date(2026, 10, 3)
    found = of(audit(workspace, as_of=later, dry_run=True), "3.7")
    assert (found.verdict, found.reason) == ("unknown", "logged_refuted")
    state(workspace, Review(of=case, outcome="confirmed", system="writer", **said))
    document = audit(workspace, as_of=later)
    assert (of(document, "3.7").verdict, of(document, "3.7").reason) == ("broken", "case_confirmed")
    (again,) = rerun(workspace, chosen(workspace))
    assert again.ok, again


@pytest.mark.parametrize(
    ("texts", "reasons"),
    [
        ("", ("no_adverts", "no_personal_kinds")),
        ("texts: {adverts: [advert]}", ("logged_wide", "no_personal_kinds")),
    ],
)
@pytest.mark.usefixtures("plain_readers")
def test_what_the_file_does_not_hold_texts_to_is_not_examined(
    tmp_path: Path, texts: str, reasons: tuple[str, str]
) -> None:
    system = WRITER.replace(
        "texts: {adverts: [advert], outside: [employer], personal: [NIR, IBAN], kept: false}", texts
    )
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
    again = audit(Workspace(workspace.home), dry_run=True)
    assert (again.decisions, again.measures) == (found.decisions, found.measures)


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
