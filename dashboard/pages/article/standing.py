"""How an article stands, system by system, and how it has stood from month to month."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boussole.audits.languages import inside
from boussole.charter.deadlines.days import months_later
from boussole.charter.document.answers.verdict import ANSWERED, Verdict, worst
from boussole.charter.records import AuditSummary
from boussole.dashboard.markup.elements import ORDER
from boussole.dashboard.markup.words import Say, count
from boussole.dashboard.markup.words.addresses import article_href, charter_href, evidence_href, system_href
from boussole.dashboard.views.compass import first_of, of_the_others
from boussole.dashboard.views.scene import Scene

ANSWERS = (*ANSWERED, Verdict.UNKNOWN, Verdict.NOT_EXAMINED)
"""In which order the questions of a system are told: those with an answer first. It is no order of gravity."""


@dataclass(frozen=True, kw_only=True)
class SystemStanding:
    """One system: its verdict on the article, how many of its questions came out how, and the same in words."""

    system: str
    title: str
    href: str
    verdict: str
    counts: Mapping[str, int]
    told: str


def standings(scene: Scene, article: str, say: Say, *, query: dict[str, str]) -> list[SystemStanding]:
    """Every system of which the article asks something, or that an outside authority caps, the worst first."""
    found = []
    for system, document in scene.standing.items():
        counts = Counter[str](each.verdict for each in document.verdicts if each.article == article)
        verdict = next((each.verdict for each in document.articles if each.article == article), None)
        if verdict is not None and (counts or verdict != "not_examined"):
            found.append(
                SystemStanding(
                    system=system,
                    title=scene.title(system, say),
                    href=system_href(system, query=query, anchor=article if system in scene.latest else ""),
                    verdict=verdict,
                    counts=counts,
                    told=told(counts, say),
                )
            )
    return sorted(found, key=lambda each: (ORDER.index(each.verdict), -each.counts[each.verdict], each.title))


def headline(found: Sequence[SystemStanding], say: Say) -> tuple[str, str, str]:
    """The tone, the answer over all systems in one sentence, and how the other systems stand."""
    counts = Counter[str](each.verdict for each in found)
    first = first_of(counts)
    if counts[first] == len(found) and first == "not_examined":
        return first, say("Nobody has examined this commitment yet."), ""
    n, known = counts[first], count(len(found), say)
    told = {
        "broken": say.plural(
            "Not kept for one system of {known}.", "Not kept for {n} systems of {known}.", n, known=known
        ),
        "watch": say.plural(
            "To be watched for one system of {known}; broken for none.",
            "To be watched for {n} systems of {known}; broken for none.",
            n,
            known=known,
        ),
        "unknown": say.plural(
            "We cannot tell for one system of {known}; it is broken for none.",
            "We cannot tell for {n} systems of {known}; it is broken for none.",
            n,
            known=known,
        ),
        "not_examined": say.plural(
            "Nobody has examined it for one system of {known}.",
            "Nobody has examined it for {n} systems of {known}.",
            n,
            known=known,
        ),
        "kept": say.plural("Kept for one system of {known}.", "Kept for {n} systems of {known}.", n, known=known),
    }
    return first, told[first], of_the_others(counts, first, say)


def told(counts: Mapping[str, int], say: Say) -> str:
    """ "Not kept on one question, kept on 5, one unanswered": how the questions of one system came out."""
    first = {
        "broken": say.plural("not kept on one question", "not kept on {n} questions", counts["broken"]),
        "watch": say.plural("to be watched on one question", "to be watched on {n} questions", counts["watch"]),
        "kept": say.plural("kept on one question", "kept on {n} questions", counts["kept"]),
        "unknown": say.plural("one question unanswered", "{n} questions unanswered", counts["unknown"]),
        "not_examined": say.plural(
            "one question that nobody has examined", "{n} questions that nobody has examined", counts["not_examined"]
        ),
    }
    more = {
        "watch": say.plural("to be watched on one", "to be watched on {n}", counts["watch"]),
        "kept": say.plural("kept on one", "kept on {n}", counts["kept"]),
        "unknown": say.plural("one unanswered", "{n} unanswered", counts["unknown"]),
        "not_examined": say.plural(
            "one that nobody has examined", "{n} that nobody has examined", counts["not_examined"]
        ),
    }
    there = [verdict for verdict in ANSWERS if counts[verdict]]
    if not there:
        return say("Nothing is asked")
    return ", ".join([first[there[0]], *(inside(more[verdict]) for verdict in there[1:])])


BACK, COLUMNS, ROWS = 13, 12, 15
"""Months to look back, months shown at most, systems on one page."""


@dataclass(frozen=True, kw_only=True)
class MonthColumn:
    """One column. `changed` says that from here on another charter judges; empty where it does not."""

    first: dt.date
    short: tuple[str, str]
    changed: str = ""


@dataclass(frozen=True, kw_only=True)
class MonthCell:
    """What the audits whose windows end in a month say; `note` where that is not a window of that month alone."""

    verdict: str = ""
    note: str = ""
    href: str = ""
    entry: int | None = None


@dataclass(frozen=True, kw_only=True)
class StandingRow:
    """One system: how it stands today, and its cells from the oldest month to the newest."""

    title: str
    href: str
    verdict: str
    cells: Sequence[MonthCell]
    before: str
    """When it was audited last, where no month shows it."""


@dataclass(frozen=True, kw_only=True)
class StandingTable:
    """The table, and the addresses of the pages before and after this one; empty where there is none."""

    months: Sequence[MonthColumn]
    lines: Sequence[StandingRow]
    where: str
    previous: str
    next: str
    charter: str

    @property
    def several(self) -> bool:
        """Whether some window is not that of one month alone."""
        return any(cell.note for line in self.lines for cell in line.cells)


def trend(
    scene: Scene,
    article: str,
    rows: Sequence[SystemStanding],
    say: Say,
    *,
    page: int,
    on: dt.date,
    query: dict[str, str],
) -> StandingTable:
    """The page of the table that is asked for, the last one where there are fewer."""
    since = months_later(on, -BACK)
    recent = {
        system: [each for each in history if each.end > since and _said(each, article)]
        for system, history in scene.history.items()
    }
    months = _months([each for history in recent.values() for each in history], scene, say)
    last = max(1, -(-len(rows) // ROWS))
    page = min(max(page, 1), last)
    shown = rows[(page - 1) * ROWS : page * ROWS]
    return StandingTable(
        months=months,
        lines=[
            _line(each, scene, article, say, audits=recent.get(each.system, ()), months=months, query=query)
            for each in shown
        ],
        where=_where(page, len(rows), say) if last > 1 else "",
        previous=article_href(article, query=query, page=str(page - 1), anchor="trend") if page > 1 else "",
        next=article_href(article, query=query, page=str(page + 1), anchor="trend") if page < last else "",
        charter=charter_href(query=query, anchor="versions"),
    )


def _where(page: int, n: int, say: Say) -> str:
    return say(
        "Systems {first} to {last} of {n}, the worst first",
        first=say.whole((page - 1) * ROWS + 1),
        last=say.whole(min(page * ROWS, n)),
        n=say.whole(n),
    )


def _said(each: AuditSummary, article: str) -> str | None:
    return next((said.verdict for said in each.articles if said.article == article and said.asked), None)


def _months(audits: Sequence[AuditSummary], scene: Scene, say: Say) -> list[MonthColumn]:
    """The last months from the first in which a window ends to the last, those without any in between included."""
    by_month: dict[dt.date, list[AuditSummary]] = {}
    for each in sorted(audits, key=lambda each: each.end):
        by_month.setdefault(each.end.replace(day=1), []).append(each)
    if not by_month:
        return []
    newest = max(by_month)
    start = max(min(by_month), months_later(newest, 1 - COLUMNS))
    seen = {each.charter for month, found in by_month.items() if month < start for each in found}
    months = []
    for first in _from(start, newest):
        judged = {each.charter for each in by_month.get(first, ())}
        new = judged - seen if seen else set()
        months.append(MonthColumn(first=first, short=say.short_month(first), changed=_changed(new, scene, say)))
        seen |= judged
    return months


def _from(first: dt.date, last: dt.date) -> list[dt.date]:
    found = [first]
    while found[-1] < last:
        found.append(months_later(found[-1], 1))
    return found


def _changed(new: set[str], scene: Scene, say: Say) -> str:
    numbers = sorted(scene.versions[sha256] for sha256 in new if sha256 in scene.versions)
    if numbers:
        return say("charter {version}", version=numbers[-1])
    return say("new charter") if new else ""


def _line(
    standing: SystemStanding,
    scene: Scene,
    article: str,
    say: Say,
    *,
    audits: Sequence[AuditSummary],
    months: Sequence[MonthColumn],
    query: dict[str, str],
) -> StandingRow:
    by_month: dict[dt.date, list[AuditSummary]] = {}
    for each in audits:
        by_month.setdefault(each.end.replace(day=1), []).append(each)
    cells = [_cell(by_month.get(month.first, ()), article, say, query=query) for month in months]
    history = scene.history.get(standing.system, ())
    before = ""
    if not any(cell.verdict for cell in cells) and history:
        before = say("Last window: {period}", period=say.period(str(history[-1].start), str(history[-1].end)))
    return StandingRow(title=standing.title, href=standing.href, verdict=standing.verdict, cells=cells, before=before)


def _cell(audits: Sequence[AuditSummary], article: str, say: Say, *, query: Mapping[str, str]) -> MonthCell:
    said = [(verdict, each) for each in audits if (verdict := _said(each, article))]
    if not said:
        return MonthCell()
    verdict = worst([each for each, _ in said])
    shown = next(each for found, each in said if found == verdict)
    note = ""
    if len(said) > 1:
        note = say("worst of {n}", n=say.whole(len(said)))
    elif shown.start.replace(day=1) != shown.end.replace(day=1):
        note = say.period(str(shown.start), str(shown.end))
    return MonthCell(
        verdict=verdict, note=note, href=evidence_href(query=dict(query), entry=str(shown.entry)), entry=shown.entry
    )
