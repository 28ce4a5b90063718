"""What is told in blocks, as plain text: for a letter, a screen reader, a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from boussole.audits.languages import NARROW
from boussole.dashboard.views.paper_blocks import Block

WIDTH = 78


def plain_text(title: str, subtitle: str, blocks: Sequence[Block], *, lang: str) -> str:
    """The text, with lines of at most `WIDTH` letters; a table is told row by row, each value after its column.

    >>> print(plain_text("T", "S", [{"kind": "list", "items": ["one", "two"]}], lang="en"), end="")
    T
    =
    S
    <BLANKLINE>
    - one
    - two
    """
    colon = f"{NARROW}: " if lang == "fr" else ": "
    head = f"{title}\n{'=' * len(title)}\n{subtitle}"
    parts = [head, *("\n".join(_lines(block, colon)) for block in blocks)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _lines(block: Block, colon: str) -> Iterator[str]:
    """The lines of one block. Raises KeyError for a kind that no text is made of."""
    kind = block["kind"]
    if kind == "heading":
        yield from (block["text"], "-" * len(block["text"]))
    elif kind == "list":
        for item in block["items"]:
            yield from _wrapped(item, first="- ", rest="  ")
    elif kind == "facts":
        for name, value in block["pairs"]:
            yield from _wrapped(f"{name}{colon}{value}")
    elif kind == "table":
        yield from _rows(block, colon)
    else:
        yield from _wrapped(block["text"])


def _rows(block: Block, colon: str) -> Iterator[str]:
    for row in block["rows"]:
        name, *values = (cell["text"] for cell in row)
        yield from _wrapped(name, first="- ", rest="  ")
        for column, value in zip(block["header"][1:], values, strict=True):
            yield from _wrapped(f"{column}{colon}{value}", first="  ", rest="    ")


def _wrapped(words: str, *, first: str = "", rest: str = "") -> list[str]:
    """Words on lines; none breaks at a no-break space, whose width is that of any other letter."""
    return textwrap.wrap(
        words, WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
