"""The settings page as data: who somebody is here, what that opens, where they are signed in, and how pages look."""

from __future__ import annotations

from collections.abc import Sequence

from boussole.audits.errors import BoussoleError
from boussole.audits.languages import inside as in_sentence
from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.elements import PREFIX
from boussole.dashboard.markup.templates import PageData
from boussole.dashboard.markup.words import Say, language_names
from boussole.dashboard.markup.words.addresses import pages
from boussole.dashboard.server.access.permissions import Person, allowed, role_title
from boussole.dashboard.server.access.places import page_actions
from boussole.dashboard.server.access.sessions import ANCHOR, OTHERS, PATH, OwnSession


def settings_page(me: Person, workspace: Workspace, say: Say, *, sessions: Sequence[OwnSession] = ()) -> PageData:
    """The page for a person. `sessions` are their own."""
    opened = [
        in_sentence(page.title) for page in pages(say) if not page.under and allowed(me.role, page_actions()[page.name])
    ]
    closed = [
        in_sentence(page.title)
        for page in pages(say)
        if not page.under and not allowed(me.role, page_actions()[page.name])
    ]
    who = me.name or (say("nobody by name") if not me.authenticated else say("Signed in"))
    pairs = [
        (say("You are"), who),
        (say("Your role"), role_title(me.role, say)),
        (say("It opens"), ", ".join(opened)),
        (say("It does not open"), ", ".join(closed)),
        (say("To change it"), _change(me, say)),
    ]
    default = _language(workspace, say)
    language = say(
        "The page speaks the language of your browser; the switch at the foot of the menu overrides it. Reports, what "
        "people write in records, and a browser that asks for neither, are in: {language}.",
        language=in_sentence(language_names(say)[default]) if say.lang == "fr" else language_names(say)[default],
    )
    look = say(
        "Light or dark follows your device. Letters grow with your browser (Ctrl and +), up to four times, without a "
        "line running off the screen. Nothing moves by itself. Every page can be printed."
    )
    said = [(name, value) for name, value in pairs if value]
    return {
        "facts": said,
        "sessions": sessions_of(sessions, say) if sessions else None,
        "language": language,
        "look": look,
    }


def _language(workspace: Workspace, say: Say) -> str:
    try:
        return workspace.settings.language
    except BoussoleError:
        return say.lang


def sessions_of(shown: Sequence[OwnSession], say: Say) -> PageData:
    """Where the reader is signed in."""
    return {
        "anchor": ANCHOR,
        "path": PATH,
        "field": PREFIX + "session",
        "others": OTHERS if len(shown) > 1 else "",
        "lines": [
            {
                "reference": each.reference,
                "name": each.browser or say("Unknown"),
                "started": say.moment(each.started),
                "seen": say.moment(each.seen),
                "until": say.moment(each.until),
                "here": each.here,
            }
            for each in shown
        ],
    }


def _change(me: Person, say: Say) -> str:
    if me.authenticated:
        return say("Ask your administrator: roles come from the account of your organisation.")
    return say("In local mode, choose another role at the foot of the menu. It proves nothing.")
