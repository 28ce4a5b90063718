"""The pages as Streamlit runs them, and the files beside them, on a workspace with an open session."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from boussole import dashboard
from boussole.charter.committee.papers.minutes import content_of
from boussole.dashboard.markup.words.addresses import minutes_data_href, minutes_href
from boussole.dashboard.pages.session.forms import committee_routes

PAGES = Path(dashboard.__file__).parent / "pages"


def seen_text(page: str) -> str:
    """The words of a page, without its marks of language."""
    return re.sub(r"</?span[^>]*>", "", page)


def look(page: str, **asked: str) -> str:
    seen = AppTest.from_file(str(PAGES / page / "page.py"), default_timeout=60)
    for key, value in asked.items():
        seen.query_params[key] = value
    seen.run()
    assert not seen.exception
    return "".join(getattr(element.proto, "body", "") for element in seen.main)


def test_a_broken_file_of_a_committee_is_told_with_its_place(hall):
    folder = hall.workspace.home / "committees"
    folder.mkdir()
    (folder / "external.yaml").write_text("id: other\ntitle: {en: X}\n", encoding="utf-8")
    assert "is named external.yaml but its id is" in look("committee", lang="en")


@pytest.fixture
def client(hall):
    return TestClient(Starlette(routes=committee_routes(hall.workspace.home)))


def test_the_minutes_are_taken_away_in_both_languages(hall, client):
    for lang in ("fr", "en"):
        got = client.get(minutes_href(hall.of, lang))
        assert (got.status_code, got.headers["content-type"]) == (200, "text/markdown; charset=utf-8")
        assert f'filename="session-{hall.of}.{lang}.md"' in got.headers["content-disposition"]
    assert "# External ethics committee: minutes" in client.get(minutes_href(hall.of, "en")).text
    assert "Awa Diop" in client.get(minutes_href(hall.of, "fr")).text
    data = json.loads(client.get(minutes_data_href(hall.of)).content)
    assert "Awa Diop" not in json.dumps(data)
    assert content_of(data) in look("session", session=str(hall.of))


@pytest.mark.parametrize("path", ["/session-minutes/0.fr.md", "/session-minutes/999.en.md", "/session-minutes/1.xx.md"])
def test_files_of_what_there_is_not_are_not_found(client, path):
    assert client.get(path).status_code == 404
