"""Maturity of outcomes and expiry of legal bases: what an audit may read on its day, from the rows to the sentence."""

from __future__ import annotations

import datetime as dt
import importlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from boussole.audits import runs
from boussole.audits.decisions import ingest
from boussole.audits.lake import reading
from boussole.audits.lake.tables import table
from boussole.audits.standing import WindowStanding, standing
from boussole.audits.systems import System
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.schemas import audit_schema
from tests.written import system_text

JULY = Window(dt.date(2026, 7, 1), dt.date(2026, 7, 31))
READABLE = dt.date(2026, 9, 14)  # 31 July and 45 days
EXPIRES = dt.date(2026, 8, 31)
SYSTEM = system_text(
    "jobs",
    """
columns:
  id: ref
  decided_at: day
  decision: {column: taken, selected: [true], not_selected: [false]}
  outcome: {column: hired, positive: [true], matures_after_days: 45, observed_for: OBSERVED, absent: ABSENT}
  person: who
groups:
  gender: {column: gender, reference: M}
  health: {column: health, basis: "consent", expires: 2026-08-31}
intersections: [[gender, health]]
""",
)
OUTCOMES = ("precision", "predictive_parity_difference", "precision_difference", "missing_outcome_share")


def log() -> pd.DataFrame:
    """July: who is taken does not depend on the group; outcomes of women are missing twice as often."""
    random = np.random.default_rng(5)
    n = 3000
    gender = random.choice(["F", "M"], n)
    known = random.random(n) > np.where(gender == "F", 0.4, 0.2)
    return pd.DataFrame(
        {
            "ref": [f"r{i}" for i in range(n)],
            "day": pd.Timestamp("2026-07-01") + pd.to_timedelta(random.integers(0, 31, n), unit="D"),
            "taken": random.random(n) < 0.5,
            "hired": np.where(known, random.random(n) < 0.3, None),
            "who": [f"p{i}" for i in random.integers(0, 900, n)],
            "gender": gender,
            "health": random.choice(["wellness-value", "sickness-value"], n),
        }
    )


class August(dt.datetime):
    """A day before the legal basis ended."""

    @classmethod
    def now(cls, tz: Any = None) -> dt.datetime:
        return cls(2026, 8, 20, 12, tzinfo=tz)


