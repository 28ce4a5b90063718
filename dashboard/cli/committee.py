"""`boussole committee`: its members, sessions, votes and opinions, as far as no model makes their commands."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Literal

import typer

from boussole.audits.errors import BoussoleError
from boussole.dashboard.cli.console import check_file, put, say, workspace_of, write_json
from boussole.dashboard.cli.desk import (
    EXTERNAL,
    MINUTE,
    SECRETARIAT,
    Committee,
    MemberOption,
    On,
    Role,
    SessionEntry,
    Text,
    desk,
    made,
    yaml_of,
)
from boussole.dashboard.cli.records import record_group

# `boussole committee`, to which each module adds the commands that it writes by hand.


app = record_group("A committee's work: members, sessions, votes, opinions; each act is held to its rules and sealed.")


# `boussole committee`, continued: referrals, hearings, questions and answers.


Referral = Annotated[int, typer.Argument(min=0, help="The entry of the referral.")]


@app.command()
def questions(context: typer.Context, committee: Committee = EXTERNAL, on: On = None) -> None:
    """List the questions, overdue ones first: entry, state, due day, who must answer, words."""
    from boussole.charter.committee.referrals.matters import questions as asked

    at = desk(context, committee, SECRETARIAT, on)
    for each in asked(at.house, today=at.who.on):
        said = each.question
        put(f"{each.entry}\t{each.state}\t{said.due_on}\t{said.addressee}\t{said.text.splitlines()[0]}")


# `boussole committee`: its rules, who sits on it, and what members declare.


@app.command()
def new(
    context: typer.Context,
    template: Annotated[str, typer.Argument(help="external, or internal: the follow-up committee.")],
) -> None:
    """Write the file of a committee's rules, to be changed and adopted."""
    from boussole.charter.committee.rules import write_template

    say(f"Written: {write_template(workspace_of(context), template)}")


@app.command()
def rules(context: typer.Context, committee: Committee = EXTERNAL) -> None:
    """Print the rules in force, as YAML, and say whether the committee has adopted them."""
    import yaml

    house = desk(context, committee, SECRETARIAT, None).house
    put(yaml.safe_dump(house.rules.model_dump(mode="json"), allow_unicode=True, sort_keys=False).rstrip())
    adopted = house.adopted
    say(f"Adopted on {adopted.on}." if adopted else "Proposed: the committee has not adopted them yet.")


@app.command()
def members(context: typer.Context, committee: Committee = EXTERNAL, on: On = None) -> None:
    """List who sits on a day: number, name, college, first and last day, office, entry of the mandate."""
    from boussole.charter.committee.people.members import holder_of, sitting_on

    at = desk(context, committee, SECRETARIAT, on)
    names, day = at.names(), at.who.on
    offices = {holder_of(at.house, office, day): office for office in ("deputy", "chair")}
    for member, sitting in sitting_on(at.house, day).items():
        put(
            f"{member}\t{names.get(member, '')}\t{sitting.college}\t{sitting.start}\t{sitting.last_day or 'open'}\t"
            f"{offices.get(member, 'member')}\t{sitting.entry}"
        )


@app.command()
def name(
    context: typer.Context,
    *,
    member: MemberOption,
    to: Annotated[str, typer.Option("--name", help="The name, as minutes print it.")],
    committee: Committee = EXTERNAL,
) -> None:
    """Write down or correct a member's name: it is not sealed."""
    from boussole.charter.committee.people.directory import name_member

    at = desk(context, committee, SECRETARIAT, None)
    name_member(at.workspace, at.member(member), name=to)
    say("Written down, beside the ledger.")


@app.command()
def forget(context: typer.Context, *, member: MemberOption, committee: Committee = EXTERNAL) -> None:
    """Erase a member's name, minutes as files and comments; what they did stays, by number."""
    from boussole.charter.committee.people.directory import forget as erase

    at = desk(context, committee, SECRETARIAT, None)
    say("Erased." if erase(at.workspace, at.member(member)) else "No name was known.")


