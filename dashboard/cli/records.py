"""Groups of commands whose records follow from models, `record`, `incident`, `appeal`, `work`: what lists them."""

from __future__ import annotations

import datetime as dt
import secrets
from pathlib import Path
from typing import Annotated

import typer

from boussole.audits import regular
from boussole.audits.errors import BoussoleError, nearest
from boussole.dashboard.cli.console.console import put, say, system_ids, workspace_of
from boussole.dashboard.cli.of_records import DAY, record_group

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


@app.command("erase-attachment")
def erase_attachment(
    context: typer.Context,
    entry: Annotated[int, typer.Argument(min=0, help="The entry of the record.")],
    number: Annotated[int, typer.Option(min=1, help="Which of its attachments: the first is 1.")] = 1,
) -> None:
    """Erase a file that is attached to a record. What was sealed of it, its fingerprint, stays."""
    from boussole.charter.record_types.attached import Attaching
    from boussole.charter.records import statements
    from boussole.charter.records.documents.attachments import erase

    workspace = workspace_of(context)
    said = next((each.statement for each in statements(workspace) if each.entry == entry), None)
    if not isinstance(said, Attaching) or number > len(said.attachments):
        raise BoussoleError(
            f"entry {entry} has no attachment {number}.", next_step="Look at the entry on the page of evidence."
        )
    erased = erase(workspace, said.attachments[number - 1].sha256)
    say("Erased. Erase it from backups too." if erased else "It was erased before.")


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
    from boussole.charter.work.effects import consultations, surveys, times, trainings

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
    """The lines of a text file that are not empty. Raises BoussoleError where it cannot be read."""
    try:
        return [line for each in regular.read_text(path).splitlines() if (line := each.strip())]
    except (OSError, UnicodeDecodeError) as error:
        told = "this file cannot be read as text."
        raise BoussoleError(told, where=str(path), next_step="Check its name and that it is UTF-8.") from error
