"""The lock of a workspace's lake: one process writes at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from boussole.audits import private_files
from boussole.audits.errors import LakeError
from boussole.audits.workspace import Workspace

LOCK_SECONDS = 600
"""How long a writer waits for its turn, and for readers to finish before it commits."""


@contextmanager
def turn(workspace: Workspace, *, seconds: float = LOCK_SECONDS) -> Iterator[None]:
    """The workspace's writer lock: one process at a time. Raises LakeError where others keep it for too long."""
    private_files.make_folder(workspace.lake)
    lock = FileLock(workspace.lake / "writer.lock", timeout=seconds, mode=private_files.FILE)
    try:
        lock.acquire()
    except Timeout as error:
        raise occupied(workspace) from error
    try:
        yield
    finally:
        lock.release()


def occupied(workspace: Workspace) -> LakeError:
    """The error for whoever waited too long for the lock."""
    return LakeError(
        "another process has been holding the lake for too long.",
        where=str(workspace.home),
        next_step="Wait for it to end, then run the command again.",
    )
