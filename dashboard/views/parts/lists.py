"""Lists as HTML: all articles or systems where none is asked for, lines of what is due, filters, choices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from boussole.charter.document.answers.verdict import worst
from boussole.dashboard.markup.elements import Html, badge, el, join, link
from boussole.dashboard.markup.marks import ORDER
from boussole.dashboard.markup.words.addresses import article_href, register_href, system_href
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.views.answers.small_print import read_words
from boussole.dashboard.views.fields import Choice
from boussole.dashboard.views.parts.system_html import counted
from boussole.dashboard.views.register_words import DueLine
from boussole.dashboard.views.scene import Scene, period

# Where no article or system is asked for: all there are, with how each stands.


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
    missing = say("The charter in force has no article “{article}”.", article=asked) if asked else None
    return join(
        [
            el("h1", say("What the charter promises")),
            el("p", missing, class_="warning", role="alert") if missing else None,
            el("p", say("Each article is a promise. Its mark is the worst of all systems."), class_="subtitle"),
            el("ol", *[_item(each, say) for each in found], class_="listed"),
        ]
    )


def systems_html(found: Sequence[ListItem], say: Say, *, asked: str, query: Mapping[str, str]) -> Html:
    """All audited systems; `asked` is the one that an address named and nobody has audited."""
    missing = say("“{system}” has no audit in this workspace.", system=asked) if asked else None
    lead = say("These systems have been audited:") if found else say("No system has been audited yet.")
    others = link(say("All uses of AI, audited or not, are in the register."), register_href(query=query))
    return join(
        [
            el("h1", say("Examined systems")),
            el("p", missing, class_="warning", role="alert") if missing else None,
            el("p", lead, class_="subtitle"),
            el("ul", *[_item(each, say) for each in found], class_="listed") if found else None,
            el("p", others, class_="after"),
        ]
    )


def _item(each: ListItem, say: Say) -> Html:
    marks = (
        counted(each.marks, say)
        if len(each.marks) > 1
        else el("p", badge(each.marks[0][0], say))
        if each.marks
        else None
    )
    words = el(
        "div",
        el("p", each.kicker, class_="kicker") if each.kicker else None,
        el("h2", link(each.title, each.href)),
        el("p", each.text),
    )
    return el("li", words, el("div", marks, el("p", each.told, class_="place"), class_="stands"))


# Choices that are made in an address which can be shared, as HTML.


def choosing(fields: Sequence[Html], say: Say, *, action: str) -> Html:
    """The form that asks for a page anew, in the language in which it stands there."""
    spoken = el("input", type="hidden", name="lang", value=say.lang)
    go = el("p", el("button", say("Show"), type="submit"), class_="go")
    return el(
        "form", spoken, *fields, go, action=action, method="get", class_="ask choose", aria_label=say("What to show")
    )


def choice(key: str, label: str, options: Iterable[tuple[str, str]], chosen: str) -> Html:
    """One thing to choose; options are values with their names."""
    listed = [
        el("option", name, value=value, selected="selected" if value == chosen else None) for value, name in options
    ]
    named = f"ask-{key}"
    return el(
        "p",
        el("label", label, for_=named),
        el("select", *listed, id=named, name=key),
        class_=f"field field-{key}",
    )


# Lines of what is due, and filters of lists, as HTML.


def filter_by(name: str, choices: Sequence[Choice]) -> Html:
    links = [
        el(
            "li",
            el(
                "a",
                choice.text,
                el("span", join([" (", name, ")"]), class_="unseen"),
                None if choice.count is None else el("span", f" {choice.count}", class_="count"),
                href=choice.href,
                target="_self",
                aria_current="true" if choice.current else None,
            ),
        )
        for choice in choices
    ]
    return el("nav", el("span", name, class_="name"), el("ul", *links), aria_label=name)


def due_item(line: DueLine) -> Html:
    """Something that is due: when, what, and where; the link says both, so that no two are called the same."""
    when = el("p", line.when, class_="when overdue" if line.overdue else "when")
    said = join([line.what, line.place], " — ")
    return el("li", when, el("p", link(said, line.href) if line.href else said))
