"""Groups of a frame compared in one line, without a system file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from boussole.audits.arguments import check_types
from boussole.audits.errors import BoussoleError, nearest
from boussole.audits.measure_params import Params
from boussole.audits.measures import Cells, Measure, attribute_of, group_label, label_of
from boussole.audits.metrics.across import UNKNOWN, composite_measure, unknown_measures
from boussole.audits.metrics.adjusted import comparison_measures
from boussole.audits.metrics.measure import Families, families
from boussole.audits.metrics.view import View, impact_ratios, rate_measures
from boussole.audits.notebook.counting import FrameRows, count, open_rows, yes_values
from boussole.audits.suppression.lattice import Key
from boussole.audits.suppression.rules import NOTHING, suppress
from boussole.audits.systems.kinds import Value
from boussole.audits.systems.model import System
from boussole.audits.systems.parts import Columns, Decision, Group, Outcome, Privacy, Windows
from boussole.audits.uncertainty.tests import p_value

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd


MOST_ROWS = 60
"""A notebook shows no more rows than these by itself; `frame()` has all."""
WIDTH, HEIGHT, EDGE = 220, 18, 6
_CELL = 'style="text-align:left;padding:2px 8px;white-space:nowrap"'


@dataclass(frozen=True, kw_only=True)
class DrawingRow:
    """One group as it is drawn: without a value, `note` says why. `against`: whom it is compared with."""

    metric: str
    by: str
    group: str
    against: str | None
    value: float | None
    low: float | None
    high: float | None
    n: int | None
    note: str | None


def page(heading: str, notes: Sequence[str], rows: Sequence[DrawingRow], *, left_out: int) -> str:
    """HTML: a heading, notes, and one line for each row; every text in it is escaped."""
    shown = list(rows[:MOST_ROWS])
    more = left_out + len(rows) - len(shown)
    parts = [f"<p><strong>{escape(heading)}</strong></p>", *(f"<p>{escape(note)}</p>" for note in notes)]
    if shown:
        names = "".join(f"<th {_CELL}>{name}</th>" for name in ("metric", "by", "group", "value", "95 %", "", "n"))
        lines = "".join(
            _lines(list(metric_rows)) for _, metric_rows in groupby(shown, key=lambda row: (row.metric, row.by))
        )
        parts.append(f"<table><thead><tr>{names}</tr></thead><tbody>{lines}</tbody></table>")
    if more > 0:
        parts.append(f"<p>{more} more in <code>frame()</code>; <code>plot(metric)</code> draws one of them.</p>")
    return "".join(parts)


def _lines(rows: Sequence[DrawingRow]) -> str:
    seen = [end for row in rows for end in (row.value, row.low, row.high) if end is not None]
    low, high = (min(seen), max(seen)) if seen else (0.0, 1.0)
    return "".join(_line(row, low, high if high > low else low + 1) for row in rows)


def _line(row: DrawingRow, low: float, high: float) -> str:
    value = f"{row.value:.3g}" if row.value is not None else escape(row.note or "")
    ends = f"{row.low:.3g} to {row.high:.3g}" if row.low is not None and row.high is not None else ""
    group = row.group if row.against is None else f"{row.group} (against {row.against})"
    size = "" if row.n is None else f"{row.n:,}"
    texts = (escape(row.metric), escape(row.by), escape(group), value, ends, _dot(row, low, high), size)
    return "<tr>" + "".join(f"<td {_CELL}>{text}</td>" for text in texts) + "</tr>"


def _dot(row: DrawingRow, low: float, high: float) -> str:
    """An SVG of the dot and its interval; the numbers stand beside it, so that it is hidden from screen readers."""
    if row.value is None:
        return ""

    def at(value: float) -> float:
        return round(EDGE + (min(max(value, low), high) - low) / (high - low) * (WIDTH - 2 * EDGE), 1)

    middle = HEIGHT / 2
    line = ""
    if row.low is not None and row.high is not None:
        line = f'<line x1="{at(row.low)}" x2="{at(row.high)}" y1="{middle}" y2="{middle}" stroke="currentColor"/>'
    dot = f'<circle cx="{at(row.value)}" cy="{middle}" r="4" fill="currentColor"/>'
    return f'<svg width="{WIDTH}" height="{HEIGHT}" aria-hidden="true">{line}{dot}</svg>'


def chart(rows: Sequence[DrawingRow], *, metric: str) -> alt.LayerChart:
    """An Altair chart of one metric: a row for each group, under its attribute."""
    import altair as alt
    import pandas as pd

    labels = [f"{row.by}: {row.group}" for row in rows]
    frame = pd.DataFrame([{**asdict(row), "label": label} for row, label in zip(rows, labels, strict=True)])
    across = alt.Y("label:N", sort=labels, title=None)
    told = [
        alt.Tooltip(field) for field in ("by:N", "group:N", "against:N", "value:Q", "low:Q", "high:Q", "n:Q", "note:N")
    ]
    base = alt.Chart(frame).encode(y=across, tooltip=told)
    lines = base.mark_rule().encode(x=alt.X("low:Q", title=metric, scale=alt.Scale(zero=False)), x2=alt.X2("high:Q"))
    dots = base.mark_point(filled=True, size=70, opacity=1).encode(x=alt.X("value:Q", title=metric))
    absent = base.transform_filter("datum.value === null").mark_text(align="left", dx=4, fontStyle="italic")
    notes = absent.encode(x=alt.value(0), text=alt.Text("note:N"))
    return alt.LayerChart(layer=[lines, dots, notes], width=380)


COLUMNS = (
    "id",
    "by",
    "group",
    "metric",
    "given",
    "value",
    "low",
    "high",
    "method",
    "p_value",
    "n",
    "clusters",
    "status",
    "reason",
    "against",
    "groups_left_out",
)


class Results:
    """Measures with their groups and intervals; the base of what `audit` and `compare` return."""

    measures: Sequence[Measure]

    @check_types
    def measure(self, measure_id: str) -> Measure:
        """One measure by its id, such as `selection_rate/gender=F`. Raises BoussoleError that names the nearest."""
        found = {measure.id: measure for measure in self.measures}
        if measure_id not in found:
            raise BoussoleError(f"there is no measure '{measure_id}'.", next_step=nearest(measure_id, found))
        return found[measure_id]

    def frame(self) -> pd.DataFrame:
        """Return one row per measure, by its id.

        `by`: the attribute (`gender`, `gender*age`; none: everybody), `group`: its value (none: across groups),
        `given`: the stage; then value, interval, the two-sided p of no difference (uncorrected), n, clusters, status,
        reason, the comparison group (`rest`: all others), and the number of groups left out of a measure over several.
        """
        import pandas as pd

        rows = [_row(measure) for measure in self.measures]
        return pd.DataFrame(rows, columns=list(COLUMNS)).set_index("id").convert_dtypes()

    @check_types
    def plot(self, metric: str | None = None) -> alt.LayerChart:
        """Draw the values of groups with their intervals, one row for each; `metric`: by default the first of groups.

        Raises BoussoleError for a metric that no group has.
        """
        names = list(dict.fromkeys(measure.metric for measure in self.measures if measure.group is not None))
        if not names:
            raise BoussoleError("no group was measured: there is nothing to draw.", next_step="Name groups in `by`.")
        chosen = metric if metric is not None else names[0]
        if chosen not in names:
            raise BoussoleError(f"no group has a measure '{chosen}'.", next_step=nearest(chosen, names))
        drawn = [row for measure in self.measures if measure.metric == chosen and (row := _drawn(measure)) is not None]
        return chart(drawn, metric=chosen)

    def _page(self, heading: str, notes: Sequence[str], metrics: Sequence[str]) -> str:
        """HTML: a heading, notes, and the measures of groups of some metrics, each with its dot and interval."""
        rows = [
            row for name in metrics for measure in self.measures if measure.metric == name and (row := _drawn(measure))
        ]
        return page(heading, notes, rows, left_out=len(self.measures) - len(rows))


def _row(measure: Measure) -> dict[str, Any]:
    interval, params = measure.interval, Params.of(measure.params)
    return {
        "id": measure.id,
        "by": attribute_of(measure.by),
        "group": label_of(measure.group),
        "metric": measure.metric,
        "given": ", ".join(f"{name}={value}" for name, value in measure.given.items()) or None,
        "value": measure.value,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
        "method": interval.method if interval else None,
        "p_value": p_value(params.test.stated if params.test else None, params.scale),
        "n": measure.n,
        "clusters": measure.clusters,
        "status": measure.status,
        "reason": measure.reason,
        "against": _against(params),
        "groups_left_out": params.groups_left_out,
    }


def _against(params: Params) -> str | None:
    return "other groups shown" if params.against_shown else params.against


def _drawn(measure: Measure) -> DrawingRow | None:
    """One row of a picture; None for measures that are about no group."""
    label = label_of(measure.group)
    if label is None:
        return None
    given = "".join(f" | {value}" for value in measure.given.values())
    return DrawingRow(
        metric=measure.metric,
        by=(attribute_of(measure.by) or "") + given,
        group=label,
        against=_against(Params.of(measure.params)),
        value=measure.value,
        low=measure.interval.low if measure.interval else None,
        high=measure.interval.high if measure.interval else None,
        n=measure.n,
        note=measure.reason,
    )


NO_DAY = dt.date(1, 1, 1)
"""A frame has no period; a log that has no time needs a date, which no figure rests on."""
By = str | Sequence[str | Sequence[str]]


def attributes_of(by: By) -> list[tuple[str, ...]]:
    """The attributes and crossings asked for; each column of a crossing is an attribute of its own."""
    asked = [by] if isinstance(by, str) else list(by)
    found: list[tuple[str, ...]] = [(name,) if isinstance(name, str) else tuple(name) for name in asked]
    if not found:
        raise BoussoleError("nothing to compare by.", next_step="Name a column of groups: by=['sex'].")
    for attribute in found:
        if not 1 <= len(attribute) <= 3 or len(set(attribute)) != len(attribute):
            raise BoussoleError(
                f"by={list(attribute)!r} is no crossing of two or three different columns.",
                next_step="Write by=['sex', ['sex', 'age']].",
            )
    singles = [(name,) for attribute in found for name in attribute]
    made = list(dict.fromkeys([*singles, *found]))
    if len({frozenset(attribute) for attribute in made}) < len(made):
        raise BoussoleError("`by` names the same columns crossed twice.", next_step="Name each crossing once.")
    names = ["*".join(attribute) for attribute in made]
    if twice := [name for name in names if names.count(name) > 1]:
        raise BoussoleError(
            f"`by` names a column and a crossing '{twice[0]}'.", next_step="Give the column another name."
        )
    return made


def check_names(names: Sequence[str], *, reference: Mapping[str, str], bands: Mapping[str, Sequence[float]]) -> None:
    """Raises BoussoleError for an argument that speaks of another column than those of groups (`names`)."""
    for argument, given in (("reference", reference), ("bands", bands)):
        if unknown := [name for name in given if name not in names]:
            raise BoussoleError(
                f"`{argument}` names '{unknown[0]}', which `by` does not.", next_step=nearest(unknown[0], names)
            )


def check_references(tables: Sequence[Cells], system: System) -> None:
    """A group to compare with that nobody belongs to is a slip of the pen."""
    for table in tables:
        wanted = system.reference_of(table.by) if len(table.by) == 1 else None
        if wanted is not None and wanted not in table.groups:
            known = [str(group[0]) for group in table.groups if group[0] is not None]
            raise BoussoleError(f"no row has {wanted[0]!r} in '{table.by[0]}'.", next_step=nearest(wanted[0], known))


def outcome_of(rows: FrameRows, column: str, positive: Sequence[Value] | Value | None, observed_for: str) -> Outcome:
    """What the column of outcomes means, in the words of a system file."""
    yes = yes_values(rows, column, positive, name="positive")
    return Outcome.model_validate(
        {"column": column, "positive": yes, "observed_for": observed_for, "absent": "missing"}
    )


def system_of(
    log: Columns,
    attributes: Sequence[tuple[str, ...]],
    reference: Mapping[str, str],
    bands: Mapping[str, Sequence[float]],
    suppress_below: int,
) -> System:
    """The frame as a system, whose groups bear the names of their columns, whatever these are."""
    groups = {
        name: Group.model_validate(
            {"column": name, "reference": reference.get(name), "bands": list(bands[name]) if name in bands else None}
        )
        for (name, *others) in attributes
        if not others
    }
    return System.model_construct(
        id="frame",
        kind="selection",
        title={"en": "frame"},
        purpose={"en": "frame"},
        owner="-",
        status="design",
        risk="minimal",
        columns=log,
        groups=groups,
        intersections=[list(attribute) for attribute in attributes if len(attribute) > 1],
        windows=Windows(audit="all"),
        privacy=Privacy.model_construct(suppress_below=suppress_below),
    )


OF_DECISIONS = ("selection_rate", "selection_rate_ratio")
OF_OUTCOMES = (
    "true_positive_rate",
    "true_positive_rate_difference",
    "false_positive_rate",
    "false_positive_rate_difference",
)


@dataclass(frozen=True, kw_only=True, repr=False)
class GroupComparison(Results):
    """The measures of a frame by group, the number of decisions, and the groups set `apart`, which are in no figure."""

    measures: list[Measure]
    decisions: int
    by: tuple[str, ...] = field(default=())
    apart: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<{self._heading()}: frame(), plot(), measure(id)>"

    def _repr_html_(self) -> str:
        notes = [f"Too small to be told, and in no figure: {', '.join(self.apart)}."] if self.apart else []
        return self._page(self._heading(), notes, list(dict.fromkeys(measure.metric for measure in self.measures)))

    def _heading(self) -> str:
        return f"{len(self.measures)} measures of {self.decisions:,} decisions, by {', '.join(self.by)}"


@check_types
def compare(
    frame: Any,
    *,
    decision: str,
    by: By,
    outcome: str | None = None,
    metrics: Sequence[str] | str | None = None,
    selected: Sequence[Value] | Value | None = None,
    positive: Sequence[Value] | Value | None = None,
    favourable: bool = True,
    observed_for: Literal["all", "selected"] = "all",
    reference: Mapping[str, str] | None = None,
    bands: Mapping[str, Sequence[float]] | None = None,
    person: str | None = None,
    weight: str | None = None,
    suppress_below: Annotated[int, Field(ge=1)] = 11,
) -> GroupComparison:
    """Compare groups of a frame: rates with intervals, each group against its reference or all others.

    `frame`: pandas, polars, Arrow, or a DuckDB relation, one row per decision (or `weight` of them).
    `decision`, `outcome`: columns of true and false, 1 and 0, or of values of which `selected`, `positive` mean yes.
    `by`: columns or crossings (`["sex", ["sex", "age"]]`); `reference`: whom others are compared with (`{"sex": "M"}`).
    `bands` make groups of a number (`{"age": [25, 50]}`: <25, 25-49, 50+).
    `person`: identifiers where rows repeat people. `observed_for="selected"`: outcomes of the selected alone are known.
    `favourable=False`: being selected is a harm. `metrics`: names of `boussole metrics`.
    Groups of fewer than `suppress_below` decisions are set apart (`apart`), or hidden where they are more than 5 %.

    Raises SourceError for a frame or column that cannot be used, BoussoleError for an argument that has no meaning.

    >>> import pandas as pd
    >>> hired = pd.DataFrame({"hired": [1, 0] * 50 + [1, 0, 0, 0] * 25, "sex": ["M"] * 100 + ["F"] * 100})
    >>> compare(hired, decision="hired", by="sex", reference={"sex": "M"}).measure("selection_rate_ratio/sex=F").value
    0.5
    """
    attributes = attributes_of(by)
    names = list(dict.fromkeys(name for attribute in attributes for name in attribute))
    check_names(names, reference=reference or {}, bands=bands or {})
    if person is not None and weight is not None:
        raise BoussoleError(
            "`person` and `weight` cannot go together: a row that stands for many decisions is about no one person.",
            next_step="Leave one of them out.",
        )
    columns = [decision, *names, *(column for column in (outcome, person, weight) if column is not None)]
    rows = open_rows(frame, columns)
    decided = Decision(column=decision, selected=yes_values(rows, decision, selected, name="selected"))
    log = Columns(
        id=decision,
        decided_at=None,
        period=NO_DAY,
        decision=decided,
        outcome=None if outcome is None else outcome_of(rows, outcome, positive, observed_for),
        favourable=favourable,
        person=person,
        weight=weight,
    )
    system = system_of(log, attributes, reference or {}, bands or {}, suppress_below)
    chosen = _metrics(system, metrics)
    tables, apart = count(rows, system, decided)
    check_references(tables, system)
    return GroupComparison(
        measures=_measured(tables, system, chosen, apart),
        decisions=int(tables[0].sizes().sum()),
        apart=tuple(sorted(group_label(*key) for key in apart)),
        by=tuple("*".join(attribute) for attribute in attributes),
    )


def _known(measured: Families) -> list[str]:
    """The names of all metrics that counts give."""
    parts = (measured.rates, measured.composites, measured.comparisons, measured.for_notebooks)
    return [each.metric for part in parts for each in part] + ["impact_ratio", *UNKNOWN]


def _metrics(system: System, wanted: Sequence[str] | str | None) -> list[str]:
    """The metrics to measure. Raises BoussoleError for one that does not exist or needs an outcome."""
    known = _known(families(system))
    if wanted is None:
        return [*OF_DECISIONS, *(OF_OUTCOMES if system.log.outcome else ())]
    chosen = [wanted] if isinstance(wanted, str) else list(wanted)
    for name in chosen:
        if name not in known:
            more = " Metrics of errors need an `outcome`." if system.log.outcome is None else ""
            raise BoussoleError(f"counts give no metric '{name}'.", next_step=nearest(name, known) + more)
    return chosen


def _measured(
    tables: Sequence[Cells], system: System, chosen: Sequence[str], apart: Mapping[Key, str]
) -> list[Measure]:
    suppression = suppress(tables, system=system, also=replace(NOTHING, apart=apart))
    measured, found = families(system), list[Measure]()
    for table in tables:
        view = View(table=table, system=system, suppression=suppression, by_fairlearn=False)
        found += [measure for name in chosen for measure in _of(view, measured, name)]
    return found


def _of(view: View, measured: Families, name: str) -> list[Measure]:
    found = [measure for each in measured.rates if each.metric == name for measure in rate_measures(view, each)]
    return found or (_between(view, measured, name) if view.table.by else [])


def _between(view: View, measured: Families, name: str) -> list[Measure]:
    """The measures of one metric that sets groups beside one another."""
    if name == "impact_ratio":
        return impact_ratios(view)
    if name in UNKNOWN:
        return [each for each in unknown_measures(view) if each.metric == name]
    composites = [composite_measure(view, each) for each in measured.composites if each.metric == name]
    comparisons = (*measured.comparisons, *measured.for_notebooks)
    return composites or comparison_measures(view, next(each for each in comparisons if each.metric == name))
