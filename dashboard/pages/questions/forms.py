"""The form by which a written question is answered: who sees it, and where it is sent."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from starlette.routing import Route

from boussole.charter.record_types.acts import CommitteeQuestion
from boussole.charter.record_types.inputs import WebForm
from boussole.charter.records import SealedStatement
from boussole.dashboard.markup.words.addresses import questions_href
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.pages.questions.view import QuestionsPage
from boussole.dashboard.server.access.person import Person
from boussole.dashboard.server.forms.model import Titled
from boussole.dashboard.server.forms.routes import Desk
from boussole.dashboard.views import store
from boussole.dashboard.views.records.entering import FormPage, offered, record_routes
from boussole.dashboard.views.records.setting import Setting


def answers_of(page: QuestionsPage, me: Person, say: Say) -> Callable[[int], list[Titled]]:
    """The form by which each question can be answered, or answered once more."""
    known = {each.entry: each for each in (*page.waiting, *page.answered)}

    def of(entry: int) -> list[Titled]:
        at = Setting(person=me, say=say, of=str(entry), proposed={"role": known[entry].addressee})
        again = [] if known[entry].waits else [say("Answer once more")]
        return [(next(iter(again), title), form) for title, form in offered("questions", at)]

    return of


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
