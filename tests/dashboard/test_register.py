"""The register page: what it counts, filters and says, by hand."""

from __future__ import annotations

import datetime as dt
import re
import time
from html import escape
from pathlib import Path
from typing import Any

import pytest

from boussole.audits.systems import System
from boussole.audits.workspace import Workspace
from boussole.charter.judging.coverage import Use, coverage
from boussole.charter.record_types.kinds import Attestation, KeptFile
from boussole.charter.records.facts import Facts
from boussole.charter.records.statements import SealedStatement
from boussole.charter.registry.due import Due, due
from boussole.charter.registry.register import register_of
from boussole.charter.text.loading import load_charter
from boussole.dashboard.markup.elements import MARKS, STATIC, in_the_dark, mark_svg
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.views import store
from boussole.dashboard.views.charts.strips import coverage_strip_svg
from boussole.dashboard.views.parts.taking import nothing
from boussole.dashboard.views.register import entry, register_page, unaudited
from boussole.dashboard.views.register_words import Register, RegisterQuery, when
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.views.system_tables import matrix
from tests.as_json import register
from tests.charter.uses import use_of

CHARTER = load_charter()
TODAY = dt.date(2026, 11, 26)
EN, FR = speaker("en"), speaker("fr")
DONE = {"done_on": "2025-01-20"}


def use(name: str, verdicts: dict[str, str], **given: Any) -> Use:
    whole = {
        "id": name,
        "kind": "declared",
        "title": {"fr": name.upper(), "en": name.upper()},
        "purpose": {"fr": "x"},
        "owner": "Office",
        "status": "pilot",
        "risk": "limited",
        "impact_assessment": DONE,
        "fria": DONE,
    }
    system = System.model_validate(whole | given)
    return use_of(CHARTER, system, [{"article": a, "verdict": v} for a, v in verdicts.items()])


USES = [
    use("alpha", {"equite": "broken", "humain": "not_examined"}, status="production"),
    use("beta", {"humain": "not_examined"}, status="production", risk="high"),
    use("gamma", {"humain": "kept"}, risk="minimal", impact_assessment=None),
    use("delta", {"humain": "not_examined"}, status="retired"),
]
DUES = [
    Due(on=dt.date(2026, 11, 14), kind="review", system="beta"),
    Due(on=dt.date(2026, 11, 30), kind="attestation", system="alpha", indicator=CHARTER.articles[0].indicators[0].id),
    Due(on=dt.date(2027, 3, 1), kind="review", system="alpha"),
]


def page(uses: list[Use] = USES, dues: list[Due] = DUES, say=EN, **chosen: str):
    given = Register(charter=CHARTER, uses=uses, coverage=coverage(CHARTER, uses), due=dues, today=TODAY)
    return register_page(given, RegisterQuery.of(chosen), say, query={"lang": say.lang})


def test_the_answer_comes_first_in_one_sentence() -> None:
    shown = page()
    assert (
        shown.headline == "Of three uses on trial or in service, one is examined wholly, one in part, one not at all."
    )
    assert shown.subtitle == "Four uses in the register · two in service · one on trial · one abandoned"
    assert [title for title, _ in shown.overlooked] == ["BETA"]
    assert shown.tone == "watch"
    assert shown.strips[0].counts == (1, 1, 1)
    assert shown.strips[1].counts == (0, 18, 69)
    french = page(say=FR).headline.replace("\u202f", " ")
    assert french == "Sur trois usages en essai ou en service, un est examiné en entier, un en partie, un pas du tout."


@pytest.mark.parametrize(
    ("uses", "headline", "tone"),
    [
        ([USES[3]], "No use is on trial or in service.", "unknown"),
        ([USES[2]], "Every use on trial or in service is examined.", "kept"),
        ([USES[1]], "The only use on trial or in service has not been examined.", "watch"),
    ],
)
def test_the_sentence_fits_the_register(uses: list[Use], headline: str, tone: str) -> None:
    shown = page(uses, [])
    assert (shown.headline, shown.tone) == (headline, tone)


@pytest.mark.parametrize(
    ("chosen", "titles"),
    [
        ({}, ["BETA", "ALPHA", "GAMMA", "DELTA"]),
        ({"status": "production"}, ["BETA", "ALPHA"]),
        ({"risk": "minimal"}, ["GAMMA"]),
        ({"examined": "none", "status": "retired"}, ["DELTA"]),
        ({"sort": "name"}, ["ALPHA", "BETA", "DELTA", "GAMMA"]),
        ({"sort": "due"}, ["BETA", "ALPHA", "DELTA", "GAMMA"]),
        ({"sort": "examined"}, ["BETA", "DELTA", "ALPHA", "GAMMA"]),
        ({"status": "<script>", "sort": "owner"}, ["BETA", "ALPHA", "GAMMA", "DELTA"]),
        ({"status": "design"}, []),
    ],
)
def test_filters_and_order(chosen: dict[str, str], titles: list[str]) -> None:
    assert [row.title for row in page(**chosen).rows] == titles


