"""Guesses of what each row says (date, decision, outcome), and the system file as it is written."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator

from boussole.audits.errors import SourceError
from boussole.audits.languages import percent, whole
from boussole.audits.scaffold import profile as w
from boussole.audits.scaffold.marks import GAP, GUESSED, comment, listed, scalar
from boussole.audits.scaffold.people import BANDS, GroupGuess, Guess, SystemDraft, said, score_range, split
from boussole.audits.scaffold.profile import Profile, named, typed
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


CONTROLS_ASKED = (
    "controls: what may rightly differ between people, such as their occupation? None is guessed. With one, people of "
    "the same value are compared, beside the comparison of everybody; what the control itself carries (a diploma, a "
    "department that was chosen for somebody) is not seen between them. `--control COLUMN` writes one."
)
"""What is asked where nobody has named a control."""
ASKED = "which group others are compared with: {because}; the column by {why}"
PROTECTED = "↑ protected by law: better `from: sensitive`, joined from a keyed file, with `basis` and `expires`"


def groups(draft: SystemDraft) -> Iterator[str]:
    if draft.groups:
        yield "groups:"
    else:
        yield draft.note(
            "groups: {}", GAP, draft.say("no sensitive feature was found: nothing can be compared without one")
        )
    for group in draft.groups:
        yield from _group(draft, group)
    names = [group.family for group in draft.groups]
    if {"gender", "age"} <= set(names):
        yield draft.note("intersections: [[gender, age]]", GUESSED, draft.say("the customary pair"))
    yield from _controls(draft)


def _controls(draft: SystemDraft) -> Iterator[str]:
    """The controls that somebody asked for; else the question which, with what a control is and what it hides."""
    if draft.controls:
        yield "controls:"
        for name, guess in draft.controls.items():
            title = _title(w.CONTROLS.get(name, (guess.column, guess.column, frozenset())))
            yield draft.note(f"  {name}: {{column: {scalar(guess.column)}, {title}}}", GUESSED, guess.why)
        return
    yield from comment(draft.say(CONTROLS_ASKED))
    if draft.candidates:
        yield from comment(draft.say("  Candidates: {names}.", names=", ".join(map(scalar, draft.candidates))))
    request = draft.column("request")
    if request and "rank" not in draft.roles:
        matched = "  '{name}' is one where people in each differ in the group alone (matched sets)."
        yield from comment(draft.say(matched, name=request.name))


def _group(draft: SystemDraft, group: GroupGuess) -> Iterator[str]:
    bands = f", bands: {listed(BANDS)}" if group.bands else ""
    reference = "" if group.reference is None else f", reference: {_quoted(group.reference)}"
    values = f", values: [{', '.join(map(_quoted, group.values))}]" if group.values else ""
    title = _title(w.FAMILIES[group.family])
    text = f"  {group.family}: {{column: {scalar(group.column)}{bands}, {title}{reference}{values}}}"
    if group.reference is None:
        yield draft.note(text, GAP, draft.say(ASKED, because=group.because, why=group.why))
    else:
        reference = _quoted(group.reference)
        why = draft.say(
            "{why}; compared with {reference}: {because}", why=group.why, reference=reference, because=group.because
        )
        yield draft.note(text, GUESSED, why)
    if group.family in w.SPECIAL:
        yield "  # " + draft.say(PROTECTED)


def _quoted(text: str) -> str:
    """A reference is always text, even where it looks like a number or like yes."""
    return json.dumps(text, ensure_ascii=False)


def _title(entry: tuple[str, str, frozenset[str]]) -> str:
    return f"title: {{fr: {scalar(entry[0])}, en: {scalar(entry[1])}}}"


ENOUGH = 300
MARKS = "`{guessed}` says why a line is as it is: check it. `{gap}` is what no data can tell."


def write(draft: SystemDraft, *, system_id: str, today: dt.date, zone: str) -> str:
    """The text of the system file."""
    lines = [
        *_head(draft, system_id, zone),
        *_columns(draft, today),
        *groups(draft),
        *_rest(draft, system_id),
        *_files(draft),
    ]
    return "\n".join([*lines, *_unused(draft)]) + "\n"


def _files(draft: SystemDraft) -> Iterator[str]:
    """How data files are written, where the next one may not tell it."""
    told = draft.table.reading.files() if draft.table.reading else {}
    if told:
        written = ", ".join(f"{key}: {scalar(value)}" for key, value in told.items())
        yield draft.note(
            f"files: {{{written}}}", GUESSED, draft.say("as this file was read; a later one may not tell it by itself")
        )


def _head(draft: SystemDraft, system_id: str, zone: str) -> Iterator[str]:
    kind = "ranking" if "rank" in draft.roles else "selection"
    why = draft.say("each row is decided for itself")
    if kind == "ranking":
        why = draft.say("rows of a request have their places in a list")
    name = scalar(system_id.replace("_", " ").capitalize())
    guessed, gap = draft.say(GUESSED), draft.say(GAP)
    total = whole(draft.table.rows, draft.say.language)
    yield "# " + draft.say("Proposed by `boussole systems new` from a file of {n} rows.", n=total)
    yield "# " + draft.say(MARKS, guessed=guessed, gap=gap)
    yield f"id: {system_id}"
    yield draft.note(f"kind: {kind}", GUESSED, why)
    yield draft.note(f"title: {{fr: {name}, en: {name}}}", GAP, draft.say("its name, for readers"))
    yield draft.note(
        'purpose: {fr: "À compléter.", en: "To be written."}', GAP, draft.say("what it is for, in one sentence")
    )
    yield draft.note(f'owner: "{draft.say("To be named")}"', GAP, draft.say("a role, not a person"))
    yield draft.note("status: pilot", GAP, draft.say("design, pilot, production or retired"))
    yield draft.note("risk: high", GAP, draft.say("class under the EU AI Act: prohibited, high, limited or minimal"))
    yield draft.note(f"timezone: {zone}", GAP, draft.say("where its days begin and end"))


def _columns(draft: SystemDraft, today: dt.date) -> Iterator[str]:
    yield "columns:"
    yield draft.note(f"  id: {_key(draft)}", GUESSED if draft.key.sure else GAP, draft.key.why)
    if "decided_at" in draft.roles:
        yield _role(draft, "decided_at", "decided_at")
    else:
        yield draft.note(
            f"  period: {today}", GAP, draft.say("{why}: the date of all these decisions", why=_dateless(draft))
        )
    yield from _decision(draft)
    score = draft.column("score")
    if score:
        low_high, usual = score_range(score)
        why = draft.roles["score"].why
        why = why if usual else draft.say("{why}; its true range", why=why)
        written = f"  score: {{column: {scalar(score.name)}, range: {listed(low_high)}}}"
        yield draft.note(written, GUESSED if usual else GAP, why)
    yield from _outcome(draft)
    yield from (_role(draft, role, role) for role in ("request", "rank") if role in draft.roles)
    yield from _human(draft)
    others = ("person", "team", "use", "weight", "model_version")
    yield from (_role(draft, role, role) for role in others if role in draft.roles)


def _dateless(draft: SystemDraft) -> str:
    """Why no column is the date: none was found, or one whose name says so cannot be read."""
    unread = [name for name in draft.left_out if named(draft.table.columns[name].words, w.DATE)]
    if unread:
        return draft.say("the dates of '{name}' cannot be read", name=unread[0])
    return draft.say("no column of dates was found")


def _key(draft: SystemDraft) -> str:
    columns = draft.key.columns
    return "{row_number: true}" if not columns else scalar(columns[0]) if len(columns) == 1 else listed(columns)


def _role(draft: SystemDraft, role: str, key: str) -> str:
    guess = draft.roles[role]
    return draft.note(f"  {key}: {scalar(guess.column)}", GUESSED if guess.sure else GAP, guess.why)


def _decision(draft: SystemDraft) -> Iterator[str]:
    if "decision" not in draft.roles:
        asked = draft.say("no column says what was decided: lists are compared")
        yield f"  # decision: {{column: …, selected: […]}}  # {asked}"
        return
    guess, values = draft.roles["decision"], draft.splits["decision"]
    yield "  decision:"
    yield draft.note(f"    column: {scalar(guess.column)}", GUESSED if guess.sure else GAP, guess.why)
    yield draft.note(f"    selected: {listed(values.yes)}", GUESSED if values.sure else GAP, values.why)
    yield f"    not_selected: {listed(values.no)}"
    yield _favourable(draft)


def _favourable(draft: SystemDraft) -> str:
    if harm := harmful(draft):
        return draft.note("  favourable: false", GUESSED, draft.say("being selected is a harm: {why}", why=harm))
    if good := favourable(draft):
        return draft.note(
            "  favourable: true", GUESSED, draft.say("{why}; false where being selected is a harm", why=good)
        )
    return draft.note(
        "  favourable: true",
        GAP,
        draft.say("no word says whether being selected is good for people, or a harm: then false"),
    )


def _outcome(draft: SystemDraft) -> Iterator[str]:
    outcome = draft.column("outcome")
    if outcome is None:
        asked = draft.say("was the decision right?")
        yield f"  # outcome: {{column: …, positive: […], observed_for: all, absent: missing}}  # {asked}"
        return
    guess, values, seen = draft.roles["outcome"], draft.splits["outcome"], observed_for(draft)
    reason = draft.say("it is there for rows not selected, too")
    if seen == "selected":
        reason = draft.say("it is there for selected rows only")
    yield "  outcome:"
    yield draft.note(f"    column: {scalar(outcome.name)}", GUESSED if guess.sure else GAP, guess.why)
    yield draft.note(f"    positive: {listed(values.yes)}", GUESSED if values.sure else GAP, values.why)
    yield draft.note("    matures_after_days: 0", GAP, draft.say("days after which a missing outcome can be read"))
    yield draft.note(f"    observed_for: {seen}", GUESSED, reason)
    yield draft.note("    absent: missing", GUESSED, draft.say("the careful choice; `negative` where no news means no"))


def _human(draft: SystemDraft) -> Iterator[str]:
    if "human" in draft.roles:
        guess = draft.roles["human"]
        yield draft.note(f"  human: {{decision: {scalar(guess.column)}}}", GUESSED, guess.why)


def _rest(draft: SystemDraft, system_id: str) -> Iterator[str]:
    if draft.features:
        yield "features:"
        yield from (draft.note(f"  - {scalar(name)}", GUESSED, draft.say("a number")) for name in draft.features)
    window, why = _window(draft)
    yield draft.note(f"windows: {{audit: {window}}}", GUESSED, why)
    private = _identifiers(draft)
    yield draft.note(
        f"privacy: {{suppress_below: 11, pseudonymise: {listed(private)}}}",
        GUESSED,
        draft.say("keyed pseudonyms in the lake"),
    )
    yield "# sources:  # " + draft.say("where `boussole sync` looks for new decisions")
    yield f"#   - mlflow: {{experiment: {system_id}}}"


def _window(draft: SystemDraft) -> tuple[str, str]:
    """The shortest customary window that holds a few hundred decisions."""
    moment = draft.column("decided_at")
    if moment is None or moment.first is None or moment.last is None:
        return "all", draft.say("the log has no time")
    months = max((moment.last - moment.first).days / 30, 1)
    monthly = draft.table.rows / months
    for name, length in (("month", 1), ("quarter", 3), ("year", 12)):
        if monthly * length >= ENOUGH and months >= length:
            return name, draft.say("about {n} decisions in each", n=whole(monthly * length, draft.say.language))
    return "all", draft.say("{n} decisions are few", n=whole(draft.table.rows, draft.say.language))


def _identifiers(draft: SystemDraft) -> list[str]:
    """Return the identifiers that may lead to a person, without groups, controls and features."""
    clear = {group.column for group in draft.groups} | {guess.column for guess in draft.controls.values()}
    roles = [("id", draft.table.columns[name]) for name in draft.key.columns]
    roles += [(role, column) for role in ("person", "request", "team") if (column := draft.column(role))]
    found = []
    for role, column in roles:
        personal = named(column.words, w.PERSON) or draft.direct(column)
        if role == "person" or personal or (role == "id" and not named(column.words, w.ROW_NUMBER)):
            found.append(column.name)
    return [name for name in dict.fromkeys(found) if name not in clear | set(draft.features)]


def _unused(draft: SystemDraft) -> Iterator[str]:
    used = draft.taken | {guess.column for guess in draft.roles.values()} | set(draft.key.columns)
    for name, why in draft.left_out.items():
        if name not in used:
            yield "# " + draft.say("Left out: {name}: {why}.", name=scalar(name), why=why)
    direct = [c.name for c in draft.table.columns.values() if draft.direct(c) and c.name not in used]
    if direct:
        names = ", ".join(map(scalar, direct))
        yield "# " + draft.say("Left out, as they look like direct identifiers: {names}.", names=names)
    rest = [c for c in draft.table.columns if c not in used and c not in draft.left_out and c not in direct]
    if rest:
        yield from comment(draft.say("Not used: {names}.", names=", ".join(map(scalar, rest))))
