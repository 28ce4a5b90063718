"""`boussole charter`: what is promised."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dashboard.commands.console import say

app = typer.Typer(help="The charter.", no_args_is_help=True, rich_markup_mode=None)


@app.command()
def check(
    folder: Annotated[
        Path | None,
        typer.Argument(exists=True, file_okay=False, help="A charter folder; the packaged charter if absent."),
    ] = None,
) -> None:
    """Look for dangling references, duplicates, missing translations, unknown metrics, unjustified thresholds."""
    from charter.loading import find_faults

    faults = find_faults(folder)
    for fault in faults:
        say(fault)
    if faults:
        raise typer.Exit(2)
    say("The charter has no fault.")


@app.command()
def show(
    context: typer.Context,
    lang: Annotated[str, typer.Option(help="fr or en.")] = "fr",
) -> None:
    """Print the articles and their questions."""
    from charter.loading import load_charter
    from dashboard.commands.console import workspace_of

    charter = load_charter(workspace_of(context))
    typer.echo(f"{charter.title[lang]} {charter.version} ({charter.sha256})")
    for article in charter.articles:
        typer.echo(f"\n{article.order}. {article.title[lang]}: {article.commitment[lang]}")
        for indicator in article.indicators:
            typer.echo(f"  {indicator.number} {indicator.question[lang]}")
