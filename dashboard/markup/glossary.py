"""The glossary page, and the links that lead to it from where a word stands."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.dashboard.markup.elements import Child, Html, details, el, facts, join
from boussole.dashboard.markup.glossary_book import marked
from boussole.dashboard.words.addresses import glossary_href
from boussole.dashboard.words.reading import Kind, reading
from boussole.dashboard.words.say import Say


def linked(text: str, say: Say) -> Html:
    """A text whose technical words lead to what they mean."""
    pieces: list[Child] = [
        el("a", piece, href=glossary_href(owner, query={"lang": say.lang}), target="_self", class_="word")
        if owner
        else piece
        for piece, owner in marked(text, say.lang)
    ]
    return join(pieces)


def explained(pairs: Sequence[tuple[str, Child]], say: Say) -> Html:
    """The small print, where each name that is a technical word leads to what it means."""
    return facts([(linked(name, say), value) for name, value in pairs])


def how_to_read(kind: Kind, say: Say, *, links: bool = True) -> Html:
    """Beside a figure, on request: what its marks mean. Without `links` where the glossary is out of reach."""
    told = [el("p", linked(sentence, say) if links else sentence) for sentence in reading(kind, say)]
    return details(say("How to read this"), *told, class_="how")
