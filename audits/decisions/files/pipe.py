"""Text in any encoding for DuckDB, as UTF-8 through a pipe: nothing of it is written to a disk."""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import select
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from boussole.audits.decisions.files.content import pieces


@contextmanager
def rewritten(path: Path, encoding: str) -> Iterator[str]:
    """The path of a pipe that gives the file once, as UTF-8 with lines that all end in a line feed.

    A thread writes to it; it ends when the file ends or when the block does. What it could not read is raised here.
    """
    source, target = os.pipe()
    os.set_blocking(target, False)
    ended, faults = threading.Event(), list[Exception]()
    writer = threading.Thread(target=_write, args=(path, encoding, target, ended, faults), daemon=True)
    writer.start()
    try:
        yield f"/dev/fd/{source}"
    finally:
        ended.set()
        os.close(source)
        writer.join()
    if faults:
        raise faults[0]


def _write(path: Path, encoding: str, target: int, ended: threading.Event, faults: list[Exception]) -> None:
    try:
        for piece in _utf8(path, encoding):
            left = memoryview(piece)
            while left and not ended.is_set():
                if select.select([], [target], [], 0.1)[1]:
                    with contextlib.suppress(BlockingIOError):
                        left = left[os.write(target, left) :]
            if ended.is_set():
                return
    except BrokenPipeError:
        pass  # the reader had enough
    except Exception as error:  # noqa: BLE001 (raised again where the reader is)
        faults.append(error)
    finally:
        os.close(target)


def _utf8(path: Path, encoding: str) -> Iterator[bytes]:
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)(), translate=True)
    for piece in pieces(path):
        yield decoder.decode(piece).encode("utf-8", "surrogatepass")
    yield decoder.decode(b"", final=True).encode("utf-8", "surrogatepass")
