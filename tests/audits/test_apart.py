"""Groups too small to be told are set apart: nothing that is published depends on what was decided about them."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from boussole.audits.counts.apart import apart_of
from boussole.audits.counts.rare import words_of
from boussole.audits.decisions import ingest
from boussole.audits.drift.pairs import exact_pair
from boussole.audits.drift.series import drift_series
from boussole.audits.errors import BoussoleError
from boussole.audits.evidence import load
from boussole.audits.lake import reading
from boussole.audits.retention.purge import purge
from boussole.audits.systems.model import System
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.auditing.rerun import rerun
from boussole.charter.records import stored_audits
from boussole.dashboard.api import answers
from boussole.dashboard.api.shapes import PageQuery, VerdictsQuery
from boussole.dashboard.cli.verifying import told as lines_of
from tests.as_json import documents_of, publications, set_apart
from tests.audits.readers import least_and_most
from tests.sparing import slow_case
from tests.written import sample

Document = Mapping[str, Any]
TODAY = dt.date(2026, 12, 31)
JANUARY, FEBRUARY = (Window(dt.date(2026, month, 1), dt.date(2026, month, last)) for month, last in ((1, 31), (2, 28)))


def rich() -> System:
    """Everything that measures are made of: two attributes and both crossed, a control, a score, a funnel, lists."""
    columns = {
        "id": "id",
        "decided_at": "ts",
        "decision": {"column": "chosen", "selected": [1]},
        "outcome": {"column": "hired", "positive": [1], "observed_for": "all", "absent": "missing"},
        "score": {"column": "score", "range": [0, 1]},
        "request": "offer",
        "rank": "rank",
        "stages": ["seen", "met"],
    }
    return sample(
        columns,
        ("gender", "age"),
        intersections=[("gender", "age")],
        kind="ranking",
        controls={"job": {"column": "job"}},
        actors={"seen": "tool", "met": "adviser"},
    )


def plain() -> System:
    columns = {"id": "id", "decided_at": "ts", "decision": {"column": "chosen", "selected": [1]}}
    return sample(columns, ("gender", "age"), intersections=[("gender", "age")])


def people(sizes: Mapping[str | None, int], *, month: int = 1, seed: int = 0) -> pd.DataFrame:
    draws = np.random.default_rng(seed + month)
    gender = [group for group, n in sizes.items() for _ in range(n)]
    n = len(gender)
    draws.shuffle(gender)
    score = draws.integers(0, 100, n) / 100
    chosen = (draws.random(n) < 0.2 + 0.4 * score).astype(int)
    seen = draws.random(n) < 0.7
    return pd.DataFrame(
        {
            "id": [f"{month}-{i}" for i in range(n)],
            "ts": [pd.Timestamp(2026, month, 1 + i % 25) for i in range(n)],
            "gender": gender,
            "age": draws.choice(["young", "old"], n),
            "job": draws.choice(["cook", "clerk"], n),
            "score": score,
            "chosen": chosen,
            "hired": (draws.random(n) < 0.4).astype(int),
            "offer": [f"{month}-{i // 10}" for i in range(n)],
            "rank": [1 + i % 10 for i in range(n)],
            "seen": seen,
            "met": seen & (draws.random(n) < 0.5),
        }
    )


def other(frame: pd.DataFrame, stray: pd.Series) -> pd.DataFrame:
    """The same log, if all had been decided otherwise about these rows."""
    changed = frame.copy()
    for name in ("chosen", "hired"):
        changed.loc[stray, name] = 1 - changed.loc[stray, name]
    for name in ("seen", "met"):
        changed.loc[stray, name] = ~changed.loc[stray, "met"]
    return changed


def filled(folder: Path, system: System, frame: pd.DataFrame) -> Workspace:
    """With the keys that are there already: the same people fall into the same buckets."""
    workspace = Workspace.create(folder)
    keys = folder.parent / "keys"
    if keys.exists():
        shutil.copytree(keys, workspace.keys, dirs_exist_ok=True)
    frame.to_parquet(folder / "rows.parquet")
    ingest(workspace, system, folder / "rows.parquet")
    shutil.copytree(workspace.keys, keys, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.sqlite"))
    return workspace


def word(folder: Path) -> str:
    """What stands for the stray value, which few people have and no file declares."""
    workspace = Workspace(folder / "w")
    with reading(workspace) as connection:
        return words_of(connection, workspace, plain()).word("gender", "mf")


def registered(workspace: Workspace, system: System, **gender: str) -> Workspace:
    """With the system's file."""
    file = system.model_dump(mode="json", by_alias=True, exclude_none=True)
    file["groups"]["gender"] |= gender
    (workspace.home / "systems" / "sample.yaml").write_text(yaml.safe_dump(file), encoding="utf-8")
    return Workspace(workspace.home)