def test_fields_count_what_they_would_show_beside_the_other_choices() -> None:
    shown = {field.key: field for field in page(status="production").fields}
    risk = {option.value: option.name for option in shown["risk"].options}
    assert risk == {"": "all (2)", "high": "high (1)", "limited": "limited (1)"}
    status = {option.value: option.name for option in shown["status"].options}
    assert status == {
        "": "all (4)",
        "production": "in service (2)",
        "pilot": "on trial (1)",
        "retired": "abandoned (1)",
    }
    assert [shown[key].value for key in ("status", "risk", "examined", "sort")] == ["production", "", "", ""]
    assert shown["sort"].options[0].name == "status and risk"


def test_a_choice_nobody_has_stays_to_be_undone() -> None:
    shown = {field.key: field for field in page(status="design").fields}
    assert shown["status"].value == "design"
    assert {option.value: option.name for option in shown["status"].options}["design"] == "in design (0)"


def test_a_row_says_verdicts_what_is_missing_and_what_is_next() -> None:
    alpha = page(sort="name").rows[0]
    assert alpha.verdicts == ["nothing", "not_examined", "broken", *["nothing"] * 4]
    assert alpha.verdicts_told.startswith(
        "Not kept: Fairness and non-discrimination. Not examined: People at the centre."
    )
    assert alpha.examined == "1 of 2"
    assert alpha.missing == "Ethics review, works council, date of the first trial"
    assert (alpha.next, alpha.overdue) == ("In four days", False)
    beta = page(status="production").rows[0]
    assert (beta.next, beta.overdue) == ("Twelve days late", True)


def test_what_is_due_is_told_in_words_with_its_place() -> None:
    first, second, third = page().due
    assert (first.when, first.overdue, first.what, first.place) == ("Twelve days late", True, "Review planned", "BETA")
    assert second.what == "Renew the attestation on question 1.1"
    assert third.when == "On 1 March 2027"


@pytest.mark.parametrize(
    ("days", "told"),
    [(0, "today"), (1, "Tomorrow"), (60, "In 60 days"), (-1, "One day late"), (-61, "late since 26 September 2026")],
)
def test_how_far_away_a_day_is(days: int, told: str) -> None:
    assert when(TODAY + dt.timedelta(days=days), TODAY, EN) == told


def test_markup_in_a_register_is_text() -> None:
    evil = use("evil", {"humain": "kept"}, title={"en": "<img src=x onerror=alert(1)>"}, owner="<b>", risk_reason="<i>")
    template = Template("pages/register/register.html", EN)
    shown = template("uses", page([evil], []), nothing) + template("head", page([evil], []))
    assert "<img src=x" not in shown
    assert "&lt;img src=x" in shown


def test_marks_in_rows_are_the_marks_of_verdicts() -> None:
    for verdict in MARKS:
        assert (STATIC / f"mark-{verdict}.svg").read_text(encoding="utf-8").strip() == in_the_dark(mark_svg(verdict))
    assert (STATIC / "mark-nothing.svg").is_file()


@pytest.mark.parametrize("counts", [(0, 0, 1), (3, 2, 60), (0, 18, 69), (1000, 0, 2000)])
def test_the_picture_has_one_dot_for_each_use(counts: tuple[int, int, int]) -> None:
    svg = coverage_strip_svg(counts)
    assert len(re.findall("<circle", svg)) == sum(counts)
    assert len(re.findall("<path", svg)) == counts[1]


def test_the_entry_tells_a_life_in_order_and_what_came_too_late() -> None:
    dates = {"trial": "2025-03-03", "works_council": "2025-03-13", "next_review": "2027-01-01"}
    found = entry(
        use("a", {}, dates=dates, fria={"not_required": "no decision"}, costs={"build": 180000, "yearly": 0}).system,
        EN,
        today=TODAY,
    )
    assert [(event.when, event.what, event.late or event.note) for event in found.life] == [
        ("20 January 2025", "Impact assessment", ""),
        ("3 March 2025", "First trial", ""),
        ("13 March 2025", "Works council", "Ten days after the start"),
        ("1 January 2027", "Next review", ""),
        ("Not required", "Fundamental rights assessment", "no decision"),
    ]
    assert found.answer == "No: it started first, and these came later: works council."
    facts = dict(found.facts)
    assert facts["Costs"] == "180,000 € to build, 0 € a year"
    assert facts["Missing"] == "Ethics review"


def alone(facts: Facts) -> Scene:
    """The same use as pages see it."""
    return Scene(charter=CHARTER, systems={"a": use("a", {}).system}, latest={}, previous={}, facts=facts)


