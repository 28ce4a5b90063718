"""Words, clicks and seconds of every page in a real browser, and a session held in four at once.

    python -m benchmarks.walked WORKSPACE

The workspace, one of `boussole demo`, is copied. Writes reports/walked.md.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from selenium.webdriver.common.by import By

from benchmarks.browser import Browser
from benchmarks.four import PEOPLE, Held, Person, hold, prepare
from benchmarks.process import BOUSSOLE
from benchmarks.reports import write_report
from benchmarks.serving import served
from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.markup.words.addresses import pages
from boussole.dashboard.views.answers.short import words_in

TIMES, SCREEN = 3, 900
ASKED = {
    "article": "?article=equite",
    "system": "?system=matchft",
    "fairness": "?system=matchft",
    "drift": "?system=matchft",
    "search": "?q=seniors",
}
"""What the pages that are about something are asked for."""
LEFT = ("answer", "session", "draft", "ask")
"""Pages under others: the answer is reached by a click, the session is held; a draft and a question are forms."""
WOMEN, OVER_TIME = "emmes de 50 ans et plus", "Au fil du temps"
WORDS = """
const main = document.querySelector(".stMain"), walker = document.createTreeWalker(main, NodeFilter.SHOW_TEXT);
const said = [];
while (walker.nextNode()) {
  const at = walker.currentNode.parentElement;
  if (at.closest(".foot, .unseen, script, style") || !at.checkVisibility({visibilityProperty: true})) continue;
  said.push(walker.currentNode.data);
}
return [said.join(" "), main.scrollHeight];
"""
"""What of a page is in sight before anything is opened, without its foot, and how high it is."""


@dataclass(frozen=True, kw_only=True)
class Looked:
    """One page: its name, words in sight, screens of 900 pixels, and the seconds of its median visit."""

    name: str
    title: str
    words: int
    screens: float
    seconds: float


def main() -> None:
    """Walks through a copy of the workspace and writes what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workspace", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(shutil.copytree(options.workspace, Path(folder) / "demo")))
        prepare(workspace)
        with served([BOUSSOLE, "--workspace", workspace.home, "dashboard", "--headless"]) as (address, _):
            with Browser() as browser:
                chair = Person(browser.driver, address)
                chair.be("chair", PEOPLE["chair"](workspace))
                looked = [looked_at(browser, chair, name, title) for name, title in _named()]
                found, said = women_over_50(chair)
            session = hold(workspace, address)
    write_report("walked.md", f"# Words, clicks and seconds\n\n{told(looked, found, said, session)}\n")


def _named() -> list[tuple[str, str]]:
    return [(page.name, page.title) for page in pages(speaker("en")) if page.name not in LEFT]


def looked_at(browser: Browser, chair: Person, name: str, title: str) -> Looked:
    """Opens a page from the first one, several times."""
    path = ("/" if name == "compass" else f"/{name}") + ASKED.get(name, "")
    seconds = []
    for _ in range(TIMES):
        chair.open("/glossary" if name != "glossary" else "/")
        seconds.append(browser.follow(path))
    text, high = browser.driver.execute_script(WORDS)
    return Looked(name=name, title=title, words=words_in(text), screens=high / SCREEN, seconds=median(seconds))


def women_over_50(person: Person) -> tuple[int, list[str]]:
    """Count the clicks from the first page to what is known of women over 50. Returns them and what stands there.

    Raises SystemExit where the first page leads to no answer about them, or the answer shows no time.
    """
    person.open("/")
    before = person.clicks
    about = "./ancestor::*[self::p or self::li][1]"
    links = [e for e in person.links("/answer?") if WOMEN in e.find_element(By.XPATH, about).text]
    if not links:
        raise SystemExit("the first page leads to no answer about women of 50 and over")
    person.click(links[0])
    lines = person.text(".stMain").splitlines()
    known = next((line for line in lines if WOMEN in line), "")
    at = next((at for at, line in enumerate(lines) if line == OVER_TIME), None)
    if not known or at is None:
        raise SystemExit(f"{person.driver.current_url} says nothing of women of 50 and over, or nothing over time")
    return person.clicks - before, [known, " ".join(lines[at : at + 4])]


def told(looked: Sequence[Looked], found: int, said: Sequence[str], session: Held) -> str:
    """The body of the report."""
    day, load = f"{dt.date.today():%-d %B %Y}", os.getloadavg()[0]  # noqa: DTZ011 (the day of this machine)
    busy = f", load {load:.1f}" if load > (os.cpu_count() or 1) else ""
    lines = [
        f"Run of {day}, {os.cpu_count()} cores{busy}; Chromium, 1,280 × 900 pixels, the demo as its chair sees it.",
        "",
        "| page | words | screens | seconds |",
        "|---|---|---|---|",
        *[f"| {each.title} | {each.words} | {each.screens:.1f} | {each.seconds:.2f} |" for each in looked],
        "",
        "| what somebody comes for | aim | clicks |",
        "|---|---|---|",
        f"| Women over 50, and since when, from the first page | 1 | {found} |",
        f"| To have one’s dissent noted, from the page of the session | 2 | {session.dissent} |",
        f"| A whole session, by the secretary | 15 | {session.clicks['secretary']} |",
        "",
        f"What stands there of women over 50: {' '.join(f'“{each}”' for each in said)}",
        "",
        _session(session),
    ]
    return "\n".join(lines)


def _session(session: Held) -> str:
    clicks = ", ".join(f"{who} {n}" for who, n in session.clicks.items())
    steps = "\n".join(f"{at}. {step}" for at, step in enumerate(session.steps, start=1))
    return f"A session in four browsers at once, {session.seconds:.0f} seconds; clicks: {clicks}.\n\n{steps}"


if __name__ == "__main__":
    main()
