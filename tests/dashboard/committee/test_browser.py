"""The committee's pages in a browser: nothing that shuts people out, at any width, in both languages."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By

from boussole.audits.workspace import Workspace
from boussole.charter.committee.acting import here_and_now
from boussole.charter.committee.acts.meeting import (
    begin_vote,
    convene,
    end_vote,
    open_session,
    opinion_text,
    vote_openly,
)
from boussole.charter.committee.acts.packs import freeze
from boussole.charter.committee.papers.drafts import begin
from boussole.charter.committee.rules import packaged
from boussole.charter.record_types.acts import Attendance, CommitteeQuestion, Dissent, Item, ItemNote
from boussole.dashboard.pages.session.papers import make_paper
from boussole.dashboard.server.access.permissions import COOKIE
from boussole.dashboard.views import store
from tests.charter.committee.desk import DAY, m
from tests.charter.committee.hall import NAME, Hall, who
from tests.dashboard.browsing import Open, fits, narrow, served, text, violations, waiting, whole

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def house(founded: Hall, tmp_path_factory: pytest.TempPathFactory) -> Hall:
    """An open session with a vote that is over, one that is open, and a frozen pack."""
    home = tmp_path_factory.mktemp("house") / "w"
    made = Hall(Workspace(shutil.copytree(founded.workspace.home, home)))
    made.of = founded.of
    vote = made.vote(made.of, item="minutes", title="Approuver le procès-verbal")
    for number, choice in ((1, "for"), (2, "against"), (3, "abstain")):
        vote_openly(made.workspace, NAME, vote=vote, voter=m(number), choice=choice, who=who())
    decision = end_vote(made.workspace, NAME, vote=vote, who=who()).entry
    made.do(Dissent, of=decision, member=m(2), text="Trop <tôt>." + " Encore." * 50)
    made.do(CommitteeQuestion, of=made.of, text="Pourquoi ?", addressee="DSI", due_on=DAY)
    freeze(made.workspace, NAME, of=made.of, who=who())
    body = {"title": "Avis <MatchFT>", "sense": "reserved", "words": "Un.\n\nDeux.", "reservations": ["Former."]}
    begin(made.workspace, NAME, body=body, author="secretary")
    subject = opinion_text(made.workspace, 1)[0].sha256
    made.do(ItemNote, of=made.of, item="matchft", text="La direction présente les chiffres.")
    made.do(CommitteeQuestion, text="Et sans téléphone ?", addressee="DSI", due_on=DAY, by=m(2))
    made.vote(made.of, secret=True, subject=subject)
    make_paper(made.workspace, store.chambers(made.workspace)[NAME], made.of, "file", who())
    return made


@pytest.fixture(scope="module")
def address(house: Hall) -> Iterator[str]:
    yield from served(house.workspace.home)


def shuts_nobody_out(page: webdriver.Chrome) -> None:
    assert violations(page) == []
    with narrow(page):
        fits(page)
        assert violations(page) == []


OF = "/session?session={of}"


@pytest.mark.parametrize("path", ["/committee", "/committee?lang=en", OF, OF + "&lang=en", "/session?session=1"])
def test_no_page_has_an_accessibility_violation_at_any_width(visit: Open, house: Hall, path: str) -> None:
    shuts_nobody_out(visit(path.format(of=house.of)))


@contextmanager
def somebody(visit: Open, role: str) -> Iterator[None]:
    page = visit("/glossary")
    page.add_cookie({"name": COOKIE, "value": role})
    try:
        yield
    finally:
        page.delete_cookie(COOKIE)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_nor_has_what_a_chair_sees_with_ballot_papers_and_forms(visit: Open, house: Hall, lang: str) -> None:
    with somebody(visit, f"chair.{m(1)}"):
        page = visit(f"/session?session={house.of}&lang={lang}")
        assert page.find_elements(By.CSS_SELECTOR, "#open-votes a[href='#item-matchft']")
        assert "Former." in text(page, ".on-vote .opinion")
        assert page.find_elements(By.CSS_SELECTOR, ".paper .take")
        assert page.find_elements(By.CSS_SELECTOR, ".between li")
        shuts_nobody_out(page)


@pytest.fixture
def held_today(house: Hall) -> int:
    """An open session of today with a secret vote: nobody votes in a session of another day."""
    now = here_and_now(packaged(NAME))
    today = who(now.date())
    when = {"starts": now.replace(hour=0, minute=1), "ends": now.replace(hour=23, minute=59), "place": "Salle 3"}
    why = {"urgent": True, "text": "Incident."}
    agenda = [Item(id="stop", title="Suspendre ?")]
    of = convene(house.workspace, NAME, who=today, agenda=agenda, **when, **why).entry
    for number in (1, 2, 3):
        house.do(Attendance, on=now.date(), of=of, member=m(number), mode="in_person", at=now)
    open_session(house.workspace, NAME, of=of, who=today)
    begin_vote(house.workspace, NAME, of=of, item="stop", title="Suspendre", secret=True, who=today)
    return of


STORED = "return JSON.stringify([{...localStorage}, {...sessionStorage}, history.state, location.href])"


def test_a_secret_vote_is_answered_with_a_receipt_that_stays_nowhere(visit: Open, held_today: int) -> None:
    with somebody(visit, f"member.{m(2)}"):
        page = visit(f"/session?session={held_today}")
        form = page.find_element(By.CSS_SELECTOR, "form[action*='/cast/']")
        form.find_element(By.CSS_SELECTOR, "[name=f-choice][value=against]").click()
        form.find_element(By.CSS_SELECTOR, "button[type=submit]").click()
        waiting(page).until(lambda b: b.find_elements(By.CSS_SELECTOR, ".receipt"))
        receipt = text(page, ".receipt")
        assert re.fullmatch(r"[0-9a-f]{32}", receipt)
        assert violations(page) == []
        assert not any(word in page.execute_script(STORED) for word in (receipt, "against", "choice"))
        page.find_element(By.PARTIAL_LINK_TEXT, "Retour").click()
        whole(page)
        assert receipt not in page.page_source
        assert page.find_elements(By.CSS_SELECTOR, "form[action*='/cast/']") == []
        assert "un vote reçu" in text(page, ".running")
