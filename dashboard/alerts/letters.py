"""A message as people and programs get it, in reading order: as text, as HTML, as JSON."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from boussole.dashboard.alerts.channels import Channel
from boussole.dashboard.alerts.messages import UNFAVOURABLE, AlertSay, ChangeMessage, Message, teller
from boussole.dashboard.markup.elements import INK, INK_2, LINE, LINK, MARKS, ORDER, PAPER
from boussole.dashboard.markup.templates import Template

FIRST = ("worse", "lost", "better", "other")
Urgency = tuple[int, int, bool, int]
MOST, MOST_QUESTIONS = 20, 8
"""Changes that are written out, and questions of each; how many more there are is said."""


@dataclass(frozen=True, kw_only=True)
class LetterEntry:
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
class LetterSection:
    """The changes of one system."""

    system: str
    entries: Sequence[LetterEntry]


@dataclass(frozen=True, kw_only=True)
class LetterLayout:
    """All of them. `changes` and `unfavourable`: how many, and how many for the worse; `more`: entries left out."""

    sections: Sequence[LetterSection]
    changes: int
    unfavourable: int
    more: int

    @property
    def only(self) -> ChangeMessage | None:
        """The only change, where it is one."""
        return self.sections[0].entries[0].first if self.changes == 1 else None


def layout(items: Sequence[ChangeMessage]) -> LetterLayout:
    """Several changes of the same subject all stand there, in the order in which they came."""
    entries = [entry for system in dict.fromkeys(each.system for each in items) for entry in _entries(items, system)]
    kept = _ordered(entries)[:MOST]
    counted = [told for told in items if told.kind != "question" or not _placed(told, entries)]
    return LetterLayout(
        sections=[
            LetterSection(system=system, entries=[each for each in kept if each.first.system == system])
            for system in dict.fromkeys(each.first.system for each in kept)
        ],
        changes=sum(entry.count for entry in entries),
        unfavourable=sum(each.direction in UNFAVOURABLE for each in counted),
        more=len(entries) - len(kept),
    )


def _placed(question: ChangeMessage, entries: Sequence[LetterEntry]) -> bool:
    """Whether a question is told under its article."""
    return any(_together(entry.first, question) for entry in entries if entry.first.kind == "article")


def _ordered(entries: Sequence[LetterEntry]) -> list[LetterEntry]:
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


def _entries(items: Sequence[ChangeMessage], system: str) -> list[LetterEntry]:
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


def _entry(heads: Sequence[ChangeMessage], questions: Sequence[ChangeMessage] = ()) -> LetterEntry:
    shown = sorted(questions, key=_urgency)
    return LetterEntry(heads=heads, questions=shown[:MOST_QUESTIONS], more=max(0, len(shown) - MOST_QUESTIONS))


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


def subject(shown: LetterLayout, texts: Mapping[int, Mapping[str, str]], tell: AlertSay) -> str:
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


def next_step(shown: LetterLayout, tell: AlertSay) -> str:
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


# A message as JSON, for webhooks: `boussole.alert/1`. Its schema is `alert.schema.json` beside this module.


SCHEMA = "boussole.alert/1"


def document(message: Message, *, organisation: str, address: str, languages: Sequence[str]) -> dict[str, Any]:
    """What a webhook gets beside the text. `address`: of the dashboard; empty: no links."""
    return {
        "schema": SCHEMA,
        "id": message.id,
        "organisation": organisation,
        "channel": message.channel,
        "digest": message.digest,
        "created_at": message.created_at,
        "changes": [_change(each, address, languages) for each in message.items],
    }


def _change(told: ChangeMessage, address: str, languages: Sequence[str]) -> dict[str, Any]:
    texts = {}
    for lang in languages:
        said = dict(told.facts["texts"][lang])
        page = said.pop("page")
        texts[lang] = {**said, "link": address + page if address else None}
    return {
        "system": told.system,
        "kind": told.kind,
        "article": told.article or None,
        "question": told.name if told.kind == "question" else None,
        "part": told.name if told.kind == "drift" else None,
        "before": told.before,
        "after": told.after,
        "direction": told.direction,
        "cause": told.facts["cause"],
        "holds_from": told.facts["start"],
        "window_end": told.facts["end"],
        "before_since": told.facts["since"],
        "entry": told.facts["entry"],
        "detected_at": told.detected_at,
        "texts": texts,
    }


def schema_text() -> str:
    """The JSON Schema (2020-12) of `boussole.alert/1`."""
    return resources.files(__package__).joinpath("alert.schema.json").read_text(encoding="utf-8")


# A message as it leaves: a subject, a text, the same as HTML, and as JSON (`boussole.alert/1`).


WIDTH, SUBJECT = 78, 180
HUES = {"ink": INK, "ink_2": INK_2, "line": LINE, "link": LINK, "paper": PAPER}
Texts = Mapping[int, Mapping[str, str]]
"""The texts of each change by its number, in one language."""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A message in the languages of its channel."""

    subject: str
    text: str
    html: str
    document: Mapping[str, Any]
    unfavourable: bool


