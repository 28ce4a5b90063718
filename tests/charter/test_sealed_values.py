"""What of a pack is recomputed and what is sealed as it stands: how much of it, why, and that it is said."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.optimize
import scipy.stats

from boussole.audits.drift.interaction import interaction
from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.audits.uncertainty.double import GroupChange as OtherChange
from boussole.audits.uncertainty.double import compare_changes, rate_moments
from boussole.audits.uncertainty.means import Moments as OtherMoments
from boussole.audits.uncertainty.means import compare_means
from boussole.audits.workspace import Workspace
from boussole.charter.pack import HERE, pack_files, write
from boussole.charter.pack.verifier.figures import expected, moments, windows
from boussole.charter.pack.verifier.figures.remaining import Remaining, why
from boussole.charter.pack.verifier.main import judge
from boussole.charter.pack.verifier.pack import Judge
from boussole.charter.pack.verifier.rows import ScoreBin
from boussole.charter.pack.verifier.tally import same
from boussole.charter.records import sign_checkpoint, stored_audits

NEVER = "modelled_selection_rate_ratio"


@pytest.fixture(scope="module")
def workspace(audited_offers: Callable[..., Workspace], tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return audited_offers(tmp_path_factory.mktemp("offers") / "w", clustered=True)


def made(workspace: Workspace, folder: Path, *, restricted: bool) -> Path:
    audits = stored_audits(workspace)[1:2]
    write(pack_files(workspace, audits, note=sign_checkpoint(workspace), restricted=restricted), folder)
    return folder


def said(capsys: pytest.CaptureFixture[str], pack: Path, *, one_by_one: bool = False) -> str:
    assert judge(pack, Judge(HERE), one_by_one=one_by_one) == 0
    return capsys.readouterr().out


@pytest.mark.costly
def test_of_a_restricted_pack_only_models_are_not_recomputed(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = said(capsys, made(workspace, tmp_path / "p", restricted=True), one_by_one=True)
    document = stored_audits(workspace)[1].document().written()
    known = [measure for measure in document["measures"] if measure["status"] == "ok"]
    models = [measure["id"] for measure in known if measure["metric"] == NEVER]
    assert f"{len(known) - len(models)} measures recomputed" in told
    together = document["accumulated"]["measures"]  # of several windows: judged from, and computed by a rerun
    assert f"not recomputed: sealed as they stand: {len(models) + len(together)} measures" in told
    assert f"{len(together)}: figures of several windows together" in told
    assert [line.strip() for line in told.splitlines() if line.strip() in {m["id"] for m in known}] == models
    comparisons = [verdict for verdict in document["verdicts"] if verdict["comparisons"]]
    resting = sum(any(told_of(c, together) for c in verdict["comparisons"]) for verdict in comparisons)
    assert f"{resting} of those judged again rest on tests that are sealed as they stand" in told


def told_of(comparison: dict[str, Any], together: list[dict[str, Any]]) -> bool:
    """Whether a comparison rests on several windows together."""
    names = {each["id"] for each in together if each["params"].get("test")}
    return comparison["measure"] in names and not comparison.get("alone")


@pytest.mark.costly
def test_each_value_that_an_open_pack_does_not_give_is_listed_with_its_reason(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Computed and listed together are all that there is: nothing passes in silence."""
    pack = made(workspace, tmp_path / "p", restricted=False)
    told = said(capsys, pack, one_by_one=True)
    document = json.loads(next((pack / "audits").iterdir()).read_bytes())
    known = {measure["id"] for measure in document["measures"] if measure["status"] == "ok"}
    listed = [line.strip() for line in told.splitlines() if line.strip() in known]
    recomputed = int(told.split(" measures recomputed")[0].split()[-1])
    assert len(listed) == len(set(listed))
    assert recomputed + len(listed) == len(known)
    assert 399 - 100 > len(listed) > 0
    for reason in ("counts by score", "counts by stratum", "counts of the window of reference", "the fit of a model"):
        assert reason in told
    assert "verifier has no second way" not in told
    short = said(capsys, pack)
    assert not [line for line in short.splitlines() if line.strip() in known]
    assert "21 of those judged again rest on tests that are sealed as they stand" in short


@pytest.mark.costly
@pytest.mark.attack("evidence pack", "counts left out, so that less is recomputed")
def test_counts_that_are_left_out_are_found(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack = made(workspace, tmp_path / "p", restricted=False)
    path = next((pack / "cells").iterdir())
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith('"precision/')), encoding="utf-8")
    manifest = json.loads((pack / "manifest.json").read_bytes())
    manifest["files"][f"cells/{path.name}"] = sha256_hex(path.read_bytes())
    (pack / "manifest.json").write_bytes(canonical_json(manifest))
    assert judge(pack, Judge(HERE)) == 1
    assert "precision/gender=F: the pack leaves out its counts" in capsys.readouterr().out


