"""`boussole charter`: what is promised."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from boussole.dashboard.cli.console import FromOption, ToOption, put, say, system_ids, workspace_of, write_json
from boussole.dashboard.cli.records import record_group

if TYPE_CHECKING:
    from boussole.audits.workspace import Workspace

app = record_group("The charter.")

Lang = Annotated[str, typer.Option(help="fr or en.")]
MARKS = {"tighter": "+", "looser": "-", "neutral": " ", "unclear": "~"}
"""What each effect is marked with in a list of changes."""


@app.command()
def check(
    context: typer.Context,
    folder: Annotated[
        Path | None,
        typer.Argument(exists=True, file_okay=False, help="A charter folder; else that of the workspace, if any."),
    ] = None,
) -> None:
    """Look for everything that is wrong with a charter: form, references, duplicates, translations, levels, reach.

    Each fault is one line, FILE:LINE: what, and all are told in one run. Without a folder, the workspace's charter/ is
    checked if there is one, else the packaged charter.
    """
    from boussole.charter.text.loading import charter_folder, find_faults, unread

    checked = folder or charter_folder(_workspace(context))
    say(f"Checked: {checked}")
    for name in unread(checked):
        say(f"Not read: {name} (a charter is made of .yaml files)")
    faults = find_faults(checked)
    for fault in faults:
        put(fault)
    if faults:
        count = "One fault" if len(faults) == 1 else f"{len(faults)} faults"
        say(f"{count}: this charter judges nothing until it has none.")
        raise typer.Exit(2)
    say("The charter has no fault.")


@app.command()
def new(
    context: typer.Context,
    template: Annotated[str, typer.Option("--from", help="The template to start from.")] = "minimal",
    to: Annotated[
        Path | None, typer.Option(file_okay=False, help="Another folder than the workspace's charter/.")
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="Print the templates, and write nothing.")] = False,
) -> None:
    """Write a charter of your own from a template; an existing one is never written over."""
    from boussole.charter.templates import ABOUT, write_template

    if list_:
        for name, about in ABOUT.items():
            put(f"{name:<12}{about}")
        return
    folder = to or workspace_of(context).home / "charter"
    for file in write_template(template, folder):
        say(f"Written: {file}")
    say(f"Change the texts, the questions and the levels, then run `boussole charter check{f' {to}' if to else ''}`.")


@app.command()
def show(
    context: typer.Context,
    lang: Lang = "fr",
    json_: Annotated[str | None, typer.Option("--json", help="Write the whole charter to a file, or to - .")] = None,
) -> None:
    """Print the articles and their questions."""
    from boussole.charter.amending.plain import plainly
    from boussole.charter.judging.families import said
    from boussole.charter.records.in_force import in_force

    charter = in_force(workspace_of(context)).charter
    if json_:
        write_json(charter.document(), json_)
        return
    put(f"{said(charter.title, lang)} {charter.version} ({charter.sha256})")
    for article in charter.articles:
        put(f"\n{article.order}. {said(article.title, lang)}: {said(article.commitment, lang)}")
        for indicator in article.indicators:
            for at, way in enumerate(indicator.ways):
                put(f"  {'     or: ' if at else indicator.number + ' '}{plainly(way.question, lang)}")


@app.command()
def diff(
    context: typer.Context,
    before: Annotated[
        str, typer.Argument(help="A folder, template, JSON file, version or hash; packaged, current, draft.")
    ],
    after: Annotated[str, typer.Argument(help="The same.")],
    lang: Lang = "en",
    json_: Annotated[str | None, typer.Option("--json", help="Write the changes to a file, or to - .")] = None,
) -> None:
    """Say what changes from one charter to another: what tightens, loosens, appears, or is only worded otherwise."""
    from boussole.charter.amending.diff import diff_document
    from boussole.charter.amending.resolving import resolve

    workspace = _workspace(context)
    document = diff_document(resolve(before, workspace), resolve(after, workspace))
    if json_:
        write_json(document, json_)
    else:
        _tell(document, lang)


def _workspace(context: typer.Context) -> Workspace | None:
    from boussole.audits.errors import BoussoleError

    try:
        return workspace_of(context)
    except BoussoleError:
        if context.obj.home is not None:
            raise
        return None


def _tell(document: Mapping[str, Any], lang: str) -> None:
    """The changes, one a line, each marked + (tighter), - (looser), ~ (either way) or with nothing."""
    from boussole.charter.judging.families import said

    names = [f"{side['id']} {side['version']} ({side['sha256'][:12]})" for side in _sides(document)]
    put(" -> ".join(names))
    for change in document["changes"]:
        put(f"{MARKS[change['effect']]} {said(change['sentence'], lang)}")
    counts = {effect: sum(change["effect"] == effect for change in document["changes"]) for effect in MARKS}
    say(
        f"Changes: {len(document['changes'])}; {counts['tighter']} tighter (+), {counts['looser']} looser (-), "
        f"{counts['unclear']} that only a replay can tell (~), {counts['neutral']} others."
    )


def _sides(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [document["before"], document["after"]]


@app.command()
def versions(context: typer.Context) -> None:
    """List the versions that judged or were adopted: number, hash, first use, adoptions; the one in force is marked."""
    from boussole.charter.records.in_force import in_force
    from boussole.charter.records.in_force import versions as kept

    workspace = workspace_of(context)
    current = in_force(workspace).charter.sha256
    for each in kept(workspace):
        acts = "; ".join(f"adopted on {act.on} by {act.role} (entry {act.entry})" for act in each.acts)
        mark = "*" if each.sha256 == current else " "
        put(f"{mark} {each.version}\t{each.sha256[:12]}\tused since {each.first_used_on}\t{acts or 'not adopted'}")


@app.command()
def replay(
    context: typer.Context,
    *,
    against: Annotated[str, typer.Option(help="A folder, template, JSON file, version or hash; packaged; current.")],
    system: Annotated[str | None, typer.Option("--system", autocompletion=system_ids, help="Only this system.")] = None,
    start: FromOption = None,
    end: ToOption = None,
    json_: Annotated[str | None, typer.Option("--json", help="Write the replay to a file, or to - .")] = None,
) -> None:
    """Judge the stored audits by another version of the charter, and say which verdicts would be others.

    Nothing is measured again, and nothing that was given changes.
    """
    from boussole.charter.amending.resolving import resolve
    from boussole.charter.auditing.replay import replay as judged_again

    workspace = workspace_of(context)
    found = judged_again(
        workspace,
        resolve(against, workspace),
        system=workspace.system(system).id if system else None,
        since=start.date() if start else None,
        until=end.date() if end else None,
    )
    if json_:
        write_json(found.document(), json_)
        return
    for change in found.changes:
        put(
            f"{change.start}/{change.end}\t{change.system}\t{change.article}\t{change.indicator}\t"
            f"{change.before} -> {change.after}"
        )
    for name in found.unknown_systems:
        say(f"Not judged again: '{name}' is not in this workspace any more.")
    say(
        f"Version {found.version} ({found.sha256[:12]}): {found.verdicts} verdicts of {found.windows} windows judged "
        f"again; would be different: {len(found.changes)}."
    )
