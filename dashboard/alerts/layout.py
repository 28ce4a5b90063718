"""What a message is about, in reading order: by system, the worst first, questions under their article."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from boussole.dashboard.alerts.messages import UNFAVOURABLE, ChangeMessage
from boussole.dashboard.alerts.words import AlertSay
from boussole.dashboard.markup.marks import ORDER

FIRST = ("worse", "lost", "better", "other")
Urgency = tuple[int, int, bool, int]
MOST, MOST_QUESTIONS = 20, 8
"""Changes that are written out, and questions of each; how many more there are is said."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What is read together: an article with the questions that changed with it, questions of an article that stays as
    it is, or the parts of drift of which the same is said. `more`: questions that are not written out."""

    heads: Sequence[ChangeMessage]
    questions: Sequence[ChangeMessage] = ()
    more: int = 0

    @property
    def first(self) -> ChangeMessage:
        """The change that the rest hangs on."""
        return (self.heads or self.questions)[0]

    @property
    def count(self) -> int:
        """How many changes it is told as: an article with its questions is one."""
        return len(self.heads) or len(self.questions) + self.more


@dataclass(frozen=True, kw_only=True)
class Section:
    """The changes of one system."""

    system: str
    entries: Sequence[Entry]


@dataclass(frozen=True, kw_only=True)
class Layout:
    """All of them. `changes` and `unfavourable`: how many, and how many for the worse; `more`: entries left out."""

    sections: Sequence[Section]
    changes: int
    unfavourable: int
    more: int

    @property
    def only(self) -> ChangeMessage | None:
        """The only change, where it is one."""
        return self.sections[0].entries[0].first if self.changes == 1 else None


def layout(items: Sequence[ChangeMessage]) -> Layout:
    """Several changes of the same subject all stand there, in the order in which they came."""
    entries = [entry for system in dict.fromkeys(each.system for each in items) for entry in _entries(items, system)]
    kept = _ordered(entries)[:MOST]
    counted = [told for told in items if told.kind != "question" or not _placed(told, entries)]
    return Layout(
        sections=[
            Section(system=system, entries=[each for each in kept if each.first.system == system])
            for system in dict.fromkeys(each.first.system for each in kept)
        ],
        changes=sum(entry.count for entry in entries),
        unfavourable=sum(each.direction in UNFAVOURABLE for each in counted),
        more=len(entries) - len(kept),
    )


def _placed(question: ChangeMessage, entries: Sequence[Entry]) -> bool:
    """Whether a question is told under its article."""
    return any(_together(entry.first, question) for entry in entries if entry.first.kind == "article")


def _ordered(entries: Sequence[Entry]) -> list[Entry]:
    """Articles and drift by the worst of their changes; those of one, one after the other as they came."""
    worst: dict[tuple[str, str], Urgency] = {}
    for each in entries:
        of = each.first.system, each.first.article
        worst[of] = min([*([worst[of]] if of in worst else []), *map(_urgency, (*each.heads, *each.questions))])
    return sorted(entries, key=lambda each: (worst[each.first.system, each.first.article], each.first.number))


def _urgency(told: ChangeMessage) -> Urgency:
    """The worst first, promises before drift, then as they came."""
    state = ORDER.index(told.after) if told.after in ORDER else len(ORDER)
    return FIRST.index(told.direction), state, told.kind == "drift", told.number


def _entries(items: Sequence[ChangeMessage], system: str) -> list[Entry]:
    mine = [each for each in items if each.system == system]
    asked = [each for each in mine if each.kind == "question"]
    drift = [each for each in mine if each.kind == "drift"]
    found = [
        _entry([each], [question for question in asked if _together(each, question)])
        for each in mine
        if each.kind not in ("question", "drift")
    ]
    found += [_entry(parts) for parts in _grouped(drift, _same_said)]
    alone = [each for each in asked if not _placed(each, found)]
    return found + [_entry([], questions) for questions in _grouped(alone, _together)]


def _entry(heads: Sequence[ChangeMessage], questions: Sequence[ChangeMessage] = ()) -> Entry:
    shown = sorted(questions, key=_urgency)
    return Entry(heads=heads, questions=shown[:MOST_QUESTIONS], more=max(0, len(shown) - MOST_QUESTIONS))


def _grouped(
    items: Sequence[ChangeMessage], same: Callable[[ChangeMessage, ChangeMessage], bool]
) -> list[list[ChangeMessage]]:
    """Changes that are read together, each group in the order in which they came."""
    groups: list[list[ChangeMessage]] = []
    for each in items:
        group = next((group for group in groups if same(group[0], each)), None)
        if group is None:
            groups.append([each])
        else:
            group.append(each)
    return groups


def _together(first: ChangeMessage, other: ChangeMessage) -> bool:
    """Whether two changes are of the same article, and were found of the same window."""
    return _of(first) == _of(other)


def _of(told: ChangeMessage) -> list[object]:
    return [told.system, told.article, told.detected_at, told.facts["end"], told.facts["entry"]]


def _same_said(first: ChangeMessage, other: ChangeMessage) -> bool:
    """Whether the same is said of two parts of drift."""
    return _said(first) == _said(other)


def _said(told: ChangeMessage) -> list[str]:
    return [told.facts["start"], *(said["sentence"] for said in told.facts["texts"].values())]


def subject(shown: Layout, texts: Mapping[int, Mapping[str, str]], tell: AlertSay) -> str:
    """The subject of a message: the change itself where it is one, else how many, and how many for the worse."""
    if shown.only is not None:
        told = texts[shown.only.number]
        return tell("{system}: {place}, {moved}", system=told["system"], place=told["place"], moved=told["moved"])
    n = tell.whole(shown.changes)
    if len(shown.sections) == 1:
        system = texts[shown.sections[0].entries[0].first.number]["system"]
        what = tell("{system}: {n} changes", system=system, n=n)
    else:
        what = tell("{n} changes in {m} systems", n=n, m=tell.whole(len(shown.sections)))
    if not shown.unfavourable:
        return what
    if shown.unfavourable == shown.changes:
        return tell("{what}, all for the worse", what=what)
    return tell("{what}, {m} of them for the worse", what=what, m=tell.whole(shown.unfavourable))


def next_step(shown: Layout, tell: AlertSay) -> str:
    """What to do, by the worst of the changes."""
    told = [
        each for section in shown.sections for entry in section.entries for each in (*entry.heads, *entry.questions)
    ]
    worst = min(told, key=lambda each: (FIRST.index(each.direction), each.kind == "drift"))
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
    return tell("Nothing new has to be done.")
