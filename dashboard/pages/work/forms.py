"""What the page of effects on work gives to take along, and where its forms are sent."""

from __future__ import annotations

from pathlib import Path

from starlette.routing import Route

from boussole.dashboard.markup.words.addresses import work_href
from boussole.dashboard.views.records.entering import FormPage, record_routes
from boussole.dashboard.views.records.setting import Setting

PAGE = FormPage(
    setting=lambda desk, _, __: Setting(person=desk.person, say=desk.say, workspace=desk.workspace),
    back=lambda desk, _, token: work_href(query=desk.query, sent=token),
    done=lambda desk, _, __, done: work_href(query=desk.query, done=str(done.entry), anchor="done"),
)


def work_routes(home: Path) -> list[Route]:
    """The routes of a workspace."""
    return record_routes(home, "work", PAGE)
