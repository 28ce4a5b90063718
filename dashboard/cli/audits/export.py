"""`boussole export`: what others need, in their formats."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from boussole.audits import private_files
from boussole.dashboard.cli.console.command_line import demand_option, noted, reasoned
from boussole.dashboard.cli.console.completing import system_ids
from boussole.dashboard.cli.console.console import FromOption, ToOption, say, workspace_of, write_json
from boussole.dashboard.cli.console.output import check_folder
from boussole.dashboard.cli.ledger import checkpoint_files

app = typer.Typer(help="Export for auditors and other tools.", no_args_is_help=True, rich_markup_mode=None)

Lang = Literal["fr", "en"]
Folder = Annotated[Path, typer.Argument(help="The folder to write into; made if missing.", file_okay=False)]


@app.command("csv")
def csv_(context: typer.Context, folder: Folder) -> None:
    """The register for an auditor as CSV files: uses, questions, thresholds; README.txt explains every column."""
    from boussole.charter.registry.inventory import inventory
    from boussole.dashboard.cli.inventory_csv import write_tables

    check_folder(folder)
    workspace = workspace_of(context)
    document = inventory(workspace, today=workspace.today())
    for path in write_tables(document, folder):
        say(f"Written: {path}")


@app.command("json")
def json_(context: typer.Context, folder: Folder) -> None:
    """The register for an auditor as one JSON document (`boussole.register/1`)."""
    from boussole.charter.registry.inventory import inventory

    check_folder(folder)
    workspace = workspace_of(context)
    document = inventory(workspace, today=workspace.today())
    private_files.make_folder(folder)
    write_json(document, str(folder / "register.json"))


@app.command()
def pack(  # noqa: PLR0917 (the options of a command)
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="A new folder; its archive is written beside it.", file_okay=False)],
    system: Annotated[
        str | None, typer.Option("--system", autocompletion=system_ids, help="Only audits of this system.")
    ] = None,
    entry: Annotated[list[int] | None, typer.Option(help="Only the audit of this entry.")] = None,
    start: FromOption = None,
    end: ToOption = None,
    below: Annotated[
        Path | None,
        typer.Option("--checkpoint", exists=True, dir_okay=False, help="A cosigned checkpoint; else one is signed."),
    ] = None,
    since: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="A kept checkpoint: prove what extends it.")
    ] = None,
    restricted: Annotated[
        bool, typer.Option("--restricted", help="With all counts, those of hidden groups too: for sworn auditors.")
    ] = False,
    reason: Annotated[str, typer.Option(help="With --restricted: for whom and why; the access log keeps it.")] = "",
) -> None:
    """The evidence pack: audits, charters, proofs, counts, and a verifier that needs only Python."""
    from boussole.audits.ledger.checkpoint import parse_checkpoint
    from boussole.charter.auditing.rerun import chosen, newest
    from boussole.charter.pack import pack_files, with_earlier, write
    from boussole.charter.records import sign_checkpoint

    if restricted:
        demand_option(context, "--restricted")
        reason = reasoned(reason)
    check_folder(folder)
    workspace = workspace_of(context)
    if restricted:
        noted(workspace, context, option="--restricted", reason=reason)
    days = {"start": start.date() if start else None, "end": end.date() if end else None}
    audits = chosen(workspace, system=system, entries=entry or None, **days)
    if not restricted and len(newest(audits)) < len(audits):
        say(f"Of audits of the same window only the last is packed: {len(audits) - len(newest(audits))} left out.")
        audits = newest(audits)
    asked, audits = len(audits), with_earlier(workspace, audits, restricted=restricted)
    if len(audits) > asked:
        say(f"With {len(audits) - asked} audit(s) before them: their figures count together.")
    note = parse_checkpoint(checkpoint_files.text_of(below))[0] if below else sign_checkpoint(workspace)
    old = parse_checkpoint(checkpoint_files.text_of(since))[1] if since else None
    files = pack_files(workspace, audits, note=note, since=old, restricted=restricted)
    archive = write(files, folder)
    say(f"Written: {folder} and {archive}: {len(audits)} audit(s), {len(files)} files.")
    if restricted:
        say("RESTRICTED: it holds the counts of hidden groups. Hand it only to auditors bound to secrecy.")
    else:
        say("It holds what the audits show, and no count of a hidden group.")
    say(f"To verify it: boussole verify {folder}; without Boussole: python3 -I -S verify.py {folder}")


@app.command()
def oscal(  # noqa: PLR0917 (the options of a command)
    context: typer.Context,
    folder: Folder,
    lang: Annotated[Lang | None, typer.Option(help="Of the texts; that of the workspace if absent.")] = None,
    system: Annotated[
        str | None, typer.Option("--system", autocompletion=system_ids, help="Only audits of this system.")
    ] = None,
    start: FromOption = None,
    end: ToOption = None,
) -> None:
    """OSCAL documents: the charter as a catalogue, its assessment plan, stored audits as assessment results."""
    from boussole.charter.auditing.rerun import chosen, newest
    from boussole.charter.oscal import oscal_files
    from boussole.charter.records import stored_audits

    check_folder(folder)
    workspace = workspace_of(context)
    first, last = start.date() if start else None, end.date() if end else None
    asked = system or first or last
    audits = chosen(workspace, system=system, start=first, end=last) if asked else stored_audits(workspace)
    files = oscal_files(workspace, newest(audits), lang=lang or workspace.settings.language)
    private_files.make_folder(folder)
    for name, document in files.items():
        write_json(document, str(folder / name))
