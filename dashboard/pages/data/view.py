"""The data page: whether each source is up to date, what did not make it into the figures, what is taken along."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from boussole.audits.decisions.overview import LogState
from boussole.audits.decisions.shared import Sharing
from boussole.audits.systems import System
from boussole.charter.document import AuditDocument
from boussole.dashboard.markup.templates import PageData
from boussole.dashboard.markup.words import Say
from boussole.dashboard.markup.words.addresses import data_href, system_href
from boussole.dashboard.pages.data.blocks import Block, DataBlock, blocks, cut
from boussole.dashboard.pages.data.sources import (
    FAILED,
    FREE,
    FRESH,
    LATE,
    SILENT,
    SourceRow,
    log_words,
    source_rows,
)
from boussole.dashboard.views.scene import Scene, period
from boussole.dashboard.views.store import StoreFacts
from boussole.experiments.declared_measures import DeclaredMeasure

URGENCY = (FAILED, LATE, SILENT)
PROBLEMS = 6
"""Sources that the lead names; the table below it shows them all."""


def data_page(scene: Scene, facts: StoreFacts, say: Say, *, now: dt.datetime, query: dict[str, str]) -> PageData:
    """The page at a moment (with its zone). `query` is kept in every link (the language)."""
    rows = source_rows(facts, scene.systems, now=now, say=say)
    parts = {name: _system(scene, facts, name, say, now=now, query=query) for name in scene.systems}
    told = {name: part for name, part in parts.items() if part["holds"] or part["blocks"]}
    shown = {row.system for row in rows} | told.keys()
    problems = _problems(rows, told, query=query)
    states, trouble = Counter(row.state for row in rows), _trouble(facts)
    return {
        "headline": _headline(states, say, busy=bool(trouble)),
        "tone": _tone(states, busy=bool(trouble)),
        "others": " ".join(part for part in _others(facts, states, say) if part),
        "problems": problems[:PROBLEMS],
        "more": len(problems[PROBLEMS:]),
        "seen": _as_of(scene, rows, now, say),
        "trouble": trouble,
        "columns": [
            say("System and source"),
            say("State"),
            say("Newest row"),
            say("Last read"),
            say("Rows received"),
            say("Set aside in all"),
        ],
        "rows": rows,
        "systems": list(told.values()),
        "without": [scene.title(name, say) for name in scene.systems if not (trouble or name in shown)],
        "removed": sorted({item.system for item in facts.lake.arrived} - scene.systems.keys()),
    }


def _trouble(facts: StoreFacts) -> Sequence[str]:
    found = [error for error in (facts.trouble, facts.unnoted) if error]
    return [part for error in found for part in (error.what, error.next_step) if part]


def _as_of(scene: Scene, rows: Sequence[SourceRow], now: dt.datetime, say: Say) -> str:
    zone = next((scene.systems[row.system].zone for row in rows), None)
    moment = now.astimezone(zone)
    return say("As of {date} at {time}", date=say.date(moment.date()), time=say.time(moment))


def _headline(states: Counter[str], say: Say, *, busy: bool) -> str:
    n = states
    told = [
        (n[FAILED], say.plural("One source was not fully read.", "{n} sources were not fully read.", n[FAILED])),
        (n[LATE], say.plural("One source is late.", "{n} sources are late.", n[LATE])),
        (busy, say("Nobody can say at this moment: the data cannot be looked at.")),
        (n[SILENT], say.plural("One source has given nothing yet.", "{n} sources have given nothing yet.", n[SILENT])),
        (n[FRESH] and not n[FREE], say("All sources are up to date.")),
        (n[FRESH], say("All sources of which a frequency is declared are up to date.")),
        (n[FREE], say("Nobody can say: how often something new is due is not declared.")),
    ]
    return next((text for holds, text in told if holds), say("No data has come in yet."))


def _tone(states: Counter[str], *, busy: bool) -> str:
    if states[FAILED] or states[LATE]:
        return "watch"
    return "kept" if states[FRESH] and not (states[SILENT] or busy) else "unknown"


def _others(facts: StoreFacts, states: Counter[str], say: Say) -> Iterator[str]:
    if states[FAILED] and states[LATE]:
        yield say.plural("One other is late.", "{n} others are late.", states[LATE])
    if states[SILENT] and (states[FAILED] or states[LATE]):
        yield say.plural("One has given nothing yet.", "{n} have given nothing yet.", states[SILENT])
    if states[FRESH] and (states[FAILED] or states[LATE]):
        yield say.plural("One is up to date.", "{n} are up to date.", states[FRESH])
    if states[FREE] and (states[FAILED] or states[LATE] or states[FRESH]):
        yield say.plural(
            "For one, nobody has said how often something is due.",
            "For {n}, nobody has said how often something is due.",
            states[FREE],
        )
    aside = sum(item.rows for state in facts.lake.systems.values() for item in state.aside)
    if aside:
        yield say.plural(
            "One row is set aside and waits to be corrected.",
            "{rows} rows are set aside and wait to be corrected.",
            aside,
            rows=say.whole(aside),
        )


def _problems(rows: Sequence[SourceRow], told: Mapping[str, PageData], *, query: dict[str, str]) -> list[PageData]:
    ordered = sorted(rows, key=lambda row: URGENCY.index(row.state) if row.problem else len(URGENCY))
    return [
        {
            "place": row.title + ", " + row.source,
            "href": data_href(query=query, anchor=row.system if row.system in told else "sources"),
            "problem": row.problem,
        }
        for row in ordered
        if row.problem
    ]


def _system(
    scene: Scene, facts: StoreFacts, name: str, say: Say, *, now: dt.datetime, query: dict[str, str]
) -> PageData:
    system, state = scene.systems[name], facts.lake.systems.get(name, LogState())
    document = scene.latest.get(name)
    href = system_href(name, query=query) if document else None
    made, nothing = blocks(DataBlock(system=system, state=state, now=now, say=say))
    outcomes = waiting(document, system, say, href=href) if document and href else None
    same = sharing(name, facts.lake.sharing, titles={each: scene.title(each, say) for each in scene.systems}, say=say)
    declared = declared_block(facts.declared.get(name, ()), say, href=system_href(name, query=query, anchor="declared"))
    return {
        "id": name,
        "title": scene.title(name, say),
        "href": href,
        "holds": _holds(state, say),
        "blocks": [*made, *(block for block in (same, outcomes, declared) if block)],
        "nothing": nothing if name in facts.lake.systems else "",
    }


def _holds(state: LogState, say: Say) -> str:
    """What its logs hold: "61,204 decisions, up to 30 September 2026"."""
    parts = [
        say(
            "{n} {rows}, up to {date}",
            n=say.whole(held.rows),
            rows=log_words(held.log, say),
            date=say.date(held.newest.date()),
        )
        if held.newest
        else say("{n} {rows}", n=say.whole(held.rows), rows=log_words(held.log, say))
        for held in state.held
        if held.rows
    ]
    return " · ".join(parts)


def sharing(system: str, pairs: Sequence[Sharing], *, titles: Mapping[str, str], say: Say) -> Block | None:
    """Which other systems hold the same decisions, and in which months; one whose file is gone by its id."""
    rows = [
        [titles.get(other, other), say.month(pair.months[0]), say.month(pair.months[-1])]
        for pair in pairs
        for other in pair.systems
        if system in pair.systems and other != system
    ]
    if not rows:
        return None
    shown, more = cut(sorted(rows), say)
    return Block(
        question=say("Do other systems hold the same decisions?"),
        answer=say.plural(
            "Yes, one. The audits of both are protected together: a figure of one is hidden where, with those of the "
            "other, it would tell of a small group.",
            "Yes, {n}. Their audits are protected together: a figure of one is hidden where, with those of the others, "
            "it would tell of a small group.",
            len(rows),
        ),
        head=[say("System"), say("First month"), say("Last month")],
        rows=shown,
        more=more,
    )


def waiting(document: AuditDocument, system: System, say: Say, *, href: str) -> Block | None:
    """How many of the outcomes that are due are not known, as the latest audit saw it."""
    outcome = system.columns.outcome if system.columns else None
    share = next((m for m in document.measures if m.metric == "missing_outcome_share" and not m.by), None)
    if outcome is None or share is None:
        return None
    if share.reason == "absent_is_negative":
        answer = say("An outcome that is not recorded counts as negative.")
    elif share.value is None:
        answer = say("Nobody can say yet: no outcome is due, or none can be read yet.")
    elif not share.value:
        answer = say("All outcomes that are due are known.")
    else:
        answer = say("{n} of the outcomes that are due are not known.", n=say.percent(share.value))
    told = say("{answer} Latest audit: {period}.", answer=answer, period=period(document, say))
    return Block(
        question=say("Do decisions wait for their outcome?"),
        answer=told,
        link=(say("Whether this differs between groups is said beside each figure."), href),
    )


def declared_block(measures: Sequence[DeclaredMeasure], say: Say, *, href: str) -> Block | None:
    """That the team declares measures of its own, and where they are."""
    if not measures:
        return None
    return Block(
        question=say("Does the team declare figures of its own?"),
        answer=say.plural(
            "Yes, in one run. They are not recomputed here, and no verdict rests on them.",
            "Yes, in {n} runs. They are not recomputed here, and no verdict rests on them.",
            len({measure.run for measure in measures}),
        ),
        link=(say("See what it declares"), href),
    )
