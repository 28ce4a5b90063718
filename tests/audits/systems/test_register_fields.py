"""What a system file says of a use: what blocks production, dates that cannot be true together, lines to fill in."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from boussole.audits.decisions import ingest
from boussole.audits.declaration import declaration, declared, keep
from boussole.audits.errors import SystemFileError
from boussole.audits.systems import System, load_system
from boussole.audits.systems.gaps import gaps_in
from boussole.audits.systems.register import Assessment, Dates, contradictions
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.records import audits_of
from boussole.dashboard.cli.main import app
from tests.written import sample, system_text

TODAY = dt.date(2026, 11, 26)
DONE = Assessment(done_on=dt.date(2025, 1, 10), document="DPIA 12")
WAIVED = Assessment(not_required="No personal data")
USE = {
    "id": "sorter",
    "kind": "declared",
    "title": {"fr": "Tri", "en": "Sorter"},
    "purpose": {"fr": "Trier.", "en": "Sort."},
    "owner": "Service courrier",
    "risk": "high",
}


def keys(status="pilot", risk="minimal", dates=None, ia=None, fria=None):
    found = contradictions(
        status=status, risk=risk, dates=Dates(**(dates or {})), impact_assessment=ia, fria=fria, today=TODAY
    )
    return [item.key for item in found]


@pytest.mark.parametrize(
    ("risk", "ia", "fria", "blocked_by"),
    [
        ("minimal", None, None, []),
        ("limited", None, None, ["impact_assessment"]),
        ("high", DONE, None, ["fria"]),
        ("high", DONE, WAIVED, []),
        ("prohibited", None, None, ["impact_assessment", "fria"]),
    ],
)
def test_what_blocks_production_depends_on_the_risk(risk, ia, fria, blocked_by):
    assert keys("production", risk, ia=ia, fria=fria) == blocked_by
    for status in ("design", "pilot", "retired"):
        assert keys(status, risk, ia=ia, fria=fria) == []


@pytest.mark.parametrize(
    ("status", "dates", "wrong"),
    [
        ("pilot", {"trial": "2026-11-26"}, []),
        ("pilot", {"trial": "2026-11-27"}, ["dates.trial"]),
        ("pilot", {"trial": "2026-01-01", "service": "2027-01-01", "ended": "2028-01-01"}, []),
        ("design", {"trial": "2027-03-01"}, []),
        ("production", {"trial": "2025-03-01", "service": "2025-03-01"}, []),
        ("production", {"trial": "2025-03-01", "service": "2025-02-28"}, ["dates.service"]),
        ("production", {"service": "2026-11-27"}, ["dates.service"]),
        ("retired", {"trial": "2025-03-01", "ended": "2025-02-01"}, ["dates.ended"]),
        ("pilot", {"ethics_review": "2026-12-01"}, ["dates.ethics_review"]),
    ],
)
def test_dates_that_cannot_be_true_together(status, dates, wrong):
    assert keys(status, dates=dates) == wrong


def test_an_assessment_is_done_and_not_in_the_future_or_not_required():
    late = Assessment(done_on=dt.date(2026, 11, 26))  # after the first trial
    assert keys(dates={"trial": "2024-10-01"}, ia=late) == []
    assert keys(ia=Assessment(done_on=dt.date(2026, 11, 27))) == ["impact_assessment.done_on"]
    for given in ({"document": "DPIA 1"}, {"done_on": "2025-01-01", "not_required": "no data"}):
        with pytest.raises(ValueError, match="exactly one of"):
            Assessment(**given)


@pytest.mark.parametrize("status", ["design", "pilot", "production", "retired"])
def test_a_file_that_was_good_once_is_good_on_every_later_day(status):
    dates = Dates(**dict.fromkeys(("trial", "service", "ended", "ethics_review", "works_council"), "2026-06-01"))
    given = {"status": status, "risk": "high", "dates": dates, "impact_assessment": DONE, "fria": DONE}
    bad = [bool(contradictions(**given, today=dt.date(2026, month, 1))) for month in range(1, 13)]
    assert bad == sorted(bad, reverse=True)


def refused(tmp_path, **given):
    path = tmp_path / "sorter.yaml"
    path.write_text(yaml.safe_dump({**USE, **given}), encoding="utf-8")
    with pytest.raises(SystemFileError) as error:
        load_system(path)
    return str(error.value)


def test_loading_names_file_key_and_next_step(tmp_path):
    told = refused(tmp_path, status="production", impact_assessment={"not_required": "No personal data"})
    assert "sorter.yaml" in told
    assert "`fria`" in told
    assert "until then its status is pilot" in told
    assert "`impact_assessment`:" not in told
    assert "'costs.build'" in refused(tmp_path, status="pilot", costs={"build": -1})
    assert "'costs.yearly'" in refused(tmp_path, status="pilot", costs={"yearly": float("inf")})
    assert "trail" in (text := refused(tmp_path, status="pilot", dates={"trail": "2025-01-01"}))
    assert "trial" in text


@pytest.mark.parametrize("command", ["check", "add"])
def test_commands_refuse_a_blocked_system(tmp_path, command):
    workspace = Workspace.create(tmp_path / "w")
    path = workspace.home / "systems" / "sorter.yaml" if command == "check" else tmp_path / "sorter.yaml"
    path.write_text(yaml.safe_dump({**USE, "status": "production"}), encoding="utf-8")
    more = [] if command == "check" else [str(path)]
    done = CliRunner().invoke(app, ["--workspace", str(workspace.home), "systems", command, *more])
    assert isinstance(done.exception, SystemFileError)
    assert "impact_assessment.done_on" in str(done.exception)
    assert list((workspace.home / "systems").glob("*.yaml")) == ([path] if command == "check" else [])


def test_a_key_given_twice_is_an_error_with_its_line(tmp_path):
    path = tmp_path / "sorter.yaml"
    path.write_text("id: sorter\nstatus: pilot\nstatus: design\n", encoding="utf-8")
    with pytest.raises(SystemFileError, match=r"'status' is given twice[\s\S]*line 3"):
        load_system(path)


def test_what_an_audit_kept_of_a_system_is_read_whatever_the_register_asks_today(tmp_path):
    system = System.model_validate(
        {**USE, "status": "production", "impact_assessment": {"done_on": "2025-01-01"}, "fria": {"not_required": "x"}}
    )
    assert declared(tmp_path, keep(tmp_path, system)).status == "production"


def test_a_watched_feature_is_a_column_or_a_column_with_its_title() -> None:
    columns = {"id": "id", "period": "2026-07-01", "decision": {"column": "hired", "selected": [1]}}
    titled = {"column": "distance_km", "title": {"fr": "Distance, en km", "en": "Distance, in km"}}
    system = sample(columns, ["sex"], features=["age", titled, {"column": "experience"}])
    kept = declaration(system)
    assert kept["features"] == ["age", titled, "experience"]
    assert System.model_validate(kept).features == system.features
    schema = Draft202012Validator(System.model_json_schema())
    whole = system.model_dump(mode="json", by_alias=True, exclude_none=True)
    wrong = ({"title": titled["title"]}, {"column": "age", "titel": titled["title"]}, 3)
    for features, fits in ((["age", titled], True), *(([each], False) for each in wrong)):
        assert schema.is_valid({**whole, "features": features}) is fits


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("[{column: age, titel: {en: Age}}]", "unknown key 'features.0.titel' .Did you mean 'title'"),
        ("[age, {title: {en: Age}}]", "'features.1.column' is missing"),
    ],
)
def test_a_slip_in_a_feature_is_named(tmp_path, written: str, told: str) -> None:
    columns = "columns: {id: id, decided_at: at, decision: {column: hired, selected: [1]}}"
    path = tmp_path / "s.yaml"
    path.write_text(system_text("s", f"{columns}\nfeatures: {written}\n"), encoding="utf-8")
    with pytest.raises(SystemFileError, match=told):
        load_system(path)


ROOT = Path(__file__).parents[3]
LINES = """
columns:
  id: ref
  period: 2026-03-01  # TO FILL IN: no column of dates was found: the date of all these decisions
  decision: {column: granted, selected: ["yes"], not_selected: ["no"]}
