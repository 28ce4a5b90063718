"""What tests share: the real data, workspaces, and the command line as a user runs it."""

from __future__ import annotations

import collections
import contextlib
import functools
import gc
import hashlib
import importlib
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer.main
import typer.testing
from _pytest.doctest import DoctestModule
from filelock import FileLock
from hypothesis import settings
from streamlit.components.v2 import manifest_scanner

from boussole.audits import private_files
from boussole.audits.lake import engine
from boussole.audits.privacy import keys
from boussole.audits.workspace import Workspace
from boussole.charter.records import database
from tests.attacks import Tries
from tests.sparing import Costs

HERE = Path(__file__).parent
SYSTEMS = HERE / "systems"
REAL_DATA = Path(os.environ.get("BOUSSOLE_TEST_DATA", HERE.parent.parent / "shared" / "data"))
LACKING = pytest.StashKey[int]()
FIRST = ("end_to_end", "experiments", "canary", "faults", "dashboard")

Run = Callable[..., subprocess.CompletedProcess[str]]

os.environ["LC_ALL"] = "C.UTF-8"  # whatever the language of the terminal that runs the tests
settings.register_profile("tests", deadline=None)  # a machine that is busy with something else is no fault
settings.load_profile("tests")


def _asked_first(*words: str) -> bool:
    del sys.modules["rfc3987_syntax"]
    return bool(importlib.import_module("rfc3987_syntax").is_valid_syntax(*words))


class OnlyExamples:
    """Only those modules are looked through for examples that hold any: of Boussole's a fifth, of the tests none."""

    @staticmethod
    def pytest_ignore_collect(collection_path: Path) -> bool | None:
        """Others are neither imported nor searched by each process that runs tests."""
        if collection_path.suffix != ".py":
            return None
        if collection_path.is_relative_to(HERE):
            return None if collection_path.name.startswith("test_") else True
        if not collection_path.is_relative_to(HERE.parent / "src" / "boussole"):
            return None
        return None if ">>> " in collection_path.read_text(encoding="utf-8") else True

    @staticmethod
    @pytest.hookimpl(wrapper=True)
    def pytest_collect_file(file_path: Path) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
        """A file of tests is a module of tests, and not searched for examples besides."""
        found = yield
        return [each for each in found if not (file_path.is_relative_to(HERE) and isinstance(each, DoctestModule))]


def pytest_configure(config: pytest.Config) -> None:
    """What takes a quarter of the time in which each process finds the tests, and serves none of them.

    Nothing that is imported is garbage. And `jsonschema` makes 38 grammars of addresses (2.3 s), by which a text is
    held to the format `iri`: they are made once somebody asks.
    """
    gc.disable()
    config.pluginmanager.register(OnlyExamples())
    config.pluginmanager.register(Costs())
    if "rfc3987_syntax" not in sys.modules:
        waiting = ModuleType("rfc3987_syntax")
        vars(waiting)["is_valid_syntax"] = _asked_first
        sys.modules["rfc3987_syntax"] = waiting


def pytest_collection_finish() -> None:
    """From here on there is garbage; what is there by now is none, and is not searched for it."""
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What a test attacks is told in the report that `make attack` reads; what lacks its data is left out, and said."""
    if not REAL_DATA.is_dir():
        lacking = [item for item in items if "real_data" in getattr(item, "fixturenames", ())]
        items[:] = [item for item in items if item not in lacking]
        config.stash[LACKING] = len(lacking)
        config.hook.pytest_deselected(items=lacking)
    # Files are dealt out in this order: those of few and long tests first, lest one process has one left at the end.
    items.sort(key=lambda item: FIRST.index(item.path.parent.name) if item.path.parent.name in FIRST else len(FIRST))
    for item in items:
        item.user_properties += [("attack", " | ".join(mark.args)) for mark in item.iter_markers("attack")]


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Says in one line what was left out, and why."""
    if n := config.stash.get(LACKING, 0):
        terminalreporter.write_line(f"{n} tests need the real data, which are not here (BOUSSOLE_TEST_DATA): left out.")


