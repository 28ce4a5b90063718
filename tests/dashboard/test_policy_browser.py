"""In a real browser: no page breaks its policy or asks another host, and what people type runs nowhere."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By

from boussole.charter.committee.papers.drafts import begin
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.markup.words.addresses import pages
from boussole.dashboard.server.access.permissions import COOKIE
from tests.attacks import Tries
from tests.charter.committee.desk import m
from tests.charter.committee.hall import Hall
from tests.dashboard.browsing import KNOCKED, Open, keeps_its_policy, listening, served, waiting, whole
from tests.dashboard.conftest import FIXTURE
from tests.sparing import slow_case

INSERT = """
const place = document.createElement("div");
document.body.append(place);
place.innerHTML = arguments[0];
for (const old of place.querySelectorAll("script")) {
  const made = document.createElement("script");
  made.textContent = old.textContent;
  old.replaceWith(made);
}
document.getElementById("go")?.click();
"""
BROKEN = """
const broken = (each) => { try { return each.broken.length; } catch { return 0; } };
return [window, ...Array.from(frames)].some(broken);
"""
PAYLOADS = (
    "<script>window.hit = 1</script>",
    "<img src=x onerror='window.hit = 1'>",
    "<svg onload='window.hit = 1'></svg>",
    "<iframe srcdoc='<script>parent.hit = 1</script>'></iframe>",
    "<a id=go href='javascript:window.hit = 1'>go</a>",
    "<object data='data:text/html,x'></object>",
    "<base href='ELSEWHERE'>",
    "<img src='ELSEWHERE'>",
    "<iframe src='ELSEWHERE'></iframe>",
    "<style>body { background: url(ELSEWHERE) }</style>",
    "<p style='background: url(ELSEWHERE)'>x</p>",
    "<link rel=stylesheet href='ELSEWHERE'>",
    "<form action='ELSEWHERE'><button id=go></form>",
)
"""A refresh (`meta`) is not among them: no policy stops it. It is text here, and Streamlit takes it off besides."""
TYPED = "\"'><script>window.hit = 1</script><img src=x onerror='window.hit = 1'><svg onload=hit=1>{{7*7}}${7*7}"
attack = pytest.mark.attack


@attack("a reader's browser", "pages that ask another host, or do what their policy forbids")
@pytest.mark.slow
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_no_page_breaks_its_policy_or_asks_another_host(
    watched: webdriver.Chrome, visit: Open, lang: str, tries: Tries
) -> None:
    more = ["/system?system=matchft", "/article?article=3", "/drift?system=matchft", "/none"]
    for path in [*(page.path for page in pages(speaker(lang))), *more]:
        tries.add()
        page = visit(f"{path}{'&' if '?' in path else '?'}lang={lang}")
        for part in page.find_elements(By.CSS_SELECTOR, "details.framed summary"):
            page.execute_script("arguments[0].click()", part)
        keeps_its_policy(page)


@attack("a reader's browser", "markup that came through, were it not escaped")
@pytest.mark.parametrize("payload", [*list(PAYLOADS)[::2], *map(slow_case, list(PAYLOADS)[1::2])])
def test_markup_in_a_page_is_stopped_by_its_policy(watched: webdriver.Chrome, visit: Open, payload: str) -> None:
    page = visit("/glossary")
    before = page.current_url
    with listening() as (port, heard):
        page.execute_script(INSERT, payload.replace("ELSEWHERE", f"http://127.0.0.1:{port}/"))
        waiting(page).until(lambda b: b.execute_script(BROKEN))
        assert page.execute_script("return window.hit") is None
        assert page.execute_script("return document.baseURI") == before
        assert page.current_url == before
        assert set(heard) <= {b"", KNOCKED}  # a browser may knock; it says nothing


@pytest.fixture(scope="module")
def seated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A dashboard of a committee, with systems whose every text is an attempt."""
    workspace = Hall.seat(tmp_path_factory.mktemp("typed") / "home").workspace
    home = workspace.home
    body = {"title": TYPED, "sense": "favourable", "words": TYPED, "reservations": [TYPED]}
    begin(workspace, "external", body=body, author=m(1))
    shutil.copytree(FIXTURE / "systems", home / "systems", dirs_exist_ok=True)
    text = json.dumps(TYPED)
    (home / "systems" / "sorter.yaml").write_text(
        f"id: sorter\nkind: declared\ntitle: {{fr: {text}, en: {text}}}\npurpose: {{fr: {text}, en: {text}}}\n"
        f"owner: {text}\nstatus: production\nrisk: high\ndates: {{service: 2025-09-01}}\n"
        f"impact_assessment: {{not_required: {text}}}\nfria: {{not_required: {text}}}\ncosts: {{build: 1}}\n",
        encoding="utf-8",
    )
    yield from served(Path(home))


ANSWERED = "return window.stays !== false && document.readyState === 'complete'"
FORMS = """
const names = (form) => Array.from(form.elements, (field) => field.name);
const forms = [...document.querySelectorAll('.stMain form')];
return forms.map((form) => [form.getAttribute('action'), ...names(form)].join(' '));
"""
WITH_FORMS = (
    "/draft?number=1&lang=en",
    "/ask?lang=en",
    "/ask?system=matchft&lang=en",
    "/drafts?lang=en",
    "/incidents?lang=en",
    "/work?lang=en",
    "/recommendations?lang=en",
    "/committee?lang=en",
)
FILL = """
const form = document.querySelectorAll('.stMain form')[arguments[0]];
const typed = form.querySelectorAll('textarea, input[type=text], input[type=search], input:not([type])');
for (const field of typed) { field.removeAttribute('maxlength'); field.value = arguments[1]; }
form.noValidate = true;
if (typed.length) { window.stays = form.method === "get"; HTMLFormElement.prototype.requestSubmit.call(form); }
return typed.length;
"""


@pytest.mark.slow
@attack("a reader's browser", "script in every text that people type")
@pytest.mark.parametrize("role", [f"chair.{m(1)}", "steward"])
def test_what_people_type_runs_nowhere(watched: webdriver.Chrome, seated: str, role: str, tries: Tries) -> None:
    watched.get(f"{seated}/_stcore/health")
    watched.delete_all_cookies()
    watched.add_cookie({"name": COOKIE, "value": role})
    query = urlencode({"q": TYPED, "system": TYPED, "article": TYPED, "number": TYPED, "sent": TYPED, "done": TYPED})
    for path in (page.path for page in pages(speaker("en"))):
        watched.get(f"{seated}{path}?lang=en&{query}")
        whole(watched)
        inert(watched)
        tries.add()
    sent = sum(_fill_all(watched, seated + path) for path in WITH_FORMS)
    tries.add(sent)
    assert sent, "no form was sent"


def _fill_all(browser: webdriver.Chrome, page: str) -> int:
    """Fills in and sends each form of a page once, also those that sending another one brings; how many were sent."""
    tried: set[str] = set()
    sent = 0
    while True:
        browser.get(page)
        whole(browser)
        forms = browser.execute_script(FORMS)
        at = next((at for at, form in enumerate(forms) if form not in tried), None)
        if at is None:
            return sent
        tried.add(forms[at])
        if browser.execute_script(FILL, at, TYPED):
            sent += 1
            waiting(browser).until(lambda b: b.execute_script(ANSWERED), f"{page}, form {forms[at]}")
            inert(browser)


def inert(browser: webdriver.Chrome) -> None:
    """Nothing that was typed ran, nor was stopped only by the policy: it is text."""
    assert browser.execute_script("return window.hit") is None, browser.current_url
    assert browser.execute_script("return window.broken || []") == [], browser.current_url
