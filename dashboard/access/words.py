"""What pages say of roles and of what is refused."""

from __future__ import annotations

from boussole.dashboard.access.permissions import TABLE, Action, Role
from boussole.dashboard.access.person import Person
from boussole.dashboard.markup import Html, el, join
from boussole.dashboard.words import Say


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


SAID_AS = " · "


def said_as(me: Person, typed: str, say: Say) -> str:
    """Who states something, as it is sealed: the function they speak for, and the role in which they act here."""
    known = {role_title(me.role, say), me.role.value, ""}
    return me.role.value if typed in known else f"{typed}{SAID_AS}{me.role.value}"


def who_words(role: str, say: Say) -> str:
    """Who stated something: the name of a role of this house, else the words in which it was given."""
    known = {each.value for each in Role}
    return SAID_AS.join(role_title(Role(part), say) if part in known else part for part in role.split(SAID_AS))
