"""What corrections make of the gap of each group: before the agent, after, and their part of what is left."""

from __future__ import annotations

from boussole.audits.metrics.corrections import GAP_BY_CORRECTIONS
from boussole.audits.systems.model import System
from boussole.charter.document import MeasureDocument, Standing, VerdictDocument
from boussole.charter.judging.wording.naming import per_hundred
from boussole.dashboard.markup.words.say import Say
from boussole.dashboard.views.charts.groups import group_name
from boussole.dashboard.views.charts.tables import Table


def corrections_table(
    document: Standing, verdict: VerdictDocument, say: Say, *, title: str, system: System | None
) -> Table:
    """One row for each group that the verdict compares, for 100 of the group compared with."""
    measures = document.judged_by_id
    pairs = [(each, measures[each.measure]) for each in verdict.comparisons if each.measure in measures]
    told = [(each, measure) for each, measure in pairs if measure.metric == GAP_BY_CORRECTIONS]
    return Table(
        caption=title,
        head=[
            say("Group"),
            say("As proposed, for 100 of those compared with"),
            say("After corrections"),
            say("Part of corrections in the gap that is left"),
            say("Verdict"),
        ],
        rows=[_row(measure, say, system) for _, measure in told],
        verdicts=[str(each.verdict) for each, _ in told],
    )


def _row(measure: MeasureDocument, say: Say, system: System | None) -> list[str]:
    group = dict(zip(measure.by, measure.values_of_group, strict=True))
    before, after = (
        per_hundred(float(found), say.lang) if (found := measure.params.get(name)) is not None else "–"
        for name in ("before", "after")
    )
    share = "–" if measure.value is None else say("{n} in 100", n=say.number(100 * measure.value, 0))
    return [group_name(group, say, system=system), before, after, share]
