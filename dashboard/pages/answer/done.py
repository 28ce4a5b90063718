"""What was done about an answer: recommendations, opinions, incidents and matters put to a committee about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from boussole.charter.committee.advising.advice import recommended_about
from boussole.charter.deadlines.incidents import incidents
from boussole.charter.record_types.acts import Referral
from boussole.dashboard.views.committee.chamber import Chamber
from boussole.dashboard.views.followed.opinions import opinions_about
from boussole.dashboard.views.scene import Scene
from boussole.dashboard.words.addresses import committee_href, evidence_href, incidents_href, recommendations_href
from boussole.dashboard.words.say import Say


@dataclass(frozen=True, kw_only=True)
class Deed:
    """One thing that was done: what it is, what it says, what became of it, and where it is told whole."""

    kind: str
    text: str
    became: str
    href: str


@dataclass(frozen=True, kw_only=True)
class Reader:
    """What of others' work somebody may see: that of committees, and incidents."""

    committee: bool
    incidents: bool


def done(
    scene: Scene,
    chambers: Iterable[Chamber],
    say: Say,
    *,
    article: str,
    system: str,
    reader: Reader,
    query: dict[str, str],
) -> list[Deed]:
    """All that concerns the article of a question and the system, or all systems; what is open first of each kind."""
    seated = list(chambers)
    found = _recommended(scene, say, article=article, system=system, query=query, reader=reader)
    found += _opinions(seated, say, article=article, system=system, query=query, inside=reader.committee)
    if reader.incidents:
        found += _incidents(scene, say, article=article, system=system, query=query)
    if reader.committee:
        found += _referrals(seated, say, article=article, system=system, query=query)
    return found


def _recommended(
    scene: Scene, say: Say, *, article: str, system: str, query: dict[str, str], reader: Reader
) -> list[Deed]:
    states = {
        "overdue": say("answer overdue"),
        "waiting": say("answer awaited"),
        "answered": say("answered"),
        "in_progress": say("in progress"),
        "done": say("done"),
        "dropped": say("dropped"),
    }
    return [
        Deed(
            kind=say("Recommendation"),
            text=say.written(each.said.text or each.said.body),
            became=states[each.state],
            href=recommendations_href(query=query)
            if reader.committee
            else evidence_href(query=query, entry=str(each.entry)),
        )
        for each in recommended_about(article, scene.facts)
        if each.said.system in (None, "", system)
    ]


def _opinions(
    chambers: Iterable[Chamber], say: Say, *, article: str, system: str, query: dict[str, str], inside: bool
) -> list[Deed]:
    every = opinions_about(chambers, say, query=query, inside=inside, article=article)
    about = {each.entry for each in opinions_about(chambers, say, query=query, inside=inside, system=system)}
    return [
        Deed(kind=say("Opinion"), text=each.title, became=each.sense, href=each.href)
        for each in every
        if each.entry in about
    ]


def _incidents(scene: Scene, say: Say, *, article: str, system: str, query: dict[str, str]) -> list[Deed]:
    return [
        Deed(
            kind=say("Incident"),
            text=say.written(each.incident.title),
            became=say("open") if each.closure is None else say("closed"),
            href=incidents_href(query=query, anchor=f"i-{each.entry}"),
        )
        for each in incidents(scene.facts)
        if each.incident.system == system and article in each.incident.articles
    ]


def _referrals(
    chambers: Iterable[Chamber], say: Say, *, article: str, system: str, query: dict[str, str]
) -> list[Deed]:
    return [
        Deed(
            kind=say("Referral"),
            text=say.written(said.subject),
            became=say("opinion asked for by {date}", date=say.date(said.due_on)) if said.due_on else "",
            href=committee_href(chamber.id, query=query),
        )
        for chamber in chambers
        for _, said in chamber.house.standing(Referral)
        if said.system == system and (not said.articles or article in said.articles)
    ]
