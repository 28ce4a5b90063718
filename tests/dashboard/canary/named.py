"""Workspaces in which a person's name stands in the column of a group, and how it is looked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pypdf
import pytest

from boussole.audits.decisions import ingest
from boussole.audits.workspace import Workspace
from boussole.charter.auditing.audit import run_audit
from tests.attacks import Tries
from tests.faults.calls import calls
from tests.faults.harness import SYSTEM

NAME = "Dupont-Canari"
SURFACES = "a person's name in the column of a group, looked for"
COLUMN = "sex: {column: sex, reference: M}"
KINDS = {
    "pool": "sex: {column: sex, reference: M, values: {F: {fr: femmes, en: women}, M: {fr: hommes, en: men}}}",
    "set_aside": "sex: {column: sex, reference: M, values: [F, M], undeclared: set_aside}",
    "free": COLUMN,
}
"""How the system file speaks of the column: its values are declared, or they are not."""
CHANNELS = "".join(
    f'\n[alerts.channels.{name}]\nurl = "{url}"\nlanguages = ["fr", "en"]\n'
    for name, url in (
        ("post", "mailto://127.0.0.1:9/?from=a@example.org&to=b@example.org"),
        ("hook", "json://127.0.0.1:9/"),
    )
)
CASES = [
    pytest.param(kind, strays, marks=() if (kind, strays) == ("free", 3) else pytest.mark.slow)
    for kind in KINDS
    for strays in (1, 3, 10)
    if (kind, strays) != ("free", 10)
]
"""So many in each of three months. Where no values are declared, thirty people of a log are a group with its own name.
"""


def frame(strays: int, *, first: int = 0, n: int = 360, months: int = 3) -> pd.DataFrame:
    """Decisions of some months; in each some rows have a name where a sex belongs. One row breaks its contract."""
    numbers = range(first, first + n)
    month = [i % months + 1 for i in range(n)]
    sex = [NAME if i // months < strays else "FM"[i // months % 2] for i in range(n)]
    chosen = [(i * 7) % 5 < (1 if sex[i - first] == "F" else 3) for i in numbers]
    return pd.DataFrame(
        {
            "decision_id": [f"d{i:06d}" for i in numbers],
            "ts": [f"2025-{month[i]:02d}-{i // months % 27 + 1:02d} 10:00" for i in range(n)],
            "chosen": ["?" if i == first else str(int(chosen[i - first])) for i in numbers],
            "score": [(i * 13) % 100 / 100 for i in numbers],
            "sex": sex,
            "age": [20 + i % 40 for i in numbers],
            "distance": [float(i % 17) + 4 * (month[i - first] == 3) for i in numbers],
        }
    )


@dataclass
class Place:
    """A workspace with audits, and files to bring in."""

    kind: str
    strays: int
    folder: Path
    home: Path
    out: Path = field(init=False)

    def __post_init__(self) -> None:
        self.out = self.home.parent / "out"

    @property
    def workspace(self) -> Workspace:
        return Workspace(self.home)

    def calls(self) -> dict[str, list[str]]:
        return calls(
            out=self.out,
            more=self.folder / "more.csv",
            system=self.folder / "system.yaml",
            document=self.folder / "act.pdf",
        )


def fill(folder: Path, group: str, strays: int) -> None:
    """Makes the workspace and its files, and audits it."""
    text = SYSTEM.replace(COLUMN, group).replace(
        "features: [distance]", "features: [distance]\nwindows: {audit: month, reference: 2025-01-01/2025-01-31}"
    )
    workspace = Workspace.create(folder / "workspace")
    for path in (workspace.home / "systems" / "trial.yaml", folder / "system.yaml"):
        path.write_text(text, encoding="utf-8")
    settings = workspace.home / "boussole.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + "\n[alerts]\n" + CHANNELS, encoding="utf-8")
    (folder / "act.pdf").write_bytes(b"%PDF-1.4 an act")
    frame(strays).to_csv(folder / "first.csv", index=False)
    frame(strays, first=1000, n=60, months=1).to_csv(folder / "more.csv", index=False)
    workspace = Workspace(workspace.home)
    system = workspace.system("trial")
    ingest(workspace, system, folder / "first.csv")
    for month in (1, 2, 3):
        ends = pd.Period(f"2025-{month:02d}", "M")
        run_audit(workspace, system, start=ends.start_time.date(), end=ends.end_time.date())
    run_audit(workspace, system)


def texts_of(pdf: Path) -> Iterator[tuple[str, str]]:
    """What a PDF says: its pages, its files, what it says of itself."""
    reader = pypdf.PdfReader(pdf)
    yield "pages", "".join(page.extract_text() for page in reader.pages).replace("\n", "")
    yield "about", repr(reader.metadata)
    for name, contents in reader.attachments.items():
        yield name, "".join(each.decode("utf-8", "replace") for each in contents)


def look(found: dict[str, str], tries: Tries) -> None:
    """The name stands in none of some texts; these are texts."""
    assert all(found.values())
    tries.add(len(found))
    assert [where for where, text in found.items() if NAME in text or "Dupont" in text] == []
