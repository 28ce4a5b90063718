"""Hand-made audit documents: two systems, a group too small to show, one that can't be measured, drift."""

from __future__ import annotations

import datetime as dt
import io
import json
import logging
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from boussole.audits.drift import stored
from boussole.audits.drift.evidently_report import script_hashes
from boussole.audits.systems import System, load_systems
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from boussole.charter.document import AuditDocument
from boussole.charter.records import save_audit
from boussole.charter.text.loading import load_charter
from boussole.dashboard.server import process
from boussole.dashboard.server.access import permissions, sessions
from boussole.dashboard.views.scene import Scene

if TYPE_CHECKING:
    from selenium import webdriver

    from tests.dashboard.browsing import Open

Document = dict[str, Any]
FIXTURE = Path(__file__).parent / "workspace"
DECLARED = """\
id: sorter
kind: declared
title: {fr: "Tri <des> courriels", en: "Sorting e-mails"}
purpose: {fr: "Orienter les courriels.", en: "Send each e-mail to the right team."}
owner: Direction
status: production
risk: high
dates: {trial: 2025-03-03, service: 2025-09-01, works_council: 2025-04-01, next_review: 2026-01-15}
impact_assessment: {done_on: 2025-02-01, document: "AIPD n° 31"}
fria: {not_required: "Aucune décision sur une personne"}
costs: {build: 180000}
"""


@pytest.fixture
def no_time_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks too often is counted by a clock that stands still: nothing gives way, however slow the machine is."""
    monkeypatch.setattr(process, "time", SimpleNamespace(monotonic=lambda: 0.0))


@pytest.fixture
def noted() -> Iterator[io.StringIO]:
    """All that libraries note, down to what only a developer wants to see."""
    found, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(found), root.level
    handler.setFormatter(logging.Formatter("%(name)s %(message)s"))
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield found
    root.removeHandler(handler)
    root.setLevel(level)


@pytest.fixture(scope="session")
def systems() -> dict[str, System]:
    return load_systems(FIXTURE / "systems")


def document_of(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((FIXTURE / "audits" / f"{name}.json").read_text(encoding="utf-8"))
    return document


def with_systems(home: Path, *, declared: bool = False) -> Workspace:
    """A workspace of the two systems, and of one that is only declared."""
    made = Workspace.create(home, organisation="Test")
    shutil.copytree(FIXTURE / "systems", made.home / "systems", dirs_exist_ok=True)
    if declared:
        (made.home / "systems" / "sorter.yaml").write_text(DECLARED, encoding="utf-8")
    return Workspace(made.home)


def seal_audits(workspace: Workspace) -> None:
    """Those that the documents tell of, judged by the charter of the workspace."""
    charter = load_charter(workspace)
    for name in ("compas-1", "matchft-1", "matchft-2"):
        document = document_of(name)
        document["charter"]["sha256"] = charter.sha256
        save_audit(workspace, document, charter=charter)


@pytest.fixture
def matchft() -> dict[str, Any]:
    return document_of("matchft-2")


@pytest.fixture
def matchft_before() -> dict[str, Any]:
    return document_of("matchft-1")


@pytest.fixture
def compas() -> dict[str, Any]:
    return document_of("compas-1")


@pytest.fixture
def scene(matchft: Document, matchft_before: Document, compas: Document, systems: dict[str, System]) -> Scene:
    return Scene(
        charter=load_charter(),
        systems=systems,
        latest={"compas": AuditDocument.of(compas), "matchft": AuditDocument.of(matchft)},
        previous={"matchft": AuditDocument.of(matchft_before)},
    )


@pytest.fixture
def be(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Chooses who looks at the pages that `AppTest` runs, as the form of local mode does."""

    def chosen(role: str, member: str | None = None) -> None:
        value = f"{role}.{member}" if member else role
        monkeypatch.setattr(sessions, "cookie", {permissions.COOKIE: value}.get)

    return chosen


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A dashboard of two audited systems and a declared one, the same for all who only read."""
    from tests.dashboard.browsing import served

    workspace = with_systems(tmp_path_factory.mktemp("pages") / "workspace", declared=True)
    seal_audits(workspace)
    months = (Window(dt.date(2026, 8, 1), dt.date(2026, 8, 31)), Window(dt.date(2026, 7, 1), dt.date(2026, 7, 31)))
    page = "<p id=x></p><script>document.getElementById('x').textContent = self.origin</script>"
    place, scripts = stored.place_of(workspace, "matchft", *months), script_hashes(page)
    stored.write(place, html=page, document=json.dumps({stored.SCRIPTS: scripts}))
    yield from served(workspace.home)


@pytest.fixture(scope="session")
def browser() -> Iterator[webdriver.Chrome]:
    from benchmarks.browser import Browser

    with Browser() as opened:
        yield opened.driver


@pytest.fixture(scope="module")
def chrome(browser: webdriver.Chrome) -> webdriver.Chrome:
    """The browser of all files of tests; none finds the cookies of another."""
    browser.execute_cdp_cmd("Network.clearBrowserCookies", {})
    return browser


@pytest.fixture
def watched(chrome: webdriver.Chrome) -> Iterator[webdriver.Chrome]:
    """The browser, noting what a policy stops, from the first moment of each page."""
    from tests.dashboard.browsing import WATCH

    chrome.get_log("browser")
    made = chrome.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WATCH})
    yield chrome
    chrome.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", made)


@pytest.fixture
def visit(chrome: webdriver.Chrome, address: str) -> Open:
    """Opens a page of the dashboard and waits until it is complete."""

    from tests.dashboard.browsing import whole

    def visit(path: str) -> webdriver.Chrome:
        chrome.get(address + path)
        whole(chrome)
        return chrome

    return visit
