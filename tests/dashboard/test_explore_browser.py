"""Where people explore: by keyboard and by pointer, on a desk and a phone, and the address says what is shown."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.dashboard.browsing import SIDEWAYS, Open, keeps_its_policy, narrow, violations, waiting, whole

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
    try:
        page = visit(f"{ONE}&lang={lang}")
        narrow(page)
        waiting(page).until(lambda b: b.execute_script(SIDEWAYS) == [0, 0])
        assert violations(page) == []
    finally:
        page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


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
