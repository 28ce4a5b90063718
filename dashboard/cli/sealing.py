"""What a command that makes a record does: it reads its fields, looks up, seals, and prints; a test with pairs too."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typer
from pydantic import ValidationError

from boussole.audits import private_files
from boussole.audits.errors import BoussoleError
from boussole.audits.hashing import canonical_json
from boussole.audits.systems.loading import explain
from boussole.audits.texts.pairs.measures import Measure, differences, measured_texts
from boussole.audits.texts.pairs.prompts import Prompt, hash_of
from boussole.audits.workspace import Workspace
from boussole.charter.amending.resolving import resolve
from boussole.charter.committee.acts.meeting import opinion_text
from boussole.charter.committee.acts.packs import pack_changes
from boussole.charter.committee.people.directory import name_member
from boussole.charter.committee.people.directory import new_number as new_member
from boussole.charter.committee.referrals.asking import figure_of
from boussole.charter.committee.rules import committee as rules_of
from boussole.charter.deadlines.appeals import new_number
from boussole.charter.incidents.book import number_to_entry, record
from boussole.charter.record_types.acts import Act, FrozenPack, Mandate, Tally, VotedItem
from boussole.charter.record_types.base import PairedMeasure, PairedTexts, Statement, Stocktaking
from boussole.charter.record_types.incidents import Appeal
from boussole.charter.record_types.inputs import Command, Input, input_of, misfit_of, option_of, plain
from boussole.charter.record_types.kinds import Adoption
from boussole.charter.record_types.work import Survey
from boussole.charter.records import SealedStatement, seal
from boussole.charter.records.documents.files import describe, keep_file
from boussole.charter.records.in_force import adopt
from boussole.charter.text.loading import load_charter
from boussole.dashboard.alerts.sending import alert_changes
from boussole.dashboard.cli.console import put, say, workspace_of
from boussole.dashboard.cli.desk import (
    CommandDesk,
    articles_of,
    desk,
)
from boussole.dashboard.views.records.computing import computed

SCHEMA = "boussole.pairs/1"
FILE = "measures.json"


def record_pairs(
    workspace: Workspace,
    prompts: Sequence[Prompt],
    texts: Mapping[str, str],
    *,
    system: str,
    model: str,
    role: str,
    on: dt.date,
    signed_in: bool = False,
) -> SealedStatement:
    """Measures the texts of requests and seals what they differ in; the same test is sealed once.

    Raises BoussoleError where a request has no text or no other side, and as `seal` does.
    """
    found = measured_texts(prompts, texts)
    told = differences(prompts, found)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / FILE
        private_files.write(path, canonical_json(_document(prompts, found)))
        document = keep_file(workspace, path)
    statement = PairedTexts(
        role=role,
        on=on,
        signed_in=signed_in,
        system=system,
        document=document,
        prompts=hash_of(prompts),
        model=model,
        texts=len(found),
        measured=[
            PairedMeasure(cue=each.cue, measure=each.measure, pairs=each.pairs, changes=list(each.changes))
            for each in told
        ],
    )
    return seal(workspace, statement)


def _document(prompts: Sequence[Prompt], found: Mapping[str, Mapping[Measure, int]]) -> dict[str, object]:
    """The measures of every text, with what says whose other side it is: no request, no value, no text."""
    rows = [
        {
            "cue": each.cue,
            "cluster": each.cluster,
            "request": each.request,
            "side": each.side,
            "measures": dict(found[each.id]),
        }
        for each in prompts
    ]
    return {"schema": SCHEMA, "prompts": hash_of(prompts), "texts": rows}


# What some commands that make records do besides: what they look up before, and what they print afterwards.


Fields = dict[str, Any]
Seal = Callable[["Workspace", Fields, Path], "SealedStatement"]
Before = Callable[["Workspace", "CommandDesk | None", Fields], Fields]
After = Callable[["Workspace", "CommandDesk | None", "SealedStatement", Fields], None]


def _survey_told(_: Workspace, __: CommandDesk | None, done: SealedStatement, ___: Fields) -> None:
    said = done.statement
    if isinstance(said, Survey):
        for theme, mean in said.everybody.themes.items():
            say(f"{theme}: {mean.mean} ({mean.n} answers)")
        say(f"Groups shown: {len(said.groups)}, hidden: {said.hidden}. No row was kept.")


def _appeal_of(workspace: Workspace, _: CommandDesk | None, said: Fields) -> Fields:
    return {**said, "of": number_to_entry(workspace, said["of"])}


def _appeal_told(_: Workspace, __: CommandDesk | None, done: SealedStatement, ___: Fields) -> None:
    if isinstance(done.statement, Appeal):
        put(done.statement.number)


def _now(_: Workspace, at: CommandDesk | None, said: Fields) -> Fields:
    """In the committee's time; now, if nobody says when."""
    return {**said, "at": at.now(said.get("at"))} if at else said


