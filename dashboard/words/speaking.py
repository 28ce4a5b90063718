"""Who speaks in a workspace: in a reader's language, by the clock of the organisation and among people of its own."""

from __future__ import annotations

from starlette.requests import Request

from boussole.audits.errors import BoussoleError
from boussole.audits.languages import LANGUAGES
from boussole.audits.workspace import Workspace
from boussole.dashboard.words.say import Say, speaker


def speaker_in(workspace: Workspace, lang: str) -> Say:
    """The speaker of a language in a workspace; by the usual clock where its settings cannot be read."""
    try:
        settings = workspace.settings
        return speaker(lang, settings.zone, settings.language)
    except BoussoleError:
        return speaker(lang)


def speaker_for(request: Request, workspace: Workspace) -> Say:
    """Who speaks to whoever sent a form: in the language of the page on which it stood."""
    return speaker_in(workspace, request.query_params.get("spoken", ""))


def chosen_language(request: Request) -> dict[str, str]:
    """What every address carries on: the language, once somebody has chosen it."""
    lang = request.query_params.get("lang", "")
    return {"lang": lang} if lang in LANGUAGES else {}
