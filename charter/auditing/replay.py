"""What another version of the charter would have said: stored measures are judged again, and nothing stored changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from boussole.audits.systems.model import System
from boussole.audits.workspace import Workspace
from boussole.charter.document import ArticleVerdict, VerdictInShort
from boussole.charter.judging.by_article import summarise
from boussole.charter.judging.families import SystemQuestions, asked_of
from boussole.charter.judging.verdicts import verdicts_in_short
from boussole.charter.records import AuditSummary, SealedStatement, each_summary, statements
from boussole.charter.records.facts import COUNTED, Facts
from boussole.charter.text.model import Charter

SCHEMA = "boussole.replay/1"
ABSENT = "not_asked"
"""The verdict of a question that one of the two charters does not ask."""


@dataclass(frozen=True, kw_only=True)
class WindowReplay:
    """One window of a system, judged again."""

    entry: int
    system: str
    start: dt.date
    end: dt.date
    verdicts: Sequence[VerdictInShort]
    articles: Sequence[ArticleVerdict]


@dataclass(frozen=True, kw_only=True)
class VerdictChange:
    """One question of one window whose verdict would be another; `before` and `after` may be `not_asked`."""

    system: str
    start: str
    end: str
    entry: int
    article: str
    indicator: str
    template: str
    by: Sequence[str] | None
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class Replay:
    """A whole replay: how many windows and verdicts were judged again, what changes, which systems are not known."""

    version: str
    sha256: str
    windows: int
    verdicts: int
    changes: Sequence[VerdictChange]
    unknown_systems: Sequence[str]

    def document(self) -> dict[str, Any]:
        """The replay as JSON, `boussole.replay/1`."""
        return {"schema": SCHEMA, **asdict(self)}


def replay(
    workspace: Workspace,
    against: Charter,
    *,
    system: str | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> Replay:
    """Judges the latest audit of each stored window by another charter and compares the verdicts that were given."""
    systems, windows, verdicts = workspace.systems, 0, 0
    unknown: set[str] = set()
    changes: list[VerdictChange] = []
    for audit, again in judged(
        each_summary(workspace, system=system, since=since, until=until),
        against,
        systems,
        statements(workspace, kinds=COUNTED),
    ):
        if again is None:
            unknown.add(audit.system)
            continue
        windows, verdicts = windows + 1, verdicts + len(again.verdicts)
        changes += _changes(audit, again)
    return Replay(
        version=against.version,
        sha256=against.sha256,
        windows=windows,
        verdicts=verdicts,
        changes=changes,
        unknown_systems=sorted(unknown),
    )


def judged(
    stored: Iterable[AuditSummary], charter: Charter, systems: Mapping[str, System], stated: Sequence[SealedStatement]
) -> Iterator[tuple[AuditSummary, WindowReplay | None]]:
    """Stored audits, each judged by a charter with what people had stated by then; None: no such system now."""
    questions = {name: asked_of(charter, system) for name, system in systems.items()}
    for audit in stored:
        asked = questions.get(audit.system)
        yield audit, None if asked is None else _judged(audit, asked, stated)


def _judged(audit: AuditSummary, questions: SystemQuestions, stated: Sequence[SealedStatement]) -> WindowReplay:
    facts = Facts(as_of=audit.as_of, sealed=tuple(each for each in stated if each.entry < audit.statements))
    verdicts = verdicts_in_short(
        questions,
        [each for each in audit.measures if each.params.since is None],
        window_start=audit.start,
        window_end=audit.end,
        facts=facts,
        left_out=audit.left_out,
        versions=audit.versions,
        together=[each for each in audit.measures if each.params.since is not None],
    )
    return WindowReplay(
        entry=audit.entry,
        system=audit.system,
        start=audit.start,
        end=audit.end,
        verdicts=verdicts,
        articles=summarise(questions.charter, verdicts, system=audit.system, facts=facts),
    )


def _changes(audit: AuditSummary, new: WindowReplay) -> Iterator[VerdictChange]:
    before, after = ({each.indicator: each for each in given} for given in (audit.verdicts, new.verdicts))
    for name in [*after, *(name for name in before if name not in after)]:
        told = after.get(name) or before[name]
        verdicts = [each[name].verdict if name in each else ABSENT for each in (before, after)]
        if verdicts[0] != verdicts[1]:
            yield VerdictChange(
                system=audit.system,
                start=audit.start.isoformat(),
                end=audit.end.isoformat(),
                entry=audit.entry,
                article=told.article,
                indicator=name,
                template=told.template or name,
                by=told.by,
                before=verdicts[0],
                after=verdicts[1],
            )
