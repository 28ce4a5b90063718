"""Whatever befalls a machine, every command ends well: one paragraph and exit 2, nothing half written, no traceback."""

from __future__ import annotations

import contextlib
import hashlib
import os
import resource
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from boussole.audits import private_files
from boussole.audits.decisions import ingest
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from boussole.dashboard.server.access import log
from tests.attacks import Tries
from tests.conftest import Run
from tests.faults.calls import calls
from tests.faults.harness import SYSTEM, decisions, mounted, unmounted
from tests.project_copy import ran
from tests.written import written_workspace

MEGABYTE = 2**20
DISK = 24 * MEGABYTE
ADVICE = ("backup", "Restore")
TOLD = ("disk is full", "No space left", "is failing", "disk has room")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with rows, rows set aside and an audit, and files to bring in."""
    folder = tmp_path_factory.mktemp("model")
    workspace = written_workspace(folder / "workspace", SYSTEM)
    (folder / "system.yaml").write_text(SYSTEM, encoding="utf-8")
    (folder / "act.pdf").write_bytes(b"%PDF-1.4 an act")
    rows = decisions(0, 300).astype({"chosen": object})
    rows.loc[0, "chosen"] = "?"
    rows.to_csv(folder / "first.csv", index=False)
    decisions(300, 60).to_csv(folder / "more.csv", index=False)
    ingest(workspace, workspace.system("trial"), folder / "first.csv")
    run_audit(workspace, workspace.system("trial"))
    private_files.close(workspace.home)
    return folder


class Trial:
    """One command on a fresh copy of the workspace."""

    def __init__(self, model: Path, place: Path, command: Run) -> None:
        self.model, self.place, self.command = model, place, command
        self.home, self.out = place / "workspace", place / "out"
        self.calls = calls(
            out=self.out, more=model / "more.csv", system=model / "system.yaml", document=model / "act.pdf"
        )

    def fresh(self) -> Workspace:
        log._lately.clear()  # each command is a process of its own
        unmounted(self.place)  # a file system for each try: what was deleted can still be open, and take its room
        if not mounted(self.place, DISK):
            for path in (self.home, self.out, self.place / "tmp"):
                shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(self.model / "workspace", self.home)
        for path in (self.out, self.place / "tmp"):
            path.mkdir(mode=0o700)
        private_files.write(self.out / "given.csv", (self.model / "more.csv").read_bytes())
        return Workspace(self.home)

    def run(self, words: str) -> subprocess.CompletedProcess[str]:
        before, tempfile.tempdir = tempfile.tempdir, str(self.place / "tmp")
        given = ["--workspace", str(self.home), *self.calls[words]]
        try:
            return self.command(*given)
        except Exception as error:  # noqa: BLE001 (what nobody foresaw: the test tells it with the others)
            return subprocess.CompletedProcess(given, 1, "", f"Traceback: {error!r}")
        finally:
            tempfile.tempdir = before

    def state(self) -> dict[str, str]:
        """Every file that counts, by a hash of what it holds."""
        return {
            str(path.relative_to(self.place)): hashlib.sha256(path.read_bytes()).hexdigest()
            for folder in (self.home, self.out)
            for path in folder.rglob("*")
            if path.is_file() and path.suffix not in (".lock", "") and not path.name.endswith(("-shm", "-wal"))
        }


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    unmounted(tmp_path)


@pytest.fixture
def trial(model: Path, place: Path, command: Run) -> Trial:
    return Trial(model, place, command)


def faults_of(trial: Trial, words: str, done: subprocess.CompletedProcess[str]) -> list[str]:
    """What is wrong with an end that is neither: done; or one paragraph and exit 2, and nothing half written."""
    last = (done.stderr.splitlines() or [""])[-1]
    left = [path.name for path in trial.place.rglob("*") if path.name.endswith((".part", ".draft", ".new", ".tmp"))]
    fine = {
        "its exit code": done.returncode in ((0, 1, 2) if words in JUDGES else (0, 2)),
        "a traceback": "Traceback" not in done.stderr,
        "no paragraph": done.returncode != 2 or done.stdout or "Usage:" in done.stderr or last.startswith("boussole: "),
        f"left behind: {left}": not left,
    }
    return [f"{words}: {what}: {done.returncode} {done.stderr[-300:]}" for what, good in fine.items() if not good]


JUDGES = {"verify", "doctor", "alerts send", "systems check", "charter check", "committee check", "ledger check"}
"""Exit 1: what they judge failed."""


@contextmanager
def full(workspace: Workspace) -> Iterator[None]:
    """No byte is free; without a disk of its own, no file may grow."""
    place = workspace.home.parent
    if not os.path.ismount(place):
        was = resource.getrlimit(resource.RLIMIT_FSIZE)
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, was[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, was)
        return
    ballast = place / "ballast"
    handle = os.open(ballast, os.O_WRONLY | os.O_CREAT, 0o600)
    with contextlib.suppress(OSError):
        while True:
            os.write(handle, bytes(4096))
    try:
        yield
    finally:
        os.close(handle)
        ballast.unlink()


@contextmanager
def read_only(workspace: Workspace) -> Iterator[None]:
    place = workspace.home.parent
    if not os.path.ismount(place):
        with full(workspace):  # what can be made of it without a disk of its own
            yield
        return
    subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
    try:
        yield
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(place)], check=True)


@contextmanager
def locked(workspace: Workspace) -> Iterator[None]:
    """Somebody holds the records, and does not let go."""
    held = sqlite3.connect(workspace.governance, isolation_level=None)
    held.execute("BEGIN IMMEDIATE")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("boussole.audits.ledger.database.WAIT_SECONDS", 0.05)
        try:
            yield
        finally:
            held.close()


@contextmanager
def few_files(workspace: Workspace) -> Iterator[None]:
    was = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(
        resource.RLIMIT_NOFILE, (max(int(path.name) for path in Path("/proc/self/fd").iterdir()) + 3, was[1])
    )
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, was)


@contextmanager
def damaged(workspace: Workspace, *names: str) -> Iterator[None]:
    """Bytes that are nothing in the place of files."""
    for name in names:
        for path in workspace.home.glob(name):
            path.write_bytes(b"\xff\xfe no such thing {]: \x00" * 40)
    yield


@contextmanager
def vanished(workspace: Workspace, *names: str) -> Iterator[None]:
    """Files that were there and are gone."""
    gone = [path for name in names for path in workspace.home.glob(name)]
    assert gone, names
    for path in gone:
        path.unlink()
    yield


@contextmanager
def set_to(workspace: Workspace, line: str) -> Iterator[None]:
    """One more line in the settings."""
    path = workspace.home / "boussole.toml"
    path.write_text(f"{line}\n{path.read_text(encoding='utf-8')}", encoding="utf-8")
    yield


NOBODY = 65534


@contextmanager
def _without_rights(home: Path, *, reading: bool) -> Iterator[None]:
    """Nobody may write in a folder, and nobody may read there unless `reading`."""
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (home, *home.rglob("*"))}
    for path in reversed(modes):
        path.chmod(modes[path] & 0o555 if reading else 0)
    try:
        yield
    finally:
        for path, mode in modes.items():
            path.chmod(mode)


@contextmanager
def as_nobody(workspace: Workspace, *, reading: bool) -> Iterator[None]:
    """Another account of the machine, which may not open the files of the owner, or may read and not write them."""
    if os.geteuid():  # only root can be somebody else; the owner may lose the rights all the same
        with _without_rights(workspace.home, reading=reading):
            yield
        return
    place = workspace.home.parent
    ways = {path: path.stat().st_mode for path in place.parents if not path.stat().st_mode & 0o001}
    (place / "tmp").chmod(0o777)
    for path in ways:
        path.chmod(0o711)
    place.chmod(0o755)
    if reading:
        subprocess.run(["chmod", "-R", "go+rX", str(workspace.home)], check=True)
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        for path, mode in ways.items():
            path.chmod(mode)


@pytest.mark.slow
@pytest.mark.attack("files", "the disk is full when a command begins")
def test_a_full_disk(trial: Trial, tries: Tries) -> None:
    """What writes when all is well says so when it cannot, and never asks for a backup."""
    wrong, writing = [], {"demo"}  # it takes half a minute
    for words in trial.calls:
        tries.add()
        if words != "demo":
            trial.fresh()
            before = trial.state()
            trial.run(words)
            writing |= {words} if trial.state() != before else set()
        workspace = trial.fresh()
        before = trial.state()
        with full(workspace):
            done = trial.run(words)
        wrong += faults_of(trial, words, done)
        if any(word in done.stderr for word in ADVICE):
            wrong.append(f"{words}: asks for a backup: {done.stderr}")
        told = done.returncode == 2 and any(sign in done.stderr for sign in TOLD)
        if words in writing and not told:
            wrong.append(f"{words}: does not say that the disk is full: {done.returncode} {done.stderr}")
    assert wrong == []
    assert {"import", "log", "audit", "report", "purge", "export pack", "ledger checkpoint", "charter adopt"} <= writing
    assert len(writing) > 25


@pytest.mark.attack("the access log", "rows are looked at while the look cannot be noted")
def test_nobody_sees_rows_while_the_look_cannot_be_noted(trial: Trial, tries: Tries) -> None:
    workspace = trial.fresh()
    with full(workspace):
        for _ in range(2):  # what the first try did not note, the second does not take for noted
            tries.add()
            done = trial.run("quarantine list")
            assert (done.returncode, done.stdout) == (2, "")
    assert trial.run("quarantine list").returncode == 0


FAULTS: dict[str, tuple[Any, ...]] = {
    "a file system that can only be read": (read_only,),
    "the records held by another process": (locked,),
    "too many open files": (few_files,),
    "damaged records": (damaged, "governance.sqlite"),
    "a damaged tracking store": (damaged, "mlflow.db"),
    "a damaged catalogue": (damaged, "keys/catalog.sqlite"),
    "damaged data": (damaged, "lake/data*/**/*.parquet"),
    "damaged evidence": (damaged, "evidence/*"),
    "damaged settings": (damaged, "boussole.toml"),
    "a damaged system file": (damaged, "systems/trial.yaml"),
    "damaged keys": (damaged, "keys/*.key"),
    "damaged sessions": (damaged, "access.sqlite"),
    "records that vanished": (vanished, "governance.sqlite"),
    "a catalogue that vanished": (vanished, "keys/catalog.sqlite"),
    "data that vanished": (vanished, "lake/data*/**/*.parquet"),
    "evidence that vanished": (vanished, "evidence/*"),
    "keys that vanished": (vanished, "keys/*.key"),
    "a system file that vanished": (vanished, "systems/trial.yaml"),
    "too little memory": (set_to, 'memory_limit = "1MB"'),
    "a tracking server that does not answer": (set_to, 'mlflow_tracking_uri = "http://127.0.0.1:9"'),
    "files of another account": (partial(as_nobody, reading=False),),
    "files of another account that can be read": (partial(as_nobody, reading=True),),
}
OF_THE_MACHINE = ("a file system that can only be read", "too many open files")
"""Faults that lie outside of the workspace."""


@pytest.mark.slow
@pytest.mark.attack("files", "a machine that refuses, files that are damaged")
@pytest.mark.parametrize("name", FAULTS)
def test_any_other_fault(trial: Trial, tries: Tries, name: str) -> None:
    wrong = []
    for words in trial.calls:
        if words == "demo" and name not in OF_THE_MACHINE:  # it makes a workspace of its own, which takes half a minute
            continue
        tries.add()
        workspace = trial.fresh()
        if "another account" in name:  # it may not be able to read the libraries, which are loaded once they are needed
            trial.run(words)
            workspace = trial.fresh()
        fault, *given = FAULTS[name]
        with fault(workspace, *given):
            done = trial.run(words)
        wrong += faults_of(trial, words, done)
    assert wrong == []


@pytest.mark.slow
@pytest.mark.attack("files", "what others may read of what a command wrote, whatever the umask")
def test_only_the_owner_reads_what_a_command_wrote(trial: Trial, tries: Tries) -> None:
    """With no umask at all: any other takes rights away, and gives none."""
    before, wrong = os.umask(0), []
    try:
        for words in trial.calls:
            if words == "demo":
                continue
            trial.fresh()
            trial.run(words)
            for path in (path for folder in (trial.home, trial.out) for path in folder.rglob("*")):
                tries.add()
                if path.lstat().st_mode & 0o077:
                    wrong.append(f"{words}: {path}")
    finally:
        os.umask(before)
    assert wrong == []


@pytest.mark.costly
@pytest.mark.attack("the command line", "whoever reads the output goes away; Ctrl-C")
def test_a_broken_pipe_and_an_interruption(model: Path, boussole: Run, tries: Tries) -> None:
    program = str(Path(sys.executable).parent / "boussole")
    tries.add(2)
    with subprocess.Popen([program, "metrics"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.close()
        assert child.stderr is not None
        said = child.stderr.read().decode()
        assert child.wait() == 2
    assert said.startswith("boussole: ")
    assert said.count("\n") == 1
    code = (
        "import os, signal, sys; from boussole.audits.systems import loading; from boussole.dashboard.cli import main;"
        "import boussole.audits.workspace as w;"
        "w.load_systems = lambda *_: os.kill(os.getpid(), signal.SIGINT);"
        "sys.argv = ['boussole', '--workspace', sys.argv[1], 'audit', '--system', 'trial']; main.main()"
    )
    done = ran(sys.executable, "-c", code, model / "workspace")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert done.stderr.startswith("boussole: interrupted.")
