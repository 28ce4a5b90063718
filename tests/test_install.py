"""What `pip install` brings: a light base that logs, in a project that has folders of the same names as ours."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.project_copy import ran
from tests.written import CALLS

ROOT = Path(__file__).parent.parent
PACKAGES = ("audits", "charter", "dashboard", "experiments")
LARGE = ("pandas", "numpy", "duckdb", "scipy", "ibis", "streamlit")
HEAVY = (*LARGE, "mlflow", "cryptography", "typer", "babel", "pydantic")
"""What importing the functions that log must not import: the base install lacks most of it."""

LOGS = """
import sys
import pyarrow as pa
import mlflow
import dashboard, experiments  # the project's own
from boussole.experiments import log_decisions

assert dashboard.OWN and experiments.OWN
mlflow.set_tracking_uri(sys.argv[1])
rows = pa.table({"id": ["1", "2"], "score": [0.2, 0.9], "when": ["2026-11-02T10:00:00", "2026-11-03T10:00:00"]})
run = log_decisions(rows, system="matching", model_version="3")
client = mlflow.MlflowClient()
(file,) = [each.path for each in client.list_artifacts(run, "boussole/decisions") if each.path.endswith(".parquet")]
print(client.get_run(run).data.tags["boussole.system"], client.download_artifacts(run, file))
"""
EVALUATES = """
import sys
import mlflow
import pandas as pd
import dashboard, experiments  # the project's own

assert dashboard.OWN and experiments.OWN
mlflow.set_tracking_uri(sys.argv[1])
rows = pd.DataFrame({"decision_id": range(200), "ts": "2026-11-02", "gender": ["M", "F"] * 100})
rows["p"] = [True, True, False, True] * 50
with mlflow.start_run():
    result = mlflow.models.evaluate(
        data=rows, predictions="p", model_type="boussole", evaluators="boussole", evaluator_config={"system": "s.yaml"}
    )
print(*sorted(result.metrics))
"""
MADE_FOR_FULL = ("boussole: only what logging needs is installed", 'pip install "boussole-charter[full]"')


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A data scientist's project, with packages named like two of ours."""
    folder = tmp_path / "project"
    for name in ("dashboard", "experiments"):
        (folder / name).mkdir(parents=True)
        (folder / name / "__init__.py").write_text("OWN = True\n", encoding="utf-8")
    (folder / "train.py").write_text(LOGS, encoding="utf-8")
    return folder


def run(*words: str, at: Path) -> subprocess.CompletedProcess[str]:
    """A command in a folder; MLflow's own store of files needs to be allowed."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH" and not name.startswith("MLFLOW_")}
    env |= {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_ALLOW_FILE_STORE": "true"}
    return ran(*words, cwd=at, env=env)


def logged(python: str, project: Path) -> None:
    """Logs as the project's own script does, and reads what came of it."""
    done = run(python, "train.py", f"file:{project / 'runs'}", at=project)
    assert done.returncode == 0, done.stderr
    system, path = done.stdout.split()
    assert system == "matching"
    assert Path(path).read_bytes()[:4] == b"PAR1"


@pytest.mark.costly
def test_a_project_with_folders_of_our_names_logs(project: Path) -> None:
    logged(sys.executable, project)


@pytest.mark.slow
def test_a_project_with_folders_of_our_names_evaluates(project: Path) -> None:
    (project / "s.yaml").write_text(CALLS, encoding="utf-8")
    (project / "evaluate.py").write_text(EVALUATES, encoding="utf-8")
    done = run(sys.executable, "evaluate.py", f"file:{project / 'runs'}", at=project)
    assert done.returncode == 0, done.stderr
    assert "boussole/impact_ratio.gender.F" in done.stdout.split()


