"""A shadow beside the system that decides: paired figures of the rows, and nothing that tells of a few."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import jensenshannon
from scipy.stats import binomtest

from boussole.audits.decisions import ingest
from boussole.audits.errors import BoussoleError
from boussole.audits.hashing import canonical_json
from boussole.audits.systems.loading import load_systems
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.comparing.shadow import side_of_shadow
from boussole.charter.comparing.stored import keep, kept
from boussole.charter.document.differences.comparing import ChangeOfMeasure, VersionComparison
from boussole.charter.registry.register import register_of
from boussole.charter.schemas import comparison_schema
from tests.written import system_text

JANUARY = pd.Timestamp("2026-01-01").date()
DECIDES = """
columns:
  id: ref
  decided_at: day
  decision: {column: taken, selected: [true], not_selected: [false]}
  score: {column: score, range: [0, 1]}
groups: {sex: {column: sex, reference: M}}
privacy: {suppress_below: 11, pseudonymise: [ref]}
"""
SHADOW = """
shadow_of: jobs
columns:
  id: ref
  decided_at: day
  decision: {column: taken, selected: [true], not_selected: [false]}
  score: {column: score, range: [0, 1]}
privacy: {pseudonymise: [ref]}
"""
SIZES = {"F": 700, "M": 800, "X": 60}


def cases(*, lower: float = 0.12, sizes: Mapping[str, int] = SIZES) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The same cases twice; the shadow's scores of women are lower."""
    random = np.random.default_rng(3)
    frame = pd.DataFrame([{"sex": sex} for sex, size in sizes.items() for _ in range(size)])
    frame["ref"] = [f"c{i}" for i in range(len(frame))]
    frame["day"] = [f"2026-01-{1 + i % 31:02}" for i in range(len(frame))]
    frame["score"] = random.random(len(frame)).round(4)
    again = frame.copy()
    noise = random.normal(0, 0.05, len(frame))
    again["score"] = (frame["score"] + noise - lower * (frame["sex"] == "F")).clip(0, 1).round(4)
    for each in (frame, again):
        each["taken"] = each["score"] > 0.5
    return frame, again.drop(columns="sex")


def filled(folder: Path, frame: pd.DataFrame, again: pd.DataFrame, *, audited: bool = True) -> Workspace:
    workspace = Workspace.create(folder)
    for name, text, rows in (("jobs", DECIDES, frame), ("jobs_next", SHADOW, again)):
        (workspace.home / "systems" / f"{name}.yaml").write_text(system_text(name, text), encoding="utf-8")
        rows.to_parquet(folder / f"{name}.parquet")
    workspace = Workspace(workspace.home)
    for name in ("jobs", "jobs_next"):
        ingest(workspace, workspace.system(name), folder / f"{name}.parquet")
    if audited:
        run_audit(workspace, workspace.system("jobs"), start=JANUARY, end=pd.Timestamp("2026-01-31").date())
    return workspace


def beside(workspace: Workspace) -> VersionComparison:
    return side_of_shadow(workspace, workspace.system("jobs_next"), alpha=0.05)


def row(document: VersionComparison, name: str) -> ChangeOfMeasure:
    return next(each for each in document.rows if each.measure == name)


@pytest.fixture(scope="module")
def paired(tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, Workspace, VersionComparison]:
    frame, again = cases()
    workspace = filled(tmp_path_factory.mktemp("shadow") / "home", frame, again)
    return frame.merge(again[["ref", "score", "taken"]], on="ref", suffixes=("", "_next")), workspace, beside(workspace)


@pytest.mark.costly
def test_figures_are_those_of_the_rows(paired: Any) -> None:
    both, _, document = paired
    women = both[both["sex"] == "F"]
    found = row(document, "selection_rate/sex=F")
    assert (found.production.value, found.candidate.value) == pytest.approx(
        (women["taken"].mean(), women["taken_next"].mean())
    )
    score = row(document, "mean_score/sex=F")
    assert score.change == pytest.approx(women["score_next"].mean() - women["score"].mean(), abs=1e-8)
    ratio = row(document, "selection_rate_ratio/sex=F")
    men = both[both["sex"] == "M"]
    ratios = [women[name].mean() / men[name].mean() for name in ("taken", "taken_next")]
    assert ratio.change == pytest.approx(ratios[1] / ratios[0])
    assert {each.measure for each in document.differing} >= {found.measure, score.measure, ratio.measure}
    assert not row(document, "selection_rate/sex=M").differs


