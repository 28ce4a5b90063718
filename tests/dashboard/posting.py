"""Sends forms as pages do, and reads what became of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from boussole.audits.workspace import Workspace
from boussole.dashboard.app.server import guarded
from boussole.dashboard.markup.elements import PREFIX
from boussole.dashboard.server.access.permissions import COOKIE
from boussole.dashboard.server.forms import FormProblem, problem_of
from tests.written import system_text


class Forms:
    """A browser in local mode that sends the forms of some routes, all under one address."""

    def __init__(
        self, workspace: Workspace, *routes: Callable[[Path], Sequence[Route]], role: str, base: str, lang: str = "en"
    ) -> None:
        self.workspace, self.base, self.lang = workspace, base, lang
        home = workspace.home
        made = guarded([route for each in routes for route in each(home)], home)
        self.client = TestClient(Starlette(routes=made), follow_redirects=False)
        self.be(role)

    def be(self, role: str) -> None:
        self.client.cookies.set(COOKIE, role)

    def send(self, path: str, *, lang: str = "", **fields: Any) -> httpx.Response:
        """A file is given as its name, its content and its type; several values as a list; None is left out."""
        lang = lang or self.lang
        several = {name: value if isinstance(value, list) else [value] for name, value in fields.items()}
        files = [
            (PREFIX + name, value if isinstance(value, tuple) else (None, value))
            for name, values in several.items()
            for value in values
            if value is not None
        ]
        return self.client.post(f"{self.base}{path}?spoken={lang}", files=files)

    def place(self, path: str, **fields: Any) -> str:
        """Where a form that was sent leads."""
        answer = self.send(path, **fields)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def done(self, path: str, **fields: Any) -> str:
        """The same of one that was taken."""
        place = self.place(path, **fields)
        assert "done=" in place, problem_at(place)
        return place

    def entry(self, path: str, **fields: Any) -> int:
        """The entry of what was sealed."""
        return entry_of(self.done(path, **fields))

    def wrong(self, path: str, **fields: Any) -> FormProblem:
        """Why a form was not taken."""
        place = self.place(path, **fields)
        found = problem_at(place)
        assert found is not None, place
        return found


def entry_of(place: str) -> int:
    return int(place.partition("done=")[2].partition("&")[0].partition("#")[0])


def problem_at(place: str) -> FormProblem | None:
    return problem_of(place.partition("sent=")[2].partition("&")[0].partition("#")[0])


def workspace_of(home: Path, **kinds: str) -> Workspace:
    """A workspace of systems of these kinds, by their names."""
    made = Workspace.create(home)
    for name, kind in kinds.items():
        (made.home / "systems" / f"{name}.yaml").write_text(system_text(name, "", kind=kind), encoding="utf-8")
    return Workspace(made.home)
