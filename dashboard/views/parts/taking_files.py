"""A figure as files, an image that can stand alone and a table for a spreadsheet, and where they are taken."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from html import escape
from pathlib import Path

import vl_convert
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from boussole.audits.errors import BoussoleError
from boussole.audits.formulas import escaped
from boussole.audits.languages import LANGUAGES
from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.fontfiles import QUOTED, embed, printable, register
from boussole.dashboard.markup.marks import INK, INK_2, mark_svg, word
from boussole.dashboard.markup.words.say import Say, speaker
from boussole.dashboard.server.access.permissions import Person
from boussole.dashboard.server.access.routes import figure_path
from boussole.dashboard.server.access.sessions import looking, of_request
from boussole.dashboard.views.charts.sheet import MOST, table_picture
from boussole.dashboard.views.charts.strips import broken
from boussole.dashboard.views.parts.taking import Figure, Figures, Wanted, citation, file_name, source_line

# A figure as files: an image that can stand alone, as a drawing or as pixels, and a table for a spreadsheet.


LEAST, EDGE, GROUND = 760.0, 32.0, "#ffffff"
_BEGUN = re.compile(r'<svg([^>]*?)\swidth="([\d.]+)" height="([\d.]+)"([^>]*)>')


class _Paper:
    """White paper that grows downwards."""

    def __init__(self, width: float) -> None:
        self.width, self.top, self.parts = width, EDGE - 8, list[str]()

    @property
    def room(self) -> float:
        return self.width - 2 * EDGE

    def write(self, text: str, size: float, ink: str, *, weight: str = "normal", within: float | None = None) -> None:
        """A paragraph; long lines are no easier to read on wide paper."""
        room = min(self.room, within or self.room)
        for line in broken(printable(text), size, within=room, weight=weight):
            self.top += round(size * 1.35)
            self.parts.append(_text(line, EDGE, self.top, size=size, ink=ink, weight=weight))

    def put(self, svg: str, width: float, high: float) -> None:
        """A drawing in the middle."""
        self.top += 14
        left = (self.width - width) / 2
        place = f'x="{left:.1f}" y="{self.top:.1f}" width="{width:.1f}" height="{high:.1f}"'
        self.parts.append(_BEGUN.sub(rf"<svg\1 {place}\4>", svg, count=1))
        self.top += high

    def whole(self) -> str:
        high = self.top + EDGE - 8
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width:.0f}" height="{high:.0f}" '
            f'viewBox="0 0 {self.width:.0f} {high:.0f}">'
            f'<rect width="{self.width:.0f}" height="{high:.0f}" fill="{GROUND}"/>{"".join(self.parts)}</svg>'
        )


def image(figure: Figure, say: Say) -> str:
    """The mark and the sentence, if there are any, the title, the drawing, and where it comes from."""
    drawn, hidden = figure.draw(), 0
    svg = drawn.svg
    if not svg:
        sheet = figure.fill()
        svg, hidden = table_picture(sheet, width=LEAST - 2 * EDGE), max(0, len(sheet.rows) - MOST)
    width, high = _size(svg)
    if drawn.ends is not None:  # a small drawing, which has words around it and none inside
        width, high = LEAST - 2 * EDGE, high * (LEAST - 2 * EDGE) / width
    paper = _Paper(max(LEAST, width + 2 * EDGE))
    if figure.verdict:
        mark, place = mark_svg(figure.verdict, size=20), f'x="{EDGE}" y="{paper.top}"'
        paper.parts.append(f"<svg {place}{mark.removeprefix('<svg')}")
        paper.parts.append(_text(word(figure.verdict, say), EDGE + 28, paper.top + 16, size=16, ink=INK))
        paper.top += 24
    paper.write(figure.title, 22, INK, weight="bold", within=900)
    paper.top += 4
    if figure.sentence:
        paper.write(figure.sentence, 18, INK, within=900)
    paper.put(svg, width, high)
    if drawn.ends is not None:
        paper.top += 18
        paper.parts.append(_text(drawn.ends[0], EDGE, paper.top, size=14, ink=INK_2))
        paper.parts.append(_text(drawn.ends[1], paper.width - EDGE, paper.top, size=14, ink=INK_2, anchor="end"))
    paper.top += 6
    for note in _notes(drawn.notes, hidden, say):
        paper.write(note, 14, INK_2)
    paper.top += 6
    paper.write(source_line(figure.source, say), 13, INK_2)
    return paper.whole()


def _notes(notes: Sequence[str], hidden: int, say: Say) -> list[str]:
    more = say.plural("One more row is in the table (CSV).", "{n} more rows are in the table (CSV).", hidden)
    return [*notes, *([more] if hidden else [])]


def svg_file(figure: Figure, say: Say, _on: dt.date) -> bytes:
    """The image with its fonts inside."""
    return embed(image(figure, say)).encode()


def png_file(figure: Figure, say: Say, _on: dt.date) -> bytes:
    """The image as pixels, twice as many as its size."""
    return _pixels(image(figure, say))


@lru_cache(maxsize=64)
def _pixels(svg: str) -> bytes:
    """Made once for the same image: it takes a tenth of a second."""
    register()
    return bytes(vl_convert.svg_to_png(svg, scale=2))


def csv_file(figure: Figure, say: Say, on: dt.date) -> bytes:
    """The table as a spreadsheet takes it: its mark, semicolons, and no text that it would run."""
    sheet, file = figure.fill(), io.StringIO()
    out = csv.writer(file, delimiter=";", quoting=csv.QUOTE_MINIMAL)
    out.writerow([say("Figure"), escaped(figure.title)])
    if figure.sentence:
        out.writerow([say("The answer"), escaped(figure.sentence)])
    out.writerow([say("To cite it:"), escaped(citation(figure, say, on=on))])
    out.writerow([])
    out.writerow([escaped(each) for each in sheet.head])
    out.writerows([escaped(str(each)) for each in row] for row in sheet.rows)
    return b"\xef\xbb\xbf" + file.getvalue().encode()


def _text(
    text: str, x: float, y: float, *, size: float, ink: str, weight: str = "normal", anchor: str = "start"
) -> str:
    font = f'font-family="{QUOTED}" font-size="{size:g}" font-weight="{weight}" text-anchor="{anchor}"'
    return f'<text x="{x:g}" y="{y:.0f}" {font} fill="{ink}">{escape(printable(text))}</text>'


def _size(svg: str) -> tuple[float, float]:
    found = _BEGUN.search(svg)
    return (float(found.group(2)), float(found.group(3))) if found else (0.0, 0.0)


# Where figures are taken along, beside the app: one address for each page, which asks for what its page asks.


KINDS: dict[str, tuple[Callable[..., bytes], str]] = {
    "png": (png_file, "image/png"),
    "svg": (svg_file, "image/svg+xml"),
    "csv": (csv_file, "text/csv; charset=utf-8"),
}
_HEADERS = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:",
}


def figure_routes(home: Path, page: str, figures: Figures) -> list[Route]:
    """The address of the figures of a page of a workspace."""

    async def file(request: Request) -> Response:
        return await run_in_threadpool(_file, request, home, figures)

    return [Route(figure_path(page), file)]


def _file(request: Request, home: Path, figures: Figures) -> Response:
    asked = request.path_params
    lang, _, kind = asked["file"].partition(".")
    if lang not in LANGUAGES or kind not in KINDS:
        return _none()
    make, media = KINDS[kind]
    workspace = Workspace(home)
    try:
        person: Person = getattr(request.state, "person", None) or of_request(request, home)
        settings = workspace.settings
        say = speaker(lang, settings.zone, settings.language)
        query = {**request.query_params, "lang": lang}
        with looking(person):
            found = figures(Wanted(workspace=workspace, query=query, say=say, person=person))
            figure = found.get(asked["figure"])
            content = make(figure, say, workspace.today()) if figure else b""
    except BoussoleError as error:
        return PlainTextResponse(f"{error}\n", status_code=409, headers=_HEADERS)
    if figure is None:
        return _none()
    headers = {**_HEADERS, "Content-Disposition": f'attachment; filename="{file_name(figure, kind)}"'}
    return Response(content, media_type=media, headers=headers)


def _none() -> Response:
    return PlainTextResponse("There is no such figure.\n", status_code=404, headers=_HEADERS)
