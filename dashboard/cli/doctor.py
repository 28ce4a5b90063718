"""What `boussole doctor` looks at: whether others can read a workspace, and whether all that it needs works."""

from __future__ import annotations

import datetime as dt
import os
import platform
import shutil
import sqlite3
import stat
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from boussole.audits import private_files
from boussole.audits.distribution import own_version
from boussole.audits.errors import BoussoleError
from boussole.audits.faults import foreseen
from boussole.audits.lake import has_lake, reading
from boussole.audits.lake.connection import missing_data
from boussole.audits.lake.engine import EXTENSIONS, connect
from boussole.audits.lake.tables import literal
from boussole.audits.privacy import keys
from boussole.audits.retention.leftovers import clear_temporary, left_behind
from boussole.audits.signing.key import verifier_of
from boussole.audits.systems.loading import faults_in
from boussole.audits.workspace import Workspace
from boussole.charter.records.in_force import in_force
from boussole.charter.records.store.audits import last_moment
from boussole.charter.text.loading import load_charter
from boussole.dashboard.alerts.channels import channels, is_clear, plugin_of
from boussole.dashboard.alerts.words import clear_words, teller
from boussole.experiments.store import SQLITE, client, shown_uri, store_missing

# One line of the table.


State = Literal["well", "mend", "unseen"]
Finding = tuple[str, str]
"""What was found, and the next step; none where nothing is to be done."""
Check = Callable[[Workspace], Iterator[Finding]]


@dataclass(frozen=True, kw_only=True)
class Row:
    """What a check found."""

    check: str
    state: State
    what: str
    next_step: str


def well(what: str) -> Finding:
    """A finding that asks for nothing."""
    return what, ""


# Whether others on the machine can open the files of a workspace, and closing them.


SHOWN = 3
MEND = "boussole doctor --mend"
HOUR = 3600


def private(workspace: Workspace) -> Iterator[Finding]:
    """What others than the owner may open, files of others, and who could put another workspace in its place."""
    roots = (workspace.home, workspace.keys)
    opened = list(private_files.too_open(*roots))
    if opened:
        yield f"others than their owner may open {_some(workspace, opened)}.", MEND
    foreign = [path for path in _below(roots) if path.lstat().st_uid != workspace.home.stat().st_uid]
    if foreign:
        yield f"{_some(workspace, foreign)}: not of the account that owns the workspace.", "chown -R OWNER WORKSPACE"
    if workspace.home.stat().st_uid != os.geteuid():
        yield "the workspace belongs to another account.", "Run boussole as its owner."
    for above in workspace.home.parents:
        mode = above.stat().st_mode
        if mode & (stat.S_IWGRP | stat.S_IWOTH) and not mode & stat.S_ISVTX:
            yield f"others may write to {above}, and put another folder in this one's place.", f"chmod go-w {above}"


def parts(workspace: Workspace) -> list[Path]:
    """Files that a killed process left half written, more than an hour ago."""
    latest = time.time() - HOUR
    return [path for path in _below((workspace.home,)) if _is_part(path) and path.lstat().st_mtime < latest]


def mend(workspace: Workspace) -> list[str]:
    """Does what can be done without asking: modes, and what killed processes left. Says what it did."""
    done = []
    closed = private_files.close(workspace.home, workspace.keys)
    if closed:
        done.append(f"Only their owner opens {_some(workspace, closed)} now.")
    left = parts(workspace)
    for path in left:
        path.unlink(missing_ok=True)
    folders = clear_temporary()
    if left or folders:
        done.append(f"Removed: {len(left)} half-written files, {folders} temporary folders.")
    return done


def _is_part(path: Path) -> bool:
    return path.suffix == private_files.PART and path.is_file() and not path.is_symlink()


def _below(roots: Sequence[Path]) -> Iterator[Path]:
    for root in dict.fromkeys(roots):
        for folder, names, files in os.walk(root):
            yield from (Path(folder) / name for name in (*names, *files))


def _some(workspace: Workspace, paths: Sequence[Path]) -> str:
    names = [os.path.relpath(path, workspace.home) for path in paths]
    named = ["the workspace" if name == "." else name for name in names[:SHOWN]]
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(named) + more


# Whether the lake opens, and its keys and its data belong together.


