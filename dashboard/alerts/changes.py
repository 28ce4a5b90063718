"""What counts as a change, and whether it is one for the worse. Nothing here reads a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from boussole.charter.document import ArticleVerdict, Standing, VerdictInShort

Direction = Literal["worse", "lost", "better", "other"]
Cause = Literal[
    "audit",
    "again",
    "rule",
    "charter",
    "charter_and_audit",
    "stated",
    "stated_or_charter",
    "decisions",
    "decisions_again",
]
NOT_ASKED = "not_asked"
"""The state of a question that the charter asks no longer, or of an article that it has no longer."""
BLIND = ("unknown", "not_examined", NOT_ASKED)
"""States in which nobody can tell."""
BAD = {"watch": 1, "broken": 2}
UNFAVOURABLE = ("worse", "lost")
"""What `only = "worse"` lets through: that something can't be told any more is never good news."""


@dataclass(frozen=True, kw_only=True)
class KnownState:
    """A state that was told, or needed no telling: since which day it holds, and the end of the window seen last."""

    state: str
    since: str
    window_end: str


@dataclass(frozen=True, kw_only=True)
class About:
    """What a change is about: `article/ARTICLE`, `question/ARTICLE/QUESTION` or `drift/PART` of a system."""

    system: str
    subject: str

    @property
    def kind(self) -> str:
        return self.subject.partition("/")[0]

    @property
    def name(self) -> str:
        """Of the article, the question or the part."""
        return self.subject.rpartition("/")[2]

    @property
    def article(self) -> str:
        """Of which article; empty for drift."""
        return "" if self.kind == "drift" else self.subject.split("/")[1]


@dataclass(frozen=True, kw_only=True)
class SubjectChange(About):
    """One change of one subject of a system.

    `before` is None where nobody had looked; `start` is the day from which the state after holds, `end` the last of the
    window that says so; `since` the day from which the state before held; `document` what the texts are made from (None
    for drift), `former` the audit before, where there is one.
    """

    before: str | None
    after: str
    since: str | None
    start: str
    end: str
    entry: int | None
    cause: Cause
    document: Standing | None
    former: Standing | None = None
    told: Mapping[str, str] = field(default_factory=dict)
    """Of drift, which no audit says: what the page says, in every language."""

    @property
    def direction(self) -> Direction:
        return direction(self.before, self.after)


def direction(before: str | None, after: str) -> Direction:
    """For the worse, for the better, or lost: it could be told, and cannot be any more.

    >>> direction("kept", "watch"), direction("broken", "watch"), direction("broken", "unknown")
    ('worse', 'better', 'lost')
    >>> direction(None, "broken"), direction("unknown", "kept"), direction("not_examined", "unknown")
    ('worse', 'better', 'other')
    """
    if after in BLIND:
        return "lost" if before is not None and before not in BLIND else "other"
    if after == "kept":
        return "better"
    return "worse" if BAD[after] > BAD.get(before or "", 0) else "better"


def is_told(before: str | None, after: str) -> bool:
    """Whether a state is a change that people are told.

    Of what nobody had looked at before, only what is not kept or to be watched; what stays as it is, never.

    >>> is_told(None, "kept"), is_told(None, "watch"), is_told("kept", "kept"), is_told("not_asked", "kept")
    (False, True, False, False)
    """
    if before in (None, NOT_ASKED):
        return after in BAD
    return before != after


def states_of(articles: Iterable[ArticleVerdict], verdicts: Iterable[VerdictInShort]) -> dict[str, str]:
    """The state of each article and question of an audit.

    >>> states_of([ArticleVerdict(article="a", verdict="kept", answered=1, asked=1)], [])
    {'article/a': 'kept'}
    """
    found = {f"article/{each.article}": str(each.verdict) for each in articles}
    return found | {f"question/{each.article}/{each.indicator}": str(each.verdict) for each in verdicts}


def changes_between(
    known: Mapping[str, KnownState],
    document: Standing,
    *,
    system: str,
    window: tuple[str, str],
    entry: int | None,
    cause: Callable[[str, str | None, str], Cause],
    former: Standing | None = None,
) -> tuple[list[SubjectChange], dict[str, KnownState]]:
    """What a document says otherwise than what is known, and what is known from then on.

    `cause` tells why a subject changed, from its state before and after; `former` is the document before, if any. Parts
    of drift are left as they are.
    """
    now = states_of(document.articles, document.verdicts)
    gone = [name for name in known if not name.startswith("drift/") and name not in now]
    found, after = [], dict(known)
    for subject, state in [*now.items(), *((name, NOT_ASKED) for name in gone)]:
        before = known.get(subject)
        if before is not None and before.state == state:
            after[subject] = KnownState(state=state, since=before.since, window_end=window[1])
            continue
        after[subject] = KnownState(state=state, since=window[0], window_end=window[1])
        if is_told(before.state if before else None, state):
            found.append(
                SubjectChange(
                    system=system,
                    subject=subject,
                    before=before.state if before else None,
                    after=state,
                    since=before.since if before else None,
                    start=window[0],
                    end=window[1],
                    entry=entry,
                    cause=cause(subject, before.state if before else None, state),
                    document=document,
                    former=former,
                )
            )
    return found, after
