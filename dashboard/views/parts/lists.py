"""All articles or systems, where none is asked for: how each stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boussole.charter.document.answers.verdict import worst
from boussole.dashboard.markup.elements import Html
from boussole.dashboard.markup.marks import ORDER
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words.addresses import article_href, register_href, system_href
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.views.answers.small_print import read_words
from boussole.dashboard.views.scene import Scene, period


@dataclass(frozen=True, kw_only=True)
class ListItem:
    """One article or system: its name, what it promises or is for, its marks, and a word on what they rest on."""

    kicker: str
    title: str
    href: str
    text: str
    marks: Sequence[tuple[str, int]]
    told: str


def articles(scene: Scene, say: Say, *, query: Mapping[str, str]) -> list[ListItem]:
    """The articles of the charter in its order, each with its worst verdict over all systems."""
    found = []
    for article in scene.charter.articles:
        stands = [each for held in scene.examined.values() for each in held.articles if each.article == article.id]
        answered, asked = sum(each.answered for each in stands), sum(each.asked for each in stands)
        found.append(
            ListItem(
                kicker=say("Article {n}", n=str(article.order)),
                title=say.text(article.title),
                href=article_href(article.id, query=query),
                text=say.text(article.commitment),
                marks=[(worst([each.verdict for each in stands]), 1)],
                told=_answered(answered, asked, say),
            )
        )
    return found


def _answered(answered: int, asked: int, say: Say) -> str:
    if not asked:
        return say("No system has been audited yet.")
    return say("Questions answered: {answered} of {asked}", answered=say.whole(answered), asked=say.whole(asked))


def systems(scene: Scene, say: Say, *, query: Mapping[str, str]) -> list[ListItem]:
    """The audited systems, each with how its questions came out."""
    found = []
    for name, document in scene.latest.items():
        system = scene.systems.get(name)
        keys = [verdict.verdict for verdict in document.verdicts]
        read = read_words(document, say, period=period(document, say))
        found.append(
            ListItem(
                kicker="",
                title=scene.title(name, say),
                href=system_href(name, query=query),
                text=say.text(system.purpose) if system else "",
                marks=[(verdict, keys.count(verdict)) for verdict in ORDER if verdict in keys],
                told=read,
            )
        )
    return found


def articles_html(found: Sequence[ListItem], say: Say, *, asked: str) -> Html:
    """All articles; `asked` is the one that an address named and nobody knows."""
    return Template("views/parts/lists.html", say)("articles", found, asked)


def systems_html(
    found: Sequence[ListItem], say: Say, *, asked: str, query: Mapping[str, str], question: str = ""
) -> Html:
    """All audited systems; `asked` is the one that an address named and nobody has audited, or of which it asked a
    `question` that there is not."""
    return Template("views/parts/lists.html", say)("systems", found, asked, register_href(query=query), question)
