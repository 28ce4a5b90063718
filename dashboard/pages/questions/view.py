"""The page of written questions: late ones first, who must answer by when, and the form of the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from starlette.routing import Route

from boussole.audits.languages import capital
from boussole.audits.mixed import joined
from boussole.charter.committee.referrals.matters import ORDER, QuestionHistory, questions
from boussole.charter.record_types.acts import CommitteeQuestion
from boussole.charter.record_types.inputs import WebForm
from boussole.charter.records import SealedStatement
from boussole.dashboard.markup.templates import PageData
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import ask_href, evidence_href, questions_href, system_href
from boussole.dashboard.server.access.permissions import Person, who_words
from boussole.dashboard.server.forms import FormDesk, Titled
from boussole.dashboard.views import store
from boussole.dashboard.views.chamber import Chamber
from boussole.dashboard.views.records.entering import FormPage, offered, record_routes
from boussole.dashboard.views.records.setting import Setting, told
from boussole.dashboard.views.register_words import when
from boussole.dashboard.views.scene import Scene

Link = tuple[str, str]


def questions_page(scene: Scene, chambers: Mapping[str, Chamber], say: Say, *, query: dict[str, str]) -> PageData:
    """The questions of all committees together."""
    found = [(chamber, each) for chamber in chambers.values() for each in questions(chamber.house, today=chamber.today)]
    found.sort(key=lambda pair: (ORDER.index(pair[1].state), pair[1].question.due_on, pair[1].entry))
    shown = [_view(scene, chamber, each, say, query=query) for chamber, each in found]
    late = sum(each.state == "overdue" for _, each in found)
    waiting = sum(each.state == "waiting" for _, each in found)
    tone, headline = _headline(late, waiting, len(found), say)
    return {
        "tone": tone,
        "headline": headline,
        "others": say.plural("One more waits in time.", "{n} more wait in time.", waiting) if late and waiting else "",
        "waiting": [each for each in shown if each["waits"]],
        "answered": [each for each in reversed(shown) if not each["waits"]],
        "ask": ask_href("", "", query=query),
    }


def _headline(late: int, waiting: int, every: int, say: Say) -> tuple[str, str]:
    if late:
        return "broken", say.plural(
            "One question waits for its answer beyond its day.",
            "{n} questions wait for their answer beyond their day.",
            late,
        )
    if waiting:
        return "watch", say.plural(
            "One question waits for its answer, in time.", "{n} questions wait for their answer, in time.", waiting
        )
    if every:
        return "kept", say("Every question has been answered.")
    return "unknown", say("No question has been asked yet.")


def _view(scene: Scene, chamber: Chamber, each: QuestionHistory, say: Say, *, query: dict[str, str]) -> PageData:
    said = each.question
    asker = chamber.name(said.by, say) if said.by else who_words(said.role, say)
    states = {
        "overdue": capital(when(said.due_on, chamber.today, say)),
        "waiting": capital(when(said.due_on, chamber.today, say)),
        "answered": say("Answered late") if each.late else say("Answered"),
    }
    parts = [
        chamber.title(say),
        say("asked by {who} on {date}", who=asker, date=say.date(said.on)),
        say("to: {who}", who=say.written(said.addressee)),
        say("answer due on {date}", date=say.date(said.due_on)),
    ]
    return {
        "entry": each.entry,
        "when": states[each.state],
        "late": each.state == "overdue",
        "waits": each.state != "answered",
        "text": say.written(said.text),
        "told": joined(" · ", parts),
        "figure": (told(scene, said.figure, say), _where(said.figure.audit, said.system, query=query))
        if said.figure
        else None,
        "answers": [
            (
                say("{date} ({role})", date=say.date(answer.on), role=who_words(answer.role, say)),
                say.written(answer.text) or say("A document."),
                (say("entry {n}", n=str(at)), evidence_href(query=query, entry=str(at))),
            )
            for at, answer in each.answers
        ],
        "sealed": (say("entry {n}", n=str(each.entry)), evidence_href(query=query, entry=str(each.entry))),
        "addressee": said.addressee,
    }


def _where(audit: int | None, system: str | None, *, query: dict[str, str]) -> str:
    if audit is not None:
        return evidence_href(query=query, entry=str(audit))
    return system_href(system or "", query=query)


def forms_of(page: PageData, me: Person, say: Say) -> Callable[[int], list[Titled]]:
    """The forms by which each question can be answered, or answered once more."""
    known = {each["entry"]: each for each in (*page["waiting"], *page["answered"])}

    def of(entry: int) -> list[Titled]:
        at = Setting(person=me, say=say, of=str(entry), proposed={"role": known[entry]["addressee"]})
        again = [] if known[entry]["waits"] else [say("Answer once more")]
        return [(next(iter(again), title), form) for title, form in offered("questions", at, "answer")]

    return of


def question_routes(home: Path) -> list[Route]:
    """The routes of a workspace."""
    return record_routes(home, "questions", QUESTIONS)


def _answering(desk: FormDesk, of: str, _: WebForm) -> Setting | None:
    for chamber in store.chambers(desk.workspace).values():
        if of in {str(entry) for entry, _question in chamber.house.standing(CommitteeQuestion)}:
            return Setting(person=desk.person, say=desk.say, of=of, workspace=desk.workspace, chamber=chamber)
    return None


def _done(desk: FormDesk, _: Setting, __: WebForm, done: SealedStatement) -> str:
    return questions_href(query=desk.query, done=str(done.entry), anchor="done")


QUESTIONS = FormPage(
    setting=_answering, back=lambda desk, _, token: questions_href(query=desk.query, sent=token), done=_done
)
