"""How much of a system comes from one provider, beside the answer on where its models run: told, and not judged."""

from __future__ import annotations

import datetime as dt

from boussole.audits.metrics.calls import OUTSIDE_SHARE
from boussole.audits.metrics.components import FORECAST
from boussole.charter.document import Standing, VerdictDocument
from boussole.charter.document.base import given
from boussole.dashboard.markup.words.say import Say


def provider_share(document: Standing, verdict: VerdictDocument, say: Say) -> str:
    """The declared share of a provider and where its trend leads; empty of another question, and without a trend."""
    if verdict.metric != OUTSIDE_SHARE:
        return ""
    found = next((each for each in document.judged_measures if each.metric == FORECAST), None)
    if found is None or found.value is None or found.interval is None:
        return ""
    told = {name: given(found.params.get(name)) for name in ("provider", "now", "now_on", "target", "by")}
    return say(
        "Not judged: on {now_on}, {now} in 100 of its components came from {provider}. At this trend, that will be "
        "{value} in 100 on {by} (very likely between {low} and {high}); the aim is {target}.",
        provider=told["provider"],
        now_on=say.date(dt.date.fromisoformat(told["now_on"])),
        by=say.date(dt.date.fromisoformat(told["by"])),
        now=say.number(100 * told["now"], 0),
        target=say.number(100 * told["target"], 0),
        value=say.number(100 * found.value, 0),
        low=say.number(100 * found.interval.low, 0),
        high=say.number(100 * found.interval.high, 0),
    )
