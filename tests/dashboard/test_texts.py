"""`boussole texts`, the route and the scorer: a line out for each line in; what is drawn in pairs; no text is kept."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from typer.testing import CliRunner

from boussole.audits.errors import BoussoleError
from boussole.audits.texts.engine import check_text
from boussole.audits.texts.pairs.prompts import prompts_in
from boussole.audits.texts.personal import recognisers
from boussole.audits.texts.personal.detector import find
from boussole.audits.workspace import Workspace
from boussole.charter.judging.by_article import unmeasured
from boussole.charter.record_types.base import PairedTexts
from boussole.charter.records.facts import facts_of
from boussole.charter.records.sealed_files import verify_files
from boussole.charter.text.loading import load_charter
from boussole.dashboard.app.server import routes
from boussole.dashboard.cli.main import app
from boussole.experiments.demo.planted import PLANTED, recorded_texts

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


CHATFT = Path(__file__).parents[2] / "experiments" / "demo" / "systems" / "chatft.yaml"
QUESTION = "same_text_whatever_the_name"
CANARY = "Les documents utiles"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    Workspace.create(tmp_path)
    (tmp_path / "systems").mkdir(exist_ok=True)
    (tmp_path / "systems" / "chatft.yaml").write_text(CHATFT.read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def command(home: Path, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["--workspace", str(home), "texts", "pairs", *words])
    error = done.exception
    return done.exit_code, f"{done.output} {error} {error.next_step}" if isinstance(
        error, BoussoleError
    ) else done.output


def answer(home: Path) -> tuple[str, str, dict[str, str]]:
    workspace = Workspace(home)
    facts = facts_of(workspace, as_of=workspace.today())
    found = unmeasured(load_charter(), workspace.system("chatft"), facts)
    (told,) = [each for each in found.verdicts if each.template == QUESTION]
    return told.verdict, str(told.reason), dict(told.sentence)


def found_in(home: Path, words: str) -> list[Path]:
    return [each for each in home.rglob("*") if each.is_file() and words.encode() in each.read_bytes()]


@pytest.mark.costly
def test_what_is_drawn_and_written_is_measured_sealed_and_not_kept(home: Path) -> None:
    requests, texts = home / "requests.jsonl", home / "texts.jsonl"
    assert command(home, "draw", str(requests), "--cue", "origin")[0] == 0
    prompts = prompts_in(requests)
    assert len(prompts) == 24 * 8 * 2
    written = recorded_texts(prompts, PLANTED)
    texts.write_text("".join(json.dumps({"id": k, "text": v}) + "\n" for k, v in written.items()), encoding="utf-8")
    options = ["--system", "chatft", "--model", "m-1", "--role", "Steward"]
    code, told = command(home, "seal", str(requests), str(texts), *options)
    assert code == 0, told
    assert "384 text(s) measured, none kept" in told
    assert answer(home)[:2] == ("watch", "pairs_differ")
    assert found_in(home, CANARY) == [texts]
    assert verify_files(Workspace(home)).ok
    today = Workspace(home).today().isoformat()
    report = ["record", "case", "--question", QUESTION, "--system", "chatft", "--happened-on", today, "--on", today]
    done = CliRunner().invoke(app, ["--workspace", str(home), *report, "--role", "Steward"])
    assert done.exit_code == 0, done.exception
    assert answer(home)[:2] == ("watch", "case_to_confirm")
    entry = done.output.split("entry ")[1].split(":")[0]
    review = ["record", "review", entry, "--outcome", "confirmed", "--role", "Director", "--on", today]
    done = CliRunner().invoke(app, ["--workspace", str(home), *review])
    assert done.exit_code == 0, (done.exception, done.output)
    assert answer(home)[:2] == ("broken", "case_confirmed")
    facts = facts_of(Workspace(home), as_of=dt.date(2100, 1, 1))
    ((_, said),) = facts.standing(PairedTexts)
    kept = (home / "documents" / said.document.sha256).read_bytes()
    assert len(json.loads(kept)["texts"]) == said.texts == 384
    assert not any(name in kept.decode() for name in ("Mohamed", "Mathieu", "Angers"))


NAMED = "Solène Quatrebarbes"
LINES = (
    {"id": "a", "text": f"Bonjour Mme Martin, {NAMED} vous écrit de zq@exemple.fr, 06 12 34 56 78."},
    {"id": 2, "text": "Rien ici."},
    {"id": "c", "text": "NIR 1 85 05 78 006 084 91 \ud800 \x00 <script>alert(1)</script>"},
    {"id": "d", "text": ""},
    {"id": "e", "text": "Je suis en arrêt maladie."},
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of texts."""
    path = tmp_path / "texts.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in LINES), encoding="utf-8")
    return path


