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