def test_the_error_is_that_of_pairs(paired: Any) -> None:
    both, _, document = paired
    women = both[both["sex"] == "F"]
    gaps = women["taken_next"].astype(float) - women["taken"]
    found = row(document, "selection_rate/sex=F")
    half = (found.interval.high - found.interval.low) / 2
    assert found.interval.method == "paired"
    assert half == pytest.approx(2.02 * gaps.std() / len(women) ** 0.5, rel=0.3)
    unpaired = 1.96 * (2 * 0.25 / len(women)) ** 0.5
    assert half < 0.7 * unpaired


def test_agreement_and_mcnemar_are_those_of_the_pairs(paired: Any) -> None:
    both, _, document = paired
    found = document.agreement
    one, other = ((both["taken"] & ~both["taken_next"]).sum(), (~both["taken"] & both["taken_next"]).sum())
    assert (found.pairs, found.only_production, found.only_candidate) == (len(both), one, other)
    assert found.rate == pytest.approx(1 - (one + other) / len(both))
    assert found.p == pytest.approx(binomtest(one, one + other).pvalue)
    assert (found.without_answer, found.never_decided) == (0, 0)
    told = {measure.id: measure.value for measure in document.drift}
    rates = both["taken"].mean(), both["taken_next"].mean()
    apart = jensenshannon(*[(rate, 1 - rate) for rate in rates], base=2)
    assert told["jensen_shannon/role=decision"] == pytest.approx(apart)
    assert told["wasserstein/feature=score"] > 0.04


def test_a_shadow_is_no_system_of_the_register_and_gets_no_verdict(paired: Any) -> None:
    _, workspace, _ = paired
    _, _, uses = register_of(workspace, today=JANUARY)
    assert [use.system.id for use in uses] == ["jobs"]
    with pytest.raises(BoussoleError, match="decides nothing"):
        run_audit(workspace, workspace.system("jobs_next"), dry_run=True)


@pytest.mark.costly
def test_a_shadow_that_answers_alike_differs_in_nothing(tmp_path: Path) -> None:
    frame, _ = cases()
    document = beside(filled(tmp_path / "a", frame, frame.drop(columns="sex")))
    assert document.differing == []
    assert (document.agreement.rate, document.agreement.p) == (1.0, 1.0)
    assert {each.change for each in document.rows if each.metric == "selection_rate" and each.p} == {0.0}


@pytest.mark.costly
def test_the_attack_on_the_few_without_an_answer(tmp_path: Path) -> None:
    """The audit told of all women, the pairs would tell of all but four: their difference is these four."""
    frame, again = cases()
    women, men = (frame[frame["sex"] == sex]["ref"] for sex in ("F", "M"))
    gone = [*women[:4], *men[:30]]
    workspace = filled(tmp_path / "a", frame, again[~again["ref"].isin(gone)])
    document = beside(workspace)
    assert document.agreement.without_answer == 34
    audited = run_audit(workspace, workspace.system("jobs"), start=JANUARY, end=pd.Timestamp("2026-01-31").date())
    all_women = next(m for m in audited.measures if m.id == "selection_rate/sex=F")
    left = frame[frame["sex"] == "F"].iloc[4:]["taken"]
    few = all_women.value * all_women.n - left.sum()
    assert few == pytest.approx(frame[frame["sex"] == "F"].iloc[:4]["taken"].sum())  # the attack works, were it told
    hidden = {each.group["sex"] for each in document.rows if each.metric == "selection_rate" and each.reason}
    assert "F" in hidden
    assert len(hidden) > 1  # else the others, less everybody, would give them away
    for each in document.rows:
        if each.by and each.group["sex"] in hidden:
            assert (each.production, each.candidate, each.change) == (None, None, None)


@pytest.mark.costly
def test_so_few_without_an_answer_that_all_would_tell(tmp_path: Path) -> None:
    frame, again = cases()
    with pytest.raises(BoussoleError, match="4 decision"):
        beside(filled(tmp_path / "a", frame, again.iloc[4:]))


@pytest.mark.slow
def test_a_group_that_the_audit_set_apart_is_on_neither_side(tmp_path: Path) -> None:
    """As if there were none of them: whatever was decided about them, and answered, nothing else is told."""
    frame, again = cases(sizes={"F": 300, "M": 300, "X": 7})
    document = beside(filled(tmp_path / "a", frame, again))
    assert {each.group["sex"] for each in document.rows if each.by} == {"F", "M"}
    assert row(document, "selection_rate").production.n == 600
    assert row(document, "selection_rate/sex=F").production.n == 300
    for each in (frame, again):
        each.loc[frame["sex"] == "X", "taken"] ^= True
    assert beside(filled(tmp_path / "b", frame, again)).agreement == document.agreement


