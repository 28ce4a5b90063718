"""A whole session in the browser, as its people hold it: from the convocation to the answer to a recommendation.

With BOUSSOLE_PICTURES=FOLDER it leaves the pictures of docs/session.md there.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select

from boussole.audits.workspace import Workspace
from boussole.charter.committee.acting import committee_state, here_and_now
from boussole.charter.committee.acts.issuing import opinion_text
from boussole.charter.committee.acts.meeting import convene, open_session
from boussole.charter.committee.acts.proving import faults
from boussole.charter.committee.meetings.sessions import session
from boussole.charter.committee.papers.drafts import begin
from boussole.charter.committee.people.directory import name_member
from boussole.charter.committee.rules import packaged
from boussole.charter.record_types.acts import (
    Attendance,
    Ballot,
    Dissent,
    Item,
    Mandate,
    Minutes,
    Office,
    Opinion,
    Rapporteur,
    Recusal,
    Referral,
)
from boussole.charter.record_types.kinds import Recommendation, Reply
from boussole.charter.records import save_audit, statements, verify_records
from boussole.charter.text.loading import load_charter
from boussole.dashboard.server.access.permissions import COOKIE
from tests.charter.committee.desk import CALLED, m
from tests.charter.committee.hall import NAME, Hall, who
from tests.dashboard.browsing import by_keyboard, served, text, violations, waiting, whole
from tests.dashboard.conftest import FIXTURE

pytestmark = pytest.mark.slow

PEOPLE = ("Awa Diop", "Li Wei", "Jean Martin", "Zoé Petit", "Karim Benali")
COLLEGES = ("sciences", "sciences", "salaries", "demandeurs", "entreprises")
OPINION = {
    "title": "Avis sur l’extension de MatchFT",
    "sense": "reserved",
    "words": "Le comité est favorable à l’extension.\nQue l’écart entre femmes et hommes soit corrigé d’abord.",
    "reservations": ["Pas d’extension avant une nouvelle mesure."],
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A committee that has been asked for an opinion, with two audits, and a draft of the opinion."""
    workspace = Workspace.create(tmp_path_factory.mktemp("journey") / "w", organisation="Test")
    for path in (FIXTURE / "systems").glob("*.yaml"):
        (workspace.home / "systems" / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    charter = load_charter(workspace)
    for name in ("compas-1", "matchft-1"):
        document = json.loads((FIXTURE / "audits" / f"{name}.json").read_text(encoding="utf-8"))
        document["charter"]["sha256"] = charter.sha256
        save_audit(workspace, document, charter=charter)
    hall = Hall(workspace)
    for number, (name, college) in enumerate(zip(PEOPLE, COLLEGES, strict=True), 1):
        hall.do(Mandate, on=CALLED, member=m(number), college=college, start=CALLED)
        name_member(workspace, m(number), name=name)
    hall.do(Office, on=CALLED, member=m(1), office="chair", start=CALLED)
    matter = hall.do(
        Referral, on=CALLED, origin="organisation", subject="L’extension de MatchFT", sender="Direction générale",
        system="matchft",
    )  # fmt: skip
    hall.do(Rapporteur, on=CALLED, of=matter, member=m(2))
    begin(workspace, NAME, body=OPINION, author=m(2), about=matter)
    return workspace


@pytest.fixture(scope="module")
def address(house: Workspace) -> Iterator[str]:
    yield from served(house.home)


FOLD = "document.querySelectorAll('details').forEach(part => part.open = !!part.querySelector('.wrong'))"
"""What axe has unfolded is folded again, but for what was just refused."""


class Seat:
    """Somebody at the browser, who changes their role as the form in the menu does."""

    def __init__(self, browser: webdriver.Chrome, address: str, workspace: Workspace) -> None:
        self.browser, self.address, self.workspace = browser, address, workspace
        self.session = ""

    def be(self, role: str, member: int | None = None) -> None:
        value = f"{role}.{m(member)}" if member else role
        self.browser.add_cookie({"name": COOKIE, "value": value, "path": "/"})

    def open(self, path: str) -> None:
        self.browser.get(self.address + path)
        whole(self.browser)

    def here(self) -> None:
        """The page of the session, as it stands now."""
        self.open(f"/session?session={self.session}")

    def form(self, name: str, about: str) -> WebElement:
        """The first form of an act, or that about an item, unfolded."""
        forms = f"form[action*='/{name}/'][action*='-{about}?']" if about else ""
        found = self.browser.find_element(
            By.CSS_SELECTOR, forms or f"form[action*='/{name}/'], form[action*='/{name}?']"
        )
        for fold in found.find_elements(By.XPATH, "ancestor::details[not(@open)]/summary"):
            fold.click()
        return found

    def send(self, name: str, *, about: str = "", **fields: str) -> None:
        """Fills in a form and sends it; the page that answers is complete afterwards."""
        form = self.form(name, about)
        for field, value in fields.items():
            self.fill(form, field, value)
        self.click(form.find_element(By.CSS_SELECTOR, "button[type=submit]"))

    def fill(self, form: WebElement, field: str, value: str) -> None:
        place = form.find_element(By.CSS_SELECTOR, f"[name='f-{field}']")
        kind = place.get_attribute("type")
        if place.tag_name == "select":
            Select(place).select_by_value(value)
        elif kind in ("radio", "checkbox"):
            for one in value.split():
                form.find_element(By.CSS_SELECTOR, f"[name='f-{field}'][value='{one}']").click()
        elif kind in ("datetime-local", "date"):
            self.browser.execute_script("arguments[0].value = arguments[1]", place, value)
        else:
            place.clear()
            place.send_keys(value)

    def click(self, button: WebElement) -> None:
        button.click()
        waiting(self.browser).until(lambda _: gone(button))
        whole(self.browser)

    def told(self) -> str:
        return text(self.browser, "#done")

    def shoot(self, name: str, place: str = "h1") -> None:
        """A picture of what stands at a place, for the documents."""
        folder = os.environ.get("BOUSSOLE_PICTURES")
        if not folder:
            return
        size = {"width": 1000, "height": 720, "deviceScaleFactor": 1, "mobile": False}
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        found = self.browser.find_element(By.CSS_SELECTOR, place)
        self.browser.execute_script(FOLD)
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'start'})", found)
        waiting(self.browser).until(lambda b: b.execute_script("return document.fonts.status") == "loaded")
        self.browser.save_screenshot(str(Path(folder) / f"{name}.png"))
        self.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})

    @property
    def house(self):
        return committee_state(self.workspace, NAME)


