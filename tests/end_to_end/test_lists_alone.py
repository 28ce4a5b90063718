"""Rankings whose log holds no decision: who stands where is judged, and nothing of who is selected is made up."""

from __future__ import annotations

import csv
import datetime as dt
import json
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from pydantic import ValidationError

from boussole.audits.systems.model import System
from boussole.audits.workspace import Workspace
from boussole.charter.text.judged import judged
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.views.scene import load
from boussole.dashboard.views.system import system_page
from tests import oracle
from tests.as_json import judge
from tests.charter.builders import CHARTER, START, system
from tests.project_copy import ran

Run = Callable[..., "subprocess.CompletedProcess[str]"]
LISTED: dict[str, Any] = {
    "id": "listed",
    "kind": "ranking",
    "title": {"fr": "Listes", "en": "Lists"},
    "purpose": {"fr": "Classe.", "en": "Ranks."},
    "owner": "A role",
    "status": "retired",
    "risk": "high",
    "columns": {"id": "id", "decided_at": "day", "request": "offer", "rank": "place"},
    "groups": {"sex": {"column": "sex", "reference": "M"}},
    "windows": {"audit": "all"},
}


def declared(**changes: Any) -> dict[str, Any]:
    return {**LISTED, **changes, "columns": LISTED["columns"] | changes.get("columns", {})}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lists_alone")


@pytest.fixture(scope="module")
def audited_lists(command: Run, home: Path) -> Callable[..., Any]:
    """The audit of a file by a system file of its own, through the command line."""

    def audit(data: Path, **changes: Any) -> Any:
        file, workspace = home / f"{changes['id']}.yaml", home / "workspace"
        file.write_text(yaml.safe_dump(declared(**changes)), encoding="utf-8")
        of = ("--system", changes["id"])
        made = [] if workspace.exists() else [("init", workspace)]
        for arguments in (*made, ("systems", "add", file), ("import", data, *of)):
            done = command(*(() if arguments[0] == "init" else ("--workspace", workspace)), *arguments)
            assert done.returncode == 0, done.stderr
        done = command("--workspace", workspace, "audit", *of, "--json", "-", "--fail-on", "broken")
        return done.returncode, json.loads(done.stdout)

    return audit


def written(path: Path, *, women_first: int) -> Path:
    """100 lists of four; women stand first and second in so many of ten of them, else third and fourth."""
    chance, rows = random.Random(3), []  # noqa: S311
    for at in range(100):
        first, second = "FM" if at % 10 < women_first else "MF"
        day = dt.date(2026, 2, 1 + at % 28).isoformat()
        rows += [(f"{at}.{place}", day, at, place, sex) for place, sex in enumerate([first, first, second, second], 1)]
    chance.shuffle(rows)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("id", "day", "offer", "place", "sex"), *rows])
    return path


def ratio(women_first: int) -> float:
    """By hand: the places of a list get 1, 0.6309, 0.5 and 0.4307."""
    high, low, share = (1 + 0.63092975) / 2, (0.5 + 0.43067656) / 2, women_first / 10
    return (share * high + (1 - share) * low) / (share * low + (1 - share) * high)


@pytest.mark.costly
@pytest.mark.parametrize(("women_first", "expected", "code"), [(1, "broken", 1), (5, "kept", 0)])
def test_a_planted_gap_is_found_and_none_where_there_is_none(
    audited_lists: Callable[..., Any], home: Path, women_first: int, expected: str, code: int
) -> None:
    data = written(home / f"planted{women_first}.csv", women_first=women_first)
    exit_code, document = audited_lists(data, id=f"planted{women_first}")
    measures = {each["id"]: each for each in document["measures"]}
    assert measures["exposure_ratio/sex=F"]["value"] == pytest.approx(ratio(women_first), abs=1e-6)
    told = {each["indicator"]: each for each in document["verdicts"]}
    assert (told["exposure_ratio_sex"]["verdict"], exit_code) == (expected, code)
    assert measures["selection_rate/sex=F"] | {"n": 200, "value": None} == measures["selection_rate/sex=F"]
    assert {m["reason"] for m in document["measures"] if judged(m["metric"]).decided} == {"no_decision"}
    raw = told["selection_rate_ratio"]
    assert (raw["verdict"], raw["reason"], raw["comparisons"]) == ("not_examined", "no_decision", [])
    assert raw["sentence"]["en"] == (
        "Not examined: this log says who stands where in lists, and nothing of what was decided."
    )
    assert document["measures"] == [m for m in document["measures"] if m["status"] != "ok" or m["value"] is not None]


