"""The commands that make records, from their models, and the groups `record`, `incident`, `appeal`, `work` of them."""

from __future__ import annotations

import datetime as dt
import inspect
import secrets
import typing
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from boussole.audits import regular
from boussole.audits.errors import BoussoleError, nearest
from boussole.dashboard.cli.console import put, say, system_ids, workspace_of

if TYPE_CHECKING:
    from boussole.charter.record_types.base import Statement
    from boussole.charter.record_types.inputs import Command, Input


DAY = ["%Y-%m-%d"]
MOMENT = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d"]
COMMITTEE, SECRETARIAT = "external", "Secretariat"
NEVER = ("signed_in", "by", "blind")
"""Fields that no command asks for."""
KEYWORD, REQUIRED = inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.empty
OF_ACTS: dict[str, tuple[Any, Any, Any]] = {
    "committee": (str, COMMITTEE, typer.Option(help="The id of the committee.")),
    "role": (str, SECRETARIAT, typer.Option(help="Who records it: a role, never a name.")),
    "on": (
        dt.datetime | None,
        None,
        typer.Option(formats=DAY, help="The day it took place; today if absent."),
    ),
    "anew": (
        bool,
        False,
        typer.Option("--anew", help="The same words were overtaken: say them once more."),
    ),
}
"""What the commands of a committee say besides."""
LAST = ("text", "document", "committee", "role", "on", "anew")
"""Options that stand at the end."""


class RecordCommands(TyperGroup):
    """A group of commands: those that are written, and those that models make once it is asked for them."""

    made = False

    @property
    def commands(self) -> MutableMapping[str, Any]:
        """All of them, by name."""
        if not self.made:
            self.made = True
            self.known.update(_made(str(self.name)))
        return self.known

    @commands.setter
    def commands(self, known: MutableMapping[str, Any]) -> None:
        self.known = known


def record_group(text: str) -> typer.Typer:
    """A group of commands that make records, with what it says of itself."""
    return typer.Typer(cls=RecordCommands, help=text, no_args_is_help=True, rich_markup_mode=None)


def _made(group: str) -> MutableMapping[str, Any]:
    from boussole.charter.record_types.kinds import KINDS

    found = typer.Typer(rich_markup_mode=None)
    found.callback()(lambda: None)
    for model in KINDS.values():
        for command in model.commands:
            first, _, name = command.words.rpartition(" ")
            if first.rpartition(" ")[2] == group:
                found.command(name, help=command.help)(_function(model, command))
    return typer.main.get_group(found).commands


def _function(model: type[Statement], command: Command) -> Any:
    """What Typer makes a command of: a function whose parameters are the fields that are asked for."""

    def run(context: typer.Context, **given: Any) -> None:
        from boussole.dashboard.cli.sealing import run as seal

        seal(context, model, command, given)

    asked = list(parameters(model, command))
    first = inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
    run.__signature__ = inspect.Signature([first, *asked])  # type: ignore[attr-defined]
    run.__annotations__ = {each.name: each.annotation for each in (first, *asked)}
    run.__doc__ = command.help
    return run


def names_of(model: type[Statement], command: Command) -> list[str]:
    """What a command asks for, in its order: arguments and own fields, then what every record says."""
    given = {*model.computed, *model.unasked, *command.fixed, *command.leaves, *NEVER}
    fields = [name for name in {**model.model_fields, **command.inputs} if name not in given]
    return sorted(fields, key=lambda name: LAST.index(name) if name in LAST else -1)


def parameters(model: type[Statement], command: Command) -> Iterator[inspect.Parameter]:
    """The parameters of a command."""
    from boussole.charter.record_types.inputs import input_of

    of_committee = command.words.startswith("committee ")

    for name in names_of(model, command):
        said = input_of(model, name, command.inputs)
        if name == "of":
            kind, default, option = _of(model, said)
        elif of_committee and name in OF_ACTS and not said.required:
            kind, default, option = OF_ACTS[name]
        else:
            kind, default, option = _option(model, name, said)
        yield inspect.Parameter(name, KEYWORD, default=default, annotation=Annotated[kind, option])


def _of(model: type[Statement], said: Input) -> tuple[Any, Any, Any]:
    told = said.help or "The entry of the record it is about: see `boussole record list`."
    if said.type is str:
        return str, REQUIRED, typer.Argument(help=told)
    if model.model_fields["of"].is_required():
        return int, REQUIRED, typer.Argument(min=0, help=told)
    return int | None, None, typer.Option(said.option, min=0, help=told)


