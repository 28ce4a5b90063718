"""Taking a figure along: the table that stands under it, an image that says where it comes from, a seal that holds."""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from boussole.audits import ledger
from boussole.audits.formulas import escaped
from boussole.audits.hashing import canonical_json
from boussole.audits.languages import LANGUAGES
from boussole.audits.ledger import log
from boussole.audits.ledger.entry import sealed_bytes
from boussole.audits.workspace import Workspace
from boussole.charter.records import open_records
from boussole.charter.records.database import reading
from boussole.dashboard.app.server import FIGURES, guarded, taking_routes
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.fairness.view import windows_of
from boussole.dashboard.server.access.permissions import COOKIE, SIGNED_IN, TABLE, Person, Role
from boussole.dashboard.server.access.places import page_actions
from boussole.dashboard.server.routes import WITH_FIGURES
from boussole.dashboard.views.charts import strips
from boussole.dashboard.views.charts.drawings import Dot
from boussole.dashboard.views.charts.strips import width_of
from boussole.dashboard.views.charts.tables import MOST, MarkCell, MarkedTable
from boussole.dashboard.views.fields import span
from boussole.dashboard.views.parts import taking
from boussole.dashboard.views.parts.taking import (
    Figure,
    FigureSource,
    FiguresQuery,
    Seal,
    citation,
    csv_file,
    file_href,
    file_name,
    fold,
    image,
    sealed,
    source_line,
    svg_file,
)
from boussole.dashboard.views.scene import period
from tests.dashboard.app_at import app_at

EN, FR = speaker("en"), speaker("fr")
VIEWS = {
    "compass": {},
    "article": {"article": "equite"},
    "system": {"system": "matchft"},
    "answer": {"system": "matchft", "question": "selection_rate_ratio_age"},
    "fairness": {"system": "matchft", "level": "80"},
    "drift": {"system": "matchft"},
    "data": {},
    "register": {"status": "pilot"},
    "work": {},
}
"""An address of each page that has figures."""
ROOT = "0123456789abcdef" * 4
SEAL = Seal(entries=[12], at=12, root=ROOT)


@pytest.fixture(scope="module")
def demo(demo_home: Path) -> Workspace:
    return Workspace(demo_home)


@pytest.fixture(scope="module")
def client(demo: Workspace) -> TestClient:
    return TestClient(Starlette(routes=guarded(taking_routes(demo.home), demo.home)))


def wanted(demo: Workspace, page: str, lang: str, role: Role = Role.CHAIR) -> FiguresQuery:
    query = {**VIEWS[page], "lang": lang}
    return FiguresQuery(workspace=demo, query=query, say=speaker(lang), person=Person(role=role))


def figure(**other: object) -> Figure:
    source = FigureSource(organisation="Service", about="MatchFT", period="May 2026", charter="0.2", seal=SEAL)
    sheet = MarkedTable(
        head=["Group", "Share"], rows=[["Women", "37 %"], ["=Men", MarkCell(verdict="watch", text="Watch")]]
    )
    given = {"title": "Who is contacted?", "source": source, "fill": lambda: sheet}
    return Figure(**{"href": "/fairness?system=m&lang=en", **given, **other})  # type: ignore[arg-type]


class Tables(HTMLParser):
    """The tables of a page as rows of words, but for what is not seen; a dash stands for nothing."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.cell, self.unseen = False, 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
            self.cell = True
        elif tag == "span" and dict(attrs).get("role") == "img":  # marks alone, which say in words what they are
            self.handle_data(dict(attrs)["aria-label"] or "")
        elif tag == "span" and (self.unseen or ("class", "unseen") in attrs):
            self.unseen += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.cell = False
        elif tag == "span" and self.unseen:
            self.unseen -= 1

    def handle_data(self, data: str) -> None:
        if self.cell and not self.unseen:
            self.tables[-1][-1][-1] += data

    @property
    def plain(self) -> list[list[list[str]]]:
        """With nothing but letters and digits: how parts of a cell are set apart is not its content."""
        return [[[bare(cell) for cell in row] for row in table] for table in self.tables]


def bare(cell: str) -> str:
    return re.sub(r"[\W_]+", "", cell)


def rows_of(content: bytes) -> list[list[str]]:
    """The table in a file: what stands below its first empty row."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    return rows[rows.index([]) + 1 :]


def page_html(demo: Workspace, page: str, lang: str) -> str:
    seen = app_at(page, lang=lang, **VIEWS[page]).run()
    assert not seen.exception
    return "".join(getattr(each.proto, "body", "") for each in seen.main)


def test_every_page_with_figures_gives_them() -> None:
    assert set(FIGURES) == set(WITH_FIGURES) == set(VIEWS)


