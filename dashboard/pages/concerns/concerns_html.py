"""The page of what concerns whoever looks, as HTML."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.dashboard.forms.forms_html import form_html
from boussole.dashboard.forms.model import Problem
from boussole.dashboard.markup.elements import Html, details, el, join, link
from boussole.dashboard.pages.concerns.view import ConcernsPage
from boussole.dashboard.views.concerns.concern import Concern
from boussole.dashboard.words.say import Say


def page(shown: ConcernsPage, say: Say, *, query: dict[str, str], problem: Problem | None, done: bool) -> Html:
    """What is new first; what was seen is folded away."""
    return join(
        [
            el("h1", say("What concerns you")),
            el(
                "p",
                say("Your committees, their systems, what is asked of you. What you have seen here is no longer new."),
                class_="subtitle",
            ),
            _new(shown.new, say),
            _before(shown.before, say) if shown.before else None,
            _letters(shown, say, query=query, problem=problem, done=done),
        ]
    )


def nobody(say: Say) -> Html:
    """To somebody who sits on no committee."""
    return join(
        [
            el("h1", say("What concerns you")),
            el("p", say("This page is for the members of the committees and their secretaries."), class_="lead"),
        ]
    )


def _new(concerns: Sequence[Concern], say: Say) -> Html:
    listed = _list(concerns, say) if concerns else el("p", say("Nothing new."))
    return el("section", el("h2", say("New"), id="new"), listed, class_="setting")


def _before(concerns: Sequence[Concern], say: Say) -> Html:
    title = say.plural("One thing that you have seen", "{n} things that you have seen", len(concerns))
    return details(title, _list(concerns, say))


def _list(concerns: Sequence[Concern], say: Say) -> Html:
    return el("ul", *[_item(each, say) for each in concerns], class_="lines due concerns")


def _item(each: Concern, say: Say) -> Html:
    date = say.date(each.on)
    when = say("{date}, urgent", date=date) if each.urgent else date
    said = join([each.text, each.place], " — ") if each.place else each.text
    return el("li", el("p", when, class_="when overdue" if each.urgent else "when"), el("p", link(said, each.href)))


def _letters(shown: ConcernsPage, say: Say, *, query: dict[str, str], problem: Problem | None, done: bool) -> Html:
    return el(
        "section",
        el("h2", say("By e-mail"), id="by-mail"),
        el("p", say("It is noted."), class_="lead", role="status") if done else None,
        el("p", shown.letters),
        form_html(shown.form, say, query=query, problem=problem),
        class_="setting",
    )
