"""What answers and what became of something are called, and the lines that tell them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from boussole.charter.committee.advising.advice import State
from boussole.charter.record_types.kinds import FollowUp, Reply
from boussole.charter.records.facts import Facts
from boussole.dashboard.access.people.role_words import who_words
from boussole.dashboard.views.attached import attached_links
from boussole.dashboard.views.record_words import word
from boussole.dashboard.words.addresses import evidence_href
from boussole.dashboard.words.say import Say

Link = tuple[str, str]


def state_word(state: State, say: Say) -> str:
    """How far a recommendation is."""
    words = {"overdue": say("Answer overdue"), "waiting": say("Answer awaited"), "answered": say("Answered")}
    return words[state] if state in words else word(FollowUp, "state", state, say)


@dataclass(frozen=True, kw_only=True)
class ReplyWords:
    """A reply, or what was reported since: what, who and when, in which words, its entry and its files."""

    what: str
    by: str
    text: str
    sealed: Link
    attached: Sequence[Link] = ()


def answers(facts: Facts, entry: int, say: Say, *, query: dict[str, str]) -> list[ReplyWords]:
    """Every reply to an entry, and everything reported since, in the order it was said."""
    said: list[tuple[int, Reply | FollowUp, str]] = [
        (at, each, word(Reply, "accepted", each.accepted, say))
        for at, each in facts.standing(Reply)
        if each.of == entry
    ]
    said += [
        (at, each, word(FollowUp, "state", each.state, say))
        for at, each in facts.standing(FollowUp)
        if each.of == entry
    ]
    return [
        ReplyWords(
            what=what,
            by=say("{date} ({role})", date=say.date(each.on), role=who_words(each.role, say)),
            text=say.written(each.text),
            sealed=(say("entry {n}", n=str(at)), evidence_href(query=query, entry=str(at))),
            attached=attached_links(at, each, say),
        )
        for at, each, what in sorted(said, key=lambda found: (found[1].on, found[0]))
    ]


def counted(parts: Sequence[str]) -> str:
    """Parts of a sentence that are there, one after the other."""
    return " ".join(part for part in parts if part)
