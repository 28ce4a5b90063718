"""`boussole committee`, continued: votes, consensus, dissent, and what the ledger proves of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from boussole.audits.errors import BoussoleError
from boussole.dashboard.cli.console.console import put, say
from boussole.dashboard.cli.console.desk import EXTERNAL, SECRETARIAT, Committee, MemberOption, On, desk
from boussole.dashboard.cli.records.committee.group import app

if TYPE_CHECKING:
    pass

VoteEntry = Annotated[int, typer.Argument(min=0, help="The entry of the vote.")]
Title = Annotated[str, typer.Option(help="What is decided, in a few words.")]
Subject = Annotated[str | None, typer.Option("--subject", help="The hash of the text it is about, such as of minutes.")]


@app.command()
def cast(
    context: typer.Context,
    vote: VoteEntry,
    *,
    member: MemberOption,
    choice: Annotated[
        Literal["for", "against", "abstain"] | None, typer.Option(help="In an open vote; a secret one asks for it.")
    ] = None,
    by: Annotated[str | None, typer.Option(help="Who votes for them, by proxy.")] = None,
    committee: Committee = EXTERNAL,
    role: Annotated[str, typer.Option(help="Who acts: a role, never a name.")] = "Member",
    on: On = None,
) -> None:
    """Vote. In a secret ballot the choice is asked for unseen, and a receipt is shown once."""
    from boussole.charter.committee.acts.balloting import vote_in_secret, vote_openly
    from boussole.charter.record_types.acts import Vote

    at = desk(context, committee, role, on, by=by)
    voter, secret = at.member(member), at.house.get(Vote, vote).secret
    if not secret:
        if choice is None:
            raise BoussoleError("this vote is open.", next_step="Say --choice for, against or abstain.")
        at.told(vote_openly(at.workspace, committee, vote=vote, voter=voter, choice=choice, who=at.who))
        return
    if choice is not None:
        raise BoussoleError(
            "this vote is secret, and a command line is kept by the machine: the vote was not cast.",
            next_step="Leave out --choice: you are asked for it, and it is not shown.",
        )
    said = typer.prompt("for, against or abstain", hide_input=True, err=True).strip()
    if said not in ("for", "against", "abstain"):
        raise BoussoleError("the vote was not cast.", next_step="Answer for, against or abstain.")
    sealed, nonce = vote_in_secret(at.workspace, committee, vote=vote, voter=voter, choice=said, who=at.who)
    at.told(sealed)
    say(f"Receipt, shown this once and kept nowhere: {nonce}")


@app.command()
def receipt(
    context: typer.Context,
    vote: VoteEntry,
    nonce: Annotated[str, typer.Argument(help="The receipt that was shown when the vote was cast.")],
    *,
    committee: Committee = EXTERNAL,
) -> None:
    """Find one's ballot among those of a secret vote that is over. Exit code 1: it is not there."""
    from boussole.charter.committee.acts.proving import shown_as
    from boussole.charter.record_types.acts import Tally

    tally = desk(context, committee, SECRETARIAT, None).house.last(Tally, vote)
    if tally is None:
        raise BoussoleError(
            f"entry {vote} is no vote that is over.", next_step="Ballots are shown once the vote has ended."
        )
    found = shown_as(tally[1], nonce)
    if found is None:
        say("No ballot of this vote has this receipt.")
        raise typer.Exit(1)
    put(found)


@app.command()
def check(context: typer.Context, committee: Committee = EXTERNAL) -> None:
    """Hold every act to the rules again, and every result to its votes. Exit code 1: one does not hold."""
    from boussole.charter.committee.acts.proving import faults

    at = desk(context, committee, SECRETARIAT, None)
    names = at.names()
    found = list(faults(at.house))
    for fault in found:
        say(f"entry {fault.entry}: {fault.reason.said('en', name=lambda member: names.get(member, member))}")
    say(f"{len(at.house.acts)} acts, {len(found)} of which do not hold.")
    if found:
        raise typer.Exit(1)
