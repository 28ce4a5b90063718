"""How to cite a figure: one sentence, and the line that its image bears."""

from __future__ import annotations

import datetime as dt

from boussole.audits.languages import inside
from boussole.dashboard.parts.taking.figure import Figure, Source
from boussole.dashboard.parts.taking.seals import Seal
from boussole.dashboard.words.say import Say

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
