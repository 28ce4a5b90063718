"""A figure that can be taken along: what it is called, what it shows, and where it comes from."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from boussole.audits.workspace import Workspace
from boussole.dashboard.access.people.person import Person
from boussole.dashboard.charts.sheet import Sheet
from boussole.dashboard.parts.taking.seals import Seal
from boussole.dashboard.words.say import Say


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

    >>> from boussole.dashboard.parts.taking.seals import Seal
    >>> source = Source(organisation="", about="MatchFT", period="", charter="1", seal=None)
    >>> file_name(Figure(title="Équité : d’un mois à l’autre", source=source, href="", fill=list), "png")
    'matchft_equite-d-un-mois-a-l-autre.png'
    """
    parts = [_plain(each, most) for each, most in ((figure.source.about, 40), (figure.title, 80))]
    return f"{'_'.join(part for part in parts if part) or 'figure'}.{kind}"


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
