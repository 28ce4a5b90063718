"""Comparisons of versions say what they said on 28 November 2026: every figure, every line, in the form of today.

`tests/data` holds what the commands of that day wrote about its workspace: versions in the lake, files
of the same cases, months of one version beside those of the next, a shadow, and distances of windows. They are computed
again by the methods of that day.
"""

from __future__ import annotations

import json
import lzma
import tarfile
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from boussole.audits.decisions import ingest
from boussole.audits.hashing import canonical_json
from boussole.audits.lake import reading
from boussole.audits.uncertainty.methods import by_method
from boussole.audits.workspace import Workspace
from boussole.charter.document.differences.comparing import TwoVersions, VersionComparison
from boussole.charter.document.differences.drift import DriftDocument
from boussole.charter.text.loading import load_charter
from boussole.dashboard.cli.main import app

DATA = Path(__file__).parents[1] / "data"
SAID = DATA / "comparisons-of-28-november-2026.json.xz"
AS_OF = ["--as-of", "2026-11-28"]
SEPTEMBER = ["--from", "2026-09-01", "--to", "2026-09-30"]
COMMANDS = {
    "versions of the lake": ["compare", "--system", "matchft", "1.4", "2.0", "--fail-on", "nothing"],
    "with wide margins": [
        *["compare", "--system", "matchft", "1.4", "2.0", "--fail-on", "nothing"],
        *["--ratio-margin", "0.5", "--gap-margin", "0.4"],
    ],
    "the same cases": ["compare", "--system-file", "{pair}", "{one}", "{two}", "--fail-on", "nothing", *SEPTEMBER],
    "months": ["compare", "--system", "matchft", "--versions", "1.4..2.0"],
    "shadow": ["compare", "--shadow", "matchft_next", "--from", "2026-09-01"],
    "drift": ["drift", "--system", "matchft", "--no-report"],
    "drift of days": [
        *["drift", "--system", "matchft", "--no-report", "--window", "2026-09-01/2026-09-10"],
        *["--against", "2026-08-01/2026-08-20"],
    ],
}
COLUMNS = """
columns:
  id: ref
  decided_at: day
  decision: {column: taken, selected: [true], not_selected: [false]}
  score: {column: score, range: [0, 1]}
privacy: {suppress_below: 11}
"""
HEAD = """
id: %s
kind: selection
title: {fr: "Essai", en: "Trial"}
purpose: {fr: "Essai", en: "Trial"}
owner: "Essai"
status: pilot
risk: high
risk_reason: "Essai"
provider: "Essai"
hosting: own-datacentre
timezone: Europe/Paris
"""
GROUPS = "groups: {gender: {column: gender, reference: M}, age: {column: age}}\nintersections: [[gender, age]]\n"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The workspace of before, with the answers of a shadow to its own cases."""
    home = tmp_path_factory.mktemp("before")
    with tarfile.open(DATA / "workspace-of-28-november-2026.tar.xz") as packed:
        packed.extractall(home, filter="data")
    workspace = Workspace(home / "demo")
    shadow = (HEAD % "matchft_next").replace("selection", "ranking", 1) + "shadow_of: matchft" + COLUMNS
    (workspace.home / "systems" / "matchft_next.yaml").write_text(shadow, encoding="utf-8")
    (home / "pair.yaml").write_text(HEAD % "pair" + COLUMNS + GROUPS, encoding="utf-8")
    with reading(workspace) as connection:
        frame = connection.execute(
            "SELECT id AS ref, day, CAST(decision AS BOOLEAN) AS taken, score, g_gender AS gender, g_age AS age "
            "FROM lake.matchft.decisions WHERE day >= DATE '2026-09-01' ORDER BY id"
        ).df()
    again = frame.copy()
    at = frame["ref"].str[:4].map(lambda digits: int(digits, 16))
    again["score"] = (frame["score"] - 0.1 * ((frame["gender"] == "F") & (at % 3 == 0))).clip(0, 1).round(6)
    again["taken"] = frame["taken"] & ~((frame["gender"] == "F") & (at % 4 == 0)) | (at % 19 == 0)
    frame.to_parquet(home / "one.parquet")
    again.to_parquet(home / "two.parquet")
    answers = again[at % 50 != 0].drop(columns=["gender", "age"])
    answers.to_parquet(home / "shadow.parquet")
    workspace = Workspace(workspace.home)
    ingest(workspace, workspace.system("matchft_next"), home / "shadow.parquet")
    return workspace


@pytest.fixture(scope="module")
def said() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(lzma.decompress(SAID.read_bytes()))
    return found


def run(workspace: Workspace, *words: str) -> str:
    places = {name: str(workspace.home.parent / f"{name}.parquet") for name in ("one", "two")}
    places["pair"] = str(workspace.home.parent / "pair.yaml")
    with by_method(1):
        done = CliRunner().invoke(
            app, ["--workspace", str(workspace.home), *[word.format(**places) for word in [*words, *AS_OF]]]
        )
    assert done.exit_code == 0, done.output
    return done.stdout


def settled(found: Any) -> Any:
    """The same with its keys in their order, and figures to twelve digits: the last ones hang on the machine."""
    if isinstance(found, dict):
        return [[key, settled(each)] for key, each in found.items()]
    if isinstance(found, list):
        return [settled(each) for each in found]
    return f"{found:.12g}" if isinstance(found, float) else found


def of_today(name: str, was: dict[str, Any]) -> dict[str, Any]:
    """What was written that day in the form of today: comparisons are one document since, of drift nothing changed."""
    return was if name.startswith("drift") else TwoVersions.read(json.dumps(was)).written()


@pytest.fixture(scope="module")
def now(workspace: Workspace) -> dict[str, Any]:
    """What each command writes, as JSON and in words (of drift, without what is made of it); and what is kept."""
    found: dict[str, Any] = {}
    for name, words in COMMANDS.items():
        written = json.loads(run(workspace, *words, "--json", "-"))
        if words[0] == "drift":
            del written["readings"]
            found[name] = {"json": written}
        else:
            found[name] = {"json": written, "told": run(workspace, *words)}
    kept = (workspace.home / "reports" / "shadow" / "matchft_next" / "2026-09-01.json").read_bytes()
    return found | {"kept": kept.decode()}


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_what_is_written_and_told_is_what_was(now: dict[str, Any], said: dict[str, Any], name: str) -> None:
    was = said[name]["json"]
    if "charter" in was:  # the text of the packaged charter says more of when a promise is kept
        was = was | {"charter": was["charter"] | {"sha256": load_charter().sha256}}
    assert settled(now[name]["json"]) == settled(of_today(name, was))
    assert now[name].get("told") == said[name].get("told")


@pytest.mark.slow
def test_what_is_kept_is_what_was_to_the_byte(now: dict[str, Any], said: dict[str, Any]) -> None:
    assert canonical_json(json.loads(said["kept"])).decode() == said["kept"]
    was = canonical_json(VersionComparison.read(said["kept"]).written())
    assert settled(json.loads(now["kept"])) == settled(json.loads(was))


@pytest.mark.parametrize("name", [name for name in COMMANDS if name.startswith("drift")])
def test_what_was_written_before_is_read_and_written_alike(said: dict[str, Any], name: str) -> None:
    text = json.dumps(said[name]["json"])
    assert json.dumps(DriftDocument.read(text).written()) == text


NEW = {"schema", "kind", "rows", "comparisons"}
"""Keys that are said otherwise since comparisons are one document."""


@pytest.mark.parametrize("name", [name for name in COMMANDS if not name.startswith("drift")])
def test_a_comparison_of_before_is_read_with_all_that_it_says(said: dict[str, Any], name: str) -> None:
    was, now = said[name]["json"], of_today(name, said[name]["json"])
    assert {key: told for key, told in now.items() if key not in NEW} == {
        key: told for key, told in was.items() if key not in NEW
    }
    assert now["schema"] == "boussole.comparison/2"
    assert now["kind"] == was.get("kind", "candidate")
    assert now["rows"] == was["comparisons" if now["kind"] == "candidate" else "rows"]
    assert json.dumps(TwoVersions.read(json.dumps(now)).written()) == json.dumps(now)


def test_a_kept_comparison_of_before_is_read(said: dict[str, Any]) -> None:
    read = json.loads(canonical_json(VersionComparison.read(said["kept"]).written()))
    assert read == json.loads(said["kept"]) | {"schema": "boussole.comparison/2"}
