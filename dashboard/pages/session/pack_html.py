"""The frozen pack of a session as HTML."""

from __future__ import annotations

from boussole.dashboard.markup.elements import Html, badge, details, el, join, link, table
from boussole.dashboard.markup.glossary import explained
from boussole.dashboard.pages.session.pack_view import AnswerChangeLine, Differences, PackColumn, PackView
from boussole.dashboard.pages.session.paper_forms import PaperView
from boussole.dashboard.pages.session.paper_html import paper
from boussole.dashboard.records.acts.acting_html import NOBODY, SessionActions
from boussole.dashboard.records.acts.offering import PACK
from boussole.dashboard.words.say import Say


def pack(shown: PackView | None, say: Say, acting: SessionActions = NOBODY, file: PaperView | None = None) -> Html:
    """What the session works on: the verdicts at the freeze, and what has changed."""
    title = el("h2", say("What evidence does it work on?"), id="pack")
    if shown is None:
        told = say("The evidence is not frozen yet. Until then, the pages show it as it stands today.")
        return el("section", title, el("p", told), acting.at(PACK), class_="house-of")
    return el(
        "section",
        title,
        el("p", *[join([each, " "]) for each in shown.told], link(*shown.entry)),
        _verdicts(shown, say) if shown.columns else el("p", say("It holds no audit: none was sealed yet.")),
        *[_differences(each, say) for each in shown.differences],
        paper(file, say("The session file"), say),
        acting.at(PACK),
        details(say("How can it be checked?"), _checked(shown, say)),
        class_="house-of",
    )


def _verdicts(shown: PackView, say: Say) -> Html:
    head = [say("Article"), *[_column(each) for each in shown.columns]]
    rows = [
        [
            link(*row.title) if row.title[1] else row.title[0],
            *[badge(verdict, say) if verdict else "" for verdict in row.verdicts],
        ]
        for row in shown.rows
    ]
    return table(head, rows, caption=say("Verdicts by article, as they were frozen"), class_="verdicts pack")


def _column(column: PackColumn) -> Html:
    return join([column.title, el("span", column.period, class_="under"), link(*column.entry)])


def _differences(found: Differences, say: Say) -> Html:
    changed = [_changed(each, say) for each in found.verdicts]
    return el(
        "div",
        el("h3", found.title),
        *[el("p", each) for each in found.told],
        el("ul", *changed, class_="lines") if changed else None,
        class_="differences",
    )


def _changed(each: AnswerChangeLine, say: Say) -> Html:
    return el("li", badge(each.verdict, say, each.told), el("p", each.question), el("p", each.place, class_="place"))


def _checked(shown: PackView, say: Say) -> Html:
    told = say(
        "Whoever holds the ledger computes this fingerprint again from its first entries. If one of them had been "
        "changed since, it would be another."
    )
    return el("div", el("p", told), explained([(say("Fingerprint of the ledger"), el("code", shown.root))], say))
