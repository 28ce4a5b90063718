"""A workspace with something of every log, and the ways in which a part of it cannot be read."""

from __future__ import annotations

import html
import re
import sqlite3
from collections.abc import Callable

from boussole.audits.decisions import ingest
from boussole.audits.workspace import Workspace
from tests.dashboard.app_at import bodies
from tests.written import system_text

CONTACTS = "contacts: {person: who, at: at, kind: kind}\n"
WRITER = """
generations: {id: id, at: at, input: null, output: null}
sources:
  - mlflow: {experiment: writer}
    every: week
"""
ROWS = {
    ("offers", "contacts"): "who,at,kind\np1,2026-03-01T10:00:00,contact\np2,2026-03-09T10:00:00,contact\n",
    ("writer", "generations"): "id,at\ng1,2026-03-03T08:00:00\ng2,2026-03-04T09:30:00\ng3,2026-03-05T08:00:00\n",
}
GARBAGE = b"this is no file that anybody could read" * 40


def every_log(workspace: Workspace) -> Workspace:
    """The audited offers of tests/offers.py, with messages to people and a system that writes texts."""
    folder = workspace.home / "systems"
    with (folder / "offers.yaml").open("a", encoding="utf-8") as file:
        file.write(CONTACTS)
    (folder / "writer.yaml").write_text(system_text("writer", WRITER, kind="generation"), encoding="utf-8")
    workspace = Workspace(workspace.home)
    for (system, log), text in ROWS.items():
        path = workspace.home / f"{log}.csv"
        path.write_text(text, encoding="utf-8")
        ingest(workspace, workspace.system(system), path, log=log)  # type: ignore[arg-type]
        path.unlink()
    return workspace


ADDRESSES: dict[str, tuple[dict[str, str], ...]] = {
    "article": ({}, {"article": "equite"}, {"article": "transparence"}),
    "system": ({}, {"system": "offers"}, {"system": "writer"}),
    "drift": ({}, {"system": "offers"}, {"system": "writer"}),
    "fairness": ({}, {"system": "offers"}),
    "evidence": ({}, {"entry": "0"}),
}
"""What pages are asked for, besides their bare address."""


def seen(page: str, asked: dict[str, str], *, lang: str = "en") -> str:
    """The HTML of the main part of a page, as the app makes it."""
    parts = bodies(page, lang=lang, **asked)
    return "\n".join(part for part in parts if not part.startswith("<script") and 'class="foot"' not in part)


def sentences(markup: str) -> set[str]:
    """The texts that stand between two tags of the flow."""
    inline = re.sub(r"</?(?:a|b|code|em|q|span|strong|abbr|time|dfn)\b[^>]*>", "", markup)
    return {html.unescape(text).strip() for text in re.split(r"<[^>]+>", inline) if text.strip()}


EMPTINESS = re.compile(
    r"\b(no|none|nothing|nobody|never|yet|empty|without|0)\b|\b(aucune?s?|rien|personne|jamais|encore|vide|sans)\b",
    re.IGNORECASE,
)


def _no_data(workspace: Workspace) -> None:
    for path in workspace.lake.glob("data*/**/*.parquet"):
        path.unlink()


def _lost(workspace: Workspace) -> None:
    """The records are gone, and all that they knew is there."""
    for path in workspace.home.glob("governance.sqlite*"):
        path.unlink()


def _documents(workspace: Workspace) -> None:
    """Every stored audit is there, and none of them is JSON."""
    with sqlite3.connect(workspace.governance) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f'DROP TRIGGER "{name}"')
        connection.execute("UPDATE audits SET document = 'no JSON'")
    connection.close()


def _evidence(workspace: Workspace) -> None:
    for path in workspace.evidence.iterdir():
        path.unlink()


FAULTS: dict[str, Callable[[Workspace], object]] = {
    "catalogue": lambda workspace: workspace.catalogue.write_bytes(GARBAGE),
    "no data": _no_data,
    "records": lambda workspace: workspace.governance.write_bytes(GARBAGE),
    "lost records": _lost,
    "documents": _documents,
    "evidence": _evidence,
    "marks": lambda workspace: (workspace.lake / "sync.json").write_bytes(GARBAGE),
    "store": lambda workspace: (workspace.home / "mlflow.db").write_bytes(GARBAGE),
    "system": lambda workspace: (workspace.home / "systems" / "offers.yaml").write_bytes(b"id: [offers\n"),
    "settings": lambda workspace: (workspace.home / "boussole.toml").write_bytes(b"organisation = [\n"),
}