@pytest.fixture
def tries(request: pytest.FixtureRequest) -> Iterator[Tries]:
    """Counts what a test that attacks tries, where it is more than one thing."""
    counted = Tries()
    yield counted
    request.node.user_properties.append(("tries", str(counted.n)))


@pytest.fixture(scope="session", autouse=True)
def patched() -> Iterator[pytest.MonkeyPatch]:
    """What takes time in each test and serves none of them.

    Hundreds of engines are made here, one for each workspace, for a few rows; processes of their own make real ones. To
    check the signatures of extensions takes .4 s each time: test_engine does. Threads that wait for each other take a
    quarter of the time. Typer reads the signatures of a hundred commands each time one is called (.1 s), Streamlit's
    AppTest what every installed package says of itself each time a page is drawn (.2 s).
    """
    build, scan = (functools.cache(f) for f in (typer.main.get_command, manifest_scanner.scan_component_manifests))
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(engine.CONFIG, "allow_unsigned_extensions", True)
        patch.setitem(engine.CONFIG, "threads", 1)
        patch.setattr("typer.main.get_command", build)
        patch.setattr("typer.testing._get_command", build)
        patch.setattr(manifest_scanner, "scan_component_manifests", scan)
        yield patch


@pytest.fixture(scope="session", autouse=True)
def records_are_made_once(shared_folder: Path, patched: pytest.MonkeyPatch) -> None:
    """Alembic makes the records of each new workspace in a dozen steps: a third of a second. What it made is copied.

    Processes of their own, and records of before, are migrated as ever.
    """
    migrate, kept = database._migrate, shared_folder / "governance.sqlite"

    def migrated(path: Path) -> None:
        if path.exists() and path.stat().st_size:
            migrate(path)
            return
        with FileLock(f"{kept}.lock"):
            if not kept.exists():
                draft = kept.with_suffix(".draft")
                migrate(draft)
                draft.rename(kept)
        try:
            private_files.write(path, kept.read_bytes())
        except OSError:  # a full disk, say: it is told as ever
            migrate(path)

    patched.setattr(database, "_migrate", migrated)


@pytest.fixture(scope="session", autouse=True)
def keys_are_the_same_in_each_run(patched: pytest.MonkeyPatch) -> None:
    """The key of a workspace deals people into buckets: another key, another interval. A test that passes goes on to.

    Each test, and each workspace in it, has keys of its own; processes of their own draw theirs as ever.
    """
    drawn: collections.Counter[str] = collections.Counter()

    def draw() -> bytes:
        test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" (")[0]
        drawn[test] += 1
        return hashlib.sha256(f"{test} {drawn[test]}".encode()).digest()

    patched.setattr(keys, "draw", draw)


@pytest.fixture(scope="module", autouse=True)
def what_is_imported_is_no_garbage() -> None:
    """Hypothesis collects garbage before each example: half a second each time once all libraries are loaded."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data, never copied into the project: without it, what asks for it is left out."""
    return REAL_DATA


@pytest.fixture(scope="session")
def published() -> Path:
    """Real data that may stand in the project, each folder with its source."""
    return HERE / "data"


