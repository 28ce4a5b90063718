"""Drift by group: the same figures as the rows give, told only where both windows tell the group, never bin by bin."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from boussole.audits.suppression import rules
from boussole.audits.systems.model import System
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.charter.auditing.rerun import rerun
from boussole.charter.records import stored_audits
from tests.audits import logged
from tests.written import declaring, sample

Document = Mapping[str, Any]
MONTHS = [Window(dt.date(2026, i, 1), dt.date(2026, i, last)) for i, last in ((1, 31), (2, 28), (3, 31), (4, 30))]
QUARTER = Window(MONTHS[0].start, MONTHS[2].end)
APRIL = MONTHS[3]


def rows(sizes: Mapping[str, list[int]], *, lower: float = 0.0, seed: int = 1) -> pd.DataFrame:
    """So many decisions of each group in each month; in April the scores of F are `lower`."""
    random = np.random.default_rng(seed)
    parts = [
        pd.DataFrame({"sex": group, "month": month, "score": random.beta(4, 3, size)})
        for group, counts in sizes.items()
        for month, size in enumerate(counts, 1)
    ]
    frame = pd.concat(parts, ignore_index=True)
    moved = (frame["sex"] == "F") & (frame["month"] == 4)
    frame["score"] = (frame["score"] - lower * moved).clip(0, 1).round(6)
    frame["ts"] = [pd.Timestamp(2026, month, 1 + i % 28) for i, month in enumerate(frame["month"])]
    return frame.assign(id=[f"d{i}" for i in range(len(frame))], chosen=frame["score"] > 0.6)


def filled(folder: Path, frame: pd.DataFrame, *, reference: Window = MONTHS[0]) -> tuple[Workspace, System]:
    told = {"id": "id", "decided_at": "ts", "decision": {"column": "chosen", "selected": [True]}}
    told |= {"score": {"column": "score", "range": [0, 1]}}
    system = sample(told, {"sex": "M"}, windows={"audit": "month", "reference": f"{reference.start}/{reference.end}"})
    system = declaring(system, sex=["F", "M", "X"])
    return logged.filled(folder, system, frame), system


def audit(workspace: Workspace, system: System, window: Window, **more: Any) -> Document:
    return run_audit(workspace, system, start=window.start, end=window.end, **more).written()


def of(document: Document, name: str) -> Document:
    return next(measure for measure in document["measures"] if measure["id"] == name)


def by_group(document: Document) -> list[Document]:
    """Everything that is told of a group in two windows."""
    return [
        m
        for m in document["measures"]
        if m["by"] == ["sex"] and (m["given"] or "change" in m["metric"] or "inter" in m["metric"])
    ]


def hidden_in(document: Document) -> set[str]:
    """The groups whose mean score is not told."""
    means = [m for m in document["measures"] if m["metric"] == "mean_score" and m["by"]]
    return {m["group"]["sex"] for m in means if m["status"] != "ok"}


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, Document, Document]:
    """Women's scores fall by 0.05 in April; the audit of April before and after January was audited."""
    frame = rows({"F": [700, 0, 0, 800], "M": [900, 0, 0, 1000]}, lower=0.05)
    workspace, system = filled(tmp_path_factory.mktemp("moved") / "home", frame)
    before = audit(workspace, system, APRIL, dry_run=True)
    audit(workspace, system, MONTHS[0])
    return frame, before, audit(workspace, system, APRIL)


def side(frame: pd.DataFrame, sex: str, month: int) -> pd.DataFrame:
    return frame[(frame["sex"] == sex) & (frame["month"] == month)]


@pytest.mark.costly
def test_nothing_of_groups_is_told_before_the_reference_was_audited(moved: Any) -> None:
    _, before, _ = moved
    assert {(m["status"], m["reason"]) for m in by_group(before)} == {("undefined", "reference_not_audited")}
    assert of(before, "mean_score_change")["status"] == "ok"  # of everybody


