"""A session of a committee held in four real browsers at once, with the clicks that each person needs."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait

from benchmarks.browser import SHOWN, WHOLE, Browser
from boussole.audits.workspace import Workspace
from boussole.charter.committee.acting import committee_state, do, here_and_now
from boussole.charter.committee.acts.meeting import opinion_text
from boussole.charter.committee.acts.proving import faults
from boussole.charter.committee.meetings.sessions import session
from boussole.charter.committee.papers.drafts import begin
from boussole.charter.committee.people.directory import papers_folder
from boussole.charter.committee.state import CommitteeState
from boussole.charter.record_types.acts import Dissent, Mandate, Minutes, Office, Opinion, Rapporteur, Referral
from boussole.charter.records import verify_records
from boussole.dashboard.server.access.permissions import COOKIE
from boussole.dashboard.server.forms import EVERY
from boussole.dashboard.views.store import drafts

COMMITTEE = "external"
WORDS = ("Le comité est favorable à l’extension.", "Que l’écart entre femmes et hommes soit corrigé d’abord.")
OPINION = {
    "title": "Avis sur l’extension de MatchFT",
    "sense": "reserved",
    "words": "\n".join(WORDS),
    "reservations": ["Pas d’extension avant une nouvelle mesure."],
}
STILL = """
const [what, done] = arguments, at = () => JSON.stringify(what.getBoundingClientRect()), before = at();
setTimeout(() => done(at() === before), 60);
"""
"""Whether something stays where it is, so that a click meets it."""
GONE = (StaleElementReferenceException, WebDriverException)


def state(workspace: Workspace) -> CommitteeState:
    """The committee as its records say."""
    return committee_state(workspace, COMMITTEE)


def _members(workspace: Workspace) -> list[str]:
    """The numbers of its members, the chair first."""
    house = state(workspace)
    chair = next(act.member for _, act in house.standing(Office) if act.office == "chair")
    return [chair, *(act.member for _, act in house.standing(Mandate) if act.member != chair)]


PEOPLE: Mapping[str, Callable[[Workspace], str]] = {
    "chair": lambda workspace: _members(workspace)[0],
    "member": lambda workspace: _members(workspace)[1],
    "another member": lambda workspace: _members(workspace)[2],
    "secretary": lambda _: "",
}
"""Who holds the session, with the number of each who sits."""


class Person:
    """Somebody at a browser of their own. `clicks`: how often they have clicked so far."""

    def __init__(self, driver: webdriver.Chrome, address: str) -> None:
        self.driver, self.address, self.clicks = driver, address, 0

    def be(self, role: str, member: str = "") -> None:
        """Comes in as the form in the menu has it."""
        self.driver.get(f"{self.address}/_stcore/health")
        self.driver.delete_all_cookies()
        self.driver.add_cookie({"name": COOKIE, "value": f"{role}.{member}" if member else role, "path": "/"})

    def open(self, path: str) -> None:
        """Opens an address, or looks at the same page again."""
        self.driver.get(self.address + path)
        self.whole()

    def again(self) -> None:
        """Looks at the page again: what others did meanwhile stands there."""
        self.driver.refresh()
        self.whole()

    def whole(self) -> None:
        """Waits until the page is complete."""
        self.waiting().until(lambda driver: driver.execute_script(f"return {SHOWN} && {WHOLE.strip()}"))

    def waiting(self) -> WebDriverWait[webdriver.Chrome]:
        return WebDriverWait(self.driver, 60, poll_frequency=0.05, ignored_exceptions=GONE)

    def links(self, to: str, within: str = ".stMain") -> list[WebElement]:
        """The links to addresses that hold these words, in the order of the page, that can be seen."""
        found = self.driver.find_elements(By.CSS_SELECTOR, f"{within} a[href*='{to}']")
        return [each for each in found if each.is_displayed()]

    def click(self, what: WebElement) -> None:
        """Clicks on what leads to another page, and waits for it."""
        before = self.driver.current_url
        self.tap(what)
        self.waiting().until(lambda driver: driver.current_url != before or _gone(what))
        self.whole()

    def tap(self, what: WebElement) -> None:
        """Clicks on what stays on the page."""
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", what)
        self.waiting().until(lambda driver: driver.execute_async_script(STILL, what))
        what.click()
        self.clicks += 1

    def text(self, selector: str) -> str:
        return str(self.driver.find_element(By.CSS_SELECTOR, selector).text)

    def form(self, selector: str) -> WebElement:
        """A form, with the folds around it opened."""
        found = self.driver.find_element(By.CSS_SELECTOR, selector)
        for fold in found.find_elements(By.XPATH, "ancestor::details[not(@open)]/summary"):
            self.tap(fold)
        return found

    def send(self, name: str, about: str = "", **fields: str) -> str:
        """Fills in the form of an act, about an item where one is named, sends it, and returns what is told."""
        near = f"[action*='-{about}?']" if about else ""
        return self.hand_in(f"form[action*='/{name}/']{near}, form[action*='/{name}?']{near}", **fields)

    def hand_in(self, selector: str, **fields: str) -> str:
        """The same of any form."""
        form = self.form(selector)
        for field, value in fields.items():
            self._fill(form, field, value)
        self.click(form.find_element(By.CSS_SELECTOR, "button[type=submit]"))
        found = self.driver.find_elements(By.CSS_SELECTOR, "#done, .wrong")
        told = found[0].text if found else ""
        if "done=" not in self.driver.current_url:
            raise SystemExit(f"{selector} was not taken at {self.driver.current_url}: {told}")
        return told

    def _fill(self, form: WebElement, field: str, value: str) -> None:
        place = form.find_element(By.CSS_SELECTOR, f"[name='f-{field}']")
        kind = place.get_attribute("type")
        if place.tag_name == "select":
            if place.get_attribute("value") != value:
                Select(place).select_by_value(value)
                self.clicks += 1
        elif kind in ("radio", "checkbox"):
            for one in value.split():
                box = form.find_element(By.CSS_SELECTOR, f"[name='f-{field}'][value='{one}']")
                if not box.is_selected():
                    self.tap(box)
        elif kind in ("datetime-local", "date"):
            self.driver.execute_script("arguments[0].value = arguments[1]", place, value)
        else:
            place.clear()
            place.send_keys(value)


def _gone(element: WebElement) -> bool:
    try:
        element.is_enabled()
    except GONE:
        return True
    return False


@dataclass(frozen=True, kw_only=True)
class Held:
    """What a session took: seconds, the clicks of each person, those of a dissent, and what was seen at each step."""

    seconds: float
    clicks: Mapping[str, int]
    dissent: int
    steps: list[str]


def prepare(workspace: Workspace) -> None:
    """What comes before a session: the committee was asked for an opinion, and a rapporteur has drafted one."""
    day, (_, rapporteur, *_) = here_and_now(state(workspace).text).date(), _members(workspace)
    said = {"committee": COMMITTEE, "role": "secretary", "on": day}
    asked = {"origin": "organisation", "subject": "L’extension de MatchFT", "sender": "Direction générale"}
    matter = do(workspace, Referral(**said, **asked, system="matchft")).entry
    do(workspace, Rapporteur(**said, of=matter, member=rapporteur))
    begin(workspace, COMMITTEE, body=OPINION, author=rapporteur, about=matter)


def hold(workspace: Workspace, address: str) -> Held:
    """From the agenda to minutes that verify, in four browsers. Raises SystemExit where a step is not taken."""
    with contextlib.ExitStack() as stack:
        people = {who: Person(stack.enter_context(Browser()).driver, address) for who in PEOPLE}
        for who, person in people.items():
            person.be(who.removeprefix("another "), PEOPLE[who](workspace))
            person.open("/")
        started = time.perf_counter()
        steps, dissent = _Session(workspace, people).held()
        seconds = time.perf_counter() - started
        return Held(
            seconds=seconds, clicks={who: each.clicks for who, each in people.items()}, dissent=dissent, steps=steps
        )


class _Session:
    """One session, step by step."""

    def __init__(self, workspace: Workspace, people: Mapping[str, Person]) -> None:
        self.workspace, self.people, self.steps = workspace, people, list[str]()
        self.chair, self.member, self.other, self.secretary = people.values()
        self.day = here_and_now(state(workspace).text).date().isoformat()

    def held(self) -> tuple[list[str], int]:
        self._called()
        self._opened()
        self._voted()
        dissent = self._dissented()
        self._issued()
        self._closed()
        return self.steps, dissent

    def _seen(self, what: str) -> None:
        self.steps.append(what)

    def _called(self) -> None:
        """The agenda, the evidence and the session file."""
        secretary = self.secretary
        secretary.click(secretary.links("/committee", within="[data-testid=stSidebar]")[0])
        matter = str(max(at for at, _ in state(self.workspace).standing(Referral)))
        when = {"starts": f"{self.day}T00:01", "ends": f"{self.day}T23:59", "place": "Salle 12"}
        why = {"urgent": "yes", "text": "La décision d’étendre se prend demain."}
        secretary.send("convene", **when, **why, matters=matter)
        self.session = parse_qs(urlsplit(secretary.driver.current_url).query)["done"][0]
        self._seen("The secretary calls the session as an emergency; the matter that awaited it is on the agenda.")
        secretary.send("freeze")
        secretary.hand_in(f"#paper-file-{self.session}")
        self._seen("The evidence is frozen, and the session file made and sealed, in both languages.")

    def _opened(self) -> None:
        at = f"{self.day}T00:02"
        self.secretary.send("attend", member=EVERY, mode="in_person", at=at)
        self.secretary.send("open")
        for who in (self.chair, self.member, self.other):
            who.open("/")
            there = next(iter(who.links(f"/session?session={self.session}")), None)
            if there is None:
                raise SystemExit("the first page does not lead to the session that is open")
            who.click(there)
            if "ouverte" not in who.text(".stMain"):
                raise SystemExit(f"{who.driver.current_url} does not say that the session is open")
        self._seen(
            "All members are there and the session is open: the other three find it on their first page, in one click."
        )

    def _voted(self) -> None:
        agenda = session(state(self.workspace), int(self.session)).call.agenda
        item = str(next(each.id for each in agenda if each.referral is not None))
        number = max(each.id for each in drafts(self.workspace, COMMITTEE))
        self.chair.send("vote", item, subject=opinion_text(self.workspace, number)[0].sha256)
        for who, choice in ((self.member, "for"), (self.other, "against")):
            who.again()
            if WORDS[0] not in who.text(".stMain"):
                raise SystemExit("the ballot does not show the text that is voted")
            who.send("cast", choice=choice)
        self.chair.again()
        self.chair.send("cast", choice="for")
        self.secretary.again()
        self.secretary.send("count")
        self._seen(
            "The chair puts the draft to the vote; each ballot shows its very text; two are for, one is against, "
            "and the secretary counts."
        )

    def _dissented(self) -> int:
        self.other.again()
        before = self.other.clicks
        self.other.send("dissent", sort="dissent", text="L’extension vient trop tôt.")
        self._seen("The member who voted against has their dissent noted, in their words.")
        return self.other.clicks - before

    def _issued(self) -> None:
        self.chair.again()
        self.chair.send("issue")
        self.chair.send("publish", publish="yes")
        self._seen("The chair issues the opinion as it was adopted, and it is to be published.")

    def _closed(self) -> None:
        """The minutes, and the check of the file as anybody makes it."""
        secretary = self.secretary
        secretary.again()
        secretary.send("close", at=f"{self.day}T00:59")
        secretary.send("minutes")
        secretary.hand_in(f"#paper-minutes-{self.session}")
        self._seen("The secretary closes the session, seals its minutes and makes them as files.")
        pdf = max(papers_folder(self.workspace).rglob("*.pdf"), key=lambda path: path.stat().st_mtime)
        self.member.open("/evidence")
        form = self.member.form("form.upload")
        form.find_element(By.CSS_SELECTOR, "input[type=file]").send_keys(str(pdf))
        self.member.click(form.find_element(By.CSS_SELECTOR, "button"))
        verdict = self.member.text("#answer")
        self._seen(
            "A member checks the file of the minutes on the page of evidence, which answers: "
            f"“{' '.join(verdict.splitlines()[1:2])}”"
        )
        house = state(self.workspace)
        for kind in (Dissent, Opinion, Minutes):
            if not house.standing(kind):
                raise SystemExit(f"the ledger holds no {kind.__name__}")
        found = verify_records(self.workspace)
        if list(faults(house)) or found is None or not found.ok:
            raise SystemExit("the ledger does not verify")
        self._seen("The ledger holds all of it and verifies.")
