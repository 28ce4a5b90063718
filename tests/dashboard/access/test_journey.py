"""The whole of it, with a real server, a real provider, and a browser: in, out, and everything that ends a session."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from benchmarks.browser import Browser
from benchmarks.serving import answering, free_port
from boussole.audits.workspace import Workspace
from tests.dashboard.access.conftest import SETTINGS

pytestmark = pytest.mark.slow
BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The addresses of a dashboard and of the provider that it asks, each a process of its own."""
    ours, theirs = free_port(), free_port()
    address, issuer = f"http://localhost:{ours}", f"http://localhost:{theirs}"
    workspace = Workspace.create(tmp_path_factory.mktemp("journey") / "w")
    with (workspace.home / "boussole.toml").open("a") as file:
        file.write(SETTINGS.format(issuer=issuer, address=address))
    provider = subprocess.Popen(
        [BIN / "oidc-provider-mock", "--port", str(theirs)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    dashboard = subprocess.Popen(
        [BIN / "boussole", "--workspace", workspace.home, "dashboard", "--headless", "--port", str(ours)],
        stdout=subprocess.DEVNULL,
        env={**os.environ, "BOUSSOLE_CLIENT_SECRET": "of the client"},
    )
    try:
        answering(f"{issuer}/.well-known/openid-configuration", provider)
        answering(f"{address}/healthz", dashboard)
        yield address, issuer
    finally:
        dashboard.send_signal(signal.SIGINT)
        dashboard.wait(timeout=30)
        provider.kill()


@pytest.fixture
def chrome() -> Iterator[webdriver.Chrome]:
    """A browser of its own, in English: nobody was signed in with it before."""
    with Browser("en") as opened:
        yield opened.driver


def test_in_and_out(servers: tuple[str, str], chrome: webdriver.Chrome) -> None:
    address, issuer = servers

    def told() -> str:
        WebDriverWait(chrome, 60).until(lambda each: each.find_elements(By.CSS_SELECTOR, ".foot"))
        return str(chrome.find_element(By.CSS_SELECTOR, ".stMain").text)

    def opened(path: str) -> str:
        chrome.get(f"{address}{path}")
        return told()

    def is_known(*roles: str) -> None:
        said = {"roles": roles, "name": "Ada", "email": "ada@example.org"}
        assert httpx.put(f"{issuer}/users/ada", json=said).status_code == 204

    is_known("stewards")
    assert "Boussole is for those who are signed in" in opened("/data?lang=en")
    chrome.find_element(By.LINK_TEXT, "Sign in").click()
    WebDriverWait(chrome, 60).until(lambda each: each.find_elements(By.NAME, "sub"))
    chrome.find_element(By.NAME, "sub").send_keys("ada")
    chrome.find_element(By.CSS_SELECTOR, "button").click()
    WebDriverWait(chrome, 60).until(lambda each: each.current_url.startswith(f"{address}/data"))
    assert "signed in" not in told()
    assert "Local mode" not in chrome.page_source
    number = chrome.get_cookie("boussole_session")
    assert number is not None
    assert number["httpOnly"]
    assert not re.search("streamlit_user", str(chrome.get_cookies())), "no identity lies in the browser"

    is_known("all")
    assert "This page is not open to you" in opened("/data?lang=en")
    is_known("stewards")
    assert "This page is not open to you" not in opened("/data?lang=en")

    chrome.find_element(By.XPATH, "//button[text()='Sign out']").click()
    WebDriverWait(chrome, 60).until(lambda each: each.current_url.startswith(issuer))
    assert "Sign in with the account" in opened("/data?lang=en")
    chrome.add_cookie({"name": "boussole_session", "value": number["value"]})
    assert "You have signed out" in opened("/data?lang=en")
    asked = {"cookies": {"boussole_session": number["value"]}}
    assert httpx.get(f"{address}/api/systems", **asked).status_code == 401
