"""Who somebody is, in the menu; and what is said to somebody who is not signed in."""

from __future__ import annotations

from collections.abc import Mapping

from boussole.dashboard.access.local_role import choosing
from boussole.dashboard.access.own_sessions import ANCHOR, PAGE
from boussole.dashboard.access.people.permissions import Action, allowed
from boussole.dashboard.access.people.person import Person
from boussole.dashboard.access.people.role_words import role_title
from boussole.dashboard.access.sessions import Reason
from boussole.dashboard.access.sign_in import SIGN_OUT, way_in
from boussole.dashboard.markup.elements import Html, el, join, link
from boussole.dashboard.words.addresses import address, concerns_href
from boussole.dashboard.words.say import Say


def account(me: Person, say: Say, *, to: str, query: Mapping[str, str]) -> Html:
    """In local mode the role to choose; else who is signed in, where else, and the way out."""
    concerns = link(say("What concerns you"), concerns_href(query=query)) if me.remembered_as else None
    listed = el("p", concerns) if concerns and allowed(me.role, Action.SEE_COMMITTEE) else None
    if not me.authenticated:
        said = el("p", el("strong", say("Local mode")), el("br"), say("No sign-in: only this machine can open it."))
        return el("div", said, listed, choosing(me, say, to=to), class_="local")
    out = el(
        "form",
        el("p", el("button", say("Sign out"), type="submit"), class_="go"),
        action=SIGN_OUT,
        method="post",
        target="_self",
        class_="ask role",
    )
    who = el("p", el("strong", me.name or say("Signed in")), el("br"), role_title(me.role, say))
    mine = el("p", link(say("Your sessions"), address(PAGE, query, ANCHOR)))
    return el("div", who, listed, mine, out, class_="local")


def sign_in(reason: Reason, say: Say, *, to: str) -> Html:
    """Why nobody is signed in, and the way to."""
    why = {
        "nobody": say("Sign in with the account of your organisation to see these pages."),
        "ended": say(
            "You have signed out, or this session was ended: by you from elsewhere, by your organisation, or by an "
            "administrator."
        ),
        "expired": say("Your session is over, because you were away or signed in long ago. Sign in again to go on."),
        "revoked": say("Your organisation has ended this sign-in. Sign in again to go on."),
        "no_role": say("Your account has no role here. Ask your administrator for one, then sign in again."),
        "no_mandate": say(
            "Your account is that of a member, and no mandate of yours lasts today. "
            "Ask the secretariat of the committee."
        ),
        "provider": say("Your organisation’s sign-in does not answer. Wait a moment, then try again."),
        "weak": say(
            "Your role sees what concerns single people, so a password alone does not open it: sign in with a second "
            "factor or a passkey. If you have just done so, your organisation’s sign-in has not said it: ask your "
            "administrator."
        ),
        "old": say("What you want to do here asks you to show once more who you are."),
    }[reason]
    title = (
        say("Your role asks for a stronger sign-in")
        if reason == "weak"
        else say("Boussole is for those who are signed in")
    )
    button = say("Sign in with a second factor") if reason == "weak" else say("Sign in")
    way = el("p", link(button, way_in(to=to, reason=reason), class_="take"))
    return join(
        [
            el("h1", title),
            el("div", el("p", why), way, class_="lead lead-unknown"),
        ]
    )
