"""Pictures of every page, to look at: `python -m tests.screens FOLDER [--workspace HOME]`, or `make screens`.

Each page in both languages, wide and narrow, light and dark. Without a workspace, the demo's is made anew.
`python -m tests.screens docs/images --docs` takes those that the documentation shows: the compass, and the answers
of the reading guide.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from urllib.parse import urlencode

from PIL import Image

from benchmarks.browser import Browser
from benchmarks.process import BOUSSOLE, run
from benchmarks.serving import served
from boussole.audits.languages import LANGUAGES
from boussole.audits.workspace import Workspace
from boussole.charter.committee.acting import committee_state
from boussole.charter.committee.papers.drafts import drafts
from boussole.charter.record_types.acts import Convocation, Office
from boussole.charter.records.in_force import in_force
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.markup.words.addresses import pages
from boussole.dashboard.server.access.permissions import COOKIE
from boussole.dashboard.views.scene import load

WIDE, NARROW, HIGHEST = 1280, 360, 8000
COMPASS = "compass"
ANSWERS = {
    "answer-2-2": "time_to_read",
    "answer-2-3": "corrections_help",
    "answer-3-1": "selection_rate_ratio_age",
    "answer-3-3": "where_the_gap_opens_age",
    "answer-3-4": "never_shortlisted_age",
    "answer-4-1": "stop_is_respected",
    "answer-4-6": "time_to_answer_age",
    "answer-6-6": "examined_version",
}
"""The answers of MatchFT that its reading guide shows, by the names of their pictures: each has a planted effect."""
OF_ANSWERS, OF_COMPASS = ".one-answer, .pictures", "body, .stMainBlockContainer"
"""What of a page a picture of the documentation shows."""
COLOURS, FOOT = 128, 1500
"""Of such a picture: colours, and pixels of its height at most."""
APART = 12
"""Steps of red, green and blue together, by which two of these colours differ at least."""


def main() -> None:
    """Makes the pictures and names each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--docs", action="store_true", help="Those that the documentation shows.")
    parser.add_argument("--only", default="", help="Only pages whose name holds this.")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        home = options.workspace or _demo(Path(made))
        if options.docs:
            _for_docs(home, [each for each in (COMPASS, *ANSWERS) if options.only in each], options.folder)
            return
        with _seen(home) as (browser, address):
            for (name, path), lang in product(_addresses(Workspace(home)), LANGUAGES):
                if options.only not in name:
                    continue
                for width, theme in ((WIDE, "light"), (NARROW, "light"), (WIDE, "dark")):
                    picture = options.folder / f"{name}-{lang}-{width}-{theme}.png"
                    joint = "&" if "?" in path else "?"
                    _take(browser, f"{address}{path}{joint}lang={lang}", picture, width=width, theme=theme)
                    print(picture, flush=True)


@contextmanager
def _seen(home: Path) -> Iterator[tuple[Browser, str]]:
    """A workspace's dashboard in a browser, as its chair sees it."""
    with served([BOUSSOLE, "--workspace", home, "dashboard", "--headless"]) as (address, _), Browser() as browser:
        browser.visit(address)
        browser.driver.add_cookie({"name": COOKIE, "value": f"chair.{_chair(Workspace(home))}"})
        _leave_the_tour(browser, address)
        yield browser, address


def _leave_the_tour(browser: Browser, address: str) -> None:
    """So that the first page is seen as on every visit but the first."""
    browser.visit(address)
    browser.driver.execute_script(
        "localStorage.setItem(`boussole-tour/${document.querySelector('.pages')?.dataset.whose || ''}`, 'done')"
    )


def _demo(folder: Path) -> Path:
    run(BOUSSOLE, "demo", "--home", folder / "demo", "--no-open")
    return folder / "demo"


def _chair(workspace: Workspace) -> str:
    """Who sees most: nobody by number where nobody sits."""
    return next((act.member for _, act in committee_state(workspace, "external").standing(Office)), "")


