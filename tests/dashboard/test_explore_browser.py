"""Where people explore, by keyboard and by pointer, on a desk and a phone: groups of a figure, months of a drawing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.dashboard.browsing import Open, fits, keeps_its_policy, narrow, served, violations, waiting, whole

ONE = "/fairness?system=matchft&by=age"


WHILE_OPEN = ("page-has-heading-one", "region")


"""While a list is open, it alone is read aloud: the title and landmarks of its page are told again once it is shut."""


SEEN = "return getComputedStyle(arguments[0]).clipPath === 'none'"


def asked(page: webdriver.Chrome) -> dict[str, str]:
    """What the address of a page chooses."""
    return {key: values[0] for key, values in parse_qs(urlsplit(page.current_url).query).items()}


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_exploring_breaks_no_rule_on_a_desk_and_a_phone(watched: webdriver.Chrome, visit: Open, lang: str) -> None:
    page = visit(f"{ONE}&lang={lang}")
    assert len(page.find_elements(By.CSS_SELECTOR, "a.spot")) == 3
    assert violations(page) == []
    page.find_element(By.CSS_SELECTOR, ".stSelectbox button").click()
    waiting(page).until(lambda b: b.find_elements(By.CSS_SELECTOR, "[role=option]"))
    assert [each for each in violations(page) if each.partition(":")[0] not in WHILE_OPEN] == []
    keeps_its_policy(page)
    page = visit(f"{ONE}&lang={lang}")
    with narrow(page):
        fits(page)
        assert violations(page) == []


@pytest.mark.slow
def test_marks_tell_themselves_to_the_pointer_and_the_keyboard(visit: Open) -> None:
    page = visit(f"{ONE}&lang=en")
    spots = page.find_elements(By.CSS_SELECTOR, "a.spot")
    said = [spot.find_element(By.CSS_SELECTOR, ".said") for spot in spots]
    assert not any(page.execute_script(SEEN, each) for each in said)
    ActionChains(page).move_to_element(spots[1]).perform()
    waiting(page).until(lambda b: b.execute_script(SEEN, said[1]))
    assert "decisions" in said[1].text
    page.execute_script("arguments[0].focus()", spots[1])
    spots[1].send_keys(Keys.TAB)
    assert page.switch_to.active_element == spots[2]
    waiting(page).until(lambda b: b.execute_script(SEEN, said[2]))
    page.switch_to.active_element.send_keys(Keys.ENTER)
    waiting(page).until(lambda b: asked(b).get("group", "").startswith("age="))
    whole(page)
    assert page.find_elements(By.CSS_SELECTOR, "a.spot[aria-current]")


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
