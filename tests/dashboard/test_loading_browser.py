"""What a browser loads, from where and how fast; and what it shows of a workspace in trouble, or empty."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By

from boussole.audits.workspace import Workspace
from tests.dashboard.browsing import Open, served, text, violations, whole

_MOVED = """
const done = arguments[0];
const read = performance.getEntriesByName("first-contentful-paint")[0].startTime;
new PerformanceObserver(list => done(list.getEntries().filter(moved => moved.startTime > read)
    .reduce((sum, moved) => sum + moved.value, 0))).observe({type: "layout-shift", buffered: true});
setTimeout(() => done(0), 2000);
"""


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/", "/register", "/article?article=equite", "/incidents", "/committee"])
def test_on_a_slow_line_a_page_is_whole_in_seconds_and_nothing_that_is_read_moves(
    chrome: webdriver.Chrome, visit: Open, path: str
) -> None:
    visit("/")
    slow = {"offline": False, "latency": 300, "downloadThroughput": 50_000, "uploadThroughput": 20_000}
    chrome.execute_cdp_cmd("Network.enable", {})
    chrome.execute_cdp_cmd("Network.emulateNetworkConditions", slow)
    try:
        started = time.monotonic()
        page = visit(path)
        assert time.monotonic() - started < 10
        assert page.execute_async_script(_MOVED) < 0.05  # a page that moves less than 0.1 is a good one (web.dev/cls)
    finally:
        chrome.execute_cdp_cmd("Network.disable", {})


@pytest.mark.costly
def test_an_empty_workspace_says_what_to_do_first(chrome: webdriver.Chrome, tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "workspace", organisation="Test")
    for start in served(workspace.home):
        chrome.get(start)
        whole(chrome)
        assert text(chrome, ".lead strong").startswith("Personne ne le sait encore")
        assert "boussole import FILE --system ID" in text(chrome, ".steps")
        assert violations(chrome) == []
        for path in ("/article?article=equite", "/law", "/charter", "/register"):
            chrome.get(start + path)
            whole(chrome)
            assert chrome.find_elements(By.CSS_SELECTOR, "[data-testid='stException'], .stAlert, .unforeseen") == []
        chrome.get(f"{start}/data")
        whole(chrome)
        assert text(chrome, ".lead strong") == "Aucune donnée n’est encore entrée."
        assert "boussole sync" in text(chrome, ".steps")
        assert violations(chrome) == []
