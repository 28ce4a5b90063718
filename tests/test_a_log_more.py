"""A log that nobody has thought of: three files of a copy of the project, and it comes in, is shown and leaves."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import get_args, get_origin

import pytest
from pydantic import BaseModel

from boussole.audits.log_names import LOGS
from boussole.audits.systems.logs import LOG_TYPES, Logs
from boussole.audits.systems.logs.log_type import Follow, LogType
from boussole.audits.workspace import Workspace
from tests.project_copy import Change, copy_with, run_in

DESCRIPTOR = '''"""Complaints of people about a system, and when they were answered."""

from __future__ import annotations

from pydantic import Field

from boussole.audits.systems.kinds import ColumnName
from boussole.audits.systems.logs.log_type import Follow, KeyReading, LogSection, LogType


class Complaints(LogSection):
    id: ColumnName = Field(description="Identifier of one complaint")
    at: ColumnName = Field(description="Moment of the complaint")
    reason: ColumnName | None = Field(None, description="What it is about")
    answered_at: ColumnName | None = Field(None, description="Moment of the answer")


COMPLAINTS = LogType(
    name="complaints",
    title={"en": "complaints", "fr": "plaintes"},
    noun="complaint(s)",
    row="complaint of a person",
    told="id, moment, reason, moment of the answer",
    declare="`complaints`",
    section=Complaints,
    table={"batch": "BIGINT", "row": "BIGINT", "id": "VARCHAR", "at": "TIMESTAMP", "day": "DATE", "reason": "VARCHAR",
           "answered_at": "TIMESTAMP"},
    moment="at",
    reads=(
        KeyReading("id", "id"),
        KeyReading("at", "moment"),
        KeyReading("reason", "words", missing="the reason is missing"),
        KeyReading("answered_at", "moment", not_before=("at", "the answer is older than the complaint")),
    ),
    hashed=True,
    compared="never",
    follow=Follow.RENEWED,
    renewed=("answered_at", "answers"),
)
'''
IMPORTED = "from boussole.audits.systems.logs.contacts import"
FIELD = "    usage: Usage | None"
CHANGE: Change = {
    "audits/systems/logs/complaints.py": DESCRIPTOR,
    "audits/log_names.py": {'"search_controls",\n]': '"search_controls",\n    "complaints",\n]'},
    "audits/systems/logs/registry.py": {
        IMPORTED: f"from boussole.audits.systems.logs.complaints import COMPLAINTS, Complaints\n{IMPORTED}",
        "        SEARCH_CONTROLS,\n": "        SEARCH_CONTROLS,\n        COMPLAINTS,\n",
        FIELD: f'    complaints: Complaints | None = Field(None, description="What people complain of")\n{FIELD}',
    },
}
SYSTEM = """
id: shop
kind: generation
title: {fr: Essai, en: Trial}
purpose: {fr: Essai, en: Trial}
owner: Steward
status: pilot
risk: limited
complaints: {id: number, at: when, reason: why, answered_at: answered}
sources: [{mlflow: {experiment: shop}}]
"""
FIRST = (
    "number,when,why,answered\nk-CANARY,2026-03-02T09:00:00,slow,\nk-2,2026-05-04T10:00:00,rude,\nk-3,2026-05-05,,\n"
)
SECOND = "number,when,why,answered\nk-2,2026-05-04T10:00:00,rude,2026-05-06T08:00:00\n"
CHAIN = """
import datetime as dt, json, sys
from pathlib import Path
from typer.testing import CliRunner
from boussole.audits.workspace import Workspace
from boussole.dashboard.views import store
from boussole.dashboard.cli.main import app
from boussole.dashboard.pages.data.view import data_page
from boussole.dashboard.markup.words import speaker

home = sys.argv[1]
workspace, now = Workspace(Path(home)), dt.datetime(2026, 6, 1, tzinfo=dt.UTC)

def shown():
    facts, scene = store.facts(workspace), store.scene(workspace)
    pages = [data_page(scene, facts, speaker(lang), now=now, query={}) for lang in ("en", "fr")]
    return [[part.holds, part.blocks[0].rows[0][0]] for page in pages for part in page.systems]

told = []
for line in sys.stdin.read().splitlines():
    done = CliRunner().invoke(app, ["--workspace", home, *line.split()])
    told.append([done.exit_code, done.output, shown()])
print(json.dumps(told))
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project with that log: one file more, and two that name it."""
    return copy_with(CHANGE, tmp_path / "project")


@pytest.mark.slow
@pytest.mark.parametrize("way", ["file", "mlflow"])
def test_a_log_more_is_three_files(way: str, copy: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    workspace = Workspace.create(tmp_path / "w")
    (workspace.home / "systems" / "shop.yaml").write_text(SYSTEM, encoding="utf-8")
    for name, text in (("first", FIRST), ("second", SECOND)):
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
    first, second = (f"{tmp_path / name}.csv --system shop --log complaints" for name in ("first", "second"))
    came = [f"import {first}"]
    if way == "mlflow":
        shutil.copyfile(request.getfixturevalue("empty_store"), workspace.home / "mlflow.db")
        came = [f"log {first}", "sync"]
    lines = (*came, f"import {second}", "purge --before 2026-04-01")
    told = run_in(copy, CHAIN, str(workspace.home), input="\n".join(lines))
    *_, imported, renewed, purged = json.loads(told)

    assert imported[0] == 2  # a row is set aside
    assert "2 complaint(s) accepted, 1 set aside" in imported[1]
    assert "column 'why': the reason is missing" in imported[1]
    assert "1 known before, 1 answers brought up to date" in renewed[1]
    assert renewed[2] == [
        ["2 complaints, up to 4 May 2026", "why (complaints)"],
        ["2 plaintes, jusqu’au 4 mai 2026", "why (plaintes)"],
    ]
    assert "1 complaints gone for good" in purged[1]
    assert [holds for holds, _ in purged[2]] == ["1 complaints, up to 4 May 2026", "1 plaintes, jusqu’au 4 mai 2026"]


def holds_parts(annotation: object) -> bool:
    """Whether a field of a section is a section itself."""
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


@pytest.mark.parametrize("kind", LOG_TYPES.values(), ids=LOGS)
def test_a_descriptor_holds_together(kind: LogType) -> None:
    roles, part = {read.role for read in kind.reads}, kind.section
    assert list(kind.table)[:3] == ["batch", "row", "id"]
    assert {kind.moment, *kind.says} <= kind.table.keys()
    assert set(kind.identity) <= kind.table.keys()
    assert set(kind.title) == {"en", "fr"}
    assert (part is None) == (kind.declared is not None)
    if part is not None:
        fields = part.model_fields.items()
        words = {name for name, field in fields if get_origin(field.annotation) in (list, dict)}
        words |= {name for name, field in fields if field.annotation is int}
        words |= {name for name, field in fields if any(holds_parts(each) for each in get_args(field.annotation))}
        named = set(part.model_fields) - words
        assert roles == named, "lists of words, what these mean, days and parts of their own name no column"
        assert {read.role for read in kind.reads if read.how != "looked_at"} <= kind.table.keys()
        assert not {read.role for read in kind.reads if read.how == "looked_at"} & kind.table.keys()
    assert (kind.follow is Follow.RENEWED) == (kind.renewed is not None)
    assert kind.hashed or len(kind.identity) == 1 or not kind.once


def test_every_log_is_registered_once_and_a_section_has_the_name_of_its_log() -> None:
    assert tuple(LOG_TYPES) == LOGS
    assert set(Logs.model_fields) == {"columns", *(name for name in LOGS if LOG_TYPES[name].section)}
