"""The settings page says who somebody is here and how pages look, and nothing of how the house is set up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import SETTINGS_FILE, Workspace
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.pages.settings.view import settings_page
from boussole.dashboard.server.access.permissions import Person, Role

Read = Callable[..., str]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.create(tmp_path / "w", organisation="Maison <b>")


@pytest.fixture
def read(workspace: Workspace) -> Read:
    def read(role: Role = Role.STEWARD, lang: str = "en", *, signed_in: bool = False) -> str:
        say = speaker(lang)
        page = settings_page(Person(role=role, authenticated=signed_in), Workspace(workspace.home), say)
        return Template("pages/settings/settings.html", say)("page", page)

    return read


def test_settings_that_cannot_be_read_leave_the_page(workspace: Workspace, read: Read) -> None:
    (workspace.home / SETTINGS_FILE).write_text("organisation = \n", encoding="utf-8")
    assert "Your role" in read()


def test_a_variable_that_is_no_json_is_named_and_not_quoted(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOUSSOLE_ALERTS", '{"channels": "of-a-password')
    with pytest.raises(BoussoleError, match="not valid JSON") as told:
        _ = Workspace(workspace.home).settings
    assert "BOUSSOLE_ALERTS" in str(told.value)
    assert "password" not in str(told.value)
