"""The compass page as HTML."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.dashboard.markup.elements import Html, badge, el, join, link, picture, stacked
from boussole.dashboard.markup.glossary import how_to_read
from boussole.dashboard.markup.marks import word
from boussole.dashboard.views.compass import ArticleRow, Compass, Line
from boussole.dashboard.words.say import Say

FEW = 3
"""So many systems still have room for their columns beside the rose."""


def head(view: Compass, say: Say) -> Html:
    """The title and the answer."""
    leads = [_lead(line) for line in view.leads]
    return el(
        "header",
        el("h1", say("Where does the charter stand?")),
        el("p", view.subtitle, class_="subtitle"),
        el(
            "div",
            el("p", el("strong", view.headline), " ", view.others),
            el("ul", *leads) if leads else None,
            *[el("p", link(cap.text, cap.href), class_="cap") for cap in view.caps],
            class_=f"lead lead-{view.tone}",
        ),
    )


def overview(view: Compass, say: Say) -> Html:
    """The rose beside the table that says the same: smaller for three systems, below the table for more."""
    rose = el(
        "figure",
        picture(view.rose, view.rose_alt, class_="rose"),
        el("figcaption", view.rose_note),
        how_to_read("rose", say),
    )
    rows = [_row(row, view.columns, say) for row in view.rows]
    columns = [say("Article"), *view.columns, say("Questions answered")]
    verdicts = stacked(columns, rows, caption=say("Verdicts by article"), class_="verdicts", late=True)
    order = ("kept", "watch", "broken", "unknown", "not_examined")
    legend = el(
        "p", *[badge(verdict, say) for verdict in order], class_="legend", aria_label=say("Legend"), role="note"
    )
    beside = el("div", verdicts, legend)
    if len(view.columns) > FEW:
        return el("div", beside, rose, class_="overview overview-many")
    return el("div", rose, beside, class_="overview overview-few" if len(view.columns) == FEW else "overview")


def below(view: Compass, say: Say) -> Html:
    """What changed, and what needs attention beyond the lead."""
    since = view.changes_since
    title = say("What has changed since the audit up to {date}", date=since) if since else say("What has changed")
    nothing = (
        say("No verdict has changed.") if since else say("This is the first audit: there is nothing to compare yet.")
    )
    changed = (
        el("ul", *[_changed(line, say) for line in view.changes], class_="lines") if view.changes else el("p", nothing)
    )
    attention = (
        el("ul", *[_line(line, say) for line in view.attention], class_="lines")
        if view.attention
        else el("p", say("Nothing else."))
    )
    more = el("p", say.plural("And one more question.", "And {n} more questions.", view.more)) if view.more else None
    whole = el("p", link(*view.changes_more)) if view.changes_more else None
    return el(
        "div",
        el("section", el("h2", title, id="changes"), changed, whole),
        el("section", el("h2", say("What else needs attention")), attention, more),
        class_="two",
    )


def empty(say: Say) -> Html:
    """A workspace without any audit: what to do first."""
    steps = [
        (say("Describe a system in a file of the folder systems/."), "boussole systems check"),
        (say("Bring its decisions in."), "boussole import FILE --system ID"),
        (say("Measure and judge them."), "boussole audit --system ID"),
    ]
    items = [el("li", text, " ", el("code", command)) for text, command in steps]
    return join(
        [
            el("h1", say("Where does the charter stand?")),
            el(
                "div",
                el("p", el("strong", say("Nobody knows yet: this workspace holds no audit."))),
                el("p", say("Three steps give the first one. Reload this page afterwards.")),
                class_="lead lead-unknown",
            ),
            el("ol", *items, class_="steps"),
            el("p", say("To see what it looks like first, build the demo:"), " ", el("code", "boussole demo")),
        ]
    )


def _lead(line: Line) -> Html:
    return el("li", link(line.question, line.href), " ", line.sentence, " ", el("span", line.place, class_="place"))


def _row(row: ArticleRow, systems: Sequence[str], say: Say) -> list[Html | str]:
    name = el("span", el("span", str(row.order), class_="order"), link(row.title, row.href), class_="article")
    marks = [badge(verdict, say) for verdict in row.verdicts]
    if row.hrefs:
        marks = [
            link(mark, href, class_="mark", of=join([row.title, system], ", "))
            for mark, href, system in zip(marks, row.hrefs, systems, strict=True)
        ]
    return [name, *marks, say("{answered} of {asked}", answered=str(row.answered), asked=str(row.asked))]


def _changed(line: Line, say: Say) -> Html:
    before = word(line.before or "not_examined", say)
    return _item(
        line, badge(line.verdict, say, say("{before} → {after}", before=before, after=word(line.verdict, say)))
    )


def _line(line: Line, say: Say) -> Html:
    return _item(line, badge(line.verdict, say))


def _item(line: Line, mark: Html) -> Html:
    told = el("p", line.brief, class_="told") if line.brief else None
    return el("li", mark, el("p", link(line.question, line.href)), told, el("p", line.place, class_="place"))
