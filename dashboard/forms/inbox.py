"""What was typed in forms that could not be taken: kept in memory for the page that says why."""

from __future__ import annotations

import secrets
from collections import OrderedDict

from boussole.dashboard.access.people.person import Person
from boussole.dashboard.forms.model import Problem

MOST, EACH = 100, 10
"""Problems that are kept, in all and of one person; each holds at most what a form may send."""

_kept: OrderedDict[str, tuple[str, Problem]] = OrderedDict()


def keep(problem: Problem, whose: str) -> str:
    """A token by which the page finds it: unguessable, and good for nobody else. Nobody pushes out what others typed
    before their own."""
    token = secrets.token_urlsafe(16)
    _kept[token] = whose, problem
    mine = [each for each, (owner, _) in _kept.items() if owner == whose]
    for each in mine[:-EACH]:
        del _kept[each]
    while len(_kept) > MOST:
        _kept.popitem(last=False)
    return token


def problem_of(token: str, whose: str = "") -> Problem | None:
    """What was wrong; None when that is no longer known, or is somebody else's."""
    owner, problem = _kept.get(token, ("", None))
    return problem if owner == whose else None


def whose(person: Person) -> str:
    """By which name their problems are kept. In local mode all are one: who has just said who they are goes on."""
    return person.subject if person.authenticated else ""
