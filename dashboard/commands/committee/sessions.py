"""`boussole committee`, continued: sessions, who is there, frozen packs, minutes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Literal

import typer

from boussole.audits.errors import BoussoleError
from boussole.dashboard.commands.committee.desk import (
    EXTERNAL,
    MINUTE,
    SECRETARIAT,
    Anew,
    At,
    Committee,
    ItemId,
    MemberOption,
    On,
    Role,
    SessionEntry,
    Text,
    app,
    desk,
    made,
    yaml_of,
)
from boussole.dashboard.commands.console import put, say, write_json
from boussole.dashboard.commands.output import check_file, write_bytes

Lang = Annotated[Literal["fr", "en"], typer.Option(help="Language.")]


@app.command()
def agenda(context: typer.Context, committee: Committee = EXTERNAL, lang: Lang = "fr") -> None:
    """Print the agenda that an ordinary session starts from, as YAML: change it, and give it to `convene`."""
    import yaml

    from boussole.charter.committee.convening import agenda_from

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
    from boussole.charter.committee.convening import agenda_from
    from boussole.charter.committee.meeting import convene as call
    from boussole.charter.records.acts import Item

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
    from boussole.charter.committee.sessions import sessions as called

    for each in called(desk(context, committee, SECRETARIAT, None).house):
        call = each.call
        put(f"{each.entry}\t{each.state}\t{call.starts:%Y-%m-%dT%H:%M}\t{call.session}\t{call.place}")


@app.command()
def cancel(
    context: typer.Context,
    session: SessionEntry,
    *,
    text: Text = "",
    committee: Committee = EXTERNAL,
    role: Role = SECRETARIAT,
    on: On = None,
) -> None:
    """Cancel a session that has not begun."""
    from boussole.charter.records.acts import Cancellation

    desk(context, committee, role, on).do(Cancellation, of=session, text=text)


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
    from boussole.charter.committee.calendar import calendar_file
    from boussole.charter.committee.sessions import session as found

    house = desk(context, committee, SECRETARIAT, None).house
    write_bytes(out, calendar_file(found(house, session), lang=lang))
    say(f"Written: {out}")


@app.command()
def attend(
    context: typer.Context,
    session: SessionEntry,
    *,
    member: Annotated[list[str], typer.Option("--member", help="A member's number or name; give it again for others.")],
    mode: Annotated[
        Literal["in_person", "remote", "excused", "left"], typer.Option(help="How they are there, or are not.")
    ] = "in_person",
    at: At = None,
    committee: Committee = EXTERNAL,
    role: Role = SECRETARIAT,
    on: On = None,
    anew: Anew = False,
) -> None:
    """Record that members are there, in person or from afar, are excused, or leave."""
    from boussole.charter.records.acts import Attendance

    here = desk(context, committee, role, on)
    for each in [here.member(word) for word in member]:
        here.do(Attendance, of=session, member=each, mode=mode, at=here.now(at), anew=anew)


@app.command()
def proxy(
    context: typer.Context,
    session: SessionEntry,
    *,
    giver: Annotated[str, typer.Option("--from", help="The member who cannot come.")],
    holder: Annotated[str, typer.Option("--to", help="The member who votes for them.")],
    committee: Committee = EXTERNAL,
    role: Role = SECRETARIAT,
    on: On = None,
    anew: Anew = False,
) -> None:
    """Record a member's proxy for a session."""
    from boussole.charter.records.acts import Proxy

    at = desk(context, committee, role, on)
    at.do(Proxy, of=session, giver=at.member(giver), holder=at.member(holder), anew=anew)


@app.command()
def recuse(
    context: typer.Context,
    session: SessionEntry,
    *,
    member: MemberOption,
    item: ItemId,
    ground: Annotated[Literal["interest", "choice"], typer.Option(help="An interest, or the member's choice.")],
    committee: Committee = EXTERNAL,
    role: Role = SECRETARIAT,
    on: On = None,
    anew: Anew = False,
) -> None:
    """Record that a member stands aside on an item."""
    from boussole.charter.records.acts import Recusal

    at = desk(context, committee, role, on)
    at.do(Recusal, of=session, item=item, member=at.member(member), ground=ground, anew=anew)


