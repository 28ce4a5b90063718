"""A question's answer in a few words: the group or feature that decides it, and its figure."""

from __future__ import annotations

import math

from boussole.audits.languages import capital
from boussole.audits.systems import System
from boussole.charter.document import Standing, VerdictDocument
from boussole.dashboard.charts.drift import features, is_drift
from boussole.dashboard.charts.groups import Row, compared, reason_words, rows
from boussole.dashboard.charts.tables import comparison
from boussole.dashboard.words.say import Say


def brief(document: Standing, verdict: VerdictDocument, say: Say, *, system: System | None) -> str:
    """What decides the verdict: "Women of 50 and over: 61 for 100 (51 to 73)"; empty where nothing has a figure."""
    if is_drift(verdict):
        return _moved(document, verdict, say, system)
    found = compared(document, verdict)
    if found is None:
        return ""
    metric, by = found
    shown = rows(document, by, say, metric=metric, system=system)
    deciding = [row for row in shown if row.verdict == verdict.verdict]
    told = sorted((row for row in deciding if row.compared is not None), key=_gap, reverse=True)
    if not told:
        return capital(next((reason_words(row.reason, say) for row in deciding if row.reason), ""))
    answer = say("{name}: {verdicts}", name=told[0].label, verdicts=comparison(told[0], say))
    if len(told) == 1:
        return answer
    return say.plural("{told}, and one more group", "{told}, and {n} more groups", len(told) - 1, told=answer)


def _gap(row: Row) -> float:
    """How far apart the compared rates are, whichever is higher."""
    if row.compared is None:
        return 0.0
    if row.scale != "ratio":
        return abs(row.compared)
    return abs(math.log(row.compared)) if row.compared else math.inf


def _moved(document: Standing, verdict: VerdictDocument, say: Say, system: System | None) -> str:
    moved = features(document, verdict, say, system=system)
    found = [f for f in moved if f.verdict == verdict.verdict and f.value is not None]
    most = max(found, key=lambda feature: feature.value or 0.0, default=None)
    if most is None or most.value is None:
        return ""
    return say(
        "{feature}: a distance of {value} (0: nothing has moved)", feature=most.name, value=say.number(most.value)
    )
