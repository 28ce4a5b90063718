"""What the register says of one use, as data: who answers for it, its life day by day, what it costs and brings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from boussole.audits.languages import capital, inside
from boussole.audits.systems.model import System
from boussole.audits.systems.register import Assessment
from boussole.charter.document.answers.verdict import worst
from boussole.charter.judging.coverage import Use
from boussole.charter.judging.follow_up import RegisterAnswer, examined_before_start
from boussole.dashboard.markup.marks import ORDER
from boussole.dashboard.views.register.view import missing
from boussole.dashboard.views.register.words import examination, hosting_word, listed, risk_word, status_word
from boussole.dashboard.words.say import Say


@dataclass(frozen=True, kw_only=True)
class Event:
    """One line of its life: when, what, what to know about it, and how late it came where it should come first."""

    when: str
    what: str
    note: str = ""
    late: str = ""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """The register entry of a use. `answer` says whether it was examined before it started."""

    facts: Sequence[tuple[str, str]]
    life: Sequence[Event]
    answer: str


@dataclass(frozen=True, kw_only=True)
class UnauditedPage:
    """The page of a use without an audit."""

    title: str
    purpose: str
    told: str
    tone: str
    counts: Sequence[tuple[str, int]]
    entry: Entry


def entry(system: System, say: Say, *, today: dt.date) -> Entry:
    """What the register says of a system."""
    found = examined_before_start(system, today=today)
    return Entry(facts=_facts(system, say), life=_life(system, found, say), answer=examined_words(found, say))


def unaudited(use: Use, say: Say, *, today: dt.date) -> UnauditedPage:
    """The page of a use that no audit has measured: how far it is examined, and its entry."""
    found = [verdict.verdict for verdict in use.verdicts]
    return UnauditedPage(
        title=say.text(use.system.title, use.system.id),
        purpose=say.text(use.system.purpose),
        told=_coverage(use, say),
        tone=worst([verdict for verdict in found if verdict != "not_examined"] or ["unknown"]),
        counts=[(verdict, found.count(verdict)) for verdict in ORDER if verdict in found],
        entry=entry(use.system, say, today=today),
    )


def _coverage(use: Use, say: Say) -> str:
    if use.examined == "none":
        return say.plural(
            "The charter asks one question of it; nobody has looked at it yet.",
            "The charter asks {n} questions of it; nobody has looked at any yet.",
            use.counts.asked,
        )
    return say(
        "Somebody has looked at {n} of the {asked} questions that the charter asks of it.",
        n=say.whole(use.counts.examined),
        asked=say.whole(use.counts.asked),
    )


def _facts(system: System, say: Say) -> list[tuple[str, str]]:
    lacking = missing(Use(system=system, verdicts=(), articles={}))
    risk = capital(risk_word(system.risk, say))
    pairs = [
        (say("Status"), capital(status_word(system.status, say))),
        (say("Risk class (AI Act)"), f"{risk} ({system.risk_reason})" if system.risk_reason else risk),
        (say("Answerable"), system.owner),
        (say("Contact"), system.contact or ""),
        (say("Provider"), system.provider or ""),
        (say("Hosting"), capital(hosting_word(system.hosting, say)) if system.hosting else ""),
        (say("People affected"), say.text(system.people_affected)),
        (say("Costs"), _costs(system, say)),
        (say("Gains"), say.text(system.gains)),
        (say("Missing"), listed(lacking, say) if system.status != "retired" else ""),
    ]
    return [(name, value) for name, value in pairs if value]


def _costs(system: System, say: Say) -> str:
    """What it costs to build and to run."""
    costs = system.costs
    parts = [
        say("{euros} € to build", euros=say.whole(costs.build)) if costs.build is not None else "",
        say("{euros} € a year", euros=say.whole(costs.yearly)) if costs.yearly is not None else "",
    ]
    return ", ".join(part for part in parts if part)


def _life(system: System, found: RegisterAnswer, say: Say) -> list[Event]:
    """Everything that has a day, in order; then what none requires."""
    dates = system.dates
    assessments = {"impact_assessment": system.impact_assessment, "fria": system.fria}
    own = {
        "trial": say("First trial"),
        "service": say("In service"),
        "ended": say("End"),
        "next_review": say("Next review"),
    }
    days = [(getattr(dates, key), what, "", "") for key, what in own.items()]
    days += [(getattr(dates, name), *_examined(name, "", found, say)) for name in ("ethics_review", "works_council")]
    days += [(a.done_on, *_examined(name, a.document or "", found, say)) for name, a in assessments.items() if a]
    dated = sorted((each for each in days if each[0]), key=lambda each: each[0])
    life = [Event(when=say.date(day), what=what, note=note, late=late) for day, what, note, late in dated]
    return [*life, *_waived(assessments, say)]


def _examined(name: str, note: str, found: RegisterAnswer, say: Say) -> tuple[str, str, str]:
    return examination(name, say), note, _after(name, found, say)


def _waived(assessments: dict[str, Assessment | None], say: Say) -> list[Event]:
    return [
        Event(when=say("Not required"), what=examination(name, say), note=given.not_required)
        for name, given in assessments.items()
        if given and given.not_required
    ]


def _after(name: str, found: RegisterAnswer, say: Say) -> str:
    """How long after the start an examination came."""
    if name not in found.late or found.start is None:
        return ""
    return say.plural("One day after the start", "{n} days after the start", (found.late[name] - found.start).days)


def examined_words(found: RegisterAnswer, say: Say) -> str:
    """The answer to: was it examined before it started?"""
    names = listed(list(found.late or found.missing), say)
    words = {
        "started_first": say("No: it started first, and these came later: {names}.", names=inside(names)),
        "dates_missing": say("We cannot tell: no date is given for these: {names}.", names=inside(names)),
        "examined_first": say("Yes: every examination is dated on or before the first day."),
        "no_start": say("We cannot tell: nobody has written when it started."),
        "not_started": say("It has not started yet."),
    }
    return words[found.reason]
