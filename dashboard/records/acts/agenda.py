"""An agenda as lines that people write, one item each."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from boussole.charter.record_types.acts import Item

LONGEST = 40
"""Characters of the name of an item."""


def lines_of(items: Sequence[Item]) -> str:
    """The titles of an agenda, one on each line.

    >>> lines_of([Item(id="a", title="One"), Item(id="b", title="Two")])
    'One\\nTwo'
    """
    return "\n".join(item.title for item in items)


def items_of(text: str, known: Sequence[Item]) -> list[Item]:
    """The items of some lines: those that are known by their title keep what they are, the others are for discussion.

    >>> known = [Item(id="minutes", title="Minutes", kind="approval")]
    >>> [(item.id, item.kind) for item in items_of("minutes\\n\\n2. L’été à venir", known)]
    [('minutes', 'approval'), ('l_ete_a_venir', 'discussion')]
    """
    by_title = {_key(item.title): item for item in known}
    found: list[Item] = []
    for line in filter(None, map(_bare, text.splitlines())):
        taken = {item.id for item in found}
        item = by_title.get(_key(line))
        if item is None or item.id in taken:
            item = Item(id=_unused(_name(line), taken | {each.id for each in known}), title=line)
        found.append(item)
    return found


def _bare(line: str) -> str:
    """A line without the number or the dash that people put before an item."""
    return re.sub(r"^\s*(?:\d{1,2}[.)]|[-–•*])(?:\s+|$)", "", line).strip()


def _key(title: str) -> str:
    return " ".join(title.casefold().split())


def _name(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title.replace("’", " ")).encode("ascii", "ignore").decode().lower()
    found = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:LONGEST].strip("_")
    return found if found[:1].isalpha() else f"item_{found}".rstrip("_")


def _unused(name: str, taken: set[str]) -> str:
    if name not in taken:
        return name
    return next(each for number in range(2, 1000) if (each := f"{name}_{number}") not in taken)
