"""`boussole committee`: the commands of a committee."""

from __future__ import annotations

from boussole.dashboard.commands.committee import matters, members, opinions, sessions, votes
from boussole.dashboard.commands.committee.group import app

__all__ = ["app", "matters", "members", "opinions", "sessions", "votes"]