@pytest.mark.costly
def test_a_group_that_is_small_on_either_side_is_hidden_on_both(tmp_path: Path) -> None:
    frame, again = cases(sizes={"F": 70, "M": 60, "X": 7})  # too large a part to be set apart
    document = beside(filled(tmp_path / "a", frame, again))
    rates = {each.group["sex"]: each for each in document.rows if each.metric == "selection_rate" and each.by}
    hidden = {sex for sex, each in rates.items() if each.reason}
    assert any(sex.startswith("rare-") for sex in hidden)  # X, which no file declares
    assert len(hidden) == 2
    for each in document.rows:
        if each.by and each.group["sex"] in hidden:
            assert each.candidate is None


@pytest.mark.costly
def test_without_an_audit_of_the_month_nothing_is_told(tmp_path: Path) -> None:
    with pytest.raises(BoussoleError, match="no audit of 'jobs'"):
        beside(filled(tmp_path / "a", *cases(), audited=False))


@pytest.mark.costly
def test_logs_that_do_not_hold_the_same_ids(tmp_path: Path) -> None:
    frame, again = cases()
    with pytest.raises(BoussoleError, match="has an answer of 'jobs_next'"):
        beside(filled(tmp_path / "a", frame, again.assign(ref=[f"z{i}" for i in range(len(again))])))


@pytest.mark.parametrize(
    ("of", "told"),
    [("nobody", "no such system"), ("jobs_next", "a shadow itself"), ("jobs_after", "the system itself")],
)
def test_what_a_shadow_may_be_of(tmp_path: Path, of: str, told: str) -> None:
    systems = tmp_path / "systems"
    systems.mkdir()
    for name, text in (("jobs", DECIDES), ("jobs_next", SHADOW), ("jobs_after", SHADOW.replace("jobs", of))):
        (systems / f"{name}.yaml").write_text(system_text(name, text), encoding="utf-8")
    with pytest.raises(BoussoleError, match=told):
        load_systems(systems)


@pytest.mark.costly
def test_the_last_comparison_is_kept_for_the_page(paired: Any) -> None:
    _, workspace, document = paired
    assert kept(workspace, "jobs") == []
    path = keep(workspace, document)
    (found,) = kept(workspace, "jobs")
    assert found.document == document
    assert (found.before, found.after) == ("jobs", "jobs_next")
    jsonschema.validate(document.written(), comparison_schema())
    assert canonical_json(found.document.written()) == path.read_bytes()
    path.unlink()


@pytest.mark.costly
@pytest.mark.parametrize(("late", "told"), [(4, False), (30, True)])
def test_the_attack_by_a_comparison_made_again(tmp_path: Path, late: int, told: bool) -> None:
    """Answers on a few women come in between two comparisons of the month: the second less the first is these few."""
    frame, again = cases()
    women, men = (frame[frame["sex"] == sex]["ref"] for sex in ("F", "M"))
    lacking = [*women[:60], *men[:60]]
    workspace = filled(tmp_path / "a", frame, again[~again["ref"].isin(lacking)])
    keep(workspace, beside(workspace))
    again[again["ref"].isin([*women[:late], *men[:30]])].to_parquet(tmp_path / "late.parquet")
    ingest(workspace, workspace.system("jobs_next"), tmp_path / "late.parquet")
    if told:
        assert row(beside(workspace), "selection_rate/sex=F").production.n == SIZES["F"] - 60 + late
        return
    with pytest.raises(BoussoleError, match="over almost the same cases"):
        beside(workspace)


@pytest.mark.costly
def test_a_few_answers_otherwise_are_not_told(tmp_path: Path) -> None:
    frame, _ = cases()
    again = frame.drop(columns="sex")
    again.loc[again.index[again["taken"]][:3], "taken"] = False
    found = beside(filled(tmp_path / "a", frame, again)).agreement
    assert found.reason == "small_group"
    assert (found.rate, found.interval, found.only_production, found.only_candidate, found.p) == (None,) * 5


def test_a_system_that_decides_is_no_shadow(paired: Any) -> None:
    _, workspace, _ = paired
    with pytest.raises(BoussoleError, match="it decides by itself"):
        side_of_shadow(workspace, workspace.system("jobs"), alpha=0.05)
