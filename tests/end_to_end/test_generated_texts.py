"""Texts from their log to the verdict: looked through as they come in, judged with what readers miss, and kept nowhere."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t as student
from statsmodels.stats.proportion import proportion_confint

from boussole.audits.decisions import ingest
from boussole.audits.errors import BoussoleError
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
LAWFUL, UNLAWFUL = "Vendeur ou vendeuse, CDI.", "Vendeur ou vendeuse de moins de 30 ans."
NIR = "Numéro de sécurité sociale : 2 85 07 75 120 001 15."
SECRET = "Zibeline quatre-vingt-trois"


@pytest.fixture
def plain_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Readers that take no seconds to start: an age, and a number."""

    def finds(word: str, what: str):  # noqa: ANN202
        return reading.Remembered(lambda texts: [what if word in text else "" for text in texts])

    worded, named = finds("moins de 30", "age"), finds("sécurité sociale", "NIR")
    monkeypatch.setattr(reading, "wording", lambda: worded)
    monkeypatch.setattr(reading, "personal", lambda _: named)


def made(home: Path, *rows: tuple[int, dict[str, str | None]], system: str = WRITER) -> Workspace:
    """A workspace with so many texts of each kind in September 2026, of 60 teams in turn."""
    workspace = Workspace.create(home)
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


def audit(workspace: Workspace, **more) -> AuditDocument:  # noqa: ANN003
    return run_audit(workspace, workspace.system("writer"), **more)


def of(document: AuditDocument, number: str):  # noqa: ANN201
    return next(each for each in document.verdicts if each.number == number)


def checked(workspace: Workspace, folder: Path) -> int:
    """What the verifier says of a pack of the audits that are stored."""
    write(pack_files(workspace, stored_audits(workspace), note=sign_checkpoint(workspace), restricted=True), folder)
    return judge(folder, Judge(HERE), one_by_one=True)


EDITED_AWAY = {"draft": UNLAWFUL, "final": LAWFUL, "outcome": "edited"}
OUT = {"draft": UNLAWFUL}
PUT_IN = {"final": UNLAWFUL, "outcome": "edited"}
REJECTED = {"draft": UNLAWFUL, "outcome": "rejected"}
UNTOLD = {"outcome": None}
EDIT_UNSEEN = {"outcome": "edited"}


@pytest.mark.parametrize(
    ("rows", "expected", "cases", "flagged"),
    [
        ([(5000, {})], ("kept", "logged_none"), 0, 0),
        ([(3000, {})], ("unknown", "logged_wide"), 0, 0),
        ([(5000, {}), (3, OUT)], ("watch", "logged_case"), 3, 3),
        ([(5000, {}), (1, PUT_IN)], ("watch", "logged_case"), 1, 0),  # the agent wrote it
        ([(5000, {}), (2, EDITED_AWAY), (1, REJECTED)], ("unknown", "logged_wide"), 0, 3),
        ([(5000, {}), (6, EDITED_AWAY)], ("watch", "logged_rate"), 0, 6),  # 6 ÷ 5,006 ÷ .87 is 1.4 in 1,000
        ([(5000, {}), (60, UNTOLD)], ("unknown", "logged_unread"), 0, 0),
        ([(5000, {}), (60, EDIT_UNSEEN)], ("unknown", "logged_unread"), 0, 0),
        ([(5000, {}), (40, UNTOLD)], ("kept", "logged_none"), 0, 0),
        ([(10, {})], ("unknown", "small_group"), None, None),
        ([(10, OUT)], ("watch", "logged_hidden"), None, None),
    ],
)
@pytest.mark.usefixtures("plain_readers")
def test_adverts_are_judged_by_what_went_out_and_by_drafts(  # noqa: PLR0917 (the cases of one table)
    tmp_path: Path,
    rows: list[tuple[int, dict[str, str | None]]],
    expected: tuple[str, str],
    cases: int | None,
    flagged: int | None,
) -> None:
    workspace = made(tmp_path / "w", *rows)
    document = audit(workspace)
    found = of(document, "3.7")
    assert (found.verdict, found.reason) == expected
    assert document.decisions == sum(n for n, _ in rows)
    if cases is not None:
        assert (found.logged.cases, found.logged.detected.flagged) == (cases, flagged)
    exact = audit(workspace, dry_run=True, exact=True)
    assert exact.measures == document.measures
    assert checked(workspace, tmp_path / "pack") == 0


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(5000, {})], ("kept", "logged_none")),
        ([(5000, {}), (2, {"draft": NIR})], ("watch", "logged_case")),
        ([(5000, {}), (2, {"draft": NIR, "to": "agent"})], ("watch", "logged_rate")),  # at most 1.5 in 1,000
        ([(9000, {}), (2, {"draft": NIR, "to": "agent"})], ("kept", "logged_none")),
        ([(2000, {})], ("unknown", "logged_wide")),
        ([(5000, {}), (60, {"to": None})], ("unknown", "logged_unread")),
    ],
)
@pytest.mark.usefixtures("plain_readers")
def test_personal_data_are_judged_by_numbers_outside_and_by_all_texts(
    tmp_path: Path, rows: list[tuple[int, dict[str, str | None]]], expected: tuple[str, str]
) -> None:
    workspace = made(tmp_path / "w", *rows)
    found = of(audit(workspace), "6.4")
    assert (found.verdict, found.reason) == expected
    assert checked(workspace, tmp_path / "pack") == 0


