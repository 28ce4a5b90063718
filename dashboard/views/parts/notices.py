"""Notices: what cannot be shown and what to do, how many new things concern somebody, checks from outside."""

from __future__ import annotations

import datetime as dt

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.charter.records.notes.outside import Outside
from boussole.dashboard.markup.elements import Html, code, el, join, link, stacked
from boussole.dashboard.markup.words.addresses import concerns_href
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.server.access.database import seen
from boussole.dashboard.server.access.permissions import TABLE, Action, Role
from boussole.dashboard.server.access.person import Person, role_title
from boussole.dashboard.views import store
from boussole.dashboard.views.concerns import whose
from boussole.dashboard.views.outside import OutsideNote, line, view

# In the place of what cannot be shown: what is wrong, what to do, under which number it was noted.


def problem(what: str, next_step: str, say: Say) -> Html:
    """Something that stops the page, and what to do."""
    return join(
        [
            el("h1", say("This page cannot be shown")),
            el(
                "div", el("p", what), el("p", next_step) if next_step else None, class_="lead lead-broken", role="alert"
            ),
        ]
    )


def unread(told: str, trouble: BoussoleError) -> Html:
    """A part of a page that could not be read: which, why in the tool's own words, and what to do."""
    why = [el("q", part, lang="en") for part in (trouble.what, trouble.next_step) if part]
    return el("div", el("p", join([el("strong", told), *why], " ")), class_="lead lead-unknown", role="status")


def unforeseen(number: str, say: Say) -> Html:
    """Something that nobody foresaw. `number`: under which the server has noted what."""
    what = say("Something went wrong here that nobody foresaw. Nothing that was recorded is lost.")
    step = say(
        "Load the page again. If it happens again, tell your administrator this number: {number}.", number=number
    )
    told = el("div", el("p", what), el("p", step), class_="lead lead-broken unforeseen", role="alert")
    return join([el("h1", say("This page cannot be shown")), told])


def refused(role: Role, action: Action, say: Say, *, local: bool) -> Html:
    """What a page says to somebody whose role does not open it, and what they can do."""
    may = ", ".join(role_title(each, say) for each in Role if each in TABLE[action])
    step = (
        say("In local mode you can choose another role, at the foot of the menu.")
        if local
        else say("If one of these roles is yours, ask your administrator to give it to you.")
    )
    return join(
        [
            el("h1", say("This page is not open to you")),
            el(
                "div",
                el("p", say("You are here as: {role}.", role=role_title(role, say))),
                el("p", say("Open to: {roles}.", roles=may)),
                el("p", step),
                class_="lead lead-unknown",
                role="alert",
            ),
        ]
    )


# How many new things concern whoever looks, at the head of every page; nothing where there is none.


def bell(me: Person, say: Say, *, query: dict[str, str]) -> Html:
    """One line that leads to the list. Where that cannot be read, the page says so, and this says nothing."""
    try:
        n = unseen(me, say, query=query)
    except BoussoleError:
        return Html("")
    if not n:
        return Html("")
    told = say.plural("One new thing concerns you", "{n} new things concern you", n)
    return el("p", link(told, concerns_href(query=query)), class_="bell")


def unseen(me: Person, say: Say, *, query: dict[str, str]) -> int:
    """How many things concern somebody that they have not seen."""
    workspace = Workspace.find()
    somebody = whose(me, store.chambers(workspace)) if me.remembered_as else None
    if somebody is None:
        return 0
    concerns = store.concerns(workspace, somebody, say, query)
    known = seen(workspace, somebody.name) if concerns else {}
    return sum(each.key not in known for each in concerns)


# Checks from outside as HTML.


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
