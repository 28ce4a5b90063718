"""`boussole committee`, continued: votes, consensus, dissent, and what the ledger proves of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from boussole.audits.errors import BoussoleError
from boussole.dashboard.commands.committee.desk import (
    EXTERNAL,
    SECRETARIAT,
    Anew,
    Committee,
    ItemId,
    MemberOption,
    On,
    Role,
    SessionEntry,
    app,
    desk,
)
from boussole.dashboard.commands.console import put, say

if TYPE_CHECKING:
    from boussole.audits.workspace import Workspace

VoteEntry = Annotated[int, typer.Argument(min=0, help="The entry of the vote.")]
Title = Annotated[str, typer.Option(help="What is decided, in a few words.")]
DraftNumber = Annotated[int | None, typer.Option("--draft", min=1, help="The draft of the opinion it is about.")]
Subject = Annotated[str | None, typer.Option("--subject", help="The hash of the text it is about, such as of minutes.")]


@app.command()
def vote(
    context: typer.Context,
    session: SessionEntry,
    *,
    item: ItemId,
    title: Title,
    secret: Annotated[bool, typer.Option("--secret", help="By secret ballot.")] = False,
    draft: DraftNumber = None,
    subject: Subject = None,
    committee: Committee = EXTERNAL,
    role: Role = SECRETARIAT,
    on: On = None,
    anew: Anew = False,
) -> None:
    """Put something to the vote."""
    from boussole.charter.committee.meeting import begin_vote

    at = desk(context, committee, role, on)
    about = _subject(at.workspace, draft, subject)
    at.told(
        begin_vote(
            at.workspace,
            committee,
            of=session,
            item=item,
            title=title,
            secret=secret,
            who=at.who,
            subject=about,
            anew=anew,
        )
    )


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
    from boussole.charter.committee.balloting import vote_in_secret, vote_openly
    from boussole.charter.records.acts import Vote

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
def count(
    context: typer.Context,
    vote: VoteEntry,
    *,
    committee: Committee = EXTERNAL,
    role: Role = SECRETARIAT,
    on: On = None,
) -> None:
    """End a vote, and say its result."""
    from boussole.charter.committee.balloting import end_vote
    from boussole.charter.records.acts import Tally

    at = desk(context, committee, role, on)
    sealed = end_vote(at.workspace, committee, vote=vote, who=at.who)
    at.told(sealed)
    tally = at.house.get(Tally, sealed.entry)
    casting = ", by the casting vote" if tally.casting else ""
    say(
        f"For: {tally.in_favour}, against: {tally.against}, abstained: {tally.abstained}: "
        f"{'adopted' if tally.adopted else 'not adopted'}{casting}."
    )


@app.command()
def annul(
    context: typer.Context,
    vote: VoteEntry,
    text: Annotated[str, typer.Option(help="Why.")],
    *,
    committee: Committee = EXTERNAL,
    role: Role = SECRETARIAT,
    on: On = None,
) -> None:
    """Declare an open vote void; the ballots of a secret one are destroyed unseen."""
    from boussole.charter.committee.balloting import annul_vote

    at = desk(context, committee, role, on)
    at.told(annul_vote(at.workspace, committee, vote=vote, who=at.who, text=text))


@app.command()
def receipt(
    context: typer.Context,
    vote: VoteEntry,
    nonce: Annotated[str, typer.Argument(help="The receipt that was shown when the vote was cast.")],
    *,
    committee: Committee = EXTERNAL,
) -> None:
    """Find one's ballot among those of a secret vote that is over. Exit code 1: it is not there."""
    from boussole.charter.committee.proving import shown_as
    from boussole.charter.records.acts import Tally

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
def consensus(
    context: typer.Context,
    session: SessionEntry,
    *,
    item: ItemId,
    title: Title,
    draft: DraftNumber = None,
    subject: Subject = None,
    committee: Committee = EXTERNAL,
    role: Role = SECRETARIAT,
    on: On = None,
) -> None:
    """Record a decision by consensus, without a vote."""
    from boussole.charter.committee.meeting import agree

    at = desk(context, committee, role, on)
    about = _subject(at.workspace, draft, subject)
    at.told(agree(at.workspace, committee, of=session, item=item, title=title, who=at.who, subject=about))


@app.command()
def dissent(
    context: typer.Context,
    decision: Annotated[int, typer.Argument(min=0, help="The entry of the result, or of the consensus.")],
    *,
    member: MemberOption,
    text: Annotated[str, typer.Option(help="Their words.")],
    reservation: Annotated[bool, typer.Option("--reservation", help="A reservation, not a disagreement.")] = False,
    committee: Committee = EXTERNAL,
    role: Role = SECRETARIAT,
    on: On = None,
) -> None:
    """Note a member's disagreement or reservation, under their name."""
    from boussole.charter.records.acts import Dissent

    at = desk(context, committee, role, on)
    sort = "reservation" if reservation else "dissent"
    at.do(Dissent, of=decision, member=at.member(member), text=text, sort=sort)


@app.command()
def check(context: typer.Context, committee: Committee = EXTERNAL) -> None:
    """Hold every act to the rules again, and every result to its votes. Exit code 1: one does not hold."""
    from boussole.charter.committee.proving import faults

    at = desk(context, committee, SECRETARIAT, None)
    names = at.names()
    found = list(faults(at.house))
    for fault in found:
        say(f"entry {fault.entry}: {fault.reason.said('en', name=lambda member: names.get(member, member))}")
    say(f"{len(at.house.acts)} acts, {len(found)} of which do not hold.")
    if found:
        raise typer.Exit(1)


def _subject(workspace: Workspace, draft: int | None, subject: str | None) -> str | None:
    """The hash of the text that is decided on: of a draft, or as given."""
    if draft is None:
        return subject
    from boussole.charter.committee.issuing import opinion_text

    return opinion_text(workspace, draft)[0].sha256
