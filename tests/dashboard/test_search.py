"""Search finds words in both languages, whatever their accents, and only what a role may see."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boussole.audits.workspace import Workspace
from boussole.charter.record_types.acts import CommitteeQuestion, Referral
from boussole.charter.record_types.kinds import Recommendation
from boussole.charter.records.facts import Facts
from boussole.charter.records.statements import SealedStatement
from boussole.dashboard.cli.demo import settle
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say, speaker
from boussole.dashboard.markup.words.addresses import FIRST
from boussole.dashboard.pages.search.index import Index, Piece, beginnings
from boussole.dashboard.pages.search.view import FIRST as SHOWN
from boussole.dashboard.pages.search.view import SearchPage, pieces, search_page
from boussole.dashboard.server.access.permissions import TABLE, Action, Role, allowed
from boussole.dashboard.server.access.places import page_actions
from boussole.dashboard.views.chamber import Chamber, chambers
from boussole.dashboard.views.scene import Scene
from boussole.experiments import demo
from tests.charter.committee.desk import CALLED, SAID, Desk

EVERYTHING = tuple(Action)
FR, EN = speaker("fr"), speaker("en")
Look = Callable[..., SearchPage]


def page_of(shown: SearchPage, say: Say) -> str:
    return Template("pages/search/search.html", say)("page", shown)


@pytest.fixture(scope="module")
def chamber() -> Chamber:
    desk = Desk()
    desk.seat(1, 2)
    desk.call()
    asked = {"addressee": "Direction", "due_on": dt.date(2026, 12, 1)}
    desk.seal(CommitteeQuestion(**SAID, on=CALLED, text="Pourquoi l’écart des œuvres ?", **asked))
    desk.seal(Referral(**SAID, on=CALLED, origin="organisation", subject="Un outil de tri", sender="Direction"))
    return Chamber(house=desk.house, names={}, facts=Facts(as_of=CALLED))


@pytest.fixture(scope="module")
def known() -> dict[str, Index]:
    """What is searched, by language: made by the first who looks, and the same for all."""
    return {}


@pytest.fixture
def look(scene: Scene, chamber: Chamber, known: dict[str, Index]) -> Look:
    if not known:
        known |= {say.lang: Index(pieces(scene, {"external": chamber}, say), say.lang) for say in (FR, EN)}

    def look(asked: str, *, lang: str = "fr", role: Role = Role.CHAIR, kind: str = "", entries: int = 5) -> SearchPage:
        actions = [action for action in Action if allowed(role, action)]
        say = speaker(lang)
        return search_page(known[lang], asked, say, kind=kind, actions=actions, entries=entries, query={"lang": lang})

    return look


def titles(shown: SearchPage, kind: str) -> list[str]:
    group = next((group for group in shown.groups if group.kind == kind), None)
    return ["".join(piece for piece, _ in result.title) for result in group.results] if group else []


@pytest.mark.parametrize("asked", ["équité", "EQUITE", "Équi", "  equité   discrimination ", "equites"])
def test_accents_capitals_plurals_and_endings_do_not_matter(look: Look, asked: str) -> None:
    assert titles(look(asked), "article") == ["3. Équité et non-discrimination"]


def test_both_languages_find_in_their_own_words(look: Look) -> None:
    assert "Recusal" in titles(look("stand aside", lang="en"), "word")
    assert "Déport" in titles(look("deport"), "word")
    assert titles(look("matchft", lang="en"), "system") == ["MatchFT"]
    assert titles(look("oeuvre"), "asked") == ["Pourquoi l’écart des œuvres\u202f?"]
    assert titles(look("3.1"), "question")[0].startswith("3.1 ")


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_an_empty_page_offers_is_found(look: Look, lang: str) -> None:
    offered = re.findall("[“«]([^”»]+)[”»]", page_of(look("", lang=lang), speaker(lang)))
    assert len(offered) == 7
    for asked in offered:
        assert look(asked, lang=lang).groups, asked


def test_a_group_of_people_leads_to_its_figures(look: Look) -> None:
    found = next(group for group in look("femmes").groups if group.kind == "group")
    assert "/fairness?system=matchft&by=gender&lang=fr" in [result.href for result in found.results]


def test_what_was_found_is_marked_and_everything_is_escaped(look: Look) -> None:
    page = page_of(look("equite"), FR)
    assert "<mark>Équité</mark>" in page
    hostile = Index([Piece(kind="system", action=Action.LEARN, title="<b>x", text="<i>x", href='/"><script>')])
    found = search_page(hostile, '<b>x"', EN, kind="", actions=[Action.LEARN], entries=0, query={})
    shown = page_of(found, EN)
    assert "<script>" not in shown
    assert "<b>" not in shown
    assert "<mark>b</mark>" in shown


@pytest.mark.parametrize(
    "asked",
    ["seniors", "senior", "SÉNIORS", "femmes de 50 ans", "Femme 50 ans", "les femmes de plus de 50 ans", "ainees"],
)
def test_people_are_found_by_the_words_that_people_use_and_answers_come_early(look: Look, asked: str) -> None:
    shown = look(asked)
    assert shown.whole
    assert shown.groups[0].kind == "answer"
    assert any("50 ans" in "".join(piece for piece, _ in each.text) for each in shown.groups[0].results)
    assert any(each.href.startswith("/answer?system=matchft") for each in shown.groups[0].results)


@pytest.mark.parametrize(
    "asked", ["opinion divergente", "Opinions divergentes", "avis minoritaires", "opinión divergent"]
)
def test_a_dissent_is_found_by_the_words_that_people_use(look: Look, asked: str) -> None:
    assert "Opinion divergente" in titles(look(asked), "word")


@pytest.mark.costly
def test_an_opinion_is_found_by_the_dissent_that_stands_beside_it(scene: Scene, tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "workspace")
    shutil.copytree(Path(demo.__file__).parent / "systems", workspace.home / "systems", dirs_exist_ok=True)
    settle(workspace, today=dt.date(2026, 11, 27))
    index = Index(pieces(scene, chambers(workspace, today=dt.date(2026, 11, 27)), FR), "fr")
    found = search_page(index, "opinions divergentes", FR, kind="", actions=EVERYTHING, entries=0, query={})
    (opinion,) = next(group for group in found.groups if group.kind == "opinion").results
    assert opinion.href.startswith("/recommendations?lang=fr#o-")


def test_what_pages_say_comes_before_entries_of_the_ledger(look: Look) -> None:
    page = page_of(look("3", entries=9), FR)
    assert page.index("/article?article=") < page.index("/evidence?lang=fr&amp;entry=3")


def test_a_reader_does_not_find_the_committee_s_work(look: Look) -> None:
    assert titles(look("tri"), "referral") == ["Un outil de tri"]
    outside = look("tri outil écart séance direction", role=Role.READER)
    assert {group.kind for group in outside.groups} & {
        "referral",
        "asked",
        "session",
        "recommendation",
        "opinion",
    } == set()


def test_whoever_finds_something_may_open_it(scene: Scene, chamber: Chamber) -> None:
    for piece in pieces(scene, {"external": chamber}, EN):
        name = piece.href.partition("?")[0].strip("/") or FIRST
        assert TABLE[piece.action] <= TABLE[page_actions()[name]], piece


def test_recommendations_are_found_where_they_stand(scene: Scene, look: Look) -> None:
    from dataclasses import replace

    said = Recommendation(role="x", on=CALLED, text="Revoir le tri des offres : quand ?", body="Comité", outside=False,
                          addressee="Direction", due_on=CALLED)  # fmt: skip
    facts = Facts(as_of=CALLED, sealed=(SealedStatement(entry=7, sealed_on=CALLED, statement=said),))
    index = Index(pieces(replace(scene, facts=facts), {}, FR))
    found = search_page(index, "offres direction", FR, kind="", actions=EVERYTHING, entries=0, query={})
    group = next(group for group in found.groups if group.kind == "recommendation")
    assert group.results[0].href == "/recommendations?lang=fr#r-7"
    assert "".join(text for text, _ in group.results[0].title) == "Revoir le tri des offres\u202f: quand\u202f?"


def test_a_number_leads_to_its_entry_and_a_fingerprint_to_the_ledger(look: Look) -> None:
    assert look("n° 4").ledger == [("Écriture n°\u00a04 du registre des preuves", "/evidence?lang=fr&entry=4")]
    assert look("5").ledger == []
    digest = "9688267" + "a" * 57
    assert look(digest.upper(), lang="en").ledger == [
        ("Look this fingerprint up in the ledger", f"/evidence?lang=en&q={digest}")
    ]


@pytest.mark.parametrize(
    ("title", "lang", "asked"),
    [
        ("Effets sur le travail", "fr", "travaux"),
        ("Bureau régional", "fr", "régionaux"),
        ("The policy", "en", "policies"),
        ("Charte et demandeurs d’emploi", "fr", "chômeurs"),
        ("Non-discrimination", "fr", "égalités"),
        ("La boussole", "fr", "accueil"),
        ("Women of 50", "en", "woman"),
        ("Peut-on se passer de l’outil ?", "fr", "refuser"),
    ],
)
def test_plurals_that_change_the_word_and_words_of_every_day_are_found(title: str, lang: str, asked: str) -> None:
    known = Index([Piece(kind="word", action=Action.LEARN, title=title, text="", href="/")], lang)
    assert known.find(beginnings(asked, lang), actions=[Action.LEARN])[0]


def test_of_many_results_the_first_are_shown_and_the_others_have_an_address(look: Look) -> None:
    shown = look("pe", lang="en")
    many = next(group for group in shown.groups if group.kind == "question")
    assert len(many.results) == SHOWN < many.count
    assert many.every == "/search?q=pe&kind=question&lang=en"
    every = look("pe", lang="en", kind="question")
    assert len(every.groups[0].results) == min(60, many.count)


def test_where_nothing_holds_all_words_some_will_do_and_it_is_said(look: Look) -> None:
    shown = look("quorum zzzz", lang="en")
    assert not shown.whole
    assert "these hold some" in page_of(shown, EN)
    none = look("zzzz", lang="en")
    assert none.told == "Nothing was found."
    assert "fewer or shorter words" in page_of(none, EN)
    assert look("", lang="en").told == ""


@given(st.text(max_size=60))
def test_whatever_is_typed_is_only_looked_for(asked: str) -> None:
    index = Index([Piece(kind="word", action=Action.LEARN, title="Quorum", text="NEAR OR NOT", href="/")])
    shown = search_page(index, asked, EN, kind="<", actions=EVERYTHING, entries=3, query={})
    assert isinstance(page_of(shown, EN), str)
