"""What is handed to others: `boussole report`, the PDF; `export`, in their formats; `explain`, to a person."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from boussole.audits import private_files
from boussole.audits.errors import BoussoleError
from boussole.dashboard.cli import ledger
from boussole.dashboard.cli.command_line import demand_option, noted, reasoned
from boussole.dashboard.cli.console import (
    FromOption,
    SystemOption,
    ToOption,
    check_file,
    check_folder,
    put,
    say,
    system_ids,
    workspace_of,
    write_json,
)

if TYPE_CHECKING:
    from boussole.audits.workspace import Workspace
    from boussole.dashboard.markup.words.say import Say
    from boussole.dashboard.views.explained.explanation import Explanation

# `boussole export`: what others need, in their formats.


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
    note = parse_checkpoint(ledger.text_of(below))[0] if below else sign_checkpoint(workspace)
    old = parse_checkpoint(ledger.text_of(since))[1] if since else None
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


# `boussole report`: the PDF.


class Language(StrEnum):
    """Languages of reports."""

    fr = "fr"
    en = "en"


def report(
    context: typer.Context,
    period: Annotated[str | None, typer.Option(help="2026-Q3, 2026-09 or 2026; the newest audits if absent.")] = None,
    lang: Annotated[Language | None, typer.Option(help="fr or en; the workspace's language if absent.")] = None,
    out: Annotated[Path | None, typer.Option(help="The PDF file; in the workspace's reports if absent.")] = None,
) -> None:
    """Write the report of a period as an accessible, archivable PDF with its evidence attached."""
    from boussole.dashboard.report import write_report

    if out is not None:
        check_folder(out.parent)
    workspace = workspace_of(context)
    chosen = lang.value if lang else workspace.settings.language
    say(f"Written: {write_report(workspace, period=period, lang=chosen, out=out)}")


# `boussole explain`: one decision, for the person concerned.


def explain(  # noqa: PLR0917 (the options of a command)
    context: typer.Context,
    decision: Annotated[list[str], typer.Argument(help="The id of the decision; each column of it, in order.")],
    system: SystemOption,
    reason: Annotated[str, typer.Option(help="Why this decision must be read; the access log keeps it.")],
    request: Annotated[
        str | None, typer.Option(help="The number of the request that the sheet answers: needs --out and --role.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The PDF to write, with the text beside it.")] = None,
    role: Annotated[str | None, typer.Option(help="Who answers: a role, never a name.")] = None,
    lang: Annotated[Language | None, typer.Option(help="fr or en; the workspace's language if absent.")] = None,
) -> None:
    """Explain one decision to the person concerned, in the four parts that French law asks.

    Without --request it is a draft, printed or written, that nobody hands out. With it the answer is recorded with its
    day, and sealed by the hash of the PDF alone. Each look is noted in the access log. Whoever holds the workspace's
    files may run this alone; in the browser it takes two people.
    """
    from boussole.dashboard.markup.words.say import speaker_in
    from boussole.dashboard.views.explained.explanation import explanation

    why = reasoned(reason)
    if request is not None and (out is None or role is None):
        raise BoussoleError(
            "an answer is handed to the person, in somebody's name.", next_step="Give --out FILE.pdf and --role ROLE."
        )
    if out is not None:
        _check(out)
    workspace = workspace_of(context, reason=why)
    known = explanation(workspace, workspace.system(system), decision)
    speaks = speaker_in(workspace, lang.value if lang else workspace.settings.language)
    if request is not None and out is not None and role is not None:
        _answer(workspace, known, (request, role), out, speaks)
    else:
        _draft(workspace, known, out, speaks)


def _check(out: Path) -> None:
    """Raises BoussoleError for a file that is no PDF or cannot be written."""
    if out.suffix.lower() != ".pdf":
        raise BoussoleError("the sheet is a PDF.", where=str(out), next_step="Give a name that ends in .pdf.")
    check_file(out)


def _draft(workspace: Workspace, known: Explanation, out: Path | None, speaks: Say) -> None:
    from boussole.dashboard.report.typesetting import draft, write_files

    made = draft(workspace, known, speaks)
    if out is None:
        put(made.text, nl=False)
        return
    write_files(made, out)
    say(f"Written, as a draft that answers no request: {out}")


def _answer(workspace: Workspace, known: Explanation, asked: tuple[str, str], out: Path, speaks: Say) -> None:
    """The sheet that answers a request, and its record."""
    from boussole.dashboard.report.typesetting import answered, write_answer
    from boussole.dashboard.views.explained.explanation import request_of

    request, role = asked
    files, said = answered(workspace, known, request_of(workspace, request, known), speaks, role=role)
    entry = write_answer(workspace, files, said, out)
    say(
        f"Written: {out}. The request {request} is answered on {said.on}; sealed at entry {entry}, without its content."
    )
    if said.outcome != "upheld":
        say("It lacks something that the law asks: question 5.3 does not count it as an answer. The sheet says why.")
