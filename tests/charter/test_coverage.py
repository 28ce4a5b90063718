"""How far the register is examined: counted by hand."""

from __future__ import annotations

import pytest

from boussole.audits.systems import System
from boussole.charter.judging.coverage import coverage
from boussole.charter.text.loading import load_charter
from tests.charter.uses import use_of

CHARTER = load_charter()
DONE = {"done_on": "2025-01-10"}


def use(name, verdicts, *, status="pilot", risk="limited"):
    system = System.model_validate(
        {
            "id": name,
            "kind": "declared",
            "title": {"fr": name},
            "purpose": {"fr": "Essai."},
            "owner": "Direction",
            "status": status,
            "risk": risk,
            "impact_assessment": DONE,
            "fria": DONE,
        }
    )
    return use_of(CHARTER, system, [{"article": article, "verdict": verdict} for article, verdict in verdicts])


@pytest.mark.parametrize(
    ("verdicts", "state"),
    [
        ([], "none"),
        ([("equite", "not_examined")], "none"),
        ([("equite", "unknown"), ("humain", "not_examined")], "part"),
        ([("equite", "broken"), ("humain", "unknown")], "whole"),
    ],
)
def test_a_use_is_examined_when_every_question_was_looked_at(verdicts, state):
    assert use("a", verdicts).examined == state


def test_coverage_counts_live_uses_only():
    uses = [
        use("a", [("equite", "kept")]),
        use("b", [("equite", "kept"), ("securite", "not_examined")], status="production"),
        use("c", [("securite", "not_examined")], status="production", risk="high"),
        use("d", [("securite", "not_examined")], risk="high"),
        use("e", [("securite", "kept")], status="retired"),
        use("f", [("humain", "kept")], status="design"),
    ]
    found = coverage(CHARTER, uses)
    assert (found.uses, found.live) == (6, 4)
    assert (found.whole, found.part, found.none) == (("a",), ("b",), ("c", "d"))
    assert found.overlooked == ("c",)
    assert found.never_evidenced == ("finalite", "humain", "liberte", "transparence", "securite", "environnement")
