"""Planted errors (2.4): a protocol sealed before its cases exist, what was noticed, and the verdict on both sides."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import hmac
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from scipy.stats import beta
from statsmodels.stats.proportion import proportion_confint
from typer.testing import CliRunner

from boussole.audits.errors import BoussoleError
from boussole.audits.workspace import Workspace
from boussole.charter.deadlines.planting import drawn
from boussole.charter.incidents.book import Book, admit
from boussole.charter.incidents.refusals import EntryRefusedError
from boussole.charter.judging.recorded import clustered_share, exact_ends
from boussole.charter.judging.verdicts import judge
from boussole.charter.record_types.planting import PlantedErrors, Planting
from boussole.charter.records import SealedStatement, statements
from boussole.charter.records.facts import Facts
from boussole.dashboard.cli.demo_work import plant_errors
from boussole.dashboard.cli.main import app
from boussole.experiments.demo.planted import PLANTED
from tests.charter.builders import CHARTER, system

SYSTEM = system()
SECRET = "5" * 64
DAY = dt.date(2026, 3, 2)
PAPER = {"sha256": "a" * 64, "name": "protocole.pdf", "size": 10}
PLAN: dict[str, Any] = {
    "role": "Direction",
    "on": DAY,
    "system": SYSTEM.id,
    "start": DAY + dt.timedelta(days=1),
    "end": DAY + dt.timedelta(days=30),
    "errors": 120,
    "consulted_on": DAY,
    "commitment": hashlib.sha256(SECRET.encode()).hexdigest(),
    "document": PAPER,
}
FOUND: dict[str, Any] = {
    "role": "Direction",
    "on": DAY + dt.timedelta(days=40),
    "system": SYSTEM.id,
    "secret": SECRET,
    "teams": ["14 agents: 10 planted, 10 noticed"] * 12,
    "forgotten_on": DAY + dt.timedelta(days=35),
}


def sealed(*said: Planting | PlantedErrors, late: int = 0) -> list[SealedStatement]:
    """Each sealed so many days after the day it states."""
    days = [each.on + dt.timedelta(days=late) for each in said]
    return [
        SealedStatement(entry=entry, sealed_on=day, statement=each)
        for entry, (day, each) in enumerate(zip(days, said, strict=True))
    ]


def answered(*said: Planting | PlantedErrors, today: dt.date = DAY + dt.timedelta(days=60), late: int = 0):
    facts = Facts(as_of=today, sealed=sealed(*said, late=late))
    documents = judge(CHARTER, SYSTEM, [], window_start=DAY, facts=facts)
    return next(each for each in documents if each.template == "planted_errors")


def teams(noticed: int, *, of: int = 10, count: int = 12) -> PlantedErrors:
    return PlantedErrors(**{**FOUND, "teams": [f"14 {of} {noticed}"] * count})


def test_cases_are_drawn_by_the_secret_and_by_nobody() -> None:
    """The oracle orders by the same HMAC, written out."""
    cases = [f"D{number}" for number in range(1000)]
    first = drawn(cases, secret=SECRET, errors=20)
    assert first == sorted(cases, key=lambda case: hmac.digest(SECRET.encode(), case.encode(), "sha256"))[:20]
    assert first != drawn(cases, secret="6" * 64, errors=20)
    assert drawn(cases[::-1], secret=SECRET, errors=20) == first
    often = [drawn(cases[:10], secret=str(number), errors=1)[0] for number in range(500)]
    assert all(25 < often.count(case) < 80 for case in cases[:10])  # each about once in ten


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"start": DAY}, "somebody could pick the cases"),
        ({"consulted_on": DAY + dt.timedelta(days=1)}, "works council is told before"),
        ({"end": DAY}, "ends before it starts"),
        ({"errors": 0}, "greater than or equal to 1"),
        ({"document": None}, "document"),
        ({"teams": ["10 agents: 9 planted, 9 noticed"]}, "greater than or equal to 11"),
        ({"teams": ["14 agents: 9 planted, 10 noticed"]}, "More errors were noticed"),
        ({"teams": ["fourteen"]}, "three numbers"),
        ({"teams": []}, "at least 1"),
        ({"secret": "short"}, "pattern"),
        ({"forgotten_on": DAY + dt.timedelta(days=41)}, "destroyed before"),
    ],
)
def test_a_protocol_that_does_not_hold_and_teams_that_are_small_are_refused(said: dict[str, Any], told: str) -> None:
    kind, values = (PlantedErrors, FOUND) if said.keys() <= FOUND.keys() else (Planting, PLAN)
    with pytest.raises(ValidationError, match=told):
        kind(**{**values, **said})


@pytest.mark.parametrize(
    ("before", "said", "code"),
    [
        ([], FOUND, "no_protocol"),
        ([PLAN], {**FOUND, "secret": "6" * 64}, "no_protocol"),
        ([PLAN], {**FOUND, "system": "other"}, "no_protocol"),
        ([PLAN], {**FOUND, "on": PLAN["end"], "forgotten_on": DAY}, "protocol_lasts"),
        ([PLAN], {**FOUND, "teams": ["14 100 90", "14 21 20"]}, "too_many_planted"),
        ([PLAN, FOUND], FOUND, "planted_already"),
        ([PLAN], PLAN, "commitment_taken"),
    ],
)
def test_a_record_is_held_to_its_protocol(before: list[dict[str, Any]], said: dict[str, Any], code: str) -> None:
    def made(fields: dict[str, Any]) -> Planting | PlantedErrors:
        return PlantedErrors(**fields) if "teams" in fields else Planting(**fields)

    with pytest.raises(EntryRefusedError) as caught:
        admit(Book(sealed(*map(made, before))), made(said))
    assert caught.value.reason == code
    admit(Book(sealed(Planting(**PLAN))), PlantedErrors(**FOUND))


@pytest.mark.parametrize(
    ("found", "answer"),
    [
        (teams(10), ("kept", "record_enough")),
        (teams(9), ("kept", "record_enough")),
        (teams(8), ("watch", "record_below")),
        (teams(1), ("broken", "record_below")),
        (teams(10, of=11, count=3), ("unknown", "record_untold")),  # of 120 announced, 33 were planted
        (teams(120, of=120, count=1), ("unknown", "record_few")),  # one team, whose rows may all be alike
    ],
)
def test_the_verdict_follows_the_interval_on_both_sides(found: PlantedErrors, answer: tuple[str, str]) -> None:
    document = answered(Planting(**PLAN), found)
    assert (document.verdict, document.reason) == answer


def test_a_protocol_that_was_sealed_after_its_first_case_keeps_nothing() -> None:
    plan = Planting(**PLAN)
    found = answered(plan, teams(10), late=1)
    assert (found.verdict, found.reason) == ("unknown", "record_unproven")
    assert "somebody could have picked the cases" in found.sentence["en"]
    assert answered(plan, teams(8), late=1).verdict == "watch"


def test_nobody_looked_nothing_came_yet_and_what_is_old() -> None:
    assert (answered().verdict, answered().reason) == ("not_examined", "no_planting")
    plan = Planting(**PLAN)
    assert "teams" not in answered(plan).written()["counted"]  # documents of before are written as they were
    assert (answered(plan).verdict, answered(plan).reason) == ("unknown", "nothing_due")
    old = answered(plan, teams(10), today=DAY + dt.timedelta(days=500))
    assert (old.verdict, old.reason) == ("unknown", "record_old")
    told = answered(plan, teams(9)).sentence
    assert told["en"].startswith("Yes. Of 120 errors planted on purpose, in 12 teams, 108 were noticed (in 100, betw")
    assert "108 ont été vues" in told["fr"]


def test_the_interval_is_exact_at_the_size_that_teams_leave() -> None:
    """Oracles: statsmodels for independent rows, beta quantiles by hand for the effective size."""
    assert exact_ends(18 / 20, 20) == pytest.approx(proportion_confint(18, 20, method="beta"))
    uneven = [(10, 10)] * 6 + [(4, 10)] * 6  # p = 0.7, teams differ
    found = clustered_share(uneven)
    assert found is not None
    variance = 12 / 11 * sum((k - 7) ** 2 for k, _ in uneven) / 120**2
    size = 0.7 * 0.3 / variance * (1.959963984540054 / 2.200985160082949) ** 2
    assert found.size == pytest.approx(size)
    assert found.low == pytest.approx(beta.ppf(0.025, 0.7 * size, 0.3 * size + 1))
    alike = clustered_share([(7, 10)] * 12)
    assert alike is not None
    assert alike.low > found.low
    assert clustered_share([]) is None
    told = PlantedErrors(**{**FOUND, "teams": ["30 10 9", "12 10 8", "12 10 7"]})  # their order tells nothing
    assert [(each.agents, each.noticed) for each in told.teams] == [(12, 7), (12, 8), (30, 9)]


@pytest.mark.parametrize(
    ("noticed", "verdict"), [(PLANTED.errors_noticed, "watch"), (0.97, "unknown"), (0.2, "broken")]
)
def test_the_demo_plants_that_too_few_are_noticed(tmp_path: Path, noticed: float, verdict: str) -> None:
    """Entered on one day, the ledger does not show that the protocol came first: nothing is kept by it."""
    workspace = Workspace.create(tmp_path / "w")
    today = DAY + dt.timedelta(days=90)
    plant_errors(workspace, today=today, effects=dataclasses.replace(PLANTED, errors_noticed=noticed))
    facts = Facts(as_of=today, sealed=statements(workspace))
    (found,) = (
        each for each in judge(CHARTER, SYSTEM, [], window_start=DAY, facts=facts) if each.template == "planted_errors"
    )
    assert found.verdict == verdict
    assert found.reason == ("record_unproven" if verdict == "unknown" else "record_below")


def test_cases_are_drawn_on_the_command_line(tmp_path: Path) -> None:
    def ran(*words: object):
        return CliRunner().invoke(app, ["work", *map(str, words)])

    secret, cases = tmp_path / "secret.txt", tmp_path / "cases.txt"
    made = ran("secret", secret)
    key = secret.read_text(encoding="utf-8").strip()
    assert made.stdout.strip() == hashlib.sha256(key.encode()).hexdigest()
    assert isinstance(ran("secret", secret).exception, BoussoleError)  # it is not written over
    cases.write_text("\n".join(f"D{number}" for number in range(50)), encoding="utf-8")
    found = ran("draw", cases, "--secret", secret, "--errors", 5)
    assert found.stdout.split() == drawn([f"D{number}" for number in range(50)], secret=key, errors=5)
    assert isinstance(ran("draw", cases, "--secret", secret, "--errors", 51).exception, BoussoleError)
    assert isinstance(ran("draw", cases, "--secret", cases, "--errors", 5).exception, BoussoleError)
    assert isinstance(ran("draw", tmp_path / "none.txt", "--secret", secret, "--errors", 5).exception, BoussoleError)