def personal(*words: str) -> tuple[int, str, str]:
    """What a command ends with and prints."""
    told = CliRunner().invoke(app, ["texts", "personal", *words])
    if isinstance(told.exception, BoussoleError):
        return 2, told.stdout, str(told.exception)
    return told.exit_code, told.stdout, told.stderr


@pytest.mark.costly
def test_a_line_out_for_each_line_in(file: Path) -> None:
    code, out, err = personal(str(file), "--json", "-")
    answers = [json.loads(line) for line in out.splitlines()]
    assert (code, err) == (0, "")
    assert [answer["id"] for answer in answers] == [line["id"] for line in LINES]
    assert all(set(answer) == {"id", "findings"} for answer in answers)
    for answer, line in zip(answers, LINES, strict=True):
        assert answer["findings"] == [each.document() for each in find(line["text"]) if each.entity != "HEALTH"]
        assert all(set(each) == {"entity", "start", "end"} for each in answer["findings"])
    assert [each["entity"] for each in answers[0]["findings"]] == ["PERSON", "PERSON", "EMAIL", "PHONE"]
    assert [each["entity"] for each in answers[2]["findings"]] == ["NIR"]
    assert answers[4]["findings"] == [], "health is counted by the audit alone"


def test_people_are_told_where_but_not_what(file: Path) -> None:
    code, out, err = personal(str(file))
    assert code == 0
    assert out.splitlines()[0].split("\t")[:2] == ["a", "PERSON"]
    assert "5 text(s) read" in err
    assert "Quatrebarbes" not in out + err
    assert "zq@exemple" not in out + err


@pytest.mark.costly
def test_no_text_stays_in_logs_errors_or_files(file: Path, tmp_path: Path) -> None:
    """All that a run could write lies in one folder: a byte search finds no words there, nor in what it says."""
    home = tmp_path / "home"
    home.mkdir()
    held = {
        **os.environ,
        "HOME": str(home),
        "TMPDIR": str(home),
        "XDG_CACHE_HOME": str(home),
        "BOUSSOLE_HOME": str(home),
    }
    program = "from boussole.dashboard.cli.start import main; main()"
    told = subprocess.run(
        [sys.executable, "-c", program, "--debug", "texts", "personal", str(file), "--json", "-"],
        env=held,
        cwd=home,
        capture_output=True,
        check=False,
    )
    assert told.returncode == 0
    for word in (b"Quatrebarbes", b"zq@exemple", b"1 85 05 78"):
        assert word not in told.stdout + told.stderr
        for path in home.rglob("*"):
            assert not path.is_file() or word not in path.read_bytes(), path


def test_nothing_is_asked_of_a_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even the list of domains that Presidio's own recogniser of e-mail fetches, nor a model."""
    import socket

    def refused(*_: object, **__: object) -> None:
        raise AssertionError("a connection was asked for")

    monkeypatch.setattr(socket.socket, "connect", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    assert [each.entity for each in find("Karim Benali, karim@exemple.fr")] == ["PERSON", "EMAIL"]


def test_without_the_model_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str, *_: object) -> object:
        raise ImportError(name)

    recognisers.french.cache_clear()
    monkeypatch.setattr(recognisers.importlib, "import_module", missing)
    with pytest.raises(recognisers.TextsError, match=r'pip install "boussole-charter\[texts\]"'):
        recognisers.french()


@pytest.mark.costly
@pytest.mark.parametrize(
    "text",
    [
        "a" * 200_000,
        "A " * 100_000,
        "1 " * 100_000,
        "1" * 200_000,
        "a@" * 100_000,
        "a." * 100_000 + "@b",
        "(at) " * 40_000,
        "12 rue " * 30_000,
        "né le " * 30_000,
        "M. " * 60_000,
        "FR76 " * 40_000,
        "Jean-" * 40_000,
        "&#" * 100_000,
        "<b " * 60_000,
        "<!--" * 50_000,
        "\u200b" * 200_000,
        "e\u0301" * 100_000,
        "bât A, " * 30_000,
        "00" * 100_000,
        "+33 (0)" * 30_000,
        "De La " * 30_000,
    ],
    ids=lambda text: text[:6].encode("unicode_escape").decode(),
)
def test_no_text_is_slow(text: str) -> None:
    """200,000 characters that patterns could be lost in: within the time that plain ones take, many times over."""
    started = time.process_time()
    find(text, entities={"NIR", "IBAN", "EMAIL", "PHONE", "FT_ID", "DATE_OF_BIRTH", "ADDRESS"})
    assert time.process_time() - started < 8
