"""Guessing who and what stands beside a decision: people, requests, teams, groups, controls, numbers."""

from __future__ import annotations

import math

from audits.systems.scaffold import words as w
from audits.systems.scaffold.draft import Draft, GroupGuess, Guess
from audits.systems.scaffold.profile import Profile
from audits.systems.scaffold.words import named, plain

BANDS = [25, 50]
MOST_GROUP_VALUES = 15
MOST_FEATURES = 12
MOST_CONTROLS = 3


def keys(draft: Draft) -> None:
    """The person, the request and the team: identifiers that repeat. Agents are left out."""
    repeating = [c for c in draft.free if 2 <= c.distinct < draft.rows and not c.dated and c.whole == c.numbers]
    _take_key(draft, "person", [c for c in draft.table.columns.values() if _repeated_person(draft, c)], w.PERSON)
    _take_key(draft, "request", [c for c in repeating if c.distinct > 10 or c.distinct * 4 > draft.rows], w.REQUEST)
    _take_key(draft, "team", repeating, w.TEAM)
    for column in draft.free:
        if named(column.words, w.AGENT):
            draft.left_out[column.name] = "agents appear only as teams of 11 or more, never one by one"


def _repeated_person(draft: Draft, column: Profile) -> bool:
    return column.name not in draft.taken and 10 < column.distinct < draft.rows and column.whole == column.numbers


def _take_key(draft: Draft, role: str, columns: list[Profile], vocabulary: frozenset[str]) -> None:
    """By name: the word itself, or the word with one that says identifier."""
    for column in columns:
        spoken = named(column.words, vocabulary) and (named(column.words, w.ID | w.DIRECT) or len(column.words) == 1)
        if column.name not in draft.taken and spoken:
            draft.take(role, Guess(column.name, f"its name says so, with {column.distinct} different values"))
            return


def versions(draft: Draft) -> None:
    """The model version and the declared use: few values, by name."""
    for column in draft.free:
        if column.distinct > 50 or "model_version" in draft.roles:
            continue
        both = named(column.words, w.MODEL) and named(column.words, w.VERSION)
        if both or (len(column.words) == 1 and named(column.words, w.MODEL | w.VERSION)):
            draft.take("model_version", Guess(column.name, "its name says so"))
    for column in draft.free:
        if "_".join(column.words) in w.USE and column.distinct <= 50 and "use" not in draft.roles:
            draft.take("use", Guess(column.name, "its name says so"))


def numbers(draft: Draft) -> None:
    """The score, the rank and the weight, by name and by what numbers they are."""
    numeric = [column for column in draft.free if column.numeric]
    for column in numeric:
        if named(column.words, w.SCORE) and column.distinct > 2 and "score" not in draft.roles:
            draft.take("score", Guess(column.name, f"its name says so; its values go from {_range(column)}"))
    for column in numeric:
        whole = column.whole == column.numbers and column.name not in draft.taken
        if whole and named(column.words, w.RANK) and (column.low or 0) >= 1 and "rank" not in draft.roles:
            draft.take("rank", Guess(column.name, "its name says so; whole numbers from 1"))
        exact = len(column.words) == 1 and named(column.words, w.WEIGHT)
        if whole and exact and column.filled == draft.rows and (column.low or 0) >= 0:
            draft.roles.setdefault("weight", Guess(column.name, "its name says how many decisions a row stands for"))
            draft.taken.add(draft.roles["weight"].column)


def _range(column: Profile) -> str:
    return f"{column.low:g} to {column.high:g}"


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


def groups(draft: Draft) -> None:
    """Sensitive features by name: one of each family, with few values, or an age in years."""
    for family, (_, _, vocabulary) in w.FAMILIES.items():
        found = [column for column in draft.free if named(column.words, vocabulary)]
        fit = [column for column in found if _bands(family, column) or _comparable(draft, column)]
        for column in found:
            if column not in fit:
                draft.left_out[column.name] = f"it sounds like a group, but {column.distinct} values are too many"
        if not fit:
            continue
        best = max(fit, key=lambda column: _bands(family, column))
        draft.groups.append(_group(family, best))
        draft.taken.add(best.name)
        for column in fit:
            if column is not best:
                draft.left_out[column.name] = f"another form of the group {family}"


def _bands(family: str, column: Profile) -> bool:
    in_years = column.numeric and column.distinct > 5 and (column.low or 0) >= 10 and (column.high or 0) <= 120
    return family == "age" and in_years


def _comparable(draft: Draft, column: Profile) -> bool:
    few = 2 <= column.distinct <= MOST_GROUP_VALUES and column.distinct * 2 <= draft.rows
    return few and not column.dated and not column.formulas


def _group(family: str, column: Profile) -> GroupGuess:
    if _bands(family, column):
        return GroupGuess(family, column.name, "an age in years", bands=True, reference="25-49")
    usual = [value for value in column.values if plain(value) in w.USUAL_REFERENCE]
    reference = usual[0] if usual else max(column.values, key=lambda value: (column.values[value], value))
    return GroupGuess(family, column.name, f"its name, and {column.distinct} values", bands=False, reference=reference)


def controls(draft: Draft) -> None:
    """Legitimate factors by name: categories with few values."""
    for name, (_, _, vocabulary) in w.CONTROLS.items():
        for column in draft.free:
            fit = 2 <= column.distinct <= 30 and column.distinct * 2 <= draft.rows and not column.formulas
            if fit and named(column.words, vocabulary) and len(draft.controls) < MOST_CONTROLS and column.values:
                draft.controls[name] = Guess(column.name, f"its name, and {column.distinct} values")
                draft.taken.add(column.name)
                break


def features(draft: Draft) -> None:
    """Other numbers, which drift is watched on."""
    for column in draft.free:
        usable = column.numeric and column.distinct > 2 and column.filled * 2 >= draft.rows
        if usable and not named(column.words, w.NO_FEATURE) and column.name not in draft.left_out:
            draft.features.append(column.name)
    draft.features = draft.features[:MOST_FEATURES]
    draft.taken |= set(draft.features)
