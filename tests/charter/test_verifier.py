"""The verifier of packs as an oracle: two ways of computing the same, and each number that it holds is really held."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import rfc8785
import scipy.stats
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from boussole.audits import evidence
from boussole.audits.declaration import content_of
from boussole.audits.ledger.merkle import consistency_proof, inclusion_proof, leaf_hash, tree_hash
from boussole.audits.uncertainty import score
from boussole.audits.uncertainty.estimates import compare_rates, rate_interval
from boussole.audits.uncertainty.holm import holm
from boussole.audits.uncertainty.methods import by_method
from boussole.audits.uncertainty.wilson import wilson
from boussole.audits.workspace import Workspace
from boussole.charter.pack.verifier import buckets, chances, rows, scores
from boussole.charter.pack.verifier.audits import _from_rows
from boussole.charter.pack.verifier.figures.told import ExpectedMeasures
from boussole.charter.pack.verifier.figures.untold import DECIDED, wrongly_untold
from boussole.charter.pack.verifier.groups import Groups, ShownGroups
from boussole.charter.pack.verifier.proofs import canonical, ed25519, merkle
from boussole.charter.pack.verifier.system import System
from boussole.charter.pack.verifier.tally import Tally
from boussole.charter.pack.verifier.verdicts import judging
from boussole.charter.records import charter_text, stored_audits
from tests.as_json import cells_of
from tests.attacks import Tries
from tests.audits.uncertainty.test_heavy import HEAVY, WHO, drawn

# RFC 8032, section 7.1: secret key, public key, message, signature.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe2"
        "4655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302ae"
        "eb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28"
        "dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_signatures_of_the_rfc(public: str, message: str, signature: str) -> None:
    key, text, value = (bytes.fromhex(each) for each in (public, message, signature))
    assert ed25519.verify(key, text, value)
    assert not ed25519.verify(key, text + b"x", value)
    for at in (0, 31, 32, 63):
        assert not ed25519.verify(key, text, value[:at] + bytes([value[at] ^ 1]) + value[at + 1 :])
    beyond = int.from_bytes(value[32:], "little") + ed25519.ORDER
    assert not ed25519.verify(key, text, value[:32] + beyond.to_bytes(32, "little"))  # one signature, one form
    assert not ed25519.verify(key[:-1], text, value)


def test_signatures_of_another_library() -> None:
    for i in range(10):
        secret = Ed25519PrivateKey.from_private_bytes(bytes([i]) * 32)
        assert ed25519.verify(secret.public_key().public_bytes_raw(), b"text", secret.sign(b"text"))


def test_canonical_json_is_that_of_another_library() -> None:
    draw = random.Random(4)  # noqa: S311 (numbers to try)
    for _ in range(5000):
        value = draw.choice(
            [draw.uniform(-1, 1), draw.uniform(-1, 1) * 10 ** draw.randint(-320, 300), draw.getrandbits(52)]
        )
        assert canonical.write(value) == rfc8785.dumps(value)
    words = {"€": 1, "\r": [None, True], "דּ": '\x01\x7f"\\/é', "1": {}, "😀": 5, "ö": []}
    assert canonical.write(words) == rfc8785.dumps(words)
    assert canonical.read(rfc8785.dumps(words)) == words


@pytest.mark.parametrize("text", [b'{"a": 1}', b'{"b":1,"a":2}', b'{"a":1,"a":1}', b"[NaN]", b"1.0", b"\xff", b""])
def test_what_is_not_canonical_is_refused(text: bytes) -> None:
    with pytest.raises(canonical.NotCanonicalError):
        canonical.read(text)


def test_proofs_hold_and_their_neighbours_do_not() -> None:
    leaves = [leaf_hash(bytes([i])) for i in range(11)]
    roots = [tree_hash(leaves[:size]) for size in range(12)]
    for size in range(1, 12):
        for index in range(size):
            proof = inclusion_proof(leaves[:size], index=index)
            assert merkle.included(leaves[index], index, size, proof, roots[size])
            assert not merkle.included(leaves[index], (index + 1) % size, size, proof, roots[size]) or size == 1
            assert not merkle.included(leaves[index], index, size, [*proof, roots[0]], roots[size])
        for first in range(1, size + 1):
            proof = consistency_proof(leaves[:size], first=first)
            assert merkle.consistent(first, size, proof, roots[first], roots[size])
            assert not merkle.consistent(first, size, proof, roots[0], roots[size])
    assert not merkle.included(leaves[0], 1, 1, [], roots[1])
    assert not merkle.consistent(0, 1, [], roots[0], roots[1])


def test_distributions_are_those_of_scipy() -> None:
    for t, df in ((-25.0, 2.5), (-3.0, 39), (-0.1, 1), (0.0, 7), (2.2, 38.6), (40.0, 12)):
        assert chances.student(t, df) == pytest.approx(scipy.stats.t.cdf(t, df), rel=1e-11)
    for x, df, nc in ((3.0, 9, 0.5), (40.0, 9, 20.0), (700.0, 12, 650.0), (9300.0, 19, 9000.0)):
        assert chances.noncentral(x, df, nc, below=True) == pytest.approx(scipy.stats.ncx2.cdf(x, df, nc), rel=1e-9)
        assert chances.noncentral(x, df, nc, below=False) == pytest.approx(scipy.stats.ncx2.sf(x, df, nc), rel=1e-9)
    assert chances.quantile(0.975, {}) == pytest.approx(1.959963984540054, rel=1e-14)
    assert chances.quantile(0.2, {"df": 13.3}) == pytest.approx(scipy.stats.t.ppf(0.2, 13.3), rel=1e-12)


@pytest.mark.costly
def test_score_methods_agree_though_one_uses_closed_forms_and_the_other_halves() -> None:
    draw = random.Random(9)  # noqa: S311
    for _ in range(150):
        n = draw.randint(2, 3000), draw.randint(2, 3000)
        k = draw.randint(0, n[0]), draw.randint(0, n[1])
        for ratio in (0.8, 1.25):
            assert scores.ratio_z(k, n, ratio) == pytest.approx(score.ratio_z(k, n, ratio=ratio), rel=1e-8, abs=1e-9)
        for gap in (-0.1, 0.05):
            ours = score.difference_z(k, n, difference=gap)
            assert scores.difference_z(k, n, gap) == pytest.approx(ours, rel=1e-8, abs=1e-9)
        one, two = scores.wilson(k[0], n[0]), wilson(k[0], n[0])
        assert (one.low, one.high) == pytest.approx((two.low, two.high), rel=1e-10, abs=1e-12)
        found, made = scores.ratio_interval(k, n, "m"), score.ratio_interval(k, n)
        assert (found is None) == (made is None)
        if found and made:
            assert (found.low, found.high) == pytest.approx((made.low, made.high), rel=1e-8)
    p, w = [0.01, 0.04, 0.03, 0.5], [0.5, 0.2, 0.2, 0.1]
    assert scores.holm(p, w) == pytest.approx(holm(p, w))


@pytest.mark.costly
@pytest.mark.parametrize("method", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("scale", ["ratio", "difference"])
def test_clusters_are_judged_alike_by_both_also_where_nobody_is_selected(method: int, scale: Any) -> None:
    """Counts by bucket from nothing to everything, in one bucket or all, by the methods of each time."""
    rng, edges = np.random.default_rng(8), 0
    buckets.method.set(method)
    for _ in range(120):
        n = [rng.integers(0, size, rows.BUCKETS) * (rng.random(rows.BUCKETS) < fill) for size, fill in ARRAYS]
        k = [rng.binomial(each, rng.choice([0, 0.02, 0.4, 1])) for each in n]
        if not (n[0].sum() and n[1].sum() and k[1].sum()):
            continue
        edges += not 0 < k[0].sum() < n[0].sum()
        with by_method(method):
            interval, test = compare_rates((k[0], k[1]), (n[0], n[1]), scale=scale, clustered=True)
            alone = rate_interval(k[0], n[0], clustered=True)
        one, other = ((cases.tolist(), every.tolist()) for cases, every in zip(k, n, strict=True))
        found, told = buckets.compared(one, other, scale, clustered=True)
        assert told.keys() == test.keys()
        assert [told[key] for key in ("kind", "method")] == [test[key] for key in ("kind", "method")]
        assert [*told["k"], *told["n"], told.get("df")] == pytest.approx([*test["k"], *test["n"], test.get("df")])
        assert found is not None
        assert interval is not None
        assert (found.low, found.high) == pytest.approx((interval.low, interval.high), abs=1e-9)
        assert buckets.rate_interval(one, clustered=True) == pytest.approx((alone.low, alone.high, alone.method))
    assert edges > 20
    buckets.method.set(5)


@pytest.mark.parametrize("method", [3, 4, 5])
def test_a_rate_of_few_people_has_one_interval(method: int) -> None:
    """Where few people make most of the decisions, and some of them have a case: each way to see it is taken."""
    rng, few = np.random.default_rng(14), 0
    buckets.method.set(method)
    for who in HEAVY:
        for rate in (0.05, 0.1, 0.9):
            for _ in range(6):
                k, n = drawn(rng, WHO[who], rate, 0.5)
                with by_method(method):
                    ours = rate_interval(k, n, clustered=True)
                few += ours.method == "wilson_clusters"
                found = buckets.rate_interval((k.tolist(), n.tolist()), clustered=True)
                assert found[:2] == pytest.approx((ours.low, ours.high), rel=1e-9)
                assert found[2] == ours.method
    assert 10 < few < 100
    buckets.method.set(5)


ARRAYS = ((30, 0.5), (200, 1.0))
"""Rows of a bucket, and how many buckets have any, of a small group and a large one."""


@pytest.fixture(
    scope="module",
    params=[pytest.param(False, id="independent", marks=pytest.mark.slow), pytest.param(True, id="clustered")],
)
def audit(
    request: pytest.FixtureRequest, audited_offers: Callable[..., Workspace], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    workspace = audited_offers(tmp_path_factory.mktemp("offers") / "w", clustered=request.param)
    document = stored_audits(workspace)[1].document().written()
    read = evidence.rows_of(workspace.evidence, document["evidence"]["cubes"][7:])
    return {
        "document": document,
        "system": System(json.loads(content_of(workspace.evidence, document["evidence"]["system"][7:]))),
        "rows": rows.Rows(evidence.csv_of(read).decode()),
        "charter": json.loads(charter_text(workspace, document["charter"]["sha256"]) or ""),
        "cells": {name: (k, n) for name, k, n in cells_of(document["measures"])},
    }


def ways(audit: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    return {
        "rows": _from_rows(document, Groups(audit["system"], audit["rows"], ShownGroups(document["measures"]))),
        "cells": ExpectedMeasures(document, audit["system"], audit["cells"]).claims,
    }


@pytest.mark.costly
@pytest.mark.attack("verifier", "each recomputed number of a document changed a little, by itself")
def test_each_number_that_is_computed_again_is_held(audit: dict[str, Any], tries: Tries) -> None:
    """Each one is changed a little, by itself: that it was the same before is no accident of never looking."""
    for way, again in ways(audit, audit["document"]).items():
        held = 0
        for measure in audit["document"]["measures"]:
            claims = again(measure) if measure["status"] == "ok" else None
            for path in claims or {}:
                changed = copy.deepcopy(measure)
                if not change(changed, path):
                    continue
                tally = Tally()
                tally.claims("x", changed, claims or {})
                assert tally.problems, (way, measure["id"], path)
                held += 1
                tries.add()
        assert held > 500


def change(measure: dict[str, Any], path: str) -> bool:
    """Changes what stands at a path; False where nothing does."""
    *where, last = path.split(".")
    at: Any = measure
    for name in where:
        at = at[int(name)] if isinstance(at, list) else at[name]
    value = at.get(last) if at else None
    if isinstance(value, bool) or value is None:
        return False
    if isinstance(value, int | float):
        at[last] = value + 1 if isinstance(value, int) else value * (1 + 1e-5) + 1e-9
    elif isinstance(value, str):
        at[last] = f"{value}?"
    elif isinstance(value, list):
        at[last] = [each * (1 + 1e-5) + 1e-9 if isinstance(each, float) else "?" for each in value] or ["?"]
    else:
        at[last] = {**value, "more": 1}
    return True


@pytest.mark.costly
@pytest.mark.attack("verifier", "each verdict turned")
def test_verdicts_that_are_turned_are_found(audit: dict[str, Any], tries: Tries) -> None:
    judged = judging.judge(audit["document"], audit["charter"], audit["system"])
    compared = [verdict["indicator"] for verdict in audit["document"]["verdicts"] if verdict["comparisons"]]
    assert [verdict["indicator"] for verdict, _ in judged] == compared
    assert len(compared) >= 10
    for verdict, claims in judged:
        other = {**verdict, "verdict": "kept" if verdict["verdict"] != "kept" else "watch"}
        tally = Tally()
        tally.claims("x", other, claims)
        assert len(tally.problems) == ("verdict" in claims)
        tries.add()
    tally = Tally()
    for verdict, claims in judging.judge({**audit["document"]}, {**audit["charter"], "alpha": 0.4}, audit["system"]):
        tally.claims("x", verdict, claims)
    assert tally.problems  # another level gives other verdicts


REASONS = (
    "zero_denominator", "no_other_group", "selective_labels", "absent_is_negative", "not_mature", "expired",
    "few_corrections", "made up",
)  # fmt: skip


@pytest.mark.costly
@pytest.mark.attack("verifier", "each figure of decisions and outcomes taken away for a false reason")
def test_a_figure_that_is_said_to_have_no_value_and_has_one_is_found(audit: dict[str, Any], tries: Tries) -> None:
    document, shown_ = audit["document"], ShownGroups(audit["document"]["measures"])
    groups = Groups(audit["system"], audit["rows"], shown_)
    again = _from_rows(document, groups)
    assert list(wrongly_untold(document, groups, again)) == []
    plain = [each for each in document["measures"] if each["status"] == "ok" and DECIDED.fullmatch(each["metric"])]
    for measure in plain:
        for reason in REASONS:
            hidden = {**measure, "status": "undefined", "reason": reason, "value": None}
            (found,) = wrongly_untold({**document, "measures": [hidden]}, groups, again)
            assert found.startswith(measure["id"])
            tries.add()
    assert len(plain) > 20
    shown = [each for each in plain if each["metric"] == "selection_rate_ratio"]
    for measure in shown:  # the groups that it compares are told beside it
        small = {**measure, "status": "suppressed", "reason": "small_group", "value": None}
        assert len(list(wrongly_untold({**document, "measures": [small]}, groups, again))) == 1
    assert shown


def test_a_question_without_its_answer_is_found(audit: dict[str, Any]) -> None:
    document = {**audit["document"], "verdicts": audit["document"]["verdicts"][:1]}
    with pytest.raises(ValueError, match="does not answer the question"):
        judging.judge(document, audit["charter"], audit["system"])


def test_rows_with_commas_quotes_and_line_ends_are_read() -> None:
    words = ['x,"y"\nz', None, "", '","', 'é"', "1"]
    table = pa.table({"a": words, "b": [None, 1, 2, None, 4, 5]})
    found = list(rows.lines_of(evidence.csv_of(table).decode()))
    assert found == [
        ["a", "b"],
        *([a, None if b is None else str(b)] for a, b in zip(words, table["b"].to_pylist(), strict=True)),
    ]
    text = '"a","b"\n"x,""y""\nz",\n"","1"\n'
    assert list(rows.lines_of(text)) == [["a", "b"], ['x,"y"\nz', None], ["", "1"]]


@pytest.mark.costly
def test_what_was_left_out_is_held_to_the_rows_and_to_the_charter(audit: dict[str, Any]) -> None:
    said, held = audit["document"]["left_out"], audit["rows"].left_out()
    assert held == {name: said.get(name) for name in held}
    some = copy.copy(audit["rows"])
    some.parts = {**some.parts, "outcomes": 3, "outcomes_counted": 7}
    assert held["outcomes"] is None
    assert (some.left_out()["outcomes.set_aside"], some.left_out()["outcomes.counted"]) == (3, 7)
    for path, value in judging.left_out(audit["document"], audit["charter"]).items():
        assert said[path] == value
    more = said["counted"] // 50
    capped = {**said, "set_aside": more, "rows": said["counted"] + more, "share": more / (said["counted"] + more)}
    document = {**audit["document"], "left_out": capped}
    assert judging.left_out(document, audit["charter"])["limited"]
    for verdict, claims in judging.judge(document, audit["charter"], audit["system"]):
        if "verdict" in claims:
            assert (claims["verdict"], claims["reason"]) == ("unknown", "too_much_left_out"), verdict["indicator"]
    beside = {"rows": 100, "counted": 99, "set_aside": 1, "share": 0.01}
    document = {**audit["document"], "left_out": {**said, "outcomes": beside}}
    assert judging.left_out(document, audit["charter"])["outcomes.limited"]
    judged = list(judging.judge(document, audit["charter"], audit["system"]))
    limited = [verdict["indicator"] for verdict, claims in judged if claims.get("reason") == "too_much_left_out"]
    assert limited == [
        verdict["indicator"] for verdict, _ in judged if "outcome" in needs_of(verdict, audit["charter"])
    ]
    silent = {name: value for name, value in audit["charter"].items() if name != "left_out"}
    assert not judging.left_out(document, silent)["limited"]


def needs_of(verdict: dict[str, Any], charter: dict[str, Any]) -> list[str]:
    """What the question of a verdict needs."""
    asked = [each for article in charter["articles"] for each in article["indicators"]]
    return next(each["needs"] for each in asked if verdict["indicator"].startswith(each["id"]))
