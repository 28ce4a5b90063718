"""What pages say of a verdict that rests on all months since the system is what it is."""

from __future__ import annotations

import pytest

from boussole.charter.document import AuditDocument
from boussole.charter.document.measures import AccumulatedFigures
from boussole.dashboard.markup.words import speaker
from boussole.dashboard.views.answers.small_print import read_words
from boussole.dashboard.views.charts.groups import rows
from tests.charter.builders import WOMEN, comparison
from tests.written import audit_document, measure, verdict

RATIO = comparison(WOMEN, estimate=0.9, error=0.05, against="gender=M")
NAME = RATIO["id"]
SHARES = [("selection_rate", None, 400), ("selection_rate/gender=F", WOMEN, 200)]


def shares(value: float, times: int) -> list[dict[str, object]]:
    return [
        measure(id=name, metric="selection_rate", by=["gender"] if group else [], group=group, value=value, n=n * times)
        for name, group, n in SHARES
    ]


def document(*, alone: bool) -> AuditDocument:
    judged: dict[str, object] = {"measure": NAME, "against": "gender=M", "verdict": "kept", "adjusted": True}
    judged |= {"p_breach": 1.0, "p_watch": 1.0, "p_kept": 0.01, "levels": {"watch": 0.95, "breach": 0.8}}
    judged |= {"more_decisions": None, **({"alone": True} if alone else {})}
    answers = verdict(indicator="selection_rate_ratio_gender", verdict="kept", by=["gender"], comparisons=[judged])
    own = AuditDocument.of(
        audit_document(
            "s",
            start="2026-05-01",
            end="2026-05-31",
            decisions=400,
            measures=[*shares(0.3, 1), RATIO],
            verdicts=[answers],
        )
    )
    since = {
        **RATIO,
        "value": 0.97,
        "params": {**RATIO["params"], "since": "2026-01-01", "windows": 5, "correlations": []},
    }
    together = AccumulatedFigures.of(
        {"since": "2026-01-01", "because": "first", "windows": [], "measures": [*shares(0.25, 5), measure(**since)]}
    )
    return own.changed(accumulated=together)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", "2,000 decisions since 1 January 2026, 400 of them in the last period (May 2026)"),
        ("fr", "2 000 décisions depuis le 1er janvier 2026, dont 400 dans la dernière période (mai 2026)"),
    ],
)
def test_how_many_decisions_since_when(lang: str, words: str) -> None:
    say, found = speaker(lang), document(alone=False)
    period = say.period("2026-05-01", "2026-05-31")
    told = read_words(found, say, period=period, verdict=found.verdicts[0])
    assert told.replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\N{NO-BREAK SPACE}", " ") == words
    alone = document(alone=True)
    assert read_words(alone, say, period=period, verdict=alone.verdicts[0]) == read_words(alone, say, period=period)


def test_figures_stand_beside_the_verdict_that_rests_on_them() -> None:
    """Those of all months; of the month, where the month decided."""
    say = speaker("en")
    for alone, value, ratio in ((False, 0.25, 0.97), (True, 0.3, 0.9)):
        (row,) = rows(document(alone=alone), ("gender",), say, metric="selection_rate")
        assert row.compared == pytest.approx(ratio)
        assert row.value == value
