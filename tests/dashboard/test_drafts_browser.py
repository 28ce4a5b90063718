"""Drafts in a real browser: one writes while another waits, and unsent words are put back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from boussole.audits.workspace import Workspace
from boussole.charter.committee.papers.drafts import begin, claim, draft
from boussole.dashboard.server.access.permissions import COOKIE
from tests.charter.committee.desk import m
from tests.charter.committee.hall import Hall
from tests.dashboard.browsing import served, waiting, whole

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
