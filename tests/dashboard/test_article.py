"""The page of an article: how it stands, month by month, question by question, and what it rests on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from boussole.charter.document import ArticleVerdict
from boussole.charter.record_types.kinds import Closure, Statement
from boussole.charter.records import AuditSummary, SealedStatement
from boussole.charter.records.facts import Facts
from boussole.dashboard.markup.templates import PageData
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.article.questions import QuestionView
from boussole.dashboard.pages.article.view import ArticleQuery, article_page
from boussole.dashboard.views.parts import notices
from boussole.dashboard.views.scene import Scene
from tests.as_json import current, documents
from tests.written import LETTER, finding, summary

TODAY = dt.date(2026, 11, 26)
OLD, NEW = "a" * 64, "b" * 64


def page(scene: Scene, article: str = "equite", lang: str = "en", **chosen: Any) -> PageData:
    found = article_page(scene, ArticleQuery(article=article, **chosen), speaker(lang), on=TODAY, query={"lang": lang})
    assert found is not None
    return found


def stating(scene: Scene, *given: Statement) -> Scene:
    """A scene in which people have stated something, sealed from entry 30 on."""
    sealed = tuple(SealedStatement(entry=30 + i, sealed_on=each.on, statement=each) for i, each in enumerate(given))
    facts = Facts(as_of=TODAY, sealed=sealed)
    latest = {
        name: current(document, charter=scene.charter, system=scene.systems[name], facts=facts)
        for name, document in scene.latest.items()
    }
    return replace(scene, facts=facts, latest=documents(latest))


def judged(scene: Scene, **verdicts: Sequence[str]) -> Scene:
    """A scene in which each system has its verdicts on question 3.1b, of as many attributes, and nothing else."""
    latest: dict[str, Any] = {}
    for at, (system, found) in enumerate(verdicts.items()):
        told = [
            {
                "article": "equite",
                "template": "adjusted_selection_rate_ratio",
                "indicator": f"adjusted_selection_rate_ratio_{i}",
                "by": None,
                "verdict": verdict,
                "reason": "no_groups" if verdict == "not_examined" else "all_kept",
                "comparisons": [],
                "threshold": None,
                "question": {"en": "?"},
                "sentence": {"en": f"{system} {i} <{verdict}>."},
            }
            for i, verdict in enumerate(found)
        ]
        worst = min(found, key=["broken", "watch", "unknown", "kept", "not_examined"].index)
        article = {"article": "equite", "verdict": worst, "answered": 1, "asked": len(found)}
        window = {"start": "2026-10-01", "end": "2026-10-31"}
        latest[system] = {
            "window": window,
            "evidence": {"entry": at},
            "measures": [],
            "verdicts": told,
            "articles": [article],
        }
    return replace(scene, latest=documents(latest), systems={}, facts=Facts(as_of=TODAY))


def audit(system: str, start: str, end: str, verdict: str, *, entry: int = 1, charter: str = OLD) -> AuditSummary:
    articles = [ArticleVerdict(article="equite", verdict=verdict, asked=3, answered=3)]
    days = dt.date.fromisoformat(start), dt.date.fromisoformat(end)
    return summary(system, *days, entry=entry, as_of=TODAY, charter=charter, articles=articles)


def asked(found: PageData, question: str) -> QuestionView:
    return next(each for each in (*found["asked"], *found["untouched"]) if each.anchor == f"q-{question}")


def test_an_open_finding_caps_the_article_and_is_named_with_its_day(scene: Scene) -> None:
    found = finding(system="compas")
    open_ = page(stating(scene, found), "securite")
    assert [each.text for each in open_["capped"]] == [
        "CNIL, 22 January 2026: “SAN-2026-003”. Until this finding is closed, no better than “not kept”: "
        "COMPAS · Security."
    ]
    assert open_["capped"][0].href == "/evidence?lang=en&entry=30"
    assert {each.title: each.verdict for each in open_["standings"]}["COMPAS"] == "broken"
    closure = Closure(role="Secretariat", on=dt.date(2026, 2, 1), of=30, document=LETTER)
    closed = page(stating(scene, found, closure), "securite")
    assert closed["capped"] == []
    assert [each["closed"] for each in closed["findings"]] == ["Closed on 1 February 2026"]


def test_each_month_in_which_a_window_ends_has_a_cell_and_months_between_are_shown_empty(scene: Scene) -> None:
    history = {
        "a": [
            audit("a", "2025-09-01", "2025-09-30", "broken"),
            audit("a", "2026-06-01", "2026-06-30", "kept", entry=4),
            audit("a", "2026-08-01", "2026-08-31", "watch", entry=5, charter=NEW),
        ],
        "b": [audit("b", "2026-07-01", "2026-09-30", "broken", entry=6, charter=NEW)],
    }
    given = replace(judged(scene, a=["kept"], b=["broken"]), history=history, versions={OLD: "1.0", NEW: "1.1"})
    found = page(given)["trend"]
    assert [month.short for month in found.months] == [
        ("Jun", "2026"), ("Jul", "2026"), ("Aug", "2026"), ("Sep", "2026")
    ]  # fmt: skip
    assert [month.changed for month in found.months] == ["", "", "charter 1.1", ""]
    assert [(line.title, [cell.verdict for cell in line.cells]) for line in found.lines] == [
        ("b", ["", "", "", "broken"]),
        ("a", ["kept", "", "watch", ""]),
    ]
    assert found.lines[0].cells[-1].note == "3rd quarter 2026"
    assert found.lines[0].cells[-1].href == "/evidence?lang=en&entry=6"
    assert found.charter == "/charter?lang=en#versions"


def test_of_several_windows_that_end_in_a_month_the_worst_is_shown_and_said_to_be(scene: Scene) -> None:
    weeks = [
        audit("a", "2026-10-05", "2026-10-11", "kept"),
        audit("a", "2026-10-12", "2026-10-18", "watch", entry=8),
        audit("a", "2026-10-19", "2026-10-25", "kept"),
    ]
    (line,) = page(replace(judged(scene, a=["kept"]), history={"a": weeks}))["trend"].lines
    assert [(cell.verdict, cell.note, cell.href) for cell in line.cells] == [
        ("watch", "worst of 3", "/evidence?lang=en&entry=8")
    ]


def test_twelve_months_are_shown_at_most_and_older_audits_are_told_by_their_period(scene: Scene) -> None:
    months = [dt.date(2025 + (m + 8) // 12, (m + 8) % 12 + 1, 1) for m in range(15)]
    history = {
        "a": [audit("a", str(m), str(m.replace(day=28)), "kept") for m in months],
        "b": [audit("b", "2014-12-01", "2014-12-31", "broken")],
    }
    found = page(replace(judged(scene, a=["kept"], b=["broken"]), history=history))["trend"]
    assert (found.months[0].short, found.months[-1].short, len(found.months)) == (("Dec", "2025"), ("Nov", "2026"), 12)
    assert found.lines[0].before == "Last window: December 2014"


def test_of_many_answers_a_page_of_its_own_shows_all(scene: Scene) -> None:
    given = judged(scene, **{f"s{n:03}": ["watch"] for n in range(40)})
    found = asked(page(given), "adjusted_selection_rate_ratio")
    assert (len(found.answers), found.folded) == (3, [])
    assert found.all_href == "/article?article=equite&question=adjusted_selection_rate_ratio&lang=en"
    one = page(given, question="adjusted_selection_rate_ratio", page=2)["one"]
    assert one is not None
    assert (len(one["asked"].answers), one["where"]) == (10, "Answers 31 to 40 of 40, the worst first")
    assert (one["previous"], one["next"]) == (
        "/article?article=equite&question=adjusted_selection_rate_ratio&page=1&lang=en",
        "",
    )
    assert page(given, question="nothing")["one"] is None


def test_an_unknown_article_has_no_page_and_an_address_is_read_with_care(scene: Scene) -> None:
    assert article_page(scene, ArticleQuery(article="x"), speaker("en"), on=TODAY, query={}) is None
    assert ArticleQuery.of({"article": "equite", "page": "-3"}) == ArticleQuery(article="equite")
    assert ArticleQuery.of({"article": "equite", "page": "²"}).page == 1
    say = speaker("en")
    shown = notices.articles_html(notices.articles(scene, say, query={}), say, asked="<b>")
    assert "“&lt;b&gt;”" in shown
    assert 'href="/article?article=finalite"' in shown