@pytest.fixture(scope="module")
def weeks(real_data: Path, home: Path) -> Path:
    """The people whom COMPAS scored in each week, the highest score first: lists without any decision."""
    frame = pd.read_csv(real_data / "compas" / "compas-scores-two-years.csv")
    frame["offer"] = pd.to_datetime(frame["screening_date"]).dt.strftime("%G-%V")
    frame = frame.sort_values(["offer", "decile_score", "id"], ascending=[True, False, True])
    frame["place"] = frame.groupby("offer").cumcount() + 1
    path = home / "weeks.csv"
    frame[["id", "offer", "place", "race", "decile_score", "two_year_recid"]].to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def scored_weeks(audited_lists: Callable[..., Any], weeks: Path) -> dict[str, Any]:
    columns = {
        "decided_at": None,
        "period": dt.date(2014, 12, 31),
        "favourable": False,
        "score": {"column": "decile_score", "range": [1, 10]},
        "outcome": {"column": "two_year_recid", "positive": [1], "observed_for": "all", "absent": "missing"},
    }
    groups = {"race": {"column": "race", "reference": "Caucasian"}}
    code, document = audited_lists(weeks, id="weeks", columns=columns, groups=groups)
    assert code == 0
    return dict(document)


@pytest.mark.costly
def test_real_scores_in_lists_are_those_of_the_oracle_and_outcomes_need_no_decision(
    scored_weeks: dict[str, Any], weeks: Path
) -> None:
    """Being high in a list of risk is a harm: black people are seen 120 times where white people are 100 times."""
    frame = pd.read_csv(weeks)
    lists = [list(zip(part["place"], part["race"], strict=True)) for _, part in frame.groupby("offer")]
    measures = {each["id"]: each for each in scored_weeks["measures"]}
    for race in ("African-American", "Hispanic", "Other"):
        expected = oracle.exposure_ratio(lists, race, "Caucasian")
        assert measures[f"exposure_ratio/race={race}"]["value"] == pytest.approx(expected, abs=1e-12)
    ndkl = [oracle.ndkl(people) for people in lists if oracle.telling(people)]
    assert measures["ndkl/race"]["value"] == pytest.approx(sum(ndkl) / len(ndkl), abs=1e-9)
    found = next(each for each in scored_weeks["verdicts"] if each["indicator"] == "exposure_ratio_race")
    judged = {each["measure"]: each["verdict"] for each in found["comparisons"]}
    assert (found["verdict"], judged["exposure_ratio/race=African-American"]) == ("watch", "watch")
    # Outcomes are read as far as they need no decision.
    assert measures["base_rate"]["value"] == pytest.approx(3251 / 7214)  # as ProPublica has it
    assert measures["auc"]["status"] == "ok"
    for name in ("precision", "accuracy", "true_positive_rate", "differential_fairness/race"):
        assert (measures[name]["value"], measures[name]["reason"]) == (None, "no_decision")
    shares = measures["unknown_share/race"]["params"]
    assert "among_selected" not in shares
    hidden = measures["selection_rate/race=Native American"]
    assert hidden["status"] in ("ok", "undefined")  # 18 people are no small group
    assert hidden["n"] == 18


@pytest.mark.slow
def test_what_was_sealed_is_computed_again_and_verified_by_a_bare_python(
    command: Run, home: Path, scored_weeks: dict[str, Any], tmp_path: Path
) -> None:
    done = command("--workspace", home / "workspace", "verify", "--ledger", "--rerun")
    assert done.returncode == 3, done.stdout + done.stderr
    pack = tmp_path / "pack"
    done = command("--workspace", home / "workspace", "export", "pack", pack, "--system", "weeks")
    assert done.returncode == 0, done.stderr
    bare = ran(sys.executable, "-I", "-S", pack / "verify.py", timeout=300)
    assert bare.returncode == 0, bare.stdout + bare.stderr