def audited(workspace: Workspace, system: System, *windows: Window) -> list[Document]:
    return [run_audit(workspace, system, start=each.start, end=each.end).written() for each in windows]


def told(document: Document) -> dict[str, Any]:
    """All that a document says of decisions."""
    return {name: document[name] for name in ("decisions", "measures", "verdicts")}


def of(document: Document, name: str) -> Any:
    return next(measure for measure in document["measures"] if measure["id"] == name)


@pytest.mark.costly
@pytest.mark.parametrize("stray", ["mf", slow_case(None)], ids=["stray", "unknown"])
def test_one_stray_row_does_not_hide_a_comparison_of_767_with_1469(tmp_path: Path, stray: str | None) -> None:
    frame = people({"F": 1469, "M": 767, stray: 1})
    (document,) = audited(filled(tmp_path / "w", plain(), frame), plain(), JANUARY)
    counted = frame[frame["gender"].isin(["F", "M"])]
    rates = counted.groupby("gender")["chosen"].mean()
    ratio = of(document, "selection_rate_ratio/gender=F")
    assert ratio["value"] == pytest.approx(rates["F"] / rates["M"], rel=1e-12)
    assert ratio["params"]["counts"]["n"] == [1469, 767]
    assert of(document, "selection_rate")["n"] == document["decisions"] == 2236
    assert of(document, "selection_rate")["value"] == pytest.approx(counted["chosen"].mean(), rel=1e-12)
    for age, own in counted.groupby("age"):
        assert of(document, f"selection_rate/age={age}")["n"] == len(own)
    hidden = {m["id"]: m["reason"] for m in document["measures"] if m["status"] == "suppressed"}
    assert set(hidden.values()) == {"set_apart"}
    about = {"unknown_share/gender", "unknown_selection_rate/gender"}
    assert hidden.keys() == about if stray is None else all(f"gender={word(tmp_path)}" in name for name in hidden)


@pytest.mark.slow
@pytest.mark.parametrize("stray", ["mf", pytest.param(None, marks=pytest.mark.slow)], ids=["stray", "unknown"])
def test_nothing_published_depends_on_what_was_decided_about_those_set_apart(tmp_path: Path, stray: str | None) -> None:
    """Two logs that differ in that alone give the same documents of each window, and figures beside them."""
    frame = pd.concat([people({"F": 400, "M": 300, stray: 3}), people({"F": 380, "M": 320, stray: 2}, month=2)])
    frame = frame.reset_index(drop=True)
    rows = frame["gender"].isna() if stray is None else frame["gender"] == stray
    found, beside, system = [], list[Any](), rich()
    for name, log in (("a", frame), ("b", other(frame, rows))):
        workspace = filled(tmp_path / name, system, log)
        found.append([told(each) for each in audited(workspace, system, JANUARY, FEBRUARY, JANUARY)])
        out = set_apart(workspace, system, documents_of(workspace, system.id))
        assert {each.key for each in out} == {(("gender",), (stray,))}
        series = drift_series(workspace, system, against="previous", as_of=TODAY, apart=out)
        pair = exact_pair(workspace, system, window=FEBRUARY, against=JANUARY, as_of=TODAY, apart=out)
        decided = [measure.document() for measure in pair.measures if measure.by == ("role",)]
        beside.append((decided, [point.measures for point in series.points]))
    assert found[0] == found[1]
    assert all(beside[0])
    assert beside[0] == beside[1]
    assert [each["decisions"] for each in found[0]] == [700, 700, 700]
    metrics = {m["metric"] for m in found[0][0]["measures"] if m["status"] == "ok" and m["group"]}
    assert {"stage_selection_rate_ratio", "exposure_ratio", "mean_score", "adjusted_selection_rate_ratio"} <= metrics


