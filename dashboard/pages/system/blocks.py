"""Blocks of the page of a system: who uses it, by region, role and age band; its models, in their authors’ words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boussole.audits.decisions.adopted import GroupAdoption
from boussole.audits.decisions.adoption import Adoption, Depth
from boussole.audits.systems.logs.human_actions import TEAM
from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.elements import Html
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words.say import Say
from boussole.experiments.cards import ModelCard, ModelCards, VersionCard, read_cards

Row = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Table:
    """The groups of one attribute."""

    title: str
    head: Sequence[str]
    rows: Sequence[Row]


@dataclass(frozen=True, kw_only=True)
class UsedBy:
    """How many use it, how to read that, by which group, and how often."""

    told: str
    reading: str
    tables: Sequence[Table]
    facts: Sequence[tuple[str, str]]


def used_by(found: Adoption, say: Say) -> Html:
    """The part of the page of a system; nothing of an agent or a team."""
    return Template("pages/system/adoption.html", say)("section", users_view(found, say))


def users_view(found: Adoption, say: Say) -> UsedBy:
    """The same as data."""
    if found.whole is None:
        return UsedBy(told=_untold(found, say), reading=_reading(say), tables=(), facts=())
    names = {"region": say("Region"), "role": say("Role"), "age_band": say("Age band")}
    titles = {"region": say("By region"), "role": say("By role"), "age_band": say("By age")}
    head = [say("May use it"), say("Used it"), say("Against all others")]
    return UsedBy(
        told=_told(found, found.whole, say),
        reading=_reading(say),
        tables=[
            Table(title=titles[by], head=[names[by], *head], rows=[_row(each, say) for each in groups])
            for by, groups in found.groups.items()
        ],
        facts=_facts(found, found.whole, say),
    )


def _told(found: Adoption, whole: GroupAdoption, say: Say) -> str:
    return say(
        "{active} of the {entitled} agents who may use it did so, {period}: {share} ({low} to {high}).",
        active=say.whole(whole.active),
        entitled=say.whole(whole.entitled),
        period=say.period(found.first, found.last),
        share=say.percent(whole.share, 0),
        low=say.percent(whole.low, 0),
        high=say.percent(whole.high, 0),
    )


def _untold(found: Adoption, say: Say) -> str:
    period = say.period(found.first, found.last)
    if found.untold == "unnamed":
        return say("Nobody can tell, {period}: too many uses name no agent.", period=period)
    return say("Not told, {period}: fewer than {n} agents used it, or did not.", period=period, n=str(TEAM))


def _reading(say: Say) -> str:
    return say(
        "No promise of the charter rests on this, and using it is no duty. Nothing is told of an agent or a team. "
        "Groups of which fewer than {n} agents used it, or did not, are told with others; so are those that could be "
        "worked out. The ranges allow for agents of one team who do alike.",
        n=str(TEAM),
    )


def _row(each: GroupAdoption, say: Say) -> Row:
    share = say(
        "{share} ({low} to {high})",
        share=say.percent(each.share, 0),
        low=say.percent(each.low, 0),
        high=say.percent(each.high, 0),
    )
    return each.name or say("all others, or not told"), say.whole(each.entitled), share, _beside(each, say)


def _beside(each: GroupAdoption, say: Say) -> str:
    """By how much a group differs from all others, where it clearly does."""
    if each.apart is None or each.differs is None:
        return say("no clear gap")
    points = sorted(abs(100 * end) for end in each.apart[1:])
    n, low, high = (say.number(end, 0) for end in (abs(100 * each.apart[0]), *points))
    if each.differs == "below":
        return say("{n} points fewer ({low} to {high})", n=n, low=low, high=high)
    return say("{n} points more ({low} to {high})", n=n, low=low, high=high)


def _facts(found: Adoption, whole: GroupAdoption, say: Say) -> list[tuple[str, str]]:
    often = [
        say("{days}: {share}", days=_days(each, say), share=say.percent(each.agents / whole.active, 0))
        for each in found.depth
    ]
    months = [
        say("{month}: {share}", month=say.month(month), share=say.percent(share, 0)) for month, share in found.before
    ]
    outside = "" if found.outside is None else say("{n} agents used it.", n=say.whole(found.outside))
    return [
        (say("Of those who used it"), say.apart(often)),
        (say("Uses each"), say("{n} on average", n=say.number(found.uses, 1))),
        (say("Months before"), say.apart(months)),
        (say("Without an account"), outside),
    ]


def _days(each: Depth, say: Say) -> str:
    if each.last is None:
        return say("on {n} days or more", n=str(each.first)) if each.first > 1 else say("on any number of days")
    if each.first == each.last:
        return say("on one day") if each.first == 1 else say("on {n} days", n=str(each.first))
    return say("on {first} to {last} days", first=str(each.first), last=str(each.last))


Facts = Sequence[tuple[str, str]]
DIGITS = 4


@dataclass(frozen=True, kw_only=True)
class Version:
    """One version of a model."""

    title: str
    description: str
    facts: Facts


@dataclass(frozen=True, kw_only=True)
class Card:
    """One model. `more`: that it has further versions."""

    name: str
    description: str
    facts: Facts
    versions: Sequence[Version]
    more: str


@dataclass(frozen=True, kw_only=True)
class Cards:
    """The models of a system, and since when this is known."""

    told: str
    failure: str
    models: Sequence[Card]


def model_cards(workspace: Workspace, system: str, say: Say) -> Html:
    """The part of the page of a system; nothing where the last sync found no model of it."""
    found = read_cards(workspace)
    if found is None or not found.of(system):
        return Html("")
    return Template("pages/system/model_card.html", say)("section", models_view(found, system, say))


def models_view(found: ModelCards, system: str, say: Say) -> Cards:
    """The same as data."""
    told = say(
        "As MLflow’s registry of models had it on {moment}: the words of those who registered them. No audit rests on "
        "them.",
        moment=say.moment(found.seen_at),
    )
    failure = say("It could not be read since: {reason}", reason=found.failure) if found.failure else ""
    return Cards(told=told, failure=failure, models=[_card(each, say) for each in found.of(system)])


def _card(found: ModelCard, say: Say) -> Card:
    facts = [(say("Licence"), found.licence), (say("Tags"), _pairs(found.tags, say))]
    more = say.plural("One version before these.", "{n} versions before these.", found.more) if found.more else ""
    return Card(
        name=found.name,
        description=found.description,
        facts=facts,
        versions=[_version(each, say) for each in found.versions],
        more=more,
    )


def _version(found: VersionCard, say: Say) -> Version:
    registered = say.moment(found.registered_at) if found.registered_at else ""
    if registered and found.registered_by:
        registered = say("{moment}, by {who}", moment=registered, who=found.registered_by)
    metrics = {name: say.number(value, DIGITS) for name, value in found.metrics.items()}
    return Version(
        title=say("Version {n}", n=found.version),
        description=found.description,
        facts=[
            (say("Registered"), registered or found.registered_by),
            (say("Licence"), found.licence),
            (say("Also called"), say.apart(found.aliases)),
            (say("Trained on"), say.apart(found.data)),
            (say("Metrics, as named there"), _pairs(metrics, say)),
            (say("Tags"), _pairs(found.tags, say)),
        ],
    )


def _pairs(named: Mapping[str, str], say: Say) -> str:
    return say.apart(say("{name}: {value}", name=name, value=value) for name, value in named.items())
