"""What is known as a range, in words: between what and what, how much of it is not known, which side of the level."""

from __future__ import annotations

from collections.abc import Callable
from math import floor, log10

from boussole.audits.languages import Catalogue, number, whole
from boussole.audits.metrics.footprint import FOR_NOTHING, OF_YEAR, PER_TEXT, SPREAD
from boussole.charter.document import VerdictReasons
from boussole.charter.document.answers.verdicts import EstimatedRange
from boussole.charter.document.base import given

PER_TEXT_FOUND = (
    "For {tokens} tokens that were of use, calls emitted between {low} and {high} g of CO₂ equivalent, what was thrown "
    "away included."
)
TEXT_FOUND = "A text that was of use took between {text_low} and {text_high} g."
OF_YEAR_SPENT = (
    "In one month of {year}, calls emitted {co2e_low} to {co2e_high} kg of CO₂ equivalent and took {water_low} to "
    "{water_high} litres of water.",
    "In {months} months of {year}, calls emitted {co2e_low} to {co2e_high} kg of CO₂ equivalent and took {water_low} "
    "to {water_high} litres of water.",
)
OF_YEAR_FOUND = (
    "That is between {low} and {high} in 100 of the budget; at this pace, the year will take between {expected_low} "
    "and {expected_high} in 100 of it."
)
NO_BUDGET = (
    "No budget was adopted for {year}: it would take a vote of the committee, and its budget in the system file."
)
FOR_NOTHING_FOUND = (
    "Of 100 tokens written, {share} were for texts rejected or written again; in the {months} months before, {own}."
)
TIMES_FOUND = "That is {ratio} times as many, very likely between {low} and {high} times."
SPREAD_FOUND = (
    "All {n} calls took between {energy_low} and {energy_high} kWh of electricity: the highest figure is {high} times "
    "the lowest. It was metered for {metered} of them, and estimated for the others."
)
LIES = {
    "range_within": "The highest figure does not go beyond the level ({level}).",
    "range_beyond_watch": "Even the lowest figure lies beyond the level ({level}).",
    "range_beyond_breach": "Even the lowest figure lies beyond the level ({level}).",
    "range_undecided": "The level ({level}) lies between the two: a closer figure would tell.",
    "range_too_wide": "Beyond {level} times, nobody can tell anything by it: more meters would.",
    "range_unmetered": "Nothing was metered: the estimate is held to nothing that was measured.",
    "range_unknown_calls": "The highest figure can be higher still: of {unknown} of {all} calls nobody can tell what "
    "they cost.",
}
OF_BUDGET = {
    "range_within": "Even at the highest figure, the year stays within its budget.",
    "range_beyond_watch": "Even at the lowest figure, the year will go beyond its budget.",
    "range_beyond_breach": "Even at the lowest figure, the budget of the year is already spent.",
    "range_undecided": "Whether the year stays within its budget lies between the two: a closer figure would tell.",
}
UNTOLD = (
    "Of one call it is not told what became of its text: the lowest figure takes it to have been of use.",
    "Of {untold} calls it is not told what became of their text: the lowest figure takes them to have been of use.",
)


def ranged_sentence(document: VerdictReasons, found: EstimatedRange, answer: str, catalogue: Catalogue) -> str:
    """What a range answers. `answer`: the answer in one word, already said."""
    told = [answer, *_told[given(document.metric)](found, catalogue)]
    if document.reason == "no_budget":
        told.append(catalogue.gettext(NO_BUDGET).format(year=f"{found.numbers['year']:.0f}"))
    else:
        words = OF_BUDGET if document.metric == OF_YEAR else LIES
        text = words.get(document.reason or "", LIES.get(document.reason or "", ""))
        threshold = given(document.threshold)
        level = threshold.breach if document.reason == "range_beyond_breach" else threshold.watch
        counts = {name: whole(found.numbers.get(name, 0), catalogue.lang) for name in ("unknown", "all")}
        if text:
            told.append(catalogue.gettext(text).format(level=_figure(level or 0, catalogue), **counts))
    if untold := int(found.numbers.get("untold", 0)):
        told.append(catalogue.ngettext(*UNTOLD, untold).format(untold=whole(untold, catalogue.lang)))
    return " ".join(told)


def _per_text(found: EstimatedRange, catalogue: Catalogue) -> list[str]:
    text = found.ranges["text"]
    words = catalogue.gettext(PER_TEXT_FOUND).format(
        tokens=whole(found.numbers["tokens"], catalogue.lang), **_ends("", (found.low or 0, found.high or 0), catalogue)
    )
    return [words, catalogue.gettext(TEXT_FOUND).format(**_ends("text_", text, catalogue))]


def _of_year(found: EstimatedRange, catalogue: Catalogue) -> list[str]:
    months = int(found.numbers["months"])
    told = [
        catalogue.ngettext(*OF_YEAR_SPENT, months).format(
            months=months,
            year=f"{found.numbers['year']:.0f}",
            **_ends("co2e_", found.ranges["co2e_kg"], catalogue),
            **_ends("water_", found.ranges["water_l"], catalogue),
        )
    ]
    if found.low is not None and found.high is not None and found.expected is not None:
        used, expected = ((100 * each[0], 100 * each[1]) for each in ((found.low, found.high), found.expected))
        ends = _ends("", used, catalogue) | _ends("expected_", expected, catalogue)
        told.append(catalogue.gettext(OF_YEAR_FOUND).format(**ends))
    return told


def _for_nothing(found: EstimatedRange, catalogue: Catalogue) -> list[str]:
    ratio = given(found.estimate)[0]
    shares = {name: _figure(100 * found.numbers[name], catalogue) for name in ("share", "own")}
    words = catalogue.gettext(FOR_NOTHING_FOUND).format(months=whole(found.numbers["months"], catalogue.lang), **shares)
    ends = _ends("", (found.low or 0, found.high or 0), catalogue)
    return [words, catalogue.gettext(TIMES_FOUND).format(ratio=_figure(ratio, catalogue), **ends)]


def _spread(found: EstimatedRange, catalogue: Catalogue) -> list[str]:
    words = catalogue.gettext(SPREAD_FOUND).format(
        n=whole(found.n, catalogue.lang),
        metered=whole(found.numbers["metered"], catalogue.lang),
        **_ends("energy_", found.ranges["energy_kwh"], catalogue),
        **_ends("", (found.low or 0, found.high or 0), catalogue),
    )
    return [words]


_told: dict[str, Callable[[EstimatedRange, Catalogue], list[str]]] = {
    PER_TEXT: _per_text,
    OF_YEAR: _of_year,
    FOR_NOTHING: _for_nothing,
    SPREAD: _spread,
}


def _ends(name: str, of: tuple[float, float], catalogue: Catalogue) -> dict[str, str]:
    return {f"{name}low": _figure(of[0], catalogue), f"{name}high": _figure(of[1], catalogue)}


def _figure(value: float, catalogue: Catalogue) -> str:
    """A number with as many decimals as leave two digits to read.

    >>> from pathlib import Path
    >>> english = Catalogue(Path(__file__).parent.parent / "locale", "en")
    >>> [_figure(each, english) for each in (0.00543, 1.14, 10, 1234.5)]
    ['0.0054', '1.14', '10', '1,234']
    """
    if value == round(value, 2) and value < 10:
        return number(value, catalogue.lang, next(digits for digits in range(3) if value == round(value, digits)))
    digits = 0 if value == 0 else min(max(1 - floor(log10(abs(value))), 0), 8)
    return number(value, catalogue.lang, digits)
