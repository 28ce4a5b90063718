"""The page of drift where people explore it: months by arrow keys and by pointer."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.dashboard.browsing import keeps_its_policy, served, violations, waiting, whole


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
