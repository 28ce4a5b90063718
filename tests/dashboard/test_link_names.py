"""Links that lead to different places are called differently: whoever hears one after the other tells them apart."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from boussole.charter.records.facts import Facts
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.article.view import ArticleQuery, article_page
from boussole.dashboard.views.fields import LinkChoice
from boussole.dashboard.views.register_words import DueLine
from boussole.dashboard.views.scene import Scene
from tests.dashboard.test_foreign import TODAY, pages

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