def gone(element: WebElement) -> bool:
    """Whether the page that an element stood on was left."""
    try:
        element.is_enabled()
    except Exception:  # noqa: BLE001 (whatever the driver says of what is no longer there)
        return True
    return False


def entry(seat: Seat) -> str:
    return re.search(r"done=(\d+)", seat.browser.current_url)[1]


def test_a_session_from_its_convocation_to_the_answer(chrome: webdriver.Chrome, address: str, house: Workspace) -> None:
    seat = Seat(chrome, address, house)
    chrome.get(address + "/_stcore/health")
    today = here_and_now(packaged("external")).date().isoformat()

    # The convocation: too late for the rules, so it says why it is urgent; what was typed is still there.
    seat.be("secretary")
    seat.open("/committee")
    when = {"starts": f"{today}T00:01", "ends": f"{today}T23:59"}
    agenda = "Approbation du procès-verbal de la séance précédente\nQuestions diverses"
    seat.send("convene", **when, place="Salle 12", agenda=agenda, matters=matter(seat))
    assert "0 jour" in text(chrome, ".wrong")
    assert (
        chrome.find_element(By.CSS_SELECTOR, "form[action*=convene] [name=f-place]").get_attribute("value")
        == "Salle 12"
    )
    assert violations(chrome) == []
    seat.shoot("1-convocation", "form[action*=convene] .wrong")
    seat.send("convene", urgent="yes", text="La décision d’étendre se prend demain.", remote="yes")
    seat.session = entry(seat)
    assert "enregistré et scellé" in seat.told()

    # The pack, who is there, the opening.
    seat.send("freeze")
    seat.shoot("2-pack", "#pack")
    seat.send("attend", member=" ".join(map(m, (1, 2, 3, 4))), mode="in_person", at=f"{today}T00:02")
    seat.send("proxy", giver=m(5), holder=m(1))
    assert "Le quorum est atteint" in text(chrome, ".lead:not([role=status])")
    seat.send("open")
    assert "La séance est ouverte." in text(chrome, ".lead:not([role=status])")
    assert violations(chrome) == []
    seat.shoot("3-open")

    # A member asks; another stands aside.
    seat.be("member", 4)
    seat.here()
    seat.send("ask", text="Et les personnes sans téléphone ?", addressee="Direction des données", due_on="2030-01-15")
    assert "Et les personnes sans téléphone" in text(chrome, "#questions + .lines")
    seat.be("member", 3)
    seat.here()
    agenda_now = session(seat.house, int(seat.session)).call.agenda
    item = next(each.id for each in agenda_now if each.referral is not None)
    seat.send("recuse", about=item, ground="interest")
    assert "Jean Martin" in text(chrome, f"#item-{item} .aside")

    # The opinion is put to the vote in the words of its draft; one votes by keyboard alone.
    seat.be("chair", 1)
    seat.here()
    seat.send("vote", about=item, subject=opinion_text(seat.workspace, 1)[0].sha256)
    assert "enregistré et scellé" in seat.told()
    seat.be("member", 4)
    seat.here()
    vote_by_keyboard(seat)
    assert "enregistré et scellé" in seat.told()
    seat.be("member", 2)
    seat.here()
    assert violations(chrome) == []
    seat.shoot("4-vote", f"#item-{item}")
    seat.send("cast", choice="for")
    seat.be("chair", 1)
    for voter, choice in ((m(1), "for"), (m(5), "abstain")):
        seat.here()
        seat.send("cast", choice=choice, **({"voter": voter} if voter == m(1) else {}))
    seat.here()
    seat.send("count")
    assert "Le vote est compté." in seat.told()
    assert "2 pour, 1 contre, abstentions : 1." in text(chrome, ".decision").replace("\u202f", " ")

    # A dissent; the opinion is issued in the words that were adopted, and is to be published.
    seat.be("member", 4)
    seat.here()
    seat.send("dissent", sort="dissent", text="L’extension vient trop tôt.")
    seat.be("chair", 1)
    seat.here()
    seat.send("issue")
    seat.send("publish", publish="yes")
    assert violations(chrome) == []
    seat.shoot("5-decision", ".decision")

    # A recommendation, and its answer.
    seat.open("/recommendations")
    seat.send(
        "own",
        committee=NAME,
        text="Former avant le premier usage.",
        addressee="Direction générale",
        due_on="2030-03-01",
    )
    seat.be("follow_up")
    seat.open("/recommendations")
    seat.send("reply", accepted="yes", text="Oui, à partir du printemps.")
    assert violations(chrome) == []
    seat.shoot("6-answer", "h1")

    # The end: minutes in both languages, and everything holds.
    seat.be("secretary")
    seat.here()
    seat.send("close", at=f"{today}T00:59")
    seat.send("minutes")
    assert "scellé le" in text(chrome, "#minutes ~ p")
    seat.shoot("7-minutes", "#minutes")
    seat.open("/committee")
    assert violations(chrome) == []
    seat.shoot("8-committee")
    held(seat, house)


