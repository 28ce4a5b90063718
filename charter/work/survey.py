"""A survey as it is brought in: answers of people, one row each, or means, without any group below eleven people."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, get_args

from boussole.charter.deadlines.days import months_later
from boussole.charter.incidents.refusals import EntryRefusedError
from boussole.charter.record_types.work import FEWEST, Answers, Consultation, Mean, Survey, Theme, TimeSaved, Training
from boussole.charter.records.facts import Facts
from boussole.charter.records.hiding import hidden

THEMES: tuple[Theme, ...] = get_args(Theme)
MEANS = ("theme", "n", "mean")
"""The columns of a file that holds means already, with `group` where it has groups."""
LARGEST, LARGEST_UNPACKED = 20_000_000, 120_000_000
"""Bytes of a file of answers, and of all that a workbook unpacks to."""


@dataclass(frozen=True, kw_only=True)
class SurveyLayout:
    """How a file of answers is read: which column holds which theme, which the group; answers to be turned round."""

    columns: Mapping[Theme, str]
    group: str | None = None
    reverse: Sequence[Theme] = ()
    lowest: int = 1
    highest: int = 5


@dataclass(kw_only=True)
class _Sums:
    people: int = 0
    n: dict[Theme, int] = field(default_factory=dict)
    total: dict[Theme, float] = field(default_factory=dict)

    def add(self, theme: Theme, n: int, total: float) -> None:
        self.n[theme] = self.n.get(theme, 0) + n
        self.total[theme] = self.total.get(theme, 0.0) + total

    def means(self, group: str | None) -> Answers | None:
        kept = {theme: Mean(n=n, mean=round(self.total[theme] / n, 2)) for theme, n in self.n.items() if n >= FEWEST}
        return Answers(group=group, themes=kept) if kept else None


@dataclass(frozen=True, kw_only=True)
class SurveyTotals:
    """The fields of a survey's record that are computed from its answers."""

    answered: int
    everybody: Answers
    groups: Sequence[Answers]
    hidden: int


def aggregated(rows: Sequence[Mapping[str, Any]], layout: SurveyLayout) -> SurveyTotals:
    """The means of some rows. Raises EntryRefusedError, which names row and column, and never what a row holds."""
    if not layout.columns and not set(MEANS) <= set(rows[0] if rows else ()):
        raise EntryRefusedError("survey_no_theme") if rows else EntryRefusedError("survey_empty")
    if not rows:
        raise EntryRefusedError("survey_empty")
    found = _of_means(rows, layout) if set(MEANS) <= set(rows[0]) else _of_people(rows, layout)
    everybody = _Sums()
    for sums in found.values():
        everybody.people += sums.people
        for theme, n in sums.n.items():
            everybody.add(theme, n, sums.total[theme])
    whole = everybody.means(None)
    if everybody.people < FEWEST or whole is None:
        raise EntryRefusedError("survey_few", fewest=FEWEST)
    named = {name: sums for name, sums in found.items() if name is not None}
    small = hidden({name or "": min([sums.people, *sums.n.values()]) for name, sums in found.items()}, below=FEWEST)
    shown = [sums.means(name) for name, sums in sorted(named.items()) if name not in small]
    return SurveyTotals(
        answered=everybody.people,
        everybody=whole,
        groups=[each for each in shown if each is not None],
        hidden=len(small & set(named)),
    )


def _of_people(rows: Sequence[Mapping[str, Any]], layout: SurveyLayout) -> dict[str | None, _Sums]:
    for column in (*layout.columns.values(), *([layout.group] if layout.group else [])):
        if column not in rows[0]:
            raise EntryRefusedError("survey_column", column=column, known=", ".join(list(rows[0])[:20]))
    found: dict[str | None, _Sums] = {}
    for at, row in enumerate(rows, 2):
        name = str(row[layout.group] or "").strip() or None if layout.group else None
        sums = found.setdefault(name, _Sums())
        given = {theme: _number(row[column], at, column) for theme, column in layout.columns.items()}
        sums.people += any(value is not None for value in given.values())
        for theme, value in given.items():
            if value is not None:
                sums.add(theme, 1, _on_scale(value, theme, layout, at))
    return found


def _of_means(rows: Sequence[Mapping[str, Any]], layout: SurveyLayout) -> dict[str | None, _Sums]:
    found: dict[str | None, _Sums] = {}
    for at, row in enumerate(rows, 2):
        theme = str(row["theme"] or "").strip()
        if theme not in THEMES:
            raise EntryRefusedError("survey_theme", row=at, known=", ".join(THEMES))
        n, mean = _number(row["n"], at, "n"), _number(row["mean"], at, "mean")
        if n is None or mean is None or n < 0 or n != int(n):
            raise EntryRefusedError("survey_mean", row=at)
        sums = found.setdefault(str(row.get("group") or "").strip() or None, _Sums())
        sums.add(theme, int(n), int(n) * _on_scale(mean, theme, layout, at))
        sums.people = max(sums.people, int(n))
    return found


def _number(value: Any, row: int, column: str) -> float | None:
    text = str("" if value is None else value).strip().replace(",", ".")
    if not text:
        return None
    try:
        found = float(text)
    except ValueError as error:
        raise _no_number(row, column) from error
    if not math.isfinite(found):
        raise _no_number(row, column)
    return found


