"""Checks from outside as HTML."""

from __future__ import annotations

import datetime as dt

from boussole.charter.records.notes.outside import Outside
from boussole.dashboard.markup.elements import Html, code, el, join, link, stacked
from boussole.dashboard.views.outside import OutsideNote, line, view
from boussole.dashboard.words.say import Say

ANCHOR = "outside"


def foot(found: Outside, say: Say, *, now: dt.datetime, href: str) -> Html:
    """One short line at the foot of every page; `href` leads to the evidence page."""
    details = link(say("Details"), f"{href}#{ANCHOR}")
    return el("p", join([_said(each) for each in line(found, say, now=now)], " "), " ", details, class_="outside")


def foot_unread(say: Say, *, href: str) -> Html:
    """Where it cannot be read: no line would say that all is well."""
    told = say("Whether somebody outside checked the ledger cannot be read.")
    return el("p", el("strong", told, class_="late"), " ", link(say("Details"), href), class_="outside")


def section(found: Outside, say: Say, *, now: dt.datetime) -> Html:
    """The part of the evidence page."""
    shown = view(found, say, now=now)
    why = say(
        "Whoever runs this server could rewrite the whole ledger, and its own checks would find nothing. A witness on "
        "another machine keeps checkpoints and would see it: a college, an auditor, another administration."
    )
    columns = [
        say("Witness"),
        say("Last cosignature"),
        say("Entries seen"),
        say("Entries since"),
        say("What it saw is"),
    ]
    rows = stacked(columns, [list(row) for row in shown.rows], caption=say("Witnesses outside")) if shown.rows else None
    how = el("p", code(say("How somebody becomes one: `boussole ledger witness`, in the documentation of the ledger.")))
    return el(
        "section",
        el("h2", say("Who outside checks it"), id=ANCHOR),
        el("p", why),
        *[el("p", _said(each)) for each in (*shown.head, *shown.stamp)],
        rows,
        how,
        class_="outside",
    )


def _said(each: OutsideNote) -> Html | str:
    return el("strong", each.text, class_="late" if each.tone == "watch" else "overdue") if each.tone else each.text