def filled(folder: Path, *, observed: str = "all", absent: str = "missing") -> tuple[Workspace, System]:
    workspace = Workspace.create(folder / "workspace")
    text = SYSTEM.replace("OBSERVED", observed).replace("ABSENT", absent)
    (workspace.home / "systems" / "jobs.yaml").write_text(text, encoding="utf-8")
    log().to_parquet(folder / "july.parquet")
    system = workspace.system("jobs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(importlib.import_module("boussole.audits.decisions.ingesting").dt, "datetime", August)
        ingest(workspace, system, folder / "july.parquet")
    return workspace, system


@pytest.fixture(scope="module")
def july(tmp_path_factory: pytest.TempPathFactory) -> tuple[Workspace, System]:
    return filled(tmp_path_factory.mktemp("july"))


@pytest.fixture
def august(monkeypatch: pytest.MonkeyPatch) -> None:
    """An audit made in August 2026, before the legal basis ended."""
    monkeypatch.setattr(runs.dt, "datetime", August)


def audit(july: tuple[Workspace, System], as_of: dt.date, **options: Any) -> dict[str, Any]:
    workspace, system = july
    return run_audit(workspace, system, start=JULY.start, end=JULY.end, as_of=as_of, dry_run=True, **options).written()


def by_id(document: dict[str, Any]) -> dict[str, Any]:
    return {measure["id"]: measure for measure in document["measures"]}


def of(observed: str, *, days: int, absent: str = "missing") -> System:
    import yaml

    text = SYSTEM.replace("OBSERVED", observed).replace("ABSENT", absent).replace("45", str(days))
    return System.model_validate(yaml.safe_load(text))


def test_outcomes_are_read_once_all_are_old_enough_and_groups_until_their_basis_ends() -> None:
    day = dt.timedelta(days=1)
    before, on = (standing(of("all", days=45), JULY, as_of=READABLE - late) for late in (day, 0 * day))
    assert (before.readable_from, on.readable_from) == (READABLE, None)
    system = of("all", days=0)  # outcomes that come with the decision are never early
    assert standing(system, JULY, as_of=dt.date(2026, 7, 10)).readable_from is None
    assert standing(system, JULY, as_of=EXPIRES) == WindowStanding()
    ended = standing(system, JULY, as_of=EXPIRES + day)
    assert ended.expired == {"health": EXPIRES}
    assert standing(system, JULY, as_of=JULY.end, today=EXPIRES + day).expired == {"health": EXPIRES}
    assert (ended.ended(("gender",)), ended.ended(("gender", "health"))) == (None, EXPIRES)


@pytest.mark.costly
@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.usefixtures("august")
def test_an_immature_window_has_no_outcome_measure(july: tuple[Workspace, System], exact: bool) -> None:
    document = audit(july, READABLE - dt.timedelta(days=1), exact=exact)
    depending = [m for m in document["measures"] if m["metric"] in OUTCOMES]
    assert {m["metric"] for m in depending} == set(OUTCOMES)
    for measure in depending:
        if "health" in measure["by"]:
            continue
        assert (measure["status"], measure["reason"], measure["value"]) == ("undefined", "not_mature", None)
        assert (measure["n"], measure["interval"]) == (None, None)
        assert measure["params"]["readable_from"] == "2026-09-14"
        assert "missing_outcomes" not in measure["params"]
    assert by_id(document)["selection_rate/gender=F"]["status"] == "ok"
    (asked,) = (each for each in document["verdicts"] if each["indicator"] == "true_positive_rate_difference_gender")
    assert (asked["verdict"], asked["reason"]) == ("unknown", "not_mature")
    assert "from 14 September 2026" in asked["sentence"]["en"]
    assert "à partir du 14 septembre 2026" in asked["sentence"]["fr"]


@pytest.mark.costly
def test_once_mature_the_measures_are_there_with_or_without_the_cube(july: tuple[Workspace, System]) -> None:
    from jsonschema import Draft202012Validator

    from_cube, from_rows = (audit(july, READABLE, exact=exact) for exact in (False, True))
    assert [e.message for e in Draft202012Validator(audit_schema()).iter_errors(from_cube)] == []
    assert from_cube["measures"] == from_rows["measures"]
    assert from_cube["evidence"]["cubes"] == from_rows["evidence"]["cubes"]
    frame = log()
    women = frame[(frame["gender"] == "F") & frame["taken"] & frame["hired"].notna()]
    found = by_id(from_cube)["precision/gender=F"]
    assert (found["n"], found["value"]) == (len(women), pytest.approx(women["hired"].astype(bool).mean()))


def test_nothing_of_an_expired_group_is_read_shown_or_kept(july: tuple[Workspace, System]) -> None:
    workspace, _ = july
    document = audit(july, READABLE)
    text = json.dumps(document)
    assert "wellness-value" not in text
    assert "sickness-value" not in text
    health = [measure for measure in document["measures"] if "health" in measure["by"]]
    assert {tuple(measure["by"]) for measure in health} == {("health",), ("gender", "health")}
    for measure in health:
        assert (measure["status"], measure["reason"]) == ("undefined", "expired")
        assert (measure["group"], measure["n"], measure["value"]) == (None, None, None)
        assert measure["params"]["expired_on"] == "2026-08-31"
    rows = pq.read_table(workspace.unsealed / f"{document['evidence']['cubes'].removeprefix('sha256:')}.parquet")
    assert set(rows["by"].to_pylist()) - {None} == {"", "gender"}  # None: what was left out is of no attribute
    assert not {"wellness-value", "sickness-value"} & {v for i in (1, 2, 3) for v in rows[f"value{i}"].to_pylist()}
    found = {verdict["indicator"]: verdict for verdict in document["verdicts"]}
    for name in ("selection_rate_ratio_health", "selection_rate_ratio_gender_health"):
        assert (found[name]["verdict"], found[name]["reason"]) == ("unknown", "expired")
        assert "legal basis for using these data ended on 31 August 2026" in found[name]["sentence"]["en"]
        assert "a pris fin le 31 août 2026" in found[name]["sentence"]["fr"]
    assert found["selection_rate_ratio_gender"]["reason"] != "expired"


@pytest.mark.costly
def test_after_it_has_ended_no_import_stores_the_group_again(july: tuple[Workspace, System], tmp_path: Path) -> None:
    workspace, system = filled(tmp_path)
    log().assign(ref=lambda frame: "later" + frame["ref"]).to_parquet(tmp_path / "later.parquet")
    ingest(workspace, system, tmp_path / "later.parquet")
    with reading(workspace) as lake:
        stored = lake.execute(
            "SELECT ref LIKE 'later%', count(g_health), count(g_gender) FROM "
            f"(SELECT id AS ref, * FROM {table(system, 'decisions')}) GROUP BY 1 ORDER BY 1"
        ).fetchall()
    assert stored[0][1] == stored[0][2] == len(log())
    assert stored[1][1:] == (0, len(log()))


@pytest.mark.usefixtures("august")
def test_before_it_expires_the_group_is_measured(july: tuple[Workspace, System]) -> None:
    document = audit(july, dt.date(2026, 8, 20))
    assert by_id(document)["selection_rate/health=sickness-value"]["status"] == "ok"


@pytest.mark.costly
@pytest.mark.parametrize("observed", ["all", "selected"])
def test_missing_outcomes_are_those_that_pandas_counts(tmp_path: Path, observed: str) -> None:
    july = filled(tmp_path, observed=observed)
    frame = log()
    due = frame if observed == "all" else frame[frame["taken"]]
    document = audit(july, READABLE)
    expected = {
        "missing_outcome_share": due,
        "missing_outcome_share/gender=F": due[due["gender"] == "F"],
        "missing_outcome_share/gender=M": due[due["gender"] == "M"],
    }
    for name, rows in expected.items():
        found = by_id(document)[name]
        assert found["n"] == len(rows)
        assert found["value"] == rows["hired"].isna().mean()
        assert found["interval"]["method"] == "jackknife"
        assert found["interval"]["low"] < found["value"] < found["interval"]["high"]
    gap = by_id(document)["missing_outcome_share_difference/gender=F"]
    shares = [rows["hired"].isna().mean() for rows in list(expected.values())[1:]]
    assert gap["value"] == pytest.approx(shares[0] - shares[1])
    assert (gap["params"]["against"], gap["params"]["bad_side"]) == ("gender=M", "above")
    assert gap["interval"]["low"] > 0  # planted: women's are missing twice as often


@pytest.mark.costly
def test_an_absent_outcome_that_means_negative_is_not_missing(tmp_path: Path) -> None:
    document = audit(filled(tmp_path, absent="negative"), READABLE)
    for name in (
        "missing_outcome_share",
        "missing_outcome_share/gender=F",
        "missing_outcome_share_difference/gender=F",
    ):
        assert (by_id(document)[name]["status"], by_id(document)[name]["reason"]) == ("undefined", "absent_is_negative")
    frame = log()
    women = frame[(frame["gender"] == "F") & frame["taken"]]
    assert by_id(document)["precision/gender=F"]["n"] == len(women)
