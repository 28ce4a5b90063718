"""A person's name typed into the column of a group, looked for on pages, in what commands say and what leaves."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from boussole import audits
from boussole.audits.decisions.ingesting import validate
from boussole.audits.errors import BoussoleError
from boussole.audits.languages import LANGUAGES
from boussole.audits.workspace import Workspace
from boussole.charter.oscal.results import oscal_files
from boussole.charter.records import latest_audits
from boussole.charter.records.store.audits import stored_audits
from boussole.dashboard.alerts.changes import check
from boussole.dashboard.alerts.channels import channels
from boussole.dashboard.alerts.outbox import alerts
from boussole.dashboard.alerts.sending import message
from boussole.dashboard.api.serving import ADDRESSES
from boussole.dashboard.app.server import routes
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.markup.words.addresses import pages
from boussole.dashboard.report.content import write_report
from boussole.dashboard.server.access.permissions import COOKIE, Role
from tests.attacks import Tries
from tests.audits.privacy.helpers import files_of
from tests.conftest import Run
from tests.dashboard.app_at import seen
from tests.dashboard.canary.named import CASES, KINDS, NAME, SURFACES, Place, fill, frame, look, texts_of


@pytest.mark.costly
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
    found |= told(workspace, some=place.kind != "set_aside" or place.strays == 1)
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
        for endpoint in (each for each in ADDRESSES if "GET" in each.methods):
            for entry in entries if "{entry}" in endpoint.path else entries[:1]:
                answer = client.get(endpoint.path.format(system="trial", entry=entry))
                assert answer.status_code in (200, 403), endpoint.path
                found[f"{role} {endpoint.path} {entry}"] = answer.text
    assert any("selection_rate" in text for text in found.values())
    return found


def told(workspace: Workspace, *, some: bool = True) -> dict[str, str]:
    """All messages of an outbox, on every channel; none where too many rows were set aside to tell anything."""
    assert bool(check(workspace)) == some
    if not some:
        return {}
    known, queued = channels(workspace), alerts(workspace)
    assert {each.channel for each in queued} == known.keys()
    return {f"message {each.id}": "\n".join(message(workspace, known[each.channel], [each])) for each in queued}


def notebook(place: Place) -> dict[str, str]:
    """Whatever a notebook prints, of the workspace, the file and the frame."""
    rows = pd.read_csv(place.folder / "first.csv", dtype={"chosen": str})
    rows = rows[rows["chosen"] != "?"].astype({"chosen": int})
    found = {}
    for name, data in (("workspace", place.workspace), ("file", place.folder / "first.csv"), ("frame", rows)):
        system = "trial" if name == "workspace" else place.folder / "system.yaml"
        made = audits.audit(system, data)
        found |= {f"{name} {part}": text for part, text in shown(made).items()}
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


NAMED = KINDS["pool"].replace("}}}", f"}}, {NAME}: {{fr: zèbres, en: zebras}}}}}}")
SINCE = re.compile(r"(?:since|depuis le) 1(?:er)?[\s\u202f\xa0]\w+[\s\u202f\xa0]20\d\d")
"""The day since when decisions are counted."""
SMALL = re.compile(r"(?<![\d.,/:-])(?:[1-9]|10)(?![\d/:%-]|[.,]\d)")


@pytest.mark.parametrize("few", [3, *(pytest.param(n, marks=pytest.mark.slow) for n in (1, 10))])
@pytest.mark.attack("webhooks", "the label of a declared group that is hidden, or a count of a few, in what is sent")
def test_no_message_tells_of_a_hidden_group(tmp_path: Path, few: int, tries: Tries) -> None:
    fill(tmp_path, NAMED, few)
    workspace = Workspace(tmp_path / "workspace")
    hidden = [m for m in latest_audits(workspace)["trial"].measures if NAME in m.id]
    assert hidden
    assert all(m.value is None for m in hidden)
    for text in told(workspace).values():
        assert not any(word in text.lower() for word in ("zebra", "zèbre", "dupont"))
    for alert in alerts(workspace):
        said = " ".join(line for texts in alert.texts.values() for line in texts["lines"][:-2])
        assert SMALL.findall(SINCE.sub("", said)) == []
        tries.add()


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
                found[f"{role} {lang} {page.name}"] = seen(page.name, given, lang=lang)
    look({where: text for where, text in found.items() if text}, tries)
    told = noted.getvalue() + "".join(capfd.readouterr())
    assert NAME not in told


GIVES_ROWS_BACK = "quarantine export"
IN_MLFLOW = "log"
"""Puts a file, as it is, into the team's own tracking store."""


@pytest.mark.slow
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
    assert wrong == []
    assert NAME not in noted.getvalue()


def written(place: Place, words: str) -> Iterator[Path]:
    """The files beside the lake that hold the name, but for what a command gives back on purpose."""
    lake, keys, given = place.workspace.lake, place.workspace.keys, (place.folder / "more.csv").read_bytes()
    for path in [*files_of(place.workspace), *place.out.rglob("*")]:
        inside = path.is_relative_to(lake) or path.is_relative_to(keys)
        rows = words == GIVES_ROWS_BACK and path.name == "bad.csv"
        logged = words == IN_MLFLOW and "mlartifacts" in path.parts
        if not path.is_file() or inside or rows or logged or path.read_bytes() == given:
            continue
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


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "strays"), [case for case in CASES if case.values[1] == 3])
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


@pytest.mark.parametrize(("kind", "strays"), [("set_aside", 3)])
def test_the_one_place_where_a_name_stands_is_told_so(place: Place, command: Run) -> None:
    rows = place.out.with_suffix(".csv")
    asked = ("quarantine", "export", rows, "--system", "trial", "--reason", "They are corrected.")
    done = command("--workspace", place.home, *asked)
    assert done.returncode == 0
    with rows.open(encoding="utf-8") as file:
        assert [row["sex"] for row in csv.DictReader(file)].count(NAME) == 9
    assert "as they came: with personal data in clear, for you alone" in done.stderr
