"""Records are written once: command, form, route, words and schema are the model's, and a new one is one module."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jsonschema import Draft202012Validator

from boussole.audits.workspace import Workspace
from boussole.charter.record_types.acts import Act
from boussole.charter.record_types.base import Statement
from boussole.charter.record_types.inputs import WebForm, input_of, is_required, path_of
from boussole.charter.record_types.kinds import KINDS
from boussole.dashboard.cli.records import NEVER, names_of
from boussole.dashboard.cli.schemas import SCHEMAS
from boussole.dashboard.markup.words import FOLDER
from boussole.dashboard.server.access.permissions import Action
from boussole.dashboard.server.access.places import every_command
from boussole.dashboard.server.routes import ROUTES
from boussole.dashboard.views.records.form import FILLERS, LISTS
from tests.commands import commands
from tests.written import system_text

ROOT = Path(__file__).parents[2]
BY_HAND = {
    "convocation": "an agenda is written as a file, or item by item",
    "ballot": "a vote is asked for unseen, and told to nobody",
    "participation": "the same, where the vote is secret",
    "session_paper": "the page of a session makes its files, and seals their hashes",
    "paired_texts": "`texts pairs seal` measures texts, and seals what they differ in",
    "ledger_start": "`ledger begin` puts a new ledger in the place of a lost one, and says what was found",
}
"""The records that no model gives a command or a form, and why."""
WHO = {"role", "on", "signed_in", "by", "committee", "anew", "blind"}
"""What is said of whoever acts, without being asked for in a form."""
COMMANDS = [(model, each) for model in KINDS.values() for each in model.commands]
FORMS = [(model, each) for model in KINDS.values() for each in model.forms]


def french():
    with (FOLDER / "fr" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return {entry.id for entry in read_po(file, locale="fr") if entry.string}


def test_every_record_has_a_command_or_a_form():
    assert {kind for kind, model in KINDS.items() if not (model.commands or model.forms)} == {*BY_HAND}


@pytest.mark.parametrize(("model", "command"), COMMANDS, ids=[each.words for _, each in COMMANDS])
def test_a_command_asks_for_the_fields_of_its_model(model, command):
    asked, more = set(names_of(model, command)), {*command.inputs} - {*model.model_fields}
    left = {*model.computed, *model.unasked, *command.fixed, *command.leaves, *NEVER}
    assert {each.name for each in commands()[command.words].params} == asked
    assert model.read_action.startswith("SEE_")
    assert asked - more == {*model.model_fields} - left
    assert {*command.fixed, *command.leaves, *model.computed, *model.unasked} <= {*model.model_fields}
    assert [each.name for each in commands()[command.words].params if not each.help] == []
    assert every_command()[command.words] is Action[command.action]
    assert not command.action.startswith("SEE_"), "who seals may do more than see"


@pytest.mark.parametrize(("model", "form"), FORMS, ids=[each.place for _, each in FORMS])
def test_a_form_asks_for_the_fields_of_its_model_and_for_no_other(model, form):
    more = {name for name, each in form.inputs.items() if each.type is not None}
    known = {*model.model_fields, *more, *({"committee"} if form.page == "ask" else ())}
    assert {*form.asks, *form.filled, *form.fixed, *form.inputs} <= known
    assert len({*form.asks, *form.filled, *form.fixed}) == len([*form.asks, *form.filled, *form.fixed])
    needed = {name for name, field in model.model_fields.items() if field.is_required()}
    made = {*form.asks, *form.filled, *form.fixed, *model.computed, *WHO, *(("body",) if form.name == "own" else ())}
    assert needed <= made
    assert {*form.filled.values()} <= FILLERS.keys()
    assert ROUTES[path_of(form)] is Action[form.action]


@pytest.mark.parametrize(("model", "form"), FORMS, ids=[each.place for _, each in FORMS])
def test_everything_that_a_form_says_is_said_in_both_languages(model, form):
    said = words_of(model, form)
    assert "" not in said
    assert said <= french()


def words_of(model: type[Statement], form: WebForm) -> set[str]:
    """Every message of a form."""
    inputs = {name: input_of(model, name, form.inputs) for name in form.asks}
    asked = [each for each in inputs.values() if each.kind != "hidden"]
    assert {each.choices for each in asked} - {""} <= LISTS.keys()
    notes = {each.note for each in asked if each.note}
    return {form.title, form.send, *form.notes, *notes, *(each.label for each in asked)} | {
        text for each in asked for text in each.words.values()
    }


def test_the_schema_is_that_of_the_model():
    for model in KINDS.values():
        schema = model.model_json_schema()
        assert set(schema["properties"]) == set(model.model_fields)
        assert schema["additionalProperties"] is False


def test_what_is_sealed_is_what_the_published_schema_says():
    published = Draft202012Validator(SCHEMAS["record"]())
    said = {"role": "Steward", "on": "2026-06-30", "start": "2026-01-01", "end": "2026-03-31", "course": "AI"}
    for changed, holds in (({}, True), ({"users": 5}, False), ({"who": "x"}, False)):
        made = {**said, "users": 20, "trained": 10, "before": 5, **changed}
        if holds:
            sealed = {"kind": "training", **KINDS["training"].model_validate(made).model_dump(mode="json")}
            published.validate(sealed)
        else:
            full = {**sealed, **changed}
            assert not published.is_valid(full)


def test_a_field_is_required_in_a_form_where_the_model_needs_it():
    for model, form in FORMS:
        for name in form.asks:
            said = input_of(model, name, form.inputs)
            known = model.model_fields.get(name)
            if known is not None and known.is_required():
                assert is_required(model, name, said)


RECORD = '''

class Visit(Statement):
    """A doctor or an inspector of work visited those who use a tool."""

    kind = "visit"
    governed: ClassVar[str] = "work"
    commands = (Command(words="work visit", action="STATE", help="Record a visit of the place of work."),)
    forms = (
        WebForm(
            place="work/visit",
            about=False,
            title="Record a visit",
            send="Record it",
            action="STATE",
            asks=("system", "start", "visitor", "people"),
            filled={"end": "nothing"},
        ),
    )

    start: Start
    end: End | None = None
    visitor: Annotated[Line, Input(label="Who came?")] = Field(description="Who came: a function")
    people: Annotated[int, Input(label="How many were seen?")] = Field(ge=FEWEST, description="How many were seen")


WORK = (*WORK, Visit)
'''
ACT = '''

class Oath(Act):
    """A member promises to keep what they hear to themselves."""

    kind = "oath"
    commands = (Command(words="committee swear", action="TAKE_PART", help="Record the oath of a member."),)
    forms = (
        WebForm(
            place="committee/swear",
            title="Swear to keep secrets",
            send="Swear",
            action="TAKE_PART",
            asks=("formula", "text"),
            filled={"member": "me"},
        ),
    )

    member: Sitting
    formula: Annotated[
        Literal["short", "long"], Input(label="Which words?", words={"short": "The short ones", "long": "All"})
    ] = Field(description="Which words were said")


MEMBERS = (*MEMBERS, Oath)
'''
CHAIN = """
import json, sys
from pathlib import Path
from starlette.applications import Starlette
from starlette.testclient import TestClient
from typer.testing import CliRunner
from boussole.audits.workspace import Workspace
from boussole.charter.records import statements
from boussole.dashboard.app.server import guarded
from boussole.dashboard.server.access.permissions import COOKIE, Person
from boussole.dashboard.server.access.permissions import Role
from boussole.dashboard.cli.main import app
from boussole.dashboard.views.records.offering import offered_by
from boussole.dashboard.server.routes import record_address
from boussole.dashboard.api.serving import document
from boussole.dashboard.api.serving import api_routes
from boussole.dashboard.server.forms import form_html
from boussole.dashboard.views.records.entering import offered
from boussole.dashboard.views.records.setting import Setting
from boussole.dashboard.pages.session.forms import act_routes
from boussole.dashboard.pages.work.forms import work_routes
from boussole.dashboard.views import store
from boussole.dashboard.markup.words import speaker

