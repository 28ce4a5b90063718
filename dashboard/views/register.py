"""The register as data: how many uses are examined, one row for each, and what it says of one use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from boussole.audits.languages import capital, inside
from boussole.audits.mixed import joined
from boussole.audits.systems.model import System
from boussole.audits.systems.register import PRODUCTION_NEEDS, Assessment
from boussole.charter.document.answers.verdict import worst
from boussole.charter.judging.coverage import Coverage, Use
from boussole.charter.judging.follow_up import RegisterAnswer, examinations, examined_before_start, start_of
from boussole.charter.registry.due import Due
from boussole.charter.text.model import Charter
from boussole.dashboard.markup.elements import ORDER, word
from boussole.dashboard.markup.templates import PageData
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words import count as few
from boussole.dashboard.markup.words.addresses import system_href
from boussole.dashboard.views.answers.known import stray_words
from boussole.dashboard.views.charts.strips import coverage_strip_svg, strip_text
from boussole.dashboard.views.register_words import (
    STATUSES,
    Register,
    RegisterQuery,
    coverage_words,
    due_line,
    examination,
    fields,
    fits,
    hosting_word,
    listed,
    pressing,
    risk_word,
    sort_key,
    status_word,
    title,
    when,
)

# The register page as data: how many uses are examined, one row for each use, what is due next.


NAMED = 5
"""How many uses that are overlooked the first screen names."""
NOTHING = "nothing"
"""Stands in the place of a verdict where an article asks nothing of a use."""
STARTING_POINT = ("charte_emploi", 18, 87)
"""The charter whose organisation the national audit office looked at in January 2026, and what it counted: uses with
ethical follow-up, even in part, of all uses."""


def register_page(register: Register, chosen: RegisterQuery, say: Say, *, query: dict[str, str]) -> PageData:
    """The page for one choice of filters. `query` is kept in every link (the language)."""
    first: dict[str, Due] = {}
    for item in register.due:
        if item.system:
            first.setdefault(item.system, item)
    rows = [use for use in register.uses if fits(use, chosen)]
    rows.sort(key=lambda use: sort_key(use, chosen, first, say))
    shown, later = pressing(register.due)
    found = register.coverage
    return {
        "subtitle": _subtitle(register, say),
        "tone": _tone(found),
        "headline": coverage_words(found, say),
        "told": list(_told(register, say)),
        "overlooked": _overlooked(register, say, query=query),
        "overlooked_more": _more(found, say, query=query),
        "strips": _strips(register, say),
        "reading": say(
            "A full dot is a use of which somebody has looked at every question of the charter, whatever the answer; "
            "a half dot, at some; a ring, at none."
        ),
        "fields": fields(register, chosen, say),
        "shown": say.plural("One use", "{n} uses", len(rows)) if rows else say("No use fits."),
        "everything": RegisterQuery(sort=chosen.sort).href(query) if len(rows) < len(register.uses) else "",
        "columns": [
            say("Use"),
            say("Status, risk"),
            say("Articles"),
            say("Looked at"),
            say("Missing"),
            say("Next due"),
        ],
        "rows": [_row(register, use, first.get(use.system.id), say, query=query) for use in rows],
        "legend": ORDER[::-1],
        "due": [due_line(register, item, say, query=query) for item in shown],
        "later": [due_line(register, item, say, query=query) for item in later],
    }


def _subtitle(register: Register, say: Say) -> str:
    count = {status: sum(use.system.status == status for use in register.uses) for status in STATUSES}
    told = {
        "production": say("{n} in service", n=few(count["production"], say)),
        "pilot": say("{n} on trial", n=few(count["pilot"], say)),
        "design": say("{n} in design", n=few(count["design"], say)),
        "retired": inside(say.plural("One abandoned", "{n} abandoned", count["retired"])),
    }
    whole = say.plural("One use in the register", "{n} uses in the register", len(register.uses))
    return " · ".join([whole, *(text for status, text in told.items() if count[status])])


def _tone(found: Coverage) -> str:
    if found.overlooked:
        return "watch"
    return "kept" if found.live and len(found.whole) == found.live else "unknown"


def _told(register: Register, say: Say) -> list[str]:
    return [*_never(register, say), *filter(None, [stray_words(register.strays, say)])]


def _never(register: Register, say: Say) -> list[str]:
    never = register.coverage.never_evidenced
    if not never or not register.coverage.live:
        return []
    if len(never) == len(register.charter.articles):
        return [say("No article of the charter has been looked at in any of them.")]
    titles = [say.text(register.charter.article(article).title) for article in never]
    listed_titles = joined(", ", [*titles[:1], *map(inside, titles[1:])])
    return [say("Articles that nobody has looked at yet: {articles}.", articles=listed_titles)]


def _overlooked(register: Register, say: Say, *, query: dict[str, str]) -> list[tuple[str, str]]:
    names = set(register.coverage.overlooked)
    chosen = sorted(
        (use for use in register.uses if use.system.id in names), key=lambda use: title(use, say).casefold()
    )
    return [(title(use, say), system_href(use.system.id, query=query)) for use in chosen[:NAMED]]


def _more(found: Coverage, say: Say, *, query: Mapping[str, str]) -> tuple[str, str] | None:
    if (more := len(found.overlooked) - NAMED) <= 0:
        return None
    address = RegisterQuery(status="production", examined="none", sort="risk").href(query) + "#uses"
    return inside(say.plural("one more", "{n} more", more)), address


def _strips(register: Register, say: Say) -> list[PageData]:
    found = register.coverage
    charter, followed, known = STARTING_POINT
    now = (len(found.whole), len(found.part), len(found.none))
    strips = [(say("Today, of {n} uses on trial or in service", n=few(found.live, say)), now)] if found.live else []
    if register.charter.id == charter:
        title = say(
            "Where it started: in January 2026 the Cour des comptes counted {n} of {known} uses followed, even in part",
            n=say.whole(followed),
            known=say.whole(known),
        )
        strips.append((title, (0, followed, known - followed)))
    return [
        {"title": title, "counts": counts, "drawing": coverage_strip_svg(counts), "told": strip_text(counts, say)}
        for title, counts in strips
    ]


def _row(register: Register, use: Use, item: Due | None, say: Say, *, query: dict[str, str]) -> PageData:
    system = use.system
    asked = {verdict.article for verdict in use.verdicts}
    verdicts = [use.articles[a.id] if a.id in asked else NOTHING for a in register.charter.articles]
    answer = examined_before_start(system, today=register.today)
    return {
        "title": title(use, say),
        "href": system_href(system.id, query=query),
        "owner": system.owner,
        "status": capital(status_word(system.status, say)),
        "risk": risk_word(system.risk, say),
        "grave": system.risk in ("high", "prohibited"),
        "verdicts": verdicts,
        "verdicts_told": _verdicts_told(register.charter, verdicts, say),
        "examined": say("{n} of {asked}", n=say.whole(use.counts.examined), asked=say.whole(use.counts.asked)),
        "missing": listed(missing(use), say) if use.live else "",
        "late": say("after the start: {names}", names=inside(listed(list(answer.late), say))) if answer.late else "",
        "next": capital(when(item.on, register.today, say)) if item else "",
        "overdue": item is not None and item.on < register.today,
    }


def missing(use: Use) -> list[str]:
    """What the register does not say of a use and should: assessments, dates of examinations, the start."""
    system = use.system
    given = {"impact_assessment": system.impact_assessment, "fria": system.fria}
    lacking = [key for key, (_, risks) in PRODUCTION_NEEDS.items() if system.risk in risks and given[key] is None]
    undated = [name for name, day in examinations(system).items() if day is None and name != "impact_assessment"]
    return [*lacking, *undated, *(["start"] if start_of(system) is None else [])]


def _verdicts_told(charter: Charter, verdicts: Sequence[str], say: Say) -> str:
    """The verdicts on the articles as they are read aloud, the worst first."""
    titles = [say.text(article.title) for article in charter.articles]
    parts = []
    for verdict in (*ORDER, NOTHING):
        names = [title for title, found in zip(titles, verdicts, strict=True) if found == verdict]
        said = say("Nothing is asked") if verdict == NOTHING else word(verdict, say)
        listed_names = say("all articles") if len(names) == len(titles) else ", ".join(names)
        if names:
            parts.append(say("{word}: {names}", word=said, names=listed_names))
    return ". ".join(parts)


# What the register says of one use, as data: who answers for it, its life day by day, what it costs and brings.


@dataclass(frozen=True, kw_only=True)
class RegisterEvent:
    """One line of its life: when, what, what to know about it, and how late it came where it should come first."""

    when: str
    what: str
    note: str = ""
    late: str = ""


def entry(system: System, say: Say, *, today: dt.date) -> PageData:
    """What the register says of a system."""
    found = examined_before_start(system, today=today)
    return {"facts": _facts(system, say), "life": _life(system, found, say), "answer": examined_words(found, say)}


def unaudited(use: Use, say: Say, *, today: dt.date) -> PageData:
    """The page of a use that no audit has measured: how far it is examined, and its entry."""
    found = [verdict.verdict for verdict in use.verdicts]
    return {
        "title": say.text(use.system.title, use.system.id),
        "purpose": say.text(use.system.purpose),
        "told": _coverage(use, say),
        "tone": worst(found or ["not_examined"]),
        "counts": [(verdict, found.count(verdict)) for verdict in ORDER if verdict in found],
        "entry": entry(use.system, say, today=today),
    }


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
        (say("Address to write to"), system.address or ""),
        (say("Provider"), system.provider or ""),
        (say("Hosting"), capital(hosting_word(system.hosting, say)) if system.hosting else ""),
        (say("People affected"), say.text(system.people_affected)),
        (say("Costs"), _costs(system, say)),
        (say("Gains"), say.text(system.gains)),
        (say("Missing"), listed(lacking, say) if system.status != "retired" else ""),
    ]
    return [(name, value) for name, value in pairs if value]


def _costs(system: System, say: Say) -> str:
    costs = system.costs
    parts = [
        say("{euros} € to build", euros=say.whole(costs.build)) if costs.build is not None else "",
        say("{euros} € a year", euros=say.whole(costs.yearly)) if costs.yearly is not None else "",
    ]
    return ", ".join(part for part in parts if part)


def _life(system: System, found: RegisterAnswer, say: Say) -> list[RegisterEvent]:
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
    life = [RegisterEvent(when=say.date(day), what=what, note=note, late=late) for day, what, note, late in dated]
    return [*life, *_waived(assessments, say)]


def _examined(name: str, note: str, found: RegisterAnswer, say: Say) -> tuple[str, str, str]:
    return examination(name, say), note, _after(name, found, say)


def _waived(assessments: dict[str, Assessment | None], say: Say) -> list[RegisterEvent]:
    return [
        RegisterEvent(when=say("Not required"), what=examination(name, say), note=given.not_required)
        for name, given in assessments.items()
        if given and given.not_required
    ]


def _after(name: str, found: RegisterAnswer, say: Say) -> str:
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
