"""What a command that makes a record does: it reads its options as the fields of the model, and seals it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from pydantic import ValidationError

from boussole.audits.errors import BoussoleError
from boussole.audits.systems.loading import explain
from boussole.charter.incidents.entering import record
from boussole.charter.record_types.acts import Act
from boussole.charter.record_types.base import Statement
from boussole.charter.record_types.inputs import Command, Input, input_of, misfit_of, option_of, plain
from boussole.charter.records import SealedStatement, keep_file
from boussole.charter.records.documents.attachments import AttachedFile, examined, kept_with
from boussole.charter.records.documents.files import describe
from boussole.dashboard.cli.console.console import say, workspace_of
from boussole.dashboard.cli.console.desk import Desk, desk
from boussole.dashboard.cli.console.stating import articles_of
from boussole.dashboard.cli.records.hooks import AFTER, BEFORE, SEALED_BY
from boussole.dashboard.records.computed import computed

if TYPE_CHECKING:
    from boussole.audits.workspace import Workspace


def run(context: typer.Context, model: type[Statement], command: Command, given: Mapping[str, Any]) -> None:
    """Seal what was typed, and say where. Raises BoussoleError, and then seals nothing."""
    at = None
    if command.words.startswith("committee "):
        at = desk(context, given["committee"], given["role"], given["on"], by=given.get(command.by))
    workspace = at.workspace if at else workspace_of(context)
    document: Path | None = given.get("document")
    fields = {
        name: _read(workspace, at, (model, name, input_of(model, name, command.inputs)), value)
        for name, value in given.items()
        if value is not None and name not in ("document", "attachments", command.by)
    }
    fields = {**fields, **command.fixed, **({"document": describe(document)} if document else {})}
    files = _files(workspace, given.get("attachments") or [])
    if files:
        fields["attachments"] = [each.sealed for each in files]
    before = BEFORE.get(command.words)
    told = dict(fields)
    try:
        fields = computed(workspace, model, before(workspace, at, fields) if before else fields)
        with kept_with(workspace, files):
            every = _sealed(workspace, at, (model, command), fields, document)
    except ValidationError as error:
        raise BoussoleError(
            _told(error, model, command), next_step="Nothing was recorded. Mend it and try again."
        ) from error
    for done in every:
        if at:
            at.told(done)
        else:
            say(f"Sealed at entry {done.entry}: {model.kind}.")
    if command.words in AFTER:
        AFTER[command.words](workspace, at, every[-1], told)


def _files(workspace: Workspace, paths: list[str]) -> list[AttachedFile]:
    """The files that are to be attached. Raises BoussoleError."""
    missing = next((path for path in paths if not Path(path).is_file()), None)
    if missing is not None:
        raise BoussoleError("there is no such file.", where=missing, next_step="Give the path of a file.")
    most = workspace.settings.attachments.largest + 1
    given = []
    for path in map(Path, paths):
        with path.open("rb") as file:
            given.append((path.name, file.read(most)))
    return examined(workspace, given)


def _told(error: ValidationError, model: type[Statement], command: Command) -> str:
    """What is wrong; of an option that does not fit, what it takes."""
    raised = misfit_of(error)
    if raised is None or raised.at not in model.model_fields:
        return explain(error, model)
    option = option_of(raised.at, input_of(model, raised.at, command.inputs))
    return f"{option}: {raised} It takes: {model.model_fields[raised.at].description}."


def _sealed(
    workspace: Workspace,
    at: Desk | None,
    made_by: tuple[type[Statement], Command],
    fields: dict[str, Any],
    document: Path | None,
) -> list[SealedStatement]:
    model, command = made_by
    if document and model in SEALED_BY:
        return [SEALED_BY[model](workspace, fields, document)]
    if at is not None and issubclass(model, Act):
        if document:
            keep_file(workspace, document)
        return at.sealed(model, fields, each=command.each)
    who = asdict(at.who) if at else {}
    made = model.model_validate({**fields, **{name: who[name] for name in ("role", "on", "signed_in") if name in who}})
    if document:
        keep_file(workspace, document)
    return [record(workspace, made)]


def _read(workspace: Workspace, at: Desk | None, field: tuple[type[Statement], str, Input], value: Any) -> Any:
    """A field as it was typed: members by number or name, systems and articles as they are known."""
    model, name, said = field
    known = model.model_fields.get(name)
    if isinstance(value, dt.datetime) and (known is None or plain(known.annotation) is dt.date):
        return value.date()
    if said.choices not in READERS:
        return value
    read = READERS[said.choices]
    return [read(workspace, at, each) for each in value] if isinstance(value, list) else read(workspace, at, value)


def _system(workspace: Workspace, _: Desk | None, word: str) -> str:
    return workspace.system(word).id


def _article(workspace: Workspace, _: Desk | None, word: str) -> str:
    return articles_of(workspace, [word])[0]


def _member(_: Workspace, at: Desk | None, word: str) -> str:
    return at.member(word) if at else word


READERS: Mapping[str, Callable[[Any, Desk | None, str], str]] = {
    "systems": _system,
    "articles": _article,
    **dict.fromkeys(("members", "others", "there", "known_members"), _member),
}
"""How a word is read, by the list that it is chosen from."""
