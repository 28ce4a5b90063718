"""`boussole systems`: the register, and a whole register from a spreadsheet."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from boussole.audits import private_files
from boussole.audits.errors import SystemFileError
from boussole.dashboard.cli.console import (
    DatesOption,
    DecimalOption,
    EncodingOption,
    HeaderOption,
    SeparatorOption,
    SheetOption,
    answer_language,
    check_file,
    columns,
    complain,
    files_of,
    put,
    say,
    terminal_language,
    workspace_of,
    write_text,
)

if TYPE_CHECKING:
    from boussole.audits.workspace import Workspace

# `boussole systems import`: a whole register from a spreadsheet.


SHOWN = 100
"""Lines of one kind that are printed at most."""


def import_(
    context: typer.Context,
    register: Annotated[Path | None, typer.Argument(help="The register: an Excel workbook (.xlsx) or CSV.")] = None,
    *,
    sheet: SheetOption = None,
    update: Annotated[bool, typer.Option("--update", help="Change declared systems that are already there.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and write nothing.")] = False,
    template: Annotated[Path | None, typer.Option(help="Write an empty register to fill in, and stop.")] = None,
    lang: Annotated[Literal["fr", "en"], typer.Option(help="The language of the template's headers.")] = "fr",
) -> None:
    """Bring a whole register in: each row becomes a system file of kind `declared`. All rows or none."""
    if template is not None and register is None:
        _template(template, lang)
    elif register is not None and template is None:
        _import(workspace_of(context), register, sheet=sheet, update=update, dry_run=dry_run)
    else:
        raise SystemFileError("give either a register or --template FILE.xlsx.", next_step="See --help.")


def _template(path: Path, lang: str) -> None:
    from boussole.audits.spreadsheet import write_template

    refuse_existing(path)
    write_template(path, lang=lang)
    say(f"Written: {path}. Next: fill it in, then `boussole systems import {path}`.")


def _import(workspace: Workspace, register: Path, *, sheet: str | None, update: bool, dry_run: bool) -> None:
    from boussole.audits.spreadsheet import carry_out, plan

    made = plan(register, workspace.systems, sheet=sheet)
    _print([f"Note: {note}." for note in made.notes])
    if made.faults:
        _print([str(fault) for fault in made.faults])
        raise SystemFileError(
            f"{len(made.faults)} fault(s); nothing was written.",
            where=str(register),
            next_step="Mend them and import again.",
        )
    _print([f"New: {change.system.id}" for change in made.new])
    _print([f"Change: {change.system.id}: {line}" for change in made.amended for line in change.told])
    if made.amended and not update:
        raise SystemFileError(
            f"{len(made.amended)} system(s) are already there and would change; nothing was written.",
            where=str(register),
            next_step="Give --update to change them.",
        )
    if not dry_run:
        carry_out(made, workspace.home / "systems")
    counts = f"{len(made.new)} added, {len(made.amended)} changed, {len(made.unchanged)} unchanged."
    say(f"Nothing was written (--dry-run): {counts}" if dry_run else counts)


def refuse_existing(path: Path) -> None:
    """Stops before a file is overwritten, or written where there is no folder."""
    if path.exists():
        raise SystemFileError(
            "this file exists already.", where=str(path), next_step="Give another name, or delete it."
        )
    if not path.parent.is_dir():
        raise SystemFileError("there is no such folder.", where=str(path.parent), next_step="Make it first.")


def _print(lines: Sequence[str]) -> None:
    for line in lines[:SHOWN]:
        say(line)
    if len(lines) > SHOWN:
        say(f"… and {len(lines) - SHOWN} more.")


# `boussole systems`: the register.


app = typer.Typer(help="The systems of the register.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_(context: typer.Context) -> None:
    """List the systems: id, kind, status, risk, title."""
    workspace = workspace_of(context)
    listed = workspace.systems.values()
    language = answer_language(workspace.settings)
    for system in listed:
        title = system.title.get(language) or next(iter(system.title.values()))
        put(columns(system.id, system.kind, system.status, system.risk, title))
    counts: Counter[str] = Counter(system.status for system in listed)
    names = ("design", "pilot", "production", "retired")
    told = ", ".join(f"{counts[name]} {name}" for name in names if counts[name])
    say(f"{len(listed)} system(s){f': {told}' if told else ''}.")
    for line in _sharing(workspace):
        say(line)


def _sharing(workspace: Workspace) -> list[str]:
    from boussole.audits.decisions.shared import sharing
    from boussole.audits.lake import has_lake, reading

    if not has_lake(workspace):
        return []
    with reading(workspace) as connection:
        pairs = sharing(connection)
    return [
        f"{pair.systems[0]} and {pair.systems[1]} hold the same decisions ({pair.months[0]:%Y-%m} to "
        f"{pair.months[-1]:%Y-%m}): their audits are protected together, see docs/privacy.md."
        for pair in pairs
    ]


@app.command()
def check(
    context: typer.Context,
    models: Annotated[bool, typer.Option("--models", help="Also name models of MLflow that no system names.")] = False,
) -> None:
    """Read every system file and say what is wrong, file by file."""
    from boussole.audits.systems.gaps import file_of, gaps_of
    from boussole.audits.systems.loading import faults_in

    workspace = workspace_of(context)
    faults = faults_in(workspace.home / "systems")
    for fault in faults[1:]:
        complain(fault)
    if faults:
        raise faults[0]
    say(f"{len(workspace.systems)} system file(s) in {workspace.home / 'systems'}: no fault found.")
    for system_id in workspace.systems:
        for gap in gaps_of(file_of(workspace.home / "systems", system_id)):
            say(f"{system_id}.yaml, {gap.told()}")
    if models:
        _check_models(workspace)


def _check_models(workspace: Workspace) -> None:
    from boussole.experiments.unregistered import unregistered_models

    strays = unregistered_models(workspace)
    if not strays:
        say("MLflow: every model in its registry belongs to a system.")
        return
    for name in strays:
        say(f"MLflow: the model '{name}' belongs to no system.")
    say("Describe it in the register, or give it the tag `boussole.system` with the id of its system.")
    raise typer.Exit(1)


@app.command()
def schema() -> None:
    """Print the JSON Schema of a system file, for editors."""
    from boussole.audits.systems import System

    put(json.dumps(System.model_json_schema(), ensure_ascii=False, indent=2))


@app.command()
def add(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The system file (YAML).")],
    replace: Annotated[bool, typer.Option("--replace", help="Replace the system of the same id.")] = False,
) -> None:
    """Check a system file and copy it into the workspace."""
    from boussole.audits.systems import load_system
    from boussole.audits.systems.gaps import gaps_of

    workspace = workspace_of(context)
    system = load_system(file)
    target = workspace.home / "systems" / f"{system.id}.yaml"
    if target.exists() and not replace:
        raise SystemFileError(
            f"this workspace already has a system '{system.id}'.", where=str(target), next_step="Give --replace."
        )
    private_files.write(target, file.read_bytes())
    say(f"Added: {system.id}")
    if found := gaps_of(target):
        marked = f"{len(found)} of its lines are still {found[0].mark}"
        say(f"{marked}: until they are filled in, nothing is imported or sealed.")
        say(f"Fill them in in {target}, or in {file} and add it again with --replace.")


app.command("import")(import_)


@app.command()
def new(  # noqa: PLR0917 (the options of a command)
    source: Annotated[
        str, typer.Option("--from", help="A CSV, Excel, Parquet or JSON lines file, or duckdb:PATH?table=T.")
    ],
    system_id: Annotated[
        str | None, typer.Option("--id", help="The id of the system; else from the file's name.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Where to write the file; else it is printed.")] = None,
    control: Annotated[
        list[str] | None,
        typer.Option(help="A column that may rightly differ between people; may be given several times."),
    ] = None,
    encoding: EncodingOption = None,
    separator: SeparatorOption = None,
    decimal: DecimalOption = None,
    dates: DatesOption = None,
    header: HeaderOption = None,
    sheet: SheetOption = None,
) -> None:
    """Propose a complete system file from a data file: every guess says why, every gap is marked."""
    from boussole.audits.scaffold import propose

    if out is not None:
        refuse_existing(out)
    check_file(out)
    files = files_of(encoding=encoding, separator=separator, decimal=decimal, dates=dates, header=header, sheet=sheet)
    made = propose(
        source, system_id=system_id, controls=control or [], files=files, language=terminal_language() or "en"
    )
    told = made.say
    if made.read:
        say(f"{source}: {made.read}.")
    if out is None:
        put(made.text, nl=False)
    else:
        write_text(out, made.text)
        say(told("Written: {file}", file=out))
    say(told("No data can tell these:"))
    for gap in made.gaps:
        say(f"  {gap}")
    file = out or "FILE"
    say(told("Next: read it, fill in what is marked, then `boussole systems add {file}`.", file=file))
    audit = f"boussole audit --dry-run {source} --system-file {file}"
    say(told("To see what an audit would say: `{command}`.", command=audit))