def _question(workspace: Workspace, _: CommandDesk | None, said: Fields) -> Fields:
    asked = {name: said.pop(name, None) for name in ("audit", "indicator")}
    group = said.pop("group", [])
    return {**said, "figure": figure_of(workspace, system=said.get("system"), group=group, **asked)}


def _subject(workspace: Workspace, _: CommandDesk | None, said: Fields) -> Fields:
    draft = said.pop("draft", None)
    return said if draft is None else {**said, "subject": opinion_text(workspace, draft)[0].sha256}


def _wording(workspace: Workspace, _: CommandDesk | None, said: Fields) -> Fields:
    wording, written = opinion_text(workspace, said.pop("draft"))
    return {**said, "wording": wording, "written": written}


def _seated(workspace: Workspace, _: CommandDesk | None, done: SealedStatement, said: Fields) -> None:
    if isinstance(done.statement, Mandate):
        if said.get("name"):
            name_member(workspace, done.statement.member, name=said["name"])
        say(f"Number: {done.statement.member}")


def _frozen(workspace: Workspace, at: CommandDesk | None, done: SealedStatement, _: Fields) -> None:
    pack = done.statement
    if at is None or not isinstance(pack, FrozenPack) or pack.replaces is None:
        return
    found = pack_changes(workspace, at.house.get(FrozenPack, pack.replaces), pack)
    if found.charter:
        say(f"charter: {found.charter[0]} -> {found.charter[1]}")
    for change in found.verdicts:
        say(f"{change.system}\t{change.indicator}\t{change.before or 'not asked'} -> {change.after or 'not asked'}")
    say("Nothing of the evidence changed." if found.none else f"Audits that are new: {len(found.renewed)}.")


def _unfrozen(_: Workspace, at: CommandDesk | None, done: SealedStatement, ___: Fields) -> None:
    said = done.statement
    if at is not None and isinstance(said, VotedItem) and at.house.last(FrozenPack, said.of) is None:
        say(f"Warning: no evidence is frozen for this session. Run `boussole committee freeze {said.of}` first.")


def _counted(_: Workspace, __: CommandDesk | None, done: SealedStatement, ___: Fields) -> None:
    tally = done.statement
    if isinstance(tally, Tally):
        casting = ", by the casting vote" if tally.casting else ""
        say(
            f"For: {tally.in_favour}, against: {tally.against}, abstained: {tally.abstained}: "
            f"{'adopted' if tally.adopted else 'not adopted'}{casting}."
        )


def _text(workspace: Workspace, _: CommandDesk | None, said: Fields) -> Fields:
    named = said.get("charter")
    return {**said, "charter": resolve(named, workspace) if named else load_charter(workspace)}


def _adopted(workspace: Workspace, _: CommandDesk | None, done: SealedStatement, __: Fields) -> None:
    if isinstance(done.statement, Adoption):
        say(f"In force: version {done.statement.version} ({done.statement.charter[:12]}).")
    if told := alert_changes(workspace):
        say(told)