groups:
  gender: {column: sex, reference: M}
windows: {audit: all}
"""


LOANS = system_text("loans", LINES)
FILLED = LOANS.replace("TO FILL IN: no", "of the file: no")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "w")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    rows = [f"{n},{('yes', 'no')[n % 3 == 0]},{'FM'[n % 2]}" for n in range(120)]
    path = tmp_path / "log.csv"
    path.write_text("\n".join(["ref,granted,sex", *rows]) + "\n", encoding="utf-8")
    return path


def bring_in(command: Any, workspace: Workspace, log: Path, *, name: str = "loans.yaml") -> None:
    """Decisions come in by a system file without marks; then somebody marks a line of it."""
    kept = workspace.home / "systems" / name
    kept.write_text(FILLED, encoding="utf-8")
    assert command("--workspace", workspace.home, "import", log, "--system", "loans").returncode == 0
    kept.write_text(LOANS, encoding="utf-8")


@pytest.mark.costly
def test_an_audit_of_a_system_to_fill_in_is_dry(command: Any, workspace: Workspace, log: Path) -> None:
    here = ("--workspace", workspace.home)
    bring_in(command, workspace, log)
    refused = command(*here, "audit", "--system", "loans")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "line 10: period: 2026-03-01  # TO FILL IN: no column of dates was found" in refused.stderr
    assert "boussole audit --system loans --dry-run" in refused.stderr
    assert audits_of(workspace, "loans") == []
    dry = command(*here, "audit", "--system", "loans", "--dry-run")
    assert (dry.returncode, "loans 2026-03-01/2026-03-01: 120 decisions" in dry.stdout) == (0, True)
    assert "1 line(s) are still TO FILL IN. What follows rests on guesses and cannot be sealed:" in dry.stderr
    alone = command("audit", "--dry-run", log, "--system-file", workspace.home / "systems" / "loans.yaml")
    assert (alone.returncode, "line 10: period" in alone.stderr) == (0, True)


@pytest.mark.costly
def test_one_system_to_fill_in_seals_nothing_of_the_others(command: Any, workspace: Workspace, log: Path) -> None:
    whole = FILLED.replace("id: loans", "id: credit")
    (workspace.home / "systems" / "credit.yaml").write_text(whole, encoding="utf-8")
    assert command("--workspace", workspace.home, "import", log, "--system", "credit").returncode == 0
    bring_in(command, workspace, log)
    assert command("--workspace", workspace.home, "audit").returncode == 2
    assert audits_of(workspace, "credit") == []


@pytest.mark.costly
def test_whatever_seals_is_refused(command: Any, workspace: Workspace, log: Path) -> None:
    """Where rows come in and audits are sealed, not in one command; under the other ending of YAML files, too."""
    bring_in(command, workspace, log, name="loans.yml")
    with pytest.raises(SystemFileError, match=r"1 line\(s\) are still `TO FILL IN`"):
        run_audit(workspace, workspace.system("loans"))
    with pytest.raises(SystemFileError, match="nothing is imported"):
        ingest(workspace, workspace.system("loans"), log)
    assert audits_of(workspace, "loans") == []


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("owner: x  # TO FILL IN: a role", True),
        ("owner: TO FILL IN", True),
        ("# TO FILL IN", True),
        ("# `TO FILL IN` is what no data can tell.", False),
        ("owner: Those who TO FILL INTO", False),
    ],
)
def test_what_a_marked_line_is(line: str, found: bool) -> None:
    assert bool(gaps_in(line)) is found


def test_no_system_file_that_is_kept_has_a_line_to_fill_in() -> None:
    kept = [*ROOT.glob("tests/systems/**/*.y*ml"), *ROOT.glob("experiments/**/*.y*ml")]
    assert kept
    assert [path for path in kept if gaps_in(path.read_text(encoding="utf-8"))] == []
