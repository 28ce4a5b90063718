"""Twenty members and eight programs at once, while syncs and audits run; prints JSON.

    python -m benchmarks.members FOLDER [--seconds N]

Members are scripted clients of the dashboard that think four seconds between two pages; programs ask the API once a
second. The peer is an app of one line in the same Streamlit.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean, quantiles
from typing import Any
from urllib.parse import urlencode

import httpx
import yaml

from benchmarks.browser import Browser
from benchmarks.client import Member, NoAnswerError
from benchmarks.process import BOUSSOLE, run
from benchmarks.serving import memory, served
from boussole.audits.workspace import Workspace
from boussole.charter.record_types.incidents import Appeal
from boussole.charter.records import statements

MEMBERS, THINKING, WRITING = 20, 4.0, 0.15
PROGRAMS, PAUSE = 8, 1.0
ASKED = (
    "/api/systems",
    "/api/systems/matchft",
    "/api/systems/matchft/audits",
    "/api/systems/matchft/measures?take=500",
    "/api/verdicts?take=500",
    "/api/charter",
    "/api/audits/3",
    "/api/ledger?take=500",
    "/api/ledger/checkpoint",
    "/api/ledger/3",
    "/api/ledger/3/proof",
    "/api/ledger/outside",
)
HERE = Path(__file__).parent
PAGES: tuple[tuple[str, dict[str, str]], ...] = (
    ("", {}),
    ("", {"lang": "en"}),
    ("article", {"article": "equite"}),
    ("article", {"article": "securite", "lang": "en"}),
    ("system", {"system": "matchft"}),
    ("register", {}),
    ("charter", {}),
    ("law", {}),
    ("data", {}),
    ("committee", {}),
    ("incidents", {"lang": "en"}),
    ("evidence", {}),
    ("glossary", {}),
    ("recommendations", {}),
    ("questions", {"lang": "en"}),
    ("drift", {"system": "matchft"}),
    ("fairness", {"system": "matchft"}),
)


@dataclass
class Told:
    """What all saw: seconds of each page, form and answer of the API, the numbers of what was taken, and errors."""

    seconds: list[float] = field(default_factory=list)
    writing: list[float] = field(default_factory=list)
    asking: list[float] = field(default_factory=list)
    written: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)


def main() -> None:
    """Prepares a workspace, then lets members in."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=300)
    options = parser.parse_args()
    home = _workspace(options.folder)
    with served([BOUSSOLE, "--workspace", home, "dashboard", "--headless"]) as (address, process):
        asyncio.run(_once(address))
        with _syncing(home, options.folder) as syncs, ThreadPoolExecutor() as pool:
            watched = pool.submit(_memory, process.pid, options.seconds)
            looked = pool.submit(_browse, address, options.seconds)
            ours = asyncio.run(_members(address, PAGES, options.seconds))
            browser, sizes = looked.result(), watched.result()
            rounds = syncs()
    app = options.folder / "one_line.py"
    app.write_text("import streamlit as st\n\nst.html('<p>One line.</p>')\n", encoding="utf-8")
    with served([Path(sys.executable).with_name("streamlit"), "run", app, "--server.headless=true"]) as (address, _):
        theirs = asyncio.run(_members(address, (("", {}),), min(30.0, options.seconds)))
    told = {"syncs": rounds, "seconds": options.seconds, "lost": _lost(home, ours.written)}
    print(json.dumps(_summary(ours, theirs, browser, sizes) | told))


def _summary(ours: Told, theirs: Told, browser: list[float], sizes: list[float]) -> dict[str, Any]:
    fifth = max(1, len(sizes) // 5)
    settled = sizes[
        2 * fifth :
    ]  # Streamlit holds sessions that are over for two minutes: until then their number grows
    return {
        "pages": len(ours.seconds),
        "errors": ours.errors[:5],
        "p50": _share(ours.seconds, 50),
        "p95": _share(ours.seconds, 95),
        "written": len(ours.written),
        "writing_p95": _share(ours.writing, 95),
        "asked": len(ours.asking),
        "asking_p50": _share(ours.asking, 50),
        "asking_p95": _share(ours.asking, 95),
        "browser_p50": _share(browser, 50),
        "browser_p95": _share(browser, 95),
        "peer_p95": _share(theirs.seconds, 95),
        "peer_errors": theirs.errors[:5],
        "gigabytes_first": mean(settled[:fifth]),
        "gigabytes_last": mean(settled[-fifth:]),
    }


def _share(seconds: list[float], percent: int) -> float:
    return quantiles(seconds, n=100, method="inclusive")[percent - 1]


def _workspace(folder: Path) -> Path:
    """The demo, with a system beside it whose decisions a sync brings in."""
    home = folder / "members"
    shutil.rmtree(home, ignore_errors=True)
    run(BOUSSOLE, "demo", "--home", home, "--no-open")
    system = yaml.safe_load((HERE / "bench.yaml").read_text(encoding="utf-8"))
    system["sources"] = [{"mlflow": {"experiment": "bench"}}]
    (home / "systems" / "bench.yaml").write_text(yaml.safe_dump(system, allow_unicode=True), encoding="utf-8")
    Workspace(home).system("bench")
    settings = home / "boussole.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8") + "\n[access]\napi_per_minute = 100000\n", encoding="utf-8"
    )
    return home