home, which = Path(sys.argv[1]), sys.argv[2]
workspace, say = Workspace(home), speaker("en")
run = lambda *words: CliRunner().invoke(app, ["--workspace", str(home), *words])
told = {}
if which == "visit":
    by = ["--role", "Steward", "--on", "2026-06-30"]
    told["command"] = run("work", "visit", "--from", "2026-06-01", "--visitor", "Doctor", "--people", "20", *by)
    told["refused"] = run("work", "visit", "--from", "2026-06-01", "--visitor", "Mme Durand", "--people", "20", *by)
    at = Setting(person=Person(role=Role.FOLLOW_UP), say=say, workspace=workspace)
    forms, made, cookie = [form for _, form in offered("work", at)], work_routes(home), "follow_up"
    path, sent = "/work/visit", {"start": "2026-05-01", "visitor": "Doctor", "people": "30", "system": "chat"}
else:
    seated = run("committee", "seat", "--college", "sciences", "--from", "2026-01-01", "--name", "Awa")
    number = seated.output.split("Number: ")[1].split()[0]
    told["command"] = run("committee", "swear", "--member", "Awa", "--formula", "short", "--text", "I do.")
    told["refused"] = run("committee", "swear", "--member", "Awa", "--formula", "loud")
    chamber = store.chambers(workspace)["external"]
    me = Person(role=Role.MEMBER, member=number)
    forms = [each.form for part in offered_by(chamber, me, say).values() for each in part]
    made, cookie = act_routes(home), f"member.{number}"
    path, sent = "/committee-act/swear/external", {"formula": "long", "text": "I swear."}