def _addresses(workspace: Workspace) -> list[tuple[str, str]]:
    """Every page, and where one shows one thing, that too."""
    found = [(page.name, page.path) for page in pages(speaker("en"))]
    systems = sorted(workspace.systems)
    articles = [article.id for article in in_force(workspace).charter.articles]
    sessions = [entry for entry, _ in committee_state(workspace, "external").standing(Convocation)]
    written = [each.id for each in drafts(workspace, "external")]
    one = [("system", "system", systems), ("article", "article", articles), ("session", "session", sessions)]
    one.append(("draft", "number", written))
    for page, asked, names in one:
        found += [(f"{page}-{name}", f"/{page}?{urlencode({asked: name})}") for name in names]
    return found + _answers(workspace)


def _answers(workspace: Workspace) -> list[tuple[str, str]]:
    """One answer for each verdict that a system has on a question."""
    scene, found = load(workspace), {}
    for system, document in scene.standing.items():
        for each in document.verdicts:
            asked = urlencode({"system": system, "question": each.indicator})
            found[f"answer-{system}-{each.verdict}"] = f"/answer?{asked}"
    return list(found.items())


def _for_docs(home: Path, names: Sequence[str], folder: Path) -> None:
    """The compass and some answers in both languages, each cut to what it says."""
    with _seen(home) as (browser, address):
        for name, lang in product(names, LANGUAGES):
            asked = {"system": "matchft", "question": ANSWERS[name]} if name in ANSWERS else {}
            path = f"{address}/{'answer' if asked else ''}?{urlencode({**asked, 'lang': lang})}"
            picture = folder / f"{name}-{lang}.png"
            _take(browser, path, picture, width=WIDE, theme="light")
            _cut(browser, picture, OF_ANSWERS if asked else OF_COMPASS)
            print(picture, flush=True)


def _cut(browser: Browser, picture: Path, selector: str) -> None:
    """A picture cut to what a selector finds on its page, in few colours: of figures, those that have room whole."""
    script = """
        const places = selector => [...document.querySelectorAll(selector)].map(each => each.getBoundingClientRect());
        const found = places(arguments[0]);
        return [Math.min(...found.map(each => each.left)), Math.min(...found.map(each => each.top)),
                Math.max(...found.map(each => each.right)), Math.max(...found.map(each => each.bottom)),
                places('.pictures > *').map(each => each.bottom)]"""
    *corners, figures = browser.driver.execute_script(script, selector)
    left, top, right, bottom = map(round, corners)
    whole = [round(each) for each in figures if each <= top + FOOT]
    if bottom > top + FOOT and whole:
        bottom = max(whole)
    edge, least = 16, 2
    with Image.open(picture) as taken:
        wide, high = taken.size
        box = (max(left - edge, 0), max(top - least, 0), min(right + edge, wide), min(bottom + edge, top + FOOT, high))
        cut = taken.convert("RGB").crop(box)
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in _colours(cut) for part in colour])
    cut.quantize(palette=palette, dither=Image.Dither.NONE).save(picture, optimize=True)


def _colours(picture: Image.Image) -> list[tuple[int, int, int]]:
    """The colours that a picture has most of, exactly, each apart from those before it: paper and marks stay true."""
    counted = picture.getcolors(picture.width * picture.height) or []
    found: list[tuple[int, int, int]] = []
    for _, colour in sorted(counted, reverse=True):
        assert isinstance(colour, tuple)
        red, green, blue = colour
        if all(abs(red - r) + abs(green - g) + abs(blue - b) >= APART for r, g, b in found):
            found.append((red, green, blue))
        if len(found) == COLOURS:
            break
    return found


def _take(browser: Browser, address: str, picture: Path, *, width: int, theme: str) -> None:
    """The whole page, however long."""
    driver = browser.driver

    def size(height: int) -> None:
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    media = {"features": [{"name": "prefers-color-scheme", "value": theme}]}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    size(900)
    browser.visit(address)
    high = driver.execute_script("return document.querySelector('.stMain').scrollHeight")
    size(min(int(high) + 20, HIGHEST))
    time.sleep(0.6)  # the foot of a page waits a little
    driver.save_screenshot(str(picture))


if __name__ == "__main__":
    main()
