"""A text in another language says which (WCAG 3.1.2), and links to different places are called differently."""

from __future__ import annotations

import copy
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from boussole.audits.ledger.log import EntryLine, LedgerQuery, LedgerSpan
from boussole.audits.systems import System
from boussole.charter.judging.coverage import coverage
from boussole.charter.record_types.kinds import Finding, KeptFile, Recommendation
from boussole.charter.records import SealedStatement
from boussole.charter.records.facts import Facts
from boussole.charter.records.in_force import CharterInUse, InForce
from boussole.charter.registry.due import due
from boussole.charter.text.loading import load_charter
from boussole.charter.text.model import Charter
from boussole.dashboard.markup.elements import Html, el, join
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import Say, speaker
from boussole.dashboard.pages.answer.around import ReadingRights
from boussole.dashboard.pages.answer.view import answer_page
from boussole.dashboard.pages.article.view import ArticleQuery, article_page
from boussole.dashboard.pages.charter.view import CharterView, charter_page
from boussole.dashboard.pages.compass.view import since_audit
from boussole.dashboard.pages.evidence.view import head, search_of
from boussole.dashboard.server.access.permissions import Person, Role
from boussole.dashboard.views.answers.course import SystemPast
from boussole.dashboard.views.answers.small_print import caps
from boussole.dashboard.views.compass import compass, waiting
from boussole.dashboard.views.evidence import EntryResults, content_words
from boussole.dashboard.views.fields import LinkChoice
from boussole.dashboard.views.law import law_page
from boussole.dashboard.views.register import register_page, unaudited
from boussole.dashboard.views.register_words import DueLine, Register, RegisterQuery
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.views.system import system_page
from boussole.dashboard.views.system_tables import matrix
from tests.as_json import documents, judge, register, summarise
from tests.charter.builders import WOMEN, comparison, drift, system
from tests.sparing import slow_case

NOTHING_ELSE = ReadingRights(committee=False, incidents=False)
TODAY = dt.date(2026, 11, 26)
MARK = "¤"
LETTER = KeptFile(sha256="ab" * 32, name="letter.pdf", size=3)


def german(node: Any) -> Any:
    """Every text by language as one in German, between marks."""
    if isinstance(node, dict) and set(node) == {"fr", "en"}:
        return {"de": f"{MARK}{node['fr'].rstrip('.')}{MARK}"}
    if isinstance(node, dict):
        return {key: german(value) for key, value in node.items()}
    return [german(value) for value in node] if isinstance(node, list) else node


@pytest.fixture(scope="module")
def charter() -> Charter:
    written = german(load_charter().document()) | {"languages": ["de"]}
    return Charter.model_validate({**written, "sha256": "cd" * 32})


@pytest.fixture
def scene_of(charter: Charter, matchft: dict[str, Any]) -> Scene:
    """One audited system and one that is not, capped by a finding, with a recommendation."""
    own = {key: german({"fr": key, "en": key}) for key in ("title", "purpose", "gains", "people_affected")}
    audited = system().model_copy(update=own)
    declared = System.model_validate(
        {**own, "id": "sorter", "kind": "declared", "owner": "O", "status": "production", "risk": "minimal"}
        | {"dates": {"next_review": "2026-12-01"}}
    )
    measures = [comparison(WOMEN, estimate=0.5, error=0.01), drift("distance_km", 0.4), drift("score", 0.01)]
    verdicts = judge(charter, audited, measures, window_start=dt.date(2026, 9, 1))
    document = {**matchft, "measures": measures, "verdicts": verdicts}
    said = {"role": "S", "on": dt.date(2026, 11, 1), "articles": ["equite"], "system": "matchft"}
    stated = (
        Finding(**said, authority="CNIL", title="SAN", cap="watch", document=LETTER),
        Recommendation(**said, body="Committee", outside=False, addressee="Board", due_on=dt.date(2026, 12, 1)),
    )
    sealed = tuple(SealedStatement(entry=3 + n, sealed_on=each.on, statement=each) for n, each in enumerate(stated))
    facts = Facts(as_of=TODAY, sealed=sealed)
    document["articles"] = summarise(charter, verdicts, system="matchft", facts=facts)
    earlier = copy.deepcopy(document)
    for each in earlier["verdicts"]:
        each["verdict"] = "not_examined"
    return Scene(
        charter=charter,
        systems={"matchft": audited, "sorter": declared},
        latest=documents({"matchft": document}),
        previous=documents({"matchft": earlier}),
        facts=facts,
    )