def _no_number(row: int, column: str) -> EntryRefusedError:
    return EntryRefusedError("survey_number", row=row, column=column)


def _on_scale(value: float, theme: Theme, layout: SurveyLayout, row: int) -> float:
    if not layout.lowest <= value <= layout.highest:
        raise EntryRefusedError("survey_scale", row=row, lowest=layout.lowest, highest=layout.highest)
    return layout.lowest + layout.highest - value if theme in layout.reverse else value


def rows_of(name: str, content: bytes) -> list[dict[str, Any]]:
    """The rows of a CSV or XLSX file. Raises EntryRefusedError where it cannot be read."""
    if not 0 < len(content) <= LARGEST:
        raise EntryRefusedError("survey_size")
    try:
        return _xlsx(content) if Path(name).suffix.lower() == ".xlsx" else _csv(content)
    except Exception as error:  # readers of spreadsheets fail in many ways, and none may show a row
        raise EntryRefusedError("survey_unreadable") from error


def _csv(content: bytes) -> list[dict[str, Any]]:
    text = content.decode("utf-8-sig")
    first = text.splitlines()[0]
    separator = max(";,\t", key=first.count)
    rows = list(csv.DictReader(io.StringIO(text), delimiter=separator))
    if any(None in row for row in rows):
        raise ValueError("more cells than columns")
    return rows


def _xlsx(content: bytes) -> list[dict[str, Any]]:
    import openpyxl

    from boussole.audits.decisions.files.workbook import refuse_no_workbook

    refuse_no_workbook(io.BytesIO(content), where="survey", largest=LARGEST_UNPACKED)
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    lines = list(book.worksheets[0].iter_rows(values_only=True))
    if not lines:
        return []
    head = [str(cell or "").strip() for cell in lines[0]]
    return [dict(zip(head, line, strict=False)) for line in lines[1:] if any(cell is not None for cell in line)]


S = TypeVar("S", TimeSaved, Training)
SHOWN = 0.05
"""The smallest change of a mean that is told: less is unchanged."""
FRESH = 12
"""Months after which a survey no longer answers the question (2.6)."""


@dataclass(frozen=True, kw_only=True)
class ThemeChange:
    """A theme with its mean now, and how much that moved since the survey before; None where there was none."""

    theme: Theme
    n: int
    mean: float
    moved: float | None


@dataclass(frozen=True, kw_only=True)
class SurveyChange:
    """The last survey about a system, or about all of them, beside the one before."""

    entry: int
    survey: Survey
    before: Survey | None
    themes: Sequence[ThemeChange]
    fresh: bool

    @property
    def falls(self) -> list[Theme]:
        """Themes that have fallen since the survey before, by as much as is shown."""
        return [each.theme for each in self.themes if each.moved is not None and each.moved <= -SHOWN]


def surveys(facts: Facts) -> dict[str | None, SurveyChange]:
    """The last survey of each system; None: about all of them."""
    by_system: dict[str | None, list[tuple[int, Survey]]] = {}
    for entry, said in facts.standing(Survey):
        by_system.setdefault(said.system, []).append((entry, said))
    return {name: _asked(found, facts.as_of) for name, found in by_system.items()}


def _asked(found: Sequence[tuple[int, Survey]], today: dt.date) -> SurveyChange:
    ordered = sorted(found, key=lambda pair: (pair[1].end, pair[0]))
    entry, last = ordered[-1]
    alike = [said for _, said in ordered[:-1] if (said.lowest, said.highest) == (last.lowest, last.highest)]
    earlier = [said for said in alike if said.end < last.start]
    before = earlier[-1] if earlier else None
    return SurveyChange(
        entry=entry,
        survey=last,
        before=before,
        themes=[_moved(theme, last, before) for theme in THEMES if theme in last.everybody.themes],
        fresh=months_later(last.end, FRESH) >= today,
    )


def _moved(theme: Theme, last: Survey, before: Survey | None) -> ThemeChange:
    now = last.everybody.themes[theme]
    then = before.everybody.themes.get(theme) if before else None
    return ThemeChange(theme=theme, n=now.n, mean=now.mean, moved=round(now.mean - then.mean, 2) if then else None)


def trainings(facts: Facts) -> list[tuple[int, Training]]:
    """What was stated of training, the latest first."""
    return _latest(facts.standing(Training))


def times(facts: Facts) -> list[tuple[int, TimeSaved]]:
    """What was stated of time saved, the latest first."""
    return _latest(facts.standing(TimeSaved))


def consultations(facts: Facts) -> list[tuple[int, Consultation]]:
    """The steps of consultations, those to come first, then the latest."""
    found = facts.standing(Consultation)
    coming = [pair for pair in found if pair[1].planned_on is not None and pair[1].planned_on >= facts.as_of]
    past = [pair for pair in found if pair not in coming]
    coming.sort(key=lambda pair: (pair[1].planned_on or pair[1].on, pair[0]))
    return [*coming, *sorted(past, key=lambda pair: (pair[1].planned_on or pair[1].on, pair[0]), reverse=True)]


def _latest(found: Sequence[tuple[int, S]]) -> list[tuple[int, S]]:
    return sorted(found, key=lambda pair: (pair[1].end, pair[0]), reverse=True)


def trained(facts: Facts) -> Mapping[str | None, Training]:
    """What was stated last of training for each system; None: for all of them."""
    return {said.system: said for _, said in reversed(trainings(facts))}