def test_changes_are_those_of_the_rows(moved: Any) -> None:
    frame, _, document = moved
    for column, metric in (("score", "mean_score"), ("chosen", "selection_rate")):
        change, error = {}, {}
        for sex in ("F", "M"):
            now, then = (side(frame, sex, month)[column].astype(float) for month in (4, 1))
            change[sex], error[sex] = now.mean() - then.mean(), now.var() / len(now) + then.var() / len(then)
            told = of(document, f"{metric}_change/sex={sex}")
            assert told["value"] == pytest.approx(change[sex], abs=1e-8)
            assert told["params"]["values"] == pytest.approx([now.mean(), then.mean()], abs=1e-8)
            assert (told["n"], told["params"]["reference_n"]) == (len(now), len(then))
            assert told["interval"]["low"] < change[sex] < told["interval"]["high"]
        double = of(document, f"{metric}_change_difference/sex=F")
        assert double["value"] == pytest.approx(change["F"] - change["M"], abs=1e-8)
        assert double["params"]["changes"] == pytest.approx([change["F"], change["M"]], abs=1e-8)
        se = math.sqrt(error["F"] + error["M"])
        assert double["params"]["test"]["se"] == pytest.approx(se, rel=1e-3)
        parts = [(side(frame, sex, month)[column].astype(float)) for sex in ("F", "M") for month in (4, 1)]
        df = se**4 / sum((part.var() / len(part)) ** 2 / (len(part) - 1) for part in parts)
        p = 2 * stats.t.sf(abs(change["F"] - change["M"]) / se, df)
        assert double["params"]["p"] == pytest.approx(p, rel=0.05)
        assert double["params"]["p_adjusted"] < 0.05
    everybody = of(document, "mean_score_change")
    now, then = (frame[frame["month"] == month]["score"] for month in (4, 1))
    assert everybody["value"] == pytest.approx(now.mean() - then.mean(), abs=1e-8)


def test_distances_are_those_of_the_rows(moved: Any) -> None:
    frame, _, document = moved
    edges = [round(edge, 2) for edge in of(document, "psi/feature=score")["params"]["edges"]]
    for sex in ("F", "M"):
        now, then = (side(frame, sex, month)["score"] for month in (4, 1))
        for metric, exact in (
            ("kolmogorov_smirnov", stats.ks_2samp(now, then).statistic),
            ("wasserstein", stats.wasserstein_distance(now, then)),
        ):
            told = of(document, f"{metric}/sex={sex}|feature=score")
            assert abs(told["value"] - exact) <= told["params"]["bin_bound"] + 1e-9
        counts = [np.histogram(each, [0, *edges, 1])[0] + 0.5 for each in (then, now)]
        p, q = (each / each.sum() for each in counts)
        told = of(document, f"psi/sex={sex}|feature=score")
        assert told["value"] == pytest.approx(float(((q - p) * np.log(q / p)).sum()), abs=1e-9)
        assert told["params"]["test"]["scale"] == pytest.approx(1 / len(now) + 1 / len(then))
        rates = [side(frame, sex, month)["chosen"].mean() for month in (4, 1)]
        p, q = (np.array([1 - rate, rate]) for rate in rates)
        middle = (p + q) / 2
        divergence = (stats.entropy(p, middle, base=2) + stats.entropy(q, middle, base=2)) / 2
        told = of(document, f"jensen_shannon/sex={sex}|role=decision")
        assert told["value"] == pytest.approx(math.sqrt(divergence), abs=1e-9)


def test_bins_of_groups_are_never_told_and_nothing_is_judged(moved: Any) -> None:
    _, _, document = moved
    found = by_group(document)
    assert len(found) == 2 * (2 + 6) + 2
    for measure in found:
        assert not measure["params"].keys() & {"edges", "shares", "categories", "curve", "missing", "scale", "bad_side"}
    judged = {each["measure"] for verdict in document["verdicts"] for each in verdict["comparisons"]}
    assert not judged & {measure["id"] for measure in found}


