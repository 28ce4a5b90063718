"""What stands beside an answer and is not judged: how places on lists fall on people, drawn and said."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from boussole.audits.metrics.forgotten import GINI, NEVER, NEVER_RATIO
from boussole.charter.document import AuditDocument, MeasureDocument, VerdictDocument
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.report.systems import _unjudged
from boussole.dashboard.views.answers.small_print import small_print
from boussole.dashboard.views.answers.unjudged import Unjudged, unjudged
from boussole.dashboard.views.scene import counted_since, period_of
from boussole.dashboard.views.system import chart_title
from tests.end_to_end.test_forgotten import audit, log, made

Document = dict[str, Any]
FR, EN = speaker("fr"), speaker("en")
EVEN = [each / 10 for each in range(1, 11)]
FEW = [0.0, 0.0, 0.0, 0.0, 0.05, 0.1, 0.2, 0.35, 0.6, 1.0]
"""The last tenth has 40 in 100 places, the first half 5."""


def measure(metric: str, group: dict[str, str], value: float | None, **params: Any) -> MeasureDocument:
    name = ",".join(f"{key}={each}" for key, each in group.items())
    return MeasureDocument.of(
        {
            "id": f"{metric}/{name}" if name else metric,
            "metric": metric,
            "by": list(group),
            "group": group or None,
            "given": {},
            "value": value,
            "status": "suppressed" if value is None else "ok",
            "reason": "small_group" if value is None else None,
            "n": None if value is None else 1200,
            "clusters": None,
            "interval": None
            if value is None
            else {"low": value - 0.02, "high": value + 0.02, "level": 0.95, "method": "jackknife"},
            "params": {"first_day": "2026-07-01", "months": 3, **params},
        }
    )


def counted(document: Document, *measures: MeasureDocument, by: tuple[str, ...] = ("gender",)) -> tuple[Any, Any]:
    """A document with these measures, and a verdict about people on no list by these attributes."""
    whole = AuditDocument.of(document)
    verdict = whole.verdicts[0].changed(metric=NEVER_RATIO, by=by, indicator="never_shortlisted")
    return whole.changed(measures=(*whole.measures, *measures)), verdict


@pytest.fixture
def on_lists(matchft: Document) -> tuple[AuditDocument, VerdictDocument]:
    return counted(
        matchft,
        measure(NEVER, {}, 0.2),
        measure(GINI, {}, 0.45, lorenz=FEW),
        measure(GINI, {"gender": "F"}, 0.6, lorenz=FEW),
        measure(GINI, {"gender": "M"}, 0.02, lorenz=EVEN),
    )


def beside(found: tuple[AuditDocument, VerdictDocument], lang: str) -> Unjudged:
    (shown,) = unjudged(*found, speaker(lang), system=None)
    return shown


def test_one_sentence_says_what_those_with_most_have(on_lists: tuple[AuditDocument, VerdictDocument]) -> None:
    first, counted_of = beside(on_lists, "en").told
    assert first.startswith("The tenth of people who are on lists most hold 40 in 100 of all places; the half who are")
    assert "on them least hold 5." in first
    assert "1,200 people assessed at least once. Not judged." in counted_of
    first, _ = beside(on_lists, "fr").told
    assert "une sur dix, occupent 40 places sur 100" in first
    assert "en occupe 5." in first


def test_each_group_has_a_square_its_words_and_its_column(on_lists: tuple[AuditDocument, VerdictDocument]) -> None:
    shown = beside(on_lists, "en")
    assert shown.svg.count("<svg") == shown.narrow.count("<svg") == 1
    for text in ("one tenth has 40 in 100 places", "one tenth has 10 in 100 places", "Places on lists"):
        assert text in shown.svg
    assert "hold 5 in 100, the tenth with most 40 (Gini coefficient 0.60)" in shown.alt
    (table,) = shown.tables
    assert [len(row) for row in [table.head, *table.rows]] == [3] * (1 + 9 + 3)
    assert table.rows[4][1:] == ["5.0%", "50.0%"]
    assert table.rows[9][1:] == ["0.600", "0.020"]
    assert [row[1] for row in table.brief] == ["5.0%", "60.0%", "0.600", "0.580 to 0.620", "1,200"]


def test_a_hidden_group_says_why_it_has_no_square(matchft: Document) -> None:
    shown = beside(
        counted(
            matchft,
            measure(GINI, {}, 0.45, lorenz=FEW),
            measure(GINI, {"gender": "F"}, 0.6, lorenz=FEW),
            measure(GINI, {"gender": "M"}, None),
            measure(GINI, {"gender": "X"}, 0.3),
        ),
        "en",
    )
    assert shown.told[2].endswith(": hidden (fewer than 11 decisions).")
    assert shown.told[3].endswith(": too few people for a drawing.")
    assert len(shown.tables[0].head) == 2
    assert not any("other groups" in each for each in shown.reading)


def test_by_several_attributes_everybody_is_shown_once(matchft: Document) -> None:
    shown = beside(counted(matchft, measure(GINI, {}, 0.45, lorenz=FEW), by=("gender", "age")), "en")
    assert shown.title == "How places on lists fall on people"
    assert shown.tables[0].head[1:] == ["Everybody"]


def test_other_questions_and_logs_without_lists_show_nothing(matchft: Document) -> None:
    document, verdict = counted(matchft)
    assert unjudged(document, verdict, EN, system=None) == []
    document, verdict = counted(matchft, measure(GINI, {}, 0.45, lorenz=FEW))
    assert unjudged(document, verdict.changed(metric="selection_rate_ratio"), EN, system=None) == []


def test_the_days_that_are_said_are_those_that_were_counted(on_lists: tuple[AuditDocument, VerdictDocument]) -> None:
    document, verdict = on_lists
    never = next(each for each in document.measures if each.metric == NEVER)
    assert counted_since(never) == dt.date(2026, 7, 1)
    assert counted_since(None) is None
    said = period_of(document, never, EN)
    assert said == EN.period("2026-07-01", document.window.end)
    assert chart_title("never_shortlisted_rate", ("gender",), FR, system=None).startswith(
        "Part des personnes sur aucune liste, par"
    )
    print_ = dict(small_print(document, verdict, EN, alpha=0.05))
    assert print_["People"] == f"1,200 people assessed at least once, {said}"


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_page_and_report_show_the_same(on_lists: tuple[AuditDocument, VerdictDocument], lang: str) -> None:
    shown = beside(on_lists, lang)
    page = str(Template("pages/answer/answer.html", speaker(lang))("unjudged", shown, None))
    assert page.count("<img") == 2
    assert page.count("<details") == 2
    assert page.index(shown.told[0]) < page.index("<figure") < page.index("<table")
    printed = _unjudged(shown)
    assert (printed["svg"], printed["alt"], printed["told"]) == (shown.svg, shown.alt, list(shown.told))
    assert printed["tables"][0]["rows"] == [list(row) for row in shown.tables[0].brief]


@pytest.mark.costly
def test_from_the_rows_to_the_page(tmp_path: Path) -> None:
    """By numpy: which part of all places the tenth with most and the half with fewest hold."""
    frame = log(against=0.9)
    document = audit(made(tmp_path / "w", frame), dry_run=True)
    verdict = next(each for each in document.verdicts if each.template == "never_shortlisted")
    (shown,) = unjudged(document, verdict, EN, system=None)
    held = np.sort(frame.assign(on=frame["place"].notna()).groupby("who")["on"].sum().to_numpy())[::-1].astype(float)
    tenth = len(held) / 10
    top = (held[: int(tenth)].sum() + (tenth - int(tenth)) * held[int(tenth)]) / held.sum()
    half = held[len(held) // 2 :].sum() - (0.5 * held[len(held) // 2] if len(held) % 2 else 0)
    assert f"hold {100 * top:.0f} in 100 of all places" in shown.told[0]
    assert f"least hold {100 * half / held.sum():.0f}." in shown.told[0]
