"""The verifier of packs: its ledger against standards and another library, and that each thing is really held."""

from __future__ import annotations

import copy
import datetime as dt
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from boussole.audits.declaration import content_of
from boussole.audits.hashing import canonical_json, sha256_hex
from boussole.audits.ledger.keys import COSIGNATURE, SIGNATURE, make_key
from boussole.audits.ledger.merkle import consistency_proof, inclusion_proof, leaf_hash, tree_hash
from boussole.audits.workspace import Workspace
from boussole.charter.pack import HERE, pack_files, write
from boussole.charter.pack.verifier import ledger
from boussole.charter.pack.verifier.figures import Figures, cells_of
from boussole.charter.pack.verifier.main import judge
from boussole.charter.pack.verifier.pack import Judge, json_object
from boussole.charter.pack.verifier.tally import Tally, same
from boussole.charter.pack.verifier.verdicts import Verdicts
from boussole.charter.records import charter_text, sign_checkpoint, stored_audits
from tests import as_json
from tests.attacks import Tries
from tests.audits.ledger.test_notes import NOTE, REPLY, TEST_CHECKPOINT

Json = dict[str, Any]

MOST_LINES = 1_500
"""So much can be read in an hour."""


def test_it_can_be_read_in_an_hour() -> None:
    files = [HERE / "verify.py", *(HERE / "verifier").rglob("*.py")]
    assert sum(len(path.read_text(encoding="utf-8").splitlines()) for path in files) <= MOST_LINES


# --- the ledger ------------------------------------------------------------------------------------------------------

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
    assert ledger.verify_signature(key, text, value)
    assert not ledger.verify_signature(key, text + b"x", value)
    for place in (0, 31, 32, 63):
        turned = value[:place] + bytes([value[place] ^ 1]) + value[place + 1 :]
        assert not ledger.verify_signature(key, text, turned)
    beyond = int.from_bytes(value[32:], "little") + ledger.ORDER
    assert not ledger.verify_signature(key, text, value[:32] + beyond.to_bytes(32, "little"))  # one signature, one form
    assert not ledger.verify_signature(key[:-1], text, value)


def test_signatures_of_another_library() -> None:
    for i in range(10):
        secret = Ed25519PrivateKey.from_private_bytes(bytes([i]) * 32)
        assert ledger.verify_signature(secret.public_key().public_bytes_raw(), b"text", secret.sign(b"text"))


def test_proofs_hold_and_their_neighbours_do_not() -> None:
    leaves = [leaf_hash(bytes([i])) for i in range(11)]
    roots = [tree_hash(leaves[:size]) for size in range(12)]
    for size in range(1, 12):
        for index in range(size):
            proof = inclusion_proof(leaves[:size], index=index)
            held = ledger.verify_inclusion
            assert held(leaves[index], index, size, proof, roots[size])
            assert not held(leaves[index], (index + 1) % size, size, proof, roots[size]) or size == 1
            assert not held(leaves[index], index, size, [*proof, roots[0]], roots[size])
        for first in range(1, size + 1):
            proof = consistency_proof(leaves[:size], first=first)
            assert ledger.verify_consistency(first, size, proof, roots[first], roots[size])
            assert not ledger.verify_consistency(first, size, proof, roots[0], roots[size])
    assert not ledger.verify_inclusion(leaves[0], 1, 1, [], roots[1])
    assert not ledger.verify_consistency(0, 1, [], roots[0], roots[1])


def test_who_signed_a_checkpoint_and_when_a_witness_cosigned_it() -> None:
    owner, witness, stranger = (
        make_key(name, kind=kind)
        for name, kind in (("example.org/log", SIGNATURE), ("example.org/w", COSIGNATURE), ("x", SIGNATURE))
    )
    point = ledger.checkpoint_of(str(NOTE.signed(owner).signed(witness)))
    keys = [ledger.key_of(str(each.verifier)) for each in (owner, witness, stranger)]
    signed = [point.signature_of(key) for key in keys]
    assert [each is not None for each in signed] == [True, True, False]
    assert ledger.time_of(keys[0], signed[0] or b"") == ""
    said = dt.datetime.fromisoformat(ledger.time_of(keys[1], signed[1] or b"")[4:].replace(" UTC", "+00:00"))
    assert abs((said - dt.datetime.now(dt.UTC)).total_seconds()) < 60
    assert point._replace(text=point.text.replace("1", "2")).signature_of(keys[0]) is None


