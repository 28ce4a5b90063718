"""What a run found, kept as one line of JSON, so that runs can resume; those of the page are packed here."""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = "planted.jsonl"
PACKED = Path(__file__).with_name("runs.jsonl.xz")
"""The runs whose figures are in docs/figures.md."""
Key = tuple[str, str, int, int]
"""System, condition, size, seed."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """Three months of one system that were simulated and judged."""

    system: str
    condition: str
    """What was planted (`effects.CONDITIONS`)."""
    size: int
    """People of MatchFT; texts a month of ChatFT."""
    seed: int
    accused: Mapping[str, Mapping[str, tuple[str, ...]]]
    """By month the questions that are watched or not kept, each with the measures that are why."""
    told: Mapping[str, Mapping[str, str]]
    """By month the verdict of each question that was examined."""
    seconds: float

    @property
    def key(self) -> Key:
        return self.system, self.condition, self.size, self.seed


def keep(folder: Path, result: Result) -> None:
    """Adds a line, in the place of one that was cut off when a run was stopped."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE
    whole = path.read_bytes().rfind(b"\n") + 1 if path.exists() else 0
    with path.open("ab") as file:
        file.truncate(whole)
        file.write(_line(result))


def kept(folder: Path) -> list[Result]:
    """All results of a folder; a line that was cut off when a run was stopped is left out."""
    path = folder / FILE
    return _read(path.read_bytes()) if path.exists() else []


def packed() -> list[Result]:
    """The runs whose figures are in docs/figures.md."""
    return _read(lzma.decompress(PACKED.read_bytes()))


def pack(results: Iterable[Result]) -> None:
    """Keeps runs for the page, in an order that does not depend on when they were made."""
    ordered = sorted(results, key=lambda each: each.key)
    PACKED.write_bytes(lzma.compress(b"".join(map(_line, ordered)), preset=9))


def _line(result: Result) -> bytes:
    return (json.dumps(asdict(result), ensure_ascii=False) + "\n").encode()


def _read(lines: bytes) -> list[Result]:
    whole = lines.decode("utf-8").splitlines(keepends=True)
    return [_result(json.loads(line)) for line in whole if line.endswith("\n")]


def _result(read: dict[str, object]) -> Result:
    accused = {
        month: {asked: tuple(measures) for asked, measures in each.items()}
        for month, each in read["accused"].items()  # type: ignore[attr-defined]
    }
    return Result(**(read | {"accused": accused}))  # type: ignore[arg-type]
