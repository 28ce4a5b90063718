"""A person's name typed into the column of a group, looked for on every surface that somebody reads.

Files of the lake and what goes in are left out: `quarantine export` alone gives rows back, to who may mend them.
"""

from __future__ import annotations

import csv
import io
import json
import logging
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pypdf
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

import audits
from audits.decisions import ingest
from audits.decisions.ingest import validate
from audits.errors import BoussoleError
from audits.languages import LANGUAGES
from audits.workspace import Workspace
from charter.audit import run_audit
from charter.oscal.exporting import oscal_files
from charter.records.audits import latest_audits, stored_audits
from dashboard.access import log as access_log
from dashboard.access.permissions import Role
from dashboard.access.person import COOKIE
from dashboard.alerts.channels import channels
from dashboard.alerts.detect import check
from dashboard.alerts.outbox import messages
from dashboard.alerts.sending import composed
from dashboard.api.endpoints import ENDPOINTS
from dashboard.pages import pages
from dashboard.report.writing import write_report
from dashboard.server import routes
from dashboard.words import speaker
from tests.attacks import Tries
from tests.audits.privacy.helpers import files_of
from tests.conftest import Run
from tests.dashboard.unread import seen
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
    pytest.param(kind, strays, marks=() if (kind, strays) in (("free", 3), ("pool", 10)) else pytest.mark.slow)
    for kind in KINDS
    for strays in (1, 3, 10)
]


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


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, int], Path]:
    """Makes the workspace of each case once."""
    made: dict[tuple[str, int], Path] = {}

    def model(kind: str, strays: int) -> Path:
        if (kind, strays) not in made:
            folder = made[kind, strays] = tmp_path_factory.mktemp(f"{kind}{strays}")
            _fill(folder, KINDS[kind], strays)
        return made[kind, strays]

    return model


def _fill(folder: Path, group: str, strays: int) -> None:
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


