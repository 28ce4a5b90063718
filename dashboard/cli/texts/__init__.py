"""`boussole texts`: what is wrong with the wording of texts, each command in its module."""

from __future__ import annotations

import typer

from boussole.dashboard.cli.texts.check import check
from boussole.dashboard.cli.texts.measure import measure
from boussole.dashboard.cli.texts.pairs import app as pairs
from boussole.dashboard.cli.texts.personal import personal

app = typer.Typer(help="Texts that systems write.", no_args_is_help=True, rich_markup_mode=None)

app.command()(check)
app.command()(measure)
app.command()(personal)
app.add_typer(pairs, name="pairs")


@app.callback()
def texts() -> None:
    """Texts that systems write."""
