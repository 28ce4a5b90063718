"""Which pages a role needs first: the menu lists them at the top, and the others below in their groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from boussole.dashboard.access.people.permissions import Role

FIRST_PAGES: Mapping[Role, Sequence[str]] = {
    Role.ADMINISTRATOR: ("settings", "data", "evidence"),
    Role.STEWARD: ("register", "incidents", "data", "questions"),
    Role.DATA_SCIENTIST: ("system", "fairness", "drift", "data"),
    Role.MEMBER: ("committee", "article", "questions", "recommendations"),
    Role.CHAIR: ("committee", "drafts", "questions", "recommendations"),
    Role.SECRETARY: ("committee", "drafts", "questions", "recommendations"),
    Role.FOLLOW_UP: ("work", "committee", "incidents", "recommendations"),
    Role.AGENT: ("incidents", "register", "glossary"),
    Role.AUDITOR: ("evidence", "law", "reports", "register"),
    Role.READER: ("article", "register", "reports", "glossary"),
}
"""By role of a sign-in, in the order of the menu, after the compass."""