@pytest.mark.parametrize(
    ("read", "wrong"),
    [
        *((ledger.key_of, each) for each in ("x+y", "a+00000000+" + "A" * 44, "")),
        (ledger.checkpoint_of, TEST_CHECKPOINT.replace("—", "-")),
        (ledger.checkpoint_of, TEST_CHECKPOINT[:-1]),
        (ledger.checkpoint_of, TEST_CHECKPOINT.replace("\n\n", "\n")),
        *(
            (json_object, each)
            for each in (b'{"a":1,"a":1}', b'{"a":NaN}', b"[1]", b"1.0", b"\xff", b"", b"[" * 100_000)
        ),
    ],
)
def test_what_is_no_key_no_checkpoint_and_no_object_with_one_meaning_is_refused(
    read: Callable[[Any], object], wrong: str | bytes
) -> None:
    with pytest.raises(ValueError, match=r"."):
        read(wrong)


def test_a_timestamp_states_when_and_of_which_checkpoint() -> None:
    """The reply is what `openssl ts` answered: the time is that which the product reads with another library."""
    assert ledger.time_stated(REPLY, NOTE.text.encode()) == "2026-11-26 05:06:29 UTC"
    for reply, text in ((REPLY, b"other"), (REPLY[:80], NOTE.text.encode()), (b"", NOTE.text.encode())):
        with pytest.raises(ValueError, match=r"."):
            ledger.time_stated(reply, text)


def test_numbers_are_the_same_within_a_tolerance_and_words_and_counts_exactly() -> None:
    assert same([0.1 + 0.2, 3, "a", None, True], [0.3, 3, "a", None, True])
    for said, must in (
        (0.3001, 0.3),
        (4, 3),
        ("b", "a"),
        (0, None),
        (1, True),
        ({"a": 1}, {"a": 1, "b": 2}),
        ([1], []),
    ):
        assert not same(said, must), (said, must)


# --- figures from counts, by hand ------------------------------------------------------------------------------------


def figure(metric: str, value: float | None, sex: str | None = None, **more: Any) -> Json:
    name = f"{metric}/sex={sex}" if sex else metric
    made = {"id": name, "metric": metric, "by": ["sex"], "given": {}, "status": "ok", "value": value, "interval": None}
    return {**made, "group": {"sex": sex} if sex else None, "n": None, "params": {}, **more}


CELLS = {"selection_rate/sex=F": (3, 10), "selection_rate/sex=M": (12, 20)}
BY_HAND = [
    figure("selection_rate", 0.3, "F", n=10),
    figure("selection_rate", 0.6, "M", n=20),
    figure("demographic_parity_difference", 0.3),
    figure("demographic_parity_ratio", 0.5),
    figure("impact_ratio", 0.5, "F"),
    figure("impact_ratio", 1.0, "M"),
    figure(
        "selection_rate_ratio",
        0.5,
        "F",
        n=30,
        params={"scale": "ratio", "counts": {"k": [3, 12], "n": [10, 20]}, "values": [0.3, 0.6]},
    ),
]


def found_wrong(measures: list[Json], cells: dict[str, tuple[int, int]] = CELLS, **system: Any) -> list[str]:
    tally = Tally()
    declared = {"columns": {"favourable": True}, "groups": {"sex": {"reference": "M"}}, **system}
    Figures({"measures": measures}, declared, cells).check("x", tally)
    return tally.problems


def test_rates_gaps_and_ratios_by_hand() -> None:
    assert found_wrong(BY_HAND) == []
    for i, each in enumerate(BY_HAND):
        other = [*BY_HAND[:i], {**each, "value": each["value"] + 0.01}, *BY_HAND[i + 1 :]]
        assert any(each["id"] in problem for problem in found_wrong(other)), each["id"]


def test_where_selection_is_a_harm_the_lowest_rate_is_the_best() -> None:
    harm = [each if each["metric"] != "impact_ratio" else {**each, "value": each["value"] / 0.5} for each in BY_HAND]
    assert found_wrong(harm, columns={"favourable": False}) == []
    assert len(found_wrong(BY_HAND, columns={"favourable": False})) == 2


def test_counts_of_a_comparison_are_those_of_its_groups() -> None:
    lied = copy.deepcopy(BY_HAND)
    lied[-1]["params"]["counts"]["k"] = [6, 12]
    lied[-1]["params"]["values"], lied[-1]["value"] = [0.6, 0.6], 1.0
    (problem,) = found_wrong(lied)
    assert "params.counts" in problem
    some = {name: cell for name, cell in CELLS.items() if name.endswith("M")}
    assert "x: selection_rate/sex=F: the pack leaves out its counts" in found_wrong(BY_HAND, some)
    more = {**CELLS, "selection_rate/sex=X": (1, 2)}
    assert found_wrong(BY_HAND, more) == ["x: selection_rate/sex=X: the document shows no such figure"]
    hidden = figure("precision", None, "F", status="suppressed")  # what is not shown has no value
    assert found_wrong([*BY_HAND, hidden]) == []
    assert len(found_wrong([*BY_HAND, {**hidden, "value": 0.5}])) == 1


