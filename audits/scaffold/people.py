"""Guesses of who and what stands beside a decision (people, teams, groups, numbers), and the draft they fill."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from boussole.audits.decisions.contracts.decisions import group_value
from boussole.audits.errors import SourceError, nearest
from boussole.audits.identifiers import unaccented
from boussole.audits.scaffold import profile as w
from boussole.audits.scaffold.marks import Translator
from boussole.audits.scaffold.profile import DIRECT, FAMILIES, NEGATIVE, POSITIVE, Profile, SourceProfile, named, typed
from boussole.audits.systems.kinds import Value
from boussole.audits.systems.parts import Group


@dataclass(frozen=True)
class Guess:
    """A column for a role, and why; `sure` is false where somebody has to look before anything is read from it."""

    column: str
    why: str
    sure: bool = True


@dataclass(frozen=True)
class Key:
    """The columns that identify a decision together (none: its row does), and why."""

    columns: tuple[str, ...]
    why: str
    sure: bool = True


@dataclass(frozen=True)
class Split:
    """The values of a column that mean yes, and those that mean no."""

    yes: list[Value]
    no: list[Value]
    why: str
    sure: bool = True


@dataclass(frozen=True)
class GroupGuess:
    """A sensitive feature: its column, bands, family, and reference (None: each group is compared with all others)."""

    family: str
    column: str
    why: str
    bands: bool
    reference: str | None
    because: str
    values: tuple[str, ...] = ()
    """Those that are declared; none where the data tell too little of them."""


@dataclass
class SystemDraft:
    """A proposal in the making; `taken` are the columns that have a role."""

    table: SourceProfile
    say: Translator
    key: Key = Key((), "nothing was looked at yet", sure=False)
    roles: dict[str, Guess] = field(default_factory=dict)
    splits: dict[str, Split] = field(default_factory=dict)
    groups: list[GroupGuess] = field(default_factory=list)
    controls: dict[str, Guess] = field(default_factory=dict)
    candidates: list[str] = field(default_factory=list)
    features: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    @property
    def rows(self) -> int:
        return self.table.rows

    @property
    def free(self) -> list[Profile]:
        """Columns without a role that hold something and identify nobody."""
        return [
            column
            for column in self.table.columns.values()
            if column.filled and column.name not in self.taken and not self.direct(column)
        ]

    @property
    def repeating(self) -> list[Profile]:
        """The candidates for identifiers that do not tell all rows apart."""
        return [c for c in self.free if 2 <= c.distinct < self.rows and not c.dated and not c.fractional]

    def note(self, text: str, mark: str, why: str) -> str:
        """A line with its mark and the reason behind it."""
        return f"{text}  # {self.say('{mark}: {why}', mark=self.say(mark), why=why)}"

    def take(self, role: str, guess: Guess) -> None:
        self.roles[role] = guess
        self.taken.add(guess.column)

    def column(self, role: str) -> Profile | None:
        """The column guessed for a role."""
        return self.table.columns[self.roles[role].column] if role in self.roles else None

    def direct(self, column: Profile) -> bool:
        """Whether a column looks like a name, an address, a number of a person: never compared, never read."""
        return named(column.words, DIRECT) or column.emails * 2 > max(column.filled, 1)

    def sensitive(self, column: Profile) -> bool:
        """Whether its name says that it describes who somebody is."""
        return any(named(column.words, vocabulary) for _, _, vocabulary in FAMILIES.values())


def split(column: Profile, say: Translator) -> Split:
    """Which values of a column mean yes, by the words that they are."""
    values = sorted(column.values, key=unaccented)
    yes = [value for value in values if said(value) & POSITIVE and not said(value) & NEGATIVE]
    no = [value for value in values if said(value) & NEGATIVE]
    if len(values) == 2 and len(yes) + len(no) == 1:
        yes, no = (yes, [v for v in values if v not in yes]) if yes else ([v for v in values if v not in no], no)
    if values == yes:
        return Split(_typed(yes), [], say("meant as 'yes' by the word"))
    if yes and no:
        rest = [value for value in values if value not in (*yes, *no)]
        why = say("meant as 'yes' by the words")
        if rest:
            why = say("meant as 'yes' by the words; nothing said what {others} means", others=_listed(rest))
        return Split(_typed(yes), _typed([*no, *rest]), why, sure=not rest)
    rarest = min(column.values, key=lambda value: (column.values[value], value))
    others = [value for value in values if value != rarest]
    return Split(
        _typed([rarest]), _typed(others), say("meant as 'yes' only because it is the rarest value"), sure=False
    )


def said(value: str) -> set[str]:
    """Return the words of a value; a number is the word of its digits."""
    number = typed(value)
    if isinstance(number, int | float):
        return {str(number).lower()}
    return set(unaccented(value).replace("_", " ").replace("-", " ").split())


def _typed(values: list[str]) -> list[Value]:
    return list(dict.fromkeys(typed(value) for value in values))


def _listed(values: list[str]) -> str:
    return ", ".join(repr(value) for value in values[:3])


BANDS: list[float] = [25, 50]
MOST_GROUP_VALUES = 15
MOST_FEATURES = 12
LISTED = 0.9
"""The least share of requests whose places must be 1 to n, each once: some lists have lost a row."""


def lists(draft: SystemDraft) -> None:
    """Places in lists: a column of ranks by its name, which within each value of another are 1 to n."""
    for rank in draft.free:
        whole = rank.numeric and not rank.fractional and (rank.low or 0) >= 1
        if not whole or not named(rank.words, w.RANK):
            continue
        within = next((column for column in _requests(draft) if _placed(draft, rank, column)), None)
        if within is None:
            draft.left_out[rank.name] = draft.say("it sounds like a place in a list, but no column says in which list")
            continue
        draft.take(
            "rank",
            Guess(
                rank.name,
                draft.say("its name says so; within each '{name}' it goes from 1 to n", name=within.name),
            ),
        )
        why = draft.say("no name says so; the places within each go from 1 to n")
        if named(within.words, w.REQUEST):
            why = draft.say("its name says so; the places within each go from 1 to n")
        draft.take("request", Guess(within.name, why))
        return


def _requests(draft: SystemDraft) -> list[Profile]:
    """Columns that a list could be named by: by name, then identifiers, then others; all of them repeat."""
    repeating = [c for c in draft.repeating if not draft.sensitive(c) and c.filled == draft.rows]
    return sorted(repeating, key=lambda c: (-named(c.words, w.REQUEST), -named(c.words, w.ID), -c.distinct))


def _placed(draft: SystemDraft, rank: Profile, request: Profile) -> bool:
    """Whether the places within each request are 1 to n, each once, in nearly all of them."""
    place, text = draft.table.read.number(rank.name), draft.table.read.text(request.name)
    each = (
        f"SELECT count(*) AS n, max({place}) AS last, count(DISTINCT {place}) AS places FROM {draft.table.whole} "
        f"WHERE {place} IS NOT NULL GROUP BY {text}"
    )
    exact = "count(*) FILTER (n = places AND last = n)"
    found = draft.table.connection.execute(f"SELECT count(*), {exact}, max(n) FROM ({each})").fetchone()
    lists_, whole, longest = found or (0, 0, 0)
    return bool(lists_) and longest > 1 and whole >= LISTED * lists_


def keys(draft: SystemDraft) -> None:
    """The person, the request and the team: identifiers that repeat. Agents are left out."""
    repeating = draft.repeating
    _take_key(draft, "person", [c for c in draft.table.columns.values() if _repeated_person(draft, c)], w.PERSON)
    if "request" not in draft.roles:
        _take_key(draft, "request", [c for c in repeating if c.distinct > 10 or c.distinct * 4 > draft.rows], w.REQUEST)
    _take_key(draft, "team", repeating, w.TEAM)
    for column in draft.free:
        if named(column.words, w.AGENT):
            draft.left_out[column.name] = draft.say("agents appear only as teams of 11 or more, never one by one")


def _repeated_person(draft: SystemDraft, column: Profile) -> bool:
    return column.name not in draft.taken and 10 < column.distinct < draft.rows and not column.fractional


def _take_key(draft: SystemDraft, role: str, columns: list[Profile], vocabulary: frozenset[str]) -> None:
    """Take a column by its name: the word itself, or the word with one that says identifier."""
    for column in columns:
        spoken = named(column.words, vocabulary) and (named(column.words, w.ID | w.DIRECT) or len(column.words) == 1)
        if column.name not in draft.taken and spoken:
            draft.take(
                role, Guess(column.name, draft.say("its name says so, with {n} different values", n=column.distinct))
            )
            return


def versions(draft: SystemDraft) -> None:
    """The model version and the declared use: few values, by name."""
    for column in draft.free:
        if column.distinct > 50 or "model_version" in draft.roles:
            continue
        both = named(column.words, w.MODEL) and named(column.words, w.VERSION)
        if both or (len(column.words) == 1 and named(column.words, w.MODEL | w.VERSION)):
            draft.take("model_version", Guess(column.name, draft.say("its name says so")))
    for column in draft.free:
        if "_".join(column.words) in w.USE and column.distinct <= 50 and "use" not in draft.roles:
            draft.take("use", Guess(column.name, draft.say("its name says so")))


def numbers(draft: SystemDraft) -> None:
    """The score and the weight, by name and by what numbers they are."""
    numeric = [column for column in draft.free if column.numeric]
    for column in numeric:
        if named(column.words, w.SCORE) and column.distinct > 2 and "score" not in draft.roles:
            draft.take("score", Guess(column.name, _values_from(draft, column)))
    for column in numeric:
        whole = not column.fractional and column.name not in draft.taken
        exact = len(column.words) == 1 and named(column.words, w.WEIGHT) and "decision" in draft.roles
        if whole and exact and column.filled == draft.rows and (column.low or 0) >= 0:
            draft.roles.setdefault(
                "weight", Guess(column.name, draft.say("its name says how many decisions a row stands for"))
            )
            draft.taken.add(draft.roles["weight"].column)
    if "weight" not in draft.roles and "decision" in draft.roles:
        _ask_for_counts(draft)


def _ask_for_counts(draft: SystemDraft) -> None:
    """Ask whether the one whole number of a table counts decisions, as its other columns are unique together."""
    columns = draft.table.columns
    if any(not named(columns[name].words, w.ROW_NUMBER) for name in draft.key.columns):
        return
    numbers = [column for column in draft.free if column.numeric and column.distinct > 2]
    counts = [c for c in numbers if not c.fractional and c.filled == draft.rows and (c.low or 0) >= 0]
    parts = [c for c in columns.values() if c not in numbers and c.name not in draft.key.columns and c.filled]
    if len(numbers) == len(counts) == 1 and len(parts) > 1 and draft.table.unique_together(parts):
        why = draft.say(
            "each combination of the other columns stands once: does it say how many decisions a row stands for?"
        )
        draft.take("weight", Guess(counts[0].name, why, sure=False))


def _values_from(draft: SystemDraft, column: Profile) -> str:
    return draft.say(
        "its name says so; its values go from {low} to {high}", low=f"{column.low:g}", high=f"{column.high:g}"
    )


def score_range(column: Profile) -> tuple[list[int], bool]:
    """The range of a score, and whether it is one of the usual ones."""
    low, high = column.low or 0.0, column.high or 0.0
    if named(column.words, frozenset({"decile"})) and low >= 1 and high <= 10:
        return [1, 10], True
    for usual in ([0, 1], [0, 10], [0, 100]):
        if low >= usual[0] and high <= usual[1]:
            return usual, usual != [0, 10]
    bottom, top = math.floor(low), math.ceil(high)
    return [bottom, max(top, bottom + 1)], False


ENOUGH_ROWS = 11
"""A value that fewer rows have is not written into a proposal: it may be a slip of the hand, or somebody's name."""


