"""`boussole texts pairs`: from requests that are drawn to an answer that is sealed, and no text kept."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from boussole.audits.errors import BoussoleError
from boussole.audits.texts.pairs.prompts import prompts_in
from boussole.audits.workspace import Workspace
from boussole.charter.judging.by_article import unmeasured
from boussole.charter.record_types.base import PairedTexts
from boussole.charter.records.facts import facts_of
from boussole.charter.records.sealed_files import verify_files
from boussole.charter.text.loading import load_charter
from boussole.dashboard.cli.main import app
from boussole.experiments.demo.planted import PLANTED, recorded_texts

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