@pytest.mark.usefixtures("plain_readers")
def test_what_readers_miss_is_in_the_bounds(tmp_path: Path) -> None:
    found = of(audit(made(tmp_path / "w", (5000, {}), (2, EDITED_AWAY)), dry_run=True), "3.7")
    recall_at_least = proportion_confint(222, 255, method="wilson")[0]
    p, n, z = 2 / 5002, 5002, student.ppf(0.975, 5001)  # two drafts of two teams: as good as independent
    high = (p + z**2 / 2 / n + z * np.sqrt(p * (1 - p) / n + z**2 / 4 / n**2)) / (1 + z**2 / n)
    assert found.logged.detected.most == pytest.approx(high / recall_at_least)
    assert found.logged.detected.share == pytest.approx(2 / 5002 / (222 / 255))
    assert found.logged.bound == pytest.approx(3 / 5002 / recall_at_least)
    assert "87 de ceux qu’elles signalent" in found.sentence["fr"]


@pytest.mark.usefixtures("plain_readers")
def test_drafts_of_one_team_count_as_one_template(tmp_path: Path) -> None:
    rows = [(1, {"draft": UNLAWFUL, "outcome": "rejected"}), (59, {})]  # all of the first team
    alone = of(audit(made(tmp_path / "one", *rows * 4, (5000, {})), dry_run=True), "3.7").logged.detected
    apart = of(audit(made(tmp_path / "four", (4, REJECTED), (5236, {})), dry_run=True), "3.7").logged.detected
    assert (alone.texts, alone.flagged) == (apart.texts, apart.flagged) == (5240, 4)
    assert alone.most > 1.3 * apart.most


@pytest.mark.usefixtures("plain_readers")
def test_a_case_that_a_human_confirms_breaks_the_promise_and_refuted_ones_keep_nothing(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w", (5000, {}), (1, OUT))
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
    (entry,) = chosen(workspace, None, every=True)
    assert rerun(workspace, entry).same
    assert checked(workspace, tmp_path / "pack") == 0


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


@pytest.mark.parametrize("kept", [False, True])
def test_no_text_is_found_in_any_file_before_and_after_a_purge(tmp_path: Path, kept: bool) -> None:
    system = WRITER.replace("kept: false", f"kept: {str(kept).lower()}")
    wrong = {"draft": f"{SECRET}. {UNLAWFUL} {NIR}", "outcome": "kept"}
    other = {"final": f"{SECRET}, corrigé.", "outcome": "edited"}
    workspace = made(tmp_path / "w", (20, {}), (3, wrong), (1, other), system=system)
    found = audit(workspace)
    assert of(found, "3.7").logged.detected.flagged == 3
    assert of(found, "6.4").logged.cases == 3
    needles = [each.encode() for each in ("Zibeline", "75 120 001", "moins de 30", "corrigé")]
    assert not found_in_clear(workspace, needles)
    opened = {needle for _, needle in found_when_opened(workspace, needles)}
    assert opened == ({*needles[:3]} if kept else set())  # encrypted, where the file says so; what went out never is
    purge(workspace, before=dt.date(2026, 10, 1), today=dt.date(2026, 11, 30))
    assert not found_in_clear(workspace, needles)
    assert not found_when_opened(workspace, needles)
    again = audit(Workspace(workspace.home), dry_run=True)
    assert (again.decisions, again.measures) == (found.decisions, found.measures)


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ("{adverts: [x], personal: [PASSPORT]}", "personal"),
        ("{adverts: []}, use: null", "use"),
        ("{outside: [x]}", "recipient"),
    ],
)
def test_a_file_that_cannot_be_held_is_refused(tmp_path: Path, texts: str, message: str) -> None:
    lines = WRITER.split("  texts:", maxsplit=1)[0].replace("  recipient: to\n", "")
    workspace = Workspace.create(tmp_path / "w")
    (workspace.home / "systems" / "writer.yaml").write_text(f"{lines}  texts: {texts}\n", encoding="utf-8")
    with pytest.raises(BoussoleError, match=message):
        Workspace(workspace.home).system("writer")


def test_strange_texts_are_read_and_stop_nothing() -> None:
    strange = [
        "\x00\x01\x02",
        "\u202e" + LAWFUL,
        "<script>alert(1)</script>",
        "é" * 200_000,
        "moins\u200b de 30 ans",
        "",
    ]
    assert len(reading.wording_of(strange)) == len(reading.personal_of(strange, "NIR IBAN")) == len(strange)
    remembered = reading.Remembered(lambda texts: [text[:1] for text in texts])
    assert remembered(["a", None, "a", "b"]) == ["a", None, "a", "b"]
