"""Systems and names that are asked for: those that nobody knows are refused, with the nearest."""

from __future__ import annotations

from collections.abc import Collection

from audits.errors import nearest
from audits.workspace import Workspace
from charter.coverage import Use
from dashboard import store
from dashboard.api.refusals import MissingError, UnknownError


def known(what: str, name: str | None, names: Collection[str]) -> None:
    """Raises UnknownError for a name that is none of those known, with the nearest of them."""
    if name is not None and name not in names:
        hint = nearest(name, names)
        raise UnknownError(f"there is no {what} '{name}'. {hint}", where="query", next_step="Ask for one of these.")


def use_of(workspace: Workspace, name: str) -> Use:
    """The use of a system. Raises MissingError where there is none of this name."""
    uses = {use.system.id: use for use in store.scene(workspace).uses}
    if name not in uses:
        known = nearest(name, uses) if uses else "There is none yet."
        raise MissingError(f"there is no system '{name}'. {known}", next_step="See /api/systems.")
    return uses[name]
