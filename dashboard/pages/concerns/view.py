"""What concerns whoever looks, and the form by which they say whether they want letters of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from starlette.routing import Route

from boussole.audits.languages import LANGUAGES
from boussole.audits.workspace import Workspace
from boussole.dashboard.alerts.personal import Reach
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import concerns_href
from boussole.dashboard.server.access.database import Wish, wish_of, write_wish
from boussole.dashboard.server.access.permissions import Person
from boussole.dashboard.server.forms import Form, FormDesk, FormField, FormValues, UnfitError, form_route
from boussole.dashboard.views.concerns import Concern

STAYS = dt.timedelta(minutes=10)
"""How long something stays under what is new once it was shown: a page that is loaded again shows the same."""


@dataclass(frozen=True, kw_only=True)
class ConcernsPage:
    """What is new, what was seen before, and what is said of letters; `form`: where one says whether one wants them."""

    new: Sequence[Concern]
    before: Sequence[Concern]
    letters: str
    form: Form


def split(
    concerns: Sequence[Concern], seen: Mapping[str, dt.datetime], *, now: dt.datetime
) -> tuple[list[Concern], list[Concern]]:
    """What is new, or was a moment ago, and the rest, the latest first."""
    new = [each for each in concerns if each.key not in seen or now - seen[each.key] < STAYS]
    fresh = {each.key for each in new}
    rest = [each for each in concerns if each.key not in fresh]
    return new, sorted(rest, key=lambda each: each.on, reverse=True)


def letters_words(reach: Reach, workspace: Workspace, say: Say) -> str:
    """Whether letters come, when, and to which address: that one is not shown."""
    hour = say.whole(workspace.settings.alerts.digest_hour)
    return {
        "off": say("Nothing is sent by e-mail here: the settings name no mail server for it. Your choice is kept."),
        "nowhere": say(
            "No e-mail reaches you: no address of yours alone is known here. Ask the secretariat to write it down."
        ),
        "reached": say(
            "One e-mail a day at the most, from {hour}:00, and only if there is something new. A vote that is open, or "
            "a session called with short notice, does not wait.",
            hour=hour,
        ),
    }[reach]


PATH, NAME = "/concerns-letters", "letters"
DONE = "yes"
TITLES = {"fr": "Français", "en": "English"}


def letters_form(wish: Wish, say: Say, *, main: str) -> Form:
    """The form. `main`: the language of the organisation."""
    languages = [(lang, TITLES[lang]) for lang in LANGUAGES]
    return Form(
        id=NAME,
        path=PATH,
        send=say("Keep this"),
        fields=[
            FormField(
                name="letters",
                label=say("Send me by e-mail what concerns me"),
                kind="tick",
                required=False,
                value="yes" if wish.letters else "",
            ),
            FormField(name="lang", label=say("Language of these e-mails"), kind="choice", choices=languages,
                  value=wish.lang or main),
        ],
    )  # fmt: skip


def letter_routes(home: Path) -> list[Route]:
    """The route of the form."""
    return [form_route(PATH, home, ask=_ask, act=_act, back=_back)]


def _reader(me: Person) -> str:
    return me.remembered_as


def _ask(desk: FormDesk, _of: str) -> Form | None:
    """Nobody in particular has no such form."""
    if not _reader(desk.person):
        return None
    wish = wish_of(desk.workspace, _reader(desk.person))
    return letters_form(wish, desk.say, main=desk.workspace.settings.language)


def _act(desk: FormDesk, _of: str, values: FormValues) -> str:
    lang = values.text("lang")
    if lang not in LANGUAGES:
        raise UnfitError(desk.say("Choose one of the languages."), "lang")
    write_wish(desk.workspace, _reader(desk.person), Wish(letters=values.ticked("letters"), lang=lang))
    return concerns_href(query={**desk.query, "kept": DONE}, anchor="by-mail")


def _back(desk: FormDesk, _of: str, token: str) -> str:
    return concerns_href(query={**desk.query, "sent": token})
