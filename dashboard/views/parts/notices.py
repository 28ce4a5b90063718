"""Notices: what cannot be shown and what to do, how many new things concern somebody, checks from outside."""

from __future__ import annotations

import datetime as dt

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.charter.records.notes.outside import Outside
from boussole.dashboard.markup.elements import Html
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words.addresses import concerns_href
from boussole.dashboard.markup.words.say import Say, speaker
from boussole.dashboard.server.access.database import seen
from boussole.dashboard.server.access.permissions import TABLE, Action, Role
from boussole.dashboard.server.access.person import Person, role_title
from boussole.dashboard.views import store
from boussole.dashboard.views.concerns import whose
from boussole.dashboard.views.outside import line, view

FILE = "views/parts/notices.html"


def problem(what: str, next_step: str, say: Say) -> Html:
    """Something that stops the page, and what to do."""
    return Template(FILE, say)("problem", what, next_step)


def unread(told: str, trouble: BoussoleError) -> Html:
    """A part of a page that could not be read: which, why in the tool's own words, and what to do."""
    return Template(FILE, speaker("en"))("unread", told, trouble)


def unforeseen(number: str, say: Say) -> Html:
    """Something that nobody foresaw. `number`: under which the server has noted what."""
    return Template(FILE, say)("unforeseen", number)


def refused(role: Role, action: Action, say: Say, *, local: bool) -> Html:
    """What a page says to somebody whose role does not open it, and what they can do."""
    may = ", ".join(role_title(each, say) for each in Role if each in TABLE[action])
    return Template(FILE, say)("refused", role_title(role, say), may, local)


def bell(me: Person, say: Say, *, query: dict[str, str]) -> Html:
    """One line that leads to the list of what concerns whoever looks; nothing where nothing does.

    Where that cannot be read, the page says so, and this says nothing.
    """
    try:
        n = unseen(me, say, query=query)
    except BoussoleError:
        return Html("")
    return Template(FILE, say)("bell", n, concerns_href(query=query)) if n else Html("")


def unseen(me: Person, say: Say, *, query: dict[str, str]) -> int:
    """How many things concern somebody that they have not seen."""
    workspace = Workspace.find()
    somebody = whose(me, store.chambers(workspace)) if me.remembered_as else None
    if somebody is None:
        return 0
    concerns = store.concerns(workspace, somebody, say, query)
    known = seen(workspace, somebody.name) if concerns else {}
    return sum(each.key not in known for each in concerns)


def foot(found: Outside, say: Say, *, now: dt.datetime, href: str) -> Html:
    """Checks from outside in one short line; `href` leads to the evidence page."""
    return Template(FILE, say)("foot", line(found, say, now=now), f"{href}#outside")


def foot_unread(say: Say, *, href: str) -> Html:
    """Where they cannot be read: no line would say that all is well."""
    return Template(FILE, say)("foot_unread", href)


def section(found: Outside, say: Say, *, now: dt.datetime) -> Html:
    """Checks from outside on the evidence page."""
    return Template(FILE, say)("section", view(found, say, now=now))
