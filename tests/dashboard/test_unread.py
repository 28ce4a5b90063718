"""No page shows an error as emptiness, and what nobody foresaw is told in plain words and noted without a row."""

from __future__ import annotations

import html
import logging
import re
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from boussole.audits.decisions import ingest
from boussole.audits.ledger.database import writer
from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.markup.words.addresses import pages
from boussole.dashboard.server.access import permissions, sessions
from boussole.dashboard.server.access.permissions import Role, allowed
from boussole.dashboard.server.access.places import page_actions
from boussole.dashboard.server.process import noted
from tests.attacks import Tries
from tests.dashboard.app_at import app_at, seen
from tests.sparing import slow_case
from tests.written import system_text

CONTACTS = "contacts: {person: who, at: at, kind: kind}\n"
WRITER = """
generations: {id: id, at: at, input: null, output: null}
sources:
  - mlflow: {experiment: writer}
    every: week
"""
ROWS = {
    ("offers", "contacts"): "who,at,kind\np1,2026-03-01T10:00:00,contact\np2,2026-03-09T10:00:00,contact\n",
    ("writer", "generations"): "id,at\ng1,2026-03-03T08:00:00\ng2,2026-03-04T09:30:00\ng3,2026-03-05T08:00:00\n",
}
GARBAGE = b"this is no file that anybody could read" * 40


def every_log(workspace: Workspace) -> Workspace:
    """The audited offers of tests/offers.py, with messages to people and a system that writes texts."""
    folder = workspace.home / "systems"
    with (folder / "offers.yaml").open("a", encoding="utf-8") as file:
        file.write(CONTACTS)
    (folder / "writer.yaml").write_text(system_text("writer", WRITER, kind="generation"), encoding="utf-8")
    workspace = Workspace(workspace.home)
    for (system, log), rows in ROWS.items():
        path = workspace.home / f"{log}.csv"
        path.write_text(rows, encoding="utf-8")
        ingest(workspace, workspace.system(system), path, log=log)  # type: ignore[arg-type]
        path.unlink()
    return workspace


ADDRESSES: dict[str, tuple[dict[str, str], ...]] = {
    "article": ({}, {"article": "equite"}, {"article": "transparence"}),
    "system": ({}, {"system": "offers"}, {"system": "writer"}),
    "drift": ({}, {"system": "offers"}, {"system": "writer"}),
    "fairness": ({}, {"system": "offers"}),
    "evidence": ({}, {"entry": "0"}),
}
"""What pages are asked for, besides their bare address."""


def sentences(markup: str) -> set[str]:
    """The texts that stand between two tags of the flow."""
    inline = re.sub(r"</?(?:a|b|code|em|q|span|strong|abbr|time|dfn)\b[^>]*>", "", markup)
    return {html.unescape(text).strip() for text in re.split(r"<[^>]+>", inline) if text.strip()}


EMPTINESS = re.compile(
    r"\b(no|none|nothing|nobody|never|yet|empty|without|0)\b|\b(aucune?s?|rien|personne|jamais|encore|vide|sans)\b",
    re.IGNORECASE,
)


def _no_data(workspace: Workspace) -> None:
    for path in workspace.lake.glob("data*/**/*.parquet"):
        path.unlink()


def _lost(workspace: Workspace) -> None:
    """The records are gone, and all that they knew is there."""
    for path in workspace.home.glob("governance.sqlite*"):
        path.unlink()


def _documents(workspace: Workspace) -> None:
    """Every stored audit is there, and none of them is JSON."""
    with sqlite3.connect(workspace.governance) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("UPDATE audits SET document = 'no JSON'")
    connection.close()


def _evidence(workspace: Workspace) -> None:
    for path in workspace.evidence.iterdir():
        path.unlink()


FAULTS: dict[str, Callable[[Workspace], object]] = {
    "catalogue": lambda workspace: workspace.catalogue.write_bytes(GARBAGE),
    "no data": _no_data,
    "records": lambda workspace: workspace.governance.write_bytes(GARBAGE),
    "lost records": _lost,
    "documents": _documents,
    "evidence": _evidence,
    "marks": lambda workspace: (workspace.lake / "sync.json").write_bytes(GARBAGE),
    "store": lambda workspace: (workspace.home / "mlflow.db").write_bytes(GARBAGE),
    "system": lambda workspace: (workspace.home / "systems" / "offers.yaml").write_bytes(b"id: [offers\n"),
    "settings": lambda workspace: (workspace.home / "boussole.toml").write_bytes(b"organisation = [\n"),
}


Shown = dict[tuple[str, str], str]
SIGNS = ('role="alert"', 'role="status"', "<q", "are not as they were sealed")
"""What stands where a page says why it shows less."""
DATED = ("As of ", "English · ", "Français · ")
"""How sentences begin that say when somebody looked: of a page, and of a figure that is cited."""
NOT_EMPTY = (
    "which nobody can read without it",  # the catalogue of a lake
    "Nobody can say at this moment",
    "what is known without it",
    "There is none to keep today: the ledger does not hold.",
    "does not hold",
    "a database is damaged, or is none",
    "Until it is restored, no page shows a verdict",
    "Where no backup is left",
)
"""Words like those of emptiness, in sentences that say that something could not be read."""


@pytest.fixture(scope="module")
def healthy(
    audited_offers: Callable[..., Workspace], empty_store: Path, tmp_path_factory: pytest.TempPathFactory
) -> Workspace:
    workspace = audited_offers(tmp_path_factory.mktemp("unread") / "healthy")
    shutil.copyfile(empty_store, workspace.home / "mlflow.db")
    return every_log(workspace)


