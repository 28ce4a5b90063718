"""How a comparison's groups and figures are said inside a sentence."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from boussole.audits.languages import Catalogue, inside, number, whole
from boussole.audits.systems.model import System
from boussole.audits.systems.values import UNDECLARED, rare
from boussole.charter.document import MeasureInShort
from boussole.charter.judging.families import said

PEOPLE = {
    "fr": "personnes (?=de |du |des |d’|d'|en |sans |avec |hors )",
    "en": "people (?=of |under |over |aged |from |in |with |without |outside )",
}
"""Names that can follow another one without saying "people" again."""


def place(catalogue: Catalogue, system: System, group: Mapping[str, str]) -> str:
    """Where a figure was counted: "among women", or "in the group “F”" where the value has no name of its own."""
    named = people(catalogue, system, group)
    if named is None:
        values = [_name(catalogue, system, attribute, value) or value for attribute, value in group.items()]
        return catalogue.gettext("in the group “{name}”").format(name=", ".join(values))
    return catalogue.gettext("among {name}").format(name=named)


def people(catalogue: Catalogue, system: System, group: Mapping[str, str]) -> str | None:
    """The people of a group as they stand after a number: "women of 50 and over"; None where a value has no name."""
    names = [_name(catalogue, system, attribute, value) for attribute, value in group.items()]
    return None if None in names or not names else together([str(name) for name in names], catalogue.lang)


def together(names: Sequence[str], lang: str) -> str:
    """The people who bear all the names at once.

    >>> together(["women", "people of 50 and over"], "en"), together(["personnes noires", "femmes"], "fr")
    ('women of 50 and over', 'personnes noires (femmes)')
    """
    first, *others = names
    linked = [re.sub(PEOPLE[lang], "", name) for name in others if re.match(PEOPLE[lang], name)]
    apart = [name for name in others if not re.match(PEOPLE[lang], name)]
    return " ".join([first, *linked]) + (f" ({', '.join(apart)})" if apart else "")


def other_place(catalogue: Catalogue, system: System, measure: MeasureInShort) -> str:
    """Where the figure compared with was counted: the reference group, everybody else, or the others that are shown."""
    against = measure.params.against or "rest"
    if measure.params.against_shown:
        return catalogue.gettext("among the other groups shown")
    if against == "rest":
        return catalogue.gettext("among everybody else")
    return place(catalogue, system, parsed(against, measure.by))


def parsed(label: str, by: Sequence[str]) -> dict[str, str]:
    """The values of a group label such as `gender=F,age=50+`.

    >>> parsed("gender=F,place=Lyon, 3e", ["gender", "place"]), parsed("share=%3D50 %25", ["share"])
    ({'gender': 'F', 'place': 'Lyon, 3e'}, {'share': '=50 %'})
    """
    values = {}
    for name, following in zip(by, [*by[1:], None], strict=True):
        head, separator, tail = label.partition(f",{following}=" if following else "\0")
        values[name] = head.removeprefix(f"{name}=").replace("%3D", "=").replace("%25", "%")
        label = f"{following}={tail}" if separator else ""
    return values


def _name(catalogue: Catalogue, system: System, attribute: str, value: str) -> str | None:
    group = system.groups.get(attribute)
    if names := group.values.get(value) if group else None:
        return names.get(catalogue.lang)
    if value == UNDECLARED:
        return catalogue.gettext("people whose value is not declared")
    if number := rare(value):
        return catalogue.gettext("people of a small group ({number})").format(number=number)
    return None


def feature(system: System | None, column: str, lang: str) -> str:
    """What a reader calls a watched feature, inside a sentence: its title in the system file, else its column."""
    titles = system.feature_titles.get(column) if system is not None else None
    return inside(said(titles, lang)) if titles else column


def per_hundred(value: float, lang: str) -> str:
    """A rate or ratio, for a hundred; one decimal where it is under ten.

    >>> per_hundred(0.744, "en"), per_hundred(0.0744, "en"), per_hundred(0, "en")
    ('74', '7.4', '0')
    """
    return number(100 * value, lang, 1 if 0 < round(abs(100 * value), 1) < 10 else 0)


def gap_digits(values: Sequence[float]) -> int:
    """How many decimals two rates for a hundred need, so that their difference is seen to be right; at most two.

    >>> gap_digits([0.45, 0.23]), gap_digits([0.446, 0.224])
    (0, 1)
    """
    first, second = (100 * value for value in values)
    for digits in (0, 1):
        shown = round(first, digits) - round(second, digits)
        if math.isclose(shown, round(first - second, digits), abs_tol=1e-9):
            return digits
    return 2


def about(n: int, lang: str) -> str:
    """A number of decisions rounded up to two digits, as texts say it.

    >>> about(11841, "en"), about(7, "en")
    ('12,000', '7')
    """
    step = 10 ** max(0, len(str(n)) - 2)
    return whole(math.ceil(n / step) * step, lang)
