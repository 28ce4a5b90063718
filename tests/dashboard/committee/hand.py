"""Sends forms as a page does, and as somebody; and draws pages as Streamlit runs them."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from boussole import dashboard
from boussole.dashboard.app.server import guarded
from boussole.dashboard.markup.elements import PREFIX
from boussole.dashboard.pages.session.forms import act_routes
from boussole.dashboard.server.access.permissions import COOKIE
from boussole.dashboard.server.forms import problem_of
from tests.charter.committee.desk import m

OPEN_AT = dt.datetime(2026, 9, 15, 14, 30)  # noqa: DTZ001 (in the committee's own time)


class Hand:
    """Sends forms as a page does, and as somebody."""

    def __init__(self, hall):
        self.hall = hall
        home = hall.workspace.home
        self.client = TestClient(Starlette(routes=guarded(act_routes(home), home)), follow_redirects=False)

    def send(self, path, *, role="secretary", by=None, lang="en", seen=None, **fields):
        self.client.cookies.set(COOKIE, f"{role}.{m(by)}" if by else role)
        last = self.hall.house.acts[-1].entry if seen is None else seen
        fields = {"seen": [str(last)], **{k: v if isinstance(v, list) else [v] for k, v in fields.items()}}
        sent = [(PREFIX + name, (None, value)) for name, values in fields.items() for value in values]
        return self.client.post(f"{path}?lang={lang}&spoken={lang}", files=sent)

    def done(self, path, **given):
        """The entry that was sealed."""
        answer = self.send(path, **given)
        assert answer.status_code == 303, answer.text
        found = re.search(r"done=(\d+)", answer.headers["location"])
        assert found, self.problem(answer).text
        return int(found[1])

    def refused(self, path, **given):
        """What was told."""
        return self.problem(self.send(path, **given)).text.replace("\u202f", " ")

    @staticmethod
    def problem(answer):
        return problem_of(re.search(r"sent=([\w-]+)", answer.headers["location"])[1])

    def last(self, kind):
        return self.hall.house.standing(kind)[-1]


def act(name, *parts):
    return f"/session-act/{name}/" + "-".join(map(str, parts))


def look(page: str, **asked: str) -> str:
    folder = Path(dashboard.__file__).parent / "pages"
    seen = AppTest.from_file(str(folder / page / "page.py"), default_timeout=60)
    for key, value in asked.items():
        seen.query_params[key] = value
    seen.run()
    assert not seen.exception
    return "".join(getattr(element.proto, "body", "") for element in seen.main)
