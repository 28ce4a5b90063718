"""What a form asks, as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from boussole.dashboard.markup.elements import PREFIX

Kind = Literal[
    "line", "prose", "date", "moment", "choice", "radio", "choices", "tick", "hidden", "number", "file", "files"
]
LINE, PROSE = 300, 100_000
"""Characters that a line and a longer text may have."""


@dataclass(frozen=True, kw_only=True)
class Field:
    """One thing that a form asks. `note` says how to fill it in; `choices` are values and their words.

    A field that is not `kept` is asked again from the start where the form could not be taken: what was chosen in it is
    held nowhere.
    """

    name: str
    label: str
    kind: Kind = "line"
    required: bool = True
    note: str = ""
    choices: Sequence[tuple[str, str]] = ()
    value: str = ""
    longest: int = 0
    rows: int = 4
    kept: bool = True

    @property
    def sent_as(self) -> str:
        """Its name in the page, and in what the page sends."""
        return PREFIX + self.name

    @property
    def most(self) -> int:
        """Characters that may be sent."""
        return self.longest or (PROSE if self.kind == "prose" else LINE)


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form. `path` is where it is sent, `send` what its button says."""

    id: str
    path: str
    send: str
    fields: Sequence[Field]
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What was wrong with something that was sent, at which field (empty: the whole), and what was typed."""

    form: str
    text: str
    at: str = ""
    typed: Mapping[str, Sequence[str]] = field(default_factory=dict)
