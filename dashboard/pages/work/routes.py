"""Where the forms of effects on work are sent."""

from __future__ import annotations

from pathlib import Path

from starlette.routing import Route

from boussole.dashboard.records.routes import FormPage, record_routes
from boussole.dashboard.records.setting import Setting
from boussole.dashboard.words.addresses import work_href

PAGE = FormPage(
    setting=lambda desk, _, __: Setting(person=desk.person, say=desk.say, workspace=desk.workspace),
    back=lambda desk, _, token: work_href(query=desk.query, sent=token),
    done=lambda desk, _, __, done: work_href(query=desk.query, done=str(done.entry), anchor="done"),
)


def work_routes(home: Path) -> list[Route]:
    """The routes of a workspace."""
    return record_routes(home, "work", PAGE)