def test_parts_that_are_not_held_are_told() -> None:
    found = Remaining(restricted=True)
    measure = {"id": "a/x=1", "metric": "a", "interval": {"low": 0.0}, "params": {"test": {"kind": "wald"}}}
    found.add(measure, {"value": 1.0})
    found.add({**measure, "id": "b"}, {"interval.low": 0.0, "params.test": {}})
    found.add({**measure, "id": "c", "metric": NEVER}, None)
    assert [left.id for left in found.parts] == ["a/x=1"]
    assert found.parts[0].reason == "interval and test"
    assert [left.id for left in found.whole] == ["c"]
    assert found.tests == {"a/x=1", "c"}


@pytest.mark.parametrize(
    ("metric", "word"),
    [
        ("psi", "reference"),
        ("selection_rate_change", "reference"),
        ("auc_difference", "score"),
        ("selection_odds_ratio", "stratum"),
        ("exposure_ratio", "places"),
        ("impact_ratio", "does not show"),
    ],
)
def test_reasons(metric: str, word: str) -> None:
    assert word in why(metric, restricted=False)


# --- each second way against the first, and against what neither imports --------------------------------------------


def drawn(draw: random.Random, buckets: int) -> tuple[moments.Moments, OtherMoments]:
    n = [draw.randint(0, 9) for _ in range(buckets - 2)] + [3, 5]
    total = [sum(draw.random() for _ in range(size)) for size in n]
    squares = [value * value / size + 0.02 * size if size else 0.0 for value, size in zip(total, n, strict=True)]
    other = OtherMoments(n=np.array(n), total=np.array(total), squares=np.array(squares))
    return moments.Moments(n, total, squares), other


@pytest.mark.parametrize("clustered", [False, True])
def test_differences_of_means_and_of_changes(clustered: bool) -> None:
    draw = random.Random(7)  # noqa: S311 (numbers to try)
    for _ in range(60):
        pairs = [drawn(draw, 40 if clustered else 3) for _ in range(4)]
        (a, a2), (b, b2), (c, c2), (d, d2) = pairs
        one = moments.compared(moments.Single(a), moments.Single(b), clustered, -1.0, 1.0)
        first = compare_means(a2, b2, clustered=clustered, low=-1.0, high=1.0)
        assert first is not None
        hold(one, first)
        change = moments.compared(moments.MeanChange(a, b), moments.MeanChange(c, d), clustered, -2.0, 2.0)
        second = compare_changes(
            OtherChange(now=a2, then=b2), OtherChange(now=c2, then=d2), clustered=clustered, low=-2.0, high=2.0
        )
        assert second is not None
        hold(change, second)


def hold(claims: dict[str, Any], made: Any) -> None:
    interval, test = made
    assert same(test, claims["params.test"]), (test, claims["params.test"])
    assert (claims["interval.low"], claims["interval.high"]) == pytest.approx((interval.low, interval.high), rel=1e-9)


def test_rates_of_few_are_not_certain() -> None:
    one, other = moments.shares([0, 0], [2, 1]), rate_moments(np.array([0, 0]), np.array([2, 1]))
    assert one.variance == pytest.approx(other.variance)
    assert one.variance == pytest.approx(0.125 * 0.875)  # half a case of each kind more: 0.5 of 4


def test_what_is_expected_is_that_of_isotonic_regression() -> None:
    draw = random.Random(3)  # noqa: S311
    for _ in range(40):
        cells = [(b, draw.randint(0, 1), draw.randint(1, 30)) for b in sorted(draw.sample(range(101), 25))]
        seen = [ScoreBin("", (), b, outcome, n, 0, 0, 0, 0) for b, outcome, n in cells]
        seen += [ScoreBin("", (), b, 1 - outcome, 5, 0, 0, 0, 0) for b, outcome, _ in cells]
        n = {b: sum(row.n for row in seen if row.bin == b) for b, *_ in cells}
        k = {b: sum(row.n for row in seen if row.bin == b and row.outcome) for b in n}
        fit = scipy.optimize.isotonic_regression([k[b] / n[b] for b in n], weights=list(n.values())).x
        assert expected.chances(seen) == pytest.approx(np.interp(range(101), list(n), fit), rel=1e-12)


def test_interaction_joins_bins_that_expect_too_few() -> None:
    draw = random.Random(5)  # noqa: S311
    for _ in range(40):
        counts = [[[draw.randint(0, 40) for _ in range(8)] for _ in (0, 1)] for _ in (0, 1)]
        made = interaction(np.array(counts, dtype=float))
        found, df = windows._chi_square(counts)
        assert made is not None
        assert (found, df) == (pytest.approx(made.statistic, rel=1e-6), made.df)


def test_how_far_values_moved_is_that_of_scipy() -> None:
    """Values spread evenly over a bin: as many points within it."""
    draw = random.Random(6)  # noqa: S311
    for _ in range(10):
        one, two = ([draw.randint(0, 20) for _ in range(10)] for _ in (0, 1))
        fine = [b + (i + 0.5) / 2000 for b in range(10) for i in range(2000)]
        weights = [[n for n in side for _ in range(2000)] for side in (one, two)]
        must = scipy.stats.wasserstein_distance(fine, fine, weights[0], weights[1])
        assert windows._moved(one, two) == pytest.approx(must, abs=1e-3)
