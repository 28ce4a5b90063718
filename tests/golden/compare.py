"""How golden values are kept, and what is said where one is another than it was."""

from __future__ import annotations

import difflib
import gzip
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

VALUES = Path(__file__).parent / "values"
CLOSE = 1e-12
MOST = 30
"""The number of lines that a summary has at most."""
WIDEST = 160
"""The number of characters of a value that a line shows."""
NAMES = ("id", "indicator", "measure", "article", "entry", "name")
"""Fields by which the parts of a list are told apart, the first that all of them have each with its own value."""


def encode(name: str, value: Any) -> bytes:
    """A golden value as its file holds it: JSON in one order, or lines under headings; the same bytes each time."""
    if ".json" in name:
        text = json.dumps(value, ensure_ascii=False, indent=0, sort_keys=True) + "\n"
    else:
        text = "".join(f"=== {heading}\n" + "".join(f"{line}\n" for line in lines) for heading, lines in value.items())
    return gzip.compress(text.encode(), 9, mtime=0) if name.endswith(".gz") else text.encode()


def decode(name: str, content: bytes) -> Any:
    """The value that a file holds."""
    text = (gzip.decompress(content) if name.endswith(".gz") else content).decode()
    if ".json" in name:
        return json.loads(text)
    parts = (part.split("\n") for part in f"\n{text}".split("\n=== ")[1:])
    return {heading: [line for line in lines if line] for heading, *lines in parts}


def differences(old: Any, new: Any, path: str = "") -> Iterator[str]:
    """Each place where two values differ: its path, what was there, what is."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted({*old, *new}):
            if key not in old or key not in new:
                yield f"{path}.{key}: {_short(old.get(key, '(absent)'))} → {_short(new.get(key, '(absent)'))}"
            else:
                yield from differences(old[key], new[key], f"{path}.{key}")
    elif isinstance(old, list) and isinstance(new, list):
        yield from _of_lists(old, new, path)
    elif not equal(old, new):
        start = max(0, _alike(old, new) - 40) if isinstance(old, str) and isinstance(new, str) else 0
        yield f"{path}: {_short(old, start)} → {_short(new, start)}"


def equal(old: Any, new: Any) -> bool:
    """Whether two leaves are the same; numbers to 1e-12 of their size, or absolutely where they are below 1."""
    numbers = all(isinstance(each, int | float) and not isinstance(each, bool) for each in (old, new))
    if numbers and float in (type(old), type(new)):
        return abs(old - new) <= CLOSE * max(1, abs(old))
    return type(old) is type(new) and bool(old == new)


def summary(found: Mapping[str, list[str]]) -> str:
    """What differs, file by file, in at most 30 lines."""
    lines = [f"{name}{line}" for name, each in found.items() for line in each]
    left = [f"… and {len(lines) - MOST + 1} more"] if len(lines) > MOST else []
    return "\n".join(lines[: MOST - 1] + left if left else lines)


def _of_lists(old: list[Any], new: list[Any], path: str) -> Iterator[str]:
    if all(isinstance(each, str) for each in (*old, *new)):
        changed = difflib.unified_diff(old, new, n=0, lineterm="")
        lines = [line for line in changed if not line.startswith(("---", "+++", "@@"))]
        yield from (f"{path}: {line[0]} {_short(line[1:])}" for line in lines)
        return
    for field in NAMES:
        if (before := _keyed(field, old)) is not None and (after := _keyed(field, new)) is not None:
            yield from differences(before, after, path)
            if before.keys() == after.keys() and list(before) != list(after):
                yield f"{path}: the same in another order"
            return
    if len(old) != len(new):
        yield f"{path}: {len(old)} parts → {len(new)} parts"
    for place, (before_, after_) in enumerate(zip(old, new, strict=False)):
        yield from differences(before_, after_, f"{path}[{place}]")


def _keyed(field: str, parts: list[Any]) -> dict[str, Any] | None:
    """The parts of a list by one of their fields, where it tells them apart."""
    if not parts or not all(isinstance(each, dict) and isinstance(each.get(field), str | int) for each in parts):
        return None
    found = {f"[{each[field]}]": each for each in parts}
    return found if len(found) == len(parts) else None


def _alike(old: str, new: str) -> int:
    """How many characters two texts begin with in common."""
    return next((place for place, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))


def _short(value: Any, start: int = 0) -> str:
    """A value as a line shows it, from some characters before the first difference on."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    shown = text[start : start + WIDEST]
    return f"{'…' if start else ''}{shown}{'…' if len(text) > start + WIDEST else ''}"
