"""Exploring ordinary features: `features`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from boussole.dashboard.cli.console.console import (
    AsOfOption,
    FromOption,
    ToOption,
    check_file,
    put,
    system_ids,
    workspace_of,
    write_json,
)

if TYPE_CHECKING:
    from boussole.audits.features.explore import Exploration
    from boussole.audits.features.proxies import Proxy
    from boussole.audits.features.sampled import Sampled
    from boussole.audits.measures import Interval


def features(  # noqa: PLR0917 (the options of a command)
    context: typer.Context,
    system: Annotated[str, typer.Option("--system", autocompletion=system_ids, help="The id of the system.")],
    start: FromOption = None,
    end: ToOption = None,
    as_of: AsOfOption = None,
    minimum: Annotated[int, typer.Option(min=2, help="Fewer decisions of people alike are not looked at.")] = 100,
    json_: Annotated[
        str | None, typer.Option("--json", help="Write what was found to a file, or to - , and keep nothing.")
    ] = None,
) -> None:
    """Explore ordinary features: which tell a group and carry its gap, where people are selected least, and gaps of
    groups that are known for a sample only; kept for the page of fairness. It judges nothing.
    """
    from boussole.audits.features.explore import explore, keep
    from boussole.charter.auditing.published import publications

    check_file(json_)
    workspace = workspace_of(context)
    chosen = workspace.system(system)
    days = {name: day.date() if day else None for name, day in (("start", start), ("end", end), ("as_of", as_of))}
    found = explore(
        workspace,
        chosen,
        minimum=minimum,
        earlier=lambda window: publications(workspace, chosen, window),
        **days,
    )
    if json_:
        write_json(found.document(), json_)
        return
    for line in _lines(found):
        put(line)
    keep(workspace, found)
    put("Kept for the page of fairness. None of this is a verdict: it says where to look.")


def _lines(found: Exploration) -> Iterator[str]:
    window = f"{found.window.start}/{found.window.end}"
    yield f"{found.system} {window}: {found.decisions} decisions, {len(found.features)} features"
    telling = [each for each in found.proxies if each.tells]
    yield f"Features that tell a group (0.5: not at all, 1: always): {len(telling)} of {len(found.proxies)} looked at"
    yield from map(_proxy, telling)
    carrying = [each for each in found.proxies if each.carries]
    yield f"Features among whose alike people a gap is smaller: {len(carrying)}"
    yield from map(_carried, carrying)
    slices = found.slices
    yield (
        f"Where people are selected least: {slices.scanned} looked at, {slices.again} again on other people; "
        f"{len(slices.found)} stand out"
    )
    for each in slices.found:
        named = ", ".join(f"{name} {value}" for name, value in each.where.items())
        yield f"  {named}: {100 * each.ratio:.0f} for 100 of all others{_ends(each.interval, 100)}, p = {each.p:.2g}"
    if found.sampled:
        yield "Groups known for a sample only, weighted to everybody's decisions and features:"
        yield from map(_sampled, found.sampled)


def _ends(interval: Interval | None, times: float, digits: int = 0) -> str:
    return f" ({times * interval.low:.{digits}f} to {times * interval.high:.{digits}f})" if interval else ""


def _whom(each: Proxy | Sampled) -> str:
    return f"{each.by}={each.group} against {each.against}"


def _proxy(each: Proxy) -> str:
    return f"  {each.feature} tells {_whom(each)}: {each.auc.value:.2f}{_ends(each.auc.interval, 1, 2)}"


def _carried(each: Proxy) -> str:
    carried = each.carried
    if carried is None or each.within is None:
        return ""
    told = f"  {each.feature}, {_whom(each)}: {100 * each.gap.value:+.1f} points, {100 * each.within:+.1f} among people"
    return f"{told} alike; {100 * carried.value:+.1f}{_ends(carried.interval, 100, 1)} go with it"


def _sampled(each: Sampled) -> str:
    told = f"  {_whom(each)}, known of {each.known} of {each.n}"
    if each.ratio is None or each.raw is None:
        return f"{told}: not told, {each.reason}"
    return f"{told}: {100 * each.ratio:.0f} for 100{_ends(each.interval, 100)}; unweighted {100 * each.raw:.0f}"