@pytest.mark.slow
def test_several_audits_that_make_up_the_reference_tell_it(tmp_path: Path) -> None:
    workspace, system = filled(tmp_path / "a", rows({"F": [60] * 4, "M": [60] * 4}), reference=QUARTER)
    for month in MONTHS[:2]:
        audit(workspace, system, month)
    assert of(audit(workspace, system, APRIL), "mean_score_change/sex=F")["reason"] == "reference_not_audited"
    audit(workspace, system, MONTHS[2])
    assert of(audit(workspace, system, APRIL), "mean_score_change/sex=F")["status"] == "ok"
    assert of(audit(workspace, system, MONTHS[1]), "mean_score_change/sex=F")["reason"] == "overlaps"
    (again,) = rerun(workspace, stored_audits(workspace)[4:5])
    assert (again.start, again.ok, again.differences, again.code_changed) == ("2026-04-01", True, (), False)


@pytest.mark.costly
def test_a_group_that_is_small_in_either_window_is_told_in_neither(tmp_path: Path) -> None:
    few = rows({"F": [5, 0, 0, 80], "M": [50, 0, 0, 100], "X": [30, 0, 0, 70]})  # too many to be set apart
    workspace, system = filled(tmp_path / "a", few)
    january = audit(workspace, system, MONTHS[0])
    document = audit(workspace, system, APRIL)
    assert of(january, "mean_score/sex=F")["reason"] == "small_group"
    hidden = hidden_in(january)
    assert len(hidden) == 2  # with another, which subtraction would need
    assert of(document, "mean_score/sex=F")["status"] == "ok"
    for measure in by_group(document):
        alone = measure["group"]["sex"] in hidden
        refused = alone or (measure["metric"].endswith("difference") and "M" in hidden)
        assert (measure["status"], measure["reason"]) == (
            ("suppressed", "hidden_in_reference" if alone else "reference_suppressed") if refused else ("ok", None)
        )


@pytest.mark.slow
def test_what_was_set_apart_in_the_reference_enters_no_change(tmp_path: Path) -> None:
    """February sets three women apart: the change since the quarter is that of the others, who are told anyway."""
    frame = rows({"F": [60, 3, 60, 60], "M": [80] * 4, "X": [70] * 4})
    workspace, system = filled(tmp_path / "a", frame, reference=QUARTER)
    february = [audit(workspace, system, month) for month in MONTHS[:3]][1]
    april = audit(workspace, system, APRIL)
    assert of(february, "mean_score/sex=F")["reason"] == "set_apart"
    own = frame[frame["sex"] == "F"].set_index("month")["score"]
    change = own[[4]].mean() - own[[1, 3]].mean()
    told = next(m for m in by_group(april) if m["metric"] == "mean_score_change" and m["group"]["sex"] == "F")
    assert told["value"] == pytest.approx(change, abs=1e-6)


@pytest.mark.costly
def test_the_attack_on_one_month_of_a_quarter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """January and March tell women, February hides three. A change since the quarter would give these away:
    April's mean − the change is the quarter's mean, less January and March it is the three women's."""
    monkeypatch.setattr(rules, "ONE_IN", 10**9)  # as if more of them were than can be set apart
    frame = rows({"F": [60, 3, 60, 60], "M": [80] * 4, "X": [70] * 4})
    workspace, system = filled(tmp_path / "a", frame, reference=QUARTER)
    january, february, march = (audit(workspace, system, month) for month in MONTHS[:3])
    april = audit(workspace, system, APRIL)
    assert of(february, "mean_score/sex=F")["status"] == "suppressed"
    means = [of(each, "mean_score/sex=F") for each in (january, march)]
    own = frame[frame["sex"] == "F"]
    change = own[own["month"] == 4]["score"].mean() - own[own["month"] < 4]["score"].mean()
    quarter = (of(april, "mean_score/sex=F")["value"] - change) * 123
    three = (quarter - sum(each["value"] * each["n"] for each in means)) / 3
    assert three == pytest.approx(own[own["month"] == 2]["score"].mean(), abs=1e-6)  # the attack works, were it told
    told = [m for m in by_group(april) if m["group"]["sex"] == "F"]
    assert {m["status"] for m in told} == {"suppressed"}
    others = {m["group"]["sex"] for m in by_group(april) if m["status"] == "ok" and m["metric"] == "mean_score_change"}
    hidden = hidden_in(february)
    assert others == {"F", "M", "X"} - hidden  # everybody's quarter less theirs is the sum of two hidden groups
    assert len(hidden) == 2
