"""An answer to take away: its picture, with what it says and where it comes from, and its table."""

from __future__ import annotations

import csv
import io
import re
from html import escape

import vl_convert

from boussole.audits.formulas import escaped
from boussole.dashboard.charts.rose import wrapped
from boussole.dashboard.markup.fontfiles import QUOTED, embed, register
from boussole.dashboard.markup.marks import INK, INK_2, PAPER, mark_svg, word
from boussole.dashboard.markup.printable import printable
from boussole.dashboard.pages.answer.view import AnswerPage
from boussole.dashboard.words.say import Say

WIDE, EDGE, LINE = 760, 32, 30


def drawing(page: AnswerPage, say: Say) -> str:
    """One picture that can stand alone: the verdict, the sentence, the dots, and how to cite it."""
    parts = [_mark(page, say)]
    top: float = EDGE + 20
    for at, line in enumerate(wrapped(page.sentence, width=56)):
        parts.append(_text(line, (EDGE, top + LINE * (at + 1)), INK, 23, "bold"))
    top += LINE * len(wrapped(page.sentence, width=56)) + 24
    chart = page.picture.wide if page.picture else page.detail.chart.svg if page.detail and page.detail.chart else ""
    if chart:
        parts.append(f'<svg x="{EDGE}" y="{top}"{chart.removeprefix("<svg")}')
        top += _high(chart) + 8
    for line in wrapped(page.citation.text.removeprefix(page.sentence).strip(" ()"), width=88):
        top += 20
        parts.append(_text(line, (EDGE, top), INK_2, 14, "normal"))
    high = top + EDGE
    paper = f'<rect width="{WIDE}" height="{high:.0f}" fill="{PAPER}"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDE}" height="{high:.0f}" viewBox="0 0 {WIDE} {high:.0f}">'
        f"{paper}{''.join(parts)}</svg>"
    )


def svg_file(page: AnswerPage, say: Say) -> bytes:
    """The picture with its fonts inside."""
    return embed(drawing(page, say)).encode()


def png_file(page: AnswerPage, say: Say) -> bytes:
    """The picture as pixels, twice as many as its size."""
    register()
    return bytes(vl_convert.svg_to_png(drawing(page, say), scale=2))


def csv_file(page: AnswerPage, say: Say) -> bytes:
    """The table as a spreadsheet takes it: its mark, semicolons, and no text that it would run."""
    table, file = page.detail.table if page.detail else None, io.StringIO()
    out = csv.writer(file, delimiter=";", quoting=csv.QUOTE_MINIMAL)
    out.writerow([say("Question"), escaped(page.question)])
    out.writerow([say("Answer"), escaped(page.sentence)])
    out.writerow([say("To cite it:"), escaped(page.citation.text)])
    if table is not None:
        out.writerow([])
        out.writerow([*map(escaped, table.head)])
        for cells, verdict in zip(table.rows, table.verdicts, strict=True):
            out.writerow([*map(escaped, cells), word(verdict, say) if verdict else ""])
    return b"\xef\xbb\xbf" + file.getvalue().encode()


def _mark(page: AnswerPage, say: Say) -> str:
    mark = mark_svg(page.verdict, size=20)
    place = f'<svg x="{EDGE}" y="{EDGE - 12}"{mark.removeprefix("<svg")}'
    return place + _text(word(page.verdict, say), (EDGE + 28, EDGE + 4), INK, 16, "normal")


def _text(text: str, at: tuple[float, float], ink: str, size: int, weight: str) -> str:
    x, y = at
    font = f'font-family="{QUOTED}" font-size="{size}" font-weight="{weight}"'
    return f'<text x="{x}" y="{y:.0f}" {font} fill="{ink}">{escape(printable(text))}</text>'


def _high(svg: str) -> float:
    found = re.search(r'<svg[^>]*\sheight="([\d.]+)"', svg)
    return float(found.group(1)) if found else 0.0