@pytest.fixture(scope="session")
def boussole() -> Run:
    """Runs the command line in a process of its own, as a user does."""

    def run(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
        command = [str(Path(sys.executable).parent / "boussole"), *map(str, arguments)]
        return subprocess.run(command, check=False, capture_output=True, text=True, timeout=300, **options)

    return run


@pytest.fixture(scope="session")
def command() -> Run:
    """Runs the command line as `boussole` does, in this process: where it is what is said and done that is tested.

    A process of its own needs two seconds to load its libraries. What `boussole` takes it takes too, but of `options`
    only `cwd` and `env`. What no command expects is raised here.
    """

    def run(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
        from boussole.dashboard.cli.main import main

        given = ["boussole", *map(str, arguments)]
        out, err, code, umask = io.StringIO(), io.StringIO(), 0, os.umask(0o022)
        with pytest.MonkeyPatch.context() as patch:
            _settle(patch, **options)
            patch.setattr(sys, "argv", given)
            patch.setattr("boussole.dashboard.cli.console.unforeseen", _raised)
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                try:
                    main()
                except SystemExit as ended:
                    code = int(ended.code or 0)
                finally:
                    os.umask(umask)
        return subprocess.CompletedProcess(given, code, out.getvalue(), err.getvalue())

    return run


def _raised(error: BaseException) -> None:
    raise error


def _settle(patch: pytest.MonkeyPatch, *, cwd: Path | None = None, env: dict[str, str] | None = None) -> None:
    """The surroundings of a process, for a while: its folder and environment, and where its temporary files lie."""
    if cwd:
        patch.chdir(cwd)
    if env is not None:
        for name in os.environ.keys() - env.keys():
            patch.delenv(name)
        for name, value in env.items():
            patch.setenv(name, value)
        patch.setattr(tempfile, "tempdir", None)  # found anew


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all the processes share which run tests."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def empty_store(shared_folder: Path) -> Path:
    """An empty MLflow store: making its tables takes seconds, so they are made once for all, and copied."""
    kept = shared_folder / "mlflow.db"
    with FileLock(f"{kept}.lock"):
        if not kept.exists():
            from boussole.experiments.store import quiet_mlflow  # takes seconds

            draft = kept.with_suffix(".draft")
            quiet_mlflow().MlflowClient(tracking_uri=f"sqlite:///{draft}").search_experiments()
            draft.rename(kept)
    return kept


@pytest.fixture(scope="session")
def audited_offers(shared_folder: Path) -> Callable[..., Workspace]:
    """Copies the workspace of tests/offers.py with its three audits to a folder; each kind is made once for all."""

    def copied(home: Path, *, clustered: bool = False) -> Workspace:
        from tests import offers  # takes seconds

        kept = shared_folder / f"offers-{'clustered' if clustered else 'independent'}"
        with FileLock(f"{kept}.lock"):
            if not kept.exists():
                offers.audited(kept.with_suffix(".draft"), clustered=clustered).home.rename(kept)
        shutil.copytree(kept, home)
        return Workspace(home)

    return copied


@pytest.fixture(scope="session")
def demo_home(shared_folder: Path) -> Path:
    """The workspace of the demo, of few people: made once for all processes that run tests. Who writes copies it."""
    home = shared_folder / "demo"
    with FileLock(f"{home}.lock"):
        if not home.exists():
            from boussole.dashboard.cli.demo import run_demo  # takes seconds

            draft = home.with_suffix(".draft")
            run_demo(draft, people=2500, progress=lambda *_: None)
            draft.rename(home)
    return home


@pytest.fixture(scope="session")
def audited(
    boussole: Run, command: Run, published: Path, shared_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Any]:
    """The audit document of a real data set, through the command line only: init, add, import, audit.

    Each is made once for all the processes that run tests; that of COMPAS by processes of its own, as a user does.
    """

    def audit(system: str, data: str) -> Any:
        kept = shared_folder / f"audited-{system}.json"
        with FileLock(f"{kept}.lock"):
            if not kept.exists():
                kept.write_text(made(system, data), encoding="utf-8")
        return json.loads(kept.read_text(encoding="utf-8"))

    def made(system: str, data: str) -> str:
        home, run = tmp_path_factory.mktemp(system) / "workspace", boussole if system == "compas" else command
        folder = published if (published / data).exists() else REAL_DATA
        for arguments in (
            ("init", home),
            ("--workspace", home, "systems", "add", SYSTEMS / f"{system}.yaml"),
            ("--workspace", home, "import", folder / data, "--system", system),
        ):
            done = run(*arguments)
            assert done.returncode == 0, done.stderr
        done = run("--workspace", home, "audit", "--system", system, "--json", "-")
        assert done.returncode == 0, done.stderr
        return str(done.stdout)

    return audit