def pages(scene: Scene, say: Say) -> Iterator[tuple[str, Html]]:
    """Every page that shows texts of the charter or of systems, as HTML."""
    query = {"lang": say.lang}
    made = Template("pages/compass/compass.html", say)
    seen, changed = compass(scene, say, query=query), since_audit(scene, say, query=query, every=True)
    yield ("compass", join([made("head", seen), made("overview", seen), made("changes", changed)]))
    system = system_page(scene, "matchft", say, query=query)
    parts = [Template("views/parts/system.html", say)("article", each, "") for each in system.sections]
    rows = Template("pages/system/system.html", say)("questions", matrix(scene, "matchft", say, query=query))
    yield "system", join([Template("views/parts/system.html", say)("head", system, "/", "/"), rows])
    yield "articles of an audit alone", join(parts)
    for each in scene.standing["matchft"].verdicts:
        one = answer_page(
            scene,
            "matchft",
            each.indicator,
            say,
            past=SystemPast(audits={}),
            chambers=[],
            reader=NOTHING_ELSE,
            query=query,
        )
        assert one is not None
        made = Template("pages/answer/answer.html", say)
        told = [made("head", one, "/"), made("pictures", one), made("promise", one)]
        yield f"answer {each.indicator}", join([*told, made("behind", one, "")])
    for article in scene.charter.articles:
        found = article_page(scene, ArticleQuery(article=article.id), say, on=TODAY, query=query)
        assert found is not None
        made = Template("pages/article/article.html", say)
        written = [made("head", found, "/"), made("trend", found["trend"]), made("questions", found)]
        written += [made("outside", found), made("law", found["law"]), made("sealed", found["entries"], "/")]
        yield article.id, join(written)
    provisions = law_page(scene, say, on=TODAY, query=query)
    yield (
        "law",
        join([Template("pages/law/law.html", say)(each, provisions) for each in ("head", "summary", "provisions")]),
    )
    uses = register(scene.charter, scene.systems, {}, facts=scene.facts)
    given = Register(
        charter=scene.charter,
        uses=uses,
        coverage=coverage(scene.charter, uses),
        due=due(scene.charter, uses, facts=scene.facts),
        today=TODAY,
    )
    listed = register_page(given, RegisterQuery(), say, query=query)
    template = Template("pages/register/register.html", say)
    parts = ("head", listed), ("overview", listed), ("uses", listed)
    written = [template(*each) for each in parts]
    shown = waiting(Person(role=Role.STEWARD), (), given, say, query=query)
    assert shown is not None
    yield "register", join([*written, Template("pages/compass/compass.html", say)("waiting", shown)])
    alone = unaudited(uses[1], say, today=TODAY)
    held = caps(scene, say, query=query, system="matchft")
    yield "entry", Template("pages/system/system.html", say)("head", alone, "/", "/", held)
    yield "charter", charter_of(scene, say)
    yield "evidence", evidence_of(scene, say)


def charter_of(scene: Scene, say: Say) -> Html:
    versions = (CharterInUse(sha256="cd" * 32, version="0.1", entry=0, first_used_on=TODAY),)
    seen = CharterView(
        judging=InForce(charter=scene.charter), versions=versions, amendment=None, fault="", systems=scene.systems
    )
    page = charter_page(seen, say, query={})
    template = Template("pages/charter/charter.html", say)
    return join([template(part, page) for part in ("head", "text", "rules", "versions")])


