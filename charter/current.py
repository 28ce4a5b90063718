"""How a system stands today: what its latest audit measured, and what people have stated since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from audits.systems.model import System
from charter.facts import Facts
from charter.families import Question
from charter.model import Charter
from charter.stated_sentences import RESTS_ON
from charter.verdicts import judge, summarise

Document = dict[str, Any]


def current(document: Mapping[str, Any], *, charter: Charter, system: System, facts: Facts) -> Document:
    """An audit document with the verdicts that rest on statements as they are on the day of the facts.

    What was measured stays as it was judged. A case reported after the window counts: nobody waits for the next audit.
    """
    window = document["window"]
    end = max(dt.date.fromisoformat(window["end"]), facts.as_of)
    fresh = {
        each["indicator"]: each
        for each in judge(
            charter,
            system,
            document["measures"],
            window_start=dt.date.fromisoformat(window["start"]),
            window_end=end,
            facts=facts,
            only=_stated,
        )
    }
    verdicts = [_newer(each, fresh.get(each["indicator"])) for each in document["verdicts"]]
    summaries = {each["article"]: each for each in document["articles"]}
    summaries |= {each["article"]: each for each in summarise(charter, verdicts, system=system.id, facts=facts)}
    return {**document, "verdicts": verdicts, "articles": list(summaries.values())}


def unmeasured(charter: Charter, system: System, facts: Facts) -> Document:
    """What people have stated of a system that no audit has measured, over the last twelve months."""
    start = facts.as_of - dt.timedelta(days=365)
    verdicts = judge(charter, system, [], window_start=start, window_end=facts.as_of, facts=facts)
    return {"verdicts": verdicts, "articles": summarise(charter, verdicts, system=system.id, facts=facts)}


def _stated(question: Question) -> bool:
    indicator = question.indicator
    return indicator.evidence == "attested" or indicator.threshold.tolerance is not None


def _newer(stored: Document, fresh: Document | None) -> Document:
    """The fresh verdict where either of them rests on a statement."""
    if fresh is None or not any(each.get(key) for each in (stored, fresh) for key in RESTS_ON):
        return stored
    return fresh
