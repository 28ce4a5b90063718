"""What another version of the charter would have said: stored measures are judged again, and nothing stored changes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from boussole.audits.workspace import Workspace
from boussole.charter.document import VerdictInShort
from boussole.charter.judging.families import SystemQuestions, asked_of
from boussole.charter.judging.verdicts import verdicts_in_short
from boussole.charter.records import AuditSummary, SealedStatement, each_summary, statements
from boussole.charter.records.facts import COUNTED, Facts
from boussole.charter.text.model import Charter

SCHEMA = "boussole.replay/1"
ABSENT = "not_asked"
"""The verdict of a question that one of the two charters does not ask."""


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
    windows, verdicts = 0, 0
    questions = {name: asked_of(against, each) for name, each in workspace.systems.items()}
    stated = statements(workspace, kinds=COUNTED)
    unknown: set[str] = set()
    changes: list[VerdictChange] = []
    for audit in each_summary(workspace, system=system, since=since, until=until):
        if audit.system not in questions:
            unknown.add(audit.system)
            continue
        again = judged_again(audit, questions[audit.system], stated)
        windows, verdicts = windows + 1, verdicts + len(again)
        changes += _changes(audit, again)
    return Replay(
        version=against.version,
        sha256=against.sha256,
        windows=windows,
        verdicts=verdicts,
        changes=changes,
        unknown_systems=sorted(unknown),
    )


def judged_again(
    audit: AuditSummary, questions: SystemQuestions, stated: Sequence[SealedStatement]
) -> Sequence[VerdictInShort]:
    """The verdicts that a charter gives on the figures of a stored audit, with what people had stated by then."""
    return verdicts_in_short(
        questions,
        [each for each in audit.measures if each.params.since is None],
        window_start=audit.start,
        window_end=audit.end,
        facts=Facts(as_of=audit.as_of, sealed=tuple(each for each in stated if each.entry < audit.statements)),
        left_out=audit.left_out,
        versions=audit.versions,
        together=[each for each in audit.measures if each.params.since is not None],
    )


def _changes(audit: AuditSummary, verdicts: Sequence[VerdictInShort]) -> Iterator[VerdictChange]:
    before, after = ({each.indicator: each for each in given} for given in (audit.verdicts, verdicts))
    for name in [*after, *(name for name in before if name not in after)]:
        told = after.get(name) or before[name]
        then, now = (each[name].verdict if name in each else ABSENT for each in (before, after))
        if then != now:
            yield VerdictChange(
                system=audit.system,
                start=audit.start.isoformat(),
                end=audit.end.isoformat(),
                entry=audit.entry,
                article=told.article,
                indicator=name,
                template=told.template or name,
                by=told.by,
                before=then,
                after=now,
            )