def evidence_of(scene: Scene, say: Say) -> Html:
    entry = EntryLine(index=1, kind="audit", payload={"system": "matchft"}, time="", leaf_hash="ab")
    span = LedgerSpan(size=2, first="2026-11-26", last="2026-11-26", kinds=("audit",))
    found = EntryResults(entries=(entry,), total=1, page=1, pages=1)
    view = search_of(span, LedgerQuery(), found, scene, say, query={})
    values = [el("dd", value) for _, value in content_words(entry, scene, say)]
    evidence = Template("pages/evidence/evidence.html", say)
    return join([evidence("head", head(span, None, say)), evidence("search", view), *values])


class Heard(HTMLParser):
    """What is read aloud in which language: the German texts heard in that of the page, and the other way round."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.langs: list[str | None] = [None]
        self.wrong: list[str] = []
        self.german = 0
        self.feed(re.sub(r'<span class="whole">([^<]*)</span>', r"\1", html))  # a word that stays on one line

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("img", "br", "hr", "input", "meta"):
            self.langs.append(dict(attrs).get("lang") or self.langs[-1])

    def handle_endtag(self, tag: str) -> None:
        self.langs.pop()

    def handle_data(self, data: str) -> None:
        spoken = self.langs[-1]
        self.german += data.count(MARK) // 2
        if (MARK in data) != (spoken == "de") or (
            spoken == "de" and data.strip(" .")[0] + data.strip(" .")[-1] != 2 * MARK
        ):
            self.wrong.append(data)


@pytest.mark.costly
@pytest.mark.parametrize("lang", ["fr", slow_case("en")])
def test_every_text_of_a_german_charter_is_marked_as_german_and_nothing_else_is(scene_of: Scene, lang: str) -> None:
    for name, html in pages(scene_of, speaker(lang)):
        heard = Heard(html)
        assert heard.wrong == [], name
        assert heard.german > 0, name


LISTS = Template("views/parts/lists.html", speaker("en"))


class Links(HTMLParser):
    """Where links lead, by what they are called: by `aria-label`, else by their words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: str | None = None
        self.name = ""
        self.label: str | None = None
        self.places: dict[str, set[str]] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.open, self.name, self.label = dict(attrs)["href"], "", dict(attrs).get("aria-label")

    def handle_data(self, data: str) -> None:
        self.name += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.open is not None:
            self.places.setdefault(self.label or " ".join(self.name.split()), set()).add(self.open)
            self.open = None

    @property
    def alike(self) -> dict[str, set[str]]:
        return {name: places for name, places in self.places.items() if len(places) > 1}


@pytest.mark.costly
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_no_two_places_of_a_page_have_links_of_one_name(scene: Scene, lang: str) -> None:
    for name, html in pages(replace(scene, facts=Facts(as_of=TODAY, sealed=())), speaker(lang)):
        found = Links(html)
        assert found.places or name == "articles of an audit alone", name
        assert found.alike == {}, name


def test_what_is_due_of_one_system_is_told_apart() -> None:
    """The place alone was the link: three things to do were called "MatchFT"."""
    lines = [
        DueLine(when="Today", overdue=False, what=what, place="MatchFT", href=f"/r#{what}")
        for what in ("Answer", "Audit")
    ]
    found = Links("".join(LISTS("due_item", line) for line in lines))
    assert set(found.places) == {"Answer — MatchFT", "Audit — MatchFT"}


def test_all_of_one_filter_is_not_all_of_another() -> None:
    names = ("Status", "Risk")
    shown = [
        LISTS("filter_by", name, [LinkChoice(text="all", href=f"/register?not={name}", current=True, count=2)])
        for name in names
    ]
    assert Links("".join(shown)).alike == {}


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_each_way_to_ask_says_about_what(scene: Scene, lang: str) -> None:
    """Thirty links of one page were called "Ask about this"."""
    say = speaker(lang)

    def ask(system: str, key: str) -> str:
        return f"/ask?system={system}&question={key}"

    article = article_page(scene, ArticleQuery(article="equite"), say, on=TODAY, query={})
    assert article is not None
    shown = Links(Template("pages/article/article.html", say)("questions", article, ask))
    assert len(shown.places) > 2
    assert shown.alike == {}
