"""`boussole committee`, continued: sessions, who is there, frozen packs, minutes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Literal

import typer

from boussole.audits.errors import BoussoleError
from boussole.dashboard.cli.console.console import put, say, write_json
from boussole.dashboard.cli.console.desk import (
    EXTERNAL,
    MINUTE,
    SECRETARIAT,
    Committee,
    On,
    Role,
    SessionEntry,
    Text,
    desk,
    made,
    yaml_of,
)
from boussole.dashboard.cli.console.output import check_file, write_bytes
from boussole.dashboard.cli.records.committee.group import app

Lang = Annotated[Literal["fr", "en"], typer.Option(help="Language.")]


@app.command()
def agenda(context: typer.Context, committee: Committee = EXTERNAL, lang: Lang = "fr") -> None:
    """Print the agenda that an ordinary session starts from, as YAML: change it, and give it to `convene`."""
    import yaml

    from boussole.charter.committee.meetings.convening import agenda_from

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
    from boussole.charter.committee.meetings.convening import agenda_from
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
def calendar(
    context: typer.Context,
    session: SessionEntry,
    out: Annotated[Path, typer.Option(help="The file to write.")],
    *,
    committee: Committee = EXTERNAL,
    lang: Lang = "fr",
) -> None:
    """Write a session as a calendar file; one of a moved or cancelled session replaces what a calendar holds."""
    from boussole.charter.committee.meetings.sessions import session as found
    from boussole.charter.committee.papers.calendar import calendar_file

    house = desk(context, committee, SECRETARIAT, None).house
    write_bytes(out, calendar_file(found(house, session), lang=lang))
    say(f"Written: {out}")


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
