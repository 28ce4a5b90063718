"""A margin as HTML: beside each paragraph on a desk, under it on a phone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boussole.dashboard.markup.elements import Html, details, el, join, link
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.server.forms.forms_html import folded_form, form_html
from boussole.dashboard.server.forms.model import Form, Problem
from boussole.dashboard.views.parts.margin import AnswerMargin, DraftMargin, NotedParagraph, Remark, Thread


@dataclass(frozen=True, kw_only=True)
class MarginHtml:
    """What the forms of a margin need besides themselves: the language of addresses, and what was wrong last."""

    say: Say
    query: Mapping[str, str]
    problem: Problem | None

    def of_draft(self, margin: DraftMargin) -> Html:
        """The text of a draft, each paragraph with its margin."""
        say = self.say
        if not margin.words and not margin.reservations and not margin.gone:
            return Html("")
        reservations = [el("h3", say("Reservations")), *map(self._paragraph, margin.reservations)]
        gone = [el("h3", say("On paragraphs that are no longer there")), *map(self.thread, margin.gone)]
        return el(
            "section",
            el("h2", say("The text and its margin"), id="margin"),
            el(
                "p",
                f"{margin.told} " if margin.told else None,
                say("Comments are read by this committee only, and never become part of the ledger by themselves."),
                class_="told",
            ),
            *map(self._paragraph, margin.words),
            *(reservations if margin.reservations else []),
            *(gone if margin.gone else []),
            class_="house-of with-margin",
        )

    def of_answer(self, margins: Sequence[AnswerMargin]) -> Html:
        """What the committees of whoever looks wrote in the margin of an answer."""
        say = self.say
        if not margins:
            return Html("")
        told = el(
            "p",
            say("Comments are read by their committee only, and never become part of the ledger by themselves."),
            class_="told",
        )
        parts = [told, *[part for each in margins for part in self._committee(each)]]
        if not any(each.threads for each in margins):
            opened = {"open": ""} if any(each.comment and self._failed(each.comment) for each in margins) else {}
            return el("details", el("summary", say("Comment in the margin")), *parts, class_="folded", **opened)
        return el("section", el("h2", say("In the margin"), id="margin"), *parts, class_="house-of answer-margin")

    def _committee(self, each: AnswerMargin) -> list[Html]:
        comment = self._folded(self.say("Comment on it"), each.comment, of=each.title) if each.comment else None
        return [part for part in (el("h3", each.title), *map(self.thread, each.threads), comment) if part]

    def _paragraph(self, each: NotedParagraph) -> Html:
        say = self.say
        comment = self._folded(say("Comment on it"), each.comment, of=each.name) if each.comment else None
        threads = list(map(self.thread, each.threads))
        return el(
            "div",
            el(
                "div",
                el("p", el("span", f"{each.name} ", class_="unseen"), el("span", str(each.number), aria_hidden="true")),
                el("p", each.text, class_="words"),
                class_="numbered",
            ),
            el("div", *threads, comment, class_="margin") if threads or comment else None,
            class_="beside-margin",
        )

    def thread(self, each: Thread) -> Html:
        """A comment with its replies; one that is settled is folded."""
        say = self.say
        quote = details(say("The words it was about"), el("blockquote", each.quote, class_="words"))
        since = [el("p", each.since, class_="since"), quote] if each.since else []
        remarks = self._remark(each.head, *since)
        if each.replies:
            remarks.append(el("ul", *[el("li", *self._remark(reply)) for reply in each.replies], class_="replies"))
        remarks += self._answering(each)
        if not each.settled:
            return el("div", *remarks, class_="thread", id=f"m-{each.head.number}")
        opened = {"open": ""} if self._holds(each) else {}
        summary = el("summary", each.settled, el("span", " ", each.head.text[:60], class_="unseen"))
        return el("details", summary, *remarks, class_="thread settled", id=f"m-{each.head.number}", **opened)

    def _answering(self, each: Thread) -> list[Html]:
        say, number = self.say, str(each.head.number)
        reply = self._folded(say("Reply"), each.reply, of=say("comment {n}", n=number)) if each.reply else None
        settle = form_html(each.settle, say, query=self.query, problem=self.problem) if each.settle else None
        return [part for part in (reply, settle) if part]

    def _remark(self, each: Remark, *since: Html) -> list[Html]:
        say = self.say
        parts = [
            el("p", el("strong", each.who), el("span", f" · {each.when}", class_="told"), class_="by"),
            el("p", each.text, class_="words") if each.text else None,
            *since,
        ]
        if each.own:
            forms = [form_html(form, say, query=self.query, problem=self.problem) for form in each.own]
            acts = el("ul", *[el("li", link(text, href)) for text, href in each.acts]) if each.acts else None
            title = say("Change, withdraw or publish") if each.acts else say("Change or withdraw")
            opened = {"open": ""} if any(self._failed(form) for form in each.own) else {}
            of = el("span", " ", say("comment {n}", n=str(each.number)), class_="unseen")
            parts.append(el("details", el("summary", title, of), acts, *forms, **opened))
        return [part for part in parts if part]

    def _folded(self, title: str, form: Form, *, of: str) -> Html:
        """A form that opens on request; `of` says to which paragraph or comment it goes."""
        named = join([title, el("span", f" ({of})", class_="unseen")])
        return folded_form(named, form, self.say, query=self.query, problem=self.problem)

    def _holds(self, each: Thread) -> bool:
        forms: Sequence[Form | None] = [each.reply, each.settle, *each.head.own]
        forms = [*forms, *(form for reply in each.replies for form in reply.own)]
        return any(form is not None and self._failed(form) for form in forms)

    def _failed(self, form: Form) -> bool:
        return self.problem is not None and self.problem.form == form.id
