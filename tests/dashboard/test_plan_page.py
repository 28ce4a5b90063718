"""The page of a plan: what can be known next, and what every group takes."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from boussole.charter.judging.statistics.planning import plans
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say, speaker
from boussole.dashboard.pages.plan import view
from boussole.dashboard.pages.plan.view import PlanPage, PlanQuery, plan_page
from tests.dashboard.app_at import app_at

EN, FR = speaker("en"), speaker("fr")


def page_of(shown: PlanPage, say: Say) -> str:
    return Template("pages/plan/plan.html", say)("page", shown)


def seen(scene, say=EN, **asked):
    return plan_page(scene, PlanQuery(**asked), say, query={"lang": say.lang})


def answers(shown: PlanPage):
    return [answer for each in shown.questions for answer in each.answers]


def test_a_wider_gap_lacks_less(scene):
    def ready(gap):
        told = " ".join(seen(scene, system="matchft", gap=gap).more)
        return int(told.partition("comparisons, ")[2].partition(" have")[0])

    assert ready("60") >= ready("") >= 0
    head = {each.table.head[1] for each in answers(seen(scene, system="matchft", gap="60"))}
    assert "To tell 60 from 80 for 100" in head


@pytest.mark.parametrize("asked", [{"gap": "x"}, {"gap": "80; DROP"}, {"system": "<b>"}, {"gap": "-1"}])
def test_what_is_not_known_of_an_address_is_left_out(scene, asked):
    shown = seen(scene, **asked)
    assert shown.chosen == PlanQuery(system=next(iter(scene.latest)), gap="")
    assert "<b>" not in page_of(shown, EN)


def test_it_opens_on_a_system_that_has_something_to_plan(scene, monkeypatch):
    """The first system has no question about groups: whoever opens the page without choosing is shown another."""
    first, other = scene.latest

    def planned(document, *rest, gap=None):
        return [] if document is scene.latest[first] else plans(document, *rest, gap=gap)

    monkeypatch.setattr(view, "plans", planned)
    assert seen(scene).chosen.system == other
    assert seen(scene).questions
    assert seen(scene, system=first).chosen.system == first


def test_without_an_audit_there_is_no_plan(scene):
    none = replace(scene, latest={})
    assert plan_page(none, PlanQuery(), EN, query={}) is None
    assert "No system was audited yet" in Template("pages/plan/plan.html", EN)("empty")


@pytest.mark.costly
def test_the_page_speaks_the_language_of_its_address_and_keeps_it(audited_offers, tmp_path, monkeypatch, be):
    monkeypatch.setenv("BOUSSOLE_HOME", str(audited_offers(tmp_path / "w").home))
    be("chair")
    for lang, title in (("en", "How many decisions it takes"), ("fr", "Combien il faut de décisions")):
        seen = app_at("plan", lang=lang, gap="60").run()
        assert not seen.exception
        html = "".join(getattr(each.proto, "body", "") for each in seen.main)
        assert f"<h1>{title}</h1>" in html
        answers = [parse_qs(urlsplit(unescape(each)).query) for each in re.findall(r'href="(/answer\?[^"]+)"', html)]
        assert answers
        assert {tuple(each["lang"]) for each in answers} == {(lang,)}
        assert f'<input type="hidden" name="lang" value="{lang}"' in html, "chosen anew, it is in the same language"
        assert '<option value="60" selected' in html
