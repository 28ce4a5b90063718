"""`boussole record`: what people state, sealed. What makes a record follows from its model; here is what lists them."""

from __future__ import annotations

from typing import Annotated

import typer

from boussole.audits.errors import BoussoleError, nearest
from boussole.dashboard.cli.console.console import put, say, workspace_of
from boussole.dashboard.cli.records.of_records import record_group

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
