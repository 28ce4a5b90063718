"""Pictures of every page, to look at: `python -m tests.screens FOLDER [--workspace HOME]`, or `make screens`.

Each page in both languages, wide and narrow, light and dark. Without a workspace, the demo's is made anew.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from itertools import product
from pathlib import Path
from urllib.parse import urlencode

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


def main() -> None:
    """Makes the pictures and names each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--only", default="", help="Only pages whose name holds this.")
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        home = options.workspace or _demo(Path(made))
        with served([BOUSSOLE, "--workspace", home, "dashboard", "--headless"]) as (address, _), Browser() as browser:
            browser.visit(address)
            browser.driver.add_cookie({"name": COOKIE, "value": f"chair.{_chair(Workspace(home))}"})
            _leave_the_tour(browser, address)
            for (name, path), lang in product(_addresses(Workspace(home)), LANGUAGES):
                if options.only not in name:
                    continue
                for width, theme in ((WIDE, "light"), (NARROW, "light"), (WIDE, "dark")):
                    picture = options.folder / f"{name}-{lang}-{width}-{theme}.png"
                    joint = "&" if "?" in path else "?"
                    _take(browser, f"{address}{path}{joint}lang={lang}", picture, width=width, theme=theme)
                    print(picture, flush=True)


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
