"""The margin of an answer, kept for each committee: what its members wrote, and what has changed since."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from boussole.audits.workspace import Workspace
from boussole.charter.committee.margin import AnswerSpot, SavedNote
from boussole.dashboard.forms.model import Form
from boussole.dashboard.parts.margin.forms import commenting_on_answer
from boussole.dashboard.parts.margin.view import MarginReader, Thread, thread
from boussole.dashboard.views import store
from boussole.dashboard.views.answers.short import short_answer
from boussole.dashboard.words.say import Say
from boussole.dashboard.words.speaking import speaker_in


@dataclass(frozen=True, kw_only=True)
class AnswerMargin:
    """What one committee wrote in the margin of an answer."""

    committee: str
    title: str
    threads: Sequence[Thread]
    comment: Form | None


def answer_spot(workspace: Workspace, system: str, question: str, say: Say) -> AnswerSpot | None:
    """An answer as it is read now; None where a system is asked no such question."""
    scene = store.scene(workspace)
    document = scene.standing.get(system)
    verdict = next((each for each in document.verdicts if each.indicator == question), None) if document else None
    if document is None or verdict is None:
        return None
    title, declared = scene.title(system, say), scene.systems.get(system)
    said = short_answer(scene.charter, document, verdict, say, system=declared, title=title)
    return AnswerSpot(system=system, question=question, audit=document.entry, lang=say.lang, quote=said)


def answer_margin(
    reader: MarginReader, spot: AnswerSpot, notes: Sequence[SavedNote], now: Callable[[str], str]
) -> AnswerMargin:
    """The margin of an answer; `now` says it as it is read now in a language."""
    say, chamber = reader.say, reader.chamber
    heads = [note for note in notes if note.reply_to is None]
    return AnswerMargin(
        committee=chamber.id,
        title=chamber.title(say),
        threads=[thread(reader, note, notes, since=_since(note, spot, now, say)) for note in heads],
        comment=commenting_on_answer(chamber.id, spot.system, spot.question, spot.audit, say)
        if reader.writes
        else None,
    )


def told_in(workspace: Workspace, spot: AnswerSpot) -> Callable[[str], str]:
    """How an answer is told now, by language; each is told once, whatever the number of comments."""

    @cache
    def told(lang: str) -> str:
        found = answer_spot(workspace, spot.system, spot.question, speaker_in(workspace, lang))
        return found.quote if found else ""

    return told


def _since(note: SavedNote, spot: AnswerSpot, now: Callable[[str], str], say: Say) -> str:
    """What has changed since a comment was written; empty where nothing has."""
    if now(note.lang) != note.quote:
        return say("The answer has changed since.")
    if note.audit != spot.audit:
        return say("There has been another audit since, and the answer is the same.")
    return ""
