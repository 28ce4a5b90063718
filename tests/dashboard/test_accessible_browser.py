"""Nothing shuts people out: pages are read aloud, at 400 %, in the dark, by keyboard, and pressed with a thumb."""

from __future__ import annotations

import contextlib

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from boussole.dashboard.markup.words import speaker
from boussole.dashboard.markup.words.addresses import pages
from tests.dashboard.browsing import Open, by_keyboard, dark, fits, keeps_its_policy, narrow, violations, waiting, whole

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