# `boussole committee`, continued: drafts, opinions, what became of them, recommendations.


@app.command()
def draft(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A YAML file: title, sense, words, reservations.")],
    *,
    number: Annotated[int | None, typer.Option(min=1, help="The draft to save again; a new one if absent.")] = None,
    referral: Annotated[int | None, typer.Option(min=0, help="The entry of the referral, for a new draft.")] = None,
    committee: Committee = EXTERNAL,
    role: Role = SECRETARIAT,
) -> None:
    """Save the draft of an opinion, which nobody else may be writing in."""
    from boussole.charter.committee.papers.drafts import begin, claim, save

    at = desk(context, committee, role, None)
    body = yaml_of(file)
    if not isinstance(body, dict):
        raise BoussoleError("expected keys and values.", where=str(file), next_step="Start with `title: …`.")
    if number is None:
        number = begin(at.workspace, committee, body=body, author=role, about=referral).id
    else:
        claim(at.workspace, number, author=role)
    saved = save(at.workspace, number, body=body, author=role)
    say(f"Saved: draft {saved.id}, version {saved.version}.")


@app.command()
def drafts(
    context: typer.Context,
    *,
    number: Annotated[int | None, typer.Option(min=1, help="Print this draft.")] = None,
    committee: Committee = EXTERNAL,
) -> None:
    """List the drafts: number, version, who saved last and when; or print one as YAML."""
    import yaml

    from boussole.charter.committee.papers import drafts as kept

    workspace = desk(context, committee, SECRETARIAT, None).workspace
    if number is None:
        for each in kept.drafts(workspace, committee):
            put(f"{each.id}\t{each.version}\t{each.author}\t{each.saved_at}")
        return
    now = kept.draft(workspace, number)
    put(yaml.safe_dump(dict(now.body), allow_unicode=True, sort_keys=False).rstrip())
    say(f"Draft {now.id}, version {now.version}, saved by {now.author} at {now.saved_at}.")


@app.command()
def opinions(context: typer.Context, committee: Committee = EXTERNAL, on: On = None) -> None:
    """List the opinions and what became of them, ignored ones first."""
    from boussole.charter.committee.advising.opinions import fates, followed, promises
    from boussole.charter.records.facts import facts_of

    at = desk(context, committee, SECRETARIAT, on)
    facts = facts_of(at.workspace, as_of=at.who.on)
    for each in fates(at.house, facts):
        state = "ignored" if each.ignored else each.followed or "no answer"
        put(f"{each.entry}\t{each.publication}\t{each.answer}\t{state}\t{each.opinion.wording.title}")
    found = followed(promises(at.house, facts), today=at.who.on, late_days=at.house.rules.opinions.late_days)
    if found.due:
        say(f"On time: {found.on_time} of {found.due} publications and answers that were due.")


@app.command()
def recommendations(context: typer.Context, committee: Committee = EXTERNAL, on: On = None) -> None:
    """List the recommendations of the committee and of outside authorities, overdue ones first."""
    from boussole.charter.committee.advising.advice import recommended
    from boussole.charter.records.facts import facts_of

    at = desk(context, committee, SECRETARIAT, on)
    for each in recommended(facts_of(at.workspace, as_of=at.who.on)):
        said = each.said
        put(f"{each.entry}\t{each.state}\t{said.due_on}\t{said.addressee}\t{said.body}\t{said.text[:80]}")


# `boussole committee`, continued: sessions, who is there, frozen packs, minutes.


Lang = Annotated[Literal["fr", "en"], typer.Option(help="Language.")]


@app.command()
def agenda(context: typer.Context, committee: Committee = EXTERNAL, lang: Lang = "fr") -> None:
    """Print the agenda that an ordinary session starts from, as YAML: change it, and give it to `convene`."""
    import yaml

    from boussole.charter.committee.meetings.sessions import agenda_from

    items = agenda_from(desk(context, committee, SECRETARIAT, None).house.rules, lang)
    told = [item.model_dump(exclude_none=True) for item in items]
    put(yaml.safe_dump(told, allow_unicode=True, sort_keys=False).rstrip())