@pytest.mark.costly
@pytest.mark.parametrize("page", VIEWS)
def test_a_table_is_the_one_under_the_figure(
    demo: Workspace, monkeypatch: pytest.MonkeyPatch, be: Callable[..., None], page: str
) -> None:
    monkeypatch.setenv("BOUSSOLE_HOME", str(demo.home))
    be("chair")
    html = page_html(demo, page, "fr")
    found, shown = FIGURES[page](wanted(demo, page, "fr")), Tables(html).plain
    assert found
    for name, each in found.items():
        if page == "register" and name == "examined":  # its numbers stand in the words of its picture
            assert all(row[1] in html for row in rows_of(csv_file(each, FR, demo.today()))[1:])
            continue
        taken = [[bare(cell) for cell in row] for row in rows_of(csv_file(each, FR, demo.today()))]
        whole = [list(itertools.chain.from_iterable(shown))] if page == "system" else []  # kept questions stand apart
        assert any(_same(taken, table) for table in [*shown, *whole]), (name, taken)
        assert html.count(file_href(page, name, "csv", each, "fr").replace("&", "&amp;")) == 1, name


def _same(taken: list[list[str]], table: list[list[str]]) -> bool:
    """Whether every row is in a table, word for word and in its order. One cell over a whole row of the page may be
    several in a spreadsheet, and a link to an entry may end a row of the page."""
    shown = ["".join(row) for row in table]
    return all(any(_begins(row, "".join(each)) for row in shown) for each in taken)


def _begins(row: str, taken: str) -> bool:
    return row.startswith(taken) and bool(re.fullmatch(r"(écrituren\d+)?", row.removeprefix(taken)))


@pytest.mark.costly
@pytest.mark.parametrize("page", VIEWS)
def test_an_image_says_where_it_comes_from(demo: Workspace, page: str) -> None:
    for lang in LANGUAGES:
        say = speaker(lang)
        for each in list(FIGURES[page](wanted(demo, page, lang)).values())[:3]:
            drawn = svg_file(each, say, demo.today()).decode()
            words = bare(unescape("".join(re.findall(r"<text[^>]*>([^<]*)", drawn))))
            assert bare(source_line(each.source, say)) in words
            assert each.source.seal is not None
            assert each.source.seal.root in words
            assert bare(each.title) in words
            assert "@font-face" in drawn
            assert "prefers-color-scheme" not in drawn
            assert re.search(r'</style><rect width="\d+" height="\d+" fill="#ffffff"/>', drawn)


