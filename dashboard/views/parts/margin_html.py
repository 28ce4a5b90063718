"""A margin as HTML, by its names of before: until no page asks for it here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boussole.dashboard.markup.elements import Html
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.server.forms.model import Problem
from boussole.dashboard.views.parts.margin import AnswerMargin, DraftMargin, Thread

_FILE = "views/parts/margin.html"


@dataclass(frozen=True, kw_only=True)
class MarginHtml:
    say: Say
    query: Mapping[str, str]
    problem: Problem | None

    def of_draft(self, margin: DraftMargin) -> Html:
        return Template(_FILE, self.say)("of_draft", margin, self.query, self.problem)

    def of_answer(self, margins: Sequence[AnswerMargin]) -> Html:
        return Template(_FILE, self.say)("of_answer", margins, self.query, self.problem)

    def thread(self, each: Thread) -> Html:
        return Template(_FILE, self.say)("thread", each, self.query, self.problem)
