"""`boussole committee`, continued: drafts, opinions, what became of them, recommendations."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from boussole.audits.errors import BoussoleError
from boussole.dashboard.cli.console.console import put, say
from boussole.dashboard.cli.console.desk import EXTERNAL, SECRETARIAT, Committee, On, Role, desk, yaml_of
from boussole.dashboard.cli.records.committee.group import app


@app.command()
def draft(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A YAML file: title, sense, words, reservations.")],
    *,
    number: Annotated[int | None, typer.Option(min=1, help="The draft to save again; a new one if absent.")] = None,
    version: Annotated[int | None, typer.Option(min=1, help="With --number: the version that you read.")] = None,
    referral: Annotated[int | None, typer.Option(min=0, help="The entry of the referral, for a new draft.")] = None,
    committee: Committee = EXTERNAL,
    role: Role = SECRETARIAT,
) -> None:
    """Save the draft of an opinion. Who saves after somebody else is told, and their text is kept aside."""
    from boussole.charter.committee.papers.drafts import begin, save

    at = desk(context, committee, role, None)
    body = yaml_of(file)
    if not isinstance(body, dict):
        raise BoussoleError("expected keys and values.", where=str(file), next_step="Start with `title: …`.")
    if number is None:
        saved = begin(at.workspace, committee, kind="opinion", body=body, author=role, about=referral)
    elif version is None:
        raise BoussoleError("which version did you read?", next_step="Give --version with --number.")
    else:
        saved = save(at.workspace, number, body=body, based_on=version, author=role)
    say(f"Saved: draft {saved.id}, version {saved.version}.")


@app.command()
def drafts(
    context: typer.Context,
    *,
    number: Annotated[int | None, typer.Option(min=1, help="Print this draft, and what was kept aside of it.")] = None,
    committee: Committee = EXTERNAL,
) -> None:
    """List the drafts: number, version, who saved last and when; or print one as YAML."""
    import yaml

    from boussole.charter.committee.papers import drafts as kept

    workspace = desk(context, committee, SECRETARIAT, None).workspace
    if number is None:
        for each in kept.drafts(workspace, committee):
            put(f"{each.id}\t{each.kind}\t{each.version}\t{each.author}\t{each.saved_at}")
        return
    now = kept.draft(workspace, number)
    put(yaml.safe_dump(dict(now.body), allow_unicode=True, sort_keys=False).rstrip())
    say(f"Draft {now.id}, version {now.version}, saved by {now.author} at {now.saved_at}.")
    for saving in kept.savings(workspace, number):
        if saving.version is None:
            say(f"Kept aside as number {saving.id}, by {saving.author}, from version {saving.based_on}:")
            say(yaml.safe_dump(dict(saving.body), allow_unicode=True, sort_keys=False).rstrip())


@app.command()
def opinions(context: typer.Context, committee: Committee = EXTERNAL, on: On = None) -> None:
    """List the opinions and what became of them, ignored ones first."""
    from boussole.charter.committee.advising.following import followed, promises
    from boussole.charter.committee.advising.opinions import fates
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
