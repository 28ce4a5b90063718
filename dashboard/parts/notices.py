"""In the place of what cannot be shown: what is wrong, what to do, under which number it was noted."""

from __future__ import annotations

from boussole.audits.errors import BoussoleError
from boussole.dashboard.access.people.permissions import TABLE, Action, Role
from boussole.dashboard.access.people.role_words import role_title
from boussole.dashboard.markup.elements import Html, el, join
from boussole.dashboard.words.say import Say


def problem(what: str, next_step: str, say: Say) -> Html:
    """Something that stops the page, and what to do."""
    return join(
        [
            el("h1", say("This page cannot be shown")),
            el(
                "div", el("p", what), el("p", next_step) if next_step else None, class_="lead lead-broken", role="alert"
            ),
        ]
    )


def unread(told: str, trouble: BoussoleError) -> Html:
    """A part of a page that could not be read: which, why in the tool's own words, and what to do."""
    why = [el("q", part, lang="en") for part in (trouble.what, trouble.next_step) if part]
    return el("div", el("p", join([el("strong", told), *why], " ")), class_="lead lead-unknown", role="status")


def unforeseen(number: str, say: Say) -> Html:
    """Something that nobody foresaw. `number`: under which the server has noted what."""
    what = say("Something went wrong here that nobody foresaw. Nothing that was recorded is lost.")
    step = say(
        "Load the page again. If it happens again, tell your administrator this number: {number}.", number=number
    )
    told = el("div", el("p", what), el("p", step), class_="lead lead-broken unforeseen", role="alert")
    return join([el("h1", say("This page cannot be shown")), told])


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
