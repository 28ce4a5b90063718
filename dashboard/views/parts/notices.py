"""Notices: what cannot be shown and what to do, what there is where none is asked for, outside checks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boussole.audits.errors import BoussoleError
from boussole.audits.ledger.checkpoint import CheckpointStanding
from boussole.charter.document.answers.verdict import worst
from boussole.charter.records.notes.outside import Check, Outside, State
from boussole.dashboard.markup.elements import ORDER, Html
from boussole.dashboard.markup.templates import PageData, Template
from boussole.dashboard.markup.words import Say, speaker
from boussole.dashboard.markup.words.addresses import article_href, register_href, system_href
from boussole.dashboard.server.access.permissions import TABLE, Action, Role, role_title
from boussole.dashboard.views.answers.small_print import read_words
from boussole.dashboard.views.evidence import moment_words
from boussole.dashboard.views.scene import Scene, period

FILE = "views/parts/notices.html"


def problem(what: str, next_step: str, say: Say) -> Html:
    """Something that stops the page, and what to do."""
    return Template(FILE, say)("problem", what, next_step)


def unread(told: str, trouble: BoussoleError) -> Html:
    """A part of a page that could not be read: which, why in the tool's own words, and what to do."""
    return Template(FILE, speaker("en"))("unread", told, trouble)


def unforeseen(number: str, say: Say) -> Html:
    """Something that nobody foresaw. `number`: under which the server has noted what."""
    return Template(FILE, say)("unforeseen", number)


def refused(role: Role, action: Action, say: Say, *, local: bool) -> Html:
    """What a page says to somebody whose role does not open it, and what they can do."""
    may = ", ".join(role_title(each, say) for each in Role if each in TABLE[action])
    return Template(FILE, say)("refused", role_title(role, say), may, local)


def foot(found: Outside, say: Say, *, now: dt.datetime, href: str) -> Html:
    """Checks from outside in one short line; `href` leads to the evidence page."""
    return Template(FILE, say)("foot", line(found, say, now=now), f"{href}#outside")


def foot_unread(say: Say, *, href: str) -> Html:
    """Where they cannot be read: no line would say that all is well."""
    return Template(FILE, say)("foot_unread", href)


def section(found: Outside, say: Say, *, now: dt.datetime) -> Html:
    """Checks from outside on the evidence page."""
    return Template(FILE, say)("section", view(found, say, now=now))


@dataclass(frozen=True, kw_only=True)
class OutsideNote:
    """A sentence, and whether it warns (`watch`) or says that something is wrong (`broken`)."""

    text: str
    tone: str = ""


def line(found: Outside, say: Say, *, now: dt.datetime) -> list[OutsideNote]:
    """What the foot of every page says: the witnesses, and timestamps where they are late."""
    said = [_witnesses(found, say, now=now)]
    if found.stamp_state(now) in (State.never, State.late, State.broken):
        said.append(_stamp(found, say, now=now))
    return said


def view(found: Outside, say: Say, *, now: dt.datetime) -> PageData:
    """What the evidence page says."""
    return {
        "head": [_witnesses(found, say, now=now)],
        "rows": [_row(found, each, say) for each in found.checks],
        "stamp": [_stamp(found, say, now=now), *_unread(found, say)],
    }


def _witnesses(found: Outside, say: Say, *, now: dt.datetime) -> OutsideNote:
    state, last = found.state(now), found.last
    if found.broken is not None:
        if found.broken.problem:
            text = say("What {name} cosigned of the ledger does not hold or cannot be read.", name=found.broken.witness)
        else:
            text = say("The ledger is not the one that {name} checked from outside.", name=found.broken.witness)
        return OutsideNote(text=text, tone="broken")
    if state is State.unset:
        return OutsideNote(text=say("Nobody outside checks the ledger."))
    if last is None or last.at is None:
        return OutsideNote(text=say("No witness outside has checked the ledger yet."), tone="watch")
    day, name = say.date(last.at.date()), last.witness
    if state is State.late:
        days = (now - last.at).days
        text = say.plural(
            "The ledger was last checked from outside one day ago, by {name}, on {day}.",
            "The ledger was last checked from outside {n} days ago, by {name}, on {day}.",
            days,
            name=name,
            day=day,
        )
        return OutsideNote(text=text, tone="watch")
    text = say("The ledger was checked from outside on {day}, by {name}.", day=day, name=name)
    return OutsideNote(text=f"{text} {_since(found, last, say)}")


