"""Where the forms of the page of recommendations are sent."""

from __future__ import annotations

from pathlib import Path

from starlette.routing import Route

from boussole.charter.record_types.acts import Opinion
from boussole.charter.record_types.inputs import WebForm
from boussole.charter.record_types.kinds import Recommendation
from boussole.charter.records import statements
from boussole.dashboard.forms.routes import Desk
from boussole.dashboard.records.routes import FormPage, record_routes
from boussole.dashboard.records.setting import Setting
from boussole.dashboard.words.addresses import recommendations_href


def _setting(desk: Desk, of: str, form: WebForm) -> Setting | None:
    """The recommendation or opinion of an entry, where a form is about one, and who must answer it."""
    at = Setting(person=desk.person, say=desk.say, workspace=desk.workspace, of=of)
    opinions = statements(desk.workspace, kinds=[Opinion.kind]) if form.about else []
    known = {str(entry) for entry, _ in at.facts.standing(Recommendation)} | {str(each.entry) for each in opinions}
    return at if not form.about or of in known else None


PAGE = FormPage(
    setting=_setting,
    back=lambda desk, _, token: recommendations_href(query=desk.query, sent=token),
    done=lambda desk, _, __, done: recommendations_href(query=desk.query, done=str(done.entry), anchor="done"),
)


def followed_routes(home: Path) -> list[Route]:
    """The routes of a workspace."""
    return record_routes(home, "recommendations", PAGE)
