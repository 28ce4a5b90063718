"""Uses from their log to the verdict: judged, confirmed by people, sealed, and checked without us."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from boussole.audits.decisions import ingest
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
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.views.answers.asked import levels_words
from boussole.dashboard.views.answers.small_print import left_out_words
from tests.conftest import Run
from tests.end_to_end.confirming import verify_packs
from tests.written import system_text

SYSTEM = system_text(
    "offers",
    """
columns:
  id: ref
  decided_at: day
  decision: {column: contacted, selected: [true], not_selected: [false]}
  person: who
USAGE
groups: {gender: {column: gender, reference: M}}
""",
    kind="ranking",
)
USAGE = "usage: {id: use, at: at, purpose: purpose, team: team, purposes: [match]}"


def made(
    home: Path, *, uses: int = 1000, other: int = 0, unlabelled: int = 0, usage: str = USAGE, until: int = 31
) -> Workspace:
    """So many uses for what is declared, so many for something else, so many that do not say for what."""
    workspace = Workspace.create(home)
    (home / "systems" / "offers.yaml").write_text(SYSTEM.replace("USAGE", usage), encoding="utf-8")
    workspace = Workspace(home)
    people = [f"p{i}" for i in range(60)]
    decided = pd.DataFrame({"ref": people, "day": dt.date(2026, 3, 4), "contacted": True, "who": people})
    bring(workspace, decided.assign(gender=["F", "M"] * 30), "decisions")
    said = ["match"] * uses + ["control"] * other + [None] * unlabelled
    logged = pd.DataFrame({"purpose": said, "at": spread(len(said), until)})
    logged["use"] = [f"u{i}" for i in range(len(logged))]
    logged["team"] = [f"T{i % 30}" for i in range(len(logged))]
    if usage and len(logged):
        bring(workspace, logged, "usage")
    return workspace


def spread(n: int, until: int) -> list[pd.Timestamp]:
    """So many moments, of which the first is on a day of March, the last on the 4th, the others between."""
    return [pd.Timestamp(2026, 3, day, 11) for day in np.linspace(until, 4, n).astype(int)]


def bring(workspace: Workspace, frame: pd.DataFrame, log) -> None:
    path = workspace.home.parent / f"{log}.parquet"
    frame.to_parquet(path)
    ingest(workspace, workspace.system("offers"), path, log=log)


def audit(workspace: Workspace, **more) -> AuditDocument:
    return run_audit(workspace, workspace.system("offers"), start=dt.date(2026, 3, 1), end=dt.date(2026, 3, 31), **more)


def of(document: AuditDocument):
    return next(each for each in document.verdicts if each.template == "undeclared_use")


def report(workspace: Workspace, outcome: str) -> None:
    said = {"role": "Committee", "on": dt.date(2026, 4, 2)}
    case = Case(indicator="undeclared_use", system="offers", happened_on=dt.date(2026, 3, 4), **said)
    state(workspace, Review(of=state(workspace, case).entry, outcome=outcome, system="offers", **said))


@pytest.mark.costly
@pytest.mark.parametrize(
    ("uses", "other", "unlabelled", "expected", "told"),
    [
        (1000, 0, 0, ("kept", "logged_none"), "Oui. Aucun des 1 000 usages qui disent à quoi ils servent"),
        (1000, 0, 10, ("kept", "logged_none"), "10 autres usages ne disent pas à quoi ils servent."),
        (1000, 0, 11, ("watch", "logged_unlabelled"), "au-delà de 1 sur 100, la charte surveille"),
        (1000, 2, 40, ("watch", "logged_case"), "le journal en montre 2 qui sortent de ce qui est déclaré"),
        (0, 0, 40, ("watch", "logged_unlabelled"), "40 usages ne disent pas à quoi ils servent"),
        (9, 0, 0, ("unknown", "small_group"), "masqué"),
        (9, 1, 0, ("watch", "logged_hidden"), "aucun nombre n’est donné"),
        (0, 0, 0, ("not_examined", "no_measure"), "Pas examiné"),
    ],
)
def test_verdicts_follow_the_uses(  # noqa: PLR0917 (the cases of one table)
    tmp_path: Path, uses: int, other: int, unlabelled: int, expected: tuple[str, str], told: str
) -> None:
    document = audit(made(tmp_path / "w", uses=uses, other=other, unlabelled=unlabelled), dry_run=True)
    found = of(document)
    assert (found.verdict, found.reason) == expected
    assert told in found.sentence["fr"].replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert document == audit(Workspace(tmp_path / "w"), dry_run=True, exact=True).changed(snapshot=document.snapshot)
    if expected == ("kept", "logged_none"):
        assert "jusqu’à 0,3 usages à venir sur 100" in found.sentence["fr"]  # 3 in 1,000
        assert "to be watched where over 1 in 100 do not say enough" in levels_words(document, found, speaker("en"))


@pytest.mark.costly
@pytest.mark.parametrize(
    ("usage", "reason"),
    [("", "no_purposes"), (USAGE.replace(", purposes: [match]", ""), "no_purposes")],
)
def test_without_a_log_or_a_list_nobody_has_looked(tmp_path: Path, usage: str, reason: str) -> None:
    found = of(audit(made(tmp_path / "w", usage=usage), dry_run=True))
    assert (found.verdict, found.reason) == ("not_examined", reason)
    assert "It would take that list" in found.sentence["en"]


@pytest.mark.costly
def test_where_too_many_uses_could_not_be_read_no_case_is_not_enough(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w", uses=300)
    again = pd.DataFrame(
        {"use": [f"v{i}" for i in range(31)], "at": [None] * 30 + ["2026-03-04"], "purpose": "match", "team": "T1"}
    )
    path = tmp_path / "unread.csv"
    again.to_csv(path, index=False)
    assert ingest(workspace, workspace.system("offers"), path, log="usage").quarantined == 30
    document = audit(workspace)
    assert (of(document).verdict, of(document).reason) == ("unknown", "too_much_left_out")
    assert "Of 331 uses, 30 were set aside (9.1 in 100)" in of(document).sentence["en"]
    verify_packs(workspace, tmp_path)


@pytest.mark.costly
@pytest.mark.parametrize(("until", "other", "expected"), [(10, 0, "unknown"), (10, 2, "watch"), (28, 0, "kept")])
def test_a_log_of_uses_that_stops_half_way_keeps_nothing(tmp_path: Path, until: int, other: int, expected: str) -> None:
    workspace = made(tmp_path / "w", other=other, until=until)
    found = of(audit(workspace))
    assert found.verdict == expected
    assert (found.reason == "log_stops") == (expected == "unknown")
    if expected == "unknown":
        assert "The log of uses stops on 10 March 2026, 21 days before the end of this period" in found.sentence["en"]
    (stored,) = stored_audits(workspace)
    write(pack_files(workspace, [stored], note=sign_checkpoint(workspace), restricted=True), tmp_path / "pack")
    assert judge(tmp_path / "pack", Judge(HERE), one_by_one=True) == 0


@pytest.mark.costly
def test_a_log_of_uses_with_a_hole_keeps_nothing(tmp_path: Path) -> None:
    """The import of ten days failed, and nobody saw it; it went on on the 19th."""
    workspace = made(tmp_path / "w", uses=0)
    days = [day for day in range(4, 32) if not 9 <= day <= 18]
    logged = pd.DataFrame(
        {"at": [pd.Timestamp(2026, 3, day, 11) for day in days for _ in range(20)], "purpose": "match"}
    )
    logged["use"] = [f"u{i}" for i in range(len(logged))]
    bring(workspace, logged.assign(team="T1"), "usage")
    sealed = audit(workspace)
    found = of(sealed)
    assert (found.verdict, found.reason) == ("unknown", "log_stops")
    assert found.sentence["en"].startswith(
        "We cannot tell. The log of uses holds nothing from 9 March 2026 to 18 March 2026: nobody knows what happened "
        "then."
    )
    assert sealed.written()["left_out"]["ends"] == [
        {"log": "usage", "last": "2026-03-08", "days": 23, "again": "2026-03-19"}
    ]
    assert "the log of uses holds nothing from 9 March 2026 to 18 March 2026" in left_out_words(sealed, speaker("en"))
    (again,) = rerun(workspace, chosen(workspace))
    assert again.ok, again
    (stored,) = stored_audits(workspace)
    write(pack_files(workspace, [stored], note=sign_checkpoint(workspace), restricted=True), tmp_path / "pack")
    assert judge(tmp_path / "pack", Judge(HERE), one_by_one=True) == 0


@pytest.mark.costly
@pytest.mark.parametrize(("until", "code"), [(10, 1), (31, 0)])
def test_a_build_does_not_pass_on_a_log_that_stops(tmp_path: Path, command: Run, until: int, code: int) -> None:
    workspace = made(tmp_path / "w", until=until)
    days = ("--from", "2026-03-01", "--to", "2026-03-31")
    done = command("--workspace", workspace.home, "audit", "--system", "offers", *days, "--fail-on", "broken")
    assert done.returncode == code, done.stderr
    assert ("--fail-on: a log lacks days of the period" in done.stderr) == bool(code)


def test_one_confirmed_case_breaks_the_promise(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w", other=2)
    report(workspace, "confirmed")
    assert (of(audit(workspace, dry_run=True)).verdict, of(audit(workspace, dry_run=True)).reason) == (
        "broken",
        "case_confirmed",
    )


@pytest.mark.costly
@pytest.mark.parametrize(("other", "unlabelled", "uses"), [(2, 3, 400), (0, 30, 400), (1, 0, 5)])
def test_it_is_sealed_computed_again_and_checked_without_us(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], other: int, unlabelled: int, uses: int
) -> None:
    workspace = made(tmp_path / "w", uses=uses, other=other, unlabelled=unlabelled)
    audit(workspace)
    (found,) = rerun(workspace, chosen(workspace))
    assert found.ok, found
    (stored,) = stored_audits(workspace)
    for name, restricted in (("all", True), ("open", False)):
        pack = tmp_path / name
        write(pack_files(workspace, [stored], note=sign_checkpoint(workspace), restricted=restricted), pack)
        assert judge(pack, Judge(HERE), one_by_one=True) == 0