def test_a_use_without_an_audit_has_a_page_with_its_questions() -> None:
    (sorter,) = register(CHARTER, {"a": use("a", {}).system}, {}, facts=Facts(as_of=TODAY))
    shown = unaudited(sorter, EN, today=TODAY)
    assert shown.told.endswith("nobody has looked at any yet.")
    asked = matrix(alone(Facts(as_of=TODAY)), "a", EN, query={"lang": "en"})
    assert asked.untouched == sorter.counts.asked > 5
    assert not any(article.examined for article in asked.articles)
    written = Template("pages/system/system.html", EN)("questions", asked)
    for article in asked.articles:
        href = f"/article?article={article.id}&amp;lang=en"
        assert f'<h3 id="{article.id}"><a href="{href}" target="_self">{escape(article.title)}</a></h3>' in written
    assert "lead-not_examined" in Template("pages/system/system.html", EN)("head", shown, "/", "/register")
    assert (shown.tone, shown.counts) == ("not_examined", [("not_examined", sorter.counts.asked)])


def test_an_attested_answer_stands_under_its_article_with_its_mark() -> None:
    attested = [i for a in CHARTER.articles for i in a.indicators if i.evidence == "attested" and "declared" in i.kinds]
    said = [
        Attestation(
            role="DPO",
            on=dt.date(2026, 11, 2),
            valid_until=dt.date(2027, 2, 1),
            indicator=indicator.id,
            answer=answer,
            document=KeptFile(sha256="0" * 64, name="a.pdf", size=3),
        )
        for indicator, answer in zip(attested, ("kept", "broken"), strict=False)
    ]
    sealed = tuple(SealedStatement(entry=n, sealed_on=TODAY, statement=each) for n, each in enumerate(said))
    (sorter,) = register(CHARTER, {"a": use("a", {}).system}, {}, facts=Facts(as_of=TODAY, sealed=sealed))
    shown = unaudited(sorter, EN, today=TODAY)
    asked = matrix(alone(Facts(as_of=TODAY, sealed=sealed)), "a", EN, query={"lang": "en"})
    marks = [row.alone for article in asked.articles for row in article.examined]
    assert sorted(each.verdict for each in marks if each) == ["broken", "kept"]
    assert all(each.href.startswith("/answer?system=a&question=") for each in marks if each)
    assert shown.tone == "broken"
    assert shown.told == f"Somebody has looked at 2 of the {sorter.counts.asked} questions that the charter asks of it."


def test_many_late_reviews_do_not_hide_an_answer_that_is_late() -> None:
    reviews = [Due(on=dt.date(2026, 1, 1 + n), kind="review", system="beta") for n in range(9)]
    shown = page(dues=[*reviews, Due(on=dt.date(2026, 11, 1), kind="reply", who="Data", entry=4)])
    assert [line.what for line in shown.due] == [*["Review planned"] * 3, "Answer recommendation no. 4: Data"]
    assert len(shown.later) == 6


def test_the_compass_and_the_register_know_the_same_uses_and_only_the_lake_knows_of_erasures(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    (workspace.home / "systems" / "a.yaml").write_text(
        "id: a\nkind: declared\ntitle: {fr: A}\npurpose: {fr: Essai}\nowner: Direction\nstatus: retired\n"
        "risk: limited\n",
        encoding="utf-8",
    )
    charter, facts, uses = register_of(workspace, today=store.day_in(workspace))
    found = store.duties(workspace)
    assert (found.uses, found.charter.sha256) == (uses, charter.sha256)
    assert list(found.due) == due(charter, uses, facts=facts)


@pytest.mark.costly
def test_a_hundred_systems_are_shown_within_a_second(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w")
    for n in range(100):
        (workspace.home / "systems" / f"use_{n}.yaml").write_text(
            f"id: use_{n}\nkind: declared\ntitle: {{fr: Usage {n}}}\npurpose: {{fr: Essai}}\nowner: Direction\n"
            "status: pilot\nrisk: limited\ndates: {trial: 2025-03-03, next_review: 2027-01-01}\n",
            encoding="utf-8",
        )
    load_charter()
    # Once in each process, at its start: the fonts of drawings.
    empty = register_page(store.register(Workspace.create(tmp_path / "none"), TODAY), RegisterQuery(), FR, query={})
    template = Template("pages/register/register.html", FR)
    assert template("overview", empty, nothing)
    began = time.process_time()
    kept = store.register(workspace, TODAY)
    shown = register_page(kept, RegisterQuery(), FR, query={})
    parts = ("head", shown), ("overview", shown, nothing), ("uses", shown, nothing)
    html = [template(*each) for each in parts]
    assert time.process_time() - began < 1
    assert len(shown.rows) == 100
    assert all(html)
    assert store.register(workspace, TODAY) is kept
    assert due(CHARTER, kept.uses, facts=Facts(as_of=TODAY)) == kept.due
