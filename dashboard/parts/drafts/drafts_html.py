"""Drafts as HTML: the list, the form to write in, two texts side by side."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.dashboard.markup.elements import Html, details, el, join, link
from boussole.dashboard.parts.drafts.view import DraftAside, DraftLine, DraftPage, Text
from boussole.dashboard.words.say import Say


def head(title: str, lines: Sequence[DraftLine], say: Say, *, others: Sequence[tuple[str, str, bool]]) -> Html:
    """The list of what is being written in a committee."""
    switch = (
        el(
            "nav",
            el("span", say("Committee"), class_="name"),
            el(
                "ul",
                *[
                    el("li", el("a", name, href=href, target="_self", aria_current="true" if now else None))
                    for name, href, now in others
                ],
            ),
            aria_label=say("Committee"),
        )
        if len(others) > 1
        else None
    )
    return el(
        "header",
        el("h1", say("Drafts of opinions")),
        el("p", title, class_="subtitle"),
        el("div", switch, class_="filters") if switch else None,
        el(
            "ul",
            *[
                el(
                    "li",
                    el("p", link(*line.title)),
                    el("p", line.told, class_="place"),
                    el("p", line.complete, class_="told"),
                )
                for line in lines
            ],
            class_="lines",
        )
        if lines
        else el("p", say("Nothing is being written.")),
    )


def nobodys(say: Say) -> Html:
    """To whoever belongs to no committee: what one writes is read in it alone until it is sealed."""
    told = say("What a committee is writing is read by its members and its secretary only. You belong to none today.")
    return el("header", el("h1", say("Drafts of opinions")), el("p", told))


def draft_head(page: DraftPage, say: Say, *, back: str, saved: bool) -> Html:
    """The title of one draft, who saved last, and whether it is complete."""
    crumbs = el(
        "nav",
        el("ol", el("li", link(say("Drafts of opinions"), back)), el("li", page.title, aria_current="page")),
        class_="crumbs",
        aria_label=say("You are here"),
    )
    told = el("p", page.missing or say("Complete: it can be put to the vote."))
    return el(
        "header",
        crumbs,
        el("h1", page.title),
        el("p", page.told, class_="subtitle"),
        el("p", say("On the matter:"), " ", link(*page.about)) if page.about else None,
        el("div", el("p", el("strong", say("Saved."))), told, class_="lead lead-kept", role="status", id="done")
        if saved
        else told,
    )


def sealed(page: DraftPage, say: Say) -> Html:
    """A draft that became an opinion: it is read, and no longer written."""
    where = el("p", say("This draft was sealed:"), " ", link(*page.sealed)) if page.sealed else None
    return el("section", el("div", where, class_="lead lead-kept"), *_read(page.text, say, level="h2"))


def to_write(say: Say) -> Html:
    """What stands above the form in which a draft is written."""
    return el("h2", say("Write the text"), id="write")


def asides(page: DraftPage, say: Say) -> Html:
    """What was kept aside because somebody saved in between, beside the draft as it is now."""
    if not page.asides:
        return Html("")
    return el(
        "section",
        el("h2", say("Written at the same time, and kept"), id="aside"),
        el(
            "p",
            say(
                "Somebody had saved in between. Nothing is lost: bring both together, then save. Paragraphs with a bar "
                "are not in the other text."
            ),
        ),
        *[_aside(each, say) for each in page.asides],
        class_="house-of",
    )


def _aside(each: DraftAside, say: Say) -> Html:
    mine = el("section", el("h4", each.told), *_read(each.mine, say), class_="side")
    theirs = el("section", el("h4", say("The draft as it is now")), *_read(each.theirs, say), class_="side")
    return el(
        "div",
        el("h3", say("Text no. {n}", n=str(each.number)), id=f"aside-{each.number}"),
        el("div", mine, theirs, class_="sides"),
        el("p", link(say("Go on from this text, in the form above"), each.take, class_="take")),
    )


def _read(text: Text, say: Say, *, level: str = "h5") -> list[Html]:
    parts = [el("p", el("strong", text.title))] if text.title else []
    parts += [el("p", text.sense, class_="told")] if text.sense else []
    parts += [_paragraph(words, differs, say) for words, differs in text.parts]
    if text.reservations:
        items = [el("li", _paragraph(words, differs, say)) for words, differs in text.reservations]
        parts.append(join([el(level, say("Reservations")), el("ol", *items)]))
    return parts


def _paragraph(words: str, differs: bool, say: Say) -> Html:
    if not differs:
        return el("p", words, class_="words")
    return el("p", el("span", say("Only here:"), " ", class_="unseen"), words, class_="words differs")


def history(page: DraftPage, say: Say) -> Html:
    """Every saving."""
    lines = [el("li", el("p", told), el("p", title, class_="place") if title else None) for told, title in page.history]
    many = say.plural("One version", "{n} versions", len(page.history))
    return details(many, el("ul", *lines, class_="lines"), class_="folded")


def no_draft(number: str, say: Say, *, back: str) -> Html:
    """An address that names no draft."""
    told = (
        say("There is no draft {n} that you may read.", n=f"“{number[:20]}”") if number else say("No draft is named.")
    )
    return join(
        [
            el("h1", say("One draft")),
            el("div", el("p", told), el("p", link(say("All drafts"), back)), class_="lead"),
        ]
    )
