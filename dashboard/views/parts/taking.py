"""A figure that can be taken along: what it shows and of whom, its source and seal, how to cite it; and it as files."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path
from urllib.parse import quote, urlsplit

import streamlit as st
import vl_convert
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from boussole.audits.errors import BoussoleError
from boussole.audits.formulas import escaped
from boussole.audits.languages import LANGUAGES, inside
from boussole.audits.ledger.log import entry_at
from boussole.audits.ledger.tree import size_of
from boussole.audits.workspace import Workspace
from boussole.charter.document import AuditDocument, Standing
from boussole.charter.records.database import reading
from boussole.dashboard.markup.elements import INK, INK_2, QUOTED, Html, embed, mark_svg, printable, register, word
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say, speaker
from boussole.dashboard.server.access.permissions import Person
from boussole.dashboard.server.access.sessions import here, looking, of_request
from boussole.dashboard.server.process import Stamp, newest, records_stamp
from boussole.dashboard.server.routes import figure_path
from boussole.dashboard.views.charts.strips import broken
from boussole.dashboard.views.charts.tables import MOST, MarkedTable, table_picture
from boussole.dashboard.views.scene import period

# The seal of a figure: the entries that sealed what it shows, and the root of the ledger with the last of them.


@dataclass(frozen=True, kw_only=True)
class Seal:
    """`entries` sealed what is shown; with entry `at` the ledger had the root `root`, in hexadecimal.

    Without entries nothing sealed it: the root only says how the ledger stood when it was made.
    """

    entries: Sequence[int]
    at: int
    root: str


def sealed(workspace: Workspace, entries: Iterable[int | None], *, now: bool = False) -> Seal | None:
    """The seal of these entries, at the last of them; `now`, or without any, at the newest entry of the ledger.

    None where the ledger has no entry. Raises BoussoleError where it cannot be read, or is damaged there. Kept until
    something is written to the records: a page asks for that of each of its figures, in each language.
    """
    found = tuple(sorted({each for each in entries if each is not None}))
    return _sealed(workspace.home, records_stamp(workspace), found, now)


@newest(400)
def _sealed(home: Path, _stamp: Stamp, found: tuple[int, ...], now: bool) -> Seal | None:
    with reading(Workspace(home)) as connection:
        size = size_of(connection) if connection is not None else 0
        if connection is None or not size:
            return None
        at = size - 1 if now or not found else found[-1]
        return Seal(entries=found, at=at, root=entry_at(connection, at).root)


def sealed_now(workspace: Workspace, documents: Iterable[Standing]) -> Seal | None:
    """The seal of verdicts as they stand: of the audits behind them, and of all that people have stated since."""
    return sealed(workspace, (each.entry for each in documents), now=True)


# A figure that can be taken along: what it is called, what it shows, and where it comes from.


@dataclass(frozen=True, kw_only=True)
class FigureSource:
    """Where a figure comes from: whose it is, of which systems and which time, by which charter, and how it is sealed.

    `seal`: None where the ledger has no entry yet.
    """

    organisation: str
    about: str
    period: str
    charter: str
    seal: Seal | None


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """A drawing, the words that stand around it on its page, and those of its two ends below it.

    `sheet`: the figure is its table, which is drawn as it stands.
    """

    svg: str = ""
    ends: tuple[str, str] | None = None
    notes: Sequence[str] = ()


TABLE = Drawing()
"""Of a figure that is a table."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """`href`: the address that shows it again, with nothing of who looked; `draw` and `fill` make the drawing and the
    table once they are asked for."""

    title: str
    source: FigureSource
    href: str
    fill: Callable[[], MarkedTable]
    draw: Callable[[], Drawing] = lambda: TABLE
    sentence: str = ""
    verdict: str = ""
    prints: Sequence[tuple[str, str]] = ()
    """Names and fingerprints of what it rests on."""


@dataclass(frozen=True, kw_only=True)
class FiguresQuery:
    """Which figures are asked for: of which workspace, as which address of the page shows them, in whose words.

    `person`: who asks, for a page that shows more to some.
    """

    workspace: Workspace
    query: Mapping[str, str]
    say: Say
    person: Person


Figures = Callable[[FiguresQuery], Mapping[str, Figure]]
"""What a page gives: its figures by the name that an address gives them."""


def file_name(figure: Figure, kind: str) -> str:
    """A name of plain words, without spaces or signs that a file system may not like.

    >>> source = FigureSource(organisation="", about="MatchFT", period="", charter="1", seal=None)
    >>> file_name(Figure(title="Équité : d’un mois à l’autre", source=source, href="", fill=list), "png")
    'matchft_equite-d-un-mois-a-l-autre.png'
    """
    parts = [_plain(each, most) for each, most in ((figure.source.about, 40), (figure.title, 80))]
    return f"{'_'.join(part for part in parts if part) or 'figure'}.{kind}"


def file_href(page: str, name: str, kind: str, figure: Figure, lang: str) -> str:
    """The address of a file of a figure: that of its view, with what the view asks for.

    >>> source = FigureSource(organisation="", about="", period="", charter="", seal=None)
    >>> shown = Figure(title="", source=source, href="/article?article=equite&lang=fr#trend", fill=list)
    >>> file_href("article", "trend", "png", shown, "fr")
    '/figure-file/article/trend/fr.png?article=equite&lang=fr'
    """
    asked = urlsplit(figure.href).query
    return f"/figure-file/{page}/{quote(name, safe='')}/{lang}.{kind}" + (f"?{asked}" if asked else "")


def _plain(text: str, most: int) -> str:
    """Lower-case letters of the Latin alphabet and digits, with hyphens between words."""
    apart = re.sub("['\u2019]", " ", text.replace("œ", "oe").replace("Œ", "Oe"))
    plain = unicodedata.normalize("NFKD", apart).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain.lower())
    kept = ""
    for each in words:
        if kept and len(kept) + 1 + len(each) > most:
            break
        kept = f"{kept}-{each[:most]}" if kept else each[:most]
    return kept


# How to cite a figure: one sentence, and the line that its image bears.


NAMED = 4
"""Entries that are named one by one."""


def citation(figure: Figure, say: Say, *, on: dt.date) -> str:
    """Whose figure, of what, of which time, by which charter, under which seal, and when it was looked at."""
    source = figure.source
    parts = [
        source.organisation,
        source.about,
        say("“{title}”", title=figure.title),
        source.period,
        _charter(source, say),
        seal_words(source.seal, say),
        say("looked at on {date}", date=say.date(on)),
    ]
    return ", ".join(dict.fromkeys(part for part in parts if part)) + "."


def source_line(source: FigureSource, say: Say) -> str:
    """The same without title and day of looking, as it stands under an image."""
    parts = [source.organisation, source.about, source.period, _charter(source, say), seal_words(source.seal, say)]
    return say("Source: {parts}.", parts=" · ".join(dict.fromkeys(part for part in parts if part)))


def _charter(source: FigureSource, say: Say) -> str:
    return say("charter {version}", version=source.charter) if source.charter else ""


def seal_words(seal: Seal | None, say: Say) -> str:
    """The entries that sealed it, and the root of the ledger that holds them."""
    if seal is None:
        return say("not sealed")
    if not seal.entries:
        return say(
            "sealed by no audit; the ledger then stood at entry {n}, root {root}", n=say.whole(seal.at), root=seal.root
        )
    named = ", ".join(map(say.whole, seal.entries))
    if len(seal.entries) > NAMED:
        first, last = (say.whole(each) for each in (seal.entries[0], seal.entries[-1]))
        named = say("{n} from {first} to {last}", n=say.whole(len(seal.entries)), first=first, last=last)
    if len(seal.entries) == 1 and seal.at == seal.entries[0]:
        return say("sealed as entry {n} of the ledger, root {root}", n=named, root=seal.root)
    told = say.plural(
        "Sealed as entry {named} of the ledger",
        "Sealed as entries {named} of the ledger",
        len(seal.entries),
        named=named,
    )
    return say("{told}, root {root} at entry {n}", told=inside(told), n=say.whole(seal.at), root=seal.root)


# How a figure calls the systems that it is about, and the time of their audits.


SYSTEMS_NAMED = 3


def systems_named(titles: Sequence[str], say: Say) -> str:
    """A few by their names, more by their number."""
    return ", ".join(titles) if len(titles) <= SYSTEMS_NAMED else say.plural("One system", "{n} systems", len(titles))


def charters_of(documents: Iterable[AuditDocument]) -> str:
    """The versions of the charter that judged audits, each once."""
    return " / ".join(dict.fromkeys(each.charter.version for each in documents))


def time_of(documents: Iterable[AuditDocument], say: Say) -> str:
    """The window of audits, from the first day of any to the last day of any."""
    found: Collection[AuditDocument] = list(documents)
    if len({period(each, say) for each in found}) == 1:
        return period(next(iter(found)), say)
    windows = [each.window for each in found]
    return say.period(min(each.start for each in windows), max(each.end for each in windows)) if windows else ""


# What stands under a figure: one fold with its files, its address, and how to cite it; and how a page asks for it.


Along = Callable[[str], Html]
"""The fold under a figure, by its name; nothing where the page has no such figure."""
LANGUAGE_NAMES = {"fr": "Français", "en": "English"}


def nothing(_name: str) -> Html:
    """No fold: for a page that is drawn where nobody takes anything."""
    return Html("")


def fold(
    figure: Figure,
    say: Say,
    *,
    others: Mapping[str, tuple[Figure, Say]],
    files: Mapping[str, str],
    site: str,
    on: dt.date,
) -> Html:
    """`others`: the figure in the other languages; `files`: where each kind is; `site`: where people open the app."""
    named = [("png", say("Image (PNG)")), ("svg", say("Image (SVG)")), ("csv", say("Table (CSV)"))]
    takes = [(name, files[kind], file_name(figure, kind)) for kind, name in named]
    cited = [
        (lang, LANGUAGE_NAMES[lang], citation(each, spoken, on=on))
        for lang, (each, spoken) in {say.lang: (figure, say), **others}.items()
    ]
    return Template("views/parts/taking.html", say)("fold", figure, takes, site.rstrip("/") + figure.href, cited)


def along(page: str, figures: Figures, say: Say) -> Along:
    """The folds of the page at the address that is looked at."""
    workspace, query = Workspace.find(), st.query_params.to_dict()
    spoken: dict[str, Say] = {
        lang: say if lang == say.lang else speaker(lang, say.zone, say.main) for lang in LANGUAGES
    }
    try:
        found: dict[str, Mapping[str, Figure]] = {
            lang: figures(FiguresQuery(workspace=workspace, query={**query, "lang": lang}, say=each, person=here()))
            for lang, each in spoken.items()
        }
    except BoussoleError as error:
        told = Template("views/parts/taking.html", say)("unread", error.what, error.next_step)
        return lambda _name: told

    def under(name: str) -> Html:
        figure = found[say.lang].get(name)
        if figure is None:
            return Html("")
        others = {lang: (found[lang][name], each) for lang, each in spoken.items() if name in found[lang]}
        files = {kind: file_href(page, name, kind, figure, say.lang) for kind in ("png", "svg", "csv")}
        site, today = workspace.settings.access.address, workspace.today()
        return fold(figure, say, others=others, files=files, site=site, on=today)

    return under


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
            found = figures(FiguresQuery(workspace=workspace, query=query, say=say, person=person))
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