def _option(model: type[Statement], name: str, said: Input) -> tuple[Any, Any, Any]:
    from boussole.charter.record_types.inputs import is_required, option_of, plain

    known = model.model_fields.get(name)
    told = f"{said.help or (known.description if known else '') or said.label}".rstrip(".") + "."
    kind = plain(said.type or (known.annotation if known else str))
    several = typing.get_origin(kind) is list
    declared: dict[str, Any] = {"help": told}
    if said.choices == "systems":
        declared["autocompletion"] = system_ids
    if kind is int:
        metadata = known.metadata if known else ()
        declared["min"] = next((each.ge for each in metadata if hasattr(each, "ge")), None)
    if kind in (dt.date, dt.datetime):
        declared["formats"] = DAY if kind is dt.date else MOMENT
        kind = dt.datetime
    if several:
        kind = list[int] if plain(typing.get_args(kind)[0]) is int else list[str]
    elif name == "document":
        kind = Path
    elif kind not in (int, bool, float, dt.datetime, Path) and typing.get_origin(kind) is not typing.Literal:
        kind = str
    option = typer.Argument(**declared) if said.argument else typer.Option(option_of(name, said), **declared)
    if said.default is not None:
        return kind, said.default, option
    if is_required(model, name, said) and kind is not bool:
        return kind, REQUIRED, option
    empty = [] if several else False if kind is bool else known.default if known and known.default == "" else None
    return (kind | None if empty is None else kind), empty, option


# `boussole record`: what people state, sealed. What makes a record follows from its model; here is what lists them.


app = record_group("What people state: sealed word for word; a correction is a new record.")


@app.command("list")
def list_(
    context: typer.Context,
    kind: Annotated[str | None, typer.Option(help="Only this kind.")] = None,
) -> None:
    """List the records: entry, kind, day, system, role, and what each is about."""
    from boussole.charter.record_types.kinds import KINDS
    from boussole.charter.records import statements

    if kind is not None and kind not in KINDS:
        raise BoussoleError(f"'{kind}' is no kind of record. {nearest(kind, KINDS)}")
    found = statements(workspace_of(context), kinds=[kind] if kind else None)
    for each in found:
        said = each.statement
        about = [
            f"{name} {getattr(said, name)}"
            for name in ("indicator", "answer", "authority", "title", "body", "outcome", "state", "version", "of")
            if getattr(said, name, None) is not None
        ]
        put(f"{each.entry}\t{said.kind}\t{said.on}\t{said.system or 'all systems'}\t{said.role}\t{', '.join(about)}")
    if not found:
        say("Nothing has been stated yet.")


# `boussole incident`: what makes a record follows from its model; here is what lists them.


incident_app = record_group(
    "Incidents: what went wrong with a system, what must be reported by when, and how it ended."
)


@incident_app.command("list")
def list_incidents(
    context: typer.Context,
    *,
    system: Annotated[str | None, typer.Option("--system", autocompletion=system_ids, help="Only this system.")] = None,
    open_: Annotated[bool, typer.Option("--open", help="Only those that are open.")] = False,
    on: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="As they stood that day; today if absent.")
    ] = None,
) -> None:
    """List the incidents, open ones first: entry, state, severity, system, next deadline, title."""
    from boussole.charter.deadlines.incidents import in_time, incidents
    from boussole.charter.records.facts import facts_of

    workspace = workspace_of(context)
    day = on.date() if on else workspace.today()
    found = [
        each
        for each in incidents(facts_of(workspace, as_of=day))
        if system in (None, each.incident.system) and not (open_ and each.closure)
    ]
    for each in found:
        state = "closed" if each.closure else "overdue" if each.overdue else "open"
        due = each.next_due.isoformat(" ", "minutes") if each.next_due else "-"
        put(f"{each.entry}\t{state}\t{each.severity}\t{each.incident.system}\t{due}\t{each.incident.title}")
    told = in_time(found)
    if told.due:
        say(f"Reported in time: {told.on_time} of {told.due} reports that were due.")
    if not found:
        say("No incident is recorded.")


# `boussole appeal`: what makes a record follows from its model; here is what lists them.


appeal_app = record_group(
    "Appeals of job seekers: entered without any name, by when an answer is due, what was decided."
)


