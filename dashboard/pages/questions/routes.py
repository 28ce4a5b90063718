"""Where answers to questions are sent."""

from __future__ import annotations

from pathlib import Path

from starlette.routing import Route

from boussole.charter.record_types.acts import CommitteeQuestion
from boussole.charter.record_types.inputs import WebForm
from boussole.charter.records import SealedStatement
from boussole.dashboard.forms.routes import Desk
from boussole.dashboard.records.routes import FormPage, record_routes
from boussole.dashboard.records.setting import Setting
from boussole.dashboard.views import store
from boussole.dashboard.words.addresses import questions_href


def question_routes(home: Path) -> list[Route]:
    """The routes of a workspace."""
    return record_routes(home, "questions", ANSWER)


def _answering(desk: Desk, of: str, _: WebForm) -> Setting | None:
    """The question of an entry, and of which committee."""
    for chamber in store.chambers(desk.workspace).values():
        if any(str(at) == of for at, _ in chamber.house.standing(CommitteeQuestion)):
            return Setting(person=desk.person, say=desk.say, of=of, workspace=desk.workspace, chamber=chamber)
    return None


def _done(desk: Desk, _: Setting, __: WebForm, done: SealedStatement) -> str:
    return questions_href(query=desk.query, done=str(done.entry), anchor="done")


ANSWER = FormPage(
    setting=_answering, back=lambda desk, _, token: questions_href(query=desk.query, sent=token), done=_done
)