@app.command("open")
def open_(
    context: typer.Context,
    session: SessionEntry,
    *,
    presiding: Annotated[
        str | None, typer.Option(help="Who presides, where neither chair nor deputy is there.")
    ] = None,
    committee: Committee = EXTERNAL,
    role: Role = SECRETARIAT,
    on: On = None,
) -> None:
    """Open a session with its quorum."""
    from boussole.charter.committee.meeting import open_session

    at = desk(context, committee, role, on)
    chair = at.member(presiding) if presiding else None
    at.told(open_session(at.workspace, committee, of=session, who=at.who, chair=chair))


@app.command("no-quorum")
def no_quorum(
    context: typer.Context,
    session: SessionEntry,
    *,
    committee: Committee = EXTERNAL,
    role: Role = SECRETARIAT,
    on: On = None,
) -> None:
    """Record that a session could not begin; a second one can then be called."""
    from boussole.charter.committee.meeting import record_no_quorum

    at = desk(context, committee, role, on)
    at.told(record_no_quorum(at.workspace, committee, of=session, who=at.who))


@app.command()
def close(
    context: typer.Context,
    session: SessionEntry,
    *,
    at: At = None,
    committee: Committee = EXTERNAL,
    role: Role = SECRETARIAT,
    on: On = None,
) -> None:
    """Close a session."""
    from boussole.charter.records.acts import Closing

    here = desk(context, committee, role, on)
    here.do(Closing, of=session, at=here.now(at))


@app.command()
def freeze(
    context: typer.Context,
    session: SessionEntry,
    *,
    committee: Committee = EXTERNAL,
    role: Role = SECRETARIAT,
    on: On = None,
) -> None:
    """Freeze the evidence for a session, or freeze it anew and say what changed."""
    from boussole.charter.committee.packs import freeze as freeze_pack
    from boussole.charter.committee.packs import pack_changes
    from boussole.charter.records.acts import FrozenPack

    at = desk(context, committee, role, on)
    sealed = freeze_pack(at.workspace, committee, of=session, who=at.who)
    at.told(sealed)
    pack = at.house.get(FrozenPack, sealed.entry)
    if pack.replaces is None:
        return
    found = pack_changes(at.workspace, at.house.get(FrozenPack, pack.replaces), pack)
    if found.charter:
        say(f"charter: {found.charter[0]} -> {found.charter[1]}")
    for change in found.verdicts:
        say(f"{change.system}\t{change.indicator}\t{change.before or 'not asked'} -> {change.after or 'not asked'}")
    say("Nothing of the evidence changed." if found.none else f"Audits that are new: {len(found.renewed)}.")


@app.command()
def minutes(
    context: typer.Context,
    session: SessionEntry,
    *,
    committee: Committee = EXTERNAL,
    lang: Lang = "fr",
    json_: Annotated[str | None, typer.Option("--json", help="Write them as data to a file, or to - .")] = None,
    seal: Annotated[bool, typer.Option("--seal", help="Seal them in the ledger, once the session is over.")] = False,
    role: Role = SECRETARIAT,
    on: On = None,
) -> None:
    """Print the minutes of a session (Markdown), or write them as data; seal them, or their correction."""
    from boussole.charter.committee.minutes import minutes_of, seal_minutes
    from boussole.charter.committee.minutes_text import minutes_text

    check_file(json_)
    at = desk(context, committee, role, on)
    document = minutes_of(at.house, session)
    if json_:
        write_json(document, json_)
    else:
        put(minutes_text(document, lang=lang, names=at.names(), rules=at.house.rules).rstrip())
    if seal:
        sealed = seal_minutes(at.workspace, committee, of=session, who=at.who)
        say(f"Sealed at entry {sealed.entry}: minutes.")