def walk(home: Path, lang: str = "en", *, only: Sequence[str] = ()) -> Shown:
    """Every page, or some, as somebody sees it who may see all."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BOUSSOLE_HOME", str(home))
        patch.setattr(sessions, "cookie", {permissions.COOKIE: "operator"}.get)
        found = {
            (page.name, str(asked)): seen(page.name, asked, lang=lang)
            for page in pages(speaker(lang))
            for asked in ADDRESSES.get(page.name, ({},))
            if page.name in only or not only
        }
    return {place: markup.replace(str(home), "HOME") for place, markup in found.items()}


@pytest.fixture(scope="module")
def shown(healthy: Workspace) -> Shown:
    return walk(healthy.home)


@pytest.mark.costly
@pytest.mark.parametrize("fault", [*list(FAULTS)[:4], *map(slow_case, list(FAULTS)[4:])])
def test_what_cannot_be_read_is_never_shown_as_nothing(
    fault: str, healthy: Workspace, shown: Shown, tmp_path: Path
) -> None:
    home = tmp_path / "w"
    shutil.copytree(healthy.home, home)
    FAULTS[fault](Workspace(home))
    for place, markup in walk(home).items():
        before, now = sentences(shown[place]), sentences(markup)
        new = {text for text in now - before if not text.startswith(DATED)}
        said = any(sign in markup for sign in SIGNS)
        assert said or not (new or before - now - {text for text in before if text.startswith(DATED)}), (place, new)
        assert "nobody foresaw" not in markup, place
        empty = {text for text in new if EMPTINESS.search(text) and not any(words in text for words in NOT_EMPTY)}
        assert not empty, place


@pytest.mark.attack("ledger", "its file is removed while the dashboard runs")
@pytest.mark.slow
def test_every_page_says_that_the_ledger_is_lost(healthy: Workspace, tmp_path: Path, tries: Tries) -> None:
    home = tmp_path / "w"
    shutil.copytree(healthy.home, home)
    walk(home, only=("compass",))  # what was shown before is not shown again
    FAULTS["lost records"](Workspace(home))
    (home / "governance.sqlite.bak").write_bytes(b"a copy")
    words = {"en": ("is missing", "from the newest backup"), "fr": ("manque", "la sauvegarde la plus récente")}
    for lang, told in words.items():
        for place, markup in walk(home, lang=lang).items():
            if not allowed(Role.STEWARD, page_actions()[place[0]]):  # as in local mode
                continue
            tries.add()
            assert all(each in markup for each in told), (place, lang)
            assert "<code>governance.sqlite.bak</code>" in markup, (place, lang)
            assert "lead-kept" not in markup, (place, lang)


TOLD = "que personne n’avait prévu"
Look = Callable[[str], tuple[str, str]]


@pytest.fixture
def look(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, be: Callable[..., None]
) -> Look:
    """What the glossary shows, and what the server noted, where a function of the dashboard fails."""

    def looked(failing: str) -> tuple[str, str]:
        def fails(*_: object, **__: object) -> str:
            raise ZeroDivisionError("of person p1")

        monkeypatch.setenv("BOUSSOLE_HOME", str(Workspace.create(tmp_path / "w").home))
        be("reader")
        monkeypatch.setattr(f"boussole.dashboard.{failing}", fails)
        seen = app_at("glossary")
        with caplog.at_level(logging.ERROR, logger="boussole"):
            seen.run()
        shown = "".join(getattr(element.proto, "body", "") for element in seen.main)
        assert not seen.exception
        assert "ZeroDivisionError" not in shown
        assert "p1" not in shown
        return shown, caplog.text

    return looked


def test_a_page_that_fails_says_so_with_a_number_that_the_log_knows(look: Look) -> None:
    shown, noted = look("markup.glossary.glossary_page")
    assert TOLD in shown
    number = re.search(r"[0-9a-f]{8}", shown)
    assert number is not None
    assert f"trouble {number.group()} on the page glossary" in noted
    assert 'class="foot"' in shown, "the page is whole"


@pytest.mark.parametrize("part", ["server.access.log.look", "app.frame.sidebar", "server.access.sessions.here"])
def test_what_fails_around_a_page_is_told_alike(look: Look, part: str) -> None:
    shown, noted = look(part)
    assert TOLD in shown
    assert re.search(r"trouble [0-9a-f]{8} on the frame of glossary", noted)


def test_what_fails_in_the_foot_leaves_the_page_whole(look: Look) -> None:
    shown, noted = look("views.store.outside")
    assert TOLD not in shown
    assert 'class="foot"' in shown
    assert "on the foot of the pages" in noted


def test_the_log_names_the_place_and_quotes_no_row(caplog):
    row = ["CANARY 1975"]
    try:
        duckdb.execute("SELECT CAST(? AS DATE)", row).fetchall()
    except duckdb.Error as error:
        number = noted(error, "the page /data")
    assert f"trouble {number} on the page /data: ConversionException" in caplog.text
    assert "test_unread.py" in caplog.text
    assert "1975" not in caplog.text


def test_what_was_written_stands_in_no_error_of_the_records(tmp_path):
    with writer(tmp_path / "records.sqlite").begin() as connection:
        connection.execute(text("CREATE TABLE one (id INTEGER PRIMARY KEY, words TEXT)"))
        connection.execute(text("INSERT INTO one VALUES (1, 'x')"))
        with pytest.raises(IntegrityError) as raised:
            connection.execute(text("INSERT INTO one VALUES (:id, :words)"), {"id": 1, "words": "CANARY"})
    assert "CANARY" not in str(raised.value)
