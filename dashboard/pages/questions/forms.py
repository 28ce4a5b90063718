"""The form by which a written question is answered."""

from __future__ import annotations

from collections.abc import Callable

from boussole.dashboard.access.people.person import Person
from boussole.dashboard.forms.forms_html import Titled
from boussole.dashboard.pages.questions.view import QuestionsPage
from boussole.dashboard.records.routes import offered
from boussole.dashboard.records.setting import Setting
from boussole.dashboard.words.say import Say


def answers_of(page: QuestionsPage, me: Person, say: Say) -> Callable[[int], list[Titled]]:
    """The form by which each question can be answered, or answered once more."""
    known = {each.entry: each for each in (*page.waiting, *page.answered)}

    def of(entry: int) -> list[Titled]:
        at = Setting(person=me, say=say, of=str(entry), proposed={"role": known[entry].addressee})
        again = [] if known[entry].waits else [say("Answer once more")]
        return [(next(iter(again), title), form) for title, form in offered("questions", at)]

    return of