def fit(workspace: Workspace) -> Iterator[Finding]:
    """Data files that the catalogue names and that are not there: keys/ and lake/ are from different days."""
    if not has_lake(workspace):
        yield well("nothing was brought in yet.")
        return
    with reading(workspace) as connection:
        gone = missing_data(connection, workspace.lake)
    if gone:
        what = f"{gone} data files that the catalogue names are missing or cut: keys/ and lake/ do not fit each other."
        yield what, "Restore both from backups of one moment."


def engine(workspace: Workspace) -> Iterator[Finding]:
    """DuckDB and its extensions."""
    with connect(workspace):
        yield well("DuckDB and its extensions load.")


# Room on the disk, the clock, versions, and what killed processes left.


MEGABYTE = 2**20
LEAST = 200 * MEGABYTE
SLACK = dt.timedelta(hours=1)


def left_over(workspace: Workspace) -> Iterator[Finding]:
    """Half-written files, and temporary folders with copies of sources."""
    if found := parts(workspace):
        yield f"{len(found)} half-written files of processes that were killed.", MEND
    if folders := left_behind():
        yield f"{len(folders)} temporary folders of processes that were killed; copies of sources may lie there.", MEND


def disk(workspace: Workspace) -> Iterator[Finding]:
    """Room: a purge and a rotation of keys build a second lake."""
    size = sum(path.stat().st_size for path in workspace.lake.rglob("*.parquet"))
    for name, path, needed in (
        ("the workspace", workspace.home, LEAST + size),
        ("temporary files", Path(tempfile.gettempdir()), LEAST),
    ):
        free = shutil.disk_usage(path).free
        if free < needed:
            what = f"{free // MEGABYTE} MB are free for {name} ({path}); {needed // MEGABYTE} MB are wise."
            yield what, "Make room."


def clock(workspace: Workspace) -> Iterator[Finding]:
    """A clock that is behind what was already written."""
    now = dt.datetime.now(dt.UTC)
    built = dt.datetime.fromtimestamp(Path(__file__).stat().st_mtime, dt.UTC)
    latest = max([built, *([last] if (last := last_moment(workspace)) else [])])
    if now < latest - SLACK:
        yield f"the clock says {now:%Y-%m-%d %H:%M} UTC; the ledger or the program is later.", "Set the clock."
    else:
        yield well(f"{now:%Y-%m-%d %H:%M} UTC.")


def versions(workspace: Workspace) -> Iterator[Finding]:  # noqa: ARG001 (the shape of a check)
    """DuckDB and its extensions have to be of one version."""
    of_duckdb = version("duckdb")
    for name in EXTENSIONS:
        if version(name) != of_duckdb:
            yield f"{name} is {version(name)}, duckdb is {of_duckdb}.", "Install from requirements.lock."
    own = f"boussole {own_version()}, duckdb {of_duckdb}, mlflow {version('mlflow')}"
    yield well(f"{own}, SQLite {sqlite3.sqlite_version}, Python {platform.python_version()}.")


# What is wrong with settings, system files, charter and keys, and sources that everybody reads.


def settings(workspace: Workspace) -> Iterator[Finding]:
    """What cannot be read of settings, systems, charter and keys, and channels of alerts whose address is in clear."""
    rings = [partial(keys.ring, workspace.keys, name) for name in RINGS]
    looks: list[Callable[[], object]] = [lambda: workspace.settings, partial(in_force, workspace), *rings]
    found = [_fault(fault) for fault in faults_in(workspace.home / "systems")]
    looks += [partial(load_charter, workspace), partial(verifier_of, workspace)]
    for look in looks:
        try:
            look()
        except BoussoleError as error:
            found.append(_fault(error))
    yield from dict.fromkeys([*found, *_clear_channels(workspace)])


def _fault(error: BoussoleError) -> Finding:
    return f"{error.where}: {error.what}", error.next_step or "Mend it."


def _clear_channels(workspace: Workspace) -> Iterator[Finding]:
    try:
        known = channels(workspace)
    except BoussoleError:  # which is told of the settings
        return
    for name, channel in known.items():
        where = f"[alerts.channels.{name}]"
        try:
            clear = is_clear(plugin_of(channel.settings, home=workspace.home, where=where))
        except BoussoleError as error:
            yield _fault(error)
            continue
        if clear:
            yield f"{where}: {clear_words(teller('en'))}", "See docs/alerts.md."


