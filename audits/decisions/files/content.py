"""The bytes of a text file, decompressed where they are compressed; read piece by piece."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from boussole.audits.errors import SourceError

PIECE = 1 << 20


def is_compressed(path: Path) -> bool:
    return path.suffix.lower() in (".gz", ".zst")


def open_bytes(path: Path) -> BinaryIO:
    """The file, open for reading its decompressed bytes."""
    if path.suffix.lower() == ".gz":
        return cast("BinaryIO", gzip.open(path, "rb"))
    if path.suffix.lower() == ".zst":
        import pyarrow as pa

        return io.BufferedReader(cast("io.RawIOBase", pa.input_stream(str(path), compression="zstd")))
    return path.open("rb")


def pieces(path: Path) -> Iterator[bytes]:
    """The content, a megabyte at a time. Raises SourceError for compressed content that is cut short or damaged."""
    with unpacked(path) as file:
        while piece := file.read(PIECE):
            yield bytes(piece)


@contextmanager
def unpacked(path: Path) -> Iterator[BinaryIO]:
    """The file, decompressed, to read inside. Raises SourceError for compressed content cut short or damaged."""
    try:
        with open_bytes(path) as file:
            yield file
    except (EOFError, gzip.BadGzipFile, zlib.error, OSError) as error:
        if not is_compressed(path):
            raise
        raise SourceError(
            "the compressed file is cut short or damaged: it cannot be unpacked to its end.",
            where=str(path),
            next_step="Copy or export it again: nothing was read from it.",
        ) from error
