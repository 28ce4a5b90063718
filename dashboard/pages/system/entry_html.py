"""What the register says of one use, as HTML: a page of its own, or a part of the page of an audited system."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.dashboard.markup.elements import Html, el, join, link, table
from boussole.dashboard.markup.glossary import explained
from boussole.dashboard.parts.system_html import counted
from boussole.dashboard.views.answers.caps import Cap
from boussole.dashboard.views.entry import Entry, Event, UnauditedPage
from boussole.dashboard.words.say import Say


def page(shown: UnauditedPage, say: Say, *, home: str, register: str, caps: Sequence[Cap] = ()) -> Html:
    """The head of the page of a use that no audit has measured; `caps`: the open findings of authorities about it."""
    crumbs = el(
        "ol",
        el("li", link(say("The compass"), home)),
        el("li", link(say("The register"), register)),
        el("li", shown.title, aria_current="page"),
    )
    return el(
        "header",
        el("nav", crumbs, class_="crumbs", aria_label=say("You are here")),
        el("h1", shown.title),
        el("p", shown.purpose, class_="subtitle"),
        el(
            "div",
            el("p", el("strong", shown.told)),
            *[el("p", link(cap.text, cap.href), class_="cap") for cap in caps],
            class_=f"lead lead-{shown.tone}",
        ),
        counted(shown.counts, say),
    )


def register_entry(given: Entry, say: Say) -> Html:
    """The entry: who answers for it, its life, whether it was examined first."""
    life = _life(given.life, say) if given.life else el("p", say("No date is written in the register."))
    return el(
        "section",
        el("h2", say("What does the register say?"), id="register"),
        el(
            "div",
            explained(given.facts, say),
            el(
                "div",
                el("h3", say("Was it examined before it started?")),
                el("p", given.answer, class_="answer"),
                life,
            ),
            class_="entry",
        ),
        class_="entry-of",
    )


def _life(events: Sequence[Event], say: Say) -> Html:
    rows: list[list[Html | str]] = [[event.when, join([event.what, _note(event)])] for event in events]
    return table(
        [say("When"), say("What")], rows, caption=say("Its life, day by day"), class_="life", hidden_caption=True
    )


def _note(event: Event) -> Html | None:
    """What to know about a day; what came too late stands out."""
    late = el("span", event.late, class_="late") if event.late else None
    return el("span", join([event.note, late], ". "), class_="under") if event.note or late else None
