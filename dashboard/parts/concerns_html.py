"""How many new things concern whoever looks, at the head of every page; nothing where there is none."""

from __future__ import annotations

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.dashboard.access.people.person import Person
from boussole.dashboard.access.remembered import seen
from boussole.dashboard.markup.elements import Html, el, link
from boussole.dashboard.views import store
from boussole.dashboard.views.concerns import whose
from boussole.dashboard.words.addresses import concerns_href
from boussole.dashboard.words.say import Say


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
