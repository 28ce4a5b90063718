"""What is due next in a register, what is overdue first: audits, reviews, attestations, replies, erasures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from boussole.audits.systems.register import BEGUN
from boussole.charter.deadlines.days import months_later
from boussole.charter.judging.coverage import Use
from boussole.charter.record_types.kinds import Case, Inspection, Recommendation, Reply
from boussole.charter.records.facts import Facts
from boussole.charter.text.model import Charter, Frequency

Kind = Literal["audit", "review", "attestation", "reply", "case", "legal_basis", "erasure", "trial", "service", "ended"]
MONTHS: dict[Frequency, int] = {"monthly": 1, "quarterly": 3, "yearly": 12}
WINDOW_MONTHS = {"month": 1, "quarter": 3, "year": 12}
WINDOW_DAYS = {"day": 1, "week": 7}


@dataclass(frozen=True, kw_only=True)
class Due:
    """Something that somebody (`who`) must do by a day, about a `system` or about all; `count`: of its questions."""

    on: dt.date
    kind: Kind
    system: str | None = None
    indicator: str | None = None
    count: int = 1
    group: str | None = None
    who: str | None = None
    entry: int | None = None

    def days(self, today: dt.date) -> int:
        """Days that are left; negative when it is overdue."""
        return (self.on - today).days


def due(
    charter: Charter, uses: Sequence[Use], *, facts: Facts, oldest: Mapping[str, dt.date] | None = None
) -> list[Due]:
    """Everything that is due, by day, so overdue first. `oldest` are the days of the oldest rows of each system."""
    found = [
        *(item for use in uses if use.live for item in _audits(charter, use, facts.as_of)),
        *(item for use in uses if use.system.status != "retired" for item in _of_file(use)),
        *(item for use in uses for item in _erasures(use, (oldest or {}).get(use.system.id))),
        *_attestations([use for use in uses if use.live]),
        *_cases(charter, uses, facts),
        *_replies(facts),
    ]
    return sorted(found, key=lambda item: (item.on, item.kind, item.system or "", item.indicator or item.group or ""))


def _audits(charter: Charter, use: Use, today: dt.date) -> Iterator[Due]:
    known = {indicator.id: indicator for indicator in charter.ways}
    asked = [known.get(verdict.template or verdict.indicator) for verdict in use.verdicts]
    measured = [indicator for indicator in asked if indicator is not None and indicator.metric]
    if not use.system.measured or not measured:
        return
    if use.audit is None:
        start = use.system.dates.trial or use.system.dates.service or today
        yield Due(on=start, kind="audit", system=use.system.id, count=len(measured))
        return
    after = use.audit.window.end + dt.timedelta(days=1)
    days = [day for indicator in measured if (day := _next(after, indicator.frequency, use)) is not None]
    if days:
        first = min(days)
        yield Due(on=first, kind="audit", system=use.system.id, count=days.count(first))


def _next(after: dt.date, frequency: Frequency, use: Use) -> dt.date | None:
    window = use.system.windows.audit
    if frequency == "every_audit" and window in WINDOW_DAYS:
        return after + dt.timedelta(days=WINDOW_DAYS[window])
    months = WINDOW_MONTHS.get(window) if frequency == "every_audit" else MONTHS.get(frequency)
    return None if months is None else months_later(after, months)


def _of_file(use: Use) -> Iterator[Due]:
    if use.system.dates.next_review:
        yield Due(on=use.system.dates.next_review, kind="review", system=use.system.id)
    for key in ("trial", "service", "ended"):
        day = getattr(use.system.dates, key)
        if day and key not in BEGUN[use.system.status]:
            yield Due(on=day, kind=key, system=use.system.id)
    for name, group in use.system.groups.items():
        if group.expires:
            yield Due(on=group.expires, kind="legal_basis", system=use.system.id, group=name)


def _erasures(use: Use, oldest: dt.date | None) -> Iterator[Due]:
    """When the oldest month has been kept as long as the file allows; months are erased whole."""
    kept = use.system.privacy.retain_days
    if oldest is not None and kept is not None:
        next_month = months_later(oldest.replace(day=1), 1)
        yield Due(on=next_month + dt.timedelta(days=kept), kind="erasure", system=use.system.id)


def _attestations(uses: Sequence[Use]) -> list[Due]:
    """The end of each attestation that answers a question; one about several uses is told once."""
    found: dict[int, list[Due]] = {}
    for use in uses:
        for verdict in use.verdicts:
            if said := verdict.statement:
                item = Due(
                    on=said.valid_until,
                    kind="attestation",
                    system=use.system.id,
                    indicator=verdict.indicator,
                    entry=said.entry,
                )
                found.setdefault(said.entry, []).append(item)
    return [items[0] if len(items) == 1 else replace(items[0], system=None) for items in found.values()]


def _cases(charter: Charter, uses: Sequence[Use], facts: Facts) -> Iterator[Due]:
    known = {use.system.id for use in uses}
    cases = {(case.indicator, case.system) for _, case in facts.standing(Case)}
    found = {(each.indicator, each.system) for _, each in facts.standing(Inspection)}
    for indicator, system in sorted(pair for pair in cases | found if pair[1] in known):
        for case in facts.reported(indicator, system, dt.date.min, facts.as_of):
            if case.state == "open":
                day = case.reported_on + dt.timedelta(days=charter.confirm_days)
                yield Due(on=day, kind="case", system=system, indicator=indicator, entry=case.entry)


def _replies(facts: Facts) -> Iterator[Due]:
    answered = {reply.of for _, reply in facts.standing(Reply)}
    for entry, said in facts.standing(Recommendation):
        if entry not in answered:
            yield Due(on=said.due_on, kind="reply", system=said.system, who=said.addressee, entry=entry)
