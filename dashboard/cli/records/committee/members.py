"""`boussole committee`: its rules, who sits on it, and what members declare."""

from __future__ import annotations

from typing import Annotated

import typer

from boussole.dashboard.cli.console.console import put, say, workspace_of
from boussole.dashboard.cli.console.desk import EXTERNAL, SECRETARIAT, Committee, MemberOption, On, desk
from boussole.dashboard.cli.records.committee.group import app


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
    """Erase a member's name, minutes as files, comments and what they saw; what they did stays, by number."""
    from boussole.charter.committee.people.directory import forget as erase
    from boussole.dashboard.access.remembered import forget as unlearn

    at = desk(context, committee, SECRETARIAT, None)
    number = at.member(member)
    unlearn(at.workspace, number)
    say("Erased." if erase(at.workspace, number) else "No name was known.")