@pytest.mark.costly
def test_rows_of_unknown_gender_stay_in_the_comparisons_of_age_where_they_are_enough_to_be_told(tmp_path: Path) -> None:
    """Young: 60 of 150, of whom 20 of 50 without a gender. Old: 45 of 150, of whom 5 of 50. 0.4 ÷ 0.3 is 4/3."""
    counted = {
        ("F", "young"): (25, 50),
        ("M", "young"): (15, 50),
        (None, "young"): (20, 50),
        ("F", "old"): (25, 50),
        ("M", "old"): (15, 50),
        (None, "old"): (5, 50),
    }
    rows = [(*group, int(i < k)) for group, (k, n) in counted.items() for i in range(n)]
    frame = pd.DataFrame(rows, columns=["gender", "age", "chosen"])
    frame = frame.assign(id=[f"d{i}" for i in range(300)], ts=pd.Timestamp(2026, 1, 5))
    (document,) = audited(filled(tmp_path / "w", plain(), frame), plain(), JANUARY)
    young = of(document, "selection_rate_ratio/age=young")
    assert young["value"] == pytest.approx(4 / 3, rel=1e-12)
    assert (young["params"]["counts"], young["n"]) == ({"k": [60, 45], "n": [150, 150]}, 300)
    assert of(document, "selection_rate_ratio/gender=F")["params"]["counts"] == {"k": [50, 30], "n": [100, 100]}


@pytest.mark.costly
def test_more_than_one_in_twenty_are_not_set_apart(tmp_path: Path) -> None:
    (document,) = audited(filled(tmp_path / "w", plain(), people({"F": 60, "M": 80, "mf": 8})), plain(), JANUARY)
    assert document["decisions"] == 148
    assert of(document, f"selection_rate/gender={word(tmp_path)}")["reason"] == "small_group"
    assert of(document, "selection_rate/gender=F")["reason"] == "protects_small_group"


def selected(document: Document) -> tuple[float, float]:
    """Return the fewest and most selected people of unknown gender, by a linear program over what a document shows."""
    genders, ages = ["F", "M", None], ["old", "young", None]
    shape = (len(genders), len(ages), 2)
    rows, values = [], []

    def know(cells: Sequence[tuple[int, int]], k: float, n: float) -> None:
        for decision, count in ((1, k), (0, n - k)):
            row = np.zeros(shape)
            for g, a in cells:
                row[g, a, decision] = 1
            rows.append(row.ravel())
            values.append(round(count))

    def cells(group: Mapping[str, str]) -> list[tuple[int, int]]:
        return [
            (g, a)
            for g, gender in enumerate(genders)
            for a, age in enumerate(ages)
            if group.get("gender", gender) == gender and group.get("age", age) == age
        ]

    for measure in document["measures"]:
        if measure["status"] != "ok":
            continue
        if measure["metric"] == "selection_rate":
            know(cells(measure["group"] or {}), measure["value"] * measure["n"], measure["n"])
        if measure["metric"] == "unknown_selection_rate" and len(measure["by"]) == 1:
            at = [(2, a) for a in range(3)] if measure["by"] == ["gender"] else [(g, 2) for g in range(3)]
            know(at, measure["value"] * measure["n"], measure["n"])
    aim = np.zeros(shape)
    aim[2, :, 1] = 1
    return least_and_most(aim.ravel(), rows, values)


@pytest.mark.parametrize("n", [1, 4, 10])
def test_a_reader_of_the_document_does_not_find_out_about_people_of_unknown_group(tmp_path: Path, n: int) -> None:
    """So few others that they are not set apart: then another group is hidden with them."""
    sizes: dict[str | None, int] = {"F": 8 * n, "M": 9 * n + 1 - n % 2, None: n}
    frame = people(sizes)
    (document,) = audited(filled(tmp_path / "w", plain(), frame), plain(), JANUARY)
    assert document["decisions"] == len(frame)
    for metric in ("unknown_share", "unknown_selection_rate"):
        assert of(document, f"{metric}/gender")["status"] == "suppressed"
    least, most = selected(document)
    assert least < 0.5
    assert most > n - 0.5