def test_what_logs_imports_nothing_heavy(project: Path) -> None:
    code = (
        f"import sys, boussole.experiments; print(*(set({HEAVY}) & set(sys.modules))); "
        "import boussole.experiments.sync, boussole.experiments.demo; print(*({'mlflow'} & set(sys.modules)))"
    )
    assert run(sys.executable, "-c", code, at=project).stdout.split() == []


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The distribution, built from this tree."""
    out = tmp_path_factory.mktemp("dist")
    done = run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(out), at=ROOT)
    assert done.returncode == 0, done.stderr
    return next(out.glob("boussole_charter-*.whl"))


def needs(extra: str | None = None) -> list[str]:
    """What the base asks for, or the base and an extra: named by themselves, so that the oldest are really taken."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    asked = extras[extra] if extra else []
    own = [each for name in extras if (each := f"{project['name']}[{name}]") in asked]
    held = [need for each in own for need in extras[each.split("[")[1].rstrip("]")]]
    return project["dependencies"] + [need for need in asked if need not in own] + held


def installed(place: Path, versions: str, *asked: str) -> Path:
    """The programs of a new environment that holds what is asked, of the oldest or the newest versions."""
    uv, python = str(Path(sys.executable).parent / "uv"), str(place / "bin" / "python")
    assert run(uv, "venv", "--quiet", "--python", sys.executable, str(place), at=place.parent).returncode == 0
    words = ("--quiet", "--python", python, "--resolution", versions, *asked)
    got = run(uv, "pip", "install", *words, at=place.parent)
    assert got.returncode == 0, got.stderr
    return place / "bin"


@pytest.mark.costly
def test_the_wheel_holds_every_module(wheel: Path) -> None:
    """Those of pages too, whose folders have no `__init__.py`."""
    with zipfile.ZipFile(wheel) as packed:
        held = {name for name in packed.namelist() if name.endswith(".py")}
    there = (path for name in PACKAGES for path in (ROOT / name).rglob("*.py"))
    assert held == {"boussole/__init__.py", *(f"boussole/{path.relative_to(ROOT)}" for path in there)}


@pytest.mark.slow
@pytest.mark.parametrize(("versions", "most"), [("lowest-direct", 188e6), ("highest", 238e6)])
def test_the_base_alone_logs(versions: str, most: float, wheel: Path, project: Path, tmp_path: Path) -> None:
    """With the oldest and with the newest packages that it allows, which bring no more than they did."""
    place = tmp_path / "venv"
    programs = installed(place, versions, *needs(), str(wheel))
    python = str(programs / "python")
    packages = next((place / "lib").glob("python*/site-packages"))
    brought = (path for each in packages.iterdir() if each.name != "boussole" for path in (each, *each.rglob("*")))
    assert sum(path.stat().st_size for path in brought if path.is_file()) < most
    assert not {name for name in LARGE if (packages / name).exists()}

    logged(python, project)
    least = re.findall(r"^mlflow-skinny>=(.+),", "\n".join(needs()), re.MULTILINE)
    uv = str(Path(sys.executable).parent / "uv")
    found = run(uv, "pip", "show", "--python", python, "mlflow-skinny", at=tmp_path).stdout
    assert (f"Version: {least[0]}" in found) == (versions == "lowest-direct")
    told = run(str(programs / "boussole"), "--version", at=project)
    assert told.returncode == 2
    assert all(words in told.stderr for words in MADE_FOR_FULL)


@pytest.mark.slow
@pytest.mark.parametrize("versions", ["lowest-direct", "highest"])
def test_the_extra_full_finds_the_same_figures(versions: str, wheel: Path, demo_home: Path, tmp_path: Path) -> None:
    """The whole demo, and a workspace that the locked versions made, at the oldest and the newest that is allowed."""
    boussole = str(installed(tmp_path / "venv", versions, *needs("full"), str(wheel)) / "boussole")
    made = run(boussole, "demo", "--home", "demo", "--people", "2500", "--no-open", at=tmp_path)
    assert made.returncode == 0, made.stderr
    shutil.copytree(demo_home, tmp_path / "kept")
    for home in ("demo", "kept"):
        again = run(boussole, "--workspace", home, "verify", "--rerun", at=tmp_path)
        assert again.returncode == 0, again.stderr
        assert "all 6 audits as stored" in again.stderr
