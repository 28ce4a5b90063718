"""Writing a proposal down: a complete system file, with the reason of every guess and a mark on every gap."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from boussole.audits.scaffold import words as w
from boussole.audits.scaffold.compared import groups
from boussole.audits.scaffold.draft import SystemDraft
from boussole.audits.scaffold.marks import GAP, GUESSED, listed, note, scalar, wrapped
from boussole.audits.scaffold.people import score_range
from boussole.audits.scaffold.roles import favourable, harmful, observed_for
from boussole.audits.scaffold.words import named

ENOUGH = 300


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
        yield note(f"files: {{{written}}}", GUESSED, "as this file was read; a later one may not tell it by itself")


def _head(draft: SystemDraft, system_id: str, zone: str) -> Iterator[str]:
    kind = "ranking" if "rank" in draft.roles else "selection"
    why = "rows of a request have their places in a list" if kind == "ranking" else "each row is decided for itself"
    name = scalar(system_id.replace("_", " ").capitalize())
    yield f"# Proposed by `boussole systems new` from a file of {draft.table.total:,} rows."
    yield f"# `{GUESSED}` says why a line is as it is: check it. `{GAP}` is what no data can tell."
    yield f"id: {system_id}"
    yield note(f"kind: {kind}", GUESSED, why)
    yield note(f"title: {{fr: {name}, en: {name}}}", GAP, "its name, for readers")
    yield note('purpose: {fr: "À compléter.", en: "To be written."}', GAP, "what it is for, in one sentence")
    yield note('owner: "To be named"', GAP, "a role, not a person")
    yield note("status: pilot", GAP, "design, pilot, production or retired")
    yield note("risk: high", GAP, "class under the EU AI Act: prohibited, high, limited or minimal")
    decided = draft.roles.get("decided_at")
    if decided and draft.table.in_utc(decided.column, zone):
        why = f"'{decided.column}' has as many rows in the hour that {zone} skips in spring as beside it: UTC"
        yield note("timezone: UTC", GAP, why)
    else:
        yield note(f"timezone: {zone}", GAP, "where its days begin and end")


def _columns(draft: SystemDraft, today: dt.date) -> Iterator[str]:
    yield "columns:"
    yield note(f"  id: {_key(draft)}", GUESSED if draft.key.sure else GAP, draft.key.why)
    if "decided_at" in draft.roles:
        yield _role(draft, "decided_at", "decided_at")
    else:
        yield note(f"  period: {today}", GAP, f"{_dateless(draft)}: the date of all these decisions")
    yield from _decision(draft)
    score = draft.column("score")
    if score:
        low_high, usual = score_range(score)
        written = f"  score: {{column: {scalar(score.name)}, range: {listed(low_high)}}}"
        yield note(written, GUESSED if usual else GAP, draft.roles["score"].why + ("" if usual else "; its true range"))
    yield from _outcome(draft)
    yield from (_role(draft, role, role) for role in ("request", "rank") if role in draft.roles)
    if draft.stages:
        yield note(
            f"  stages: {listed(draft.stages)}", GUESSED, "a funnel: each is reached by fewer than the one before"
        )
    yield from _human(draft)
    others = ("person", "team", "use", "weight", "model_version")
    yield from (_role(draft, role, role) for role in others if role in draft.roles)


def _dateless(draft: SystemDraft) -> str:
    """Why no column is the date: none was found, or one whose name says so cannot be read."""
    unread = [name for name in draft.left_out if named(draft.table.columns[name].words, w.DATE)]
    return f"the dates of '{unread[0]}' cannot be read" if unread else "no column of dates was found"


def _key(draft: SystemDraft) -> str:
    columns = draft.key.columns
    return "{row_number: true}" if not columns else scalar(columns[0]) if len(columns) == 1 else listed(columns)


def _role(draft: SystemDraft, role: str, key: str) -> str:
    guess = draft.roles[role]
    return note(f"  {key}: {scalar(guess.column)}", GUESSED if guess.sure else GAP, guess.why)


def _decision(draft: SystemDraft) -> Iterator[str]:
    if "decision" not in draft.roles:
        yield "  # decision: {column: …, selected: […]}  # no column says what was decided: lists are compared"
        return
    guess, values = draft.roles["decision"], draft.splits["decision"]
    yield "  decision:"
    yield note(f"    column: {scalar(guess.column)}", GUESSED if guess.sure else GAP, guess.why)
    yield note(f"    selected: {listed(values.yes)}", GUESSED if values.sure else GAP, f"meant as 'yes' {values.why}")
    yield f"    not_selected: {listed(values.no)}"
    yield _favourable(draft)


def _favourable(draft: SystemDraft) -> str:
    if harm := harmful(draft):
        return note("  favourable: false", GUESSED, f"being selected is a harm: {harm}")
    if good := favourable(draft):
        return note("  favourable: true", GUESSED, f"{good}; false where being selected is a harm")
    return note(
        "  favourable: true", GAP, "no word says whether being selected is good for people, or a harm: then false"
    )


def _outcome(draft: SystemDraft) -> Iterator[str]:
    outcome = draft.column("outcome")
    if outcome is None:
        yield "  # outcome: {column: …, positive: […], observed_for: all, absent: missing}  # was the decision right?"
        yield from wrapped("  #   Often absent, as an outcome can be: ", [scalar(name) for name in draft.late])
        return
    guess, values, seen = draft.roles["outcome"], draft.splits["outcome"], observed_for(draft)
    reason = "it is there for selected rows only" if seen == "selected" else "it is there for rows not selected, too"
    yield "  outcome:"
    yield note(f"    column: {scalar(outcome.name)}", GUESSED if guess.sure else GAP, guess.why)
    yield note(f"    positive: {listed(values.yes)}", GUESSED if values.sure else GAP, f"meant as 'yes' {values.why}")
    yield note("    matures_after_days: 0", GAP, "days after which a missing outcome can be read")
    yield note(f"    observed_for: {seen}", GUESSED, reason)
    yield note("    absent: missing", GUESSED, "the careful choice; `negative` where no news means no")


def _human(draft: SystemDraft) -> Iterator[str]:
    if "human" in draft.roles:
        seconds = f", seconds: {scalar(draft.roles['seconds'].column)}" if "seconds" in draft.roles else ""
        guess = draft.roles["human"]
        yield note(f"  human: {{decision: {scalar(guess.column)}{seconds}}}", GUESSED, guess.why)


def _rest(draft: SystemDraft, system_id: str) -> Iterator[str]:
    if draft.features:
        yield "features:"
        yield from (note(f"  - {scalar(name)}", GUESSED, "a number") for name in draft.features)
    window, why = _window(draft)
    yield note(f"windows: {{audit: {window}}}", GUESSED, why)
    private = _identifiers(draft)
    yield note(
        f"privacy: {{suppress_below: 11, pseudonymise: {listed(private)}}}", GUESSED, "keyed pseudonyms in the lake"
    )
    yield "# sources:  # where `boussole sync` looks for new decisions"
    yield f"#   - mlflow: {{experiment: {system_id}}}"


def _window(draft: SystemDraft) -> tuple[str, str]:
    """The shortest customary window that holds a few hundred decisions."""
    moment = draft.column("decided_at")
    if moment is None or moment.first is None or moment.last is None:
        return "all", "the log has no time"
    months = max((moment.last - moment.first).days / 30, 1)
    monthly = draft.table.total / months
    for name, length in (("month", 1), ("quarter", 3), ("year", 12)):
        if monthly * length >= ENOUGH and months >= length:
            return name, f"about {monthly * length:,.0f} decisions in each"
    return "all", f"{draft.table.total:,} decisions are few"


def _identifiers(draft: SystemDraft) -> list[str]:
    """Identifiers that may lead to a person: the person, the id unless it is a row number, others by their words.

    Not a column that is also a group, a control or a feature, for want of a better id: its values are kept as they are.
    """
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
            yield f"# Left out: {scalar(name)}: {why}."
    direct = [c.name for c in draft.table.columns.values() if draft.direct(c) and c.name not in used]
    if direct:
        yield f"# Left out, as they look like direct identifiers: {', '.join(map(scalar, direct))}."
    used |= {guess.column for guess in draft.offers.values()}
    rest = [c for c in draft.table.columns if c not in used and c not in draft.left_out and c not in direct]
    yield from wrapped("# Not used: ", [scalar(name) for name in rest])
