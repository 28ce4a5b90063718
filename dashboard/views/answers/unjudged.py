"""What stands beside an answer and is not judged, drawn: how places on lists fall on people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from boussole.audits.languages import capital, inside
from boussole.audits.metrics.forgotten import CURVE, GINI, NEVER_RATIO
from boussole.audits.systems import System
from boussole.charter.document import AuditDocument, MeasureDocument, Standing, VerdictDocument
from boussole.charter.document.base import given
from boussole.dashboard.markup.words import Say
from boussole.dashboard.views.charts.charts import chart_svg
from boussole.dashboard.views.charts.drawings import ticks
from boussole.dashboard.views.charts.groups import attribute_name, group_of, reason_words
from boussole.dashboard.views.charts.squares import Point, Square, squares_chart
from boussole.dashboard.views.scene import period_of


@dataclass(frozen=True, kw_only=True)
class TitledTable:
    """A table with its title. `brief`: the rows that are enough beside a drawing on paper."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    brief: Sequence[Sequence[str]] = ()


@dataclass(frozen=True, kw_only=True)
class Unjudged:
    """One thing that is shown and not judged, by the name that an address gives it: its title, what is said of it, the
    drawing in both widths with what it says in words, how to read it, and the same as tables."""

    name: str
    title: str
    told: Sequence[str]
    svg: str = ""
    narrow: str = ""
    alt: str = ""
    reading: Sequence[str] = ()
    tables: Sequence[TitledTable] = ()


def unjudged(document: Standing, verdict: VerdictDocument, say: Say, *, system: System | None) -> list[Unjudged]:
    """What stands beside the answer to a question; most questions have nothing."""
    if not isinstance(document, AuditDocument):
        return []
    found = places_on_lists(document, verdict, say, system=system)
    return [each for each in (found,) if each is not None]


# How places on lists fall on people: Lorenz curves of groups, in squares side by side.


def places_on_lists(
    document: AuditDocument, verdict: VerdictDocument, say: Say, *, system: System | None
) -> Unjudged | None:
    """Whether the same ones stand on lists again and again; nothing of another question, or where too few people are
    counted for a curve. Of groups of several attributes nothing is counted: everybody together is shown."""
    if verdict.metric != NEVER_RATIO:
        return None
    measured = [each for each in document.measures if each.metric == GINI and not each.given]
    everybody = next((each for each in measured if not each.by), None)
    groups = [each for each in measured if each.by and each.by == verdict.by]
    shown = [each for each in groups or measured[:1] if _curve(each)]
    if everybody is None or not _curve(everybody) or not shown:
        return None
    title = _title(verdict if groups else None, say, system=system)
    squares = [_square(each, shown, say, system=system) for each in shown]
    titles = say("People"), say("Places on lists")
    wide, narrow = (
        chart_svg(squares_chart(squares, ticks(0.0, 1.0, most=4), titles, say, narrow=each), say.lang)
        for each in (False, True)
    )
    hidden = [say("{name}: {verdicts}.", name=group_of(each, say, system=system), verdicts=_why(each, say, system))
              for each in groups if each not in shown]  # fmt: skip
    return Unjudged(
        name="places-on-lists",
        title=title,
        told=[*_told(everybody, document, say), *hidden],
        svg=wide,
        narrow=narrow,
        alt=" ".join([f"{title}.", *(_spoken(each, say, system=system) for each in shown)]),
        reading=_reading(say, several=len(shown) > 1),
        tables=[_table(title, shown, say, system=system)],
    )


def _title(verdict: VerdictDocument | None, say: Say, *, system: System | None) -> str:
    title = say("How places on lists fall on people")
    if verdict is None or not verdict.by:
        return title
    return say("{title}, by {attribute}", title=title, attribute=inside(attribute_name(verdict.by, say, system=system)))


def _curve(measure: MeasureDocument) -> Sequence[float]:
    """Which part of all places each tenth of the people has, with those who have fewer; nothing of too few people."""
    return measure.params.get("lorenz") or ()