@pytest.mark.slow
def test_a_rerun_counts_the_same_rows(tmp_path: Path) -> None:
    system = rich()
    workspace = filled(tmp_path / "w", system, people({"F": 400, "M": 300, "mf": 3}))
    audited(workspace, system, JANUARY, JANUARY)
    for found in rerun(workspace, list(stored_audits(workspace))):
        assert not found.problems
        assert not found.differences
        assert found.recount is not None
        assert (found.recount.now, found.recount.then, found.recount.stale) == ((), (), ())
    document = documents_of(workspace, system.id)[JANUARY]
    kept = load(workspace.evidence, document["evidence"]["cubes"].removeprefix("sha256:"))
    assert [each.key for each in apart_of(kept.withheld)] == [(("gender",), (word(tmp_path),))]
    assert "mf" not in kept.counts["value1"].to_pylist()
    assert [each.apart for each in publications(workspace, system, JANUARY)] == [{(("gender",), ("mf",))}]


@pytest.mark.slow
def test_what_is_left_after_a_purge_is_not_mistaken_for_other_rows(tmp_path: Path) -> None:
    """The counts that stay hold the rows that the audit set apart: they are not compared, and not audited again."""
    system = plain()
    workspace = filled(tmp_path / "w", system, people({"F": 400, "M": 300, "mf": 3}))
    registered(workspace, system)
    audited(workspace, system, JANUARY)
    purge(workspace, before=dt.date(2026, 2, 1))
    (found,) = rerun(workspace, list(stored_audits(workspace)))
    assert not found.differences
    assert found.recount is not None
    assert found.recount.refused
    assert "cannot be compared" in " ".join(lines_of(found))
    with pytest.raises(BoussoleError, match="left out the rows of small groups"):
        audited(workspace, system, JANUARY)


@pytest.mark.slow
def test_rows_stay_apart_once_the_system_file_names_their_attribute_no_more(tmp_path: Path) -> None:
    """Young people with the stray row, less young people without it, would be that row."""
    workspace = filled(tmp_path / "w", plain(), people({"F": 400, "M": 300, "mf": 1}))
    by_age = sample({"id": "id", "decided_at": "ts", "decision": {"column": "chosen", "selected": [1]}}, ("age",))
    both = *audited(workspace, plain(), JANUARY), *audited(workspace, by_age, JANUARY)
    assert [each["decisions"] for each in both] == [700, 700]
    assert both[1]["left_out"]["set_apart"] == 1


@pytest.mark.costly
@pytest.mark.parametrize("stray", ["mf", slow_case(None)], ids=["stray", "unknown"])
def test_where_the_values_of_an_attribute_were_removed_rows_set_apart_are_not_guessed(
    tmp_path: Path, stray: str | None
) -> None:
    """Neither do they come back into figures, nor do all others leave them."""
    workspace = filled(tmp_path / "w", plain(), people({"F": 400, "M": 300, stray: 2}))
    audited(workspace, plain(), JANUARY)
    workspace = registered(workspace, plain(), basis="consent", expires="2026-02-01")
    purge(workspace, today=dt.date(2026, 3, 1))
    with pytest.raises(BoussoleError, match="nothing tells them from the others"):
        audited(workspace, plain(), JANUARY)
    (found,) = rerun(workspace, list(stored_audits(workspace)))
    assert found.ok
    assert found.recount is not None
    assert found.recount.refused
    assert "cannot be compared" in " ".join(lines_of(found))
    out = set_apart(workspace, plain(), documents_of(workspace, "sample"))
    series = drift_series(workspace, plain(), against="previous", as_of=TODAY, apart=out)
    assert series.points[0].decisions == 702


@pytest.mark.costly
def test_the_api_tells_how_many_are_set_apart(tmp_path: Path) -> None:
    workspace = registered(filled(tmp_path / "w", plain(), people({"F": 400, "M": 300, "mf": 2})), plain())
    audited(workspace, workspace.system("sample"), JANUARY)
    (one,) = answers.audits(workspace, "sample", PageQuery()).items
    judged = answers.verdicts(workspace, VerdictsQuery()).items[0]
    assert one.left_out is not None
    assert judged.left_out is not None
    assert (one.left_out.set_apart, judged.left_out.set_apart) == (2, 2)
