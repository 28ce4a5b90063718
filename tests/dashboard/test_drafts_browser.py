"""Drafts in a real browser: two people at once, a session that ends while somebody writes, script that stays text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from boussole.audits.workspace import Workspace
from boussole.charter.committee.margin import on_draft
from boussole.charter.committee.papers.drafts import begin, draft, savings
from boussole.dashboard.server.access.permissions import COOKIE
from tests.charter.committee.desk import m
from tests.charter.committee.hall import Hall
from tests.dashboard.browsing import narrow, served, violations, waiting, whole

pytestmark = pytest.mark.slow
BODY = {"title": "MatchFT", "sense": "favourable", "words": "Première version.", "reservations": []}


@pytest.fixture(scope="module")
def seated(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = Hall.seat(tmp_path_factory.mktemp("drafts") / "home").workspace
    begin(workspace, "external", kind="opinion", body=BODY, author=m(1))
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


BESIDE = """return [...document.querySelectorAll('.numbered, .margin')].slice(0, 2).map(part => {
  const found = part.getBoundingClientRect();
  return [found.left, found.top];
});"""
"""Where the first paragraph and its margin begin."""


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


def test_two_people_at_once_lose_no_word(member: webdriver.Chrome, address: str, seated: Workspace) -> None:
    page = f"{address}/draft?number=1&lang=fr"
    member.get(page)
    whole(member)
    first = member.current_window_handle
    member.switch_to.new_window("tab")
    member.get(page)
    whole(member)
    write(member, "Version de la deuxième personne <script>document.title = 1</script>")
    send(member)
    assert "Enregistré." in told(member, "#done")
    member.close()
    member.switch_to.window(first)
    write(member, "Version de la première personne")
    send(member)
    assert "a enregistré la version 2 depuis que vous avez ouvert le projet" in told(member, ".wrong")
    assert member.find_element(By.NAME, "f-words").get_attribute("value") == "Version de la première personne"
    sides = [side.text for side in member.find_elements(By.CSS_SELECTOR, ".side")]
    assert "Version de la première personne" in sides[0]
    assert "Version de la deuxième personne <script>document.title = 1</script>" in sides[1]
    assert violations(member) == []
    send(member)
    told(member, "#done")
    assert draft(seated, 1).body["words"] == "Version de la première personne"
    assert len(savings(seated, 1)) == 4


def test_what_was_not_sent_is_put_back_over_the_version_it_was_written_on(
    member: webdriver.Chrome, address: str, seated: Workspace
) -> None:
    page = f"{address}/draft?number=1&lang=fr"
    member.get(page)
    whole(member)
    before = draft(seated, 1).version
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
    assert member.find_element(By.NAME, "f-version").get_attribute("value") == str(before)
    send(member)
    told(member, "#done")
    member.get(page)
    whole(member)
    assert member.find_elements(By.CSS_SELECTOR, ".put-back") == []
    assert draft(seated, 1).body["words"] == "Écrit pendant que la session se terminait"


def test_a_comment_is_written_answered_and_settled_by_keyboard_on_a_desk_and_a_phone(
    member: webdriver.Chrome, address: str, seated: Workspace
) -> None:
    number = begin(seated, "external", kind="opinion", body=BODY, author=m(1)).id
    member.get(f"{address}/draft?number={number}&lang=fr")
    whole(member)
    member.execute_script("document.querySelector('.beside-margin .margin summary').focus()")
    member.switch_to.active_element.send_keys(Keys.ENTER)
    form = member.find_element(By.CSS_SELECTOR, "form[data-keep=margin-w1]")
    form.find_element(By.NAME, "f-text").send_keys("Pourquoi <b>première</b> ?")
    form.find_element(By.CSS_SELECTOR, "button[type=submit]").send_keys(Keys.ENTER)
    assert "Pourquoi <b>première</b> ?" in told(member, ".thread .words")
    text, margin = member.execute_script(BESIDE)
    assert margin[0] > text[0] + 300
    assert violations(member) == []
    narrow(member)
    text, margin = member.execute_script(BESIDE)
    assert margin[1] > text[1]
    assert member.execute_script("return document.scrollingElement.scrollWidth") <= 320
    assert violations(member) == []
    member.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    (made,) = on_draft(seated, number)
    assert (made.author, made.quote) == (m(2), "Première version.")
    settle = member.find_element(By.CSS_SELECTOR, f"form[data-keep=margin-settle-{made.id}] button[type=submit]")
    settle.send_keys(Keys.ENTER)
    assert "Réglé par" in told(member, ".thread.settled > summary")