def _since(found: Outside, check: Check, say: Say) -> str:
    more = found.size - check.size
    return say.plural("One entry since.", "{n} entries since.", more) if more else say("No entry since.")


def _row(found: Outside, check: Check, say: Say) -> list[str]:
    if check.problem:
        return [check.witness, say("cannot be read"), "", "", say("does not hold, or cannot be read")]
    if check.at is None:
        return [check.witness, say("never"), "", "", ""]
    words = {
        CheckpointStanding.holds: say("unchanged"),
        CheckpointStanding.cut: say("entries were removed"),
        CheckpointStanding.rewritten: say("the ledger was rewritten"),
    }
    more = say.whole(max(found.size - check.size, 0))
    return [
        check.witness,
        moment_words(check.at.isoformat(), say),
        say.whole(check.size),
        more,
        words[check.standing],
    ]


def _stamp(found: Outside, say: Say, *, now: dt.datetime) -> OutsideNote:
    state, stamp, days = found.stamp_state(now), found.stamp, found.timestamp_days
    if stamp is None:
        if days is None:
            return OutsideNote(text=say("No timestamp is kept, and none is required."))
        text = say("No timestamp is kept that holds; one is required every {n} days.", n=say.whole(days))
        return OutsideNote(text=text, tone="watch")
    when = moment_words(stamp.at.isoformat(), say)
    if state is State.broken:
        text = say("The ledger is not the one that was timestamped on {when}.", when=when)
        return OutsideNote(text=text, tone="broken")
    if state is State.late:
        text = say(
            "The last timestamp of the ledger is of {when}; one is required every {n} days.",
            when=when,
            n=say.whole(days or 0),
        )
        return OutsideNote(text=text, tone="watch")
    text = say("The last timestamp of the ledger is of {when}, by {authority}.", when=when, authority=stamp.authority)
    return OutsideNote(text=text)


def _unread(found: Outside, say: Say) -> list[OutsideNote]:
    names = ", ".join(found.bad_stamps)
    return [OutsideNote(text=say("These timestamps do not hold: {names}.", names=names), tone="watch")] if names else []


@dataclass(frozen=True, kw_only=True)
class ListItem:
    """One article or system: its name, what it promises or is for, its marks, and a word on what they rest on."""

    kicker: str
    title: str
    href: str
    text: str
    marks: Sequence[tuple[str, int]]
    told: str


def articles(scene: Scene, say: Say, *, query: Mapping[str, str]) -> list[ListItem]:
    """The articles of the charter in its order, each with its worst verdict over all systems."""
    found = []
    for article in scene.charter.articles:
        stands = [each for held in scene.examined.values() for each in held.articles if each.article == article.id]
        answered, asked = sum(each.answered for each in stands), sum(each.asked for each in stands)
        found.append(
            ListItem(
                kicker=say("Article {n}", n=str(article.order)),
                title=say.text(article.title),
                href=article_href(article.id, query=query),
                text=say.text(article.commitment),
                marks=[(worst([each.verdict for each in stands]), 1)],
                told=_answered(answered, asked, say),
            )
        )
    return found


def _answered(answered: int, asked: int, say: Say) -> str:
    if not asked:
        return say("No system has been audited yet.")
    return say("Questions answered: {answered} of {asked}", answered=say.whole(answered), asked=say.whole(asked))


def systems(scene: Scene, say: Say, *, query: Mapping[str, str]) -> list[ListItem]:
    """The audited systems, each with how its questions came out."""
    found = []
    for name, document in scene.latest.items():
        system = scene.systems.get(name)
        keys = [verdict.verdict for verdict in document.verdicts]
        read = read_words(document, say, period=period(document, say))
        found.append(
            ListItem(
                kicker="",
                title=scene.title(name, say),
                href=system_href(name, query=query),
                text=say.text(system.purpose) if system else "",
                marks=[(verdict, keys.count(verdict)) for verdict in ORDER if verdict in keys],
                told=read,
            )
        )
    return found


def articles_html(found: Sequence[ListItem], say: Say, *, asked: str) -> Html:
    """All articles; `asked` is the one that an address named and nobody knows."""
    return Template("views/parts/lists.html", say)("articles", found, asked)


def systems_html(
    found: Sequence[ListItem], say: Say, *, asked: str, query: Mapping[str, str], question: str = ""
) -> Html:
    """All audited systems; `asked` is the one that nobody has audited, or of which there is not such a `question`."""
    return Template("views/parts/lists.html", say)("systems", found, asked, register_href(query=query), question)
