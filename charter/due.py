"""What is due next in a register, what is overdue first: audits, reviews, attestations, replies, erasures.

Pure: it is given the uses, the statements that were sealed, and the days of the oldest rows.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from charter.coverage import Use
from charter.model import Charter, Frequency
from charter.records.kinds import Attestation, Recommendation, Reply, Withdrawal
from charter.records.statements import Sealed

Kind = Literal["audit", "review", "attestation", "reply", "legal_basis", "erasure"]
MONTHS: dict[Frequency, int] = {"monthly": 1, "quarterly": 3, "yearly": 12}
WINDOW_MONTHS = {"month": 1, "quarter": 3, "year": 12}
WINDOW_DAYS = {"day": 1, "week": 7}


@dataclass(frozen=True, kw_only=True)
class Due:
    """Something that somebody must do by a day. `system` and `indicator` are ids, `entry` that of a recommendation.

    `count` is how many questions an audit would answer; `group` the attribute whose legal basis ends; `who` the role
    that must answer.
    """

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
    charter: Charter,
    uses: Sequence[Use],
    *,
    today: dt.date,
    statements: Sequence[Sealed] = (),
    oldest: Mapping[str, dt.date] | None = None,
) -> list[Due]:
    """Everything that is due, by day, so overdue first. `oldest` are the days of the oldest rows of each system."""
    known = {use.system.id for use in uses}
    found = [
        *(item for use in uses if use.live for item in _audits(charter, use, today)),
        *(item for use in uses if use.system.status != "retired" for item in _of_file(use)),
        *(item for use in uses for item in _erasures(use, (oldest or {}).get(use.system.id))),
        *(item for item in _attestations(statements) if item.system is None or item.system in known),
        *_replies(statements),
    ]
    return sorted(found, key=lambda item: (item.on, item.kind, item.system or "", item.indicator or item.group or ""))


def _audits(charter: Charter, use: Use, today: dt.date) -> Iterator[Due]:
    """The next audit of a measured use: when the first of its questions is to be asked again."""
    known = {indicator.id: indicator for article in charter.articles for indicator in article.indicators}
    asked = [known.get(verdict.get("template") or verdict["indicator"]) for verdict in use.verdicts]
    measured = [indicator for indicator in asked if indicator is not None and indicator.metric]
    if use.system.columns is None or not measured:
        return
    if use.audit is None:
        start = use.system.dates.trial or use.system.dates.service or today
        yield Due(on=start, kind="audit", system=use.system.id, count=len(measured))
        return
    after = dt.date.fromisoformat(use.audit["window"]["end"][:10]) + dt.timedelta(days=1)
    days = [day for indicator in measured if (day := _next(after, indicator.frequency, use)) is not None]
    if days:
        first = min(days)
        yield Due(on=first, kind="audit", system=use.system.id, count=days.count(first))


def _next(after: dt.date, frequency: Frequency, use: Use) -> dt.date | None:
    """The day on which a question is due again; None for one that is asked once, or of the whole log."""
    window = use.system.windows.audit
    if frequency == "every_audit" and window in WINDOW_DAYS:
        return after + dt.timedelta(days=WINDOW_DAYS[window])
    months = WINDOW_MONTHS.get(window) if frequency == "every_audit" else MONTHS.get(frequency)
    return None if months is None else add_months(after, months)


def _of_file(use: Use) -> Iterator[Due]:
    """What the system file itself announces."""
    if use.system.dates.next_review:
        yield Due(on=use.system.dates.next_review, kind="review", system=use.system.id)
    for name, group in use.system.groups.items():
        if group.expires:
            yield Due(on=group.expires, kind="legal_basis", system=use.system.id, group=name)


def _erasures(use: Use, oldest: dt.date | None) -> Iterator[Due]:
    """When the oldest month has been kept as long as the file allows; months are erased whole."""
    kept = use.system.privacy.retain_days
    if oldest is not None and kept is not None:
        next_month = add_months(oldest.replace(day=1), 1)
        yield Due(on=next_month + dt.timedelta(days=kept), kind="erasure", system=use.system.id)


def _attestations(statements: Sequence[Sealed]) -> Iterator[Due]:
    """The end of the latest attestation on each question of each use."""
    latest: dict[tuple[str | None, str], dt.date] = {}
    for sealed in _standing(statements):
        if isinstance(sealed.statement, Attestation):
            latest[sealed.statement.system, sealed.statement.indicator] = sealed.statement.valid_until
    for (system, indicator), day in latest.items():
        yield Due(on=day, kind="attestation", system=system, indicator=indicator)


def _replies(statements: Sequence[Sealed]) -> Iterator[Due]:
    """Recommendations that nobody has answered."""
    standing = _standing(statements)
    answered = {sealed.statement.of for sealed in standing if isinstance(sealed.statement, Reply)}
    for sealed in standing:
        said = sealed.statement
        if isinstance(said, Recommendation) and sealed.entry not in answered:
            yield Due(on=said.due_on, kind="reply", system=said.system, who=said.addressee, entry=sealed.entry)


def _standing(statements: Sequence[Sealed]) -> list[Sealed]:
    """Statements that nobody has withdrawn."""
    gone = {sealed.statement.of for sealed in statements if isinstance(sealed.statement, Withdrawal)}
    return [sealed for sealed in statements if sealed.entry not in gone]


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day some months later; the last one where the month is shorter.

    >>> add_months(dt.date(2026, 1, 31), 1), add_months(dt.date(2026, 10, 1), 3)
    (datetime.date(2026, 2, 28), datetime.date(2027, 1, 1))
    """
    years, month = divmod(day.month - 1 + months, 12)
    last = calendar.monthrange(day.year + years, month + 1)[1]
    return dt.date(day.year + years, month + 1, min(day.day, last))
