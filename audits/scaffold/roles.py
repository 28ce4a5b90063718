"""Guessing what each row says: its date, what was decided, and what came of it."""

from __future__ import annotations

from boussole.audits.errors import SourceError
from boussole.audits.languages import percent
from boussole.audits.scaffold import words as w
from boussole.audits.scaffold.draft import Guess, SystemDraft, said, split
from boussole.audits.scaffold.profile import Profile, typed
from boussole.audits.scaffold.words import named
from boussole.audits.systems.kinds import Value

MOST = 0.95
MANY = 10
WANTED = "'{name}' sounds like something that people want"


def date(draft: SystemDraft) -> None:
    """The moment of the decision: dates in nearly every row, by the name of the column."""
    dates = [c for c in draft.free if c.dated and not c.numeric and c.filled >= MOST * draft.rows and _in_time(c)]
    dates = [column for column in dates if not named(column.words, w.DATE_OTHER)] or [
        column for column in dates if named(column.words, w.DATE_BEST)
    ]
    if dates:
        best = max(dates, key=lambda c: 2 * named(c.words, w.DATE_BEST) + named(c.words, w.DATE))
        draft.take(
            "decided_at",
            Guess(
                best.name,
                draft.say(
                    "a date in {share} of the rows", share=percent(best.filled / draft.rows, draft.say.language, 0)
                ),
            ),
        )
        return
    for column in draft.free:
        if named(column.words, w.DATE) and not column.dated and not column.numeric:
            draft.left_out[column.name] = draft.say("its dates cannot be read: write 2026-09-30 or 2026-09-30T14:05:00")


def _in_time(column: Profile) -> bool:
    return column.first is not None and column.first.year >= 1990


def decide(draft: SystemDraft) -> None:
    """Find what was decided: a column of few values, in nearly every row, by its name and words, if any."""
    choices = [c for c in draft.free if 2 <= c.distinct <= MANY and c.filled >= 0.99 * draft.rows and not c.dated]
    choices = [c for c in choices if not draft.sensitive(c) or named(c.words, w.DECISION)]
    pool = choices or [c for c in draft.free if c.distinct >= 2 and c.values]
    best = max(pool, key=_decision_score, default=None)
    sure = best is not None and bool(choices) and _decision_score(best) > 1
    if "rank" in draft.roles and not sure:
        return  # places in a list are compared without any decision
    if best is None:
        raise SourceError(
            "no column takes two to thirty values: nothing in it could be a decision.",
            where=draft.table.source,
            next_step="Give a file with one row per decision, and what was decided.",
        )
    why = draft.say("its name and its values say so")
    if not sure:
        why = draft.say("nothing names a decision; this column has few values")
    rivals = [c.name for c in pool if c is not best and _decision_score(c) == _decision_score(best)]
    if sure and rivals:
        why = draft.say("its name and its values say so, and those of {others}: which is it?", others=", ".join(rivals))
    draft.take("decision", Guess(best.name, why, sure and not rivals))
    draft.splits["decision"] = split(best, draft.say)


def _decision_score(column: Profile) -> int:
    spoken = [said(value) for value in column.values]
    both = any(value & w.POSITIVE for value in spoken) and any(value & w.NEGATIVE for value in spoken)
    score = 4 * named(column.words, w.DECISION) + 2 * named(column.words, w.DECISION_WEAK)
    score += column.two_valued + both
    score -= 3 * named(column.words, w.OUTCOME)
    return score - 3 * (named(column.words, w.HUMAN) and named(column.words, w.DECISION))


def harmful(draft: SystemDraft) -> str | None:
    """Why being selected seems to be a harm, or None."""
    decision, outcome = draft.column("decision"), draft.column("outcome")
    if decision and named(decision.words, w.HARM):
        return draft.say("'{name}' sounds like a risk, a control or a refusal", name=decision.name)
    if outcome and named(outcome.words, w.HARM_OUTCOME):
        return draft.say("'{name}' is what one would avoid", name=outcome.name)
    return None


def favourable(draft: SystemDraft) -> str | None:
    """Why being selected seems to be good for people, or None."""
    decision = draft.roles["decision"].column
    column = draft.table.columns[decision]
    if named(column.words, w.FAVOURABLE):
        return draft.say(WANTED, name=decision)
    spoken = [str(value) for value in draft.splits["decision"].yes if said(str(value)) & w.FAVOURABLE]
    return draft.say(WANTED, name=spoken[0]) if spoken else None


def follow(draft: SystemDraft) -> None:
    """What came afterwards: an outcome by its name."""
    choices = [c for c in draft.free if 1 <= c.distinct <= 3 and not c.dated and not draft.sensitive(c)]
    spoken = [c for c in choices if named(c.words, w.OUTCOME) and not named(c.words, w.BEFORE)]
    spoken = [c for c in spoken if c.distinct >= 2 or c.filled < draft.rows]
    if not spoken:
        return
    best = max(spoken, key=lambda c: (c.filled < draft.rows, c.flag, -len(c.words)))
    others = [column.name for column in spoken if column is not best]
    why = draft.say("its name says so")
    if others:
        why = draft.say("its name says so, and those of {others}: which is it?", others=", ".join(others))
    draft.take("outcome", Guess(best.name, why, sure=not others))
    draft.splits["outcome"] = split(best, draft.say)


def observed_for(draft: SystemDraft) -> str:
    """`selected` where an outcome is only there for the selected."""
    outcome, read = draft.column("outcome"), draft.table.read
    if "decision" not in draft.roles:
        return "all"
    decision = draft.roles["decision"].column
    selected = read.matches(decision, draft.splits["decision"].yes)
    seen = f"NOT {read.absent(outcome.name)}" if outcome else "false"
    return "all" if draft.table.count(f"{seen} AND NOT {selected}") else "selected"


def humans(draft: SystemDraft) -> None:
    """What a person made of it: a decision by its name, in the values of the decision."""
    if "decision" not in draft.roles:
        return
    split_ = draft.splits["decision"]
    allowed: set[Value] = {*split_.yes, *split_.no}
    for column in draft.free:
        values = {typed(value) for value in column.values}
        if named(column.words, w.HUMAN) and named(column.words, w.DECISION) and values and values <= allowed:
            draft.take(
                "human", Guess(column.name, draft.say("its name says a person, its values are those of the decision"))
            )
            break
