"""Forms in a real browser: unsent words are put back, and what is sent leaves no word behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from boussole.audits.workspace import Workspace
from boussole.charter.committee.papers.drafts import begin, claim, draft
from boussole.dashboard.server.access.log import sheet_requests
from boussole.dashboard.server.access.permissions import COOKIE, Person, Role
from tests.charter.committee.desk import m
from tests.charter.committee.hall import Hall
from tests.dashboard.browsing import served, text, violations, waiting, whole
from tests.dashboard.explained import asked, workspace_in

pytestmark = pytest.mark.slow
BODY = {"title": "MatchFT", "sense": "favourable", "words": "Première version.", "reservations": []}


@pytest.fixture(scope="module")
def seated(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = Hall.seat(tmp_path_factory.mktemp("drafts") / "home").workspace
    begin(workspace, "external", body=BODY, author=m(1))
    return workspace


@pytest.fixture(scope="module")
def address(seated: Workspace) -> Iterator[str]:
    yield from served(Path(seated.home))


@pytest.fixture
def member(chrome: webdriver.Chrome, address: str) -> webdriver.Chrome:
    chrome.get(f"{address}/_stcore/health")
    chrome.delete_all_cookies()
    chrome.add_cookie({"name": COOKIE, "value": f"member.{m(2)}"})
    return chrome


MOVE = """for (const key of Object.keys(localStorage)) {
  localStorage.setItem(key.replace(arguments[0], arguments[1]), localStorage.getItem(key));
  localStorage.removeItem(key);
}"""
"""Keeps under another name what the browser keeps."""


def write(browser: webdriver.Chrome, text: str) -> None:
    place = browser.find_element(By.NAME, "f-words")
    place.send_keys(Keys.CONTROL, "a")
    place.send_keys(text)


def send(browser: webdriver.Chrome) -> None:
    form = browser.find_element(By.CSS_SELECTOR, "form[data-keep^=draft-]")
    form.find_element(By.CSS_SELECTOR, "button[type=submit]").click()


def told(browser: webdriver.Chrome, selector: str) -> str:
    waiting(browser).until(lambda b: b.find_elements(By.CSS_SELECTOR, selector))
    return str(browser.find_element(By.CSS_SELECTOR, selector).text)


def test_what_was_not_sent_is_put_back(member: webdriver.Chrome, address: str, seated: Workspace) -> None:
    page = f"{address}/draft?number=1&lang=fr"
    claim(seated, 1, author=m(2))
    member.get(page)
    whole(member)
    write(member, "Écrit pendant que la session se terminait")
    member.get(f"{address}/_stcore/health")
    member.get(page)
    whole(member)
    assert "a été remis" in told(member, ".put-back")
    member.execute_script(MOVE, "boussole:", "boussole:0123456789abcdef")
    member.get(page)
    whole(member)
    assert member.find_elements(By.CSS_SELECTOR, ".put-back") == [], "what somebody else wrote here is not shown"
    member.execute_script(MOVE, "boussole:0123456789abcdef", "boussole:")
    member.get(page)
    whole(member)
    assert "a été remis" in told(member, ".put-back")
    assert member.find_element(By.NAME, "f-words").get_attribute("value") == "Écrit pendant que la session se terminait"
    send(member)
    told(member, "#done")
    member.get(page)
    whole(member)
    assert member.find_elements(By.CSS_SELECTOR, ".put-back") == []
    assert draft(seated, 1).body["words"] == "Écrit pendant que la session se terminait"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = workspace_in(tmp_path_factory.mktemp("explained"), weights=True)
    asked(made)
    return made


@pytest.fixture(scope="module")
def sheets(workspace: Workspace) -> Iterator[str]:
    yield from served(Path(workspace.home))


def seen_by(browser: webdriver.Chrome, sheets: str, role: Role, path: str) -> None:
    browser.get(f"{sheets}/_stcore/health")
    browser.delete_all_cookies()
    browser.add_cookie({"name": COOKIE, "value": role.value})
    browser.get(f"{sheets}{path}")
    whole(browser)


def send_form(browser: webdriver.Chrome, form: str) -> None:
    browser.execute_script(f"document.querySelector('{form} button[type=submit]').click()")


KEPT = "return Object.keys(localStorage).filter(key => /boussole:.*explain/.test(key))"


def test_from_the_request_to_the_sheet_in_hand(
    chrome: webdriver.Chrome, sheets: str, workspace: Workspace, tmp_path: Path
) -> None:
    chrome.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    seen_by(chrome, sheets, Role.STEWARD, "/explain?lang=en")
    chrome.execute_script("document.querySelectorAll('details').forEach(part => part.open = true)")
    for name, typed in (("decision", "D07"), ("reason", "to answer the request")):
        chrome.find_element(By.ID, f"explain-open-{name}").send_keys(typed)
    send_form(chrome, "#explain-open")
    waiting(chrome).until(lambda b: "waits for the agreement" in text(b, ".stMain"))
    assert "answer due on" in text(chrome, ".stMain .facts")
    assert chrome.execute_script(KEPT) == [], "the number of a decision outlives its request in the browser"

    seen_by(chrome, sheets, Role.AGENT, "/explain?lang=en")
    chrome.execute_script("document.querySelector('input[type=radio][value=yes]').click()")
    send_form(chrome, "form[id^=explain-confirm]")
    waiting(chrome).until(lambda b: "How this decision was made" in text(b, ".stMain"))
    assert violations(chrome) == []
    here = chrome.current_url.removeprefix(sheets)
    chrome.execute_script("document.getElementById('explain-issue').action = '/explain/issue/unknown'")
    send_form(chrome, "#explain-issue")
    waiting(chrome).until(lambda b: "There is nothing of this name." in text(b, "body"))
    seen_by(chrome, sheets, Role.AGENT, here)
    send_form(chrome, "#explain-issue")
    waiting(chrome).until(lambda b: "was answered on" in text(b, ".stMain"))
    assert not chrome.find_elements(By.ID, "explain-issue")
    (found,) = sheet_requests(workspace, Person(role=Role.AGENT, subject="local"))
    waiting(chrome).until(lambda _: [each.name for each in tmp_path.glob("*.pdf")] == [f"{found.number[:10]}.pdf"])
