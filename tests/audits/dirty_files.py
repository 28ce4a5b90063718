"""Forty files as agencies have them; what is said to each is a golden value, of which the reference is made."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import openpyxl

from tests.written import system_text

SYSTEM = system_text(
    "jobs",
    """
columns:
  id: ref
  decided_at: date
  decision: {column: retenu, selected: [oui], not_selected: [non]}
  score: {column: note, range: [0, 2000]}
groups:
  sexe: {column: sexe, reference: Masculin}
windows: {audit: all}
""",
)
NAMES = ("ref", "date", "retenu", "note", "sexe")
ROWS = (
    ("a1", "03/02/2026", "oui", "12,5", "Féminin"),
    ("a2", "14/02/2026", "non", "8,25", "Masculin"),
    ("a3", "05/03/2026", "oui", "1\u202f015", "Féminin"),
)
EARLY = (("a1", "03/02/2026", "oui", "12", "Féminin"), ("a2", "04/02/2026", "non", "8", "Masculin"))
"""Nothing here tells the day from the month."""
ISO = tuple((ref, f"{date[6:]}-{date[3:5]}-{date[:2]}", said, note, sex) for ref, date, said, note, sex in ROWS)


@dataclass(frozen=True)
class Dirty:
    """A file: its name, what is wrong with it in a few words, its bytes, and what somebody says of it."""

    name: str
    wrong: str
    content: bytes
    given: dict[str, Any] = field(default_factory=dict)


def text(
    rows: Sequence[Sequence[str]] = ROWS, *, by: str = ";", end: str = "\r\n", names: Sequence[str] = NAMES
) -> str:
    """Delimited text."""
    return "".join(by.join(row) + end for row in ([names] if names else []) + list(rows))


def plain(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Rows with points for decimals, which need no quotes between commas."""
    return [[cell.replace(",", ".").replace("\u202f", "") for cell in row] for row in rows]


