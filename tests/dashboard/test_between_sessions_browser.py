"""Between sessions, in a real browser: an incident, an appeal, a recommendation and its answer, a survey."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

from boussole.audits.workspace import Workspace
from boussole.charter.records import statements
from boussole.dashboard.server.access.permissions import COOKIE
from tests.charter.committee.desk import m
from tests.charter.committee.hall import Hall
from tests.dashboard.browsing import served, violations, waiting, whole
from tests.written import system_text

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def seated(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = Hall.seat(tmp_path_factory.mktemp("between") / "home").workspace
    text = system_text("chat", "", kind="generation")
    (workspace.home / "systems" / "chat.yaml").write_text(text, encoding="utf-8")
    return workspace


@pytest.fixture(scope="module")
def address(seated: Workspace) -> Iterator[str]:
    yield from served(Path(seated.home))


def be(browser: webdriver.Chrome, address: str, role: str) -> None:
    browser.get(f"{address}/_stcore/health")
    browser.delete_all_cookies()
    browser.add_cookie({"name": COOKIE, "value": role})


def go(browser: webdriver.Chrome, where: str) -> None:
    browser.get(where)
    whole(browser)
    browser.execute_script("document.querySelectorAll('details').forEach(part => part.open = true)")


def send(browser: webdriver.Chrome, form_id: str, **values: str) -> str:
    """Fills a form in, sends it, and returns what the page says of it."""
    form = browser.find_element(By.ID, form_id)
    for name, value in values.items():
        field = form.find_element(By.NAME, f"f-{name}")
        if field.tag_name == "select":
            Select(field).select_by_value(value)
        elif field.get_attribute("type") in ("date", "datetime-local"):
            browser.execute_script("arguments[0].value = arguments[1]", field, value)
        else:
            if field.get_attribute("type") != "file":
                field.clear()
            field.send_keys(value)
    before = browser.current_url
    browser.execute_script("arguments[0].click()", form.find_element(By.CSS_SELECTOR, "button[type=submit]"))
    waiting(browser).until(lambda b: b.current_url != before and b.find_elements(By.CSS_SELECTOR, "#done, .wrong"))
    whole(browser)
    return str(browser.find_element(By.CSS_SELECTOR, "#done, .wrong").text)


def test_what_each_role_enters_stands_where_others_read_it(
    chrome: webdriver.Chrome, address: str, seated: Workspace, tmp_path: Path
) -> None:
    be(chrome, address, "agent")
    go(chrome, f"{address}/incidents?lang=fr")
    happened = {"severity": "serious", "happened_on": "2026-01-20", "known_at": "2026-01-21T10:00"}
    refused = send(chrome, "incident-open", system="chat", title="Fuite", text="Mme Durand a tout vu.", **happened)
    assert "semble nommer quelqu’un" in refused
    assert chrome.find_element(By.CSS_SELECTOR, "#incident-open [name=f-title]").get_attribute("value") == "Fuite"
    assert "enregistré et scellé" in send(chrome, "incident-open", text="Une candidate a tout vu.")
    contested = {"decided_on": "2026-01-02", "received_on": "2026-01-05"}
    go(chrome, f"{address}/incidents?lang=fr")
    told = send(chrome, "appeal-enter", system="chat", asks="contest", ground="data", **contested)
    assert "Son numéro" in told
    be(chrome, address, f"member.{m(2)}")
    go(chrome, f"{address}/incidents?lang=fr")
    assert "Un incident aurait dû être déclaré" in chrome.find_element(By.CSS_SELECTOR, ".lead").text
    assert chrome.find_elements(By.CSS_SELECTOR, ".number") == []
    assert violations(chrome) == []
    be(chrome, address, "secretary")
    go(chrome, f"{address}/recommendations?lang=en")
    due = {"addressee": "People", "due_on": "2099-01-01"}
    assert "sealed" in send(chrome, "recommend-own", committee="external", text="Train.", **due)
    be(chrome, address, "follow_up")
    go(chrome, f"{address}/recommendations?lang=en")
    reply = chrome.find_element(By.CSS_SELECTOR, "form[id^=reply-]").get_attribute("id")
    assert "sealed" in send(chrome, str(reply), accepted="yes", text="From January on.")
    answers = tmp_path / "answers.csv"
    answers.write_text("Q1\n" + "4\n" * 12, encoding="utf-8")
    go(chrome, f"{address}/work?lang=en")
    days = {"start": "2026-01-01", "end": "2026-01-31"}
    assert "sealed" in send(chrome, "work-survey", file=str(answers), autonomy="Q1", **days)
    kinds = ["incident", "appeal", "recommendation", "reply", "survey"]
    assert [each.statement.kind for each in statements(seated, kinds=kinds)] == kinds
