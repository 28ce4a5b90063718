"""Papers: the blocks that one is set from, as data and as plain text, and the period that a report is about."""

from __future__ import annotations

import datetime as dt
import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from babel.dates import format_date

from boussole.audits.errors import ReportError
from boussole.audits.languages import NARROW, capital
from boussole.audits.mixed import joined
from boussole.audits.windows import Window, period_of
from boussole.charter.document import AuditDocument
from boussole.dashboard.markup.words import Say, language_names

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


# The period of a report: a quarter, a month or a year, and which audits belong to it.


_PERIOD = re.compile(r"(?P<year>[12]\d{3})(?:-(?:Q(?P<quarter>[1-4])|(?P<month>0[1-9]|1[0-2])))?")


@dataclass(frozen=True, kw_only=True)
class ReportPeriod:
    """A quarter, a month or a year: its name as typed and its days."""

    name: str
    window: Window

    def title(self, lang: str) -> str:
        """The period in words.

        >>> parse_period("2026-Q3").title("fr"), parse_period("2026-09").title("en"), parse_period("2026").title("fr")
        ('3e trimestre 2026', 'September 2026', 'Année 2026')
        """
        start = self.window.start
        if "Q" in self.name:
            return _quarter(int(self.name[-1]), start.year, lang)
        if "-" in self.name:
            return capital(format_date(start, "LLLL yyyy", locale=lang))
        return f"Année {start.year}" if lang == "fr" else f"Year {start.year}"


def _quarter(quarter: int, year: int, lang: str) -> str:
    if lang == "fr":
        return f"{quarter}{'er' if quarter == 1 else 'e'} trimestre {year}"
    return f"{('First', 'Second', 'Third', 'Fourth')[quarter - 1]} quarter of {year}"


def parse_period(text: str) -> ReportPeriod:
    """The period written as 2026-Q3, 2026-09 or 2026; raises ReportError for anything else.

    >>> parse_period("2026-Q3").window.end
    datetime.date(2026, 9, 30)
    """
    match = _PERIOD.fullmatch(text.strip())
    if match is None:
        raise ReportError(
            f"'{text}' is not a period.", next_step="Write a quarter as 2026-Q3, a month as 2026-09, a year as 2026."
        )
    year = int(match["year"])
    if match["quarter"]:
        window = period_of(dt.date(year, 3 * int(match["quarter"]), 1), "quarter")
    elif match["month"]:
        window = period_of(dt.date(year, int(match["month"]), 1), "month")
    else:
        window = period_of(dt.date(year, 1, 1), "year")
    return ReportPeriod(name=text.strip(), window=window)


def in_period(documents: Sequence[AuditDocument], period: ReportPeriod) -> list[AuditDocument]:
    """The audits whose last day falls in the period, the most telling last: that of exactly the period tells most."""

    def rank(document: AuditDocument) -> tuple[bool, bool, dt.date, int]:
        window = document.window.days
        inside = window.start >= period.window.start
        return window == period.window, inside, window.end, document.evidence.entry or 0

    within = [d for d in documents if period.window.start <= d.window.end <= period.window.end]
    return sorted(within, key=rank)


# What a report is called.


def period_title(period: str, lang: str) -> str:
    """A period in words; empty for the day to which the newest audits go.

    >>> period_title("2026-Q3", "en"), period_title("2026-09-30", "en")
    ('Third quarter of 2026', '')
    """
    try:
        return parse_period(period).title(lang)
    except ReportError:
        return ""


NAMED = 3
"""Systems that the name of a report's file names one by one."""


def report_file(period: str, systems: Sequence[str], lang: str) -> str:
    """The name of a report's file; of chosen systems, with their ids.

    >>> report_file("2026-Q3", (), "fr"), report_file("2026-Q3", ("chatft", "matchft"), "fr")
    ('boussole-2026-Q3-fr.pdf', 'boussole-2026-Q3-chatft+matchft-fr.pdf')
    """
    return f"boussole-{'-'.join(filter(None, [period, in_file(systems), lang]))}.pdf"


def in_file(systems: Sequence[str]) -> str:
    """How chosen systems stand in that name: the first of them, and how many others; empty for all.

    >>> in_file(("a", "b", "c", "d", "e"))
    'a+b+c+2'
    """
    more = len(systems) - NAMED
    return "+".join([*systems[:NAMED], *([str(more)] if more > 0 else [])])


def report_title(period: str | None, lang: str, say: Say, systems: Sequence[str] = ()) -> str:
    """A period and a language in words, and the titles of the systems that were chosen, if any."""
    title = period_title(period, say.lang) if period else ""
    if not title:
        title = say("newest audits up to {date}", date=say.date(period)) if period else say("newest audits")
    language = language_names(say).get(lang, lang)
    if say.lang == "fr":
        language = language.lower()
    if systems:
        named = joined(", ", systems)
        return say("{period}, in {language}: {systems}", period=title, language=language, systems=named)
    return say("{period}, in {language}", period=title, language=language)
