"""HTML is safe by construction, tables are tables; one table holds every page, and the sidebar leads to all of it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, TemplateSyntaxError, UndefinedError

from boussole import dashboard
from boussole.audits.mixed import foreign
from boussole.dashboard.app.frame import HERE
from boussole.dashboard.markup.elements import STYLE, Html, badge, el, join
from boussole.dashboard.markup.templates import ENVIRONMENT, FOLDER, Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.markup.words.addresses import FIRST, DashboardPage, current, groups, listed, pages
from boussole.dashboard.server.access.permissions import FIRST_PAGES, SIGNED_IN, allowed
from boussole.dashboard.server.access.places import page_actions

TABLES = Template("markup/tables.html", speaker("en"))


class Texts(HTMLParser):
    """What a browser would read: tags and text."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.text = ""
        self.attributes: dict[str, str | None] = {}
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= dict(attrs)

    def handle_data(self, data: str) -> None:
        self.text += data


# Line ends are normalised by HTML itself, and NUL is no character of it.
TEXT = st.text(st.characters(exclude_characters="\r\0", exclude_categories=["Cs"]))


def test_only_what_the_module_built_is_markup() -> None:
    assert el("p", "<b>x</b>") == "<p>&lt;b&gt;x&lt;/b&gt;</p>"
    assert el("p", el("b", "x")) == "<p><b>x</b></p>"
    assert join(["<", None, Html("<br>")]) == "&lt;<br>"


def test_tables_have_headers_for_rows_and_columns() -> None:
    tree = ET.fromstring(TABLES("table", ["Group", "Share"], [["Women", "20%"], ["Men", ""]], caption="By sex"))  # noqa: S314
    assert tree.attrib == {"class": "scroll", "tabindex": "0", "role": "group", "aria-label": "By sex"}
    assert [cell.get("scope") for cell in tree.iter("th")] == ["col", "col", "row", "row"]
    assert [cell.text for cell in tree.iter("td")] == ["20%", "—"]
    assert tree.findtext(".//caption") == "By sex"


def test_a_badge_is_shape_word_and_colour_and_its_shape_is_not_read_twice() -> None:
    read = Texts(badge("watch", speaker("fr")))
    assert read.text == "À surveiller"
    assert read.attributes["alt"] == ""
    assert str(read.attributes["src"]).startswith("data:image/svg+xml;charset=utf-8,%3Csvg")


NAMES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.html") if "static" not in path.parts)


def made(source: str, **values: object) -> str:
    return ENVIRONMENT.overlay().from_string(source).render(values)


@given(TEXT, TEXT)
def test_any_text_comes_back_as_it_was(text: str, value: str) -> None:
    read = Texts(made('<p title="{{ value }}"{{ attrs(lang=value) }}>{{ text }}</p>', text=text, value=value))
    assert (read.tags, read.text, read.attributes) == (["p"], text, {"title": value, "lang": value})


def test_markup_is_markup_between_tags_and_text_in_attributes() -> None:
    bold = el("b", "x")
    assert made('<p title="{{ it }}">{{ it }}</p>', it=bold) == '<p title="&lt;b&gt;x&lt;/b&gt;"><b>x</b></p>'
    assert made('<p title="{{ it|upper }}">', it="<i") == '<p title="&lt;I">'
    assert made("{% macro b(x) %}<b>{{ x }}</b>{% endmacro %}{{ b('<') }}") == "<b>&lt;</b>"


def test_a_passage_in_another_language_says_so_but_in_an_attribute() -> None:
    text = foreign("Wer?", "de")
    assert made('<p title="{{ it }}">{{ it }}</p>', it=text) == '<p title="Wer?"><span lang="de">Wer?</span></p>'


def test_no_line_of_a_heading_ends_at_the_hyphen_of_a_word() -> None:
    head = Template("markup/example.html", speaker("fr"))("head", "Est-il là ? <a-b>")
    assert head == '<h1><span class="whole">Est-il</span> là ? &lt;<span class="whole">a-b</span>&gt;</h1>'
    outer = Template("pages/system/system.html", speaker("fr"))("further", "Plus", head)
    assert outer.count('class="whole"') == 2, "a word that two macros see is changed once"
    assert ".whole { display: inline-block" in STYLE


@pytest.mark.parametrize(
    "source",
    [
        "<script>{{ x }}</script>",
        "<STYLE>a</STYLE>",
        '<p onclick="{{ x }}">',
        "<p {{ x }}>",
        "<p class={{ x }}>",
        "<{{ x }} a='b'>",
        "<p{{ attrs(id=x) ~ x }}>",
        "<p{{ attrs(id=x)|trim ~ f(x) }}>",
    ],
)
def test_what_cannot_be_escaped_is_no_template(source: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        made(source, x="y")


def test_a_name_that_nobody_gave_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        made("<p>{{ nothing }}</p>")


def test_the_environment_is_the_only_one() -> None:
    """A second one could forget to escape."""
    made_in = [path for path in Path(FOLDER).rglob("*.py") if "Environment(" in path.read_text(encoding="utf-8")]
    assert made_in == [FOLDER / "markup" / "templates.py"]
    assert isinstance(ENVIRONMENT, Environment)
    assert ENVIRONMENT.autoescape is True


@pytest.mark.parametrize("name", NAMES)
def test_no_template_says_of_itself_that_something_is_safe(name: str) -> None:
    source = (FOLDER / name).read_text(encoding="utf-8")
    assert not re.search(r"\|\s*safe\b|autoescape|Markup", source)


SCRIPTS = {path.parent.name for path in (Path(dashboard.__file__).parent / "pages").glob("*/page.py")}


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_page_has_its_script_and_every_script_its_page(lang: str) -> None:
    names = [page.name for page in pages(speaker(lang))]
    assert sorted(names) == sorted(SCRIPTS) == sorted(page_actions())
    assert FIRST in names
    titles = [page.title for page in pages(speaker(lang))]
    assert len(set(titles)) == len(titles), "two pages of one name cannot be told apart in a history"


def test_streamlit_finds_no_page_by_itself() -> None:
    """It lists whatever lies in a folder `pages` beside its script, before the script is asked."""
    assert not (HERE / "pages").exists()
    assert (HERE / "app.py").is_file()


def test_every_page_is_listed_in_one_group_or_stands_under_one_that_is() -> None:
    shown = pages(say := speaker("en"))
    names = [page.name for _, each in listed(shown, say) for page in each]
    assert len(names) == len(set(names))
    for page in shown:
        assert bool(page.group) != bool(page.under), page.name
        assert not page.group or page.group in groups(say)
        assert current(shown, page.name) in names


def test_each_role_finds_first_what_it_needs_first_and_everything_once() -> None:
    say = speaker("en")
    assert set(FIRST_PAGES) == set(SIGNED_IN)
    for role, first in FIRST_PAGES.items():
        shown = [page for page in pages(say) if allowed(role, page_actions()[page.name])]
        (name, top), *others = listed(shown, say, first=first)
        assert name == "For you"
        assert [page.name for page in top] == [FIRST, *first], "a page that the role cannot open, or that is not listed"
        every = [page.name for page in top] + [page.name for _, each in others for page in each]
        assert len(every) == len(set(every))
        assert set(every) == {page.name for page in shown if page.group}


def test_a_group_without_a_page_is_left_out() -> None:
    found = listed([DashboardPage(name="law", title="The law", group="proof", action="LEARN")], speaker("en"))
    assert [(name, [page.name for page in each]) for name, each in found] == [("To verify", ["law"])]