def workbook(rows: Sequence[Sequence[Any]], change: Callable[[Any, Any], object] = lambda book, sheet: None) -> bytes:
    """An Excel workbook whose only sheet, `Données`, holds these rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Données"
    for row in rows:
        sheet.append(list(row))
    change(book, sheet)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def zipped(name: str, content: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(name, content)
    return made.getvalue()


TYPED = [
    NAMES,
    ("a1", dt.date(2026, 2, 3), "oui", 12.5, "Féminin"),
    ("a2", dt.datetime.fromisoformat("2026-02-14T09:30"), "non", 8.25, "Masculin"),
]

FILES = (
    Dirty(
        "good-cp1252.csv",
        "French Excel: cp1252, `;`, decimal commas, thin spaces between thousands, day/month/year",
        text().replace("\u202f", "\u00a0").encode("cp1252"),
    ),
    Dirty("utf8-bom.csv", "UTF-8 with a byte order mark, as “CSV UTF-8” of Excel", text().encode("utf-8-sig")),
    Dirty("utf16.csv", "UTF-16 with a mark, between tabs, as “Unicode text” of Excel", text(by="\t").encode("utf-16")),
    Dirty("utf16-no-mark.csv", "UTF-16 without a mark", text().encode("utf-16-le")),
    Dirty(
        "latin1.csv",
        "Said to be latin-1, and is",
        text(EARLY).encode("latin-1"),
        given={"encoding": "latin-1", "dates": "jj/mm/aaaa"},
    ),
    Dirty("msdos.csv", "cp850, of a program from the days of MS-DOS", text(EARLY).encode("cp850")),
    Dirty(
        "msdos-told.csv",
        "The same, said to be cp850",
        text(EARLY).encode("cp850"),
        given={"encoding": "cp850", "dates": "dd/mm/yyyy"},
    ),
    Dirty("macintosh.csv", "Mac Roman, of an old Macintosh", text(EARLY).encode("mac-roman")),
    Dirty(
        "said-utf8.csv", "Said to be UTF-8, and is cp1252", text(EARLY).encode("cp1252"), given={"encoding": "utf-8"}
    ),
    Dirty(
        "said-cp1252.csv",
        "Said to be cp1252, and is UTF-8: `é` would become `Ã©`",
        text(EARLY).encode(),
        given={"encoding": "cp1252"},
    ),
    Dirty(
        "two-encodings.csv",
        "One row pasted in cp1252 into a file of UTF-8",
        text().encode() + "a4;06/03/2026;oui;9;Féminin\r\n".encode("cp1252"),
    ),
    Dirty("nul.csv", "NUL bytes in a row", text().encode().replace(b"8,25", b"8\0\0025")),
    Dirty("iso.csv", "Nothing: commas, points, 2026-02-03", text(plain(ISO), by=",", end="\n").encode()),
    Dirty("tabs.tsv", "Tabs", text(by="\t").encode()),
    Dirty("pipes.txt", "Vertical bars", text(by="|").encode()),
    Dirty("sep-line.csv", "A first line `sep=;`, which Excel writes for itself", ("sep=;\r\n" + text()).encode()),
    Dirty(
        "quoted-newline.csv",
        "A line break within a cell, between quotation marks",
        text([*ROWS, ("a4", "06/03/2026", "oui", "9", '"Féminin\nsic"')]).encode(),
    ),
    Dirty(
        "mixed-line-ends.csv",
        "Lines that end in both ways: two exports put together",
        (text(end="\n") + "a4;06/03/2026;oui;9;Féminin\r\n").encode(),
    ),
    Dirty("old-mac-lines.csv", "Lines that end in carriage returns", text(end="\r").encode()),
    Dirty(
        "ragged.csv",
        "A row with too few columns, and one with too many",
        text([*ROWS, ("a4", "06/03/2026"), ("a5", "06/03/2026", "oui", "9", "Féminin", "?")]).encode(),
    ),
    Dirty(
        "open-quote.csv",
        "A quotation mark that never closes: all rows below it would be swallowed",
        text([ROWS[0], ("a2", "14/02/2026", "non", "8", '"Masculin'), ROWS[2]]).encode(),
    ),
    Dirty("totals.csv", "A line of totals at the end", text([*ROWS, ("Total", "", "", "1035,75", "")]).encode()),
    Dirty("no-header.csv", "No names in the first line", text(names=()).encode()),
    Dirty("title.csv", "A title above the names", ("Extraction du 7 mars\r\n" + text()).encode()),
    Dirty(
        "names-twice.csv",
        "Two columns named `note`",
        text([(*row, "1") for row in ROWS], names=[*NAMES, "Note"]).encode(),
    ),
    Dirty(
        "name-missing.csv",
        "A column that the system file names is called otherwise",
        text(names=("ref", "date", "retenu", "notes", "sexe")).encode(),
    ),
    Dirty(
        "blanks-in-names.csv",
        "Blanks around the names",
        text(names=(" ref ", "date ", " retenu", "note\u00a0", "sexe")).encode(),
    ),
    Dirty("only-header.csv", "Names, and no row", text([]).encode()),
    Dirty("empty.csv", "0 bytes", b""),
    Dirty("ambiguous-dates.csv", "Every date could be day/month or month/day", text(EARLY).encode()),
    Dirty(
        "american-dates.csv", "The same, said to be month/day/year", text(EARLY).encode(), given={"dates": "mm/dd/yyyy"}
    ),
    Dirty(
        "dates-of-two-kinds.csv",
        "Dates of both orders in one column",
        text([ROWS[1], ("a4", "02/14/2026", "oui", "9", "Féminin")]).encode(),
    ),
    Dirty("no-such-day.csv", "31 February", text([*ROWS, ("a4", "31/02/2026", "oui", "9", "Féminin")]).encode()),
    Dirty(
        "short-years.csv",
        "Years of two figures, and hours",
        text([(ref, f"{date[:6]}26 14h05", *rest) for ref, date, *rest in ROWS]).encode(),
    ),
    Dirty(
        "comma-or-thousands.csv",
        "`1,015`: a decimal in French, a thousand in English",
        text([("a1", "2026-02-03", "oui", '"1,015"', "Féminin")], by=",").encode(),
    ),
    Dirty(
        "both-decimals.csv",
        "`12,5` and `12.5` in one column",
        text([ROWS[0], ("a2", "14/02/2026", "non", "8.5", "Masculin")]).encode(),
    ),
    Dirty(
        "percent.csv",
        "A percent sign: 12 or 0.12?",
        text([*ROWS, ("a4", "06/03/2026", "oui", "12 %", "Féminin")]).encode(),
    ),
    Dirty("compressed.csv.gz", "Compressed with gzip", gzip.compress(text().encode())),
    Dirty("cut-short.csv.gz", "A compressed file that was cut short in a copy", gzip.compress(text().encode())[:-12]),
    Dirty("zip-renamed.csv", "A zip archive whose name says CSV", zipped("data.csv", text().encode())),
    Dirty(
        "web-page.csv",
        "A web page whose name says CSV, as some programs “export to Excel”",
        b"<html><table><tr><td>ref</td></tr></table></html>",
    ),
    Dirty(
        "old-excel.csv", "An old workbook (.xls) whose name says CSV", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    ),
    Dirty("workbook.xlsx", "An Excel workbook with dates and numbers of Excel", workbook(TYPED)),
    Dirty("text-dates.xlsx", "A workbook whose dates and numbers are texts", workbook([NAMES, *ROWS])),
    Dirty(
        "two-sheets.xlsx",
        "Two sheets that hold something",
        workbook(TYPED, lambda book, sheet: book.create_sheet("Notes").append(["?"])),
    ),
    Dirty(
        "sheet-told.xlsx",
        "The same, with `--sheet Données`",
        workbook(TYPED, lambda book, sheet: book.create_sheet("Notes").append(["?"])),
        given={"sheet": "Données"},
    ),
    Dirty("merged.xlsx", "Merged cells in the names", workbook(TYPED, lambda book, sheet: sheet.merge_cells("D1:E1"))),
    Dirty(
        "formula.xlsx",
        "A formula that was never worked out",
        workbook(TYPED, lambda book, sheet: sheet.__setitem__("D2", "=6+6.5")),
    ),
    Dirty(
        "excel-error.xlsx",
        "A cell that shows `#N/A`",
        workbook([*TYPED, ("a4", dt.date(2026, 3, 6), "oui", "#N/A", "Féminin")]),
    ),
    Dirty("damaged.xlsx", "A workbook that was cut short", workbook(TYPED)[:2000]),
    Dirty(
        "bad-line.jsonl",
        "JSON lines, one of them broken",
        b'{"ref":"a1","date":"2026-02-03","retenu":"oui","note":12.5,"sexe":"F"}\n{"ref":"a2",\n',
    ),
)
