"""Calls of models from their log to the verdict: where they ran, judged, confirmed, sealed, and checked without us."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from boussole.audits.decisions import ingest
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.document import AuditDocument
from boussole.charter.pack import HERE, pack_files, write
from boussole.charter.pack.verifier.main import judge
from boussole.charter.pack.verifier.pack import Judge
from boussole.charter.record_types.kinds import Case, Review
from boussole.charter.records import sign_checkpoint, stored_audits
from boussole.charter.records.statements import seal as state
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.views.answers.short import provider_share
from tests.end_to_end.confirming import confirm
from tests.written import system_text

SYSTEM = system_text(
    "offers",
    """
columns:
  id: ref
  decided_at: day
  decision: {column: contacted, selected: [true], not_selected: [false]}
  person: who
CALLS
groups: {gender: {column: gender, reference: M}}
""",
    kind="ranking",
)
COLUMNS = "id: call, at: at, input: null, output: null, model_version: model, provider: by, place: where, team: team"
ALLOWED = "places: [Paris, Lyon], providers: [mistral ai]"
HERE_CALL: tuple[Any, ...] = ("Mistral AI", "Paris", "small")


def made(home: Path, *calls: tuple[tuple[Any, ...], int], allowed: str = ALLOWED, until: int = 31) -> Workspace:
    """So many calls of each kind (provider, place, model), up to a day of March."""
    workspace = Workspace.create(home)
    declared = f"generations: {{{COLUMNS}, calls: {{{allowed}}}}}" if allowed else f"generations: {{{COLUMNS}}}"
    (home / "systems" / "offers.yaml").write_text(SYSTEM.replace("CALLS", declared), encoding="utf-8")
    workspace = Workspace(home)
    people = [f"p{i}" for i in range(60)]
    decided = pd.DataFrame({"ref": people, "day": dt.date(2026, 3, 4), "contacted": True, "who": people})
    bring(workspace, decided.assign(gender=["F", "M"] * 30), "decisions")
    rows = [kind for kind, n in calls for _ in range(n)]
    logged = pd.DataFrame(rows, columns=["by", "where", "model"], dtype="string")
    logged["at"] = pd.Timestamp(2026, 3, until, 11)
    logged["call"], logged["team"] = ([f"{each}{i}" for i in range(len(rows))] for each in "cT")
    logged["team"] = [f"T{i % 30}" for i in range(len(rows))]
    if rows:
        bring(workspace, logged, "generations")
    return workspace


def bring(workspace: Workspace, frame: pd.DataFrame, log: Any) -> None:
    path = workspace.home.parent / f"{log}.parquet"
    frame.to_parquet(path)
    assert ingest(workspace, workspace.system("offers"), path, log=log).quarantined == 0


def audit(workspace: Workspace, **more: Any) -> AuditDocument:
    return run_audit(workspace, workspace.system("offers"), start=dt.date(2026, 3, 1), end=dt.date(2026, 3, 31), **more)


def of(document: AuditDocument) -> Any:
    return next(each for each in document.verdicts if each.template == "where_models_run")


OUTSIDE = ("Other", "Dublin", "big")


@pytest.mark.costly
@pytest.mark.parametrize(
    ("calls", "expected", "told"),
    [
        ([(HERE_CALL, 1000)], ("kept", "logged_none"), "Aucun des 1 000 appels qui disent où ils ont tourné"),
        ([(("MISTRAL AI", " paris ", "x"), 30)], ("kept", "logged_none"), "Aucun des 30 appels"),
        ([(HERE_CALL, 1000), ((None, "Paris", "x"), 10)], ("kept", "logged_none"), "10 autres appels ne disent pas"),
        ([(HERE_CALL, 1000), ((None, "Paris", "x"), 11)], ("watch", "logged_unlabelled"), "au-delà de 1 sur 100"),
        ([(HERE_CALL, 993), (OUTSIDE, 7)], ("watch", "logged_case"), "Hors de la liste : Other, Dublin, big (7)."),
        ([(HERE_CALL, 99), ((None, "Oslo", None), 1)], ("watch", "logged_case"), "non dit, Oslo, non dit (1)"),
        ([((None, None, "x"), 40)], ("watch", "logged_unlabelled"), "40 appels ne disent pas où ils ont tourné"),
        ([(HERE_CALL, 9)], ("unknown", "small_group"), "masqué"),
        ([(HERE_CALL, 9), (OUTSIDE, 1)], ("watch", "logged_hidden"), "aucun nombre n’est donné"),
        ([], ("not_examined", "no_measure"), "Pas examiné"),
    ],
)
def test_verdicts_follow_where_models_ran(
    tmp_path: Path, calls: list[tuple[Any, int]], expected: tuple[str, str], told: str
) -> None:
    document = audit(made(tmp_path / "w", *calls), dry_run=True)
    found = of(document)
    assert (found.verdict, found.reason) == expected
    assert told in found.sentence["fr"].replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert document == audit(Workspace(tmp_path / "w"), dry_run=True, exact=True).changed(snapshot=document.snapshot)


@pytest.mark.costly
@pytest.mark.parametrize("allowed", ["", "models: {}"])
def test_without_a_list_nobody_has_looked(tmp_path: Path, allowed: str) -> None:
    found = of(audit(made(tmp_path / "w", (HERE_CALL, 50), allowed=allowed), dry_run=True))
    assert (found.verdict, found.reason) == ("not_examined", "no_allowed_places")
    assert "It would take the list of allowed places and providers" in found.sentence["en"]


@pytest.mark.costly
def test_a_confirmed_call_breaks_the_promise_and_a_pack_says_so_without_us(tmp_path: Path) -> None:
    workspace = made(tmp_path / "w", (HERE_CALL, 990), (OUTSIDE, 7), (("Other", "Rome", "big"), 2), ((None,) * 3, 1))
    said = {"role": "Committee", "on": dt.date(2026, 4, 2)}
    case = Case(indicator="where_models_run", system="offers", happened_on=dt.date(2026, 3, 4), **said)
    state(workspace, Review(of=state(workspace, case).entry, outcome="confirmed", system="offers", **said))
    document = audit(workspace)
    found = of(document)
    assert found.verdict == "broken"
    assert [(each.place, each.n) for each in found.logged.outside] == [("Dublin", 7), ("Rome", 2)]
    measure = next(each for each in document.measures if each.metric == "calls_outside_allowed_share")
    assert (measure.value, measure.n, measure.params.get("unlabelled")) == (9 / 999, 999, 1)
    confirm(workspace, tmp_path)


@pytest.mark.costly
@pytest.mark.parametrize(("until", "outside", "expected"), [(10, 0, "unknown"), (10, 2, "watch"), (28, 0, "kept")])
def test_a_log_of_calls_that_stops_half_way_keeps_nothing(
    tmp_path: Path, until: int, outside: int, expected: str
) -> None:
    workspace = made(tmp_path / "w", (HERE_CALL, 500), (OUTSIDE, outside), until=until)
    found = of(audit(workspace, dry_run=True))
    assert found.verdict == expected
    assert (found.reason == "log_stops") == (expected == "unknown")


@pytest.mark.costly
def test_which_calls_there_are_is_told(tmp_path: Path) -> None:
    """Kinds with fewer than eleven calls are told together, with the next fewest."""
    calls = (HERE_CALL, 100), (("Other", "Rome", "big"), 12), (("Other", "Rome", "old"), 6)
    workspace = made(tmp_path / "w", *calls)
    document = json.loads(json.dumps(audit(workspace).written()))
    measure = next(each for each in document["measures"] if each["metric"] == "calls_outside_allowed_share")
    assert measure["params"]["by_call"] == [["Mistral AI", "Paris", "small", 100]]
    assert measure["params"]["others"] == 18


def test_the_share_of_one_provider_is_told_with_its_forecast_and_never_judged(tmp_path: Path) -> None:
    points = [
        ("2024-10-01", 0.35),
        ("2025-04-01", 0.44),
        ("2025-10-01", 0.55),
        ("2026-03-01", 0.61),
        ("2026-09-01", 0.9),
    ]
    history = ", ".join(f"{{day: {day}, share: {share}}}" for day, share in points)
    aim = f"components: {{provider: Mistral AI, share: 1, by: 2027-06-30, history: [{history}]}}"
    workspace = made(tmp_path / "w", (HERE_CALL, 100), allowed=f"{ALLOWED}, {aim}")
    document = audit(workspace)
    (found,) = [each for each in document.measures if each.metric == "provider_share_forecast"]
    assert (found.n, found.params.get("now")) == (4, 0.61)  # what comes after the window is not known yet
    told = provider_share(document, of(document), speaker("en"))
    assert "on 1 March 2026, 61 in 100 of its components came from Mistral AI" in told
    assert f"that will be {100 * found.value:.0f} in 100 on 30 June 2027" in told
    assert provider_share(document, document.verdicts[0], speaker("en")) == ""
    (stored,) = stored_audits(workspace)
    write(pack_files(workspace, [stored], note=sign_checkpoint(workspace), restricted=True), tmp_path / "pack")
    assert judge(tmp_path / "pack", Judge(HERE), one_by_one=True) == 0