@app.command()
def convene(
    context: typer.Context,
    *,
    starts: Annotated[dt.datetime, typer.Option(formats=MINUTE, help="When it starts, in the committee's time.")],
    ends: Annotated[dt.datetime, typer.Option(formats=MINUTE, help="When it ends.")],
    place: Annotated[str, typer.Option(help="Where.")],
    agenda: Annotated[Path | None, typer.Option(help="A YAML file of items; else that of the rules.")] = None,
    lang: Lang = "fr",
    extraordinary: Annotated[bool, typer.Option("--extraordinary", help="An extraordinary session.")] = False,
    remote: Annotated[bool, typer.Option("--remote", help="One can take part from afar.")] = False,
    urgent: Annotated[bool, typer.Option("--urgent", help="With less notice; say why in --text.")] = False,
    second_call_of: Annotated[int | None, typer.Option(min=0, help="The session that lacked a quorum.")] = None,
    amends: Annotated[int | None, typer.Option(min=0, help="The session that this call changes.")] = None,
    text: Text = "",
    committee: Committee = EXTERNAL,
    role: Role = SECRETARIAT,
    on: On = None,
) -> None:
    """Call a session, or change one that was called."""
    from boussole.charter.committee.acts.meeting import convene as call
    from boussole.charter.committee.meetings.sessions import agenda_from
    from boussole.charter.record_types.acts import Item

    at = desk(context, committee, role, on)
    items = agenda_from(at.house.rules, lang)
    if agenda is not None:
        given = yaml_of(agenda)
        if not isinstance(given, list) or not all(isinstance(each, dict) for each in given):
            raise BoussoleError("an agenda is a list of items.", where=str(agenda), next_step="See `committee agenda`.")
        items = [made(Item, **each) for each in given]
    at.told(
        call(
            at.workspace,
            committee,
            who=at.who,
            starts=starts,
            ends=ends,
            place=place,
            agenda=items,
            kind="extraordinary" if extraordinary else "ordinary",
            remote=remote,
            urgent=urgent,
            text=text,
            second_call_of=second_call_of,
            amends=amends,
        )
    )


@app.command()
def sessions(context: typer.Context, committee: Committee = EXTERNAL) -> None:
    """List the sessions: entry, state, start, kind, place."""
    from boussole.charter.committee.meetings.sessions import sessions as called

    for each in called(desk(context, committee, SECRETARIAT, None).house):
        call = each.call
        put(f"{each.entry}\t{each.state}\t{call.starts:%Y-%m-%dT%H:%M}\t{call.session}\t{call.place}")


@app.command()
def minutes(
    context: typer.Context,
    session: SessionEntry,
    *,
    committee: Committee = EXTERNAL,
    lang: Lang = "fr",
    json_: Annotated[str | None, typer.Option("--json", help="Write them as data to a file, or to - .")] = None,
) -> None:
    """Print the minutes of a session (Markdown), or write them as data; `seal-minutes` seals them."""
    from boussole.charter.committee.papers.minutes import minutes_of
    from boussole.charter.committee.papers.minutes_text import minutes_text

    check_file(json_)
    at = desk(context, committee, SECRETARIAT, None)
    document = minutes_of(at.house, session)
    if json_:
        write_json(document, json_)
    else:
        put(minutes_text(document, lang=lang, names=at.names(), rules=at.house.rules).rstrip())


# `boussole committee`, continued: votes, consensus, dissent, and what the ledger proves of them.


VoteEntry = Annotated[int, typer.Argument(min=0, help="The entry of the vote.")]
Title = Annotated[str, typer.Option(help="What is decided, in a few words.")]


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
    from boussole.charter.committee.acts.meeting import vote_in_secret, vote_openly
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
