"""Writing a proposal down: a complete system file, with the reason of every guess and a mark on every gap."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Sequence

import yaml

from audits.systems.kinds import Value
from audits.systems.scaffold import words as w
from audits.systems.scaffold.draft import Draft, GroupGuess
from audits.systems.scaffold.people import BANDS, score_range
from audits.systems.scaffold.roles import harmful, observed_for
from audits.systems.scaffold.words import named

GUESSED = "guessed"
GAP = "TO FILL IN"
ENOUGH = 300


def write(draft: Draft, *, system_id: str, today: dt.date, zone: str) -> str:
    """The text of the system file."""
    lines = [
        *_head(draft, system_id, zone),
        *_columns(draft, today),
        *_groups(draft),
        *_rest(draft, system_id),
        *_files(draft),
    ]
    return "\n".join([*lines, *_unused(draft)]) + "\n"


def _files(draft: Draft) -> Iterator[str]:
    """How data files are written, where the next one may not tell it."""
    told = draft.table.reading.files() if draft.table.reading else {}
    if told:
        listed = ", ".join(f"{key}: {scalar(value)}" for key, value in told.items())
        yield _note(f"files: {{{listed}}}", GUESSED, "as this file was read; a later one may not tell it by itself")


def scalar(value: Value) -> str:
    """A value in YAML's short form, quoted where YAML would read something else.

    >>> scalar("race"), scalar("no"), scalar("score.1"), scalar(True)
    ('race', '"no"', '"score.1"', 'true')
    """
    if not isinstance(value, str):
        return json.dumps(value)
    bare = re.fullmatch(r"[A-Za-z_][\w-]*", value) and yaml.safe_load(value) == value
    return value if bare else json.dumps(value, ensure_ascii=False)


def _list(values: Sequence[Value]) -> str:
    return "[" + ", ".join(map(scalar, values)) + "]"


def _note(text: str, mark: str, why: str) -> str:
    return f"{text}  # {mark}: {why}"


def _head(draft: Draft, system_id: str, zone: str) -> Iterator[str]:
    kind = "ranking" if {"request", "rank"} <= set(draft.roles) else "selection"
    why = "rows of a request have a rank" if kind == "ranking" else "each row is decided for itself"
    name = scalar(system_id.replace("_", " ").capitalize())
    yield f"# Proposed by `boussole systems new` from a file of {draft.table.total:,} rows."
    yield f"# `{GUESSED}` says why a line is as it is: check it. `{GAP}` is what no data can tell."
    yield f"id: {system_id}"
    yield _note(f"kind: {kind}", GUESSED, why)
    yield _note(f"title: {{fr: {name}, en: {name}}}", GAP, "its name, for readers")
    yield _note('purpose: {fr: "À compléter.", en: "To be written."}', GAP, "what it is for, in one sentence")
    yield _note('owner: "To be named"', GAP, "a role, not a person")
    yield _note("status: pilot", GAP, "design, pilot, production or retired")
    yield _note("risk: high", GAP, "class under the EU AI Act: prohibited, high, limited or minimal")
    yield _note(f"timezone: {zone}", GAP, "where its days begin and end")


def _columns(draft: Draft, today: dt.date) -> Iterator[str]:
    yield "columns:"
    yield _role(draft, "id", "id")
    if "decided_at" in draft.roles:
        yield _role(draft, "decided_at", "decided_at")
    else:
        yield _note(f"  period: {today}", GAP, "no column of dates was found: the date of all these decisions")
    yield from _decision(draft)
    score = draft.column("score")
    if score:
        low_high, usual = score_range(score)
        written = f"  score: {{column: {scalar(score.name)}, range: {_list(low_high)}}}"
        yield _note(
            written, GUESSED if usual else GAP, draft.roles["score"].why + ("" if usual else "; its true range")
        )
    yield from _outcome(draft)
    yield from (_role(draft, role, role) for role in ("request", "rank") if role in draft.roles)
    if draft.stages:
        yield _note(
            f"  stages: {_list(draft.stages)}", GUESSED, "a funnel: each is reached by fewer than the one before"
        )
    yield from _human(draft)
    others = ("person", "team", "use", "weight", "model_version")
    yield from (_role(draft, role, role) for role in others if role in draft.roles)


def _role(draft: Draft, role: str, key: str) -> str:
    guess = draft.roles[role]
    return _note(f"  {key}: {scalar(guess.column)}", GUESSED if guess.sure else GAP, guess.why)


def _decision(draft: Draft) -> Iterator[str]:
    guess, values = draft.roles["decision"], draft.splits["decision"]
    yield "  decision:"
    yield _note(f"    column: {scalar(guess.column)}", GUESSED if guess.sure else GAP, guess.why)
    yield _note(f"    selected: {_list(values.yes)}", GUESSED if values.sure else GAP, f"meant as 'yes' {values.why}")
    yield f"    not_selected: {_list(values.no)}"
    harm = harmful(draft)
    if harm:
        yield _note("  favourable: false", GUESSED, f"being selected is a harm: {harm}")
    else:
        yield _note("  favourable: true", GUESSED, "no word of a harm; false where being selected is one")


def _outcome(draft: Draft) -> Iterator[str]:
    outcome = draft.column("outcome")
    if outcome is None:
        yield "  # outcome: {column: …, positive: […], observed_for: all, absent: missing}  # was the decision right?"
        return
    guess, values, seen = draft.roles["outcome"], draft.splits["outcome"], observed_for(draft)
    reason = "it is there for selected rows only" if seen == "selected" else "it is there for rows not selected, too"
    yield "  outcome:"
    yield _note(f"    column: {scalar(outcome.name)}", GUESSED if guess.sure else GAP, guess.why)
    yield _note(f"    positive: {_list(values.yes)}", GUESSED if values.sure else GAP, f"meant as 'yes' {values.why}")
    yield _note("    matures_after_days: 0", GAP, "days after which a missing outcome can be read")
    yield _note(f"    observed_for: {seen}", GUESSED, reason)
    yield _note("    absent: missing", GUESSED, "the careful choice; `negative` where no news means no")


def _human(draft: Draft) -> Iterator[str]:
    if "human" in draft.roles:
        seconds = f", seconds: {scalar(draft.roles['seconds'].column)}" if "seconds" in draft.roles else ""
        guess = draft.roles["human"]
        yield _note(f"  human: {{decision: {scalar(guess.column)}{seconds}}}", GUESSED, guess.why)


def _groups(draft: Draft) -> Iterator[str]:
    if draft.groups:
        yield "groups:"
    else:
        yield _note("groups: {}", GAP, "no sensitive feature was found: nothing can be compared without one")
    for group in draft.groups:
        yield from _group(group)
    names = [group.family for group in draft.groups]
    if {"gender", "age"} <= set(names):
        yield _note("intersections: [[gender, age]]", GUESSED, "the customary pair")
    if draft.controls:
        yield "controls:"
    for name, guess in draft.controls.items():
        yield _note(f"  {name}: {{column: {scalar(guess.column)}, {_title(w.CONTROLS[name])}}}", GUESSED, guess.why)


def _group(group: GroupGuess) -> Iterator[str]:
    bands = f", bands: {_list(BANDS)}" if group.bands else ""
    text = f"{{column: {scalar(group.column)}{bands}, {_title(w.FAMILIES[group.family])}, reference: "
    yield _note(f"  {group.family}: {text}{_quoted(group.reference)}}}", GUESSED, group.why)
    if group.family in w.SPECIAL:
        yield "  # ↑ protected by law: better `from: sensitive`, joined from a keyed file, with `basis` and `expires`"


def _quoted(text: str) -> str:
    """A reference is always text, even where it looks like a number or like yes."""
    return json.dumps(text, ensure_ascii=False)


def _title(entry: tuple[str, str, frozenset[str]]) -> str:
    return f"title: {{fr: {scalar(entry[0])}, en: {scalar(entry[1])}}}"


def _rest(draft: Draft, system_id: str) -> Iterator[str]:
    if draft.features:
        yield "features:"
        yield from (_note(f"  - {scalar(name)}", GUESSED, "a number") for name in draft.features)
    window, why = _window(draft)
    yield _note(f"windows: {{audit: {window}}}", GUESSED, why)
    private = _identifiers(draft)
    yield _note(
        f"privacy: {{suppress_below: 11, pseudonymise: {_list(private)}}}", GUESSED, "keyed pseudonyms in the lake"
    )
    yield "# sources:  # where `boussole sync` looks for new decisions"
    yield f"#   - mlflow: {{experiment: {system_id}}}"


def _window(draft: Draft) -> tuple[str, str]:
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


def _identifiers(draft: Draft) -> list[str]:
    """Identifiers that may lead to a person: the person, the id unless it is a row number, others by their words.

    Not a column that is also a group, a control or a feature, for want of a better id: its values are kept as they are.
    """
    clear = {group.column for group in draft.groups} | {guess.column for guess in draft.controls.values()}
    found = []
    for role in ("id", "person", "request", "team"):
        column = draft.column(role)
        if column is None:
            continue
        personal = named(column.words, w.PERSON) or draft.direct(column)
        if role == "person" or personal or (role == "id" and not named(column.words, w.ROW_NUMBER)):
            found.append(column.name)
    return [name for name in dict.fromkeys(found) if name not in clear | set(draft.features)]


def _unused(draft: Draft) -> Iterator[str]:
    used = draft.taken | {guess.column for guess in draft.roles.values()}
    for name, why in draft.left_out.items():
        if name not in used:
            yield f"# Left out: {scalar(name)}: {why}."
    direct = [c.name for c in draft.table.columns.values() if draft.direct(c) and c.name not in used]
    if direct:
        yield f"# Left out, as they look like direct identifiers: {', '.join(map(scalar, direct))}."
    rest = [c for c in draft.table.columns if c not in used and c not in draft.left_out and c not in direct]
    yield from _wrapped("# Not used: ", [scalar(name) for name in rest])


def _wrapped(start: str, names: list[str]) -> Iterator[str]:
    line = start
    for number, name in enumerate(names):
        piece = name + (", " if number < len(names) - 1 else ".")
        if len(line) + len(piece) > 110:
            yield line.rstrip()
            line = "#   "
        line += piece
    if names:
        yield line