@pytest.mark.costly
def test_what_needs_a_decision_elsewhere_says_so_or_leaves_it_out(
    command: Run, home: Path, audited_lists: Callable[..., Any], scored_weeks: dict[str, Any]
) -> None:
    scene, here = load(Workspace(home / "workspace")), ("--workspace", home / "workspace")
    for lang, told in (("fr", "rien de ce qui a été décidé"), ("en", "nothing of what was decided")):
        say = speaker(lang)
        made = system_page(scene, "weeks", say, query={"lang": lang})
        shown = Template("views/parts/system.html", say)
        assert any(told in shown("not_examined", section) for section in made.sections)
    windows = ("--window", "2026-02-15/2026-02-28", "--against", "2026-02-01/2026-02-14")
    done = command(*here, "drift", "--system", "planted1", *windows, "--no-report", "--json", "-")
    assert done.returncode == 0, done.stderr
    told = {
        (each["group"]["role"], each["reason"]) for each in _measures(json.loads(done.stdout)) if each["by"] == ["role"]
    }
    assert told == {("decision", "no_decision")}
    done = command(*here, "drift", "--system", "planted1", *windows)
    assert (done.returncode, "there is nothing to show Evidently" in done.stderr) == (2, True)
    assert "--no-report" in done.stderr


@pytest.mark.slow
def test_what_auditors_take_away_holds_no_invented_decision(
    command: Run, home: Path, audited_lists: Callable[..., Any], tmp_path: Path
) -> None:
    audited_lists(written(home / "taken.csv", women_first=1), id="taken")
    here = ("--workspace", home / "workspace")
    for what in ("oscal", "json", "csv"):
        done = command(*here, "export", what, tmp_path / what)
        assert done.returncode == 0, done.stderr
    (results,) = (tmp_path / "oscal").glob("assessment-results-*.json")
    found = json.loads(results.read_text(encoding="utf-8"))["assessment-results"]["results"]
    taken = next(each for each in found if "400 " in each["description"])
    undecided = [f for f in taken["findings"] if {"no_decision"} & {prop["value"] for prop in f["props"]}]
    assert undecided
    assert {finding["target"]["status"]["state"] for finding in undecided} == {"not-satisfied"}  # as not examined
    assert {finding["target"]["status"]["reason"] for finding in undecided} == {"other"}
    with (tmp_path / "csv" / "questions.csv").open(encoding="utf-8-sig") as file:
        rows = {row["indicator"]: row for row in csv.DictReader(file, delimiter=";") if row["use"] == "taken"}
    verdicts = [rows[name]["verdict"] for name in ("selection_rate_ratio", "exposure_ratio_sex")]
    assert verdicts == ["not_examined", "broken"]
    done = command(*here, "report", "--lang", "fr", "--out", tmp_path / "r.pdf")
    assert done.returncode == 0, done.stderr
    told_of = command(*here, "audit", "--system", "taken", "--dry-run").stdout
    assert "400 places in lists" in told_of
    same = home / "taken.csv"
    done = command("compare", same, same, "--system-file", home / "taken.yaml", "--fail-on", "nothing")
    assert (done.returncode, "places" in done.stdout, "nothing was compared" in done.stdout) == (0, False, True)


def _measures(document: Any) -> list[Any]:
    """Every measure anywhere in a document."""
    if isinstance(document, dict):
        return [document] if "metric" in document else [m for each in document.values() for m in _measures(each)]
    return [m for each in document for m in _measures(each)] if isinstance(document, list) else []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"kind": "selection"}, "only a ranking"),
        ({"columns": {"rank": None}}, "`request` and `rank` say who stood where"),
        ({"columns": {"stages": ["called"]}}, "`stages`: this needs a `decision`"),
        ({"columns": {"human": {"decision": "said"}}}, "`human`: this needs a `decision`"),
        ({"columns": {"outcome": {"column": "o", "positive": [1], "observed_for": "selected", "absent": "missing"}}},
         "write `all`, or add it"),
    ],
)  # fmt: skip
def test_what_speaks_of_a_decision_needs_one(changes: dict[str, Any], told: str) -> None:
    assert System.model_validate(LISTED).ranked
    with pytest.raises(ValidationError, match=told):
        System.model_validate(declared(**changes))


def test_the_question_of_places_is_asked_where_there_are_lists() -> None:
    alone = judge(CHARTER, System.model_validate(LISTED), [], window_start=START)
    without = judge(CHARTER, system(), [], window_start=START)
    assert [each["reason"] for each in without if each["template"] == "exposure_ratio"] == ["no_ranks"]
    assert [each["reason"] for each in alone if each["template"] == "exposure_ratio"] == ["no_comparison"]
