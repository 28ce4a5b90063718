"""`boussole committee`, continued: referrals, hearings, questions and answers."""

from __future__ import annotations

from typing import Annotated

import typer

from boussole.dashboard.cli.console.console import put
from boussole.dashboard.cli.console.desk import EXTERNAL, SECRETARIAT, Committee, On, desk
from boussole.dashboard.cli.records.committee.group import app

Referral = Annotated[int, typer.Argument(min=0, help="The entry of the referral.")]


@app.command()
def questions(context: typer.Context, committee: Committee = EXTERNAL, on: On = None) -> None:
    """List the questions, overdue ones first: entry, state, due day, who must answer, words."""
    from boussole.charter.committee.referrals.matters import questions as asked

    at = desk(context, committee, SECRETARIAT, on)
    for each in asked(at.house, today=at.who.on):
        said = each.question
        put(f"{each.entry}\t{each.state}\t{said.due_on}\t{said.addressee}\t{said.text.splitlines()[0]}")