def test_a_secret_vote_is_answered_with_a_receipt_that_stays_nowhere(
    chrome: webdriver.Chrome, address: str, house: Workspace
) -> None:
    seat = Seat(chrome, address, house)
    chrome.get(address + "/_stcore/health")
    today = here_and_now(packaged("external"))
    at = {"starts": today.replace(hour=0, minute=1), "ends": today.replace(hour=23, minute=59), "place": "Salle 3"}
    agenda = [Item(id="stop", title="Suspendre ?")]
    why = {"urgent": True, "text": "Incident."}
    called = convene(house, NAME, who=who(today.date()), agenda=agenda, **at, **why).entry
    for number in (1, 2, 3):
        Hall(house).do(Attendance, on=today.date(), of=called, member=m(number), mode="in_person", at=today)
    open_session(house, NAME, of=called, who=who(today.date()))
    seat.session = str(called)
    seat.be("chair", 1)
    seat.here()
    seat.send("vote", about="stop", secret="yes")  # noqa: S106 (a kind of vote)
    seat.be("member", 2)
    seat.here()
    form = seat.form("cast", "")
    seat.fill(form, "choice", "against")
    button = form.find_element(By.CSS_SELECTOR, "button")
    button.click()
    waiting(chrome).until(lambda b: b.find_elements(By.CSS_SELECTOR, ".receipt"))
    receipt = text(chrome, ".receipt")
    assert re.fullmatch(r"[0-9a-f]{32}", receipt)
    assert violations(chrome) == []
    stored = "return JSON.stringify([{...localStorage}, {...sessionStorage}, history.state, location.href])"
    assert not any(word in chrome.execute_script(stored) for word in (receipt, "against", "choice"))
    chrome.find_element(By.PARTIAL_LINK_TEXT, "Retour").click()
    whole(chrome)
    assert receipt not in chrome.page_source
    assert chrome.find_elements(By.CSS_SELECTOR, "form[action*='/cast/']") == []
    assert "un vote reçu" in text(chrome, ".running")


def matter(seat: Seat) -> str:
    return str(next(at for at, _ in seat.house.standing(Referral)))


def vote_by_keyboard(seat: Seat) -> None:
    """Tab to the choices, the arrow to the second one, Tab to the button, Enter."""
    browser = seat.browser
    for _ in range(120):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        if browser.switch_to.active_element.get_attribute("name") == "f-choice":
            break
    else:
        pytest.fail("Tab never reaches the vote")
    browser.switch_to.active_element.send_keys(Keys.SPACE, Keys.ARROW_DOWN)
    assert browser.switch_to.active_element.get_attribute("value") == "against"
    button = by_keyboard(browser, "Voter")
    button.send_keys(Keys.ENTER)
    waiting(browser).until(lambda _: gone(button))
    whole(browser)


def held(seat: Seat, workspace: Workspace) -> None:
    """What the ledger says of all that."""
    house = seat.house
    ballots = {act.voter: (act.choice, act.by) for _, act in house.standing(Ballot)}
    assert ballots == {
        m(4): ("against", m(4)),
        m(2): ("for", m(2)),
        m(1): ("for", m(1)),
        m(5): ("abstain", m(1)),
    }
    assert [act.member for _, act in house.standing(Recusal)] == [m(3)]
    assert [act.member for _, act in house.standing(Dissent)] == [m(4)]
    assert [act.wording.title for _, act in house.standing(Opinion)] == [OPINION["title"]]
    assert len(house.standing(Minutes)) == 1
    kinds = [type(each.statement) for each in statements(workspace)]
    assert (kinds.count(Recommendation), kinds.count(Reply)) == (1, 1)
    assert list(faults(house)) == []
    assert verify_records(workspace).ok
