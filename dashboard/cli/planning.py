"""Before a verdict: `plan`, how many decisions it takes until a question can be answered, and `features`, explored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from boussole.audits.errors import BoussoleError
from boussole.dashboard.cli.console import (
    STDOUT,
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
    from boussole.charter.document import AuditDocument
    from boussole.charter.judging.statistics.planning import Plan


LEVEL = 80.0
NO_NUMBER = "no reasonable number of decisions"


def plan(  # noqa: PLR0917 (the options of a command)
    context: typer.Context,
    system: Annotated[
        str | None, typer.Option("--system", autocompletion=system_ids, help="A system that was audited.")
    ] = None,
    question: Annotated[str | None, typer.Option(help="Only this question: its number (3.1) or its id.")] = None,
    gap: Annotated[
        float | None, typer.Option(help="The gap to be found, for 100; by itself a tenth beyond the level.")
    ] = None,
    share: Annotated[
        float | None, typer.Option(help="Without a system: the share of the group, of 100 who are decided about.")
    ] = None,
    rate: Annotated[float | None, typer.Option(help="Without a system: of 100 others, how many are selected.")] = None,
    level: Annotated[float, typer.Option(help="Without a system: the level of the charter, for 100.")] = LEVEL,
    each: Annotated[float, typer.Option(help="Without a system: decisions about one person.")] = 1.0,
    alike: Annotated[float, typer.Option(help="Without a system: how alike these are, from 0 to 1.")] = 0.2,
    looks: Annotated[int, typer.Option(min=1, help="Without a system: audits a year.")] = 12,
    comparisons: Annotated[
        int, typer.Option(min=1, help="Without a system: how many comparisons the questions of a family make.")
    ] = 6,
    month: Annotated[int | None, typer.Option(min=1, help="Without a system: decisions a month.")] = None,
    json_: Annotated[str | None, typer.Option("--json", help="Write the plan to a file, or to - .")] = None,
) -> None:
    """How many decisions it takes to find a gap, or to see that there is none, and how long they take to come.

    With --system, from its last audit: how large groups are, how often they are selected, how alike decisions about one
    person are, and how many questions share the charter's level of error. Without, from what you give.
    """
    check_file(json_)
    if gap is not None and not 0 < gap < 100:
        raise BoussoleError("--gap lies between 0 and 100.", next_step="For 72 women where 100 men are: --gap 72.")
    if system is None:
        _by_hand((share, rate, level, gap), (each, alike), (looks, comparisons), month, json_)
        return
    from boussole.charter.judging.statistics.planning import plans
    from boussole.charter.records import latest_audits
    from boussole.charter.records.in_force import in_force
    from boussole.dashboard.views.answers.asked import way_called

    workspace = workspace_of(context)
    asked, document = workspace.system(system), latest_audits(workspace).get(system)
    if document is None:
        raise BoussoleError(
            f"'{asked.id}' was not audited yet: how large groups are is not known.",
            next_step=f"Run `boussole audit --system {asked.id}`, or give --share and --rate.",
        )
    charter = in_force(workspace).charter
    every = plans(document, charter, asked, gap=None if gap is None else gap / 100)
    ways = {each.question: way_called(charter, each.question) for each in every}
    numbers = {name: way.number if way else "" for name, way in ways.items()}
    found = [each for each in every if question in (None, each.question, numbers[each.question])]
    if not found:
        what = f"question '{question}' compares" if question is not None else "no question of the charter compares"
        beside = "" if gap is None else f", or asks for no gap such as {gap:g} for 100"
        raise BoussoleError(
            f"{what} {'no' if question is not None else 'any'} groups of '{asked.id}'{beside}.",
            next_step="`boussole plan --system` without --question and --gap says what can be planned.",
        )
    if json_:
        write_json(
            {"schema": "boussole.plan/1", "system": asked.id, "plans": [_written(each) for each in found]}, json_
        )
    if json_ != STDOUT:
        _tell(document, found, numbers)


def _by_hand(
    of_group: tuple[float | None, float | None, float, float | None],
    people: tuple[float, float],
    shared: tuple[int, int],
    month: int | None,
    to: str | None,
) -> None:
    from boussole.charter.judging.statistics.planning import Design, planned

    share, rate, level, gap = of_group
    if share is None or rate is None:
        raise BoussoleError(
            "a plan needs an audited system, or the share of the group and the rate of the others.",
            next_step="Run `boussole plan --system ID`, or `boussole plan --share 40 --rate 30`.",
        )
    truth = gap if gap is not None else 0.9 * level
    design = Design(
        share=share / 100, rate=rate / 100, each=people[0], alike=people[1], looks=shared[0], comparisons=shared[1]
    )
    found = planned(design, level=level / 100, truth=truth / 100)
    if to:
        write_json(
            {"schema": "boussole.plan/1", "design": asdict(design), "level": level, "gap": truth, "found": found}, to
        )
    if to != STDOUT:
        put(f"To find {truth:g} for 100 where the level is {level:g}: {_decisions(found)}{_time(found, month)}.")


def _tell(document: AuditDocument, found: Sequence[Plan], numbers: dict[str, str]) -> None:
    put(f"{document.system}: about {_about(round(found[0].month))} decisions a month")
    last = ""
    for each in found:
        if each.question != last:
            put(f"{numbers[each.question]} {each.question}".strip())
            last = each.question
        what, level = _gap(each.truth, each.scale), _gap(each.level, each.scale)
        put(f"  {each.measure.id.partition('/')[2]}: {each.counted:,} decisions counted since {each.since}")
        put(f"    to find {what} where the level is {level}: {_needed(each, each.found)}")
        put(f"    to see that it is kept, if there is no gap: {_needed(each, each.kept)}")


def _needed(each: Plan, needed: int | None) -> str:
    if needed is None:
        return NO_NUMBER
    if needed <= each.counted:
        return f"{_decisions(needed)}, which are there"
    more = f"{_decisions(needed)}, {_about(needed - each.counted)} more"
    if not each.accumulates:
        return f"{more} in one period"
    if each.beyond(needed):
        return f"{more}, which no year brings: no more than a year counts together"
    return f"{more}{_time(needed - each.counted, each.month)}"


def _decisions(n: int | None) -> str:
    return NO_NUMBER if n is None else f"about {_about(n)} decisions"


def _time(decisions: int | None, month: float | None) -> str:
    if decisions is None or not month:
        return ""
    from boussole.charter.judging.statistics.testing import lasting

    unit, n = lasting(decisions, month)
    if unit == "days":
        return ", less than a month"
    return f", about {n} {unit.removesuffix('s') if n == 1 else unit}"


def _about(n: int) -> str:
    """Two figures are enough.

    >>> _about(12_345), _about(7)
    ('12,000', '7')
    """
    digits = len(str(n)) - 2
    return f"{round(n, -digits) if digits > 0 else n:,}"


def _gap(value: float, scale: str) -> str:
    return f"{100 * value:.0f} for 100" if scale == "ratio" else f"a gap of {100 * abs(value):.1f} in 100"


def _written(each: Plan) -> dict[str, Any]:
    names = ("question", "level", "truth", "found", "kept", "counted")
    return {
        **{name: getattr(each, name) for name in names},
        "measure": each.measure.id,
        "scale": each.scale,
        "since": each.since.isoformat(),
        "month": round(each.month, 1),
        "verdict": each.verdict.value,
        "accumulates": each.accumulates,
        "more": each.more,
    }


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
