"""`boussole texts`, the route and the MLflow scorer: a line out for each line in, whatever the others are."""

from __future__ import annotations

import json

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from typer.testing import CliRunner

from boussole.audits.texts.engine import check_text
from boussole.audits.workspace import Workspace
from boussole.dashboard.app.server import routes
from boussole.dashboard.cli.main import app

UNLAWFUL = "Nous recherchons un h\u043emme de moins de 30 ans."
KEYS = {"criterion", "start", "end", "span", "rule", "law", "suggestion"}
FAULTS = {
    "not JSON": (b"{id", "not JSON"),
    "no id": (b'{"text": "a"}', "no 'id'"),
    "no text": (b'{"id": 1}', "no 'text'"),
    "text that is none": (b'{"id": 1, "text": [1]}', "'text' is not text"),
    "binary": (b'{"id": 1, "text": "\xff\xfe\x00"}', "not UTF-8"),
    "no object": (b"[1]", "not an object"),
    "too deep": (b"[" * 100_000, "not JSON"),
}


def run(lines: bytes, *options: str):
    return CliRunner().invoke(app, ["texts", "check", "-", "--json", "-", *options], input=lines)


def line(name: object, text: str) -> bytes:
    return json.dumps({"id": name, "text": text}).encode() + b"\n"


@pytest.mark.costly
def test_each_line_is_answered_by_one_in_its_order() -> None:
    done = run(line("b", UNLAWFUL) + line(7, "We are looking for you and your team") + line("a", "Vendeur/vendeuse."))
    told = [json.loads(each) for each in done.stdout.splitlines()]
    assert done.exit_code == 0
    assert [(each["id"], each["language"]) for each in told] == [("b", "fr"), (7, "en"), ("a", "fr")]
    assert [len(each["findings"]) > 0 for each in told] == [True, False, False]
    for each in told[0]["findings"]:
        assert set(each) == KEYS
        assert UNLAWFUL[each["start"] : each["end"]] == each["span"]
        assert set(each["suggestion"]) == {"fr", "en"}
    assert {each["criterion"] for each in told[0]["findings"]} == {"sex", "age"}


@pytest.mark.costly
@pytest.mark.attack("texts", "lines that are no text, among others that are")
@pytest.mark.parametrize(("bad", "said"), FAULTS.values(), ids=list(FAULTS))
def test_a_line_at_fault_is_named_and_the_others_are_answered(bad: bytes, said: str, tries) -> None:
    tries.add()
    done = run(line("a", UNLAWFUL) + bad + b"\n" + line("z", UNLAWFUL))
    told = [json.loads(each) for each in done.stdout.splitlines()]
    assert done.exit_code != 0
    assert len(told) == 3
    assert told[0]["findings"] == told[2]["findings"] != []
    assert told[1]["findings"] is None
    assert "line 2" in told[1]["error"]
    assert said in told[1]["error"]


@pytest.mark.costly
@pytest.mark.attack("texts", "a text of ten megabytes, control characters, half a surrogate, script")
def test_what_is_strange_is_answered_and_printed_safely(tries) -> None:
    strange = ("\x00\x1b[2J\ud800 homme uniquement", "<script>alert('homme')</script>" + UNLAWFUL, "a b é " * 1_700_000)
    tries.add(len(strange))
    done = run(b"".join(line(number, text) for number, text in enumerate(strange)))
    assert done.exit_code == 0
    assert "\x1b" not in done.stdout
    told = [json.loads(each) for each in done.stdout.splitlines()]
    assert [bool(each["findings"]) for each in told] == [True, True, False]


def test_empty_lines_hold_nothing_and_a_file_can_be_written(tmp_path) -> None:
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(b"\xef\xbb\xbf" + line("a", UNLAWFUL) + b"\n  \n" + line("b", "Vendeur/vendeuse."))
    done = CliRunner().invoke(app, ["texts", "check", str(source), "--json", str(target)])
    assert (done.exit_code, done.stdout) == (0, "")
    assert [json.loads(each)["id"] for each in target.read_text(encoding="utf-8").splitlines()] == ["a", "b"]
    told = CliRunner().invoke(app, ["texts", "check", str(source)])
    assert "sex" in told.stdout
    assert "2 text(s) read" in told.stderr
    missing = CliRunner().invoke(app, ["texts", "check", str(tmp_path / "none")])
    assert missing.exit_code != 0


def test_measure_counts_texts_and_criteria(tmp_path) -> None:
    held = [
        {"text": "Homme uniquement.", "findings": [{"criterion": "sex", "start": 0, "end": 5}]},
        {"text": "Poste en Corse, H/F.", "findings": [{"criterion": "origin", "start": 9, "end": 14}]},
        {"text": "Vous avez moins de 30 ans.", "findings": []},
    ]
    file = tmp_path / "held.jsonl"
    file.write_text("\n".join(map(json.dumps, held)), encoding="utf-8")
    told = CliRunner().invoke(app, ["texts", "measure", str(file)]).stdout.splitlines()
    assert told[2] == "| all | 2 | 1 | 0.50 (0.09–0.91) | 2 | 1 | 0.50 (0.09–0.91) |"
    assert "| origin | 1 | 0 | 0.00 (0.00–0.79) | 0 | 0 | – |" in told
    assert "| age | 0 | 0 | – | 1 | 0 | 0.00 (0.00–0.79) |" in told
    file.write_text('{"text": "a"}', encoding="utf-8")
    assert CliRunner().invoke(app, ["texts", "measure", str(file)]).exit_code != 0


def test_the_route_answers_as_the_command_does(tmp_path) -> None:
    client = TestClient(Starlette(routes=routes(Workspace.create(tmp_path / "w").home)))
    sent = line("a", UNLAWFUL) + b"nope\n"
    done = client.post("/api/texts/check", content=sent, headers={"content-type": "text/plain"})
    assert done.status_code == 200
    first, second = done.json()["items"]
    assert first["findings"] == [json.loads(run(line("a", UNLAWFUL)).stdout)["findings"][place] for place in (0, 1)]
    assert (second["findings"], "line 2" in second["error"]) == (None, True)
    many = client.post("/api/texts/check", content=sent * 2_000, headers={"content-type": "text/plain"})
    assert many.status_code == 413


def test_the_scorer_counts_findings_and_knows_a_text_that_is_missing() -> None:
    from boussole.dashboard.api.evaluator.scorer import unlawful_wording

    score = unlawful_wording()
    found, clean, missing = score(outputs=UNLAWFUL), score(outputs={"text": "Vendeur/vendeuse."}), score(outputs=None)
    assert (found.value, clean.value, missing.value) == (2, 0, None)
    assert json.loads(found.metadata["findings"]) == [each.document() for each in check_text(UNLAWFUL).findings]
    assert "L. 1142-1" in found.rationale
    assert missing.error is not None
