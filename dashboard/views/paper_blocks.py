"""The blocks that a paper is set from: headings, texts, tables and quotations, as data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from boussole.dashboard.words.say import Say

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
