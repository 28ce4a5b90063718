"""What waits for whoever looks, and what changed, as HTML."""

from __future__ import annotations

from boussole.dashboard.markup.elements import Html, badge, el, link
from boussole.dashboard.markup.marks import word
from boussole.dashboard.parts.lines_html import due_item
from boussole.dashboard.views.compass import Line
from boussole.dashboard.views.home.changes import Changes
from boussole.dashboard.views.home.mine import Waiting
from boussole.dashboard.words.say import Say


def home(waiting: Waiting, changes: Changes | Html, say: Say) -> Html:
    """Both, side by side where there is room. `changes` is why they could not be read, where they could not."""
    told = changes if isinstance(changes, Html) else changes_html(changes, say)
    return el("div", waiting_html(waiting), told, class_="two home")


def waiting_html(waiting: Waiting) -> Html:
    """Votes, sessions, and what is due."""
    return el(
        "section",
        el("h2", waiting.title),
        el("ul", *[due_item(line) for line in waiting.lines], class_="lines due") if waiting.lines else None,
        None if waiting.lines else el("p", waiting.nothing),
        el("p", link(*waiting.more)) if waiting.more else None,
        id="waiting",
    )


def changes_html(changes: Changes, say: Say) -> Html:
    """The answers that changed, then what else happened."""
    lines = [_answer(line, say) for line in changes.answers]
    lines += [el("li", el("p", changes.told))] if changes.told else []
    lines += [el("li", el("p", link(each.what, each.href))) for each in changes.news]
    return el(
        "section",
        el("h2", changes.title),
        el("ul", *lines, class_="lines"),
        el("p", link(*changes.more)) if changes.more else None,
        id="changes",
    )


def _answer(line: Line, say: Say) -> Html:
    before = word(line.before or "not_examined", say)
    mark = badge(line.verdict, say, say("{before} → {after}", before=before, after=word(line.verdict, say)))
    return el("li", mark, el("p", link(line.label, line.href)))
