"""How a proposal is written: values in YAML, a reason or a mark at the end of a line, long lists in several lines."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml

from boussole.audits.languages import Catalogue, Language
from boussole.audits.systems.gaps import MARK
from boussole.audits.systems.kinds import Value

GUESSED = "guessed"
GAP = MARK
FOLDER = Path(__file__).parent / "locale"
WIDTH = 112


class Translator:
    """Translates the comments of a proposal into one language."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self._catalogue = Catalogue(FOLDER, language)

    def __call__(self, message: str, **values: object) -> str:
        return self._catalogue.gettext(message).format(**values)


def scalar(value: Value) -> str:
    """Write a value in YAML's short form, quoted where YAML would read something else."""
    if not isinstance(value, str):
        return json.dumps(value)
    bare = re.fullmatch(r"[A-Za-z_][\w-]*", value) and yaml.safe_load(value) == value
    return value if bare else json.dumps(value, ensure_ascii=False)


def listed(values: Sequence[Value]) -> str:
    return "[" + ", ".join(map(scalar, values)) + "]"


def comment(text: str, indent: str = "") -> Iterator[str]:
    """A comment, in as many lines as it takes."""
    start, more = f"{indent}# ", f"{indent}#   "
    yield from textwrap.wrap(
        text, WIDTH, initial_indent=start, subsequent_indent=more, break_long_words=False, break_on_hyphens=False
    )
