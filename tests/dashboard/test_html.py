"""HTML is safe by construction, and tables are tables."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from html.parser import HTMLParser

from hypothesis import strategies as st

from boussole.dashboard.markup.elements import Html, badge, el, join
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker

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