@pytest.mark.parametrize("lines", ['"a","1","2"\n"a","1","2"\n', '"a","3","2"\n', '"a","0","0"\n', '"a","-1","2"\n'])
def test_counts_that_stand_twice_or_cannot_be_are_refused(lines: str) -> None:
    with pytest.raises(ValueError, match="twice, or cannot be"):
        cells_of(f'"measure","cases","rows"\n{lines}')


# --- a whole audit: each number and verdict by itself ----------------------------------------------------------------


@pytest.fixture(
    scope="module",
    params=[pytest.param(False, id="independent", marks=pytest.mark.slow), pytest.param(True, id="clustered")],
)
def workspace(
    request: pytest.FixtureRequest, audited_offers: Callable[..., Workspace], tmp_path_factory: pytest.TempPathFactory
) -> Workspace:
    return audited_offers(tmp_path_factory.mktemp("offers") / "w", clustered=request.param)


@pytest.fixture(scope="module")
def audit(workspace: Workspace) -> Json:
    document = stored_audits(workspace)[1].document().written()
    return {
        "document": document,
        "system": json.loads(content_of(workspace.evidence, document["evidence"]["system"][7:])),
        "charter": json.loads(charter_text(workspace, document["charter"]["sha256"]) or ""),
        "cells": {name: (k, n) for name, k, n in as_json.cells_of(document["measures"])},
    }


@pytest.mark.costly
@pytest.mark.attack("verifier", "each recomputed number of a document changed a little, by itself")
def test_each_number_that_is_computed_again_is_held(audit: Json, tries: Tries) -> None:
    """Each one is changed a little, by itself: that it was the same before is no accident of never looking."""
    figures, held = Figures(audit["document"], audit["system"], audit["cells"]), 0
    for measure in audit["document"]["measures"]:
        claims = figures._claims(measure)[1] if measure["status"] == "ok" else {}
        for path in claims:
            changed = copy.deepcopy(measure)
            if not change(changed, path):
                continue
            tally = Tally()
            tally.claims("x", changed, claims)
            assert tally.problems, (measure["id"], path)
            held += 1
            tries.add()
    assert held > 250


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


def wrong(audit: Json, document: Json, **charter: Any) -> list[str]:
    tally = Tally()
    Verdicts(document, {**audit["charter"], **charter}, audit["system"]).check("x", tally)
    return tally.problems


@pytest.mark.costly
@pytest.mark.attack("verifier", "each verdict and comparison turned, left out or said twice")
def test_verdicts_that_are_turned_left_out_or_said_twice_are_found(audit: Json, tries: Tries) -> None:
    document = audit["document"]
    assert wrong(audit, document) == []
    assert wrong(audit, document, alpha=1.0)  # another level gives other verdicts
    compared = [i for i, each in enumerate(document["verdicts"]) if each["comparisons"]]
    assert len(compared) >= 9
    for i in compared:
        verdict = document["verdicts"][i]
        first, *others = verdict["comparisons"]
        turned = "kept" if verdict["verdict"] != "kept" else "watch"
        for lied in (
            {**verdict, "verdict": turned},
            # A question of which no figure has a value may list none of them: it is unknown in both cases.
            *([{**verdict, "comparisons": others}] if others or first["p_kept"] is not None else []),
            {**verdict, "comparisons": [first, first, *others]},
            {
                **verdict,
                "comparisons": [{**first, "verdict": "kept" if first["verdict"] != "kept" else "watch"}, *others],
            },
            {**verdict, "comparisons": [{**first, "levels": {**first["levels"], "watch": 0.123}}, *others]},
            {**verdict, "threshold": {**verdict["threshold"], "watch": 0.123}},
            {**verdict, "template": "no_such_question"},
        ):
            verdicts = [*document["verdicts"][:i], lied, *document["verdicts"][i + 1 :]]
            assert wrong(audit, {**document, "verdicts": verdicts}), (verdict["indicator"], lied)
            tries.add()
        assert wrong(audit, {**document, "verdicts": [*document["verdicts"], verdict]})
        tries.add()


