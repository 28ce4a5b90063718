"""The blocks that a paper is set from: headings, texts, tables and quotations, as data and as plain text."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from boussole.audits.languages import NARROW
from boussole.dashboard.markup.words.say import Say

# The blocks that a paper is set from: headings, texts, tables and quotations, as data.


Block = dict[str, Any]
_MARK = re.compile(r"\\([\\`*_{}\[\]<>#|])")


def heading(text: str, level: int = 1) -> Block:
    return {"kind": "heading", "text": text, "level": level}


def text(words: str) -> Block:
    return {"kind": "text", "text": words}


def strong(words: str) -> Block:
    return {"kind": "strong", "text": words}


def note(words: str) -> Block:
    return {"kind": "note", "text": words}


def facts(pairs: Sequence[tuple[str, str]]) -> Block:
    return {"kind": "facts", "pairs": [list(pair) for pair in pairs if pair[1]]}


def bullets(items: Sequence[str]) -> Block:
    return {"kind": "list", "items": list(items)}


def quote(title: str, paragraphs: Sequence[str], items: Sequence[str] = ()) -> Block:
    return {"kind": "quote", "title": title, "paragraphs": list(paragraphs), "items": list(items)}


def table(header: Sequence[str], rows: Sequence[Sequence[str | tuple[str]]]) -> Block:
    """A table; a cell that is a tuple holds a verdict, which is set as its mark."""
    cells = [
        [
            {"text": "", "verdict": each[0]} if isinstance(each, tuple) else {"text": each, "verdict": None}
            for each in row
        ]
        for row in rows
    ]
    return {"kind": "table", "header": list(header), "rows": cells}


def page_words(say: Say) -> dict[str, str]:
    """What stands around the number of a page at its foot."""
    return {"page": say("page"), "of": say("of")}


def of_markdown(written: str) -> tuple[str, list[Block]]:
    """The title and the blocks of minutes as text: they say the same in both forms.

    >>> of_markdown("# T\\n\\n- one\\n- two\\n\\nWords.\\n")[1]
    [{'kind': 'list', 'items': ['one', 'two']}, {'kind': 'text', 'text': 'Words.'}]
    """
    lines = written.splitlines()
    title = next((_bare(line[2:]) for line in lines if line.startswith("# ")), "")
    rest = [line for line in lines if not line.startswith("# ")]
    return title, [_block(kind, group) for kind, group in _groups(rest)]


def _groups(lines: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Lines that belong together, with what they are."""
    kind, held = "", list[str]()
    for line in [*lines, ""]:
        now = _kind(line)
        if held and (now != kind or kind == "heading"):
            yield kind, held
            held = []
        kind = now
        if now:
            held.append(line)


def _kind(line: str) -> str:
    starts = {"## ": "heading", "- ": "list", "|": "table", ">": "quote"}
    return next((kind for start, kind in starts.items() if line.startswith(start)), "text" if line.strip() else "")


def _block(kind: str, lines: Sequence[str]) -> Block:
    if kind == "heading":
        return heading(_bare(lines[0][3:]))
    if kind == "list":
        return bullets([_bare(line[2:]) for line in lines])
    if kind == "table":
        rows = [[_bare(cell.strip()) for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
        return table(rows[0], rows[2:])
    if kind == "quote":
        head, *words = [line[1:].strip() for line in lines]
        return quote(_bare(head).replace("**", ""), [_bare(each) for each in words if each])
    return text(" ".join(_bare(line) for line in lines))


def _bare(words: str) -> str:
    """Words without the marks that keep Markdown from taking them for its own."""
    return _MARK.sub(r"\1", words)


# What is told in blocks, as plain text: for a letter, a screen reader, a terminal.


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