@appeal_app.command("list")
def list_appeals(
    context: typer.Context,
    *,
    system: Annotated[str | None, typer.Option("--system", autocompletion=system_ids, help="Only this system.")] = None,
    on: Annotated[
        dt.datetime | None, typer.Option(formats=DAY, help="As they stood that day; today if absent.")
    ] = None,
) -> None:
    """List the appeals, late ones first: number, entry, state, system, what is asked, due day, days, outcome."""
    from boussole.charter.deadlines.appeals import appeals, counts
    from boussole.charter.records.facts import facts_of

    workspace = workspace_of(context)
    day = on.date() if on else workspace.today()
    every = appeals(facts_of(workspace, as_of=day))
    found = [each for each in every if system in (None, each.appeal.system)]
    for each in found:
        said = each.appeal
        outcome = each.decision[1].outcome if each.decision else "-"
        state = "late" if each.late else each.state
        put(f"{said.number}\t{each.entry}\t{state}\t{said.system}\t{said.asks}\t{each.due_on}\t{each.days}\t{outcome}")
    told = counts(found)
    say(f"Received: {told.received}, waiting: {told.waiting}, of these late: {told.overdue}.")


# `boussole work`: effects on work. What makes a record follows from its model; here is what lists them.


work_app = record_group("Effects on work: surveys, consultations, time saved and where it went, training.")


@work_app.command("list")
def list_work(
    context: typer.Context,
    *,
    on: Annotated[dt.datetime | None, typer.Option(formats=DAY, help="As it stood that day; today if absent.")] = None,
) -> None:
    """List what is known of effects on work: entry, kind, period, system, figures."""
    from boussole.charter.deadlines.planting import plantings
    from boussole.charter.record_types.planting import Planting
    from boussole.charter.records.facts import facts_of
    from boussole.charter.work.survey import consultations, surveys, times, trainings

    workspace = workspace_of(context)
    day = on.date() if on else workspace.today()
    facts = facts_of(workspace, as_of=day)
    for name, asked in surveys(facts).items():
        means = ", ".join(f"{each.theme} {each.mean}" for each in asked.themes)
        put(f"{asked.entry}\tsurvey\t{asked.survey.end}\t{name or 'all systems'}\t{means}")
    for entry, course in trainings(facts):
        put(f"{entry}\ttraining\t{course.end}\t{course.system or 'all systems'}\t{course.before} of {course.users}")
    for entry, saved in times(facts):
        put(f"{entry}\ttime_saved\t{saved.end}\t{saved.system}\t{saved.hours} hours")
    for each in (
        each for name in {said.system for _, said in facts.standing(Planting)} for each in plantings(facts, name)
    ):
        found = each.found[1] if each.found else None
        told = f"{sum(team.noticed for team in found.teams)} of {found.planted}" if found else "nothing recorded yet"
        put(f"{each.entry}\tplanting\t{each.planting.end}\t{each.planting.system}\t{told}")
    for entry, step in consultations(facts):
        told = f"{step.system or 'all systems'}\t{step.step}, {step.body}"
        put(f"{entry}\tconsultation\t{step.planned_on or step.on}\t{told}")


@work_app.command("secret")
def make_secret(
    file: Annotated[Path, typer.Argument(help="The file to be made; the works council keeps it under seal.")],
) -> None:
    """Make the secret by which planted errors are drawn, and print its hash, which `work planting` records."""
    from boussole.audits import private_files
    from boussole.audits.hashing import sha256_hex

    if file.exists():
        raise BoussoleError("this file is there already.", where=str(file), next_step="Name a file that is not.")
    drawn_by = secrets.token_hex(32)
    private_files.write(file, drawn_by + "\n")
    put(sha256_hex(drawn_by.encode()))


@work_app.command("draw")
def draw_cases(
    cases: Annotated[Path, typer.Argument(help="The cases of the protocol: one id a line.")],
    *,
    secret: Annotated[Path, typer.Option(help="The file that `work secret` made.")],
    errors: Annotated[int, typer.Option(help="How many errors are planted.", min=1)],
) -> None:
    """Print the cases in which errors are planted: the same ones for whoever has the list and the secret."""
    from boussole.charter.deadlines.planting import drawn

    given, key = (_lines(path) for path in (cases, secret))
    if len(key) != 1:
        raise BoussoleError("this is no secret.", where=str(secret), next_step="Make one: `boussole work secret FILE`.")
    if len({*given}) < errors:
        told = f"there are {len({*given})} cases, and {errors} errors to be planted."
        raise BoussoleError(told, where=str(cases), next_step="Give more cases, or plant fewer errors.")
    put("\n".join(drawn(given, secret=key[0], errors=errors)))


def _lines(path: Path) -> list[str]:
    try:
        return [line for each in regular.read_text(path).splitlines() if (line := each.strip())]
    except (OSError, UnicodeDecodeError) as error:
        told = "this file cannot be read as text."
        raise BoussoleError(told, where=str(path), next_step="Check its name and that it is UTF-8.") from error
