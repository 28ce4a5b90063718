"""What pages say of roles and of what is refused."""

from __future__ import annotations

from boussole.dashboard.access.people.permissions import Role
from boussole.dashboard.access.people.person import Person
from boussole.dashboard.words.say import Say


def role_title(role: Role, say: Say) -> str:
    """The name of a role."""
    return {
        Role.ADMINISTRATOR: say("Administrator"),
        Role.STEWARD: say("Data steward"),
        Role.DATA_SCIENTIST: say("Data scientist"),
        Role.MEMBER: say("Member of the committee"),
        Role.CHAIR: say("Chair"),
        Role.SECRETARY: say("Secretariat"),
        Role.FOLLOW_UP: say("Internal follow-up committee"),
        Role.AGENT: say("Agent who enters appeals"),
        Role.AUDITOR: say("Auditor"),
        Role.READER: say("Reader"),
        Role.WITNESS: say("Witness outside"),
        Role.OPERATOR: say("Operator"),
    }[role]


SAID_AS = " · "


def said_as(me: Person, typed: str, say: Say) -> str:
    """Who states something, as it is sealed: the function they speak for, and the role in which they act here."""
    known = {role_title(me.role, say), me.role.value, ""}
    return me.role.value if typed in known else f"{typed}{SAID_AS}{me.role.value}"


def who_words(role: str, say: Say) -> str:
    """Who stated something: the name of a role of this house, else the words in which it was given."""
    known = {each.value for each in Role}
    return SAID_AS.join(role_title(Role(part), say) if part in known else part for part in role.split(SAID_AS))
