"""A person's name typed into the column of a group, looked for in all that leaves a workspace."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from boussole import audits
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
from boussole.dashboard.report.content import write_report
from boussole.dashboard.server.access.permissions import COOKIE, Role
from tests.attacks import Tries
from tests.dashboard.canary.named import CASES, KINDS, NAME, SURFACES, Place, fill, look, texts_of


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
