"""What a message is about, in reading order: by system, the worst first, questions under their article."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.alerts.changes import UNFAVOURABLE
from dashboard.alerts.messages import Told
from dashboard.alerts.words import Tell
from dashboard.marks import ORDER

FIRST = ("worse", "lost", "better", "other")
MOST, MOST_QUESTIONS = 20, 8
"""Changes that are written out, and questions of each; how many more there are is said."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One change, and the questions of the same article that changed with it; of drift, the other parts of which the
    same is said."""

    change: Told
    also: Sequence[Told] = ()
    questions: Sequence[Told] = ()
    more: int = 0

    @property
    def changes(self) -> Sequence[Told]:
        """What stands at its head."""
        return [self.change, *self.also]


@dataclass(frozen=True, kw_only=True)
class Section:
    """The changes of one system."""

    system: str
    entries: Sequence[Entry]


@dataclass(frozen=True, kw_only=True)
class Layout:
    """All of them; `changes` counts promises, lone questions and parts of drift, `unfavourable` those for the worse."""

    sections: Sequence[Section]
    changes: int
    unfavourable: int
    more: int

    @property
    def only(self) -> Told | None:
        """The only change, where it is one."""
        return self.sections[0].entries[0].change if self.changes == 1 else None

    @property
    def heads(self) -> list[Told]:
        """The changes that are written out."""
        return [told for section in self.sections for entry in section.entries for told in entry.changes]


def layout(items: Sequence[Told]) -> Layout:
    """Several changes of the same subject all stand there, in the order in which they came."""
    entries = [entry for system in dict.fromkeys(each.system for each in items) for entry in _entries(items, system)]
    kept = _ordered(entries)[:MOST]
    heads = [told for entry in entries for told in entry.changes]
    return Layout(
        sections=[
            Section(system=system, entries=[each for each in kept if each.change.system == system])
            for system in dict.fromkeys(each.change.system for each in kept)
        ],
        changes=len(heads),
        unfavourable=sum(each.direction in UNFAVOURABLE for each in heads),
        more=len(entries) - len(kept),
    )


def _ordered(entries: Sequence[Entry]) -> list[Entry]:
    """The subjects by the worst of their changes; the changes of one, one after the other as they came."""
    worst: dict[tuple[str, str], tuple[int, int, bool, int]] = {}
    for each in entries:
        of = each.change.system, each.change.subject
        worst[of] = min(worst.get(of, _urgency(each)), _urgency(each))
    return sorted(entries, key=lambda each: (worst[each.change.system, each.change.subject], each.change.number))


def _urgency(entry: Entry) -> tuple[int, int, bool, int]:
    """The worst first, promises before drift, then as they came."""
    change = entry.change
    state = ORDER.index(change.after) if change.after in ORDER else len(ORDER)
    return FIRST.index(change.direction), state, change.kind == "drift", change.number


def _entries(items: Sequence[Told], system: str) -> list[Entry]:
    mine = [each for each in items if each.system == system]
    questions = [each for each in mine if each.kind == "question"]
    found, placed = [], set()
    for head in mine:
        if head.kind == "article":
            under = [each for each in questions if _together(head, each) and each.number not in placed]
            under.sort(key=lambda each: _urgency(Entry(change=each)))
            placed |= {each.number for each in under}
            more = max(0, len(under) - MOST_QUESTIONS)
            found.append(Entry(change=head, questions=under[:MOST_QUESTIONS], more=more))
        elif head.kind != "question" and head.number not in placed:
            also = [each for each in mine if each.number != head.number and _same_said(head, each)]
            placed |= {each.number for each in also}
            found.append(Entry(change=head, also=also))
    return found + [Entry(change=each) for each in questions if each.number not in placed]


def _together(article: Told, question: Told) -> bool:
    """Whether a question changed with its article: in the same window, as it was found."""
    same = ("detected_at", "article")
    return all(getattr(article, name) == getattr(question, name) for name in same) and (
        article.facts["end"] == question.facts["end"] and article.facts["entry"] == question.facts["entry"]
    )


def _same_said(first: Told, other: Told) -> bool:
    """Whether the same is said of two parts of drift."""
    return first.kind == other.kind == "drift" and _said(first) == _said(other)


def _said(told: Told) -> list[str]:
    return [told.facts["start"], *(said["sentence"] for said in told.facts["texts"].values())]


def subject(shown: Layout, texts: Mapping[int, Mapping[str, str]], tell: Tell) -> str:
    """The subject of a message: the change itself where it is one, else how many, and how many for the worse."""
    if shown.only is not None:
        told = texts[shown.only.number]
        return tell("{system}: {place}, {moved}", system=told["system"], place=told["place"], moved=told["moved"])
    n = tell.whole(shown.changes)
    if len(shown.sections) == 1:
        system = texts[shown.sections[0].entries[0].change.number]["system"]
        what = tell("{system}: {n} changes", system=system, n=n)
    else:
        what = tell("{n} changes in {m} systems", n=n, m=tell.whole(len(shown.sections)))
    if not shown.unfavourable:
        return what
    if shown.unfavourable == shown.changes:
        return tell("{what}, all for the worse", what=what)
    return tell("{what}, {m} of them for the worse", what=what, m=tell.whole(shown.unfavourable))


def next_step(shown: Layout, tell: Tell) -> str:
    """What to do, by the worst of the changes."""
    worst = min(shown.heads, key=lambda each: (FIRST.index(each.direction), each.kind == "drift"))
    if worst.direction == "worse" and worst.kind == "drift":
        return tell(
            "What to do: see on the page what moved and what happened then. If it is no longer the system that was "
            "examined, have it examined again."
        )
    if worst.direction == "worse":
        return tell(
            "What to do: read the figures on the page, ask the team, and put it on the agenda of the next session."
        )
    if worst.direction == "lost":
        return tell("What to do: see on the page what is missing, and have it completed before the next audit.")
    return tell("Nothing has to be done.")
