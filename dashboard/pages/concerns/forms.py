"""The form by which somebody says whether they want letters, and in which language; where it is sent."""

from __future__ import annotations

from pathlib import Path

from starlette.routing import Route

from boussole.audits.languages import LANGUAGES
from boussole.dashboard.markup.words.addresses import concerns_href
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.server.access.database import Wish, wish_of, write_wish
from boussole.dashboard.server.access.person import Person
from boussole.dashboard.server.forms.model import Field, Form, UnfitError, Values
from boussole.dashboard.server.forms.routes import Desk, form_route

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
            Field(
                name="letters",
                label=say("Send me by e-mail what concerns me"),
                kind="tick",
                required=False,
                value="yes" if wish.letters else "",
            ),
            Field(name="lang", label=say("Language of these e-mails"), kind="choice", choices=languages,
                  value=wish.lang or main),
        ],
    )  # fmt: skip


def letter_routes(home: Path) -> list[Route]:
    """The route of the form."""
    return [form_route(PATH, home, ask=_ask, act=_act, back=_back)]


def _reader(me: Person) -> str:
    return me.remembered_as


def _ask(desk: Desk, _of: str) -> Form | None:
    """Nobody in particular has no such form."""
    if not _reader(desk.person):
        return None
    wish = wish_of(desk.workspace, _reader(desk.person))
    return letters_form(wish, desk.say, main=desk.workspace.settings.language)


def _act(desk: Desk, _of: str, values: Values) -> str:
    lang = values.text("lang")
    if lang not in LANGUAGES:
        raise UnfitError(desk.say("Choose one of the languages."), "lang")
    write_wish(desk.workspace, _reader(desk.person), Wish(letters=values.ticked("letters"), lang=lang))
    return concerns_href(query={**desk.query, "kept": DONE}, anchor="by-mail")


def _back(desk: Desk, _of: str, token: str) -> str:
    return concerns_href(query={**desk.query, "sent": token})
