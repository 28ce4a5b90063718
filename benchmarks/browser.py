"""A real browser that measures how long a page takes until it is whole."""

from __future__ import annotations

import shutil
import tempfile
import time
from types import TracebackType
from typing import Self

from selenium import webdriver
from selenium.webdriver.support.ui import WebDriverWait

SWITCHES = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,900",
)
WHOLE = """
!!document.querySelector(".foot") && document.fonts.status === "loaded"
    && [...document.images].every(image => image.complete) && !document.querySelector("[data-stale=true]")
"""
"""Whether a page is complete, its pictures and fonts included."""
SHOWN = "document.documentElement.dataset.shown === location.pathname + location.search"
"""Whether it is that of the address, and not still the one before."""


_CLICK = """
const link = document.createElement("a");
link.href = arguments[0];
document.querySelector(".stMain .stHtml").append(link);
link.click();
"""


class Browser:
    """Debian's Chromium, without a screen, of a reader of one language."""

    def __init__(self, lang: str = "fr") -> None:
        self.lang = lang

    def __enter__(self) -> Self:
        self.folder = tempfile.TemporaryDirectory()
        own = (f"--lang={self.lang}", f"--accept-lang={self.lang}", f"--user-data-dir={self.folder.name}")
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which("chromium") or ""
        for switch in (*SWITCHES, *own):
            options.add_argument(switch)
        self.driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.driver.quit()
        self.folder.cleanup()

    def follow(self, path: str) -> float:
        """Seconds from a click on a link of the page that is open until the page it leads to is whole."""
        started = time.perf_counter()
        self.driver.execute_script(_CLICK, path)
        self._wait(f"{SHOWN} && {WHOLE}")
        return time.perf_counter() - started

    def visit(self, address: str) -> float:
        """Seconds from the click to a page that is whole, its pictures and fonts included."""
        started = time.perf_counter()
        self.driver.get(address)
        self._wait(WHOLE)
        return time.perf_counter() - started

    def _wait(self, until: str) -> None:
        wait = WebDriverWait(self.driver, 60, poll_frequency=0.02)
        wait.until(lambda driver: driver.execute_script(f"return {until.strip()}"))
