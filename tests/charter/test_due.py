"""What is due next, how far the register is examined, and what its dates answer: counted by hand on a calendar."""

from __future__ import annotations

import datetime as dt

import pytest

from boussole.audits.systems import System
from boussole.charter.judging.coverage import coverage
from boussole.charter.judging.follow_up import examined_before_start
from boussole.charter.record_types.kinds import Attestation, Case, Recommendation, Reply, Review, Withdrawal
from boussole.charter.records.facts import Facts
from boussole.charter.records.statements import SealedStatement
from boussole.charter.registry.due import due
from boussole.charter.text.loading import load_charter
from tests.as_json import register
from tests.charter.uses import use_of
from tests.written import LETTER

CHARTER = load_charter()
TODAY = dt.date(2026, 11, 26)
ADJUSTED = next(i for a in CHARTER.articles for i in a.indicators if i.metric and i.frequency == "every_audit")
ATTESTED = next(i for a in CHARTER.articles for i in a.indicators if i.evidence == "attested" and "declared" in i.kinds)
COLUMNS = {"id": "i", "decided_at": "t", "decision": {"column": "d", "selected": [1]}}


def day(text):
    return dt.date.fromisoformat(text)


def system(**given):
    head = {"id": "tool", "kind": "declared", "title": {"en": "Tool"}, "purpose": {"en": "x"}, "owner": "y"}
    return System.model_validate(head | {"status": "pilot", "risk": "limited"} | given)


def use(audited_to=None, **given):
    verdicts = [{"article": "equite", "indicator": ADJUSTED.id, "verdict": "kept"}]
    audit = {"window": {"end": audited_to}} if audited_to else None
    made = system(**({"kind": "selection", "risk": "high", "columns": COLUMNS} | given))
    return use_of(CHARTER, made, verdicts, audit=audit)


def found(*uses, statements=(), **given):
    facts = Facts(as_of=TODAY, sealed=tuple(statements))
    return [(item.kind, str(item.on), item.system) for item in due(CHARTER, uses, facts=facts, **given)]


def sealed(entry, statement):
    return SealedStatement(entry=entry, sealed_on=TODAY, statement=statement)


@pytest.mark.parametrize(
    ("window", "next_due"),
    [("month", "2026-11-01"), ("quarter", "2027-01-01"), ("year", "2027-10-01"), ("week", "2026-10-08")],
)
def test_an_audit_is_due_when_the_next_window_has_ended(window, next_due):
    assert found(use("2026-09-30", windows={"audit": window})) == [("audit", next_due, "tool")]


DECLARED = {"kind": "declared", "columns": None, "dates": {"next_review": "2026-10-01"}}


@pytest.mark.parametrize(
    ("audited_to", "given", "expected"),
    [  # the whole log is audited once, a retired use never again, and one that never was since it began
        ("2026-09-30", {"windows": {"audit": "all"}}, []),
        ("2026-09-30", {"status": "retired"}, []),
        (None, {"dates": {"trial": "2025-03-03"}}, [("audit", "2025-03-03")]),
        (None, {}, [("audit", "2026-11-26")]),
        (None, DECLARED, [("review", "2026-10-01")]),
        (None, {**DECLARED, "status": "retired"}, []),
        (  # a planned day is overdue once it has passed
            "2026-10-31",
            {"dates": {"trial": "2026-01-01", "service": "2026-11-01", "ended": "2027-01-01"}},
            [("service", "2026-11-01"), ("audit", "2026-12-01"), ("ended", "2027-01-01")],
        ),
    ],
)
def test_what_is_due_of_a_use(audited_to, given, expected):
    assert found(use(audited_to, **given)) == [(*each, "tool") for each in expected]


def test_a_legal_basis_ends_and_the_oldest_month_is_erased_whole():
    given = use(
        "2026-10-31",
        groups={"disability": {"column": "c", "from": "sensitive", "basis": "law", "expires": "2027-01-01"}},
        columns=COLUMNS | {"person": "p"},
        sensitive={"path": "s.csv", "key": "p"},
        privacy={"retain_days": 365, "pseudonymise": []},
    )
    assert found(given, oldest={"tool": day("2025-10-14")}) == [
        ("erasure", "2026-11-01", "tool"),
        ("audit", "2026-12-01", "tool"),
        ("legal_basis", "2027-01-01", "tool"),
    ]


def attestation(on, until):
    said = {"role": "DPO", "on": day(on), "valid_until": day(until), "indicator": ATTESTED.id, "answer": "kept"}
    return Attestation(**said, document=LETTER, system="tool")


def test_the_latest_attestation_counts_and_a_withdrawn_one_does_not():
    def declared(name, *said):
        return found(
            *register(CHARTER, {name: system(id=name, risk="high")}, {}, facts=Facts(as_of=TODAY, sealed=said))
        )

    first = sealed(1, attestation("2026-03-01", "2026-10-01"))
    second = sealed(2, attestation("2026-11-01", "2027-02-01"))
    gone = sealed(3, Withdrawal(role="DPO", on=TODAY, of=2))
    assert declared("tool", first, second) == [("attestation", "2027-02-01", "tool")]
    assert declared("tool", first, second, gone) == [("attestation", "2026-10-01", "tool")]
    assert declared("other", first) == []


