"""The tour of the first page: once, left at any time, by keyboard too, and kept in the browser alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.dashboard.browsing import Open, by_keyboard, narrow, text, violations, whole

TOUR = ".tour:not([hidden])"


@pytest.fixture
def first(visit: Open) -> Iterator[webdriver.Chrome]:
    """A browser that has never seen the page."""
    page = visit("/law?lang=en")
    page.execute_script("localStorage.clear()")
    yield visit("/?lang=en")
    page.execute_script("localStorage.clear()")


def told(page: webdriver.Chrome) -> str:
    return text(page, f"{TOUR} .step:not([hidden]) strong")


def gone(page: webdriver.Chrome) -> bool:
    return not page.find_elements(By.CSS_SELECTOR, TOUR)


def again(page: webdriver.Chrome) -> None:
    page.refresh()
    whole(page)


def test_it_has_four_steps_by_keyboard_and_does_not_come_back(first: webdriver.Chrome) -> None:
    assert told(first) == "Step 1 of 4"
    assert first.execute_script("return document.activeElement.closest('.tour')") is None, "nobody is taken anywhere"
    for step, place in enumerate(("waiting", "changes", "compass"), 2):
        by_keyboard(first, "Next step").send_keys(Keys.ENTER)
        assert told(first) == f"Step {step} of 4"
        assert first.switch_to.active_element.text.startswith(f"Step {step} of 4")
        assert first.find_element(By.CSS_SELECTOR, ".toured").get_attribute("id") == place
    by_keyboard(first, "Previous step").send_keys(Keys.ENTER)
    assert told(first) == "Step 3 of 4"
    by_keyboard(first, "Next step").send_keys(Keys.ENTER)
    by_keyboard(first, "End the tour").send_keys(Keys.ENTER)
    assert gone(first)
    assert first.switch_to.active_element.tag_name == "h1"
    again(first)
    assert gone(first)
    assert not first.find_elements(By.CSS_SELECTOR, ".toured")


def test_it_can_be_left_by_its_button_or_by_escape_and_seen_again(first: webdriver.Chrome) -> None:
    first.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert gone(first)
    again(first)
    assert gone(first)
    first.find_element(By.CSS_SELECTOR, "[data-tour=again]").click()
    assert told(first) == "Step 1 of 4"
    first.find_element(By.CSS_SELECTOR, "[data-tour=leave]").click()
    assert gone(first)
    again(first)
    assert gone(first)


def test_whoever_goes_on_reading_finds_it_where_they_were_and_nothing_is_sent(first: webdriver.Chrome) -> None:
    first.find_element(By.CSS_SELECTOR, "[data-tour=next]").click()
    first.get_log("browser")
    again(first)
    assert told(first) == "Step 2 of 4"
    assert first.execute_script("return Object.entries(localStorage).filter(([k]) => k.startsWith('boussole'))") == [
        ["boussole-tour/", "1"]
    ]
    assert "tour" not in "".join(f"{each['name']}{each['value']}" for each in first.get_cookies())


def test_it_shuts_nobody_out_and_covers_no_link_on_a_phone(first: webdriver.Chrome) -> None:
    assert violations(first) == []
    with narrow(first, width=360):
        again(first)
        assert told(first) == "Step 1 of 4"
        assert violations(first) == []
        link = first.find_elements(By.CSS_SELECTOR, ".verdicts a")[-1]
        first.execute_script("arguments[0].focus()", link)
        there = "const r = arguments[0].getBoundingClientRect(); return document.elementFromPoint(r.x + 2, r.y + 2)"
        assert first.execute_script(f"{there}.closest('.tour')", link) is None