def groups(draft: SystemDraft) -> None:
    """Sensitive features by name: one of each family, with few values, or an age in years."""
    for family, (_, _, vocabulary) in w.FAMILIES.items():
        found = [column for column in draft.free if named(column.words, vocabulary)]
        fit = [column for column in found if _bands(family, column) or _comparable(draft, column)]
        for column in found:
            if column not in fit:
                draft.left_out[column.name] = draft.say(
                    "it sounds like a group, but {n} values are too many", n=column.distinct
                )
        if not fit:
            continue
        best = max(fit, key=lambda column: _bands(family, column))
        draft.groups.append(_group(draft, family, best))
        draft.taken.add(best.name)
        for column in fit:
            if column is not best:
                draft.left_out[column.name] = draft.say("another form of the group {name}", name=family)


def _bands(family: str, column: Profile) -> bool:
    in_years = column.numeric and column.distinct > 5 and (column.low or 0) >= 10 and (column.high or 0) <= 120
    return family == "age" and in_years


def _comparable(draft: SystemDraft, column: Profile) -> bool:
    few = 2 <= column.distinct <= MOST_GROUP_VALUES and column.distinct * 2 <= draft.rows
    return few and not column.dated and not column.formulas


def _group(draft: SystemDraft, family: str, column: Profile) -> GroupGuess:
    if _bands(family, column):
        reference, because = largest(_in_bands(draft, column))
        return GroupGuess(family, column.name, draft.say("an age in years"), True, reference, draft.say(because))
    often = {value: rows for value, rows in column.values.items() if rows >= ENOUGH_ROWS}
    declared = often if len(often) > 1 else {}
    reference, because = reference_of(family, declared or column.values)
    why = draft.say("its name, and {n} values", n=column.distinct)
    if declared and len(declared) < len(column.values):
        few = len(column.values) - len(declared)
        why = draft.say("{why}, {few} of them in few rows and not declared", why=why, few=few)
    return GroupGuess(family, column.name, why, False, reference, draft.say(because), tuple(declared))


