"""How a proposal is written: values in YAML, a reason or a mark at the end of a line, long lists in several lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence

import yaml

from boussole.audits.systems.gaps import MARK
from boussole.audits.systems.kinds import Value

GUESSED = "guessed"
GAP = MARK


def scalar(value: Value) -> str:
    """A value in YAML's short form, quoted where YAML would read something else.

    >>> scalar("race"), scalar("no"), scalar("score.1"), scalar(True)
    ('race', '"no"', '"score.1"', 'true')
    """
    if not isinstance(value, str):
        return json.dumps(value)
    bare = re.fullmatch(r"[A-Za-z_][\w-]*", value) and yaml.safe_load(value) == value
    return value if bare else json.dumps(value, ensure_ascii=False)


def listed(values: Sequence[Value]) -> str:
    return "[" + ", ".join(map(scalar, values)) + "]"


def note(text: str, mark: str, why: str) -> str:
    return f"{text}  # {mark}: {why}"


def wrapped(start: str, names: list[str]) -> Iterator[str]:
    line = start
    for number, name in enumerate(names):
        piece = name + (", " if number < len(names) - 1 else ".")
        if len(line) + len(piece) > 110:
            yield line.rstrip()
            line = "#   "
        line += piece
    if names:
        yield line
