"""In a browser: what is accessible, exploring a page, and the tour."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from boussole.dashboard.markup.words import speaker
from boussole.dashboard.markup.words.addresses import pages
from tests.dashboard.browsing import (
    Open,
    by_keyboard,
    dark,
    fits,
    keeps_its_policy,
    narrow,
    served,
    text,
    violations,
    waiting,
    whole,
)

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


TEXT = "return document.querySelector(arguments[0])?.textContent"
LABEL = "return document.querySelector(arguments[0])?.ariaLabel"
ASKED = (
    "/system?system=sorter",
    "/answer?system=matchft&question=psi&lang=en",
    "/answer?system=compas&question=purpose",
    "/register?lang=en&status=pilot",
    "/evidence?entry=2",
    "/evidence?entry=99",
    "/article?article=securite&lang=en",
    "/article?article=equite&question=impact_ratio_gender",
    "/glossary?lang=en#word-psi",
)
"""What pages show of one thing, and of none: opened besides every page by itself."""


@pytest.mark.parametrize("path", ["/", "/answer?system=matchft&question=impact_ratio_age", "/data?lang=en"])
@pytest.mark.usefixtures("watched")
def test_no_page_has_an_accessibility_violation_or_breaks_its_policy(visit: Open, path: str) -> None:
    page = visit(path)
    keeps_its_policy(page)
    assert violations(page) == []


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_nor_has_any_page_in_either_language_or_theme(chrome: webdriver.Chrome, visit: Open, lang: str) -> None:
    found = {}
    for path in (*(f"{page.path}?lang={lang}" for page in pages(speaker(lang))), *ASKED):
        for theme in (contextlib.nullcontext(), dark(chrome)):
            with theme:
                found[path, type(theme).__name__] = violations(visit(path))
    assert {place: wrong for place, wrong in found.items() if wrong} == {}


_SMALL = """
document.querySelectorAll("details").forEach(part => part.open = true);
const typed = "input:not([type=hidden], [type=checkbox], [type=radio])";
const fields = `button, summary, select, textarea, ${typed}, nav a, .mark`;
const height = part => part.getBoundingClientRect().height;
const small = part => height(part) > 0 && height(part) < 43.5;
const written = part => part.children.length === 0 && part.textContent.trim() && height(part) > 1;
const tiny = part => written(part) && parseFloat(getComputedStyle(part).fontSize) < 13.9;
return [...document.querySelectorAll(".stHtml *")].filter(part => tiny(part) || part.matches(fields) && small(part))
    .map(part => part.outerHTML.slice(0, 90));
