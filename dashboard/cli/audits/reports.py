"""`boussole report`: the PDF."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from boussole.dashboard.cli.console.console import say, workspace_of
from boussole.dashboard.cli.console.output import check_folder


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
