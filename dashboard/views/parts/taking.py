"""A figure that can be taken along: what it shows and of whom, where it comes from, its seal, how to cite it."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import streamlit as st

from boussole.audits.errors import BoussoleError
from boussole.audits.languages import LANGUAGES, inside
from boussole.audits.ledger.log import entry_at
from boussole.audits.ledger.tree import size_of
from boussole.audits.workspace import Workspace
from boussole.charter.document import AuditDocument, Standing
from boussole.charter.records.database import reading
from boussole.dashboard.markup.elements import Html
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words.say import Say, speaker
from boussole.dashboard.server.access.permissions import Person
from boussole.dashboard.server.access.sessions import here
from boussole.dashboard.server.process import Stamp, newest, records_stamp
from boussole.dashboard.views.charts.sheet import Sheet
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
class Source:
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
    source: Source
    href: str
    fill: Callable[[], Sheet]
    draw: Callable[[], Drawing] = lambda: TABLE
    sentence: str = ""
    verdict: str = ""
    prints: Sequence[tuple[str, str]] = ()
    """Names and fingerprints of what it rests on."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which figures are asked for: of which workspace, as which address of the page shows them, in whose words.

    `person`: who asks, for a page that shows more to some.
    """

    workspace: Workspace
    query: Mapping[str, str]
    say: Say
    person: Person


Figures = Callable[[Wanted], Mapping[str, Figure]]
"""What a page gives: its figures by the name that an address gives them."""


def file_name(figure: Figure, kind: str) -> str:
    """A name of plain words, without spaces or signs that a file system may not like.

    >>> source = Source(organisation="", about="MatchFT", period="", charter="1", seal=None)
    >>> file_name(Figure(title="Équité : d’un mois à l’autre", source=source, href="", fill=list), "png")
    'matchft_equite-d-un-mois-a-l-autre.png'
    """
    parts = [_plain(each, most) for each, most in ((figure.source.about, 40), (figure.title, 80))]
    return f"{'_'.join(part for part in parts if part) or 'figure'}.{kind}"


def file_href(page: str, name: str, kind: str, figure: Figure, lang: str) -> str:
    """The address of a file of a figure: that of its view, with what the view asks for.

    >>> source = Source(organisation="", about="", period="", charter="", seal=None)
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
    for word in words:
        if kept and len(kept) + 1 + len(word) > most:
            break
        kept = f"{kept}-{word[:most]}" if kept else word[:most]
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


def source_line(source: Source, say: Say) -> str:
    """The same without title and day of looking, as it stands under an image."""
    parts = [source.organisation, source.about, source.period, _charter(source, say), seal_words(source.seal, say)]
    return say("Source: {parts}.", parts=" · ".join(dict.fromkeys(part for part in parts if part)))


def _charter(source: Source, say: Say) -> str:
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
            lang: figures(Wanted(workspace=workspace, query={**query, "lang": lang}, say=each, person=here()))
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