"""


@pytest.mark.slow
def test_everything_that_is_pressed_is_44_pixels_high_and_nothing_is_written_small(visit: Open) -> None:
    paths = [*(shown.path for shown in pages(speaker("fr"))), "/system?system=matchft", "/evidence?entry=1"]
    found = {path: visit(path).execute_script(_SMALL) for path in paths}
    assert {path: small for path, small in found.items() if small} == {}


@pytest.mark.slow
@pytest.mark.parametrize("width", [640, 320])
def test_no_page_scrolls_sideways_at_200_or_400_percent(visit: Open, width: int) -> None:
    for path in (*(shown.path for shown in pages(speaker("fr"))), *ASKED):
        page = visit(path)
        with narrow(page, width=width):
            fits(page)


def test_the_keyboard_can_skip_the_pages(visit: Open) -> None:
    """By one link, the first that they meet."""
    page = visit("/law?lang=en")
    waiting(page).until(lambda b: b.execute_script(TEXT, "[data-testid=stSkipToContent]") == "Skip to the content")
    assert len(page.find_elements(By.LINK_TEXT, "Skip to the content")) == 1
    by_keyboard(page, "Skip to the content", most=1).send_keys(Keys.ENTER)
    page.switch_to.active_element.send_keys(Keys.TAB)
    assert page.execute_script("return !!document.activeElement.closest('.stMain')")


def test_the_keyboard_does_not_walk_through_a_menu_that_is_put_away(visit: Open) -> None:
    """On a phone the menu lies outside the window: whoever tabs was in it for thirty links, and saw no focus."""
    page = visit("/law?lang=en")
    with narrow(page, width=390):
        page.refresh()
        whole(page)
        by_keyboard(page, "Skip to the content", most=1)
        for _ in range(3):
            page.switch_to.active_element.send_keys(Keys.TAB)
            assert not page.execute_script("return !!document.activeElement.closest('.stSidebar')")


def test_the_data_of_a_chart_open_by_keyboard(visit: Open) -> None:
    page = visit("/answer?system=matchft&question=impact_ratio_gender")
    by_keyboard(page, "Voir les données").send_keys(Keys.ENTER)
    shown = [table for table in page.find_elements(By.CSS_SELECTOR, "table.data") if table.is_displayed()]
    assert len(shown) == 1
    assert "3e trimestre 2026" in shown[0].text


def test_what_streamlit_names_in_english_speaks_the_language_of_the_page(visit: Open) -> None:
    """ "Skip to main content", "Expand sidebar" and "Collapse sidebar" were read aloud on French pages."""
    skip, opening, closing, side = "Aller au contenu", "Ouvrir le menu", "Fermer le menu", "Menu"
    page = visit("/")
    waiting(page).until(lambda b: b.execute_script(TEXT, "[data-testid=stSkipToContent]") == skip)
    waiting(page).until(lambda b: b.execute_script(LABEL, "[data-testid=stSidebar]") == side)
    waiting(page).until(lambda b: b.execute_script(LABEL, "[data-testid=stSidebarCollapseButton] button") == closing)
    page.execute_script("document.querySelector('[data-testid=stSidebarCollapseButton] button').click()")
    waiting(page).until(lambda b: b.execute_script(LABEL, "[data-testid=stExpandSidebarButton]") == opening)
    page.execute_script("document.querySelector('[data-testid=stExpandSidebarButton]').click()")


TOUR = ".tour:not([hidden])"


@pytest.fixture
def first(visit: Open) -> Iterator[webdriver.Chrome]:
    """A browser that has never seen the page."""
    page = visit("/law?lang=en")
    page.execute_script("localStorage.clear()")
    yield visit("/?lang=en")
    page.execute_script("localStorage.clear()")


def step_title(page: webdriver.Chrome) -> str:
    return text(page, f"{TOUR} .step:not([hidden]) strong")


def gone(page: webdriver.Chrome) -> bool:
    return not page.find_elements(By.CSS_SELECTOR, TOUR)


def again(page: webdriver.Chrome) -> None:
    page.refresh()
    whole(page)


def test_it_has_four_steps_by_keyboard_and_does_not_come_back(first: webdriver.Chrome) -> None:
    assert step_title(first) == "Step 1 of 4"
    assert first.execute_script("return document.activeElement.closest('.tour')") is None, "nobody is taken anywhere"
    for step, place in enumerate(("waiting", "changes", "compass"), 2):
        by_keyboard(first, "Next step").send_keys(Keys.ENTER)
        assert step_title(first) == f"Step {step} of 4"
        assert first.switch_to.active_element.text.startswith(f"Step {step} of 4")
        assert first.find_element(By.CSS_SELECTOR, ".toured").get_attribute("id") == place
    by_keyboard(first, "Previous step").send_keys(Keys.ENTER)
    assert step_title(first) == "Step 3 of 4"
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
    assert step_title(first) == "Step 1 of 4"
    first.find_element(By.CSS_SELECTOR, "[data-tour=leave]").click()
    assert gone(first)
    again(first)
    assert gone(first)


def test_whoever_goes_on_reading_finds_it_where_they_were_and_nothing_is_sent(first: webdriver.Chrome) -> None:
    first.find_element(By.CSS_SELECTOR, "[data-tour=next]").click()
    first.get_log("browser")
    again(first)
    assert step_title(first) == "Step 2 of 4"
    assert first.execute_script("return Object.entries(localStorage).filter(([k]) => k.startsWith('boussole'))") == [
        ["boussole-tour/", "1"]
    ]
    assert "tour" not in "".join(f"{each['name']}{each['value']}" for each in first.get_cookies())


def test_it_shuts_nobody_out_and_covers_no_link_on_a_phone(first: webdriver.Chrome) -> None:
    assert violations(first) == []
    with narrow(first, width=360):
        again(first)
        assert step_title(first) == "Step 1 of 4"
        assert violations(first) == []
        link = first.find_elements(By.CSS_SELECTOR, ".verdicts a")[-1]
        first.execute_script("arguments[0].focus()", link)
        there = "const r = arguments[0].getBoundingClientRect(); return document.elementFromPoint(r.x + 2, r.y + 2)"
        assert first.execute_script(f"{there}.closest('.tour')", link) is None
