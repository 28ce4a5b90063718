"""The product as people and programs use it: the command, the server and the pages, on a fixed day and with fixed keys.

The only internal module that this file names is the one that makes the routes of the server. Everything else is the
console script, addresses, and the script that Streamlit runs (`tests.dashboard.app_at`).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import hashlib
import io
import itertools
import json
import os
import re
import secrets
import sys
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any
from unittest import mock

import time_machine
import typer.main
from pypdf import PdfReader
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.context import ContextProxy

from tests.golden.volatile import DAY

KEY = 32
HOUR = os.environ.get("GOLDEN_HOUR", "09:00")
"""The hour (UTC) at which the day begins; another one, from 09:00 to 21:00, gives the same values, or something
volatile was overlooked. Before 08:00 it is the day before in California, where one of the systems is."""
ROLE_COOKIE = "boussole_local"
PAUSES = frozenset({"p", "div", "section", "li", "tr", "h1", "h2", "h3", "h4", "dt", "dd", "br", "summary", "option"})
PAUSES |= frozenset(
    {"figcaption", "caption", "label", "button", "legend", "header", "footer", "ul", "ol", "table", "text"}
)
UNREAD = frozenset({"style", "script", "template"})


@contextlib.contextmanager
def frozen_day() -> Iterator[None]:
    """The clock starts at a fixed moment, and secrets are fixed: a key never depends on what was drawn before it."""
    count = itertools.count()

    def drawn(n: int | None = None) -> bytes:
        said = b"key" if n == KEY else str(next(count)).encode()
        return hashlib.shake_256(b"golden " + said).digest(n or KEY)

    begins = dt.datetime.fromisoformat(f"{DAY}T{HOUR}:00+00:00")
    with (
        mock.patch.object(secrets, "token_bytes", drawn),
        mock.patch.object(secrets, "token_hex", lambda n=None: drawn(n).hex()),
        mock.patch.object(typer.main, "get_command", functools.cache(typer.main.get_command)),
        mock.patch.object(
            manifest_scanner, "scan_component_manifests", functools.cache(manifest_scanner.scan_component_manifests)
        ),
        time_machine.travel(begins, tick=True),
    ):
        yield


def outcome(*arguments: object) -> tuple[int, str]:
    """Runs the command in this process; returns its exit code and its output, errors last."""
    (script,) = entry_points(group="console_scripts", name="boussole")
    out, err, code, umask = io.StringIO(), io.StringIO(), 0, os.umask(0o022)
    with (
        mock.patch.object(sys, "argv", ["boussole", *map(str, arguments)]),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        try:
            script.load()()
        except SystemExit as ended:
            code = int(ended.code or 0)
        finally:
            os.umask(umask)
    return code, out.getvalue() + err.getvalue()


def run(*arguments: object) -> str:
    """The output of a command that must succeed."""
    code, told = outcome(*arguments)
    if code:
        raise SystemExit(f"boussole {' '.join(map(str, arguments))}: {told}")
    return told


def documents(home: Path, folder: Path) -> dict[str, Any]:
    """Every audit of a workspace as it was sealed, by system and last day: those of its evidence pack."""
    run("--workspace", home, "export", "pack", folder)
    names = {path: path.stem.partition("-")[2] for path in (folder / "audits").glob("*.json")}
    return {names[path]: json.loads(path.read_text(encoding="utf-8")) for path in sorted(names, key=names.__getitem__)}


def app(home: Path) -> tuple[TestClient, list[Any]]:
    """A client of the server without a limit of requests, and the routes of the server."""
    from boussole.dashboard.app.server import routes

    with mock.patch.dict(os.environ, {"BOUSSOLE_ACCESS": json.dumps({"api_per_minute": 100_000})}):
        found = routes(home)
    return TestClient(Starlette(routes=found), follow_redirects=False), found


def html_of(home: Path, page: str, *, role: str, **asked: str) -> list[str]:
    """The HTML of a page for a role, without the menu; a field of Streamlit is its label and its options."""
    from tests.dashboard.app_at import app_at

    with (
        mock.patch.object(ContextProxy, "cookies", {ROLE_COOKIE: role}),
        mock.patch.dict(os.environ, {"BOUSSOLE_HOME": str(home)}),
    ):
        seen = app_at(page, **asked).run()
    if seen.exception:
        raise SystemExit(f"{page} {asked}: {seen.exception[0].message}")
    protos = [element.proto for element in seen.main]
    return [getattr(each, "body", "") or _choices(each) for each in protos]


def _choices(proto: Any) -> str:
    """The label and the options of a field of Streamlit, as they would be in HTML."""
    label, options = getattr(proto, "label", ""), getattr(proto, "options", ())
    return f"<p>{label}: {' | '.join(str(getattr(each, 'content', each)) for each in options)}</p>" if label else ""


class _Reader(HTMLParser):
    """Collects the texts of HTML, and the descriptions of its pictures and fields."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in UNREAD
        self.read.append("\n" if tag in PAUSES else " | " if tag in {"td", "th"} else "")
        found = dict(attrs)
        self.read += [f" [{found[name]}] " for name in ("alt", "aria-label", "placeholder") if found.get(name)]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in UNREAD
        self.read.append("\n" if tag in PAUSES else "")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.read.append(re.sub(r"\s*\n\s*", " ", data))


def text_of(pieces: Iterable[str]) -> list[str]:
    """The lines of text of HTML.

    >>> text_of(["<style>p{}</style><p>A <b>word</b></p><tr><td>1</td><td>2</td></tr><img alt='a bar'>"])
    ['A word', '| 1 | 2', '[a bar]']
    """
    reader = _Reader()
    for piece in pieces:
        reader.feed(f"{piece}<br>")
    lines = "".join(reader.read).split("\n")
    return [line for each in lines if (line := re.sub(r"[ \t]+", " ", each).strip())]


def text_of_pdf(path: Path) -> list[str]:
    """The lines of text of a PDF, page by page."""
    pages = [page.extract_text() for page in PdfReader(path).pages]
    return [line for page in pages for each in page.splitlines() if (line := each.strip())]
