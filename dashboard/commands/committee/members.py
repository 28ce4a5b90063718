"""`boussole committee`: its rules, who sits on it, and what members declare."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

import typer

from boussole.dashboard.commands.committee.desk import (
    DAY,
    EXTERNAL,
    SECRETARIAT,
    Anew,
    Committee,
    MemberOption,
    On,
    Role,
    Text,
    app,
    day_of,
    desk,
)
from boussole.dashboard.commands.completing import system_ids
from boussole.dashboard.commands.console import put, say, workspace_of


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
def adopt(
    context: typer.Context,
    *,
    committee: Committee = EXTERNAL,
    role: Role = SECRETARIAT,
    on: On = None,
    text: Text = "",
) -> None:
    """Put the rules of the committee's file in force: from then on, editing the file changes nothing."""
    from boussole.charter.committee.rules import committee as rules_of
    from boussole.charter.records.acts import RulesInForce

    at = desk(context, committee, role, on)
    at.do(RulesInForce, act="adopted", rules=rules_of(at.workspace, committee), text=text)


@app.command()
def members(context: typer.Context, committee: Committee = EXTERNAL, on: On = None) -> None:
    """List who sits on a day: number, name, college, first and last day, office, entry of the mandate."""
    from boussole.charter.committee.members import holder_of, sitting_on

    at = desk(context, committee, SECRETARIAT, on)
    names, day = at.names(), at.who.on
    offices = {holder_of(at.house, office, day): office for office in ("deputy", "chair")}
    for member, sitting in sitting_on(at.house, day).items():
        put(
            f"{member}\t{names.get(member, '')}\t{sitting.college}\t{sitting.start}\t{sitting.last_day or 'open'}\t"
            f"{offices.get(member, 'member')}\t{sitting.entry}"
        )


@app.command()
def seat(
    context: typer.Context,
    *,
    college: Annotated[str, typer.Option(help="The id of the college.")],
    start: Annotated[dt.datetime, typer.Option("--from", formats=DAY, help="First day of the mandate.")],
    end: Annotated[dt.datetime | None, typer.Option("--to", formats=DAY, help="Last day, if any.")] = None,
    name: Annotated[str, typer.Option(help="Their name: kept beside the ledger, where it can be erased.")] = "",
    member: Annotated[str | None, typer.Option(help="Number or name, where the member is known already.")] = None,
    replaces: Annotated[int | None, typer.Option(min=0, help="Entry of the mandate that it takes over.")] = None,
    committee: Committee = EXTERNAL,
    role: Role = SECRETARIAT,
    on: On = None,
    text: Text = "",
) -> None:
    """Give a member a mandate; a new member gets a number."""
    from boussole.charter.committee.directory import name_member, new_number
    from boussole.charter.records.acts import Mandate

    at = desk(context, committee, role, on)
    number = at.member(member) if member else new_number()
    at.do(
        Mandate,
        member=number,
        college=college,
        start=start.date(),
        end=day_of(end),
        replaces=replaces,
        text=text,
    )
    if name:
        name_member(at.workspace, number, name=name)
    say(f"Number: {number}")


@app.command("end-mandate")
def end_mandate(
    context: typer.Context,
    mandate: Annotated[int, typer.Argument(min=0, help="The entry of the mandate.")],
    last_day: Annotated[dt.datetime, typer.Option(formats=DAY, help="Its last day.")],
    *,
    committee: Committee = EXTERNAL,
    role: Role = SECRETARIAT,
    on: On = None,
    text: Text = "",
) -> None:
    """End a mandate before its term."""
    from boussole.charter.records.acts import MandateEnd

    desk(context, committee, role, on).do(MandateEnd, of=mandate, last_day=last_day.date(), text=text)


@app.command()
def office(
    context: typer.Context,
    office: Annotated[Literal["chair", "deputy"], typer.Argument(help="The office.")],
    *,
    member: MemberOption,
    start: Annotated[dt.datetime | None, typer.Option("--from", formats=DAY, help="First day; else today.")] = None,
    committee: Committee = EXTERNAL,
    role: Role = SECRETARIAT,
    on: On = None,
    anew: Anew = False,
) -> None:
    """Say who holds an office from a day on."""
    from boussole.charter.records.acts import Office

    at = desk(context, committee, role, on)
    at.do(Office, office=office, member=at.member(member), start=day_of(start) or at.who.on, anew=anew)


@app.command()
def name(
    context: typer.Context,
    *,
    member: MemberOption,
    to: Annotated[str, typer.Option("--name", help="The name, as minutes print it.")],
    committee: Committee = EXTERNAL,
) -> None:
    """Write down or correct a member's name: it is not sealed."""
    from boussole.charter.committee.directory import name_member

    at = desk(context, committee, SECRETARIAT, None)
    name_member(at.workspace, at.member(member), name=to)
    say("Written down, beside the ledger.")


@app.command()
def forget(context: typer.Context, *, member: MemberOption, committee: Committee = EXTERNAL) -> None:
    """Erase a member's name; what they did stays, under their number."""
    from boussole.charter.committee.directory import forget as erase

    at = desk(context, committee, SECRETARIAT, None)
    say("Erased." if erase(at.workspace, at.member(member)) else "No name was known.")


@app.command()
def interest(
    context: typer.Context,
    *,
    member: MemberOption,
    system: Annotated[
        list[str] | None, typer.Option("--system", autocompletion=system_ids, help="The id of a system.")
    ] = None,
    referral: Annotated[int | None, typer.Option(min=0, help="The entry of a referral.")] = None,
    until: Annotated[dt.datetime | None, typer.Option(formats=DAY, help="Last day, if any.")] = None,
    text: Text = "",
    committee: Committee = EXTERNAL,
    role: Role = SECRETARIAT,
    on: On = None,
    anew: Anew = False,
) -> None:
    """Declare a member's interest: they stand aside wherever these systems or this matter are dealt with."""
    from boussole.charter.records.acts import Interest

    at = desk(context, committee, role, on)
    systems = [at.workspace.system(each).id for each in system or []]
    at.do(Interest, member=at.member(member), systems=systems, of=referral, until=day_of(until), text=text, anew=anew)


@app.command("take-back")
def take_back(
    context: typer.Context,
    entry: Annotated[int, typer.Argument(min=0, help="The entry of the act.")],
    text: Annotated[str, typer.Option(help="Why.")],
    *,
    committee: Committee = EXTERNAL,
    role: Role = SECRETARIAT,
    on: On = None,
) -> None:
    """Take back an act on which nothing was built: it stays in the ledger, and no longer counts."""
    from boussole.charter.records.acts import Retraction

    desk(context, committee, role, on).do(Retraction, of=entry, text=text)