def sources(workspace: Workspace) -> Iterator[Finding]:
    """Files that system files name, and that everybody on the machine may read."""
    for path in sorted(set(_named(workspace))):
        if path.is_file() and path.stat().st_mode & stat.S_IROTH and not _behind(path):
            yield f"everybody on this machine may read {path}, which a system file names.", f"chmod o= {path}"


def _named(workspace: Workspace) -> Iterator[Path]:
    for system in workspace.systems.values():
        named = [system.sensitive.path] if system.sensitive else []
        named += [source.duckdb.path for source in system.sources if source.duckdb is not None]
        for text in named:
            yield workspace.home / text.removeprefix("duckdb:").partition("?")[0]


def _behind(path: Path) -> bool:
    """Whether a folder above keeps everybody out."""
    return any(not above.stat().st_mode & stat.S_IXOTH for above in path.resolve().parents)


# Whether the databases hold together, and the tracking store answers.


RESTORE = "Take away the -wal and -shm files beside it, which are of the damaged one; then restore it from a backup."


def databases(workspace: Workspace) -> Iterator[Finding]:
    """SQLite's own check of each file."""
    uri = workspace.tracking_uri
    tracking = [Path(uri.removeprefix(SQLITE))] if uri.startswith(SQLITE) else []
    for path in (workspace.governance, workspace.access, *tracking):
        if path.exists() and (said := _quick_check(path)) != "ok":
            yield f"{path.name} is damaged: {said}.", RESTORE
    if workspace.catalogue.exists() and (said := _by_duckdb(workspace)) != "ok":
        yield f"the catalogue of the lake is damaged: {said}.", "Restore keys/ and lake/ from backups of one moment."


def store(workspace: Workspace) -> Iterator[Finding]:
    """A tracking store that does not answer."""
    if store_missing(workspace):
        yield well("no store yet: it is made when something is logged.")
        return
    client(workspace).search_experiments(max_results=1)
    yield well(f"{shown_uri(workspace)} answers.")


def _quick_check(path: Path) -> str:
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.DatabaseError as error:
        if not (error.sqlite_errorname or "").startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
            raise
        return str(error)


def _by_duckdb(workspace: Workspace) -> str:
    """What SQLite says of the catalogue: DuckDB's own, as no other opens it."""
    import duckdb

    with connect(workspace) as connection:
        try:
            connection.execute(f"ATTACH {literal(workspace.catalogue)} AS looked (TYPE sqlite, READ_ONLY)")
            row = connection.execute("FROM sqlite_query('looked', 'PRAGMA quick_check(1)')").fetchone()
        except duckdb.Error as error:
            if not any(sign in str(error) for sign in ("not a database", "malformed")):
                raise
            return "it is no database"
    return str(row[0]) if row else "it does not answer"


RINGS = ("pseudonym", "text", "bucket", "access")
"""The secrets of a workspace."""

CHECKS: Mapping[str, Check] = {
    "files": private,
    "keys and lake": fit,
    "settings": settings,
    "sources": sources,
    "databases": databases,
    "MLflow": store,
    "engine": engine,
    "left over": left_over,
    "disk": disk,
    "clock": clock,
    "versions": versions,
}
"""By the word in the first column."""


def examine(workspace: Workspace) -> list[Row]:
    """Every check of a workspace; one that cannot look says so, and the others go on."""
    return [row for name, check in CHECKS.items() for row in _rows(workspace, name, check)]


def exit_code(rows: Sequence[Row]) -> int:
    """0 all right, 1 something to mend, 2 where something could not be looked at."""
    states = {row.state for row in rows}
    return 2 if "unseen" in states else int("mend" in states)


def document(workspace: Workspace, rows: Sequence[Row]) -> dict[str, Any]:
    """The table as JSON."""
    return {"schema": "boussole.doctor/1", "workspace": str(workspace.home), "rows": [asdict(row) for row in rows]}


def _rows(workspace: Workspace, name: str, check: Check) -> Iterator[Row]:
    state: State = "unseen"
    try:
        found = list(check(workspace))
    except Exception as error:
        told = foreseen(error) or error
        if not isinstance(told, BoussoleError):
            raise
        yield Row(check=name, state=state, what=f"cannot be looked at: {told.what}", next_step=told.next_step)
        return
    for what, next_step in found or [well("all right.")]:
        yield Row(check=name, state="mend" if next_step else "well", what=what, next_step=next_step)
