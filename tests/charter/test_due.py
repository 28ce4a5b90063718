"""What is due next: days counted by hand on a calendar."""

from __future__ import annotations

import datetime as dt

import pytest

from boussole.audits.systems import System
from boussole.charter.record_types.kinds import Attestation, Case, KeptFile, Recommendation, Reply, Review, Withdrawal
from boussole.charter.records.facts import Facts
from boussole.charter.records.statements import SealedStatement
from boussole.charter.registry.due import due
from boussole.charter.text.loading import load_charter
from tests.as_json import register
from tests.charter.uses import use_of

CHARTER = load_charter()
TODAY = dt.date(2026, 11, 26)
FILE = KeptFile(sha256="0" * 64, name="proof.pdf", size=3)
ADJUSTED = next(i for a in CHARTER.articles for i in a.indicators if i.metric and i.frequency == "every_audit")


def day(text):
    return dt.date.fromisoformat(text)


def use(audited_to=None, **given):
    columns = {"id": "i", "decided_at": "t", "decision": {"column": "d", "selected": [1]}}
    system = System.model_validate(
        {
            "id": "tool",
            "kind": "selection",
            "title": {"en": "Tool"},
            "purpose": {"en": "x"},
            "owner": "y",
            "status": "pilot",
            "risk": "high",
            "columns": columns,
        }
        | given
    )
    verdicts = [{"article": "equite", "indicator": ADJUSTED.id, "verdict": "kept"}]
    audit = {"window": {"end": audited_to}} if audited_to else None
    return use_of(CHARTER, system, verdicts, audit=audit)


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


def test_the_whole_log_is_audited_once_and_a_retired_use_never_again():
    assert found(use("2026-09-30", windows={"audit": "all"})) == []
    assert found(use("2026-09-30", status="retired")) == []


def test_a_measured_use_that_was_never_audited_is_due_since_it_began():
    assert found(use(dates={"trial": "2025-03-03"})) == [("audit", "2025-03-03", "tool")]
    assert found(use()) == [("audit", "2026-11-26", "tool")]


def test_a_declared_use_has_no_audit_and_its_review_is_told_until_it_ends():
    declared = {"kind": "declared", "columns": None, "dates": {"next_review": "2026-10-01"}}
    assert found(use(**declared)) == [("review", "2026-10-01", "tool")]
    assert found(use(**declared, status="retired")) == []


def test_a_planned_day_is_told_and_overdue_once_it_has_passed():
    planned = {"trial": "2026-01-01", "service": "2026-11-01", "ended": "2027-01-01"}
    given = use("2026-10-31", dates=planned)
    assert found(given) == [
        ("service", "2026-11-01", "tool"),
        ("audit", "2026-12-01", "tool"),
        ("ended", "2027-01-01", "tool"),
    ]


def test_a_legal_basis_ends_and_the_oldest_month_is_erased_whole():
    groups = {"disability": {"column": "c", "from": "sensitive", "basis": "law", "expires": "2027-01-01"}}
    columns = {"id": "i", "decided_at": "t", "person": "p", "decision": {"column": "d", "selected": [1]}}
    sensitive = {"path": "s.csv", "key": "p"}
    given = use(
        "2026-10-31",
        groups=groups,
        columns=columns,
        sensitive=sensitive,
        privacy={"retain_days": 365, "pseudonymise": []},
    )
    assert found(given, oldest={"tool": day("2025-10-14")}) == [
        ("erasure", "2026-11-01", "tool"),
        ("audit", "2026-12-01", "tool"),
        ("legal_basis", "2027-01-01", "tool"),
    ]


ATTESTED = next(i for a in CHARTER.articles for i in a.indicators if i.evidence == "attested" and "declared" in i.kinds)


def attestation(on, until, system="tool"):
    return Attestation(
        role="DPO",
        on=day(on),
        valid_until=day(until),
        indicator=ATTESTED.id,
        answer="kept",
        document=FILE,
        system=system,
    )


def declared(name, statements):
    systems = {name: use(id=name, kind="declared", columns=None).system}
    return register(CHARTER, systems, {}, facts=Facts(as_of=TODAY, sealed=tuple(statements)))


def test_the_latest_attestation_counts_and_a_withdrawn_one_does_not():
    first = sealed(1, attestation("2026-03-01", "2026-10-01"))
    second = sealed(2, attestation("2026-11-01", "2027-02-01"))
    gone = sealed(3, Withdrawal(role="DPO", on=TODAY, of=2))
    assert found(*declared("tool", [first, second])) == [("attestation", "2027-02-01", "tool")]
    assert found(*declared("tool", [first, second, gone])) == [("attestation", "2026-10-01", "tool")]
    assert found(*declared("other", [first])) == []


def test_an_attestation_answers_beside_an_audit_that_was_made_before_it():
    systems = {"tool": use().system}
    verdicts = [
        {"article": "equite", "indicator": ADJUSTED.id, "verdict": "kept", "evidence": "measured"},
        {"article": "finalite", "indicator": ATTESTED.id, "verdict": "not_examined", "evidence": "attested"},
    ]
    window = {"start": "2026-10-01", "end": "2026-10-31"}
    latest = {"tool": {"verdicts": verdicts, "window": window, "articles": [], "measures": []}}
    said = sealed(1, attestation("2026-11-01", "2027-02-01"))
    (now,) = register(CHARTER, systems, latest, facts=Facts(as_of=TODAY, sealed=(said,)))
    assert [each.verdict for each in now.verdicts] == ["kept", "kept"]
    (then,) = register(CHARTER, systems, latest, facts=Facts(as_of=TODAY))
    assert [each.verdict for each in then.verdicts] == ["kept", "not_examined"]


def test_a_case_is_to_be_confirmed_or_refuted_within_the_days_of_the_charter():
    case = sealed(
        7, Case(role="DPO", on=day("2026-11-10"), happened_on=day("2026-11-02"), indicator=ADJUSTED.id, system="tool")
    )
    seen = sealed(8, Review(role="DPO", on=TODAY, of=7, outcome="refuted"))
    audit = ("audit", "2026-12-01", "tool")
    assert found(use("2026-10-31"), statements=[case]) == [audit, ("case", "2026-12-10", "tool")]
    assert found(use("2026-10-31"), statements=[case, seen]) == [audit]


def test_a_recommendation_is_due_until_somebody_answers():
    said = Recommendation(
        role="Chair", on=day("2026-09-18"), body="Committee", outside=False, addressee="Data", due_on=day("2026-11-01")
    )
    reply = Reply(role="Data", on=TODAY, of=4, accepted="partly")
    assert found(statements=[sealed(4, said)]) == [("reply", "2026-11-01", None)]
    assert found(statements=[sealed(4, said), sealed(5, reply)]) == []