def test_an_attestation_answers_beside_an_audit_that_was_made_before_it():
    verdicts = [
        {"article": "equite", "indicator": ADJUSTED.id, "verdict": "kept", "evidence": "measured"},
        {"article": "finalite", "indicator": ATTESTED.id, "verdict": "not_examined", "evidence": "attested"},
    ]
    window = {"start": "2026-10-01", "end": "2026-10-31"}
    latest = {"tool": {"verdicts": verdicts, "window": window, "articles": [], "measures": []}}
    said = sealed(1, attestation("2026-11-01", "2027-02-01"))
    for statements, answer in (((said,), "kept"), ((), "not_examined")):
        (now,) = register(CHARTER, {"tool": use().system}, latest, facts=Facts(as_of=TODAY, sealed=statements))
        assert [each.verdict for each in now.verdicts] == ["kept", answer]


def test_a_case_and_a_recommendation_are_due_until_somebody_answers():
    said = {"role": "DPO", "on": day("2026-11-10"), "happened_on": day("2026-11-02"), "indicator": ADJUSTED.id}
    case = sealed(7, Case(**said, system="tool"))
    seen = sealed(8, Review(role="DPO", on=TODAY, of=7, outcome="refuted"))
    audit = ("audit", "2026-12-01", "tool")
    assert found(use("2026-10-31"), statements=[case]) == [audit, ("case", "2026-12-10", "tool")]
    assert found(use("2026-10-31"), statements=[case, seen]) == [audit]
    said = {"role": "Chair", "on": day("2026-09-18"), "body": "Committee", "outside": False, "addressee": "Data"}
    asked = sealed(4, Recommendation(**said, due_on=day("2026-11-01")))
    reply = sealed(5, Reply(role="Data", on=TODAY, of=4, accepted="partly"))
    assert found(statements=[asked]) == [("reply", "2026-11-01", None)]
    assert found(statements=[asked, reply]) == []


DONE = {"done_on": "2025-01-10"}


def looked_at(name, *verdicts, **given):
    made = system(id=name, impact_assessment=DONE, fria=DONE, **given)
    return use_of(CHARTER, made, [{"article": article, "verdict": verdict} for article, verdict in verdicts])


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
    assert looked_at("a", *verdicts).examined == state


def test_coverage_counts_live_uses_only():
    uses = [
        looked_at("a", ("equite", "kept")),
        looked_at("b", ("equite", "kept"), ("securite", "not_examined"), status="production"),
        looked_at("c", ("securite", "not_examined"), status="production", risk="high"),
        looked_at("d", ("securite", "not_examined"), risk="high"),
        looked_at("e", ("securite", "kept"), status="retired"),
        looked_at("f", ("humain", "kept"), status="design"),
    ]
    told = coverage(CHARTER, uses)
    assert (told.uses, told.live) == (6, 4)
    assert (told.whole, told.part, told.none, told.overlooked) == (("a",), ("b",), ("c", "d"), ("c",))
    assert told.never_evidenced == ("finalite", "humain", "liberte", "transparence", "securite", "environnement")


ALL = {"trial": "2025-03-03", "ethics_review": "2025-03-03", "works_council": "2025-02-20"}


@pytest.mark.parametrize(
    ("given", "verdict", "reason"),
    [
        ({"dates": ALL, "impact_assessment": DONE}, "kept", "examined_first"),
        ({"dates": ALL, "impact_assessment": {"not_required": "no data"}}, "kept", "examined_first"),
        ({"dates": ALL, "impact_assessment": {"done_on": "2025-03-04"}}, "broken", "started_first"),
        ({"dates": {**ALL, "works_council": "2026-01-01"}}, "broken", "started_first"),
        ({"dates": ALL}, "unknown", "dates_missing"),
        ({"dates": {"ethics_review": "2025-01-01"}}, "unknown", "no_start"),
        ({"dates": {"trial": "2027-01-01"}, "status": "design"}, "not_examined", "not_started"),
    ],
)
def test_was_it_examined_before_it_started(given, verdict, reason):
    told = examined_before_start(system(**given), today=TODAY)
    assert (told.verdict, told.reason) == (verdict, reason)
    told = examined_before_start(system(dates={**ALL, "ethics_review": "2025-04-01"}), today=TODAY)
    assert (told.late, told.missing) == ({"ethics_review": day("2025-04-01")}, ("impact_assessment",))
    dates = {"service": "2025-01-01", "works_council": "2025-01-02"}
    served_first = system(status="production", dates=dates, impact_assessment=DONE)
    assert examined_before_start(served_first, today=TODAY).start == day("2025-01-01")