async def _once(address: str) -> None:
    """Every page once: libraries are loaded and pages drawn."""
    async with Member(address) as member:
        for path, query in PAGES:
            await member.visit(path, **query)


async def _members(address: str, pages: tuple[tuple[str, dict[str, str]], ...], seconds: float) -> Told:
    told, until = Told(), time.monotonic() + seconds
    programs = PROGRAMS if len(pages) > 1 else 0  # the peer has no API
    await asyncio.gather(
        *(_member(address, pages, until, told, number) for number in range(MEMBERS)),
        *(_program(address, until, told, number) for number in range(programs)),
    )
    return told


async def _program(address: str, until: float, told: Told, number: int) -> None:
    """A program that asks the API; it keeps nothing of what was answered, so that every answer is made."""
    chance = random.Random(1000 + number)  # noqa: S311 (no secret)
    async with httpx.AsyncClient(base_url=address, timeout=60) as client:
        while time.monotonic() < until:
            await asyncio.sleep(chance.uniform(0.5, 1.5) * PAUSE)
            path, begun = chance.choice(ASKED), time.monotonic()
            try:
                answer = await client.get(path)
            except httpx.HTTPError as error:
                told.errors.append(f"{path}: {error!r}")
                continue
            told.asking.append(time.monotonic() - begun)
            if answer.status_code != httpx.codes.OK:
                told.errors.append(f"{path}: {answer.status_code}")


async def _member(
    address: str, pages: tuple[tuple[str, dict[str, str]], ...], until: float, told: Told, number: int
) -> None:
    chance = random.Random(number)  # noqa: S311 (no secret)
    await asyncio.sleep(chance.uniform(0, THINKING))
    async with Member(address) as member:
        while time.monotonic() < until:
            path, query = chance.choice(pages)
            try:
                if len(pages) > 1 and chance.random() < WRITING:
                    await _write(member, told, chance)
                else:
                    told.seconds.append(await member.visit(path, **query))
            except (NoAnswerError, OSError, TimeoutError) as error:
                told.errors.append(f"/{path}: {error!r}")
            await asyncio.sleep(chance.uniform(0.5, 1.5) * THINKING)


async def _write(member: Member, told: Told, chance: random.Random) -> None:
    """An appeal is entered, sometimes by a double click."""
    number = f"r_{chance.getrandbits(32):08x}"
    fields = {
        "number": number,
        "system": "matchft",
        "asks": "contest",
        "ground": "result",
        "decided_on": "2026-09-01",
        "received_on": "2026-09-20",
        "text": "Une nouvelle décision est demandée. " * chance.randint(1, 40),
    }
    sent = [member.send("/incidents/appeal", fields) for _ in range(chance.choice((1, 1, 1, 2)))]
    told.writing += await asyncio.gather(*sent)
    told.written.add(number)


def _lost(home: Path, written: set[str]) -> int:
    """How many of what was taken are not in the records exactly once."""
    held = Counter(each.statement.number for each in statements(Workspace(home)) if isinstance(each.statement, Appeal))
    return sum(held[number] != 1 for number in written)


def _browse(address: str, seconds: float) -> list[float]:
    """One member with a real browser."""
    until, took = time.monotonic() + seconds, []
    with Browser() as browser:
        browser.visit(address)
        for number in range(10_000):
            if time.monotonic() > until:
                break
            path, query = PAGES[number % len(PAGES)]
            took.append(browser.follow(f"/{path}?" + urlencode(query) if query else f"/{path}"))
            time.sleep(THINKING)
    return took


def _memory(pid: int, seconds: float) -> list[float]:
    """The gigabytes of the server, every two seconds."""
    until, sizes = time.monotonic() + seconds, []
    while time.monotonic() < until:
        sizes.append(memory(pid))
        time.sleep(2)
    return sizes


@contextmanager
def _syncing(home: Path, folder: Path) -> Iterator[Any]:
    """Decisions are logged and synced, over and over, at low priority; called, it tells how many syncs ended well."""
    command = [sys.executable, "-m", "benchmarks.feeding", str(home), str(folder / "feeding")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    counted: list[int] = []

    def syncs() -> int:
        if not counted:
            process.terminate()
            counted.append(len((process.communicate(timeout=60)[0] or "").splitlines()))
        return counted[0]

    try:
        yield syncs
    finally:
        syncs()


if __name__ == "__main__":
    main()
