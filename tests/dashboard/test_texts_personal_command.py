"""`boussole texts personal`: a line out for each line in, texts without what was found, and no text anywhere else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from boussole.audits.errors import BoussoleError
from boussole.audits.texts.personal import recognisers
from boussole.audits.texts.personal.detector import find
from boussole.dashboard.cli.main import app

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


def run(*words: str) -> tuple[int, str, str]:
    """What a command ends with and prints."""
    told = CliRunner().invoke(app, ["texts", "personal", *words])
    if isinstance(told.exception, BoussoleError):
        return 2, told.stdout, str(told.exception)
    return told.exit_code, told.stdout, told.stderr


@pytest.mark.costly
def test_a_line_out_for_each_line_in(file: Path) -> None:
    code, out, err = run(str(file), "--json", "-")
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
    code, out, err = run(str(file))
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