def reference_of(family: str, values: Mapping[str, int]) -> tuple[str | None, str]:
    """Return the reference among the values of a feature (with their rows), and why; None where nothing tells."""
    means, vocabulary = w.REFERENCES.get(family, ("", frozenset()))
    known = [value for value in values if _word(value) in vocabulary]
    if len(known) == 1:
        return known[0], means
    return largest(values)


def largest(values: Mapping[str, int]) -> tuple[str | None, str]:
    """The value with most rows; None where several have as many."""
    most = [value for value, rows in values.items() if rows == max(values.values())]
    if len(most) == 1:
        return most[0], "the largest, as no value says who others are compared with"
    return None, "no value says which, and the largest are equal: each is compared with all others"


def _word(value: str) -> str:
    return unaccented(value).strip(" .")


def _in_bands(draft: SystemDraft, column: Profile) -> dict[str, int]:
    """How many rows each band of an age holds."""
    band = group_value(draft.table.read, Group(column=column.name, bands=BANDS))
    found = draft.table.connection.execute(
        f"SELECT band, count(*) FROM (SELECT {band} AS band FROM {draft.table.whole}) WHERE band IS NOT NULL GROUP BY 1"
    )
    return dict(found.fetchall())


def controls(draft: SystemDraft, asked: Sequence[str]) -> None:
    """Add the controls that were asked for. Raises SourceError for an unknown column, or one that is a group."""
    for name in asked:
        if name not in draft.table.columns:
            raise SourceError(
                f"the file has no column '{name}' to be a control. {nearest(name, draft.table.columns)}",
                where=draft.table.source,
                next_step="Give --control the name of a column, as it stands in the file.",
            )
        column = draft.table.columns[name]
        if draft.direct(column) or any(group.column == name for group in draft.groups):
            kind = "a direct identifier" if draft.direct(column) else "a sensitive feature, which is compared"
            raise SourceError(f"'{name}' is {kind}: it is no control.", next_step="Give another column to --control.")
        draft.controls[_control_id(draft, column)] = Guess(
            name, draft.say("asked for; what it explains is not seen any more")
        )
        if not named(column.words, w.REQUEST):  # a matched set is both
            draft.taken.add(name)
    draft.candidates = [column.name for column in draft.table.columns.values() if _candidate(draft, column)]