@pytest.mark.costly
@pytest.mark.attack("verifier", "p-values and intervals that do not give their verdict")
def test_p_values_and_intervals_that_do_not_give_their_verdict_are_found(audit: Json, tries: Tries) -> None:
    document, seen = audit["document"], set()
    for i, verdict in enumerate(document["verdicts"]):
        for n, each in enumerate(verdict["comparisons"]):
            if each["p_watch"] is None:
                continue
            seen.add(each["verdict"])
            lies = [{"p_watch": None}, {"p_kept": None}]
            lies += [{"p_watch": 1e-9, "p_kept": 1.0}] if each["verdict"] in ("kept", "unknown") else []
            lies += (
                [{"p_watch": 1.0, "p_breach": each["p_breach"] and 1.0}]
                if each["verdict"] in ("watch", "broken")
                else []
            )
            if each["verdict"] == "kept" and each["interval"]:
                low, high = each["interval"]["low"], each["interval"]["high"]
                lies.append({"interval": {**each["interval"], "low": high, "high": low}} if low != high else {})
            for lie in filter(None, lies):
                lied = copy.deepcopy(document)
                lied["verdicts"][i]["comparisons"][n] |= lie
                assert wrong(audit, lied), (each["measure"], lie)
                tries.add()
    assert {"kept", "unknown"} <= seen


@pytest.mark.costly
def test_questions_and_articles_that_are_left_out_or_milder_are_found(audit: Json) -> None:
    document = audit["document"]
    assert any("is not answered" in each for each in wrong(audit, {**document, "verdicts": document["verdicts"][:1]}))
    assert wrong(audit, {**document, "articles": document["articles"][1:]})
    for i, each in enumerate(document["articles"]):
        for lie in ({"verdict": "kept" if each["verdict"] != "kept" else "unknown"}, {"asked": each["asked"] + 1}):
            articles = [*document["articles"][:i], {**each, **lie}, *document["articles"][i + 1 :]]
            assert wrong(audit, {**document, "articles": articles}), (each["article"], lie)


@pytest.mark.costly
def test_what_was_left_out_is_held_to_its_counts_and_to_the_charter(audit: Json) -> None:
    said = audit["document"]["left_out"]
    for name, lie in (("rows", said["rows"] + 1), ("share", 0.5), ("limited", True), ("counted", 1), ("limit", 0.9)):
        assert wrong(audit, {**audit["document"], "left_out": {**said, name: lie}}), name
    much = {**said, "set_aside": said["counted"], "rows": 2 * said["counted"], "share": 0.5, "limited": True}
    assert wrong(audit, {**audit["document"], "left_out": much})  # nothing is concluded from the rest


# --- that it says what it recomputed and what it did not -------------------------------------------------------------


def said_of(pack: Path, capsys: pytest.CaptureFixture[str], *, one_by_one: bool = True, code: int = 0) -> str:
    assert judge(pack, Judge(HERE), one_by_one=one_by_one) == code
    return capsys.readouterr().out


@pytest.mark.costly
def test_each_figure_is_recomputed_or_listed(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Recomputed and listed together are all that there is: nothing passes in silence."""
    chosen = stored_audits(workspace)[:1]
    write(pack_files(workspace, chosen, note=sign_checkpoint(workspace)), tmp_path / "p")
    told = said_of(tmp_path / "p", capsys)
    known = {each.id for each in chosen[0].document().measures if each.status == "ok"}
    listed = [line.strip() for line in told.splitlines() if line.strip() in known]
    (line,) = (each for each in told.splitlines() if "figures recomputed from counts" in each)
    counts, rates, sealed = map(int, re.findall(r"\b(\d+) (?:figures|from the two|only)", line))
    assert len(listed) == len(set(listed)) == sealed
    assert counts + rates + sealed == len(known)
    assert min(counts, rates, sealed) > 10
    assert not [
        each for each in said_of(tmp_path / "p", capsys, one_by_one=False).splitlines() if each.strip() in known
    ]


@pytest.mark.costly
@pytest.mark.attack("evidence pack", "counts left out, so that less is recomputed")
def test_counts_that_are_left_out_are_found(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack = tmp_path / "p"
    write(pack_files(workspace, stored_audits(workspace)[1:2], note=sign_checkpoint(workspace)), pack)
    path = next((pack / "cells").iterdir())
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith('"precision/')), encoding="utf-8")
    manifest = json.loads((pack / "manifest.json").read_bytes())
    manifest["files"][f"cells/{path.name}"] = sha256_hex(path.read_bytes())
    (pack / "manifest.json").write_bytes(canonical_json(manifest))
    assert "precision/gender=F: the pack leaves out its counts" in said_of(pack, capsys, code=1)
