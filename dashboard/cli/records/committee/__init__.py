"""`boussole committee`: the commands of a committee."""

from __future__ import annotations

from boussole.dashboard.cli.records.committee import matters, members, opinions, sessions, votes
from boussole.dashboard.cli.records.committee.group import app

__all__ = ["app", "matters", "members", "opinions", "sessions", "votes"]