client = TestClient(Starlette(routes=guarded(made, home)), follow_redirects=False)
client.cookies.set(COOKIE, cookie)
answer = client.post(path, files={f"f-{name}": (None, value) for name, value in sent.items()})
bad = client.post(path, files={"f-text": (None, "x")})
client.cookies.set(COOKIE, "reader")
listing = TestClient(Starlette(routes=guarded(api_routes(home), home)))
listing.cookies.set(COOKIE, "steward")
schemas = document()["components"]["schemas"]
print(json.dumps({
    "described": sorted(schemas[sys.argv[4] + "Record"]["properties"]),
    "listed": listing.get(record_address(sys.argv[3])).json()["items"],
    "command": [told["command"].exit_code, told["refused"].exit_code, str(told["refused"].exception)],
    "form": [str(form_html(form, say, query={})) for form in forms if form.path == path],
    "route": [answer.headers["location"], bad.headers["location"], client.post(path).status_code],
    "sealed": [each.statement.model_dump(mode="json") for each in statements(workspace, kinds=[sys.argv[3]])],
}))
"""


@pytest.mark.parametrize(
    ("kind", "module", "text"),
    [
        ("visit", "charter/record_types/work.py", RECORD),
        ("oath", "charter/record_types/acts/members.py", ACT),
    ],
)
@pytest.mark.slow
def test_a_record_more_is_one_module(kind, module, text, tmp_path):
    folder = tmp_path / "project"
    shutil.copytree(ROOT / "src", folder / "src", symlinks=True)
    for name in ("audits", "charter", "experiments", "dashboard"):
        shutil.copytree(ROOT / name, folder / name)
    with (folder / module).open("a", encoding="utf-8") as file:
        file.write(text)
    workspace = Workspace.create(tmp_path / "w")
    (workspace.home / "systems" / "chat.yaml").write_text(system_text("chat", "", kind="generation"), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", CHAIN, str(workspace.home), kind, kind, kind.title()],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["command"][:2] == ([0, 1] if kind == "visit" else [0, 2])
    (form,) = found["form"]
    assert [each["kind"] for each in found["listed"]] == [kind] * len(found["sealed"])
    assert {*found["described"]} == {"entry", "sealed_on", "kind", *found["sealed"][0]}
    ok, bad, closed = found["route"]
    assert ("done=" in ok, "sent=" in bad, closed) == (True, True, 403)
    if kind == "visit":
        assert "seems to name somebody" in found["command"][2]
        assert "Who came?" in form
        assert [each["people"] for each in found["sealed"]] == [20, 30]
        assert [each["system"] for each in found["sealed"]] == [None, "chat"]
    else:
        assert "The short ones" in form
        assert [(each["formula"], each["text"]) for each in found["sealed"]] == [
            ("short", "I do."),
            ("long", "I swear."),
        ]
        assert len({each["member"] for each in found["sealed"]}) == 1


def test_no_act_is_a_record_that_anybody_may_seal():
    assert all(model.governed == "committee" for model in KINDS.values() if issubclass(model, Act))
