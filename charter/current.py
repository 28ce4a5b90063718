"""How a system stands today: what its latest audit measured, and what people have stated since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
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
            left_out=document.get("left_out"),
            only=_stated,
        )
    }
    verdicts = [*_brought_up(document["verdicts"], fresh)]
    summaries = {each["article"]: each for each in document["articles"]}
    summaries |= {each["article"]: each for each in summarise(charter, verdicts, system=system.id, facts=facts)}
    return {**document, "verdicts": verdicts, "articles": list(summaries.values())}


def unmeasured(charter: Charter, system: System, facts: Facts) -> Document:
    """What people have stated of a system that no audit has measured, over the last twelve months."""
    start = facts.as_of - dt.timedelta(days=365)
    verdicts = judge(charter, system, None, window_start=start, window_end=facts.as_of, facts=facts)
    return {
        "verdicts": verdicts,
        "articles": summarise(charter, verdicts, system=system.id, facts=facts),
        "measures": [],
    }


def _stated(question: Question) -> bool:
    indicator = question.indicator
    return indicator.evidence == "attested" or indicator.threshold.tolerance is not None


def _brought_up(stored: Sequence[Document], fresh: Mapping[str, Document]) -> Iterator[Document]:
    """The stored verdicts, fresh where either of them rests on a statement.

    What the charter in force no longer asks rests on no statement any more; what it asks anew does from now on.
    """
    for each in stored:
        newer = fresh.get(each["indicator"])
        if newer is None and not _rests(each):
            yield each
        elif newer is not None:
            yield newer if _rests(each) or _rests(newer) else each
    known = {each["indicator"] for each in stored}
    yield from (each for name, each in fresh.items() if name not in known and _rests(each))


def _rests(verdict: Document) -> bool:
    return any(verdict.get(key) for key in RESTS_ON)
