"""Forty files as agencies have them, and what is said to each: `docs/dirty-files.md` is made from this table."""

# ruff: noqa: E501 (what is said stands in one line)

from __future__ import annotations

import datetime as dt
import gzip
import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl

from boussole.audits.decisions import validate
from boussole.audits.errors import SourceError
from boussole.audits.systems.model import Files
from boussole.audits.workspace import Workspace
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
    """A file: its name, what is wrong with it in a few words, its bytes, what somebody says of it, what is said."""

    name: str
    wrong: str
    content: bytes
    told: str
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
        "read as cp1252, `;`, decimal comma, dates day/month/year; 3 accepted, 0 set aside.",
    ),
    Dirty(
        "utf8-bom.csv",
        "UTF-8 with a byte order mark, as “CSV UTF-8” of Excel",
        text().encode("utf-8-sig"),
        "read as UTF-8, `;`, decimal comma, dates day/month/year; 3 accepted, 0 set aside.",
    ),
    Dirty(
        "utf16.csv",
        "UTF-16 with a mark, between tabs, as “Unicode text” of Excel",
        text(by="\t").encode("utf-16"),
        "read as UTF-16, tab, decimal comma, dates day/month/year; 3 accepted, 0 set aside.",
    ),
    Dirty(
        "utf16-no-mark.csv",
        "UTF-16 without a mark",
        text().encode("utf-16-le"),
        "read as UTF-16-LE, `;`, decimal comma, dates day/month/year; 3 accepted, 0 set aside.",
    ),
    Dirty(
        "latin1.csv",
        "Said to be latin-1, and is",
        text(EARLY).encode("latin-1"),
        "read as latin-1, `;`, dates day/month/year; 2 accepted, 0 set aside.",
        given={"encoding": "latin-1", "dates": "jj/mm/aaaa"},
    ),
    Dirty(
        "msdos.csv",
        "cp850, of a program from the days of MS-DOS",
        text(EARLY).encode("cp850"),
        "row 1, column 'sexe': the byte 0x82 is not UTF-8, and the file is not cp1252 either. Give --encoding (cp850 for MS-DOS, mac-roman, iso-8859-15…), or save it as UTF-8.",
    ),
    Dirty(
        "msdos-told.csv",
        "The same, said to be cp850",
        text(EARLY).encode("cp850"),
        "read as cp850, `;`, dates day/month/year; 2 accepted, 0 set aside.",
        given={"encoding": "cp850", "dates": "dd/mm/yyyy"},
    ),
    Dirty(
        "macintosh.csv",
        "Mac Roman, of an old Macintosh",
        text(EARLY).encode("mac-roman"),
        "row 1, column 'sexe': the byte 0x8E is not UTF-8, and the file is not cp1252 either. Give --encoding (cp850 for MS-DOS, mac-roman, iso-8859-15…), or save it as UTF-8.",
    ),
    Dirty(
        "said-utf8.csv",
        "Said to be UTF-8, and is cp1252",
        text(EARLY).encode("cp1252"),
        "row 1, column 'sexe': the byte 0xE9 is not UTF-8. Leave --encoding (or `files.encoding` of the system file) out, or correct it.",
        given={"encoding": "utf-8"},
    ),
    Dirty(
        "said-cp1252.csv",
        "Said to be cp1252, and is UTF-8: `é` would become `Ã©`",
        text(EARLY).encode(),
        "the file is said to be cp1252, and it is UTF-8. Leave --encoding (or `files.encoding` of the system file) out, or correct it.",
        given={"encoding": "cp1252"},
    ),
    Dirty(
        "two-encodings.csv",
        "One row pasted in cp1252 into a file of UTF-8",
        text().encode() + "a4;06/03/2026;oui;9;Féminin\r\n".encode("cp1252"),
        "row 4, column 'sexe': the byte 0xE9 is not UTF-8. The rest is: write all of it in one encoding, as UTF-8.",
    ),
    Dirty(
        "nul.csv",
        "NUL bytes in a row",
        text().encode().replace(b"8,25", b"8\0\0025"),
        "a NUL byte stands in line 3: the file is damaged, or is no text. Export it again.",
    ),
    Dirty(
        "iso.csv",
        "Nothing: commas, points, 2026-02-03",
        text(plain(ISO), by=",", end="\n").encode(),
        "read as UTF-8, `,`; 3 accepted, 0 set aside.",
    ),
    Dirty(
        "tabs.tsv",
        "Tabs",
        text(by="\t").encode(),
        "read as UTF-8, tab, decimal comma, dates day/month/year; 3 accepted, 0 set aside.",
    ),
    Dirty(
        "pipes.txt",
        "Vertical bars",
        text(by="|").encode(),
        "read as UTF-8, `|`, decimal comma, dates day/month/year; 3 accepted, 0 set aside.",
    ),
    Dirty(
        "sep-line.csv",
        "A first line `sep=;`, which Excel writes for itself",
        ("sep=;\r\n" + text()).encode(),
        "read as UTF-8, `;`, decimal comma, dates day/month/year; 3 accepted, 0 set aside.",
    ),
    Dirty(
        "quoted-newline.csv",
        "A line break within a cell, between quotation marks",
        text([*ROWS, ("a4", "06/03/2026", "oui", "9", '"Féminin\nsic"')]).encode(),
        "read as UTF-8, `;`, decimal comma, dates day/month/year; 4 accepted, 0 set aside.",
    ),
    Dirty(
        "mixed-line-ends.csv",
        "Lines that end in both ways: two exports put together",
        (text(end="\n") + "a4;06/03/2026;oui;9;Féminin\r\n").encode(),
        "read as UTF-8, `;`, decimal comma, dates day/month/year; 4 accepted, 0 set aside.",
    ),
    Dirty(
        "old-mac-lines.csv",
        "Lines that end in carriage returns",
        text(end="\r").encode(),
        "read as UTF-8, `;`, decimal comma, dates day/month/year; 3 accepted, 0 set aside.",
    ),
    Dirty(
        "ragged.csv",
        "A row with too few columns, and one with too many",
        text([*ROWS, ("a4", "06/03/2026"), ("a5", "06/03/2026", "oui", "9", "Féminin", "?")]).encode(),
        "read as UTF-8, `;`, decimal comma, dates day/month/year; 3 accepted, 2 set aside; column 'retenu': the line cannot be read: missing columns (row 4); column '(line)': the line cannot be read: too many columns (row 5).",
    ),
    Dirty(
        "open-quote.csv",
        "A quotation mark that never closes: all rows below it would be swallowed",
        text([ROWS[0], ("a2", "14/02/2026", "non", "8", '"Masculin'), ROWS[2]]).encode(),
        "row 2: a quotation mark opens there and does not close; 2 lines were taken for one. Correct that line: a quotation mark within a value is written twice.",
    ),
    Dirty(
        "totals.csv",
        "A line of totals at the end",
        text([*ROWS, ("Total", "", "", "1035,75", "")]).encode(),
        "read as UTF-8, `;`, decimal comma, dates day/month/year; 3 accepted, 1 set aside; column 'ref': a line of totals, not a row (row 4).",
    ),
    Dirty(
        "no-header.csv",
        "No names in the first line",
        text(names=()).encode(),
        "the first line is a row, not the names of the columns: its column 2 holds a value. Write the names in the first line; or give --no-header to call them column1, column2…, --header if these are the names.",
    ),
    Dirty(
        "title.csv",
        "A title above the names",
        ("Extraction du 7 mars\r\n" + text()).encode(),
        "the first line holds one value, where the others have 5: a title, not the names of columns. Remove what stands above the names of the columns.",
    ),
    Dirty(
        "names-twice.csv",
        "Two columns named `note`",
        text([(*row, "1") for row in ROWS], names=[*NAMES, "Note"]).encode(),
        "two columns are named 'note' (upper and lower case are the same). Give each column a name of its own.",
    ),
    Dirty(
        "name-missing.csv",
        "A column that the system file names is called otherwise",
        text(names=("ref", "date", "retenu", "notes", "sexe")).encode(),
        "missing column: 'note' (Did you mean 'notes'?). Add the column to the file, or correct the name in the system file.",
    ),
    Dirty(
        "blanks-in-names.csv",
        "Blanks around the names",
        text(names=(" ref ", "date ", " retenu", "note\u00a0", "sexe")).encode(),
        "read as UTF-8, `;`, decimal comma, dates day/month/year; 3 accepted, 0 set aside.",
    ),
    Dirty(
        "only-header.csv",
        "Names, and no row",
        text([]).encode(),
        "the file holds no row. Export it again with its rows.",
    ),
    Dirty("empty.csv", "0 bytes", b"", "the file is empty (0 bytes). Export it again."),
    Dirty(
        "ambiguous-dates.csv",
        "Every date could be day/month or month/day",
        text(EARLY).encode(),
        "the column 'date' holds 2 date(s) that can be read both as day/month and as month/day, and nothing in the file tells which. Give --dates dd/mm/yyyy or --dates mm/dd/yyyy (or `files: {dates: …}` in the system file).",
    ),
    Dirty(
        "american-dates.csv",
        "The same, said to be month/day/year",
        text(EARLY).encode(),
        "read as UTF-8, `;`, dates month/day/year; 2 accepted, 0 set aside.",
        given={"dates": "mm/dd/yyyy"},
    ),
    Dirty(
        "dates-of-two-kinds.csv",
        "Dates of both orders in one column",
        text([ROWS[1], ("a4", "02/14/2026", "oui", "9", "Féminin")]).encode(),
        "dates of two kinds: row 1 of the column 'date' can only be day/month, row 2 of 'date' only month/day. Write them all in one way.",
    ),
    Dirty(
        "no-such-day.csv",
        "31 February",
        text([*ROWS, ("a4", "31/02/2026", "oui", "9", "Féminin")]).encode(),
        "read as UTF-8, `;`, decimal comma, dates day/month/year; 3 accepted, 1 set aside; column 'date': not a date (write 2026-09-30 or 2026-09-30T14:05:00) (row 4).",
    ),
    Dirty(
        "short-years.csv",
        "Years of two figures, and hours",
        text([(ref, f"{date[:6]}26 14h05", *rest) for ref, date, *rest in ROWS]).encode(),
        "read as UTF-8, `;`, decimal comma, dates day/month/year; 3 accepted, 0 set aside.",
    ),
    Dirty(
        "comma-or-thousands.csv",
        "`1,015`: a decimal in French, a thousand in English",
        text([("a1", "2026-02-03", "oui", '"1,015"', "Féminin")], by=",").encode(),
        "the column 'note' holds 1 number(s) with a comma before three figures, decimals or thousands: nothing in the file tells which. Give --decimal , or --decimal . (or `files: {decimal: …}` in the system file).",
    ),
    Dirty(
        "both-decimals.csv",
        "`12,5` and `12.5` in one column",
        text([ROWS[0], ("a2", "14/02/2026", "non", "8.5", "Masculin")]).encode(),
        "the column 'note' has numbers with a decimal comma and others with a decimal point. Write them all in one way.",
    ),
    Dirty(
        "percent.csv",
        "A percent sign: 12 or 0.12?",
        text([*ROWS, ("a4", "06/03/2026", "oui", "12 %", "Féminin")]).encode(),
        "read as UTF-8, `;`, decimal comma, dates day/month/year; 3 accepted, 1 set aside; column 'note': not a number (row 4).",
    ),
    Dirty(
        "compressed.csv.gz",
        "Compressed with gzip",
        gzip.compress(text().encode()),
        "read as UTF-8, `;`, decimal comma, dates day/month/year; 3 accepted, 0 set aside.",
    ),
    Dirty(
        "cut-short.csv.gz",
        "A compressed file that was cut short in a copy",
        gzip.compress(text().encode())[:-12],
        "the compressed file is cut short or damaged: it cannot be unpacked to its end. Copy or export it again: nothing was read from it.",
    ),
    Dirty(
        "zip-renamed.csv",
        "A zip archive whose name says CSV",
        zipped("data.csv", text().encode()),
        "this is no text: it is a zip archive or an Excel workbook. Unpack it first; name an Excel workbook .xlsx.",
    ),
    Dirty(
        "web-page.csv",
        "A web page whose name says CSV, as some programs “export to Excel”",
        b"<html><table><tr><td>ref</td></tr></table></html>",
        "this is a web page or XML, whatever its name says. Open it in a spreadsheet program, and save it as CSV or .xlsx.",
    ),
    Dirty(
        "old-excel.csv",
        "An old workbook (.xls) whose name says CSV",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504),
        "this is no text: it is an old Excel workbook (.xls). Save it as an Excel workbook (.xlsx) or as CSV.",
    ),
    Dirty(
        "workbook.xlsx",
        "An Excel workbook with dates and numbers of Excel",
        workbook(TYPED),
        "read as Excel, sheet 'Données'; 2 accepted, 0 set aside.",
    ),
    Dirty(
        "text-dates.xlsx",
        "A workbook whose dates and numbers are texts",
        workbook([NAMES, *ROWS]),
        "read as Excel, sheet 'Données', decimal comma, dates day/month/year; 3 accepted, 0 set aside.",
    ),
    Dirty(
        "two-sheets.xlsx",
        "Two sheets that hold something",
        workbook(TYPED, lambda book, sheet: book.create_sheet("Notes").append(["?"])),
        "which sheet? Several hold something: 'Données', 'Notes'. Give --sheet NAME (or `files: {sheet: …}` in the system file).",
    ),
    Dirty(
        "sheet-told.xlsx",
        "The same, with `--sheet Données`",
        workbook(TYPED, lambda book, sheet: book.create_sheet("Notes").append(["?"])),
        "read as Excel, sheet 'Données'; 2 accepted, 0 set aside.",
        given={"sheet": "Données"},
    ),
    Dirty(
        "merged.xlsx",
        "Merged cells in the names",
        workbook(TYPED, lambda book, sheet: sheet.merge_cells("D1:E1")),
        "sheet 'Données': the cells D1:E1 are merged. Separate them: each column has one name, each row its own values.",
    ),
    Dirty(
        "formula.xlsx",
        "A formula that was never worked out",
        workbook(TYPED, lambda book, sheet: sheet.__setitem__("D2", "=6+6.5")),
        "sheet 'Données': the cell D2 holds a formula without a result. Open it in a spreadsheet program and save it, or paste the values in place of the formulas.",
    ),
    Dirty(
        "excel-error.xlsx",
        "A cell that shows `#N/A`",
        workbook([*TYPED, ("a4", dt.date(2026, 3, 6), "oui", "#N/A", "Féminin")]),
        "read as Excel, sheet 'Données'; 2 accepted, 1 set aside; column 'note': an error of Excel (#N/A) (row 3).",
    ),
    Dirty(
        "damaged.xlsx",
        "A workbook that was cut short",
        workbook(TYPED)[:2000],
        "this is no Excel workbook, or it is damaged. Save it as an Excel workbook (.xlsx), without a password.",
    ),
    Dirty(
        "bad-line.jsonl",
        "JSON lines, one of them broken",
        b'{"ref":"a1","date":"2026-02-03","retenu":"oui","note":12.5,"sexe":"F"}\n{"ref":"a2",\n',
        "the file cannot be read as jsonl: line 2 is no JSON. Open it with the tool that made it, and export it again.",
    ),
)


def said(entry: Dirty, folder: Path, workspace: Workspace) -> str:
    """What an import would say to a file, its own name left out."""
    path = folder / entry.name
    path.write_bytes(entry.content)
    try:
        report = validate(workspace, workspace.system("jobs"), path, files=Files.model_validate(entry.given))
    except SourceError as error:
        return str(error).replace(f"{path}: ", "").replace(f"{entry.name}: ", "")
    counts = f"{report.accepted} accepted, {report.quarantined} set aside"
    told = [*([report.read] if report.read else []), counts]
    return "; ".join([*told, *(rejection.sentence() for rejection in report.rejections)]) + "."
