"""The sheet of one decision in a real browser: whoever sends a form is told what became of it, and leaves no word."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By

from boussole.audits.workspace import Workspace
from boussole.dashboard.server.access.log import sheet_requests
from boussole.dashboard.server.access.permissions import COOKIE, Person, Role
from tests.dashboard.browsing import served, text, violations, waiting, whole
from tests.dashboard.explained import asked, workspace_in

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = workspace_in(tmp_path_factory.mktemp("explained"), weights=True)
    asked(made)
    return made


@pytest.fixture(scope="module")
def address(workspace: Workspace) -> Iterator[str]:
    yield from served(Path(workspace.home))


def seen_by(browser: webdriver.Chrome, address: str, role: Role, path: str) -> None:
    browser.get(f"{address}/_stcore/health")
    browser.delete_all_cookies()
    browser.add_cookie({"name": COOKIE, "value": role.value})
    browser.get(f"{address}{path}")
    whole(browser)


def send(browser: webdriver.Chrome, form: str) -> None:
    browser.execute_script(f"document.querySelector('{form} button[type=submit]').click()")


KEPT = "return Object.keys(localStorage).filter(key => /boussole:.*explain/.test(key))"


def test_from_the_request_to_the_sheet_in_hand(
    chrome: webdriver.Chrome, address: str, workspace: Workspace, tmp_path: Path
) -> None:
    chrome.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    seen_by(chrome, address, Role.STEWARD, "/explain?lang=en")
    chrome.execute_script("document.querySelectorAll('details').forEach(part => part.open = true)")
    for name, typed in (("decision", "D07"), ("reason", "to answer the request")):
        chrome.find_element(By.ID, f"explain-open-{name}").send_keys(typed)
    send(chrome, "#explain-open")
    waiting(chrome).until(lambda b: "waits for the agreement" in text(b, ".stMain"))
    assert "answer due on" in text(chrome, ".stMain .facts")
    assert chrome.execute_script(KEPT) == [], "the number of a decision outlives its request in the browser"

    seen_by(chrome, address, Role.AGENT, "/explain?lang=en")
    chrome.execute_script("document.querySelector('input[type=radio][value=yes]').click()")
    send(chrome, "form[id^=explain-confirm]")
    waiting(chrome).until(lambda b: "How this decision was made" in text(b, ".stMain"))
    assert violations(chrome) == []
    here = chrome.current_url.removeprefix(address)
    chrome.execute_script("document.getElementById('explain-issue').action = '/explain/issue/unknown'")
    send(chrome, "#explain-issue")
    waiting(chrome).until(lambda b: "There is nothing of this name." in text(b, "body"))
    seen_by(chrome, address, Role.AGENT, here)
    send(chrome, "#explain-issue")
    waiting(chrome).until(lambda b: "was answered on" in text(b, ".stMain"))
    assert not chrome.find_elements(By.ID, "explain-issue")
    (found,) = sheet_requests(workspace, Person(role=Role.AGENT, subject="local"))
    waiting(chrome).until(lambda _: [each.name for each in tmp_path.glob("*.pdf")] == [f"{found.number[:10]}.pdf"])
