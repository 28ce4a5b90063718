"""What can be chosen on a page, and what an address chooses of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

BETWEEN = "|"
"""Stands between the values of an address that chooses several of one field."""


@dataclass(frozen=True, kw_only=True)
class Option:
    """One value of a field, and what it is called."""

    value: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Field:
    """One thing to choose: its values, which is chosen, and what the address asked for that there is not.

    `several`: any number of values can be chosen, which `value` names one after the other; empty, it means all.
    """

    key: str
    label: str
    options: Sequence[Option]
    value: str
    refused: str = ""
    several: bool = False

    @property
    def values(self) -> list[str]:
        """The values that are chosen."""
        return [each for each in self.value.split(BETWEEN) if each] if self.several else [self.value]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One value to choose by a link, with how much it would show; None: not counted."""

    text: str
    count: int | None
    href: str
    current: bool


def settled(key: str, label: str, asked: str, options: Sequence[Option]) -> Field:
    """A field with the value asked for where there is one, else with the first."""
    known = [option.value for option in options]
    value = asked if asked in known else (known[0] if known else "")
    return Field(
        key=key, label=label, options=options, value=value, refused=asked if asked and asked not in known else ""
    )


def settled_several(key: str, label: str, asked: str, options: Sequence[Option]) -> Field:
    """A field with those of the values asked for that there are, in the order of its options; none means all.

    >>> options = [Option(value="F", name="Women"), Option(value="M", name="Men")]
    >>> found = settled_several("groups", "Groups", "M|x", options)
    >>> found.values, found.refused
    (['M'], 'x')
    """
    wanted = [each for each in asked.split(BETWEEN) if each]
    known = [option.value for option in options]
    held = [each for each in known if each in wanted]
    return Field(
        key=key,
        label=label,
        options=options,
        value="" if len(held) == len(known) else BETWEEN.join(held),
        refused=", ".join(each for each in wanted if each not in known),
        several=True,
    )