def _stock_told(_: Workspace, __: CommandDesk | None, done: SealedStatement, ___: Fields) -> None:
    said = done.statement
    if isinstance(said, Stocktaking):
        say(f"Uses on trial or in service: {said.uses}; examined: {said.examined}; of high risk and not: {said.grave}.")
        say(f"Models: {said.models}; of no use: {len(said.unregistered)}.")


BEFORE: Mapping[str, Before] = {
    "charter adopt": _text,
    "appeal enter": lambda _, __, said: {**said, "number": new_number()},
    "appeal decide": _appeal_of,
    "committee adopt": lambda workspace, at, said: {**said, "rules": rules_of(workspace, at.name)} if at else said,
    "committee seat": lambda _, __, said: {"member": new_member(), **{k: v for k, v in said.items() if k != "name"}},
    "committee office": lambda _, at, said: {"start": at.who.on, **said} if at else said,
    "committee attend": _now,
    "committee close": _now,
    "committee ask": _question,
    "committee vote": _subject,
    "committee consensus": _subject,
    "committee dissent": lambda _, __, said: {"sort": "reservation" if said.pop("reservation") else "dissent", **said},
    "committee issue": _wording,
    "committee publish": lambda _, __, said: {"publish": not said.pop("withhold"), **said},
}
AFTER: Mapping[str, After] = {
    "charter adopt": _adopted,
    "record stocktaking": _stock_told,
    "work survey": _survey_told,
    "appeal enter": _appeal_told,
    "committee seat": _seated,
    "committee freeze": _frozen,
    "committee vote": _unfrozen,
    "committee consensus": _unfrozen,
    "committee count": _counted,
}
"""By the words of the command."""
SEALED_BY: Mapping[type[Statement], Seal] = {
    Adoption: lambda workspace, said, document: adopt(
        workspace, said["charter"], role=said["role"], on=said["on"], document=document
    ),
}
"""Records that are held to more than their model and are no acts: what seals one of its fields and its document."""


# What a command that makes a record does: it reads its options as the fields of the model, and seals it.


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
        if value is not None and name not in ("document", command.by)
    }
    fields = {**fields, **command.fixed, **({"document": describe(document)} if document else {})}
    before = BEFORE.get(command.words)
    told = dict(fields)
    try:
        fields = computed(workspace, model, before(workspace, at, fields) if before else fields)
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


def _told(error: ValidationError, model: type[Statement], command: Command) -> str:
    raised = misfit_of(error)
    if raised is None or raised.at not in model.model_fields:
        return explain(error, model)
    option = option_of(raised.at, input_of(model, raised.at, command.inputs))
    return f"{option}: {raised} It takes: {model.model_fields[raised.at].description}."


def _sealed(
    workspace: Workspace,
    at: CommandDesk | None,
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


def _read(workspace: Workspace, at: CommandDesk | None, field: tuple[type[Statement], str, Input], value: Any) -> Any:
    """A field as it was typed: members by number or name, systems and articles as they are known."""
    model, name, said = field
    known = model.model_fields.get(name)
    if isinstance(value, dt.datetime) and (known is None or plain(known.annotation) is dt.date):
        return value.date()
    if said.choices not in READERS:
        return value
    read = READERS[said.choices]
    return [read(workspace, at, each) for each in value] if isinstance(value, list) else read(workspace, at, value)


def _system(workspace: Workspace, _: CommandDesk | None, word: str) -> str:
    return workspace.system(word).id


def _article(workspace: Workspace, _: CommandDesk | None, word: str) -> str:
    return articles_of(workspace, [word])[0]


def _member(_: Workspace, at: CommandDesk | None, word: str) -> str:
    return at.member(word) if at else word


READERS: Mapping[str, Callable[[Any, CommandDesk | None, str], str]] = {
    "systems": _system,
    "articles": _article,
    **dict.fromkeys(("members", "others", "there", "known_members"), _member),
}
"""How a word is read, by the list that it is chosen from."""