@pytest.fixture
def place(
    models: Callable[[str, int], Path], kind: str, strays: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Place:
    """A copy of it, which the pages show."""
    model = models(kind, strays)
    shutil.copytree(model / "workspace", tmp_path / "workspace")
    monkeypatch.setenv("BOUSSOLE_HOME", str(tmp_path / "workspace"))
    access_log._lately.clear()
    return Place(kind, model, tmp_path / "workspace")


@pytest.fixture
def noted() -> Iterator[io.StringIO]:
    """All that libraries note, down to what only a developer wants to see."""
    found, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(found), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield found
    root.removeHandler(handler)
    root.setLevel(level)


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


@pytest.mark.parametrize(("kind", "strays"), CASES)
@pytest.mark.attack("small groups", f"{SURFACES} in reports, packs, exports, the API, messages and notebooks")
def test_what_leaves_the_workspace_names_nobody(place: Place, tries: Tries, noted: io.StringIO) -> None:
    workspace = place.workspace
    found: dict[str, str] = {}
    for lang in LANGUAGES:
        pdf = write_report(workspace, period=None, lang=lang, out=None)
        found |= {f"report {lang} {name}": text for name, text in texts_of(pdf)}
        found[f"oscal {lang}"] = json.dumps(oscal_files(workspace, stored_audits(workspace), lang=lang))
    found |= api_answers(workspace)
    found |= told(workspace)
    found |= notebook(place)
    look(found, tries)
    assert NAME not in noted.getvalue()


def api_answers(workspace: Workspace) -> dict[str, str]:
    """Every address that is read, by the roles that see most."""
    found = {}
    entries = [audit.entry for audit in stored_audits(workspace)]
    for role in (Role.CHAIR, Role.STEWARD, Role.AUDITOR):
        client = TestClient(Starlette(routes=routes(workspace.home)))  # so many may be asked in a minute
        client.cookies.set(COOKIE, role)
        for endpoint in (each for each in ENDPOINTS if each.method == "get"):
            for entry in entries if "{entry}" in endpoint.path else entries[:1]:
                answer = client.get(endpoint.path.format(system="trial", entry=entry))
                assert answer.status_code in (200, 403), endpoint.path
                found[f"{role} {endpoint.path} {entry}"] = answer.text
    assert any("selection_rate" in text for text in found.values())
    return found


def told(workspace: Workspace) -> dict[str, str]:
    """All messages of an outbox, on every channel."""
    assert check(workspace).changes
    ways = channels(workspace)
    found = {}
    for message in messages(workspace):
        letter = composed(workspace, ways[message.channel], message)
        found[f"message {message.id}"] = letter.subject + letter.text + letter.html
        found[f"document {message.id}"] = json.dumps(letter.document, ensure_ascii=False)
    assert {message.channel for message in messages(workspace)} == {"post", "hook"}
    return found


def notebook(place: Place) -> dict[str, str]:
    """Whatever a notebook prints, of the workspace, the file and the frame."""
    rows = pd.read_csv(place.folder / "first.csv", dtype={"chosen": str})
    rows = rows[rows["chosen"] != "?"].astype({"chosen": int})
    found = {}
    for name, data in (("workspace", place.workspace), ("file", place.folder / "first.csv"), ("frame", rows)):
        system = "trial" if name == "workspace" else place.folder / "system.yaml"
        made = audits.audit(system, data)
        found |= {f"{name} {part}": text for part, text in shown(made).items()}
        found[f"{name} sweep"] = audits.sweep(system, data, thresholds=[0.5]).to_csv()
    few = rows[rows["ts"].str.startswith("2025-01")]  # more would be a group of enough people
    found |= {f"compare {part}": text for part, text in shown(compared(few)).items()}
    return found


def compared(rows: pd.DataFrame) -> Any:
    return audits.compare(
        rows, decision="chosen", by=["sex", ["sex", "age"]], bands={"age": [40]}, reference={"sex": "M"}
    )


def shown(made: Any) -> dict[str, str]:
    return {
        "frame": made.frame().to_csv(),
        "text": repr(made),
        "page": made._repr_html_(),
        "picture": made.plot("selection_rate").to_json(),
        "measures": repr(made.measures) + repr(getattr(made, "apart", "")) + repr(getattr(made, "reports", "")),
    }


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "strays"), CASES)
@pytest.mark.attack("small groups", f"{SURFACES} on every page, by the widest roles, in both languages")
def test_no_page_names_anybody(
    place: Place, tries: Tries, be: Callable[..., None], noted: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    asked = {"system": "trial", "q": NAME, "article": "equite", "entry": "3", "by": "day"}
    found: dict[str, str] = {}
    for role in (Role.STEWARD, Role.CHAIR):
        be(role)
        for lang in LANGUAGES:
            for page in pages(speaker(lang)):
                given = {} if page.name in ("session", "draft", "ask") else dict(asked)
                if page.name == "search":
                    given = {"q": "trial"}  # what somebody types is shown to them
                found[f"{role} {lang} {page.name}"] = seen(page.name, given, lang=lang)
    look({where: text for where, text in found.items() if text}, tries)
    told = noted.getvalue() + "".join(capfd.readouterr())
    assert NAME not in told


GIVES_ROWS_BACK = "quarantine export"
IN_MLFLOW = "log"
"""Puts a file, as it is, into the team's own tracking store."""


@pytest.mark.parametrize(("kind", "strays"), CASES)
@pytest.mark.attack("small groups", f"{SURFACES} in what every command prints and writes")
def test_no_command_names_anybody(place: Place, tries: Tries, command: Run, noted: io.StringIO) -> None:
    wrong = []
    for words, given in place.calls().items():
        if words == "demo":  # it makes a workspace of its own
            continue
        for folder in (place.home, place.out):
            shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(place.folder / "workspace", place.home)
        place.out.mkdir(mode=0o700)
        shutil.copy(place.folder / "more.csv", place.out / "given.csv")
        done = command("--workspace", place.home, *given)
        assert "Traceback" not in done.stderr
        tries.add()
        wrong += [f"{words}: printed"] if NAME in done.stdout + done.stderr else []
        wrong += [f"{words}: {path.relative_to(place.home.parent)}" for path in written(place, words)]
        if words == GIVES_ROWS_BACK:
            assert NAME in (place.out / "bad.csv").read_text(encoding="utf-8")
            assert "as they came: with personal data in clear" in done.stderr
    assert wrong == []
    assert NAME not in noted.getvalue()


def written(place: Place, words: str) -> Iterator[Path]:
    """The files beside the lake that hold the name, but for what a command gives back on purpose."""
    lake, keys, given = place.workspace.lake, place.workspace.keys, (place.folder / "more.csv").read_bytes()
    for path in [*files_of(place.workspace), *place.out.rglob("*")]:
        inside = path.is_relative_to(lake) or path.is_relative_to(keys)
        on_purpose = (words == GIVES_ROWS_BACK and path.name == "bad.csv") or (
            words == IN_MLFLOW and "mlartifacts" in path.parts
        )
        if (
            path.is_file() and not (inside or on_purpose) and path.read_bytes() != given
        ):  # a document that somebody named
            texts = texts_of(path) if path.suffix == ".pdf" else [("", path.read_bytes().decode("latin-1"))]
            if any(NAME in text for _, text in texts):
                yield path


BROKEN: dict[str, Callable[[str], str]] = {
    "a column too many": lambda text: text.replace("\n", ",\n", 3),
    "a column that is not there": lambda text: text.replace("score", "scores", 1),
    "no column of groups": lambda text: text.replace("sex", "sexe", 1),
    "twice the same id": lambda text: text.replace("d000002", "d000001"),
    "an open quote": lambda text: text.replace(NAME, f'"{NAME}', 1),
    "another date": lambda text: text.replace("2025-01", f"{NAME} 2025"),
    "a name for a number": lambda text: text.replace(",0.", f",{NAME}0."),
    "a name for an age": lambda text: text.replace(f",{NAME},2", f",{NAME},{NAME}2"),
    "a name for a decision": lambda text: text.replace(" 10:00,", f" 10:00,{NAME}"),
    "too many values": lambda text: "\n".join(
        line.replace(",F,", f",{NAME}{i},").replace(",M,", f",{NAME}-{i},") for i, line in enumerate(text.split("\n"))
    ),
    "half a row": lambda text: text[: text.rindex(NAME) + len(NAME)],
    "nothing but names": lambda text: text.replace(",F,", f",{NAME},").replace(",M,", f",{NAME},"),
    "no head": lambda text: text.partition("\n")[2],
    "a name for a head": lambda text: text.replace("distance", NAME, 1),
    "zeros": lambda text: text.replace(NAME, f"{NAME}\0"),
}


@pytest.mark.parametrize(("kind", "strays"), [(kind, 3) for kind in KINDS])
@pytest.mark.attack("small groups", f"{SURFACES} in errors about broken files, and in what an import says of them")
def test_no_error_quotes_a_name(place: Place, tries: Tries, command: Run, tmp_path: Path) -> None:
    clean, wrong = frame(3, n=90, first=2000).to_csv(index=False), []
    for what, broken in BROKEN.items():
        if what == "nothing but names" and place.kind == "free":
            continue  # so many are a group
        path = tmp_path / "broken.csv"
        path.write_text(broken(clean), encoding="utf-8")
        said = command("--workspace", place.home, "import", path, "--system", "trial")
        checked = command("--workspace", place.home, "import", path, "--system", "trial", "--check")
        alone = command("audit", "--dry-run", path, "--system-file", place.folder / "system.yaml")
        every = said.stdout + said.stderr + checked.stdout + checked.stderr + alone.stdout + alone.stderr
        try:
            every += repr(validate(place.workspace, place.workspace.system("trial"), path))
        except BoussoleError as error:
            every += str(error)
        tries.add(4)
        if NAME in every and what != "a name for a head":  # the names of columns are told
            wrong.append(f"{what}: {every[max(0, every.index(NAME) - 200) :][:400]}")
    assert wrong == []


NAMED = KINDS["pool"].replace("}}}", f"}}, {NAME}: {{fr: zèbres, en: zebras}}}}}}")
SMALL = re.compile(r"(?<![\d.,/:-])(?:[1-9]|10)(?![\d/:%-]|[.,]\d)")


@pytest.mark.parametrize("few", [1, 3, 10])
@pytest.mark.attack("webhooks", "the label of a declared group that is hidden, or a count of a few, in what is sent")
def test_no_message_tells_of_a_hidden_group(tmp_path: Path, few: int, tries: Tries) -> None:
    _fill(tmp_path, NAMED, few)
    workspace = Workspace(tmp_path / "workspace")
    hidden = [m for m in latest_audits(workspace)["trial"]["measures"] if NAME in m["id"]]
    assert hidden
    assert all(m["value"] is None for m in hidden)
    for where, text in told(workspace).items():
        assert not any(word in text.lower() for word in ("zebra", "zèbre", "dupont"))
        if where.startswith("document"):
            for change in json.loads(text)["changes"]:
                said = " ".join(each["sentence"] + each["whole"] for each in change["texts"].values())
                assert SMALL.findall(said) == []
                tries.add()


@pytest.mark.parametrize(("kind", "strays"), [("set_aside", 3)])
def test_the_one_place_where_a_name_stands_is_told_so(place: Place, command: Run) -> None:
    done = command(
        "--workspace",
        place.home,
        "quarantine",
        "export",
        place.out.with_suffix(".csv"),
        "--system",
        "trial",
        "--reason",
        "They are corrected.",
    )
    assert done.returncode == 0
    with place.out.with_suffix(".csv").open(encoding="utf-8") as file:
        assert [row["sex"] for row in csv.DictReader(file)].count(NAME) == 9
    assert "as they came: with personal data in clear, for you alone" in done.stderr
