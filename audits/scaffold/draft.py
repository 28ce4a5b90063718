"""What a proposal is made of: guesses with their reasons, and what nobody but a person can say."""

from __future__ import annotations

from dataclasses import dataclass, field

from boussole.audits.identifiers import unaccented
from boussole.audits.scaffold.marks import Translator
from boussole.audits.scaffold.profile import Profile, SourceProfile, typed
from boussole.audits.scaffold.words import DIRECT, FAMILIES, NEGATIVE, POSITIVE, named
from boussole.audits.systems.kinds import Value


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
