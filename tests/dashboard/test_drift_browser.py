"""The page of drift where people explore it: months by arrow keys, two periods by keyboard and by pointer."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.dashboard.browsing import SIDEWAYS, keeps_its_policy, narrow, served, violations, waiting, whole

SEEN = "return getComputedStyle(arguments[0]).clipPath === 'none'"
SPOTS = ".looked details[open] a.spot"


@pytest.fixture
def patient(watched: webdriver.Chrome) -> Iterator[webdriver.Chrome]:
    """The browser, which gives all rules the time that a page of many drawings takes on a busy machine."""
    usual = watched.timeouts.script
    watched.set_script_timeout(240)
    yield watched
    watched.set_script_timeout(usual)


@pytest.fixture(scope="module")
def demo(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a dashboard on the demo: drawings need decisions."""
    yield from served(Path(shutil.copytree(demo_home, tmp_path_factory.mktemp("explored") / "demo")))


@pytest.mark.slow
def test_a_drawing_over_time_is_read_month_by_month(patient: webdriver.Chrome, demo: str) -> None:
    """One stop of the Tab key, then arrows; or the month under the pointer."""
    page = patient
    page.get(f"{demo}/drift?system=matchft&lang=en")
    whole(page)
    slider = page.find_element(By.CSS_SELECTOR, ".reading [role=slider]")
    said = page.find_element(By.CSS_SELECTOR, ".reading-said")
    newest, last = slider.get_attribute("aria-valuetext"), int(slider.get_attribute("aria-valuemax") or "0")
    assert said.text == ""
    slider.send_keys(Keys.END)
    waiting(page).until(lambda _: said.text == newest)
    slider.send_keys(Keys.HOME)
    waiting(page).until(lambda _: said.text != newest)
    first = said.text
    assert slider.get_attribute("aria-valuenow") == "0"
    slider.send_keys(Keys.ARROW_LEFT)
    assert said.text == first
    slider.send_keys(Keys.ARROW_RIGHT)
    waiting(page).until(lambda _: slider.get_attribute("aria-valuenow") == "1")
    ActionChains(page).move_to_element_with_offset(slider, slider.size["width"] // 2 - 4, 0).perform()
    waiting(page).until(lambda _: said.text == newest)
    assert int(slider.get_attribute("aria-valuenow") or "0") == last
    assert violations(page) == []
    keeps_its_policy(page)


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_two_periods_of_scores_are_chosen_and_read_by_keyboard(patient: webdriver.Chrome, demo: str, lang: str) -> None:
    """A native list changes the address and the chart; Tab reaches each mark, which says its figure."""
    page = patient
    page.get(f"{demo}/drift?system=matchft&lang={lang}")
    whole(page)
    assert page.find_elements(By.CSS_SELECTOR, SPOTS) == []
    name = {"fr": "Quoi", "en": "What"}[lang]
    field = page.find_element(By.CSS_SELECTOR, f"input[aria-label={name}]")
    page.execute_script("arguments[0].focus()", field)
    field.send_keys(Keys.ARROW_DOWN)
    waiting(page).until(lambda b: b.find_elements(By.CSS_SELECTOR, "[role=option]"))
    page.switch_to.active_element.send_keys(Keys.ARROW_DOWN, Keys.ENTER)
    waiting(page).until(lambda b: "column" in parse_qs(urlsplit(b.current_url).query))
    waiting(page).until(lambda b: b.find_elements(By.CSS_SELECTOR, SPOTS))
    whole(page)
    assert violations(page) == []
    spots = page.find_elements(By.CSS_SELECTOR, SPOTS)
    said = spots[1].find_element(By.CSS_SELECTOR, ".said")
    assert not page.execute_script(SEEN, said)
    page.execute_script("arguments[0].focus()", spots[0])
    spots[0].send_keys(Keys.TAB)
    assert page.switch_to.active_element == spots[1]
    waiting(page).until(lambda b: b.execute_script(SEEN, said))
    assert re.search(r"\d.*%.*\d.*%.*d[eé]cisions", said.text)
    keeps_its_policy(page)
    try:
        narrow(page)
        waiting(page).until(lambda b: b.execute_script(SIDEWAYS) == [0, 0])
        assert violations(page) == []
    finally:
        page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
