"""What tests do with a dashboard in a browser: start it, wait, read, press keys, look for what shuts people out."""

from __future__ import annotations

import contextlib
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_core_python.selenium import Axe
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from benchmarks import serving
from benchmarks.browser import SHOWN, WHOLE
from benchmarks.process import BOUSSOLE

KNOCKED = b"somebody"
"""Whoever comes and says nothing."""
Open = Callable[[str], webdriver.Chrome]
_SETTLED = f"return {SHOWN} && {WHOLE} && getComputedStyle(document.querySelector('.foot')).visibility === 'visible'"
SIDEWAYS = """
return [document.documentElement, document.querySelector(".stMain")].map(part => part.scrollWidth - part.clientWidth)
"""


def served(home: Path) -> Iterator[str]:
    """The address of a dashboard on a workspace, started and ended as a user does."""
    with serving.served([BOUSSOLE, "--workspace", home, "dashboard", "--headless"]) as (address, process):
        yield address
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) in (0, 130)


def whole(browser: webdriver.Chrome) -> None:
    waiting(browser).until(lambda b: b.execute_script(_SETTLED))


def waiting(browser: webdriver.Chrome) -> WebDriverWait[webdriver.Chrome]:
    return WebDriverWait(browser, 30, poll_frequency=0.1, ignored_exceptions=[StaleElementReferenceException])


def text(browser: webdriver.Chrome, selector: str) -> str:
    return str(browser.find_element(By.CSS_SELECTOR, selector).text)


def by_keyboard(browser: webdriver.Chrome, wanted: str, *, most: int = 80) -> WebElement:
    """Presses Tab until the element with this text has the focus."""
    for _ in range(most):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        focused = browser.switch_to.active_element
        if focused.text.strip() == wanted:
            return focused
    pytest.fail(f"Tab never reaches “{wanted}”")


def violations(browser: webdriver.Chrome) -> list[str]:
    browser.execute_script("document.querySelectorAll('details').forEach(part => part.open = true)")
    found: dict[str, Any] = Axe().run(browser)
    assert len(found["passes"]) > 20, "axe looked at next to nothing"
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found["violations"]]


@contextlib.contextmanager
def narrow(browser: webdriver.Chrome, *, width: int = 320) -> Iterator[None]:
    """A window of 1,280 pixels at 400 %, or at another size."""
    size = {"width": width, "height": 640, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        waiting(browser).until(lambda b: b.execute_script("return innerWidth") == width)
        yield
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def fits(browser: webdriver.Chrome) -> None:
    """Nothing scrolls sideways."""
    waiting(browser).until(lambda b: b.execute_script(SIDEWAYS) == [0, 0], browser.current_url)


@contextlib.contextmanager
def dark(browser: webdriver.Chrome) -> Iterator[None]:
    """A browser whose reader wants dark pages."""
    media = "Emulation.setEmulatedMedia"
    browser.execute_cdp_cmd(media, {"features": [{"name": "prefers-color-scheme", "value": "dark"}]})
    try:
        yield
    finally:
        browser.execute_cdp_cmd(media, {"features": []})


WATCH = """
window.broken = [];
document.addEventListener("securitypolicyviolation", (event) => {
  window.broken.push([event.effectiveDirective, event.blockedURI, event.sourceFile, event.sample]);
});
"""
ASKED = "return performance.getEntriesByType('resource').map(entry => entry.name)"


def keeps_its_policy(page: webdriver.Chrome) -> None:
    """A page that was watched from its first moment did nothing that its policy forbids, and asked no other host."""
    address = page.current_url
    assert page.execute_script("return window.broken") == [], address
    hosts = {urlsplit(asked).netloc for asked in page.execute_script(ASKED) if not asked.startswith("data:")}
    assert hosts == {urlsplit(address).netloc}, address
    said = [entry["message"] for entry in page.get_log("browser")]
    assert [each for each in said if "Security Policy" in each or "Refused" in each] == [], address


@contextlib.contextmanager
def listening() -> Iterator[tuple[int, list[bytes]]]:
    """A server elsewhere on this machine, and the first words of everybody who comes, be they none."""
    heard: list[bytes] = []

    def hear() -> None:
        with contextlib.suppress(OSError):
            while True:
                line, _ = server.accept()
                line.settimeout(1)
                heard.append(KNOCKED)
                with contextlib.suppress(TimeoutError):
                    heard[-1] = line.recv(200)
                line.close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=hear, daemon=True).start()
        yield server.getsockname()[1], heard
        server.shutdown(socket.SHUT_RDWR)
