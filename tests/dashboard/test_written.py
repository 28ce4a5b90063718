"""What people wrote in records is marked with its language on pages in another one (WCAG 3.1.2), and only there."""

from __future__ import annotations

import tarfile
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from pydantic import BaseModel

from boussole.audits.workspace import SETTINGS_FILE, Workspace
from boussole.charter.record_types.acts import Convocation
from boussole.charter.record_types.inputs import words_in
from boussole.charter.records.statements import statements
from boussole.dashboard.views import store
from tests.dashboard.app_at import app_at
from tests.sparing import later

KEPT = Path(__file__).parents[1] / "data" / "workspace-of-28-november-2026.tar.xz"
WORDS = 4
"""Words of a text at least: shorter ones, such as names, stand in many places that quote no record."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    home = tmp_path_factory.mktemp("written")
    with tarfile.open(KEPT) as packed:
        packed.extractall(home, filter="data")
    return Workspace(home / "demo")


class Heard(HTMLParser):
    """The pieces of text of a page, each with the language that it is read in; None is that of the page.

    Fields to write in are left out: they hold what somebody is about to say, in whichever language they will.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.langs: list[str | None] = [None]
        self.field = False
        self.pieces: list[tuple[str, str | None]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.field = tag == "textarea"
        if tag not in ("img", "br", "hr", "input", "meta"):
            self.langs.append(dict(attrs).get("lang") or self.langs[-1])

    def handle_endtag(self, tag: str) -> None:
        self.field = False
        self.langs.pop()

    def handle_data(self, data: str) -> None:
        if not self.field:
            self.pieces.append((" ".join(data.split()), self.langs[-1]))


def _texts(model: BaseModel) -> Iterator[str]:
    """All that people wrote as they like in a record, paragraph by paragraph."""
    free = words_in(type(model))
    for name in type(model).model_fields:
        value = getattr(model, name)
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, BaseModel):
                yield from _texts(each)
            elif isinstance(each, str) and (name in free or isinstance(value, list)):
                yield from (" ".join(line.split()) for line in each.splitlines())


def _written(workspace: Workspace) -> set[str]:
    """Those that the charter does not say too, whose texts know their language."""
    charter = store.scene(workspace).charter.model_dump_json()
    said = {text for each in statements(workspace) for text in _texts(each.statement)}
    return {text for text in said if len(text.split()) >= WORDS and text not in charter}


def _addresses(workspace: Workspace) -> Iterator[tuple[str, dict[str, str]]]:
    yield from ((name, {}) for name in ("compass", "committee", "incidents", "recommendations", "questions", "work"))
    yield "compass", {"changes": "all"}
    yield "evidence", {}
    kinds: dict[str, int] = {}
    for each in statements(workspace):
        kinds.setdefault(each.statement.kind, each.entry)
        if isinstance(each.statement, Convocation):
            yield "session", {"session": str(each.entry)}
    yield from (("evidence", {"entry": str(entry)}) for entry in kinds.values())
    scene = store.scene(workspace)
    for system, document in scene.standing.items():
        yield "system", {"system": system}
        asked = {each.indicator for each in document.verdicts}
        of_article = {each.id: way.id for each in scene.charter.articles for way in each.ways if way.id in asked}
        yield from (("answer", {"system": system, "question": key}) for key in of_article.values())
    yield from (("article", {"article": each.id}) for each in scene.charter.articles)


@pytest.mark.parametrize(("main", "lang"), [("fr", "en"), later("en", "fr"), later("fr", "fr")])
@pytest.mark.slow(
    lighter="dashboard/test_foreign.py::test_every_text_of_a_german_charter_is_marked_as_german_and_nothing_else_is"
)
def test_records_are_read_aloud_in_the_main_language_of_the_organisation(
    demo: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    be: Callable[..., None],
    main: str,
    lang: str,
) -> None:
    monkeypatch.setenv("BOUSSOLE_HOME", str(demo.home))
    settings = demo.home / SETTINGS_FILE
    rest = [line for line in settings.read_text(encoding="utf-8").splitlines() if not line.startswith("language")]
    settings.write_text("\n".join([f'language = "{main}"', *rest]), encoding="utf-8")
    be("chair")
    marked = None if main == lang else main
    written, wrong, told = _written(demo), [], set[str]()
    for page, asked in _addresses(demo):
        seen = app_at(page, lang=lang, **asked).run()
        assert not seen.exception
        for part in (getattr(each.proto, "body", "") for each in seen.main):
            for piece, spoken in Heard(part).pieces:
                found = {text for text in written if text in piece}
                told |= found and {page}
                wrong += [(page, asked, piece, spoken)] if found and spoken != marked else []
    assert not wrong, "\n".join(map(str, wrong))
    assert {"compass", "committee", "session", "incidents", "recommendations", "questions", "evidence"} <= told
    assert "answer" in told
