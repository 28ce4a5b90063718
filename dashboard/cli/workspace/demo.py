"""`boussole demo`: the whole chain on an invented MatchFT."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from boussole.dashboard.cli.console.console import progress, say

PEOPLE = 20_000


def demo(
    home: Annotated[Path, typer.Option(help="Where to build the demo workspace.")] = Path("demo-workspace"),
    people: Annotated[int, typer.Option(min=500, max=200_000, help="Job seekers to invent.")] = PEOPLE,
    no_open: Annotated[bool, typer.Option("--no-open", help="Build everything, then stop.")] = False,
) -> None:
    """Invent a MatchFT, log three months of its decisions to MLflow, sync, audit, report, open the dashboard."""
    from boussole.dashboard.cli.demo.building import run_demo

    with progress() as tell:
        made = run_demo(home, people=people, progress=tell)
    say(f"The demo workspace is ready: {made.workspace.home}")
    for path in made.reports:
        say(f"  report: {path}")
    say(f"  facts that were planted: {made.facts}")
    say(f"Open it with: boussole --workspace {home} dashboard")
    if not no_open:
        from boussole.dashboard.server.server import run

        run(made.workspace.home, port=8501, headless=False)
