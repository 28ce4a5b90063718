"""The models of a system as MLflow's registry tells them: their authors’ words, shown as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boussole.audits.workspace import Workspace
from boussole.dashboard.markup.elements import Html
from boussole.dashboard.markup.templates import Template
from boussole.dashboard.markup.words.say import Say
from boussole.experiments.cards import ModelCard, ModelCards, VersionCard, read_cards

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
    return Template("pages/system/model_card.html", say)("section", view(found, system, say))


def view(found: ModelCards, system: str, say: Say) -> Cards:
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