def _control_id(draft: SystemDraft, column: Profile) -> str:
    """What the control is called: by its kind where its name says so, else by its name."""
    kinds = [kind for kind, (_, _, vocabulary) in w.CONTROLS.items() if named(column.words, vocabulary)]
    plain_name = "_".join(column.words)[:40].strip("_")
    wanted = kinds[0] if kinds else plain_name if plain_name[:1].isalpha() else f"control_{plain_name}".rstrip("_")
    used = {*draft.controls, *(group.family for group in draft.groups)}
    return wanted if wanted not in used else f"{wanted}_{len(used)}"


def _candidate(draft: SystemDraft, column: Profile) -> bool:
    """A category with few values whose name is that of a usual control."""
    fit = (
        2 <= column.distinct <= 30 and column.distinct * 2 <= draft.rows and not column.formulas and bool(column.values)
    )
    usual = any(named(column.words, vocabulary) for _, _, vocabulary in w.CONTROLS.values())
    return fit and usual and column.name not in draft.taken and not draft.direct(column)


def features(draft: SystemDraft) -> None:
    """Other numbers, which drift is watched on."""
    held = {*draft.key.columns, *(guess.column for guess in draft.controls.values()), *draft.left_out}
    numeric = [c for c in draft.free if c.numeric and c.distinct > 2 and c.filled * 2 >= draft.rows]
    found = [c.name for c in numeric if c.name not in held and not named(c.words, w.NO_FEATURE)]
    draft.features = found[:MOST_FEATURES]
    draft.taken |= set(draft.features)