def _points(measure: MeasureDocument) -> list[Point]:
    return [(0.0, 0.0), *((part / CURVE, held) for part, held in enumerate(_curve(measure), start=1))]


def _half(measure: MeasureDocument) -> float:
    """Which part of the places the half of the people has who have fewest."""
    return _curve(measure)[CURVE // 2 - 1]


def _last(measure: MeasureDocument) -> float:
    """Which part of the places the tenth of the people has who have most."""
    return 1 - _curve(measure)[-2]


def _square(measure: MeasureDocument, shown: Sequence[MeasureDocument], say: Say, *, system: System | None) -> Square:
    points = _points(measure)
    return Square(
        label=group_of(measure, say, system=system),
        told=say("one tenth has {n} in 100 places", n=say.number(100 * _last(measure), 0)),
        line=points,
        dots=points[-2:-1],
        others=[_points(each) for each in shown if each is not measure],
        edge=(_curve(measure)[-2], 1.0),
    )


def _told(everybody: MeasureDocument, document: AuditDocument, say: Say) -> list[str]:
    top, half = (say.number(100 * part(everybody), 0) for part in (_last, _half))
    counted = say(
        "{period}: {n} people assessed at least once. Not judged.",
        period=period_of(document, everybody, say),
        n=say.whole(given(everybody.n)),
    )
    return [
        say(
            "The tenth of people who are on lists most hold {top} in 100 of all places; the half who are on them least "
            "hold {half}. Shared out evenly, it would be 10 and 50.",
            top=top,
            half=half,
        ),
        capital(counted),
    ]


def _why(measure: MeasureDocument, say: Say, system: System | None) -> str:
    """Why a group has no square."""
    if measure.reason is None:
        return say("too few people for a drawing")
    return reason_words(measure.reason, say, minimum=system.privacy.suppress_below if system else 11)


def _spoken(measure: MeasureDocument, say: Say, *, system: System | None) -> str:
    return say(
        "{group}: the half with fewest places hold {half} in 100, the tenth with most {top} (Gini coefficient {gini}).",
        group=group_of(measure, say, system=system),
        half=say.number(100 * _half(measure), 0),
        top=say.number(100 * _last(measure), 0),
        gini=say.number(given(measure.value)),
    )


def _reading(say: Say, *, several: bool) -> list[str]:
    drawn = say(
        "From left to right stand all people of the group, those who are on lists least first; the line says which "
        "part of all places they hold together. On the dashes, everybody would hold as many: the further below, the "
        "more it is always the same ones. The heavy stroke at the right is what the last tenth holds."
    )
    others = say("Pale lines are the other groups.")
    offers = say(
        "Whoever is assessed for more offers can be on more lists: the figure says how places fall on people, not why."
    )
    gini = say("The Gini coefficient says it in one number: 0 where all hold as many, near 1 where one holds all.")
    return [drawn, *([others] if several else []), offers, gini]


def _table(title: str, shown: Sequence[MeasureDocument], say: Say, *, system: System | None) -> TitledTable:
    """A row for each tenth of the people, and those of the whole group."""
    tenths = [
        [
            say("The {n} in 100 with fewest places", n=say.whole(100 * part // CURVE)),
            *(say.percent(_curve(each)[part - 1]) for each in shown),
        ]
        for part in range(1, CURVE)
    ]
    ends = [each.interval for each in shown]
    between = [
        say("{low} to {high}", low=say.number(found.low, 3), high=say.number(found.high, 3)) if found else ""
        for found in ends
    ]
    whole = [
        [say("Gini coefficient"), *(say.number(given(each.value), 3) for each in shown)],
        [say("95% interval"), *between],
        [say("People counted"), *(say.whole(given(each.n)) for each in shown)],
    ]
    return TitledTable(
        caption=title,
        head=[say("Their part of all places"), *(group_of(each, say, system=system) for each in shown)],
        rows=[*tenths, *whole],
        brief=[tenths[CURVE // 2 - 1], tenths[-1], *whole],
    )
