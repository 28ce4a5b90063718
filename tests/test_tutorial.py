"""What the documents print runs as printed: the tutorial, the page for data scientists, the walk-through."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import os
import re
import shlex
import shutil
import sys
from pathlib import Path
from typing import Any

import mlflow
import pytest
import yaml

from tests.project_copy import ran

DOCS = Path(__file__).parent.parent / "docs"


def blocks(language: str, page: str = "tutorial.md") -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), flags=re.DOTALL)


def flat(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def filled(path: Path) -> None:
    """Fills in the marked lines as the page does, and takes their marks away."""
    (answers,) = map(yaml.safe_load, blocks("yaml"))
    answers |= {f"  {key}": value for key, value in answers.pop("columns").items()}
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines():
        key = line.partition(":")[0]
        marked = "# TO FILL IN" in line
        lines.append(f"{key}: {json.dumps(answers.pop(key), ensure_ascii=False, default=str)}" if marked else line)
    assert answers == {}
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.mark.costly
def test_the_commands_give_what_the_page_shows(command: Any, tmp_path: Path) -> None:
    home, said, codes = tmp_path / "berkeley", "", {}
    file = home / "admissions.yaml"
    for line in "".join(blocks("console")).splitlines():
        _, verb, *rest = [*shlex.split(line), ""]
        if verb in ("", "berkeley", "dashboard"):  # `cd`, and what does not end by itself
            continue
        if verb == "systems" and rest[0] == "new" and file.exists():
            file.unlink()
        if verb == "systems" and rest[0] == "add":
            filled(file)
        done = command(verb, *(part for part in rest if part), cwd=home if home.exists() else tmp_path)
        said += flat(f"{done.stdout} {done.stderr}\n")
        codes[verb] = done.returncode
        if verb == "init":
            shutil.copyfile(DOCS / "data" / "berkeley-1973.csv", home / "berkeley-1973.csv")
            settings = home / "boussole.toml"
            settings.write_text(settings.read_text(encoding="utf-8") + 'language = "en"\n', encoding="utf-8")
    shown = [block for block in blocks("text") if not block.startswith(("department,", "#"))]
    assert len(shown) == 3
    for block in shown:
        for paragraph in re.split(r"\n(?=  (?:broken|kept|\S+:) )", block.strip("\n")):
            assert flat(paragraph).strip() in said
    assert codes == {"init": 0, "systems": 0, "audit": 1, "import": 0, "verify": 0}
    (told,) = re.findall(r"12 measures computed from the evidence; (\d+) verdicts judged again: the same", said)
    assert int(told) == 30  # of the packaged charter


def test_the_file_holds_the_published_counts() -> None:
    rows = [line.split(",") for line in (DOCS / "data" / "berkeley-1973.csv").read_text().splitlines()[1:]]
    for sex, admitted, all_ in (("man", 1198, 2691), ("woman", 557, 1835)):
        of = [(decision, int(count)) for _, who, decision, count in rows if who == sex]
        assert sum(count for decision, count in of if decision == "admitted") == admitted
        assert sum(count for _, count in of) == all_


@pytest.mark.costly
def test_the_page_for_data_scientists_runs_as_printed(
    command: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    page = (DOCS / "data-scientists.md").read_text(encoding="utf-8")
    said, codes, names, before = "", [], dict[str, Any](), mlflow.get_tracking_uri()
    try:
        for language, text in re.findall(r"```(\w+)\n(.*?)```", page, flags=re.DOTALL):
            if language == "yaml":
                Path("calls.yaml").write_text(text, encoding="utf-8")
            elif language == "python":
                with contextlib.redirect_stdout(io.StringIO()) as out:
                    exec(text, names)  # noqa: S102 (the printed example is what is tested)
                said += out.getvalue()
            elif language == "console":
                for line in text.splitlines():
                    if line.startswith("export "):
                        monkeypatch.setenv(*line.removeprefix("export ").split("="))
                        continue
                    run = {"RUN": names.get("run_id"), "PRODUCTION": names.get("run_id")}
                    done = command(*(run.get(word, word) for word in shlex.split(line)[1:]))
                    said, codes = said + done.stdout, [*codes, done.returncode]
                    if "init" in line:
                        settings = Path("governance/boussole.toml")
                        kept = settings.read_text(encoding="utf-8")
                        settings.write_text(f'{kept}language = "en"\n', encoding="utf-8")
    finally:
        mlflow.set_tracking_uri(before)
    assert codes == [0, 0, 0, 0, 1, 0]  # the gate is red, and a run is no worse than itself
    shown = blocks("text", "data-scientists.md")
    assert len(shown) == 2
    for block in shown:
        assert flat(block).strip() in flat(said)
    assert "measures of 6,000 decisions, by sex" in said


SCRIPT = Path(__file__).parent.parent / "docs" / "walkthrough.py"


@pytest.fixture(scope="module")
def script() -> Any:
    spec = importlib.util.spec_from_file_location("walkthrough", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_three_ways_of_logging_end_in_the_same_measures(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "BOUSSOLE_"))}
    environment["TMPDIR"] = str(tmp_path)
    done = ran(sys.executable, SCRIPT, env=environment, cwd=tmp_path, timeout=500)
    assert done.returncode == 0, done.stderr
    assert "boussole sync: 8820 new rows\nboussole sync: 0 new rows" in done.stdout  # twice 3,000 and 1,410
    rate = re.search(r"^selection_rate/gender=F +(\d+) +(\S+) +(\S+) +(\S+)$", done.stdout, flags=re.MULTILINE)
    assert rate is not None
    assert set(rate.groups()[1:]) == {"0.416440"}  # 613 of 1,472 women
    assert re.search(r"All three ways end in the same \d{2,} measures\.", done.stdout)
    assert list(tmp_path.iterdir()) == []


def document(value: float, low: float) -> dict[str, Any]:
    interval = {"low": low, "high": 0.9, "level": 0.95, "method": "wilson"}
    measure = {"id": "selection_rate/gender=F", "value": value, "n": 10, "interval": interval, "status": "ok"}
    return {"measures": [measure]}


@pytest.mark.parametrize(
    ("other", "different"),
    [
        (document(0.5, 0.2), []),
        (document(0.6, 0.2), ["selection_rate/gender=F"]),
        (document(0.5, 0.3), ["selection_rate/gender=F"]),
        ({"measures": []}, ["selection_rate/gender=F"]),
    ],
)
def test_a_difference_in_value_or_interval_is_named(script: Any, other: dict[str, Any], different: list[str]) -> None:
    found = {"plain": script.measures(document(0.5, 0.2)), "helper": script.measures(other)}
    assert script.show(found) == different
