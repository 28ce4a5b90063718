"""The forms of written questions: to ask one about a figure or in general, to answer one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from boussole.dashboard.access.person import Person
from boussole.dashboard.committee.chamber import Chamber
from boussole.dashboard.forms.forms_html import Titled
from boussole.dashboard.forms.model import Form
from boussole.dashboard.questions.figure import Figure
from boussole.dashboard.questions.view import QuestionsPage
from boussole.dashboard.records.form import record_form
from boussole.dashboard.records.routes import forms_on, offered
from boussole.dashboard.records.setting import Setting
from boussole.dashboard.words import Say

NONE = "-"
"""What an address says where a question is about no figure."""


def place_of(figure: Figure | None) -> str:
    """How a route names a figure."""
    return f"{figure.system}.{figure.key}" if figure else NONE


def setting_of(figure: Figure | None, chambers: Mapping[str, Chamber], me: Person, say: Say) -> Setting:
    """What a question is about, as whoever asks has seen it."""
    seen = {"audit": str(figure.audit or ""), "addressee": figure.owner} if figure else {}
    return Setting(person=me, say=say, of=place_of(figure), known=chambers, figure=figure, proposed=seen)


def asking(figure: Figure | None, chambers: Mapping[str, Chamber], me: Person, say: Say) -> Form:
    """A question, about a figure or in general."""
    ((model, form),) = forms_on("ask")
    return record_form(model, form, setting_of(figure, chambers, me, say))


def answers_of(page: QuestionsPage, me: Person, say: Say) -> Callable[[int], list[Titled]]:
    """The form by which each question can be answered, or answered once more."""
    known = {each.entry: each for each in (*page.waiting, *page.answered)}

    def of(entry: int) -> list[Titled]:
        at = Setting(person=me, say=say, of=str(entry), proposed={"role": known[entry].addressee})
        again = [] if known[entry].waits else [say("Answer once more")]
        return [(next(iter(again), title), form) for title, form in offered("questions", at)]

    return of