def letter(message: Message, channel: Channel, *, organisation: str, address: str) -> Letter:
    """What is sent. `address`: of the dashboard; empty: no links."""
    shown = layout(message.items)
    parts = [_LetterPart(message, shown, teller(lang), organisation, address) for lang in channel.languages]
    return Letter(
        subject=line(f"[Boussole] {parts[0].subject}", SUBJECT),
        text="\n\n\n".join(part.text() for part in parts) + "\n",
        html=made("message", [part.told() for part in parts], parts[0].tell),
        document=document(message, organisation=organisation, address=address, languages=channel.languages),
        unfavourable=bool(shown.unfavourable),
    )


def line(text: str, most: int) -> str:
    """A text on one line, not longer than that: no name can begin another header.

    >>> line("a\\r\\nBcc: x", 20), line("abcdef", 4)
    ('a Bcc: x', 'abc…')
    """
    shown = "".join(sign if sign.isprintable() or unicodedata.category(sign) == "Zs" else " " for sign in text)
    whole = " ".join(part for part in shown.split(" ") if part)
    return whole if len(whole) <= most else whole[: most - 1] + "…"


class _LetterPart:
    """The message in one language."""

    def __init__(self, message: Message, shown: LetterLayout, tell: AlertSay, organisation: str, address: str) -> None:
        self.message, self.shown, self.tell = message, shown, tell
        self.organisation, self.address = organisation, address
        self.texts: Texts = {each.number: each.facts["texts"][tell.lang] for each in message.items}
        self.subject = subject(shown, self.texts, tell)

    def text(self) -> str:
        """As plain text: a line for each idea, however long."""
        blocks = [self.subject, self.organisation]
        for section in self.shown.sections:
            blocks += [self._system(section)] if self.shown.only is None else []
            blocks += [self._entry(entry) for entry in section.entries]
        blocks += [told for told in (self._more(), next_step(self.shown, self.tell)) if told]
        return "\n\n".join([*blocks, "-- \n" + "\n".join(self.small_print())])

    def _name(self, section: LetterSection) -> str:
        return self.texts[section.entries[0].first.number]["system"]

    def _system(self, section: LetterSection) -> str:
        name = self._name(section)
        return f"{name}\n{'=' * min(len(name), WIDTH)}"

    def _said(self, entry: LetterEntry) -> list[str]:
        """What is said of an entry, one paragraph each: its heads first; what its questions say is not said twice."""
        said, alone = self.texts[entry.first.number], self.shown.only is not None
        if not entry.heads and not alone:
            return [said["whole"], *filter(None, [said["period"]])]
        heads = [] if alone else [self._head(self.texts[each.number]) for each in entry.heads]
        when = " ".join(filter(None, (said["since"], said["before"], said["period"])))
        below = [self.texts[each.number]["sentence"] for each in self._under(entry)]
        told = [said["question"], said["sentence"], said["whole"], when, said["cause"]]
        return [*heads, *(each for each in told if each and each not in below)]

    def _under(self, entry: LetterEntry) -> Sequence[ChangeMessage]:
        """The questions that are listed: all but the one that is the whole message."""
        return entry.questions if entry.heads or self.shown.only is None else ()

    def _entry(self, entry: LetterEntry) -> str:
        said, heads = self._said(entry), self._heads(entry)
        indent = "  " if heads else ""
        lines = [each if at < heads else indent + each for at, each in enumerate(said)]
        lines += [f"{indent}{self.address}{self.texts[entry.first.number]['page']}"] if self.address else []
        lines += [
            row
            for each in self._under(entry)
            for row in (f"  - {self._asked(each)}", f"    {self._figure(each, entry)}")
        ]
        return "\n".join([*lines, *([f"  {self.more_questions(entry)}"] if entry.more else [])])

    def _heads(self, entry: LetterEntry) -> int:
        """How many paragraphs stand at the head of a change; none where the subject has said it."""
        return 0 if self.shown.only is not None else len(entry.heads) or 1

    def _head(self, said: Mapping[str, str]) -> str:
        return self.tell("{place}: {moved}", place=said["place"], moved=said["moved"])

    def _asked(self, told: ChangeMessage) -> str:
        """A question and what became of it."""
        said = self.texts[told.number]
        return " ".join([said["question"] or told.name, self._became(told)])

    def _became(self, told: ChangeMessage) -> str:
        moved = self.texts[told.number]["moved"]
        return f"{moved[:1].upper()}{moved[1:]}."

    def _figure(self, told: ChangeMessage, entry: LetterEntry) -> str:
        """Its figure, and why it changed where its article has not said so."""
        said, head = self.texts[told.number], self.texts[entry.first.number]
        cause = "" if entry.heads and said["cause"] == head["cause"] else said["cause"]
        return " ".join(filter(None, (said["sentence"], cause)))

    def _more(self) -> str:
        return self.tell("And {n} more, on the pages.", n=self.tell.whole(self.shown.more)) if self.shown.more else ""

    def more_questions(self, entry: LetterEntry) -> str:
        """How many questions are not written out."""
        return self.tell("And {n} more, on the pages.", n=self.tell.whole(entry.more))

    def small_print(self) -> list[str]:
        """What it rests on, why it came, and its number."""
        return [
            self.tell("Whole periods and groups that are large enough: no person and no single decision is in here."),
            self.tell("No threshold here is a legal one."),
            self.tell(
                "You get this because boussole.toml names the channel “{name}”. Message {id}.",
                name=self.message.channel,
                id=self.message.id,
            ),
        ]

    def told(self) -> dict[str, Any]:
        """The same for letters.html."""
        alone = self.shown.only is not None
        return {
            "lang": self.tell.lang,
            "subject": self.subject,
            "organisation": self.organisation,
            "sections": [
                ("" if alone else self._name(section), [self._block(entry) for entry in section.entries])
                for section in self.shown.sections
            ],
            "after": [told for told in (self._more(), next_step(self.shown, self.tell)) if told],
            "small": self.small_print(),
        }

    def _block(self, entry: LetterEntry) -> dict[str, Any]:
        page = self.texts[entry.first.number]["page"]
        return {
            "ink": MARKS.get(entry.first.after, MARKS["not_examined"]).ink,
            "paragraphs": self._said(entry),
            "heads": self._heads(entry),
            "questions": [self._item(each, entry) for each in self._under(entry)],
            "more": self.more_questions(entry) if entry.more else "",
            "page": f"{self.address}{page}" if self.address else "",
            "see": self.tell("See the page"),
        }

    def _item(self, told: ChangeMessage, entry: LetterEntry) -> tuple[str, str, str]:
        asked = self.texts[told.number]["question"] or told.name
        return asked, self._became(told), self._figure(told, entry)


def made(macro: str, told: Any, tell: AlertSay) -> str:
    """A whole document of letters.html."""
    shown = Template("alerts/letters.html", tell)
    return f"<!DOCTYPE html>\n{shown(macro, told, HUES)}"


def wrapped(text: str) -> str:
    """A text in lines of a length that is easy to read, as e-mail has them; what is indented stays so.

    No-break spaces and addresses stay whole.

    >>> print(wrapped("  - " + "word " * 20))  # doctest: +NORMALIZE_WHITESPACE
      - word word word word word word word word word word word word word word
        word word word word word word
    """
    return "\n".join(_lines(each) for each in text.split("\n"))


def _lines(text: str) -> str:
    if len(text) <= WIDTH:
        return text
    indent = re.match(r" *(?:- )?", text)
    first = indent[0] if indent else ""
    wrapper = textwrap.TextWrapper(
        width=WIDTH,
        initial_indent=first,
        subsequent_indent=" " * len(first),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(wrapper.wrap(text[len(first) :]))
