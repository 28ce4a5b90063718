"""What was typed in forms that could not be taken: kept in memory for the page that says why."""

from __future__ import annotations

import secrets
from collections import OrderedDict

from dashboard.forms.model import Problem

MOST = 100
"""Problems that are kept; each holds at most what a form may send."""

_kept: OrderedDict[str, Problem] = OrderedDict()


def keep(problem: Problem) -> str:
    """A token by which the page finds it: unguessable, so that nobody else does."""
    token = secrets.token_urlsafe(16)
    _kept[token] = problem
    while len(_kept) > MOST:
        _kept.popitem(last=False)
    return token


def problem_of(token: str) -> Problem | None:
    """What was wrong; None when that is no longer known."""
    return _kept.get(token)
