"""Where somebody is signed in, on the settings page: each session, and the button that ends it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from boussole.dashboard.access.own_sessions import ANCHOR, OTHERS, PATH, OwnSession
from boussole.dashboard.markup.elements import PREFIX, Html, el, join, stacked
from boussole.dashboard.words.say import Say


def sessions(shown: Sequence[OwnSession], say: Say) -> Html:
    """The sessions of the reader; the one in which they look is ended by signing out."""
    head = [say("Browser"), say("Since"), say("Last used"), say("Ends by itself"), say("To end it")]
    told = say(
        "If you do not know one of these sessions, end it and tell your administrator. Times are those of the server; "
        "nothing else is kept of a browser than its kind."
    )
    return join(
        [
            el("h3", say("Where you are signed in"), id=ANCHOR),
            el("p", told),
            stacked(
                head,
                [_row(each, say) for each in shown],
                caption=say("Where you are signed in"),
                hidden_caption=True,
            ),
            _button(OTHERS, say("End all the others"), say) if len(shown) > 1 else None,
        ]
    )


def _row(each: OwnSession, say: Say) -> list[Html | str]:
    name = each.browser or say("Unknown")
    end = (
        el("span", say("this session: sign out, in the menu"))
        if each.here
        else _button(each.reference, say("End it"), say, of=f"{name}, {_moment(each.started, say)}")
    )
    times = [_moment(at, say) for at in (each.started, each.seen, each.until)]
    return [el("strong", name) if each.here else name, *times, end]


def _moment(at: dt.datetime, say: Say) -> str:
    return say.moment(at)


def _button(reference: str, text: str, say: Say, *, of: str = "") -> Html:
    """A form with one button; `of` tells apart the buttons of a table to those who hear them."""
    label = say("End the session: {of}", of=of) if of else None
    return el(
        "form",
        el("input", type="hidden", name=PREFIX + "session", value=reference),
        el("p", el("button", text, type="submit", aria_label=label), class_="go"),
        action=PATH,
        method="post",
        target="_self",
        class_="ask",
    )