def _tree(leaves: list[bytes]) -> bytes:
    """RFC 9162, 2.1.1, written out."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + _tree(leaves[:split]) + _tree(leaves[split:])).digest()


@pytest.mark.costly
@pytest.mark.parametrize("page", VIEWS)
def test_the_seal_of_a_citation_holds(demo: Workspace, page: str) -> None:
    with reading(demo) as connection:
        assert connection is not None
        entries = list(log.entries(connection))
    told = [sealed_bytes(each.kind, canonical_json(each.payload).decode(), each.time) for each in entries]
    leaves = [hashlib.sha256(b"\x00" + each).digest() for each in told]
    for name, each in FIGURES[page](wanted(demo, page, "en")).items():
        seal = each.source.seal
        assert seal is not None, name
        assert seal.root == _tree(leaves[: seal.at + 1]).hex(), name
        assert all(entry <= seal.at for entry in seal.entries), name
        assert seal.root in citation(each, EN, on=demo.today())
        if page in ("answer", "fairness"):
            assert {entries[n].kind for n in seal.entries} == {"audit"}
            assert len(seal.entries) == (len(each.fill().rows) if name == "over-time" else 1), name


@pytest.mark.costly
def test_a_figure_of_two_periods_names_both_and_rests_on_both_audits(demo: Workspace) -> None:
    usual = wanted(demo, "fairness", "en")
    windows = windows_of(demo, "matchft")
    assert len(windows) > 2
    first, *_, last = windows
    given = replace(usual, query={**usual.query, "period": span(last), "beside": span(first)})
    source = FIGURES["fairness"](given)["groups"].source
    assert source.period == " / ".join(period(each, EN) for each in (last, first))
    assert source.seal == sealed(demo, [first.evidence.entry, last.evidence.entry])
    assert source.seal is not None
    assert len(source.seal.entries) == 2


@pytest.mark.costly
@pytest.mark.parametrize("page", ["answer", "fairness"])
def test_a_figure_over_time_names_the_whole_time_and_rests_on_every_audit_of_it(demo: Workspace, page: str) -> None:
    windows = windows_of(demo, "matchft")
    source = FIGURES[page](wanted(demo, page, "en"))["over-time"].source
    assert source.seal == sealed(demo, [each.evidence.entry for each in windows])
    assert source.period == EN.period(windows[-1].window.start, windows[0].window.end)


@pytest.mark.costly
def test_a_citation_is_one_sentence_that_names_everything(demo: Workspace) -> None:
    assert citation(figure(), EN, on=demo.today().replace(2026, 11, 30)) == (
        "Service, MatchFT, “Who is contacted?”, May 2026, charter 0.2, sealed as entry 12 of the ledger, root "
        f"{ROOT}, looked at on 30 November 2026."
    )
    nothing = FigureSource(organisation="Service", about="", period="", charter="", seal=None)
    assert citation(figure(source=nothing), EN, on=demo.today().replace(2026, 11, 30)) == (
        "Service, “Who is contacted?”, not sealed, looked at on 30 November 2026."
    )


@pytest.mark.costly
def test_what_a_spreadsheet_would_run_is_text(demo: Workspace) -> None:
    attack = "=HYPERLINK(1)"
    named = FigureSource(organisation=attack, about="", period="", charter="", seal=None)
    content = csv_file(figure(title="@x", sentence="+1", source=named), EN, demo.today())
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert [row[1] for row in rows[:2]] == ["'@x", "'+1"]
    assert rows[2][1].startswith("'=")
    assert rows[-1] == ["'=Men", "Watch"]
    assert all(cell == escaped(cell) or cell.startswith("'") for row in rows for cell in row)


@pytest.mark.costly
def test_what_is_written_elsewhere_is_text_in_an_image_and_a_fold(demo: Workspace) -> None:
    attack = '"><script>alert(1)</script>'
    bad = figure(
        title=attack, sentence=attack, fill=lambda: MarkedTable(head=[attack, attack], rows=[[attack, attack]])
    )
    files = dict.fromkeys(("png", "svg", "csv"), "/f")
    told = fold(bad, EN, others={}, files=files, site="", on=demo.today())
    assert "<script" not in told + svg_file(bad, EN, demo.today()).decode()
    assert "\r" not in file_name(figure(title='a"\r\nb; filename=x'), "csv")
    assert file_name(figure(title='a"\r\nb; /../x'), "csv") == "matchft_a-b-x.csv"


@pytest.mark.costly
def test_a_fold_cites_in_both_languages_and_tells_its_links_apart(demo: Workspace) -> None:
    files, site = {kind: f"/{kind}" for kind in ("png", "svg", "csv")}, "https://ethics.example"
    told = fold(figure(), EN, others={"fr": (figure(), FR)}, files=files, site=site, on=demo.today())
    assert told.startswith('<details class="along"><summary>Take it along</summary>')
    assert told.count("<blockquote") == 2
    assert "consulté le" in told
    assert "looked at on" in told
    assert "https://ethics.example/fairness?system=m&amp;lang=en" in told
    assert told.count("(Who is contacted?)") == 3


@pytest.mark.costly
def test_long_tables_are_drawn_in_part_and_say_so(demo: Workspace) -> None:
    sheet = MarkedTable(head=["A", "B"], rows=[[f"row {n}", "x"] for n in range(MOST + 3)])
    drawn = image(figure(fill=lambda: sheet), EN)
    assert "Three more rows are in the table (CSV)." in drawn
    assert f"row {MOST - 1}<" in drawn
    assert f"row {MOST}<" not in drawn
    assert len(rows_of(csv_file(figure(fill=lambda: sheet), EN, demo.today()))) == MOST + 4


LONG = "Femmes de 50 ans et plus, bénéficiaires de l’obligation d’emploi, " + "anticonstitutionnellement" * 2
PERIODS = ("Septembre 2026", "Du 1er juillet au 31 août 2026 avec les périodes précédentes")


@pytest.mark.parametrize("periods", [PERIODS, ("",)])
def test_a_chart_of_groups_is_one_picture_in_which_no_words_cover_others(periods: tuple[str, ...]) -> None:
    def of(period: str, value: float | None) -> strips.StripMark:
        text, note = ("40,0 %", "") if value else ("", "Effectif trop faible, rien n’en est dit. " * 4)
        dot = Dot(label="", value=value, low=value, high=value, text=text, note=note, verdict="kept")
        second = period == PERIODS[1]
        return strips.StripMark(dot=dot, levels=[0.4], said="", href="", current=False, period=period, second=second)

    groups = [(LONG, 0.4), ("<b>漢", None), ("Hommes", 0.5)]
    rows = [strips.GroupStrip(name=name, marks=[of(each, value) for each in periods]) for name, value in groups]
    scale = [(0.2, "20 %"), (0.4, "40 %"), (0.6, "60 %")]
    drawn = strips.strips_svg(strips.Strips(rows=rows, scale=scale, title="", note="", kind="shares"))
    root = ElementTree.fromstring(drawn)  # noqa: S314 (made above)
    wide, high = float(root.attrib["width"]), float(root.attrib["height"])
    left = strips.NAMES + (strips.WHEN if periods[0] else 0)
    columns = [0, *([strips.NAMES] if periods[0] else []), left, left + strips.WIDE + strips.GAP]
    told = [each for each in root if each.tag.endswith("text")]
    boxes = [_box(each) for each in told]
    assert "<b>⟨U+6F22⟩" in [each.text for each in told]
    assert bare("".join(each.text or "" for each, box in zip(told, boxes, strict=True) if not box[0])).startswith(
        bare(LONG)
    )
    assert {box[0] for box in boxes} == set(columns)
    for begins, ends, top, bottom in boxes:
        beside = [column for column in columns if column > begins and (begins, column) != (left, columns[-1])]
        assert ends <= min(beside, default=wide)
        assert 0 <= top < bottom <= high
    for one, other in itertools.combinations(boxes, 2):
        assert one[1] <= other[0] or other[1] <= one[0] or one[3] <= other[2] or other[3] <= one[2]
    assert drawn.count('stroke-dasharray="5 3"') == (2 if len(periods) > 1 else 0)


def _box(text: ElementTree.Element) -> tuple[float, float, float, float]:
    """Where a line of a picture begins and ends, from left to right and from above."""
    x, y, size = (float(text.attrib[each]) for each in ("x", "y", "font-size"))
    return x, x + width_of(text.text or "", size), y - 0.75 * size, y + 0.2 * size


@pytest.fixture
def refusing(client: TestClient) -> Iterator[TestClient]:
    yield client
    client.cookies.clear()


@pytest.mark.parametrize("role", [Role.READER, Role.AGENT, Role.DATA_SCIENTIST, Role.CHAIR])
def test_who_may_see_a_page_takes_its_figures_and_nobody_else(refusing: TestClient, role: Role) -> None:
    refusing.cookies.set(COOKIE, role.value)
    for page, name in {"data": "sources", "work": "survey-0", "compass": "compass"}.items():
        answer = refusing.get(f"/figure-file/{page}/{name}/fr.csv")
        may = role in TABLE[page_actions()[page]]
        assert answer.status_code == (200 if may else 403), (page, role)
        assert "public" not in answer.headers["cache-control"]
        assert may or b"\xef\xbb\xbf" not in answer.content


@pytest.mark.costly
def test_every_role_that_a_browser_has_is_asked(demo: Workspace) -> None:
    asked = {route.path: route for route in taking_routes(demo.home)}
    assert len(asked) == len(WITH_FIGURES)
    assert all(role in TABLE[page_actions()["compass"]] for role in SIGNED_IN)


@pytest.mark.costly
def test_a_file_has_a_name_of_plain_words_and_stays_with_who_took_it(client: TestClient) -> None:
    answer = client.get("/figure-file/compass/compass/fr.csv")
    assert answer.headers["content-disposition"].endswith('_ou-en-est-la-charte.csv"')
    assert " " not in answer.headers["content-disposition"].partition("filename=")[2]
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    for wrong in ("compass/fr.exe", "compass/de.svg", "nothing/fr.csv", "compass/frcsv"):
        assert client.get(f"/figure-file/compass/{wrong}").status_code == 404
    assert client.get("/figure-file/answer/answer/fr.csv?system=matchft&question=nothing").status_code == 404
    assert client.get("/figure-file/article/trend/fr.csv?article=nothing").status_code == 404


@pytest.mark.costly
@pytest.mark.parametrize("page", VIEWS)
def test_an_address_shows_the_view_again_and_says_nothing_of_who_looked(demo: Workspace, page: str) -> None:
    usual = wanted(demo, page, "en")
    given = replace(usual, query={**usual.query, "done": "12", "sent": "secret", "who": "ada"})
    for name, each in FIGURES[page](given).items():
        asked = parse_qs(urlsplit(each.href).query)
        assert asked.keys() & {"done", "sent", "who"} == set(), name
        assert all(asked[key] == [value] for key, value in VIEWS[page].items()), name
        assert asked["lang"] == ["en"], name


@pytest.mark.costly
def test_a_seal_is_read_once_until_something_is_written(
    demo: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "demo"
    shutil.copytree(demo.home, home)
    workspace = Workspace(home)
    first = sealed(workspace, [], now=True)
    with monkeypatch.context() as patched:
        patched.setattr(taking, "reading", lambda _: pytest.fail("read again"))
        assert sealed(workspace, [], now=True) is first
    with open_records(workspace).begin() as connection:
        ledger.append(connection, kind="exclusion", payload={"number": 1})
    again = sealed(workspace, [], now=True)
    assert first is not None
    assert again is not None
    assert again.at == first.at + 1
