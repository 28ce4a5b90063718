"""Figures of several windows in an evidence pack: the verifier computes them a second time, from all their counts."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from boussole.audits import evidence
from boussole.audits.declaration import content_of
from boussole.audits.parts import Pairs
from boussole.audits.uncertainty.looks import correlations_of
from boussole.audits.uncertainty.stratified import standardised_difference, standardised_ratio
from boussole.audits.workspace import Workspace
from boussole.charter.pack.building import with_earlier
from boussole.charter.pack.cells import cells_of
from boussole.charter.pack.verifier import rows
from boussole.charter.pack.verifier.figures.stages import Stages, matched
from boussole.charter.pack.verifier.figures.together import Together, ToldWindow, shared
from boussole.charter.pack.verifier.figures.told import ExpectedMeasures
from boussole.charter.pack.verifier.groups import Groups, ShownGroups
from boussole.charter.pack.verifier.system import System
from boussole.charter.pack.verifier.tally import Tally
from boussole.charter.records import stored_audits
from tests.attacks import Tries
from tests.charter.test_verifier import change

Made = tuple[dict[str, Any], System, ToldWindow, dict[str, ToldWindow]]


@pytest.fixture(
    scope="module",
    params=[pytest.param(False, id="independent", marks=pytest.mark.slow), pytest.param(True, id="clustered")],
)
def workspace(
    request: pytest.FixtureRequest, audited_offers: Callable[..., Workspace], tmp_path_factory: pytest.TempPathFactory
) -> Workspace:
    return audited_offers(tmp_path_factory.mktemp("offers") / "w", clustered=request.param)


def window_of(workspace: Workspace, document: dict[str, Any], *, restricted: bool) -> tuple[System, ToldWindow]:
    system = System(json.loads(content_of(workspace.evidence, document["evidence"]["system"][7:])))
    if restricted:
        read = evidence.csv_of(evidence.rows_of(workspace.evidence, document["evidence"]["cubes"][7:])).decode()
        stages = Stages(Groups(system, rows.Rows(read), ShownGroups(document["measures"])))
        sides = lambda measure: stages.sides(measure) or stages.groups.sides(measure)  # noqa: E731
    else:
        cells = {name: (k, n) for name, k, n in cells_of(stored_of(workspace, document).measures)}
        sides = ExpectedMeasures(document, system, cells).sides
    return system, ToldWindow(document["window"]["start"], {m["id"]: m for m in document["measures"]}, sides)


def stored_of(workspace: Workspace, document: dict[str, Any]) -> Any:
    start, end = document["window"]["start"], document["window"]["end"]
    return next(each.document() for each in stored_audits(workspace) if (each.start, each.end) == (start, end))


def made(workspace: Workspace, *, restricted: bool) -> Made:
    first, second = (each.document().written() for each in stored_audits(workspace)[:2])
    system, own = window_of(workspace, second, restricted=restricted)
    _, before = window_of(workspace, first, restricted=restricted)
    return second, system, own, {first["evidence"]["cubes"]: before}


@pytest.fixture(scope="module", params=[True, False], ids=["restricted", "open"])
def pack(request: pytest.FixtureRequest, workspace: Workspace) -> tuple[Made, bool]:
    return made(workspace, restricted=request.param), request.param


@pytest.mark.costly
def test_figures_of_two_months_follow_from_the_counts_of_each(pack: tuple[Made, bool]) -> None:
    (document, system, own, windows), restricted = pack
    figures, tally, computed = Together(document, system, own, windows, people=restricted), Tally(), []
    for measure in document["accumulated"]["measures"]:
        claims = figures.claims(measure)
        if claims is not None:
            tally.claims(measure["id"], measure, claims)
            computed.append(measure)
    assert tally.problems == []
    every = document["accumulated"]["measures"]
    adjusted = sum("adjusted" in each["metric"] for each in every)
    assert len(computed) == len(every) - (0 if restricted else adjusted)
    assert adjusted
    assert {each["params"].get("scale") for each in computed} == {"ratio", "difference", None}
    assert figures.kept_back() == []


@pytest.mark.costly
@pytest.mark.attack("verifier", "each number of several windows together changed a little, by itself, or kept back")
def test_each_number_of_several_windows_is_held(pack: tuple[Made, bool], tries: Tries) -> None:
    (document, system, own, windows), restricted = pack
    figures, held = Together(document, system, own, windows, people=restricted), 0
    for measure in document["accumulated"]["measures"]:
        claims = figures.claims(measure) or {}
        for path in claims:
            changed = copy.deepcopy(measure)
            if change(changed, path):
                tally = Tally()
                tally.claims("x", changed, claims)
                assert tally.problems, (measure["id"], path)
                held += 1
                tries.add()
    assert held > 300
    told = document["accumulated"]
    name = next(each["id"] for each in told["measures"] if each["metric"] == "selection_rate_ratio")
    fewer = {**told, "measures": [each for each in told["measures"] if each["id"] != name]}
    assert Together({**document, "accumulated": fewer}, system, own, windows, people=restricted).kept_back() == [name]


def test_without_the_audits_before_nothing_is_computed(pack: tuple[Made, bool]) -> None:
    (document, system, own, _), restricted = pack
    figures = Together(document, system, own, {}, people=restricted)
    assert not figures.here
    assert {figures.claims(each) is None for each in document["accumulated"]["measures"]} == {True}
    assert figures.kept_back() == []


def test_the_audits_that_figures_rest_on_go_into_the_pack(workspace: Workspace) -> None:
    january, february, both = stored_audits(workspace)
    assert with_earlier(workspace, [february], restricted=False) == [january, february]
    assert with_earlier(workspace, [january, both], restricted=True) == [january, both]
    cubes = january.document().evidence.cubes.removeprefix("sha256:")
    path = workspace.evidence / f"{cubes}.parquet"
    content = path.read_bytes()
    path.unlink()  # a purge may take it: what is left is packed
    try:
        assert with_earlier(workspace, [february], restricted=True) == [february]
        assert with_earlier(workspace, [february], restricted=False) == [january, february]
    finally:
        path.write_bytes(content)


@pytest.mark.parametrize("scale", ["ratio", "difference"])
@pytest.mark.parametrize("clustered", [True, False])
def test_strata_are_compared_alike_by_both(scale: str, clustered: bool) -> None:
    rng = np.random.default_rng(7)
    for _ in range(60):
        buckets, strata = (rows.BUCKETS if clustered else 1), int(rng.integers(1, 5))
        size = (buckets, strata)
        n1, n0 = rng.integers(0, 9, size), rng.integers(0, 30, size)
        k1, k0 = (rng.binomial(n, rng.choice([0, 0.1, 0.5, 1])) for n in (n1, n0))
        held = (n1.sum(axis=0) > 0) & (n0.sum(axis=0) > 0)
        if not held.any() or not k0[:, held].any():
            continue
        parts = [each[:, held] for each in (k1, n1, k0, n0)]
        pairs = Pairs(k1=parts[0], n1=parts[1], k0=parts[2], n0=parts[3], clustered=clustered)
        must = standardised_ratio(pairs) if scale == "ratio" else standardised_difference(pairs)
        one, two = (
            [(k[:, s].tolist(), n[:, s].tolist()) for s in range(k.shape[1])] for k, n in (parts[:2], parts[2:])
        )
        found = matched(one, two, scale, clustered)
        assert must is not None
        assert found.rates == pytest.approx(must.rates)
        assert found.test.keys() == must.test.keys()
        assert (found.test["kind"], found.test["method"]) == (must.test["kind"], must.test["method"])
        for name in ("k", "n"):
            assert found.test[name] == pytest.approx(must.test[name])
        assert found.test.get("df") == pytest.approx(must.test.get("df"))
        assert must.interval is not None
        assert found.interval is not None
        assert (found.interval.low, found.interval.high) == pytest.approx(
            (must.interval.low, must.interval.high), abs=1e-9
        )


def test_looks_share_what_they_shared() -> None:
    rng = np.random.default_rng(3)
    for span in (2, 4, 12):
        sizes = (rng.integers(0, 500, 23) * (rng.random(23) < 0.8)).tolist()
        assert shared(sizes, span) == pytest.approx(correlations_of(sizes, span=span))
